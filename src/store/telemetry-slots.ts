// The slots of a service as running totals: what lies between two moments is one subtraction. Totals at the end of
// each hour are kept; they are made of the hours of the checks, so that a late look only sends them back to its hour.
import type {Database} from 'better-sqlite3';
import {firstMinute, minutesInHour} from '../domain/minute-strip.ts';
import {addSlots, countSlots, noSlots} from '../domain/slo-slots.ts';
import type {Member} from '../domain/slo-slots.ts';
import type {Excluded, SlotQuestion, SlotSource, SlotTotals, Totals} from '../rollup-ports.ts';
import {hourMs, minuteMs} from './telemetry-rollup.ts';

interface SliRow {
  id: number;
  definition: string;
  since: number;
  upto: number;
}

interface SumRow {
  good: number;
  bad: number;
  excluded: number;
  unknown: number;
  retried: number;
  ok: number;
  events: number;
}

interface HourRow {
  hour: number;
  strip: Uint8Array;
  good: number;
  total: number;
}

/** Hours that one statement asks for; fewer are filled up with one that never was. */
const hoursAtOnce = 12;
const hourMarks = Array.from({length: hoursAtOnce}, () => '?').join(', ');

/** One row for each of these hours that has one. */
function rowsOf<T extends {readonly hour: number}>(
  hours: readonly number[],
  ask: (some: readonly number[]) => readonly T[],
): ReadonlyMap<number, T> {
  const found = new Map<number, T>();
  for (let at = 0; at < hours.length; at += hoursAtOnce) {
    const some = hours.slice(at, at + hoursAtOnce);
    while (some.length < hoursAtOnce) some.push(-1);
    for (const row of ask(some)) found.set(row.hour, row);
  }
  return found;
}

/** Every statement of the slots, prepared once per connection. */
export function prepareSlots(db: Database) {
  return {
    sli: db.prepare<[string], SliRow>('SELECT id, definition, since, upto FROM sli WHERE service = ?'),
    put: db.prepare<[string, string, number, number]>(
      `INSERT INTO sli (service, definition, since, upto) VALUES (?, ?, ?, ?)
       ON CONFLICT (service) DO UPDATE SET definition = excluded.definition, since = excluded.since, upto = excluded.upto`,
    ),
    sum: db.prepare<[number, number], SumRow>(
      'SELECT good, bad, excluded, unknown, retried, ok, events FROM sli_sums WHERE sli_id = ? AND hour = ?',
    ),
    putSum: db.prepare(
      `INSERT OR REPLACE INTO sli_sums (sli_id, hour, good, bad, excluded, unknown, retried, ok, events)
       VALUES (@id, @hour, @good, @bad, @excluded, @unknown, @retried, @ok, @events)`,
    ),
    forget: db.prepare<[number]>('DELETE FROM sli_sums WHERE sli_id = ?'),
    first: db.prepare<[number], HourRow>(
      'SELECT hour, strip, good, total FROM hours WHERE check_id = ? ORDER BY hour LIMIT 1',
    ),
    sums: db.prepare<number[], SumRow & {hour: number}>(
      `SELECT hour, good, bad, excluded, unknown, retried, ok, events FROM sli_sums
       WHERE sli_id = ? AND hour IN (${hourMarks})`,
    ),
    strips: db.prepare<number[], {hour: number; strip: Uint8Array}>(
      `SELECT hour, strip FROM hours WHERE check_id = ? AND hour IN (${hourMarks})`,
    ),
    range: db.prepare<[number, number, number], HourRow>(
      'SELECT hour, strip, good, total FROM hours WHERE check_id = ? AND hour >= ? AND hour < ? ORDER BY hour',
    ),
  };
}

const definitionOf = ({checks, slotMs}: SlotSource): string => JSON.stringify({v: 1, checks, slotMs});

/** The same answers, each worked out once. */
function remembered<T>(work: (at: number) => T): (at: number) => T {
  const known = new Map<number, T>();
  return at => {
    const found = known.get(at);
    if (found !== undefined) return found;
    const made = work(at);
    known.set(at, made);
    return made;
  };
}

const noTotals: Totals = {slots: noSlots, events: {good: 0, bad: 0}};
const totalsOf = ({good, bad, excluded, unknown, retried, ok, events}: SumRow): Totals => ({
  slots: {good, bad, excluded, unknown, retried},
  events: {good: ok, bad: events - ok},
});
const add = (a: Totals, b: Totals): Totals => ({
  slots: addSlots(a.slots, b.slots),
  events: {good: a.events.good + b.events.good, bad: a.events.bad + b.events.bad},
});

/** A check that decides, as far as this database knows it. */
interface Known {
  readonly check: string;
  readonly id: number | undefined;
  /** Its first look; Infinity before there was one. */
  readonly sinceMs: number;
}

export interface SlotReader {
  readonly idOf: (service: string, check: string) => number | undefined;
  /** Good and all events of a check between two moments. */
  readonly eventsOf: (id: number, fromMs: number, toMs: number) => {good: number; total: number};
}

/** Answers questions about slots from what is kept; `extend` keeps more. */
export function slotsReader(sql: ReturnType<typeof prepareSlots>, {idOf, eventsOf}: SlotReader) {
  const firstLooks = new Map<number, number>();
  const firstLook = (id: number): number | undefined => {
    const known = firstLooks.get(id);
    if (known !== undefined) return known;
    const first = sql.first.get(id);
    if (first === undefined) return undefined;
    const firstMs = first.hour * hourMs + firstMinute(first.strip) * minuteMs;
    firstLooks.set(id, firstMs);
    return firstMs;
  };
  /** A look was kept; one from before the first one that was known is the first. */
  const looked = (id: number, slotMs: number): void => {
    if (slotMs < (firstLooks.get(id) ?? -1)) firstLooks.delete(id);
  };

  const knownOf = ({service, checks}: SlotSource): readonly Known[] =>
    checks.map(check => {
      const id = idOf(service, check);
      const first = id === undefined ? undefined : firstLook(id);
      return {check, id, sinceMs: first ?? Infinity};
    });

  const memberIn =
    (source: SlotSource, hour: number, excluded: Excluded) =>
    ({check, sinceMs}: Known, strip: Uint8Array | undefined): Member => ({
      strip,
      sinceMinute: Math.min(minutesInHour, Math.max(0, (sinceMs - hour * hourMs) / minuteMs)),
      excluded: minute => excluded({service: source.service, check}, hour * hourMs + minute * minuteMs),
    });

  /** The totals of the hours from `from` on and before `to`, one after the other. */
  const wholeHours = (
    source: SlotSource,
    known: readonly Known[],
    {from, to, excluded}: {readonly from: number; readonly to: number; readonly excluded: Excluded},
  ): Totals[] => {
    const rows = known.map(({id}) => {
      const found = id === undefined ? [] : sql.range.all(id, from, to);
      return new Map(found.map(row => [row.hour, row]));
    });
    return Array.from({length: Math.max(0, to - from)}, (_, i) => {
      const hour = from + i;
      const member = memberIn(source, hour, excluded);
      const members = known.map((one, at) => member(one, rows[at]?.get(hour)?.strip));
      let [good, total] = [0, 0];
      for (const row of rows) {
        good += row.get(hour)?.good ?? 0;
        total += row.get(hour)?.total ?? 0;
      }
      const slots = countSlots(members, {slotMinutes: source.slotMs / minuteMs});
      return {slots, events: {good, bad: total - good}};
    });
  };

  const closedBy = ({momentsMs}: SlotQuestion): number =>
    Math.floor(momentsMs.reduce((a, b) => Math.max(a, b), 0) / hourMs);

  /** Kept totals of exactly these checks and slots. */
  const keptOf = (source: SlotSource): SliRow | undefined => {
    const found = sql.sli.get(source.service);
    return found?.definition === definitionOf(source) ? found : undefined;
  };

  const isBehind = (question: SlotQuestion): boolean =>
    (keptOf(question.source)?.upto ?? 0) < closedBy(question);

  /** Keeps the totals up to the newest whole hour that is asked for, from where they end. Runs inside a transaction. */
  const extend = (question: SlotQuestion, excluded: Excluded): void => {
    const {source} = question;
    const known = knownOf(source);
    const since = Math.min(...known.map(({sinceMs}) => sinceMs));
    if (since === Infinity) return;
    const first = Math.floor(since / hourMs);
    const kept = keptOf(source);
    const before = kept === undefined ? undefined : sql.sum.get(kept.id, kept.upto - 1);
    // After a look from the first hour or from before it, every total is counted from another beginning.
    const goesOn = kept !== undefined && before !== undefined && kept.upto > first;
    const from = goesOn ? kept.upto : first;
    const to = Math.max(from, closedBy(question));
    let sum = goesOn ? totalsOf(before) : noTotals;
    sql.put.run(source.service, definitionOf(source), goesOn ? kept.since : since, to);
    const row = sql.sli.get(source.service);
    if (row === undefined) return;
    if (!goesOn) sql.forget.run(row.id);
    for (const [i, part] of wholeHours(source, known, {from, to, excluded}).entries()) {
      sum = add(sum, part);
      const {slots, events} = sum;
      sql.putSum.run({
        id: row.id,
        hour: from + i,
        ...slots,
        ok: events.good,
        events: events.good + events.bad,
      });
    }
  };

  const partOfHour = (
    source: SlotSource,
    known: readonly Known[],
    {atMs, withEvents}: {readonly atMs: number; readonly withEvents: boolean},
    membersIn: (hour: number) => readonly Member[],
  ): Totals => {
    const hour = Math.floor(atMs / hourMs);
    const to = (atMs - hour * hourMs) / minuteMs;
    if (to === 0) return noTotals;
    const members = membersIn(hour);
    let [good, total] = [0, 0];
    if (withEvents)
      for (const {id} of known) {
        const events = id === undefined ? {good: 0, total: 0} : eventsOf(id, hour * hourMs, atMs);
        good += events.good;
        total += events.total;
      }
    const slots = countSlots(members, {slotMinutes: source.slotMs / minuteMs, to});
    return {slots, events: {good, bad: total - good}};
  };

  const answer = ({source, momentsMs, withEvents = false}: SlotQuestion, excluded: Excluded): SlotTotals => {
    const known = knownOf(source);
    const kept = keptOf(source);
    const sinceMs = Math.min(kept?.since ?? Infinity, ...known.map(one => one.sinceMs));
    if (sinceMs === Infinity) return {sinceMs: undefined, totals: momentsMs.map(() => noTotals)};
    const first = Math.floor(sinceMs / hourMs);
    const isUsable = kept?.since === sinceMs;
    // Several moments lie in one hour, and some are asked for twice.
    const hours = [
      ...new Set(momentsMs.filter(atMs => atMs > sinceMs).map(atMs => Math.floor(atMs / hourMs))),
    ];
    const strips = known.map(({id}) =>
      id === undefined ? undefined : rowsOf(hours, some => sql.strips.all(id, ...some)),
    );
    const sums = isUsable
      ? rowsOf(
          hours.map(hour => hour - 1),
          some => sql.sums.all(kept.id, ...some),
        )
      : undefined;
    const membersIn = remembered((hour: number) => {
      const member = memberIn(source, hour, excluded);
      return known.map((one, i) => member(one, strips[i]?.get(hour)?.strip));
    });
    const uptoHour = remembered((hour: number): Totals => {
      if (hour <= first) return noTotals;
      const sum = kept !== undefined && hour <= kept.upto ? sums?.get(hour - 1) : undefined;
      if (sum !== undefined) return totalsOf(sum);
      // What could not be kept is added up anew.
      return wholeHours(source, known, {from: first, to: hour, excluded}).reduce(add, noTotals);
    });
    const upto = remembered((atMs: number): Totals => {
      if (atMs <= sinceMs) return noTotals;
      const part = partOfHour(source, known, {atMs, withEvents}, membersIn);
      return add(uptoHour(Math.floor(atMs / hourMs)), part);
    });
    return {sinceMs, totals: momentsMs.map(upto)};
  };
  return {
    isBehind,
    extend,
    answer,
    firstLook,
    looked,
    forgot: () => {
      firstLooks.clear();
    },
  };
}
