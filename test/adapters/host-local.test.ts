import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import {createServer} from 'node:net';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {createExec} from '../../src/adapters/exec.ts';
import {localHost} from '../../src/adapters/host/local.ts';
import {localProc} from '../../src/adapters/host/local-proc.ts';
import {processOf, socketsOf, unitOf, variablesOf} from '../../src/adapters/host/proc.ts';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {tcpServer} from '../helpers/http-server.ts';
import {withoutRights} from '../helpers/rights.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';

const host = (signal = new AbortController().signal) =>
  localHost(
    {exec: createExec(), env: fakeEnv({PATH: process.env['PATH'] ?? ''}), clock: fakeClock()},
    {signal, timeoutMs: 5_000},
  );

describe('files', () => {
  test('kind, size, mode, owner, time and target of a name; a link only where it is asked for', async () => {
    const dir = tempDir();
    const file = join(dir, 'a');
    writeFileSync(file, 'hello');
    chmodSync(file, 0o4640);
    utimesSync(file, 1_700_000_000, 1_700_000_000.7);
    symlinkSync('a', join(dir, 'link'));
    const uid = process.getuid?.() ?? 0;
    const found = await host().stat(file, {follow: false});
    expect(found).toMatchObject({
      at: 'found',
      file: {kind: 'file', sizeBytes: 5, mode: 0o4640, uid, modifiedMs: 1_700_000_000_000},
    });
    expect(await host().stat(join(dir, 'link'), {follow: false})).toMatchObject({
      at: 'found',
      file: {kind: 'link', target: 'a'},
    });
    expect(await host().stat(join(dir, 'link'), {follow: true})).toEqual(found);
    expect(await host().stat(dir, {follow: true})).toMatchObject({file: {kind: 'directory'}});
    expect(await host().stat(join(dir, 'no'), {follow: true})).toEqual({at: 'missing'});
    symlinkSync('nowhere', join(dir, 'dangling'));
    expect(await host().stat(join(dir, 'dangling'), {follow: true})).toEqual({at: 'missing'});
    expect(await host().stat(join(file, 'below'), {follow: true})).toEqual({at: 'missing'});
  });

  test('the beginning, the middle and the end of a file, and no more than is asked for', async () => {
    const file = join(tempDir(), 'a');
    writeFileSync(file, '0123456789');
    const text = async (options: {maxBytes: number; from?: number}) => {
      const answer = await host().read(file, options);
      if (answer.at !== 'read') throw new Error(answer.at);
      const {bytes, from, sizeBytes, cut} = answer;
      return {text: new TextDecoder().decode(bytes), from, sizeBytes, cut};
    };
    expect(await text({maxBytes: 100})).toEqual({text: '0123456789', from: 0, sizeBytes: 10, cut: false});
    expect(await text({maxBytes: 4})).toEqual({text: '0123', from: 0, sizeBytes: 10, cut: true});
    expect(await text({maxBytes: 4, from: 6})).toEqual({text: '6789', from: 6, sizeBytes: 10, cut: false});
    expect(await text({maxBytes: 4, from: -3})).toEqual({text: '789', from: 7, sizeBytes: 10, cut: false});
    expect(await text({maxBytes: 4, from: -99})).toEqual({text: '0123', from: 0, sizeBytes: 10, cut: true});
    expect(await text({maxBytes: 4, from: 50})).toEqual({text: '', from: 50, sizeBytes: 10, cut: false});
  });

  test('a file of the kernel, whose size is 0, is read all the same', async () => {
    const answer = await host().read('/proc/self/status', {maxBytes: 65_536});
    expect(answer).toMatchObject({at: 'read', sizeBytes: 0});
    expect(answer.at === 'read' && new TextDecoder().decode(answer.bytes)).toMatch(/^Name:/);
  });

  test('folders, FIFOs and sockets are never opened to be read', async () => {
    const dir = tempDir();
    const socket = join(dir, 'socket');
    const server = createServer().listen(socket);
    onTestFinished(() => void server.close());
    await waitFor(() => existsSync(socket), {what: 'the socket'});
    expect(await host().read(socket, {maxBytes: 10})).toEqual({at: 'special', kind: 'socket'});
    expect(await host().read(dir, {maxBytes: 10})).toEqual({at: 'special', kind: 'directory'});
    expect(await host().hash(socket, {maxBytes: 10})).toEqual({at: 'special', kind: 'socket'});
    expect(await host().read('/dev/null', {maxBytes: 10})).toEqual({at: 'special', kind: 'device'});
  });

  test('a hash is of the whole file, or of nothing', async () => {
    const file = join(tempDir(), 'a');
    writeFileSync(file, 'x'.repeat(600_000));
    const sha256 = createHash('sha256').update('x'.repeat(600_000)).digest('hex');
    expect(await host().hash(file, {maxBytes: 1_000_000})).toEqual({at: 'hashed', sha256});
    expect(await host().hash(file, {maxBytes: 1000})).toMatchObject({at: 'failed', kind: 'config'});
    expect(await host().hash(join(tempDir(), 'no'), {maxBytes: 1})).toEqual({at: 'missing'});
  });

  test('a huge file costs what is read of it', async () => {
    const file = join(tempDir(), 'a');
    writeFileSync(file, 'begin');
    truncateSync(file, 1e12);
    const answer = await host().read(file, {maxBytes: 10, from: -5});
    expect(answer).toMatchObject({at: 'read', from: 1e12 - 5, sizeBytes: 1e12, cut: false});
  });

  test('what is in a folder, sorted, links as links', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'b'));
    writeFileSync(join(dir, 'a\nnew line'), '');
    writeFileSync(join(dir, '.hidden'), '');
    symlinkSync('/', join(dir, 'c'));
    const answer = await host().list(dir);
    expect(answer.at === 'listed' && answer.entries.map(({name, kind}) => [name, kind])).toEqual([
      ['.hidden', 'file'],
      ['a\nnew line', 'file'],
      ['b', 'directory'],
      ['c', 'link'],
    ]);
    expect(await host().list(join(dir, 'no'))).toEqual({at: 'missing'});
    expect(await host().list(join(dir, '.hidden'))).toEqual({at: 'missing'});
  });

  test('the space of a file system is what is left of it', async () => {
    const answer = await host().space(tempDir());
    if (answer.at !== 'measured') throw new Error(answer.at);
    const {totalBytes, usedBytes, freeBytes} = answer.space;
    expect(totalBytes).toBeGreaterThan(0);
    expect(usedBytes + freeBytes).toBeLessThanOrEqual(totalBytes);
    expect(await host().space('/no/such')).toEqual({at: 'missing'});
  });
});

describe('processes and sockets', () => {
  test('this process is among them, with its words, its parent and its start', async () => {
    const answer = await host().processes();
    if (answer.at !== 'listed') throw new Error(answer.at);
    const me = answer.processes.find(({pid}) => pid === process.pid);
    expect(me).toMatchObject({parent: process.ppid, uid: process.getuid?.(), isZombie: false});
    expect(me?.argv[0]).toMatch(/node/);
    expect(Math.abs((me?.startedMs ?? 0) - (Date.now() - process.uptime() * 1000))).toBeLessThan(3_000);
  });

  test('a port that listens has its address and its process', async () => {
    const port = await tcpServer(() => undefined);
    const answer = await host().listeners();
    const mine = answer.at === 'listed' ? answer.listeners.filter(one => one.port === port) : [];
    expect(mine).toEqual([
      {protocol: 'tcp', address: '127.0.0.1', port, uid: process.getuid?.(), pids: [process.pid]},
    ]);
  });

  test('the environment of a process is the one that it was started with', async () => {
    const child = spawn('sh', ['-c', 'read -r line'], {
      env: {MODE: 'a=b', EMPTY: '', TEXT: 'two\nlines'},
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const pid = child.pid ?? 0;
    await waitFor(async () => (await host().environ(pid)).at === 'read', {what: 'the child'});
    const answer = await host().environ(pid);
    expect(answer).toMatchObject({at: 'read', variables: {MODE: 'a=b', EMPTY: '', TEXT: 'two\nlines'}});
    expect(await host().environ(2 ** 22 + 1)).toEqual({at: 'missing'});
  });

  test('the service or scope that a cgroup belongs to', () => {
    expect(unitOf('0::/system.slice/okastr8-manager.service\n')).toBe('okastr8-manager.service');
    expect(unitOf('0::/system.slice/web.service/worker\n')).toBe('web.service');
    expect(unitOf('0::/user.slice/user-1000.slice/user@1000.service/app.slice/app-a\\x2db.service\n')).toBe(
      'app-a\\x2db.service',
    );
    expect(unitOf('0::/user.slice/user-0.slice/session-3.scope\n')).toBe('session-3.scope');
    expect(unitOf('12:cpu:/x\n1:name=systemd:/system.slice/a.service\n0::/\n')).toBe('a.service');
    expect(unitOf('9:name=systemd:/\n1:cpu:/\n0::/system.slice/a.service\n')).toBe('a.service');
    expect(unitOf('0::/\n')).toBe('');
  });

  test('a process whose name looks like more than a name is read right', () => {
    const status = 'Name:\tx\\nUid:\t0\nUid:\t1000\t1001\t1002\t1003\n';
    const rest = ['7', ...Array.from({length: 17}, (_, i) => String(i)), '500', '1'].join(' ');
    const stat = `42 (a) b\n(c) S ${rest}\n`;
    expect(
      processOf(
        {status, stat, cmdline: 'node\0\0app.js\0', cgroup: undefined},
        {bootSeconds: 1000, ticksPerSecond: 100},
      ),
    ).toEqual({
      pid: 42,
      parent: 7,
      uid: 1001,
      name: 'a) b\n(c',
      argv: ['node', '', 'app.js'],
      startedMs: 1_005_000,
      isZombie: false,
      unit: undefined,
    });
  });

  test('addresses of sockets are read in the order of the machine', () => {
    const line = (local: string, state: string) =>
      `  0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0\n`;
    const head = '  sl  local_address rem_address   st …\n';
    expect(socketsOf(`${head}${line('0100007F:1F90', '0A')}${line('0100007F:1F91', '01')}`, 'tcp')).toEqual([
      {protocol: 'tcp', address: '127.0.0.1', port: 8080, uid: 1000, inode: '4711'},
    ]);
    expect(socketsOf(head + line('00000000000000000000000001000000:0050', '0A'), 'tcp')).toMatchObject([
      {address: '::1', port: 80},
    ]);
    expect(socketsOf(head + line('00000000:0035', '07'), 'udp')).toMatchObject([{address: '0.0.0.0'}]);
  });

  test('a process that is just ending is left out; where the first is hidden, so may others be', async () => {
    const proc = tempDir();
    writeFileSync(join(proc, 'stat'), 'cpu 1 2 3\nbtime 1000\n');
    const put = (pid: number, files: readonly string[]): void => {
      mkdirSync(join(proc, String(pid)));
      const rest = Array.from({length: 20}, () => '1').join(' ');
      const texts: Readonly<Record<string, string>> = {
        status: `Name:\ta\nUid:\t0\t0\t0\t0\n`,
        stat: `${pid} (a) S ${rest}\n`,
        cmdline: 'a\0',
      };
      for (const name of files) writeFileSync(join(proc, String(pid), name), texts[name] ?? '');
    };
    put(41, ['status', 'stat', 'cmdline']);
    put(42, ['status']);
    put(43, []);
    const seen = async () => localProc(new AbortController().signal, proc).processes();
    expect(await seen()).toMatchObject({
      at: 'listed',
      partial: true,
      processes: [{pid: 41, unit: undefined}],
    });
    put(1, ['status', 'stat', 'cmdline']);
    expect(await seen()).toMatchObject({at: 'listed', partial: false, processes: [{pid: 1}, {pid: 41}]});
    const none = localProc(new AbortController().signal, join(proc, 'no'));
    expect(await none.processes()).toMatchObject({at: 'failed', kind: 'notInstalled'});
    expect(await none.listeners()).toMatchObject({at: 'failed', kind: 'notInstalled'});
  });

  test('of a variable that is given twice the first counts, and a name is never a part of an object', () => {
    const bytes = new TextEncoder().encode('A=1\0A=2\0__proto__=x\0nothing\0=odd\0');
    expect(Object.entries(variablesOf(bytes))).toEqual([
      ['A', '1'],
      ['__proto__', 'x'],
    ]);
  });
});

test('nothing is looked at once the look is over, and a limit of time is told apart', async () => {
  const over = host(AbortSignal.abort(new Error('over')));
  expect(await over.stat('/', {follow: true})).toMatchObject({at: 'failed', kind: 'noData'});
  expect(await over.processes()).toMatchObject({at: 'failed', kind: 'noData'});
  const limit = new Error('time limit');
  limit.name = 'TimeoutError';
  expect(await host(AbortSignal.abort(limit)).list('/')).toMatchObject({at: 'failed', kind: 'timeout'});
});

test('what this account may not see is no permission, and not nothing', async () => {
  const dir = tempDir();
  writeFileSync(join(dir, 'a'), 'secret');
  chmodSync(join(dir, 'a'), 0o000);
  chmodSync(dir, 0o000);
  const seen = await withoutRights(async () => [
    await host().stat(join(dir, 'a'), {follow: true}),
    await host().read(join(dir, 'a'), {maxBytes: 10}),
    await host().hash(join(dir, 'a'), {maxBytes: 10}),
    await host().list(dir),
    await host().environ(1),
  ]);
  chmodSync(dir, 0o700);
  for (const answer of seen) expect(answer).toMatchObject({at: 'failed', kind: 'permission'});
});
