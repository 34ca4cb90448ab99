import {existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import type {RequestListener} from 'node:http';
import {join} from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {localHost} from '../../src/adapters/host/local.ts';
import {createHttp} from '../../src/adapters/http.ts';
import {realClock} from '../../src/adapters/clock.ts';
import {realProcesses} from '../../src/adapters/processes.ts';
import {realRandom} from '../../src/adapters/random.ts';
import {checks} from '../../checks/index.ts';
import {openOutbox} from '../../src/store/outbox.ts';
import {open} from '../store/helpers.ts';
import {httpServer} from '../helpers/http-server.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {promisingSite, sloPlace} from './slo-place.ts';

const rough = `${'p'.repeat(700)}fffff${'p'.repeat(300)}${'.'.repeat(20)}${'p'.repeat(415)}`;

describe('uptime', () => {
  test('a line for each day, with its range and a strip of its hours', async () => {
    const {run} = await sloPlace(rough);
    const {status, lines} = await run(['uptime', 'api', '--days', '2']);
    expect(status).toBe(0);
    expect(lines).toEqual([
      'api (live)  last 2 days: 99.64 % (98.26–99.65, coverage 98.6 %)  p50 10 ms  p95 10 ms',
      '  2026-02-28                            not recorded',
      '  2026-03-01  ▇▇▇▇▇▇▇▇▇▇▇▁▇▇▇▇··▇▇▇▇▇▇  99.64 % (98.26–99.65, coverage 98.6 %)',
      '▇ up  ▁ down  · unknown  – maintenance',
    ]);
  });

  test('with one day it goes by the hour', async () => {
    const {run} = await sloPlace(rough);
    const {lines} = await run(['uptime', 'api/live', '--days', '1']);
    expect(lines).toHaveLength(1 + 24 + 1);
    expect(lines[0]).toContain('api/live  last day: 99.64 %');
    expect(lines[12]).toBe(
      '  11:00  ▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▇▁▁▁▇▇▇▇▇▇▇  91.66 % (91.66–91.66, coverage 100.0 %)',
    );
  });

  test('without names it is every service that some check speaks for', async () => {
    const {run} = await sloPlace(rough);
    const {json} = await run(['uptime', '--json', '--days', '1']);
    expect(json).toMatchObject({
      v: 1,
      by: 'hour',
      results: [
        {
          name: 'api',
          checks: ['live'],
          slots: {good: 1_415, bad: 5, unknown: 20},
          latencyMs: {p50: 10, p95: 10},
        },
        {name: 'db', checks: ['port'], availability: null, slots: {good: 0, bad: 0, unknown: 0}},
      ],
    });
  });

  test.each([
    [['uptime', 'api/lvie'], 'Did you mean `live`?'],
    [['uptime', 'cache'], 'No check of cache speaks for its uptime.'],
    [['uptime', '--days', '401'], 'is more than 400, the days that are kept'],
    [['uptime', '--once'], '`--once` looks at one service or check.'],
  ])('%j is refused', async (argv, message) => {
    const {run} = await sloPlace(rough);
    const {status, errors} = await run(argv);
    expect(status).toBe(64);
    expect(errors.join('\n')).toContain(message);
  });
});

const noExec = {run: () => Promise.reject(new Error('no command was expected'))};

describe('uptime --once', () => {
  /** A service behind a real server that the test sets. */
  async function served(first: RequestListener) {
    let answer = first;
    const {origin} = await httpServer((request, response) => {
      answer(request, response);
    });
    const site = promisingSite.replace(
      '{type: tcp, host: 127.0.0.1, port: 9, every: 1m}',
      `{type: http, url: "${origin}/", every: 1m, timeout: 300ms}`,
    );
    const place = await sloPlace('', site);
    const ledger = await open(place.home);
    const outbox = openOutbox(join(place.home, 'alerts.db'), place.nowMs);
    onTestFinished(() => outbox.close());
    const look = async (...more: string[]) =>
      place.run(['uptime', 'api', '--once', ...more], {
        checks,
        channels: [],
        outbox: async () => Promise.resolve(outbox),
        ledger: async () => Promise.resolve(ledger),
        records: {open: async () => Promise.resolve(ledger)},
        http: createHttp(),
        clock: realClock(),
        random: realRandom,
        env: fakeEnv(),
        exec: noExec,
        hosts: {
          open: (_place, limits) =>
            Promise.resolve(localHost({exec: noExec, env: fakeEnv(), clock: realClock()}, limits)),
        },
        net: {connect: () => Promise.reject(new Error('no connection was expected'))},
        processes: realProcesses('b'),
        actor: {operator: 'ada', uid: 0, user: 'root', via: 'local'},
      });
    const lines = (): unknown[] =>
      readFileSync(join(place.home, 'logs/uptime.ndjson'), 'utf8')
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line) as unknown);
    return {...place, ledger, look, lines, set: (next: RequestListener) => (answer = next)};
  }

  const says =
    (status: number, headers: Record<string, string> = {}): RequestListener =>
    (_request, response) => {
      response.writeHead(status, headers).end('{}');
    };

  test('exit 0 while it is up, 1 while it is down, with the code that came back; twice down is one outage', async () => {
    const {look, lines, set, ledger} = await served(says(200));
    expect((await look()).status).toBe(0);
    set(says(404));
    expect((await look()).status).toBe(1);
    set(says(500));
    const down = await look();
    expect(down.status).toBe(1);
    expect(down.lines.join('\n')).toContain('status: expected 2xx, got 500');
    set(says(302, {location: '/elsewhere'}));
    expect((await look()).status).toBe(1);
    set(() => undefined);
    expect((await look()).status).toBe(1);
    set(says(200));
    expect((await look('--json')).json).toMatchObject({
      verdict: 'pass',
      results: [{check: 'live', verdict: 'pass'}],
    });
    expect(lines()).toMatchObject([
      {ok: true, code: 200},
      {ok: false, code: 404},
      {ok: false, code: 500},
      {ok: false, code: 302},
      {ok: false, code: null},
      {ok: true, code: 200},
    ]);
    const changes = await ledger.read({kinds: ['check.change']});
    expect(changes.map(({entry: {kind, body}}) => [kind, body['verdict']])).toEqual([
      ['check.change', 'pass'],
      ['check.change', 'fail'],
    ]);
  });

  test('while the monitor runs elsewhere it says so and writes nothing', async () => {
    const {look, telemetry, home} = await served(says(200));
    await telemetry.takeMonitor(
      {...realProcesses('b').self(), session: 'other', who: 'daemon', sinceMs: 0},
      () => true,
    );
    const {status, errors} = await look();
    expect(status).toBe(0);
    expect(errors.join('\n')).toContain('the monitor is run by daemon');
    expect(existsSync(join(home, 'logs'))).toBe(false);
  });
});

describe('uptime artifacts', () => {
  test('says which files are too short, and is a no until all are long enough', async () => {
    const {run, home, nowMs} = await sloPlace('');
    mkdirSync(join(home, 'logs'));
    const line = (agoMinutes: number): string =>
      `{"ts":"${new Date(nowMs - agoMinutes * 60_000).toISOString().slice(0, 19)}Z"}\n`;
    const lines = (count: number): string => Array.from({length: count}, (_, i) => line(i + 1)).join('');
    writeFileSync(join(home, 'logs/uptime.ndjson'), lines(1_440));
    writeFileSync(join(home, 'logs/slo_guard.ndjson'), lines(90));
    const {status, lines: said} = await run(['uptime', 'artifacts']);
    expect(status).toBe(1);
    expect(said).toEqual([
      '✔ ok       uptime.ndjson             1440 of 1440 lines in 24 h',
      '! late     slo_guard.ndjson          90 of 96 lines in 24 h',
      '✖ missing  backup_verify.ndjson      0 of 1 lines in 24 h',
      '✖ missing  secret_rotations.ndjson   0 of 1 lines in 31 d',
      '✖ missing  dr_report_*.json          0 of 1 files in 7 d',
    ]);
    for (const name of ['slo_guard', 'backup_verify', 'secret_rotations'])
      writeFileSync(join(home, `logs/${name}.ndjson`), lines(96));
    writeFileSync(join(home, `logs/dr_report_${Math.floor(nowMs / 1000) - 60}.json`), '{}');
    expect((await run(['uptime', 'artifacts', '--json'])).status).toBe(0);
  });
});
