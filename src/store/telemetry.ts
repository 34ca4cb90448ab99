// telemetry.db: samples per slot, the newest look of each check, and who runs the monitor.
import type {Database} from 'better-sqlite3';
import {parseHolder, parseLastLook} from '../domain/last-look.ts';
import {isAnswered} from '../domain/look-counts.ts';
import type {SampledLook} from '../domain/look-counts.ts';
import type {Verdict} from '../domain/verdict.ts';
import type {LastLook, MonitorHolder, SampledCheck, SampleRow, Telemetry} from '../ports.ts';
import {verdictOf} from './telemetry-codes.ts';
import {historyOf} from './telemetry-history.ts';
import {codeOf, isUnusable, messageOf, openOrReplace, replace} from './side-database.ts';
import {pruner} from './telemetry-prune.ts';
import {addSample, minuteMs, OpenRows, prepareRollups} from './telemetry-rollup.ts';
import {telemetryKind} from './telemetry-schema.ts';
import {prepare, worstPerMinute} from './telemetry-sql.ts';

/** A batch of this size is written without being asked; below, `flush` does it. */
const batch = 200;
/** While the database is locked or full, so many samples wait; then the oldest are let go. */
const longestBacklog = 5_000;

const key = (service: string, check: string): string => `${service}\n${check}`;
const isSame = (a: MonitorHolder, b: MonitorHolder): boolean =>
  a.pid === b.pid && a.start === b.start && a.boot === b.boot && a.session === b.session;

/**
 * Opens the telemetry of a data directory. It never throws: a damaged or foreign file is moved aside, and where
 * nothing can be written samples live in memory; `problem` says so. Writing is synchronous, in small batches.
 */
export function openTelemetry(file: string, nowMs: number): Telemetry {
  let {db, problem}: {db: Database; problem?: string} = openOrReplace(file, telemetryKind, nowMs);
  /** What belongs to one connection. */
  const partsOf = (connection: Database) => {
    const sums = prepareRollups(connection);
    const history = historyOf(connection, sums, (service, check) => checkOf(key(service, check))?.id);
    return {sql: prepare(connection), sums, history, prune: pruner(connection)};
  };
  let isOpen = true;
  let known = new Map<string, SampledCheck>();
  /** Whether the file has all of them. */
  let isRegistered = true;
  let ids = new Map<string, {readonly id: number; readonly every: number}>();
  let samples: {readonly name: string; readonly slotMs: number; readonly look: SampledLook}[] = [];
  let looks = new Map<string, LastLook>();
  let records = new Map<string, string>();
  let {sql, sums, history, prune} = partsOf(db);
  const rows = new OpenRows();

  function checkOf(name: string): {readonly id: number; readonly every: number} | undefined {
    const found = ids.get(name);
    if (found !== undefined) return found;
    const [service = '', check = ''] = name.split('\n');
    const row = sql.check.get(service, check);
    if (row !== undefined) ids.set(name, row);
    return row;
  }
  const writeAll = (): void => {
    rows.begin(sql.version.get());
    if (!isRegistered)
      for (const {service, id, everyMs, rollup} of known.values())
        if (!ids.has(key(service, id))) sql.register.run(service, id, everyMs, rollup ? 1 : 0);
    for (const {name, slotMs, look} of samples) {
      const check = checkOf(name);
      if (check === undefined) continue;
      addSample(sums, {id: check.id, everyMs: check.every, slotMs, look}, rows);
      history.looked(check.id, slotMs);
    }
    for (const [name, look] of looks) {
      const check = checkOf(name);
      if (check !== undefined)
        sql.remember.run(check.id, JSON.stringify({...look, slotMs: look.slotMs ?? null}));
    }
    for (const [service, record] of records) sql.keepSlo.run(service, record);
  };
  const reopen = (error: unknown): void => {
    db.close();
    const again = replace(file, {kind: telemetryKind, nowMs, why: messageOf(error)});
    db = again.db;
    problem = again.problem;
    ids = new Map();
    isRegistered = false;
    rows.forget();
    ({sql, sums, history, prune} = partsOf(db));
  };
  const write = (): void => {
    if (!isOpen || (samples.length === 0 && looks.size === 0 && records.size === 0 && isRegistered)) return;
    try {
      db.transaction(writeAll).immediate();
      isRegistered = true;
      samples = [];
      looks = new Map();
      records = new Map();
    } catch (error) {
      rows.forget();
      // Samples are kept for the next try; only what no longer fits is let go.
      if (isUnusable(error)) reopen(error);
      else if (codeOf(error) !== 'SQLITE_BUSY') problem = `samples wait to be written: ${messageOf(error)}`;
      if (samples.length > longestBacklog) samples = samples.slice(-longestBacklog);
    }
  };
  /** Reads what is stored; a database that cannot be read just now has nothing to say. */
  const read = <T>(work: () => T, otherwise: T): T => {
    if (!isOpen) return otherwise;
    write();
    try {
      return work();
    } catch (error) {
      if (isUnusable(error)) reopen(error);
      else problem = `telemetry cannot be read: ${messageOf(error)}`;
      return otherwise;
    }
  };
  const holder = (): MonitorHolder | undefined => parseHolder(sql.holder.get() ?? '');

  return {
    get problem() {
      return problem;
    },
    register(checks) {
      known = new Map(checks.map(check => [key(check.service, check.id), check]));
      ids = new Map();
      isRegistered = false;
      write();
    },
    sample(result, slotMs, {excluded = false} = {}) {
      const {service, check, verdict, durationMs, retried = 0, events} = result;
      const look = {
        verdict,
        durationMs: Math.max(0, Math.round(durationMs)),
        excluded,
        retried: retried > 0,
        answered: isAnswered(result),
        ...(events === undefined ? {} : {events}),
      };
      samples.push({name: key(service, check), slotMs, look});
      if (samples.length >= batch) write();
    },
    remember(look) {
      looks.set(key(look.result.service, look.result.check), look);
    },
    lastLooks: () =>
      Promise.resolve(
        read(
          () =>
            sql.last.all().flatMap(text => {
              const look = parseLastLook(text);
              return look === undefined ? [] : [look];
            }),
          [],
        ),
      ),
    recent: (service, check, limit) =>
      Promise.resolve(
        read((): SampleRow[] => {
          const found = checkOf(key(service, check));
          const rows = found === undefined ? [] : sql.recent.all(found.id, limit);
          return rows.map(({slot, verdict, duration}) => ({
            slotMs: slot,
            verdict: verdictOf(verdict),
            durationMs: duration,
          }));
        }, []),
      ),
    strip: (service, atMs, minutes) =>
      Promise.resolve(
        read(
          () => {
            const firstMinute = Math.floor(atMs / minuteMs) - minutes + 1;
            const rows = sql.strip.iterate(service, firstMinute * minuteMs, atMs);
            return worstPerMinute(rows, {firstMinute, minutes, nowMs: atMs});
          },
          Array.from<Verdict | undefined>({length: minutes}),
        ),
      ),
    takeMonitor: (me, isAlive) =>
      Promise.resolve().then(() =>
        db
          .transaction(() => {
            const now = holder();
            if (now !== undefined && !isSame(now, me) && isAlive(now)) return now;
            sql.take.run(JSON.stringify(me));
            return me;
          })
          .immediate(),
      ),
    monitorHolder: () => Promise.resolve(read(holder, undefined)),
    releaseMonitor: me =>
      Promise.resolve().then(() => {
        if (!isOpen) return;
        db.transaction(() => {
          const now = holder();
          if (now !== undefined && isSame(now, me)) sql.release.run();
        }).immediate();
      }),
    forgetLooks: checks => {
      // One that could not be written yet must not come back later.
      for (const {service, check} of checks) looks.delete(key(service, check));
      return Promise.resolve(
        read(() => {
          for (const {service, check} of checks) sql.forgetLook.run(service, check);
          db.pragma('wal_checkpoint(TRUNCATE)');
        }, undefined),
      );
    },
    hours: (name, span) => Promise.resolve(read(() => history.hours(name, span), [])),
    days: (name, span) => Promise.resolve(read(() => history.days(name, span), [])),
    minutes: (name, span) => Promise.resolve(read(() => history.minutes(name, span), [])),
    samples: (name, span) => Promise.resolve(read(() => history.samples(name, span), [])),
    firstLook: name => Promise.resolve(read(() => history.firstLook(name), undefined)),
    slots: (questions, excluded) =>
      Promise.resolve(
        read(
          () => history.slots(questions, excluded, error => !isUnusable(error)),
          questions.map(() => ({sinceMs: undefined, totals: []})),
        ),
      ),
    keptSlos: () =>
      Promise.resolve(
        read(() => new Map(sql.keptSlos.all().map(({service, record}) => [service, record])), new Map()),
      ),
    keepSlos: more => {
      for (const [service, record] of more) records.set(service, record);
      write();
      return Promise.resolve();
    },
    prune: beginMs =>
      Promise.resolve(
        read(() => {
          rows.forget();
          prune.begin(beginMs);
          prune.goOn();
          history.forgot();
        }, undefined),
      ),
    flush: () => {
      write();
      read(() => {
        prune.goOn();
      }, undefined);
      return Promise.resolve();
    },
    close: () => {
      write();
      if (isOpen) db.close();
      isOpen = false;
      return Promise.resolve();
    },
  };
}
