import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {createExec} from '../../src/adapters/exec.ts';
import type {ExecAnswer, ExecRequest} from '../../src/ports.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';

const run = async (argv: ExecRequest['argv'], more: Partial<ExecRequest> = {}): Promise<ExecAnswer> =>
  createExec().run({
    argv,
    env: {PATH: process.env['PATH'] ?? '/usr/bin:/bin'},
    timeoutMs: 10_000,
    graceMs: 200,
    maxOutputBytes: 64 * 1024,
    signal: new AbortController().signal,
    ...more,
  });

const out = (answer: ExecAnswer): string =>
  answer.at === 'spawn' ? '' : new TextDecoder().decode(answer.stdout);

/** Ended, or only waiting to be collected by its parent. */
function isGone(pid: number): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).startsWith('Z');
  } catch {
    return true;
  }
}

const pidsIn = (file: string): number[] =>
  existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').filter(Boolean).map(Number) : [];

// Ignores TERM; forks a child that ignores it too, one in a session of its own, and one that is orphaned into another.
const stubborn = `
trap '' TERM
echo $$ >> "$PIDS"
sh -c 'trap "" TERM; echo $$ >> "$PIDS"; sleep 60' &
setsid sh -c 'trap "" TERM; echo $$ >> "$PIDS"; sleep 60' &
(setsid sh -c 'trap "" TERM; echo $$ >> "$PIDS"; sleep 60' &)
sleep 60
`;

describe('exec', () => {
  test('gives status, both outputs, and nothing of our own environment', async () => {
    const answer = await run(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(answer).toMatchObject({at: 'exited', status: 3, bySignal: null, cut: false});
    expect(out(answer)).toBe('out\n');
    process.env['QD_TEST_LEAK'] = 'leaked';
    expect(out(await run(['env']))).not.toContain('leaked');
  });

  test('arguments are never read by a shell', async () => {
    expect(out(await run(['printf', '%s', '$(id); `id` && id']))).toBe('$(id); `id` && id');
  });

  test('standard input is closed, so that nothing waits for a keyboard', async () => {
    expect(await run(['cat'])).toMatchObject({at: 'exited', status: 0});
  });

  test('output is cut at the limit, and the command still ends by itself', async () => {
    const answer = await run(['sh', '-c', 'head -c 5000000 /dev/zero | tr "\\0" a; exit 4']);
    expect(answer).toMatchObject({at: 'exited', status: 4, cut: true});
    expect(out(answer)).toHaveLength(64 * 1024);
  });

  test('what cannot be started is told apart', async () => {
    expect(await run(['no-such-program'])).toMatchObject({at: 'spawn', kind: 'notInstalled'});
    expect(await run(['/etc/passwd'])).toMatchObject({at: 'spawn', kind: 'permission'});
    expect(await run(['true'], {cwd: '/no/such/folder'})).toMatchObject({at: 'spawn', kind: 'config'});
    expect(await run(['echo', 'a\0b'])).toMatchObject({at: 'spawn', kind: 'config'});
  });

  test('a command that forks and ignores TERM is a hang, and everything it started is gone', async () => {
    const pids = join(tempDir(), 'pids');
    const env = {PATH: process.env['PATH'] ?? '/usr/bin:/bin', PIDS: pids};
    const began = performance.now();
    const running = run(['sh', '-c', stubborn], {env, timeoutMs: 600});
    await waitFor(() => pidsIn(pids).length === 4, {what: 'four processes'});
    const answer = await running;
    expect(answer.at).toBe('hang');
    expect(performance.now() - began).toBeLessThan(5_000);
    await waitFor(() => pidsIn(pids).every(isGone), {what: 'all four processes to be gone'});
  });

  test('a command that ends on TERM within its grace is a hang too, and keeps what it said', async () => {
    const answer = await run(['sh', '-c', 'echo working; exec sleep 60'], {timeoutMs: 200, graceMs: 5_000});
    expect(answer.at).toBe('hang');
    expect(out(answer)).toBe('working\n');
  });

  test('aborting ends it; that is no hang', async () => {
    const stop = new AbortController();
    const running = run(['sleep', '60'], {signal: stop.signal});
    stop.abort(new Error('over'));
    expect(await running).toMatchObject({at: 'exited', status: null, bySignal: 'SIGTERM'});
  });

  test('a child in the background that keeps the output open does not hold the answer up', async () => {
    const pids = join(tempDir(), 'pids');
    const env = {PATH: process.env['PATH'] ?? '/usr/bin:/bin', PIDS: pids};
    const answer = await run(['sh', '-c', 'sleep 3 & echo $! > "$PIDS"; echo done'], {env});
    expect(answer).toMatchObject({at: 'exited', status: 0});
    expect(answer.at !== 'spawn' && answer.durationMs).toBeLessThan(2_500);
  });

  test('bytes of any kind come through unchanged', async () => {
    const answer = await run(['printf', '\\033]52;c;aGk=\\007\\377']);
    expect(answer.at === 'exited' && [...answer.stdout]).toEqual([
      ...new TextEncoder().encode('\u001b]52;c;aGk=\u0007'),
      0xff,
    ]);
  });
});
