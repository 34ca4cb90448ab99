// What was added up, read again: hours, days, minutes, single samples, and the slots of services.
import type {Database} from 'better-sqlite3';
import {foldLooks} from '../domain/look-counts.ts';
import type {SampledLook} from '../domain/look-counts.ts';
import type {
  CheckName,
  CountRow,
  Excluded,
  HourRow,
  KeptSample,
  SlotQuestion,
  SlotTotals,
  Span,
} from '../rollup-ports.ts';
import {lookOf} from './telemetry-codes.ts';
import {countsOf, dayMs, hourMs, minuteMs} from './telemetry-rollup.ts';
import type {RollupSql} from './telemetry-rollup.ts';
import {prepareSlots, slotsReader} from './telemetry-slots.ts';

/** Services whose totals are brought up to date in one transaction. */
const slice = 20;

/** From and without, in whole periods that begin within the span. */
const periods = ({fromMs, toMs}: Span, lengthMs: number): [number, number] => [
  Math.ceil(fromMs / lengthMs),
  Math.ceil(toMs / lengthMs),
];

/** The readers of one connection. `idOf` knows the number of a check. */
export function historyOf(
  db: Database,
  sql: RollupSql,
  idOf: (service: string, check: string) => number | undefined,
) {
  const minutesOf = (id: number, span: Span): CountRow[] => {
    const [from, to] = periods(span, minuteMs);
    const found = new Map(sql.minutes.range.all(id, from, to).map(({at, ...row}) => [at, countsOf(row)]));
    const loose = new Map<number, SampledLook[]>();
    for (const row of sql.samples.all(id, from * minuteMs, to * minuteMs)) {
      const minute = Math.floor(row.slot / minuteMs);
      if (found.has(minute)) continue;
      const looks = loose.get(minute);
      if (looks === undefined) loose.set(minute, [lookOf(row)]);
      else looks.push(lookOf(row));
    }
    for (const [minute, looks] of loose) found.set(minute, foldLooks(looks));
    return [...found]
      .sort(([a], [b]) => a - b)
      .map(([minute, counts]) => ({atMs: minute * minuteMs, counts}));
  };
  const eventsOf = (id: number, fromMs: number, toMs: number): {good: number; total: number} => {
    let [good, total] = [0, 0];
    for (const {counts} of minutesOf(id, {fromMs, toMs})) {
      good += counts.good;
      total += counts.total;
    }
    return {good, total};
  };
  const slots = slotsReader(prepareSlots(db), {idOf, eventsOf});
  const extend = (questions: readonly SlotQuestion[], excluded: Excluded): void => {
    for (let at = 0; at < questions.length; at += slice)
      db.transaction(() => {
        for (const question of questions.slice(at, at + slice)) slots.extend(question, excluded);
      }).immediate();
  };
  const of = <T>({service, check}: CheckName, read: (id: number) => readonly T[]): readonly T[] => {
    const id = idOf(service, check);
    return id === undefined ? [] : read(id);
  };
  return {
    hours: (name: CheckName, span: Span): readonly HourRow[] =>
      of(name, id =>
        sql.hours.range
          .all(id, ...periods(span, hourMs))
          .map(({at, strip, ...row}) => ({atMs: at * hourMs, counts: countsOf(row), strip})),
      ),
    days: (name: CheckName, span: Span): readonly CountRow[] =>
      of(name, id =>
        sql.days.range
          .all(id, ...periods(span, dayMs))
          .map(({at, ...row}) => ({atMs: at * dayMs, counts: countsOf(row)})),
      ),
    minutes: (name: CheckName, span: Span): readonly CountRow[] => of(name, id => minutesOf(id, span)),
    samples: (name: CheckName, {fromMs, toMs}: Span): readonly KeptSample[] =>
      of(name, id =>
        sql.samples
          .all(id, fromMs, toMs)
          .map(({slot, verdict, duration}) => ({slotMs: slot, code: verdict, durationMs: duration})),
      ),
    firstLook({service, check}: CheckName): number | undefined {
      const id = idOf(service, check);
      return id === undefined ? undefined : slots.firstLook(id);
    },
    looked: slots.looked,
    forgot: slots.forgot,
    /** Totals that cannot be kept just now are only told. */
    slots(
      questions: readonly SlotQuestion[],
      excluded: Excluded,
      isBusy: (error: unknown) => boolean,
    ): readonly SlotTotals[] {
      try {
        extend(questions.filter(slots.isBehind), excluded);
      } catch (error) {
        if (!isBusy(error)) throw error;
      }
      return questions.map(question => slots.answer(question, excluded));
    },
  };
}
