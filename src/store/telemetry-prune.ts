// What is too old goes, check by check, so that no single piece of work is long.
import type {Database} from 'better-sqlite3';
import {dayMs, hourMs, minuteMs} from './telemetry-rollup.ts';

/** Looks closer together than a minute are kept one by one for this long, and by minutes for as long as the others. */
const quickSamplesMs = 3 * dayMs;
const samplesMs = 40 * dayMs;
const rollupsMs = 400 * dayMs;
/** Running totals that begin so long before the oldest hour are made again from it. */
const totalsSlackMs = 30 * dayMs;

/** Checks at a time. */
const slice = 20;

export function pruner(db: Database) {
  const before = (table: string, column: string) =>
    db.prepare<[number, number]>(`DELETE FROM ${table} WHERE check_id = ? AND ${column} < ?`);
  const sql = {
    checks: db.prepare<[], {id: number; every: number}>('SELECT id, every FROM checks'),
    samples: before('samples', 'slot'),
    events: before('events', 'slot'),
    minutes: before('minutes', 'minute'),
    hours: before('hours', 'hour'),
    days: before('days', 'day'),
    sums: db.prepare<[number]>('DELETE FROM sli_sums WHERE sli_id IN (SELECT id FROM sli WHERE since < ?)'),
    sli: db.prepare<[number]>('DELETE FROM sli WHERE since < ?'),
  };
  let waiting: {readonly id: number; readonly every: number}[] = [];
  let nowMs = 0;
  const one = ({id, every}: {readonly id: number; readonly every: number}): void => {
    const samplesFrom = nowMs - (every < minuteMs ? quickSamplesMs : samplesMs);
    sql.samples.run(id, samplesFrom);
    sql.events.run(id, samplesFrom);
    sql.minutes.run(id, Math.floor((nowMs - samplesMs) / minuteMs));
    sql.hours.run(id, Math.floor((nowMs - rollupsMs) / hourMs));
    sql.days.run(id, Math.floor((nowMs - rollupsMs) / dayMs));
  };
  return {
    /** Everything that is too old at this moment is to go. */
    begin(atMs: number): void {
      nowMs = atMs;
      waiting = sql.checks.all();
      const oldest = nowMs - rollupsMs - totalsSlackMs;
      db.transaction(() => {
        sql.sums.run(oldest);
        sql.sli.run(oldest);
      }).immediate();
    },
    /** A part of it; does nothing when nothing waits. */
    goOn(): void {
      const now = waiting.slice(0, slice);
      if (now.length === 0) return;
      db.transaction(() => {
        for (const check of now) one(check);
      }).immediate();
      waiting = waiting.slice(slice);
    },
  };
}
