// What is sent to another host is run by this host's sh: the same text, without the connection.
import {randomUUID} from 'node:crypto';
import {spawn, spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {someNumber} from '../helpers/like.ts';
import {nodeLine} from '../helpers/programs.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {endScript, remoteScript, telling, type Told} from '../../src/remote/script.ts';

const nonce = '0123456789abcdef0123456789abcdef';
const id = randomUUID();

function run(more: Partial<Parameters<typeof remoteScript>[0]>) {
  const told: Told[] = [];
  const filter = telling(nonce, news => told.push(news));
  const input = remoteScript({
    argv: ['sh', '-c', 'true'],
    variables: {},
    cwd: undefined,
    login: false,
    nonce,
    mark: 'run/step#1',
    id,
    ...more,
  });
  const {stdout, stderr, status} = spawnSync('sh', [], {input});
  const err = Buffer.concat([filter.push(stderr), filter.end()]).toString();
  return {out: stdout.toString(), err, status, told};
}

test('on another host values and words arrive byte for byte, whatever they hold', () => {
  const text = fc.string({
    unit: fc.constantFrom("'", '"', '$', '`', '\\', '\n', ' ', '-', '*', '(', ')', 'a', 'é', '!', ';'),
  });
  fc.assert(
    fc.property(text, text, (value, word) => {
      const script = 'process.stdout.write(JSON.stringify([process.env.VALUE, process.argv[1]]))';
      const {out} = run({argv: [process.execPath, '-e', script, '--', word], variables: {VALUE: value}});
      return out === JSON.stringify([value, word]);
    }),
    {numRuns: 25},
  );
});

test('the command’s own end is told apart from the line’s, and its input is empty', () => {
  const {status, told, err, out} = run({
    argv: ['sh', '-c', 'if read -r line; then echo "$line"; fi; echo oops >&2; exit 255'],
  });
  expect({status, told, err, out}).toEqual({
    status: 255,
    told: [{pid: someNumber()}, {status: 255}],
    err: 'oops\n',
    out: '',
  });
});

test('a folder that is not there is told, and nothing is started', () => {
  const {told, out} = run({argv: ['echo', 'acted'], cwd: '/no/such/folder'});
  expect({told, out}).toEqual({told: [{noDir: true}], out: ''});
});

test('our lines are taken out wherever the stream is cut, and nothing else is', () => {
  const text = `a\n${nonce} started 7\nb\n\n${nonce.slice(0, 9)}\nc\n${nonce} ended 3\n`;
  for (let size = 1; size < 40; size += 1) {
    const told: Told[] = [];
    const filter = telling(nonce, news => told.push(news));
    const parts: Uint8Array[] = [];
    for (let at = 0; at < text.length; at += size)
      parts.push(filter.push(Buffer.from(text.slice(at, at + size))));
    parts.push(filter.end());
    expect(Buffer.concat(parts).toString()).toBe(`ab\n\n${nonce.slice(0, 9)}\nc`);
    expect(told).toEqual([{pid: 7}, {status: 3}]);
  }
});

const hasGrep = spawnSync('sh', ['-c', 'command -v grep']).status === 0;

test.skipIf(!hasGrep)(
  'ending a step there reaches what left its session and does not listen to TERM (needs grep)',
  async () => {
    const file = join(tempDir(), 'pids');
    const deaf = `process.on("SIGTERM", () => {}); require("fs").appendFileSync(${JSON.stringify(file)}, process.pid + "\\n"); setTimeout(() => {}, 60000);`;
    const apart = `${deaf} require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(deaf)}], {detached: true, stdio: "ignore"}).unref()`;
    const child = spawn('sh', [], {detached: true, stdio: ['pipe', 'ignore', 'pipe']});
    const told: Told[] = [];
    const filter = telling(nonce, news => told.push(news));
    child.stderr.on('data', (chunk: Buffer) => void filter.push(chunk));
    child.stdin.end(
      remoteScript({
        argv: ['sh', '-c', nodeLine(apart)],
        variables: {},
        cwd: undefined,
        login: false,
        nonce,
        mark: 'run/step#1',
        id,
      }),
    );
    const pids = (): number[] =>
      existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number) : [];
    await waitFor(() => pids().length === 2, {what: 'both to run', timeoutMs: 20_000});
    const ended = spawnSync('sh', [], {
      input: endScript({pid: child.pid ?? 0, id, graceMs: 200, account: undefined}),
    });
    expect(ended.stdout.toString()).toBe('left 0\n');
    await waitFor(() => told.some(({status}) => status !== undefined), {what: 'the end to be told'});
    expect(
      pids().filter(
        pid => existsSync(`/proc/${pid}`) && !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z '),
      ),
    ).toEqual([]);
  },
);
