import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {realClock} from '../../src/adapters/clock.ts';
import {realEnv} from '../../src/adapters/env.ts';
import {realProcesses} from '../../src/adapters/processes.ts';
import {realRandom} from '../../src/adapters/random.ts';
import {pauseArgv, pauseLine} from '../helpers/programs.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';

describe('clock', () => {
  test('a timer runs once, and a cancelled one never', async () => {
    const clock = realClock();
    const ran: string[] = [];
    clock.after(5, () => ran.push('kept'));
    const cancel = clock.after(1, () => ran.push('cancelled'));
    cancel();
    cancel();
    await waitFor(() => ran.length > 0, {what: 'the timer'});
    expect(ran).toEqual(['kept']);
  });

  test('a wait of months does not end at once', async () => {
    const clock = realClock();
    const ran: string[] = [];
    const cancel = clock.after(2 ** 33, () => ran.push('far'));
    clock.after(5, () => ran.push('near'));
    await waitFor(() => ran.length > 0, {what: 'the near timer'});
    expect(ran).toEqual(['near']);
    cancel();
  });

  test('the boot id is the kernel’s, else a fresh one per process', () => {
    expect(realClock('/no/such/file').bootId).not.toBe(realClock('/no/such/file').bootId);
    expect(realClock().bootId).toBe(readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim());
  });

  test('monotonic time is comparable with that of other processes', async () => {
    const clock = realClock();
    const before = clock.monoMs();
    const child = spawn(process.execPath, ['-p', 'process.hrtime.bigint() / 1000000n']);
    const said: unknown[] = await once(child.stdout, 'data');
    const theirs = parseInt(String(said[0]), 10);
    expect(theirs).toBeGreaterThanOrEqual(before);
    expect(theirs).toBeLessThanOrEqual(clock.monoMs());
  });
});

test('random bytes have the length asked for and differ', () => {
  expect(realRandom.bytes(16)).toHaveLength(16);
  expect(realRandom.bytes(16)).not.toEqual(realRandom.bytes(16));
});

test('an empty variable is one that is not set, and names of Object are no variables', () => {
  const env = realEnv({A: 'x', B: ''});
  expect([env.get('A'), env.get('B'), env.get('C'), env.get('constructor')]).toEqual([
    'x',
    undefined,
    undefined,
    undefined,
  ]);
});

describe('processes', () => {
  const boot = realClock().bootId;
  const processes = realProcesses(boot);

  test('this process is alive; another start time or another boot is somebody else', () => {
    const self = processes.self();
    expect(processes.alive(self)).toBe(true);
    expect(processes.alive({...self, start: '1'})).toBe(false);
    expect(processes.alive({...self, boot: 'before'})).toBe(false);
    expect(processes.alive({...self, pid: 2 ** 22 + 1})).toBe(false);
  });

  test('what is left of a session is found by session and by descent, and a zombie is not alive', async () => {
    const dir = tempDir();
    const child = spawn('sh', ['-c', `${pauseLine(600_000)} & echo $! > ${join(dir, 'inner')}; wait`], {
      detached: true,
      stdio: 'ignore',
    });
    const session = child.pid ?? 0;
    onTestFinished(() => {
      for (const {pid} of processes.survivors(session)) process.kill(pid, 'SIGKILL');
    });
    const inner = await waitFor(() => read(join(dir, 'inner')), {what: 'the inner process'});
    const paused = pauseArgv(600_000).join(' ');
    await waitFor(() => processes.survivors(session).some(({command}) => command === paused), {
      what: 'the pause',
    });
    expect(processes.survivors(session).map(({pid}) => pid)).toContain(Number(inner));

    process.kill(session, 'SIGKILL');
    await once(child, 'exit');
    expect(processes.survivors(session)).toEqual([{pid: Number(inner), command: paused}]);
    process.kill(Number(inner), 'SIGKILL');
    await waitFor(() => processes.survivors(session).length === 0, {what: 'an empty session'});
  });

  test('where there is no /proc, nothing is claimed to be alive', () => {
    const blind = realProcesses(boot, '/no/such/proc');
    expect(blind.alive({pid: 1, start: '0', boot})).toBe(false);
    expect(blind.survivors(1)).toEqual([]);
  });
});

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}
