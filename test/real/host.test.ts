// What checks look at, on this machine and through ssh: the same answers.
import {execFileSync, spawn} from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {tcpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import type {Host} from '../../src/host-ports.ts';
import {bothWays} from './looking-there.ts';
import {afterwards} from './needs.ts';

/** A folder with one of everything, and names that a careless script would trip over. */
function manyFiles(): {readonly dir: string; readonly names: readonly string[]} {
  const dir = tempDir();
  const at = (name: string): string => path.join(dir, name);
  writeFileSync(at('plain'), 'one\ntwo\nthree');
  chmodSync(at('plain'), 0o640);
  utimesSync(at('plain'), 1_700_000_000, 1_600_000_000.25);
  writeFileSync(at("a 'b' $c `d`\n* -e"), 'odd');
  writeFileSync(at('-n'), 'an option?');
  writeFileSync(at('binary'), Buffer.from(Array.from({length: 70_000}, (_, i) => i % 256)));
  chmodSync(at('binary'), 0o4755);
  mkdirSync(at('folder'), {mode: 0o1777});
  chmodSync(at('folder'), 0o1777);
  symlinkSync('plain', at('link'));
  symlinkSync('no where', at('dangling'));
  symlinkSync('round', at('round'));
  execFileSync('mkfifo', [at('fifo')]);
  writeFileSync(at('sparse'), 'x');
  truncateSync(at('sparse'), 50e9);
  const names = [
    'plain',
    "a 'b' $c `d`\n* -e",
    '-n',
    'binary',
    'folder',
    'link',
    'dangling',
    'round',
    'fifo',
  ];
  return {dir, names: [...names, 'sparse', 'missing', 'plain/below'].map(at)};
}

const same = async <T>({here, there}: {here: Host; there: Host}, ask: (host: Host) => Promise<T>) => {
  const [a, b] = [await ask(here), await ask(there)];
  expect(b).toEqual(a);
  return a;
};

const bare = (answer: object): object =>
  'message' in answer
    ? {...answer, message: undefined}
    : 'bytes' in answer && answer.bytes instanceof Uint8Array
      ? {...answer, bytes: Buffer.from(answer.bytes).toString('latin1')}
      : answer;

test('files: the same kind, size, mode, owner, time, target, bytes and hash, whatever they are and are called', async () => {
  const both = await bothWays();
  const {dir, names} = manyFiles();
  for (const name of names) {
    await same(both, async host => bare(await host.stat(name, {follow: false})));
    await same(both, async host => bare(await host.stat(name, {follow: true})));
    for (const options of [{maxBytes: 100_000}, {maxBytes: 5, from: 4}, {maxBytes: 70_000, from: -7}])
      await same(both, async host => bare(await host.read(name, options)));
    await same(both, async host => bare(await host.hash(name, {maxBytes: 100_000})));
    await same(both, async host => bare(await host.list(name)));
  }
  const listed = await same(both, async host => host.list(dir));
  expect(listed.at === 'listed' && listed.entries.length).toBe(10);
});

test('stat and ls of the other host say the same of a file, as far as ls can', async () => {
  const both = await bothWays();
  const {dir, names} = manyFiles();
  // A machine without stat: what comes first on the path fails.
  const bin = path.join(dir, 'folder');
  writeFileSync(path.join(bin, 'stat'), '#!/bin/sh\nexit 127\n', {mode: 0o755});
  writeFileSync(both.server.at('rc'), '');
  const {statScript, listScript, wrapped} = await import('../../src/adapters/host/scripts.ts');
  const {statOf, listOf} = await import('../../src/adapters/host/answers.ts');
  const ask = (script: string) => {
    const out = execFileSync('sh', [], {
      input: wrapped(script, 'MARK'),
      env: {PATH: `${bin}:${process.env['PATH'] ?? ''}`},
    });
    const body = out.subarray(out.indexOf('\nMARK\n') + 6, out.lastIndexOf('\nMARK end\n'));
    const line = body.indexOf(10);
    return {
      host: 'x',
      words: body
        .subarray(0, line === -1 ? undefined : line)
        .toString()
        .split(' '),
      rest: body.subarray(line + 1),
    };
  };
  for (const name of names.filter(each => !each.includes('\n'))) {
    const full = await both.there.stat(name, {follow: false});
    const poor = statOf(ask(statScript(name, false)), name);
    if (full.at !== 'found' || poor.at !== 'found') {
      expect(poor.at).toBe(full.at);
      continue;
    }
    // To the minute.
    expect(Math.abs(poor.file.modifiedMs - full.file.modifiedMs)).toBeLessThan(86_400_000);
    expect({...poor.file, modifiedMs: 0}).toEqual({...full.file, modifiedMs: 0});
  }
  const poor = listOf(ask(listScript(dir, 'MARK')), {path: dir, mark: 'MARK'});
  const full = await both.there.list(dir);
  const shape = (answer: typeof full) =>
    answer.at === 'listed' &&
    answer.entries.map(({name, ...rest}) => ({...rest, name: name.replace('\n', '?'), modifiedMs: 0}));
  expect(shape(poor)).toEqual(shape(full));
});

test('a FIFO, a socket and a device are told by their kind and never waited for', async () => {
  const both = await bothWays();
  const fifo = path.join(tempDir(), 'fifo');
  execFileSync('mkfifo', [fifo]);
  for (const host of [both.here, both.there]) {
    expect(await host.read(fifo, {maxBytes: 10})).toEqual({at: 'special', kind: 'fifo'});
    expect(await host.read('/dev/zero', {maxBytes: 10})).toEqual({at: 'special', kind: 'device'});
    expect(await host.hash('/dev/zero', {maxBytes: 10})).toEqual({at: 'special', kind: 'device'});
  }
});

test('a file of the kernel, and one that grows while it is read', async () => {
  const both = await bothWays();
  await same(both, async host => bare(await host.read('/proc/sys/kernel/ostype', {maxBytes: 100})));
  const file = path.join(tempDir(), 'log');
  writeFileSync(file, 'a\n');
  const first = await both.there.read(file, {maxBytes: 100});
  appendFileSync(file, 'b\n');
  const rest = await both.there.read(file, {maxBytes: 100, from: 2});
  expect([first, rest].map(answer => answer.at === 'read' && Buffer.from(answer.bytes).toString())).toEqual([
    'a\n',
    'b\n',
  ]);
});

test('space: the same to a kibibyte, with inodes', async () => {
  const both = await bothWays();
  const dir = tempDir();
  const [here, there] = [await both.here.space(dir), await both.there.space(dir)];
  if (here.at !== 'measured' || there.at !== 'measured') throw new Error(`${here.at} ${there.at}`);
  expect(Math.abs(here.space.totalBytes - there.space.totalBytes)).toBeLessThanOrEqual(1024);
  // Others write meanwhile.
  expect(Math.abs(here.space.freeBytes - there.space.freeBytes)).toBeLessThan(1e9);
  expect(there.space.inodes?.total).toBe(here.space.inodes?.total);
  expect(await both.there.space('/no/such')).toEqual({at: 'missing'});
});

test('processes: the same words, parents, owners, units and starts', async () => {
  const both = await bothWays();
  const odd = ['-c', 'sleep 600; :', "it's", 'two\nlines', '', '$(id)'];
  const child = spawn('sh', odd, {stdio: 'ignore'});
  afterwards(() => void child.kill('SIGKILL'));
  await waitFor(() => existsSync(`/proc/${child.pid ?? 0}/cmdline`), {what: 'the child'});
  const of = async (host: Host) => {
    const answer = await host.processes();
    if (answer.at !== 'listed') throw new Error(answer.message);
    expect(answer.partial).toBe(false);
    expect(answer.processes.length).toBeGreaterThan(3);
    return answer.processes.filter(({pid}) => pid === child.pid || pid === both.server.pid || pid === 1);
  };
  const seen = await same(both, of);
  expect(seen.find(({pid}) => pid === child.pid)).toMatchObject({
    parent: process.pid,
    name: 'sh',
    argv: ['sh', ...odd],
    isZombie: false,
  });
});

test('listening sockets: the same, with who holds them', async () => {
  const both = await bothWays();
  const port = await tcpServer(() => undefined);
  const of = async (host: Host) => {
    const answer = await host.listeners();
    if (answer.at !== 'listed') throw new Error(answer.message);
    return answer.listeners.filter(one => one.port === port || one.pids.includes(both.server.pid));
  };
  expect(await same(both, of)).toContainEqual({
    protocol: 'tcp',
    address: '127.0.0.1',
    port,
    uid: process.getuid?.(),
    pids: [process.pid],
  });
});

test('the environment of a process, byte for byte', async () => {
  const both = await bothWays();
  const child = spawn('sleep', ['600'], {
    env: {PATH: process.env['PATH'], A: 'x=y', B: "two\nlines '$(id)'", C: ''},
  });
  afterwards(() => void child.kill('SIGKILL'));
  await waitFor(() => child.pid, {what: 'the child'});
  await waitFor(
    async () => {
      const answer = await both.here.environ(child.pid ?? 0);
      return answer.at === 'read' && answer.variables['A'] === 'x=y';
    },
    {what: 'its environment'},
  );
  expect(await same(both, async host => host.environ(child.pid ?? 0))).toMatchObject({
    at: 'read',
    variables: {A: 'x=y', B: "two\nlines '$(id)'", C: ''},
  });
  expect(await both.there.environ(4_194_305)).toEqual({at: 'missing'});
});

test('the clock of the host, and a program there with its own end, output and environment', async () => {
  const both = await bothWays();
  const now = await both.there.now();
  expect(now.at === 'now' && Math.abs(now.ms - Date.now())).toBeLessThan(5_000);
  const run = {argv: ['sh', '-c', 'printf "%s" "$A"; echo oops >&2; exit 255'] as const, env: {A: "it's"}};
  for (const host of [both.here, both.there]) {
    const answer = await host.run({...run, argv: [...run.argv], graceMs: 500, maxOutputBytes: 1000});
    expect(answer).toMatchObject({at: 'exited', status: 255, cut: false});
    if (answer.at !== 'exited') continue;
    expect(Buffer.from(answer.stdout).toString()).toBe("it's");
    expect(Buffer.from(answer.stderr).toString()).toBe('oops\n');
  }
});

test('a program that hangs is ended there, with what it started', async () => {
  const both = await bothWays();
  const file = path.join(tempDir(), 'pids');
  const script = `trap '' TERM; echo $$ >>'${file}'; setsid sh -c 'echo $$ >>"${file}"; sleep 600' & sleep 600; sleep 600`;
  const answer = await both.there.run({
    argv: ['sh', '-c', script],
    timeoutMs: 1_500,
    graceMs: 300,
    maxOutputBytes: 1000,
  });
  expect(answer.at).toBe('hang');
  const pids = execFileSync('cat', [file], {encoding: 'utf8'}).split('\n').filter(Boolean);
  expect(pids.length).toBe(2);
  await waitFor(() => pids.every(pid => !existsSync(`/proc/${pid}`)), {what: 'both to be gone'});
});

test('what the account of the other host may not see is no permission', async () => {
  const both = await bothWays();
  // The same scripts without the rights of root.
  const nobody = process.getuid?.() === 0 ? {uid: 65_534, gid: 65_534} : {};
  const {readScript, statScript, listScript, environScript, wrapped} =
    await import('../../src/adapters/host/scripts.ts');
  const dir = tempDir();
  writeFileSync(path.join(dir, 'a'), 'x', {mode: 0o600});
  for (const script of [
    readScript(path.join(dir, 'a'), {maxBytes: 10, from: 0}),
    statScript(path.join(dir, 'a'), true),
    listScript(dir, 'MARK'),
    environScript(both.server.pid),
  ]) {
    const out = execFileSync('sh', [], {input: wrapped(script, 'MARK'), cwd: '/', ...nobody});
    expect(out.toString()).toContain('\nMARK\ndenied\n');
  }
});

test('a host that refuses, that knows no such key, and that was stopped: unknown each, with its kind', async () => {
  const both = await bothWays();
  const nobody = await both.open('nobody');
  expect(await nobody.stat('/', {follow: true})).toMatchObject({
    at: 'failed',
    kind: 'connect',
    message: containing('nobody cannot be reached: '),
  });
  writeFileSync(both.server.at('authorized'), '');
  const denied = await both.open('box');
  expect(await denied.stat('/', {follow: true})).toMatchObject({at: 'failed', kind: 'auth'});
});

test('a host that hangs before it greets, and one that hangs in the middle, cost no more than the time of the look', async () => {
  const both = await bothWays();
  expect((await both.there.now()).at).toBe('now');
  // The connection is made; the server that holds it stands still.
  const children = execFileSync('pgrep', ['-P', String(both.server.pid)], {encoding: 'utf8'}).split('\n');
  for (const pid of children.filter(Boolean)) process.kill(Number(pid), 'SIGSTOP');
  afterwards(() => {
    for (const pid of children.filter(Boolean)) process.kill(Number(pid), 'SIGKILL');
  });
  const began = performance.now();
  const hung = await both.open('box', {timeoutMs: 1_000});
  expect(await hung.stat('/', {follow: true})).toMatchObject({at: 'failed', kind: 'timeout'});
  expect(performance.now() - began).toBeLessThan(5_000);
});
