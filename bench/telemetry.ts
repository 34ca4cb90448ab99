// Telemetry: what a sample costs to write and to keep, and how long the promises of a thousand services take.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import {mergeMinute, minuteOf, newStrip} from '../src/domain/minute-strip.ts';
import {sloDefaults} from '../src/domain/slo-spec.ts';
import {writeSpread} from '../src/domain/latency.ts';
import {measureSlos} from '../src/engine/slo/index.ts';
import {openTelemetry} from '../src/store/telemetry.ts';
import type {SampledCheck, Telemetry} from '../src/ports.ts';
import {median, type Figure} from './figure.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
/** The end of a generated history: in the middle of an hour, so that no window begins or ends with one. */
const nowMs = Date.UTC(2026, 5, 30, 14, 27, 20);

const serviceCount = 1_000;
const days = 30;

const checkOf = (service: string, everyMs = minuteMs): SampledCheck => ({
  service,
  id: 'live',
  type: 'http',
  panel: 'health',
  everyMs,
  rollup: true,
});

/** Not the same numbers each time, but the same in each run. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7f_ff_ff_ff) / 0x80_00_00_00;
}

/** Hours as thirty days of looks would have left them, without the looks: those would take half an hour to write. */
function writeHours(file: string, services: readonly string[]): void {
  const db = new Database(file);
  const idOf = db.prepare<[string], number>('SELECT id FROM checks WHERE service = ?').pluck();
  const put = db.prepare(
    `INSERT INTO hours (check_id, hour, pass, warn, fail, unknown, skipped, excluded, retried, good, total, answered,
     sum, least, most, spread, strip) VALUES (?, ?, ?, 0, ?, 0, 0, 0, 0, ?, 60, 60, 3000, 20, 90, ?, ?)`,
  );
  const next = numbers(7);
  const spread = writeSpread(
    new Map([
      [19, 40],
      [21, 15],
      [25, 5],
    ]),
  );
  const first = Math.floor(nowMs / hourMs) - days * 24 - 1;
  db.transaction(() => {
    for (const service of services) {
      const id = idOf.get(service);
      for (let i = 0; i <= days * 24 + 1; i++) {
        const strip = newStrip();
        let bad = 0;
        for (let minute = 0; minute < 60; minute++) {
          const isBad = next() < 0.002;
          if (isBad) bad += 1;
          mergeMinute(strip, minute, minuteOf(isBad ? 'fail' : 'pass', {excluded: false, retried: false}));
        }
        put.run(id, first + i, 60 - bad, bad, 60 - bad, spread, strip);
      }
    }
  })();
  db.close();
}

async function measured(
  telemetry: Telemetry,
  services: readonly string[],
): Promise<{ms: number; seen: number}> {
  const slo = {
    ...sloDefaults,
    checks: ['live'],
    slotMs: minuteMs,
    method: 'timeslices',
    missing: 'unknown',
  } as const;
  const promised = services.map(service => ({service, slo}));
  const began = performance.now();
  const statuses = await measureSlos({promised, rollups: telemetry, nowMs, excluded: () => false});
  const ms = performance.now() - began;
  return {ms, seen: statuses.reduce((sum, {window: {slots}}) => sum + slots.good + slots.bad, 0)};
}

async function promises(dir: string): Promise<readonly Figure[]> {
  const file = path.join(dir, 'promises.db');
  const services = Array.from({length: serviceCount}, (_, i) => `service-${i}`);
  const telemetry = openTelemetry(file, nowMs);
  telemetry.register(services.map(service => checkOf(service)));
  await telemetry.flush();
  writeHours(file, services);
  const first = await measured(telemetry, services);
  const wanted = serviceCount * days * 24 * 60;
  if (first.seen !== wanted) throw new Error(`${first.seen} slots were counted, and ${wanted} are there`);
  const runs: number[] = [];
  for (let i = 0; i < 7; i++) runs.push((await measured(telemetry, services)).ms);
  await telemetry.close();
  const value = median(runs);
  return [
    {
      name: 'SLOs of 1,000 services over 30 days',
      value,
      unit: 'ms',
      budget: '≤ 200',
      ok: value <= 200,
    },
    {name: 'the same, nothing kept yet', value: first.ms, unit: 'ms', ok: true},
  ];
}

/** Bytes of each table, from the pages that it has. */
function bytesOf(file: string): ReadonlyMap<string, number> {
  const db = new Database(file);
  db.pragma('wal_checkpoint(TRUNCATE)');
  const rows = db
    .prepare<[], {name: string; bytes: number}>('SELECT name, sum(pgsize) AS bytes FROM dbstat GROUP BY name')
    .all();
  db.close();
  return new Map(rows.map(({name, bytes}) => [name, bytes]));
}

async function writing(dir: string): Promise<readonly Figure[]> {
  const file = path.join(dir, 'writing.db');
  const telemetry = openTelemetry(file, nowMs);
  const checks = Array.from({length: 100}, (_, i) => checkOf(`service-${i}`));
  telemetry.register(checks);
  const next = numbers(11);
  const minutes = 24 * 60;
  const beganCpu = process.cpuUsage();
  for (let minute = 0; minute < minutes; minute++)
    for (const {service} of checks)
      telemetry.sample(
        {
          service,
          check: 'live',
          type: 'http',
          panel: 'health',
          at: '',
          durationMs: 20 + next() * next() * 300,
          verdict: next() < 0.998 ? 'pass' : 'fail',
          kind: 'assertion',
          checked: 1,
          message: '',
        },
        nowMs - (nowMs % dayMs) + minute * minuteMs,
      );
  await telemetry.flush();
  const cpu = process.cpuUsage(beganCpu);
  await telemetry.close();
  const count = minutes * checks.length;
  const perSample = (cpu.user + cpu.system) / count;
  const bare = bareWriting(path.join(dir, 'bare.db'), count);
  const bytes = bytesOf(file);
  const kept = (...tables: readonly string[]): number =>
    tables.reduce((sum, table) => sum + (bytes.get(table) ?? 0), 0) / count;
  const whole = kept('samples', 'minutes', 'hours', 'days');
  const sums = kept('minutes', 'hours', 'days');
  return [
    {
      name: 'one sample with its sums',
      value: perSample,
      unit: 'µs CPU',
      budget: '≤ 12 × a bare row',
      ok: perSample <= 12 * bare,
    },
    {name: 'a bare row in batches of 200', value: bare, unit: 'µs CPU', ok: true},
    {name: 'growth per sample, 40 days', value: whole, unit: 'bytes', budget: '≤ 24', ok: whole <= 24},
    {name: 'of that kept for 400 days', value: sums, unit: 'bytes', budget: '≤ 3', ok: sums <= 3},
  ];
}

/** The baseline: the same samples as rows of the same table, in the same batches, and nothing else. */
function bareWriting(file: string, count: number): number {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = NORMAL');
  db.exec(
    'CREATE TABLE samples (check_id INTEGER, slot INTEGER, verdict INTEGER, duration INTEGER, PRIMARY KEY (check_id, slot)) STRICT, WITHOUT ROWID',
  );
  const put = db.prepare('INSERT OR IGNORE INTO samples VALUES (?, ?, ?, ?)');
  const batch = db.transaction((from: number) => {
    for (let i = from; i < from + 200; i++)
      put.run(i % 100, nowMs + Math.floor(i / 100) * minuteMs, 0, i % 300);
  });
  const began = process.cpuUsage();
  for (let from = 0; from < count; from += 200) batch(from);
  const {user, system} = process.cpuUsage(began);
  db.close();
  return (user + system) / count;
}

export async function telemetryBench(): Promise<readonly Figure[]> {
  const dir = mkdtempSync(path.join(tmpdir(), 'qd-bench-'));
  try {
    return [...(await promises(dir)), ...(await writing(dir))];
  } finally {
    rmSync(dir, {recursive: true, force: true});
  }
}
