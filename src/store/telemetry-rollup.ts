// Looks added up by minute, hour and day. Each is added in the transaction that keeps its sample, once: whatever is
// written twice, late or after a crash, the sums are those of the samples.
import type {Database} from 'better-sqlite3';
import {foldLooks, noLooks} from '../domain/look-counts.ts';
import type {LookCounts, SampledLook} from '../domain/look-counts.ts';
import {mergeMinute, minuteIn, minuteOf, newStrip, noMinute} from '../domain/minute-strip.ts';
import {codeOfLook, lookOf} from './telemetry-codes.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export interface CountColumns {
  pass: number;
  warn: number;
  fail: number;
  unknown: number;
  skipped: number;
  excluded: number;
  retried: number;
  good: number;
  total: number;
  answered: number;
  sum: number;
  least: number;
  most: number;
  spread: Uint8Array;
}

const names =
  'pass, warn, fail, unknown, skipped, excluded, retried, good, total, answered, sum, least, most, spread';
const named = names
  .split(', ')
  .map(name => `@${name}`)
  .join(', ');

export const countsOf = ({sum, least, most, ...rest}: CountColumns): LookCounts => ({
  pass: rest.pass,
  warn: rest.warn,
  fail: rest.fail,
  unknown: rest.unknown,
  skipped: rest.skipped,
  excluded: rest.excluded,
  retried: rest.retried,
  good: rest.good,
  total: rest.total,
  answered: rest.answered,
  sumMs: sum,
  leastMs: least,
  mostMs: most,
  spread: rest.spread,
});

const columnsOf = ({sumMs, leastMs, mostMs, ...rest}: LookCounts): CountColumns => ({
  ...rest,
  sum: sumMs,
  least: leastMs,
  most: mostMs,
});

export interface SampleColumns {
  slot: number;
  verdict: number;
  duration: number;
  good: number | null;
  total: number | null;
}

type Period = 'minute' | 'hour' | 'day';

function periodSql(db: Database, table: string, period: Period, more: '' | ', strip') {
  const strip = more === '' ? '' : ', @strip';
  return {
    get: db.prepare<[number, number], CountColumns & {strip: Uint8Array}>(
      `SELECT ${names}${more} FROM ${table} WHERE check_id = ? AND ${period} = ?`,
    ),
    put: db.prepare(
      `INSERT OR REPLACE INTO ${table} (check_id, ${period}, ${names}${more}) VALUES (@id, @at, ${named}${strip})`,
    ),
    range: db.prepare<[number, number, number], CountColumns & {at: number; strip: Uint8Array}>(
      `SELECT ${period} AS at, ${names}${more} FROM ${table} WHERE check_id = ? AND ${period} >= ? AND ${period} < ? ORDER BY ${period}`,
    ),
  };
}

/** Every statement of the sums, prepared once per connection. */
export function prepareRollups(db: Database) {
  return {
    sample: db.prepare<[number, number, number, number]>(
      'INSERT OR IGNORE INTO samples (check_id, slot, verdict, duration) VALUES (?, ?, ?, ?)',
    ),
    unsample: db.prepare<[number, number]>('DELETE FROM samples WHERE check_id = ? AND slot = ?'),
    events: db.prepare<[number, number, number, number]>(
      'INSERT OR IGNORE INTO events (check_id, slot, good, total) VALUES (?, ?, ?, ?)',
    ),
    /** Up to and without the second moment, oldest first. */
    samples: db.prepare<[number, number, number], SampleColumns>(
      `SELECT s.slot, s.verdict, s.duration, e.good, e.total FROM samples s
       LEFT JOIN events e ON e.check_id = s.check_id AND e.slot = s.slot
       WHERE s.check_id = ? AND s.slot >= ? AND s.slot < ? ORDER BY s.slot`,
    ),
    countSamples: db
      .prepare<[number, number, number], number>(
        'SELECT count(*) FROM samples WHERE check_id = ? AND slot >= ? AND slot < ?',
      )
      .pluck(),
    minutes: periodSql(db, 'minutes', 'minute', ''),
    hours: periodSql(db, 'hours', 'hour', ', strip'),
    days: periodSql(db, 'days', 'day', ''),
    late: db.prepare<[number, number, number]>(
      `UPDATE sli SET upto = ? WHERE upto > ? AND service = (SELECT service FROM checks WHERE id = ?)`,
    ),
  };
}
export type RollupSql = ReturnType<typeof prepareRollups>;

export interface NewSample {
  readonly id: number;
  readonly everyMs: number;
  readonly slotMs: number;
  readonly look: SampledLook;
}

/** Only looks closer together than a minute have anything to add up in one. */
const isQuick = (everyMs: number): boolean => everyMs < minuteMs;

const minuteCode = ({verdict, excluded, retried}: SampledLook): number =>
  minuteOf(verdict, {excluded, retried});

interface OpenRow {
  readonly at: number;
  readonly counts: LookCounts;
}

interface OpenRowsOfCheck {
  hour?: OpenRow & {readonly strip: Uint8Array};
  day?: OpenRow;
  minute?: OpenRow;
}

/**
 * The rows that the newest look of each check was added to, as the database has them: most looks go where the one
 * before went. Whoever else writes there, and every transaction that fails, makes them worthless.
 */
export class OpenRows {
  readonly #rows = new Map<number, OpenRowsOfCheck>();
  #version: number | undefined;

  /** At the beginning of a transaction, with what `PRAGMA data_version` says in it. */
  begin(version: number | undefined): void {
    if (version === undefined || version !== this.#version) this.forget();
    this.#version = version;
  }

  forget(): void {
    this.#rows.clear();
  }

  of(id: number): OpenRowsOfCheck {
    const known = this.#rows.get(id);
    if (known !== undefined) return known;
    const fresh: OpenRowsOfCheck = {};
    this.#rows.set(id, fresh);
    return fresh;
  }
}

/** Keeps a look and adds it to its sums; false when its slot has one already. Runs inside a transaction. */
export function addSample(
  sql: RollupSql,
  {id, everyMs, slotMs, look}: NewSample,
  rows: OpenRows = new OpenRows(),
): boolean {
  if (sql.sample.run(id, slotMs, codeOfLook(look), look.durationMs).changes === 0) return false;
  const minute = Math.floor(slotMs / minuteMs);
  const hour = Math.floor(slotMs / hourMs);
  const day = Math.floor(slotMs / dayMs);
  const open = rows.of(id);
  const inHour = open.hour?.at === hour ? open.hour : hourRow(sql, id, hour);
  const {strip} = inHour;
  const isCounted = minuteIn(strip, minute % 60) !== noMinute;
  // A minute that was counted and has no other sample was forgotten since: this is the same look again.
  if (isCounted && sql.countSamples.get(id, minute * minuteMs, (minute + 1) * minuteMs) === 1) {
    sql.unsample.run(id, slotMs);
    return false;
  }
  if (look.events !== undefined) sql.events.run(id, slotMs, look.events.good, look.events.total);
  mergeMinute(strip, minute % 60, minuteCode(look));
  open.hour = {at: hour, counts: foldLooks([look], inHour.counts), strip};
  sql.hours.put.run({id, at: hour, ...columnsOf(open.hour.counts), strip});
  const ofDay = open.day?.at === day ? open.day.counts : before(sql.days.get.get(id, day));
  open.day = {at: day, counts: foldLooks([look], ofDay)};
  sql.days.put.run({id, at: day, ...columnsOf(open.day.counts)});
  if (isQuick(everyMs)) {
    open.minute = {at: minute, counts: minuteCounts(sql, open.minute, {id, minute, look})};
    sql.minutes.put.run({id, at: minute, ...columnsOf(open.minute.counts)});
  }
  sql.late.run(hour, hour, id);
  return true;
}

function hourRow(sql: RollupSql, id: number, hour: number): OpenRow & {readonly strip: Uint8Array} {
  const row = sql.hours.get.get(id, hour);
  return {at: hour, counts: before(row), strip: row?.strip ?? newStrip()};
}

function minuteCounts(
  sql: RollupSql,
  open: OpenRow | undefined,
  {id, minute, look}: {readonly id: number; readonly minute: number; readonly look: SampledLook},
): LookCounts {
  if (open?.at === minute) return foldLooks([look], open.counts);
  const row = sql.minutes.get.get(id, minute);
  if (row !== undefined) return foldLooks([look], before(row));
  // A check that looks more often than before has samples in this minute that no row counts yet.
  return foldLooks(sql.samples.all(id, minute * minuteMs, (minute + 1) * minuteMs).map(lookOf));
}

const before = (row: CountColumns | undefined): LookCounts => (row === undefined ? noLooks : countsOf(row));

/** Looks of one check in order of time, as the rows they add up to. */
class Piles {
  readonly #sql: RollupSql;
  readonly #id: number;
  readonly #everyMs: number;
  readonly #open: Record<Period, {at: number; looks: SampledLook[]}> = {
    minute: {at: -1, looks: []},
    hour: {at: -1, looks: []},
    day: {at: -1, looks: []},
  };
  #strip = newStrip();

  constructor(sql: RollupSql, id: number, everyMs: number) {
    this.#sql = sql;
    this.#id = id;
    this.#everyMs = everyMs;
  }

  add(slotMs: number, look: SampledLook): void {
    const minute = Math.floor(slotMs / minuteMs);
    if (isQuick(this.#everyMs)) this.#put('minute', minute, look);
    this.#put('hour', Math.floor(slotMs / hourMs), look);
    mergeMinute(this.#strip, minute % 60, minuteCode(look));
    this.#put('day', Math.floor(slotMs / dayMs), look);
  }

  #put(period: Period, at: number, look: SampledLook): void {
    if (this.#open[period].at !== at) {
      this.#close(period);
      this.#open[period] = {at, looks: []};
    }
    this.#open[period].looks.push(look);
  }

  #close(period: Period): void {
    const {at, looks} = this.#open[period];
    if (looks.length === 0) return;
    const row = {id: this.#id, at, ...columnsOf(foldLooks(looks))};
    if (period === 'minute') this.#sql.minutes.put.run(row);
    else if (period === 'day') this.#sql.days.put.run(row);
    else {
      this.#sql.hours.put.run({...row, strip: this.#strip});
      this.#strip = newStrip();
    }
  }

  end(): void {
    for (const period of ['minute', 'hour', 'day'] as const) this.#close(period);
  }
}

/** Adds up every sample there is, in place of what was added up before: for a file that has only samples. */
export function rollUpAll(db: Database): void {
  const sql = prepareRollups(db);
  for (const table of ['minutes', 'hours', 'days', 'sli', 'sli_sums']) db.exec(`DELETE FROM ${table}`);
  const checks = db.prepare<[], {id: number; every: number}>('SELECT id, every FROM checks').all();
  for (const {id, every} of checks) {
    const piles = new Piles(sql, id, every);
    // All at once, and not row by row: nothing can be written while rows are read.
    for (const row of sql.samples.all(id, 0, Number.MAX_SAFE_INTEGER)) piles.add(row.slot, lookOf(row));
    piles.end();
  }
}
