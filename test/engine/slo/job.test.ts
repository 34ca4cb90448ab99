import {createHash} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {describe, expect, test} from 'vitest';
import {realFiles} from '../../../src/adapters/files.ts';
import {createNdjsonLog} from '../../../src/engine/logs/index.ts';
import {createSloJob, evaluateSlos, sloRecords} from '../../../src/engine/slo/index.ts';
import type {Ledger} from '../../../src/ports.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import type {FakeClock} from '../../helpers/fakes.ts';
import {tempDir} from '../../helpers/temp.ts';
import {open} from '../../store/helpers.ts';
import {hourMs, minuteMs} from '../../store/rollup-reference.ts';
import {memoryLedger} from '../monitor/parts.ts';
import {history, midnightMs, never, opened, serviceSite, sloOf} from './parts.ts';

interface Bed {
  readonly dir: string;
  readonly file: string;
  readonly clock: FakeClock;
  readonly ledger: Ledger;
  readonly telemetry: ReturnType<typeof opened>;
}

async function bed(): Promise<Bed> {
  const dir = tempDir();
  const file = join(dir, 'telemetry.db');
  const clock = fakeClock(midnightMs);
  return {dir, file, clock, ledger: await open(dir), telemetry: opened(file)};
}

const jobOf = ({dir, clock, ledger, telemetry}: Bed, slo = sloOf()) =>
  createSloJob({
    site: serviceSite(slo),
    rollups: telemetry,
    ledger,
    clock,
    log: createNdjsonLog({files: realFiles, dir: join(dir, 'logs'), name: 'slo_guard'}),
    excluded: never,
  });

const guardLines = ({dir}: Bed): string[] =>
  readFileSync(join(dir, 'logs/slo_guard.ndjson'), 'utf8').trimEnd().split('\n');

const windowsIn = async (ledger: Ledger) =>
  (await ledger.read({kinds: ['slo.window']})).map(({entry}) => entry.body);

describe('the job of every fifteen minutes', () => {
  test('writes one line with exactly the fields of the guard, of what was seen', async () => {
    const world = await bed();
    history(world.telemetry, `${'p'.repeat(996)}ffff`);
    await world.clock.advance(1_000 * minuteMs + 30_000);
    await jobOf(world).run();
    const [line] = guardLines(world);
    // 0.8 of a budget for 1,000 minutes, in 1,000 of the 1,440 minutes of a day.
    expect(line).toBe(
      '{"availability":0.996,"error_budget_used":0.8,"seen":1000,"ts":"2026-03-01T16:40:30Z","burn_rate_per_day":1.152}',
    );
  });

  test('says null and not 1 where nothing was seen', async () => {
    const world = await bed();
    await world.clock.advance(hourMs);
    await jobOf(world).run();
    expect(guardLines(world)).toEqual([
      '{"availability":null,"error_budget_used":null,"seen":0,"ts":"2026-03-01T01:00:00Z","burn_rate_per_day":null}',
    ]);
  });

  test('with a target of 100 % any failure is the whole budget', async () => {
    const world = await bed();
    history(world.telemetry, `${'p'.repeat(99)}f`);
    await world.clock.advance(100 * minuteMs + 30_000);
    await jobOf(world, sloOf({budgetParts: 0})).run();
    expect(JSON.parse(guardLines(world)[0] ?? '')).toMatchObject({availability: 0.99, error_budget_used: 1});
  });

  test('a site that promises nothing writes nothing', async () => {
    const world = await bed();
    const job = createSloJob({
      site: serviceSite(undefined),
      rollups: world.telemetry,
      ledger: world.ledger,
      clock: world.clock,
      log: createNdjsonLog({
        files: realFiles,
        dir: join(world.dir, 'logs'),
        name: 'slo_guard',
      }),
      excluded: never,
    });
    expect(await job.run()).toEqual({statuses: [], conditions: [], problems: []});
    expect(existsSync(join(world.dir, 'logs'))).toBe(false);
  });
});

describe('hours in the ledger', () => {
  test('each whole hour stands there once, with the hash of its samples, over restarts and pauses', async () => {
    const world = await bed();
    history(world.telemetry, `${'p'.repeat(50)}fffff.....${'p'.repeat(60)}`);
    history(world.telemetry, 'p'.repeat(30), {fromMs: midnightMs + 5 * hourMs});
    await world.clock.advance(hourMs + 59_000);
    await jobOf(world).run();
    expect(await windowsIn(world.ledger)).toEqual([]);
    await world.clock.advance(1_000);
    const job = jobOf(world);
    await job.run();
    await job.run();
    await world.clock.advance(hourMs);
    await jobOf(world).run();
    await world.clock.advance(4 * hourMs);
    await jobOf(world).run();
    const bodies = await windowsIn(world.ledger);
    expect(bodies.map(({from, to}) => [from, to])).toEqual([
      ['2026-03-01T00:00:00.000Z', '2026-03-01T01:00:00.000Z'],
      ['2026-03-01T01:00:00.000Z', '2026-03-01T02:00:00.000Z'],
      ['2026-03-01T05:00:00.000Z', '2026-03-01T06:00:00.000Z'],
    ]);
    const db = new Database(world.file, {readonly: true});
    const rows = db
      .prepare<[number, number], string>(
        `SELECT name || ' ' || slot || ' ' || verdict || ' ' || duration FROM samples JOIN checks ON id = check_id
         WHERE service = 'api' AND name IN ('live') AND slot >= ? AND slot < ? ORDER BY name, slot`,
      )
      .pluck()
      .all(midnightMs, midnightMs + hourMs);
    db.close();
    const sha256 = createHash('sha256')
      .update(rows.map(row => `${row}\n`).join(''))
      .digest('hex');
    expect(bodies[0]?.['services']).toEqual([
      {
        service: 'api',
        checks: ['live'],
        slotMs: minuteMs,
        good: 50,
        bad: 5,
        excluded: 0,
        unknown: 5,
        retried: 0,
        samples: 55,
        sha256,
      },
    ]);
  });

  test('of many services fill as many entries as they need, all of an hour at once', async () => {
    const world = await bed();
    const ids = Array.from({length: 400}, (_, i) => `service-${i}`);
    world.telemetry.register(
      ids.map(service => ({
        service,
        id: 'live',
        type: 'tcp',
        panel: 'health',
        everyMs: minuteMs,
        rollup: true,
      })),
    );
    const look = {
      type: 'tcp',
      panel: 'health',
      at: 'x',
      kind: 'assertion',
      checked: 1,
      message: 'm',
    } as const;
    for (const service of ids)
      world.telemetry.sample({...look, service, check: 'live', verdict: 'pass', durationMs: 1}, midnightMs);
    await world.clock.advance(hourMs + minuteMs);
    const job = createSloJob({
      site: {services: ids.flatMap(id => serviceSite(sloOf(), id).services)},
      rollups: world.telemetry,
      ledger: world.ledger,
      clock: world.clock,
      log: createNdjsonLog({
        files: realFiles,
        dir: join(world.dir, 'logs'),
        name: 'slo_guard',
      }),
      excluded: never,
    });
    expect((await job.run()).problems).toEqual([]);
    const bodies = await windowsIn(world.ledger);
    expect(bodies.length).toBeGreaterThan(1);
    const counts = bodies.map(({services}) => (Array.isArray(services) ? services.length : 0));
    expect(counts.reduce((a, b) => a + b, 0)).toBe(400);
  });

  test('that could not be written wait, and it says so', async () => {
    const world = await bed();
    history(world.telemetry, 'p'.repeat(130));
    await world.clock.advance(hourMs + minuteMs);
    let refuse = true;
    const ledger: Ledger = {
      ...memoryLedger(),
      read: async query => world.ledger.read(query),
      append: async request =>
        refuse
          ? Promise.resolve({ok: false, why: 'full', message: 'no room', hint: 'make room'})
          : world.ledger.append(request),
    };
    const job = jobOf({...world, ledger});
    expect((await job.run()).problems).toEqual(['hours of SLOs wait to be recorded: no room']);
    refuse = false;
    await world.clock.advance(hourMs);
    expect((await job.run()).problems).toEqual([]);
    expect(await windowsIn(world.ledger)).toHaveLength(2);
  });
});

describe('what is kept between evaluations', () => {
  test('a burn alert fires once, stays over a restart, and clears after two calm evaluations', async () => {
    const file = join(tempDir(), 'telemetry.db');
    const site = serviceSite(sloOf());
    const evaluate = async (telemetry: ReturnType<typeof opened>, minute: number) =>
      (
        await evaluateSlos({
          site,
          rollups: telemetry,
          nowMs: midnightMs + minute * minuteMs + 20_000,
          excluded: never,
        })
      ).conditions
        .filter(({window}) => window === '1h/5m')
        .map(({at, isNew}) => (isNew ? `${at} new` : at));
    const first = opened(file);
    history(first, `${'p'.repeat(60)}ffffff${'p'.repeat(14)}`);
    expect(await evaluate(first, 60)).toEqual([]);
    expect(await evaluate(first, 66)).toEqual(['firing new']);
    expect(await evaluate(first, 67)).toEqual(['firing']);
    await first.close();
    const second = opened(file);
    expect(await evaluate(second, 72)).toEqual(['firing']);
    expect(await evaluate(second, 73)).toEqual(['cleared new']);
    expect(await evaluate(second, 74)).toEqual([]);
  });

  test('silence is an alert that a service which is looked at again clears', async () => {
    const telemetry = opened();
    const site = serviceSite(sloOf());
    const at = async (minute: number) =>
      (
        await evaluateSlos({
          site,
          rollups: telemetry,
          nowMs: midnightMs + minute * minuteMs + 20_000,
          excluded: never,
        })
      ).conditions
        .filter(({name}) => name === 'noData')
        .map(({at: how, isNew}) => (isNew ? `${how} new` : how));
    history(telemetry, 'p'.repeat(10));
    expect(await at(14)).toEqual([]);
    expect(await at(15)).toEqual(['firing new']);
    history(telemetry, 'p', {fromMs: midnightMs + 20 * minuteMs});
    expect(await at(21)).toEqual(['cleared new']);
  });

  test('the newest record of each service can be read by another process', async () => {
    const file = join(tempDir(), 'telemetry.db');
    const telemetry = opened(file);
    history(telemetry, `${'p'.repeat(990)}${'f'.repeat(10)}`);
    const nowMs = midnightMs + 1_000 * minuteMs + 20_000;
    await evaluateSlos({
      site: serviceSite(sloOf({windowMs: 1_000 * minuteMs})),
      rollups: telemetry,
      nowMs,
      excluded: never,
    });
    const record = (await sloRecords(opened(file))).get('api');
    expect(record).toMatchObject({
      atMs: nowMs,
      state: 'exhausted',
      consumed: 2,
      availability: 0.99,
      isOver: true,
    });
  });
});
