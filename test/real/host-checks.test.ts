// Every check type that looks at a host, on this machine and through a real sshd: the same verdicts.
import {execFileSync, spawn} from 'node:child_process';
import {chmodSync, symlinkSync, truncateSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {look} from '../checks/looking.ts';
import {listening, ownName, waiting} from '../checks/looking-programs.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {realClock} from '../../src/adapters/clock.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {bothWays, type Both} from './looking-there.ts';
import {afterwards} from './needs.ts';
import {sshServer} from './sshd.ts';
import {machine} from './systemd.ts';

const clock = realClock();

/** What must be the same from wherever it is seen; messages may name the host, and times pass. */
const essence = ({verdict, kind, checked, expected}: Look) => ({verdict, kind, checked, expected});

async function same({here, there}: Both, type: string, params: Record<string, unknown>): Promise<Look> {
  const direct = await look(type, params, {host: here, clock, timeoutMs: 20_000});
  const remote = await look(type, {...params, on: 'box'}, {host: there, clock, timeoutMs: 20_000});
  expect(essence(remote)).toEqual(essence(direct));
  return remote;
}

const now = (secondsAgo = 0): string => new Date(Date.now() - secondsAgo * 1000).toISOString();

test('command: status, output, a program that is not there, a hang that is ended there', async () => {
  const both = await bothWays();
  expect(
    (
      await same(both, 'command', {
        argv: ['sh', '-c', 'echo "$A"; exit 3'],
        env: {A: "it's"},
        expect: {exit: 3, stdoutContains: "it's"},
      })
    ).verdict,
  ).toBe('pass');
  expect((await same(both, 'command', {argv: ['false']})).verdict).toBe('fail');
  expect(await same(both, 'command', {argv: ['no-such-program']})).toMatchObject({
    verdict: 'unknown',
    kind: 'notInstalled',
  });
  expect(await same(both, 'command', {argv: ['pwd'], cwd: '/no/such'})).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
  });
  const mark = ownName('hang');
  expect(
    await same(both, 'command', {argv: ['sh', '-c', 'sleep 600; :', mark], mustFinishWithin: '1s'}),
  ).toMatchObject({
    verdict: 'fail',
    kind: 'hang',
  });
  await waitFor(() => !execFileSync('ps', ['-eo', 'args'], {encoding: 'utf8'}).includes(mark), {
    what: 'its end',
  });
});

test('systemd where there is none is unknown, never inactive', async () => {
  const both = await bothWays();
  const seen = await same(both, 'systemd', {unit: 'ssh'});
  expect(seen).toMatchObject({verdict: 'unknown', kind: 'noData', checked: 0});
  expect(seen.message).toMatch(/bus|booted/i);
  expect(await same(both, 'env', {of: {unit: 'ssh'}, expect: {A: 'b'}})).toMatchObject({verdict: 'unknown'});
  const journal = await same(both, 'log', {source: {unit: 'ssh'}, window: '5m', forbid: ['error']});
  expect(journal.verdict).toBe('unknown');
});

test('env, process and port of a service that runs', async () => {
  const both = await bothWays();
  const name = ownName('api');
  const secret = 'correct-horse-battery';
  const pid = await waiting([name], {AUTH_MODE: 'enforced', ADMIN_API_KEY: secret});
  const of = {process: {command: name}};
  expect((await same(both, 'env', {of, expect: {AUTH_MODE: 'enforced'}})).verdict).toBe('pass');
  const hidden = await same(both, 'env', {of, expect: {ADMIN_API_KEY: 'other'}});
  expect(hidden.verdict).toBe('fail');
  expect(JSON.stringify(hidden)).not.toContain(secret);
  const file = path.join(tempDir(), 'pid');
  writeFileSync(file, `${pid}\n`);
  expect((await same(both, 'env', {of: {pidFile: file}, expect: {AUTH_MODE: 'enforced'}})).verdict).toBe(
    'pass',
  );
  writeFileSync(file, '4194301\n');
  expect((await same(both, 'env', {of: {pidFile: file}, expect: {AUTH_MODE: 'enforced'}})).verdict).toBe(
    'unknown',
  );

  const match = {command: name};
  expect(
    (
      await same(both, 'process', {
        match,
        expect: {count: 1, owner: 'root', notArgs: ['--reload'], age: {max: '1h'}},
      })
    ).verdict,
  ).toBe('pass');
  expect((await same(both, 'process', {match, expect: {unit: 'api'}})).verdict).toBe('fail');
  expect((await same(both, 'process', {match: {command: ownName('no')}})).verdict).toBe('fail');

  const {port, program, pid: listener} = await listening();
  writeFileSync(file, String(listener));
  expect(
    (
      await same(both, 'port', {
        port,
        expect: {address: '127.0.0.1', command: program, pidFile: file, owner: 'root'},
      })
    ).verdict,
  ).toBe('pass');
  expect((await same(both, 'port', {port, expect: {address: '0.0.0.0'}})).verdict).toBe('fail');
  expect((await same(both, 'port', {port, expect: {unit: 'api'}})).verdict).toBe('fail');
  expect((await same(both, 'port', {port: 1})).verdict).toBe('fail');
});

test('file and disk: modes, owners, hashes, links, a FIFO in the way, a huge file', async () => {
  const both = await bothWays();
  const dir = tempDir();
  const at = (name: string): string => path.join(dir, name);
  writeFileSync(at('auth.json'), '{"version": 2}');
  chmodSync(at('auth.json'), 0o600);
  const good = {
    type: 'file',
    mode: '0600',
    owner: 'root',
    group: 'root',
    size: {gt: 5},
    age: {max: '1h'},
    json: {'$.version': 2},
  };
  expect((await same(both, 'file', {path: at('auth.json'), expect: good})).verdict).toBe('pass');
  chmodSync(at('auth.json'), 0o644);
  expect((await same(both, 'file', {path: at('auth.json'), expect: {maxMode: '0600'}})).verdict).toBe('fail');
  symlinkSync('auth.json', at('link'));
  expect((await same(both, 'file', {path: at('link'), noFollow: true})).verdict).toBe('fail');
  expect((await same(both, 'file', {path: at('link'), expect: {linkTo: 'auth.json'}})).verdict).toBe('pass');
  expect((await same(both, 'file', {path: at('no'), expect: {exists: false}})).verdict).toBe('pass');
  execFileSync('mkfifo', [at('fifo')]);
  expect((await same(both, 'file', {path: at('fifo'), expect: {content: {contains: 'a'}}})).verdict).toBe(
    'fail',
  );
  expect((await same(both, 'file', {path: at('fifo'), expect: {type: 'fifo'}})).verdict).toBe('pass');
  writeFileSync(at('huge'), 'begin');
  truncateSync(at('huge'), 50e9);
  expect((await same(both, 'file', {path: at('huge'), expect: {content: {contains: 'begin'}}})).verdict).toBe(
    'pass',
  );
  expect((await same(both, 'file', {path: at('huge'), expect: {content: {contains: 'end'}}})).verdict).toBe(
    'unknown',
  );
  expect((await same(both, 'file', {path: at('huge'), expect: {sha256: '0'.repeat(64)}})).verdict).toBe(
    'unknown',
  );

  writeFileSync(at('b-1.tgz'), 'x'.repeat(1000));
  expect(
    (await same(both, 'disk', {path: dir, expect: {freePercent: {gt: 0}}, room: {archive: at('b-*.tgz')}}))
      .verdict,
  ).toBe('pass');
  expect((await same(both, 'disk', {path: '/no/such', expect: {freeBytes: {gt: 0}}})).verdict).toBe(
    'unknown',
  );
});

test('log, ndjson, schedule and worker over files', async () => {
  const both = await bothWays();
  const dir = tempDir();
  const at = (name: string): string => path.join(dir, name);
  writeFileSync(at('app.log.1'), `${now(200)} error in the older file\n`);
  writeFileSync(
    at('app.log'),
    `${now(100)} startup env=prod version_hash=1f migration_head=9c\n${now(5)} ready\n`,
  );
  const source = {file: at('app.log')};
  expect(
    (
      await same(both, 'log', {
        source,
        window: '10m',
        require: ['ready'],
        facts: {of: 'startup', expect: {env: 'prod'}},
      })
    ).verdict,
  ).toBe('pass');
  expect((await same(both, 'log', {source, window: '10m', forbid: ['error']})).verdict).toBe('fail');
  expect((await same(both, 'log', {source, window: '2m', forbid: ['error']})).verdict).toBe('pass');
  execFileSync('mkfifo', [at('pipe.log')]);
  expect((await same(both, 'log', {source: {file: at('pipe.log')}, forbid: ['a']})).kind).toBe('config');
  writeFileSync(at('binary.log'), Buffer.alloc(1000, 'a\0'));
  expect((await same(both, 'log', {source: {file: at('binary.log')}, forbid: ['a']})).kind).toBe('config');
  expect((await same(both, 'log', {source: {file: at('none.log')}, forbid: ['a']})).verdict).toBe('unknown');

  writeFileSync(at('up.ndjson'), [90, 60, 30].map(age => `{"ts":"${now(age)}","ok":true}\n`).join(''));
  const records = {
    path: at('up.ndjson'),
    maxAge: '1m',
    gapMax: '1m',
    monotonic: true,
    counts: {'1h': {gte: 3}},
    lastRecord: {'$.ok': true},
  };
  expect((await same(both, 'ndjson', records)).verdict).toBe('pass');
  expect((await same(both, 'ndjson', {...records, maxAge: '20s'})).verdict).toBe('fail');
  expect((await same(both, 'ndjson', {path: at('none.ndjson')})).verdict).toBe('fail');
  writeFileSync(at('half.ndjson'), `{"ts":"${now(3)}","ok":true}\n{"ts":`);
  expect((await same(both, 'ndjson', {path: at('half.ndjson'), maxAge: '1m'})).verdict).toBe('pass');

  const job = {job: 'uptime', cron: '* * * * *', grace: '3m', source: {ndjson: at('up.ndjson')}, early: '2m'};
  expect((await same(both, 'schedule', job)).verdict).toBe('pass');
  expect((await same(both, 'schedule', {...job, source: {ndjson: at('none')}})).verdict).toBe('fail');
  utimesSync(at('up.ndjson'), 1, 1);
  expect((await same(both, 'schedule', {job: 'a', maxAge: '1d', source: {file: at('up*')}})).verdict).toBe(
    'fail',
  );

  const name = ownName('worker');
  await waiting([name], {WORKER: 'on'});
  const expected = {env: 'WORKER', of: {process: {command: name}}, is: 'on'};
  expect((await same(both, 'worker', {expected, actual: {process: {command: name}}})).verdict).toBe('pass');
  expect(
    (await same(both, 'worker', {expected, actual: {heartbeat: at('up.ndjson'), maxAge: '1m'}})).verdict,
  ).toBe('fail');
});

test('a host that cannot be reached is unknown for every type, with its kind, and never a failure', async () => {
  const both = await bothWays();
  const of = {process: {name: 'sh'}};
  const types: Readonly<Record<string, Record<string, unknown>>> = {
    command: {argv: ['true']},
    systemd: {unit: 'ssh'},
    env: {of, expect: {A: 'b'}},
    file: {path: '/etc/passwd'},
    process: {match: {name: 'sh'}},
    port: {port: 22},
    disk: {path: '/', expect: {freeBytes: {gt: 0}}},
    log: {source: {file: '/a'}, forbid: ['b'], allowEmpty: true},
    ndjson: {path: '/a'},
    schedule: {job: 'a', maxAge: '1d', source: {file: '/a'}},
    worker: {expected: false, actual: {process: {name: 'sh'}}},
  };
  for (const [type, params] of Object.entries(types)) {
    const host = await both.open('nobody');
    expect(await look(type, {...params, on: 'nobody'}, {host, clock})).toMatchObject({
      verdict: 'unknown',
      kind: 'connect',
      checked: 0,
      message: containing('nobody cannot be reached'),
    });
  }
});

const api = `[Service]
Environment=AUTH_MODE=enforced LOG_LEVEL=INFO
ExecStart=/bin/sh -c 'echo startup env=prod version_hash=1f2e migration_head=9c01; exec ${process.execPath} -e "require(\\'net\\').createServer().listen(0, \\'127.0.0.1\\', function () { console.log(\\'port=\\' + this.address().port) })"'
`;

test('a machine with a real systemd: states, the environment and port of a unit, its journal; and what runs outside of it', async () => {
  const inside = await machine({
    'okastr8-manager': api,
    broken: '[Service]\nExecStart=/bin/false\n',
    restarts:
      '[Service]\nExecStart=/bin/sh -c "sleep 0.1; exit 1"\nRestart=always\nRestartSec=50ms\nStartLimitIntervalSec=0\n',
  });
  const server = await sshServer({through: inside.through, dir: inside.dir});
  const {there} = await bothWays(server);
  const at = async (type: string, params: Record<string, unknown>): Promise<Look> =>
    look(type, {...params, on: 'box'}, {host: there, clock, timeoutMs: 20_000});
  const unit = 'okastr8-manager';

  expect(await at('systemd', {unit})).toMatchObject({verdict: 'fail', actual: 'ActiveState inactive'});
  expect(await at('systemd', {unit: 'no-such-unit'})).toMatchObject({verdict: 'fail', kind: 'notInstalled'});
  expect(await at('env', {of: {unit}, expect: {AUTH_MODE: 'enforced'}})).toMatchObject({
    verdict: 'unknown',
    kind: 'noData',
  });
  inside.run('systemctl', 'start', unit);
  const running = {activeState: 'active', subState: 'running', mainPid: {gt: 1}, nRestartsMax: 0};
  expect(await at('systemd', {unit, expect: running})).toMatchObject({verdict: 'pass', checked: 4});
  await waitFor(async () => (await at('systemd', {unit, expect: {sinceMin: '2s'}})).verdict === 'pass', {
    what: 'two seconds',
    timeoutMs: 20_000,
  });
  expect((await at('systemd', {unit, expect: {sinceMin: '1h'}})).verdict).toBe('fail');
  try {
    inside.run('systemctl', 'start', 'broken');
  } catch {
    // It fails, and that is looked at.
  }
  await waitFor(
    async () => (await at('systemd', {unit: 'broken', expect: {activeState: 'failed'}})).verdict === 'pass',
    {what: 'the failure', timeoutMs: 20_000},
  );
  inside.run('systemctl', 'start', 'restarts');
  await waitFor(
    async () => (await at('systemd', {unit: 'restarts', expect: {nRestartsMax: 1}})).verdict === 'fail',
    {what: 'restarts', timeoutMs: 20_000},
  );

  expect(
    (await at('env', {of: {unit}, expect: {AUTH_MODE: 'enforced', LOG_LEVEL: {ne: 'DEBUG'}}})).verdict,
  ).toBe('pass');
  expect((await at('env', {of: {unit}, expect: {AUTH_MODE: 'shadow'}})).verdict).toBe('fail');
  expect((await at('process', {match: {unit}, expect: {unit, owner: 'root', count: 1}})).verdict).toBe(
    'pass',
  );

  const journal = {source: {unit}, window: '10m'};
  await waitFor(async () => (await at('log', {...journal, require: ['port=\\d+']})).verdict === 'pass', {
    what: 'its port in the journal',
    timeoutMs: 20_000,
  });
  const wanted = {of: 'startup', expect: {env: 'prod', version_hash: '1f2e', migration_head: {exists: true}}};
  expect((await at('log', {...journal, facts: wanted})).verdict).toBe('pass');
  expect((await at('log', {...journal, forbid: ['startup']})).verdict).toBe('fail');
  expect(await at('log', {source: {unit: 'no-such-unit'}, window: '10m', forbid: ['a']})).toMatchObject({
    verdict: 'unknown',
    kind: 'noData',
  });

  const [, port] =
    /port=(\d+)/.exec(inside.run('journalctl', '--no-pager', '--output=cat', '-u', unit)) ?? [];
  const owned = {port: Number(port), expect: {unit, address: '127.0.0.1'}};
  expect((await at('port', owned)).verdict).toBe('pass');

  // The finding of the first source: the service answers, and its unit does not run it.
  inside.run('systemctl', 'stop', unit);
  const [command, ...words] = [
    ...inside.through,
    process.execPath,
    '-e',
    `require("net").createServer().listen(${port ?? ''}, "127.0.0.1", () => console.log("up"))`,
  ];
  const outside = spawn(command, words, {stdio: ['ignore', 'pipe', 'ignore']});
  afterwards(() => void outside.kill('SIGKILL'));
  await new Promise(resolve => outside.stdout.once('data', resolve));
  expect((await at('systemd', {unit})).verdict).toBe('fail');
  const seen = await at('port', owned);
  expect(seen).toMatchObject({
    verdict: 'fail',
    expected: containing('okastr8-manager.service'),
    actual: containing('no unit'),
  });
});
