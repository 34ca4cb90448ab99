import {utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {localHost} from '../../src/adapters/host/local.ts';
import {createExec} from '../../src/adapters/exec.ts';
import type {Host, HostProcess} from '../../src/host-ports.ts';
import {fits} from '../../checks/parts/host/newest.ts';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {tcpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';
import {listening, ownName, waiting} from './looking-programs.ts';

/** This machine, but for what the test says. */
const hostWith = (more: Partial<Host>): Host => ({
  ...localHost(
    {exec: createExec(), env: fakeEnv({PATH: process.env['PATH'] ?? ''}), clock: fakeClock()},
    {signal: new AbortController().signal, timeoutMs: 5_000},
  ),
  ...more,
});

const one = (more: Partial<HostProcess> = {}): HostProcess => ({
  pid: 42,
  parent: 1,
  uid: process.getuid?.() ?? 0,
  name: 'node',
  argv: ['node', 'app.js'],
  startedMs: 1_767_300_000_000,
  isZombie: false,
  unit: 'api.service',
  ...more,
});

const having = (processes: readonly HostProcess[], partial = false): {host: Host} => ({
  host: hostWith({processes: async () => Promise.resolve({at: 'listed', processes, partial})}),
});

describe('process check', () => {
  test('it runs, or not, as often as it must', async () => {
    const name = ownName('app');
    const match = {command: name};
    expect(await look('process', {match})).toMatchObject({
      verdict: 'fail',
      actual: `processes with ${JSON.stringify(name)} in its command line 0`,
    });
    expect((await look('process', {match, expect: {count: 0}})).verdict).toBe('pass');
    const pid = await waiting([name]);
    expect(await look('process', {match})).toMatchObject({
      verdict: 'pass',
      message: containing(`pid ${pid}`),
    });
    expect((await look('process', {match: {name: 'sh', command: name}})).verdict).toBe('pass');
    expect((await look('process', {match: {name: 'bash', command: name}})).verdict).toBe('fail');
    await waiting([name]);
    expect((await look('process', {match, expect: {count: {gte: 2, lte: 2}}})).verdict).toBe('pass');
    expect((await look('process', {match, expect: {count: 1}})).verdict).toBe('fail');
  });

  test('by a pid file; one that names a process that is over names none', async () => {
    const file = join(tempDir(), 'pid');
    const match = {pidFile: file};
    expect((await look('process', {match})).verdict).toBe('fail');
    writeFileSync(file, `${await waiting()}\n`);
    expect((await look('process', {match})).verdict).toBe('pass');
    writeFileSync(file, '4194399\n');
    expect((await look('process', {match})).verdict).toBe('fail');
    writeFileSync(file, 'garbage');
    expect(await look('process', {match})).toMatchObject({verdict: 'unknown', kind: 'config'});
  });

  test('owner, unit and words of its command line', async () => {
    const match = {command: 'app\\.js'};
    const uid = process.getuid?.() ?? 0;
    const good = {owner: uid, unit: 'api', notArgs: ['--reload'], args: ['app.js']};
    expect((await look('process', {match, expect: good}, having([one()]))).verdict).toBe('pass');
    const reload = one({argv: ['node', 'app.js', '--reload=true']});
    expect(await look('process', {match, expect: {notArgs: ['--reload']}}, having([reload]))).toMatchObject({
      verdict: 'fail',
      actual: containing('with --reload'),
    });
    expect((await look('process', {match, expect: {args: ['--prod']}}, having([one()]))).verdict).toBe(
      'fail',
    );
    expect(
      await look('process', {match, expect: {unit: 'api.service'}}, having([one({unit: 'session-3.scope'})])),
    ).toMatchObject({verdict: 'fail', actual: containing('session-3.scope')});
    expect(await look('process', {match, expect: {unit: 'api'}}, having([one({unit: ''})]))).toMatchObject({
      verdict: 'fail',
      actual: containing('no unit'),
    });
    expect(await look('process', {match, expect: {owner: uid + 7}}, having([one()]))).toMatchObject({
      verdict: 'fail',
      expected: containing(String(uid + 7)),
    });
  });

  test('a unit that may not be seen is not decided', async () => {
    const match = {command: 'app'};
    expect(
      await look('process', {match, expect: {unit: 'api'}}, having([one({unit: undefined})])),
    ).toMatchObject({verdict: 'unknown'});
    expect(await look('process', {match: {unit: 'api'}}, having([one({unit: undefined})]))).toMatchObject({
      verdict: 'unknown',
      kind: 'permission',
    });
  });

  test('where processes are hidden nothing can be counted, but what is seen runs', async () => {
    const match = {command: 'app'};
    expect(await look('process', {match}, having([], true))).toMatchObject({
      verdict: 'unknown',
      kind: 'permission',
    });
    expect(await look('process', {match, expect: {count: 0}}, having([], true))).toMatchObject({
      verdict: 'unknown',
    });
    expect((await look('process', {match}, having([one()], true))).verdict).toBe('pass');
    expect((await look('process', {match, expect: {count: 1}}, having([one()], true))).verdict).toBe(
      'unknown',
    );
  });

  test('a zombie runs nothing', async () => {
    const match = {command: 'app'};
    expect((await look('process', {match}, having([one({isZombie: true})]))).verdict).toBe('fail');
  });

  test('how long it runs, and whether it was started after a rotation', async () => {
    const match = {command: 'app'};
    const file = join(tempDir(), 'KEY');
    writeFileSync(file, 'x');
    const rotated = (seconds: number) => utimesSync(file, seconds, seconds);
    const startedAfter = {startedAfter: {file}};
    rotated(1_767_299_999);
    expect((await look('process', {match, expect: startedAfter}, having([one()]))).verdict).toBe('pass');
    rotated(1_767_300_001);
    expect(await look('process', {match, expect: startedAfter}, having([one()]))).toMatchObject({
      verdict: 'fail',
      expected: containing('not before 2026-01-01T20:40:01.000Z'),
    });
    expect(
      (await look('process', {match, expect: {startedAfter: '2026-01-01T00:00:00Z'}}, having([one()])))
        .verdict,
    ).toBe('pass');
    expect(
      await look('process', {match, expect: {startedAfter: {file: `${file}.no`}}}, having([one()])),
    ).toMatchObject({verdict: 'unknown', kind: 'noData'});
    // The clock stands at 2026-01-02T03:04:05Z, 23 045 s after the start.
    expect(
      (await look('process', {match, expect: {age: {min: '6h', max: '7h'}}}, having([one()]))).verdict,
    ).toBe('pass');
    expect((await look('process', {match, expect: {age: {max: '6h'}}}, having([one()]))).verdict).toBe(
      'fail',
    );
    expect(accepts('process', {match, expect: {startedAfter: 'yesterday'}})).toBe(false);
    expect(accepts('process', {match: {}})).toBe(false);
  });

  test('a secret on a command line is not quoted', async () => {
    const seen = await look(
      'process',
      {match: {command: 'app'}},
      having([
        one({
          argv: ['app', '--password=hunter2hunter2', '--token', 'ghp_0123456789abcdefghijABCDEFGHIJ012345'],
        }),
      ]),
    );
    expect(seen.verdict).toBe('pass');
    expect(seen.message).not.toMatch(/hunter2|ghp_0123/);
  });
});

describe('port check', () => {
  test('somebody listens, or nobody, as it must be', async () => {
    const port = await tcpServer(() => undefined);
    expect(await look('port', {port})).toMatchObject({verdict: 'pass', checked: 1});
    expect(await look('port', {port, expect: {listening: false}})).toMatchObject({verdict: 'fail'});
    expect(await look('port', {port: 1})).toMatchObject({
      verdict: 'fail',
      actual: 'listening on tcp port 1 nobody',
    });
    expect((await look('port', {port: 1, expect: {listening: false}})).verdict).toBe('pass');
    expect((await look('port', {port, protocol: 'udp'})).verdict).toBe('fail');
  });

  test('at which address, by which process of which account', async () => {
    const {port, program, pid} = await listening();
    const file = join(tempDir(), 'pid');
    writeFileSync(file, String(pid));
    const good = {address: '127.0.0.1', command: program, pidFile: file, owner: process.getuid?.() ?? 0};
    const seen = await look('port', {port, expect: good});
    expect(seen).toMatchObject({verdict: 'pass', parts: [{name: `127.0.0.1:${port}`, verdict: 'pass'}]});
    expect(seen.parts?.[0]?.message).toContain(`pid ${pid}`);
    expect(await look('port', {port, expect: {address: '0.0.0.0'}})).toMatchObject({
      verdict: 'fail',
      actual: 'address 127.0.0.1',
    });
    expect((await look('port', {port, expect: {command: 'nginx'}})).verdict).toBe('fail');
    writeFileSync(file, '1');
    expect(await look('port', {port, expect: {pidFile: file}})).toMatchObject({
      verdict: 'fail',
      expected: containing('pid 1'),
    });
    expect((await look('port', {port, expect: {pidFile: `${file}.no`}})).verdict).toBe('unknown');
  });

  test('everybody who listens must be allowed to', async () => {
    const {port} = await listening('::');
    const expected = {address: ['127.0.0.1', '::1']};
    const seen = await look('port', {port, expect: expected});
    expect(seen).toMatchObject({verdict: 'fail', actual: 'address ::'});
    expect((await look('port', {port, expect: {address: '0:0:0:0:0:0:0:0'}})).verdict).toBe('pass');
  });

  const listener = {protocol: 'tcp', address: '127.0.0.1', port: 41_788, uid: 0, pids: [42]} as const;
  const owned = (unit: string | undefined, pids: readonly number[] = [42]) => ({
    host: hostWith({
      listeners: async () => Promise.resolve({at: 'listed', listeners: [{...listener, pids}]}),
      processes: async () => Promise.resolve({at: 'listed', processes: [one({unit})], partial: false}),
    }),
  });

  test('whether whoever listens belongs to the unit that should own the port', async () => {
    const wanted = {port: 41_788, expect: {unit: 'okastr8-manager'}};
    expect((await look('port', wanted, owned('okastr8-manager.service'))).verdict).toBe('pass');
    const outside = await look('port', wanted, owned('session-3.scope'));
    expect(outside).toMatchObject({
      verdict: 'fail',
      expected: containing('okastr8-manager.service'),
      actual: containing('session-3.scope'),
      parts: [{verdict: 'fail', message: 'pid 42 (node app.js) of session-3.scope'}],
    });
    expect((await look('port', wanted, owned(''))).verdict).toBe('fail');
    expect((await look('port', wanted, owned(undefined))).verdict).toBe('unknown');
  });

  test('who may not be seen is no permission when it matters', async () => {
    expect(await look('port', {port: 41_788, expect: {unit: 'a'}}, owned('a.service', []))).toMatchObject({
      verdict: 'unknown',
      kind: 'permission',
    });
    expect(await look('port', {port: 41_788}, owned('a.service', []))).toMatchObject({
      verdict: 'pass',
      message: '127.0.0.1:41788: who listens may not be seen',
    });
  });
});

describe('disk check', () => {
  const space = (more: object = {}) => ({
    host: hostWith({
      space: async () =>
        Promise.resolve({
          at: 'measured',
          space: {totalBytes: 1000, usedBytes: 600, freeBytes: 300, inodes: {total: 100, free: 5}, ...more},
        }),
    }),
  });

  test('bytes, inodes and percentages as df counts them', async () => {
    const expected = {freeBytes: 300, freePercent: {gte: 33, lt: 34}, inodesFree: 5, inodesFreePercent: 5};
    expect(await look('disk', {path: '/', expect: expected}, space())).toMatchObject({
      verdict: 'pass',
      message: '300 bytes free, 33.3 %, 5 % of inodes',
    });
    expect(await look('disk', {path: '/', expect: {freePercent: {gte: 50}}}, space())).toMatchObject({
      verdict: 'fail',
      actual: 'freePercent 33.3',
    });
    expect(await look('disk', {path: '/', warn: {inodesFree: {gte: 50}}}, space())).toMatchObject({
      verdict: 'warn',
    });
    expect(
      await look(
        'disk',
        {path: '/', warn: {freeBytes: {gte: 500}}, expect: {inodesFree: {gte: 50}}},
        space(),
      ),
    ).toMatchObject({verdict: 'fail'});
  });

  test('a file system that counts no inodes leaves what is asked of them undecided', async () => {
    const none = space({inodes: undefined});
    expect((await look('disk', {path: '/', expect: {inodesFree: {gte: 1}}}, none)).verdict).toBe('unknown');
    expect((await look('disk', {path: '/', expect: {freeBytes: {gte: 1}}}, none)).verdict).toBe('pass');
  });

  test('this machine has some room, and no such path is no answer', async () => {
    expect((await look('disk', {path: tempDir(), expect: {freePercent: {gt: 0}}})).verdict).toBe('pass');
    expect(await look('disk', {path: '/no/such', expect: {freeBytes: 1}})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
    expect(accepts('disk', {path: '/'})).toBe(false);
  });

  test('room for the newest archive, by its unpacked size', async () => {
    const dir = tempDir();
    const archive = join(dir, 'b-*.tgz');
    expect(await look('disk', {path: '/', room: {archive}}, space())).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
    });
    writeFileSync(join(dir, 'b-old.tgz'), gzipSync('x'.repeat(100_000)));
    utimesSync(join(dir, 'b-old.tgz'), 1, 1);
    writeFileSync(join(dir, 'b-new.tgz'), gzipSync('x'.repeat(250)));
    expect(await look('disk', {path: '/', room: {archive}}, space({freeBytes: 300}))).toMatchObject({
      verdict: 'pass',
    });
    expect(await look('disk', {path: '/', room: {archive}}, space({freeBytes: 299}))).toMatchObject({
      verdict: 'fail',
      expected: `room 1.2 times the 250 bytes of ${join(dir, 'b-new.tgz')}`,
    });
    writeFileSync(join(dir, 'plain'), 'x'.repeat(100));
    const plain = {archive: join(dir, 'plain'), factor: 2};
    expect((await look('disk', {path: '/', room: plain}, space({freeBytes: 200}))).verdict).toBe('pass');
    expect((await look('disk', {path: '/', room: plain}, space({freeBytes: 199}))).verdict).toBe('fail');
  });

  test('names with wildcards fit as a shell has it', () => {
    for (const [name, wanted] of [
      ['dr_report_1.json', 'dr_report_*.json'],
      ['abcabc', '*abc'],
      ['a', '?'],
      ['', '*'],
      ['.hidden', '.h*'],
      ['aXbXc', 'a*b*c'],
    ] as const)
      expect(fits(name, wanted)).toBe(true);
    for (const [name, wanted] of [
      ['.hidden', '*'],
      ['a', '??'],
      ['report.json.tmp', '*.json'],
      ['b', 'a*'],
      ['aaa', '*ab'],
    ] as const)
      expect(fits(name, wanted)).toBe(false);
  });
});
