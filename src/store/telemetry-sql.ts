// The statements of telemetry.db, and the reading of its codes.
import type {Database} from 'better-sqlite3';
import {worseFirst} from '../domain/verdict.ts';
import type {Verdict} from '../domain/verdict.ts';
import {verdictOf} from './telemetry-codes.ts';
import {minuteMs} from './telemetry-rollup.ts';

/** The worst verdict of each minute; a sample counts for all the time until the next one is due. */
export function worstPerMinute(
  rows: Iterable<{readonly slot: number; readonly every: number; readonly verdict: number}>,
  {
    firstMinute,
    minutes,
    nowMs,
  }: {readonly firstMinute: number; readonly minutes: number; readonly nowMs: number},
): (Verdict | undefined)[] {
  const strip = Array.from<Verdict | undefined>({length: minutes});
  for (const {slot, every, verdict: code} of rows) {
    const verdict = verdictOf(code);
    const from = Math.max(0, Math.floor(slot / minuteMs) - firstMinute);
    const to = Math.min(minutes - 1, Math.floor(Math.min(slot + every - 1, nowMs) / minuteMs) - firstMinute);
    for (let minute = from; minute <= to; minute++) {
      const before = strip[minute];
      if (before === undefined || worseFirst(verdict, before) < 0) strip[minute] = verdict;
    }
  }
  return strip;
}

/** Every statement, prepared once per connection. */
export function prepare(db: Database) {
  return {
    register: db.prepare<[string, string, number, number]>(
      `INSERT INTO checks (service, name, every, rollup) VALUES (?, ?, ?, ?)
       ON CONFLICT (service, name) DO UPDATE SET every = excluded.every, rollup = excluded.rollup`,
    ),
    check: db.prepare<[string, string], {id: number; every: number}>(
      'SELECT id, every FROM checks WHERE service = ? AND name = ?',
    ),
    remember: db.prepare<[number, string]>(
      'INSERT INTO last_result (check_id, look) VALUES (?, ?) ON CONFLICT (check_id) DO UPDATE SET look = excluded.look',
    ),
    last: db.prepare<[], string>('SELECT look FROM last_result').pluck(),
    recent: db.prepare<[number, number], {slot: number; verdict: number; duration: number}>(
      'SELECT slot, verdict, duration FROM samples WHERE check_id = ? ORDER BY slot DESC LIMIT ?',
    ),
    strip: db.prepare<[string, number, number], {slot: number; every: number; verdict: number}>(
      `SELECT s.slot, c.every, s.verdict FROM checks c JOIN samples s ON s.check_id = c.id
       WHERE c.service = ? AND c.rollup = 1 AND s.slot > ? - c.every AND s.slot <= ?`,
    ),
    /** Another number once another connection has written. */
    version: db.prepare<[], number>('PRAGMA data_version').pluck(),
    holder: db.prepare<[], string>('SELECT holder FROM monitor').pluck(),
    take: db.prepare<[string]>(
      'INSERT INTO monitor (one, holder) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET holder = excluded.holder',
    ),
    release: db.prepare('DELETE FROM monitor'),
    forgetLook: db.prepare<[string, string]>(
      'DELETE FROM last_result WHERE check_id IN (SELECT id FROM checks WHERE service = ? AND name = ?)',
    ),
    keptSlos: db.prepare<[], {service: string; record: string}>('SELECT service, record FROM slo_records'),
    keepSlo: db.prepare<[string, string]>(
      'INSERT INTO slo_records (service, record) VALUES (?, ?) ON CONFLICT (service) DO UPDATE SET record = excluded.record',
    ),
  };
}
