import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {createExec} from '../../src/adapters/exec.ts';
import type {ExecAnswer, ExecRequest} from '../../src/ports.ts';
import {nodeLine, pauseArgv, pauseLine} from '../helpers/programs.ts';
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

const echo = 'process.stdin.pipe(process.stdout)';

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

// Tells its pid once TERM cannot end it any more.
const stay = `
  process.on("SIGTERM", () => {});
  require("fs").appendFileSync(process.env.PIDS, process.pid + "\\n");
  setTimeout(() => {}, 60000);`;
const apart = (options: string): string =>
  `require("child_process").spawn(process.execPath, ["-e", process.env.STAY], {detached: true, stdio: "inherit"})${options}`;

// Ignores TERM; forks a child that ignores it too, one in a session of its own, and one that is orphaned into another.
const stubborn = `
trap '' TERM
echo $$ >> "$PIDS"
${nodeLine(stay)} &
${nodeLine(apart(''))} &
${nodeLine(apart('.unref()'))}
${pauseLine(60_000)}
wait
`;

describe('exec', () => {
  test('gives status, both outputs, and nothing of our own environment', async () => {
    const answer = await run(['sh', '-c', 'echo out; echo err >&2; exit 3']);
    expect(answer).toMatchObject({at: 'exited', status: 3, bySignal: null, cut: false});
    expect(out(answer)).toBe('out\n');
    process.env['QD_TEST_LEAK'] = 'leaked';
    expect(out(await run([process.execPath, '-p', 'process.env']))).not.toContain('leaked');
  });

  test('arguments are never read by a shell', async () => {
    const hostile = '$(id); `id` && id';
    expect(out(await run([process.execPath, '-p', 'process.argv[1]', hostile]))).toBe(`${hostile}\n`);
  });

  test('standard input is closed, so that nothing waits for a keyboard', async () => {
    const answer = await run(['sh', '-c', 'while read -r line; do echo "$line"; done']);
    expect(answer).toMatchObject({at: 'exited', status: 0});
  });

  test('output is cut at the limit, and the command still ends by itself', async () => {
    const script = 'process.stdout.write("a".repeat(5e6), () => process.exit(4))';
    const answer = await run([process.execPath, '-e', script]);
    expect(answer).toMatchObject({at: 'exited', status: 4, cut: true});
    expect(out(answer)).toHaveLength(64 * 1024);
  });

  test('what cannot be started is told apart', async () => {
    expect(await run(['no-such-program'])).toMatchObject({at: 'spawn', kind: 'notInstalled'});
    expect(await run(['/etc/passwd'])).toMatchObject({at: 'spawn', kind: 'permission'});
    expect(await run(['sh', '-c', ':'], {cwd: '/no/such/folder'})).toMatchObject({
      at: 'spawn',
      kind: 'config',
    });
    expect(await run(['sh', '-c', 'a\0b'])).toMatchObject({at: 'spawn', kind: 'config'});
  });

  test('a command that forks and ignores TERM is a hang, and everything it started is gone', async () => {
    const pids = join(tempDir(), 'pids');
    const env = {PATH: process.env['PATH'] ?? '/usr/bin:/bin', PIDS: pids, STAY: stay};
    const limit = new AbortController();
    const running = run(['sh', '-c', stubborn], {env, signal: limit.signal, timeoutMs: 60_000});
    await waitFor(() => pidsIn(pids).length === 4, {what: 'four processes', timeoutMs: 20_000});
    // The caller's own limit, which counts as one; so that it does not pass before all four are up.
    limit.abort(new DOMException('the limit', 'TimeoutError'));
    expect((await running).at).toBe('hang');
    await waitFor(() => pidsIn(pids).every(isGone), {what: 'all four processes to be gone'});
  });

  test('a command that ends on TERM within its grace is a hang too, and keeps what it said', async () => {
    const answer = await run(['sh', '-c', `echo working; exec ${pauseLine(60_000)}`], {
      timeoutMs: 500,
      graceMs: 20_000,
    });
    expect(answer.at).toBe('hang');
    expect(out(answer)).toBe('working\n');
  });

  test('aborting ends it; that is no hang', async () => {
    const stop = new AbortController();
    const running = run(pauseArgv(60_000), {signal: stop.signal});
    stop.abort(new Error('over'));
    expect(await running).toMatchObject({at: 'exited', status: null, bySignal: 'SIGTERM'});
  });

  test('a child in the background that keeps the output open does not hold the answer up', async () => {
    const pids = join(tempDir(), 'pids');
    const env = {PATH: process.env['PATH'] ?? '/usr/bin:/bin', PIDS: pids};
    const answer = await run(['sh', '-c', `${pauseLine(20_000)} & echo $! > "$PIDS"; echo done`], {env});
    expect(answer).toMatchObject({at: 'exited', status: 0});
    expect(answer.at !== 'spawn' && answer.durationMs).toBeLessThan(15_000);
    for (const pid of pidsIn(pids)) process.kill(pid, 'SIGKILL');
  });

  test('bytes of any kind come through unchanged', async () => {
    const answer = await run(['sh', '-c', String.raw`printf '\033]52;c;aGk=\007\377'`]);
    expect(answer.at === 'exited' && [...answer.stdout]).toEqual([
      ...new TextEncoder().encode('\u001b]52;c;aGk=\u0007'),
      0xff,
    ]);
  });
});

describe('standard input', () => {
  test('is what was given, to its end; without it there is nothing to read', async () => {
    const input = new Uint8Array(300_000).fill(65);
    const given = await run([process.execPath, '-e', echo], {input, maxOutputBytes: 400_000});
    expect(out(given)).toBe('A'.repeat(300_000));
    expect(out(await run([process.execPath, '-e', echo]))).toBe('');
  });

  test('that a command does not read changes nothing of how it ended', async () => {
    const input = new Uint8Array(3_000_000);
    expect(await run([process.execPath, '-e', 'process.exit(3)'], {input})).toMatchObject({status: 3});
  });
});
