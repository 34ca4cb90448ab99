// alerts.db: what is still to be told to whom, and what was. Names only: what a service said stays in the ledger.
import type {Database} from 'better-sqlite3';
import {z} from 'zod';
import type {ChannelState, Item, Outbox, QueuedItem} from '../alert-ports.ts';
import {tellings} from '../domain/kinds-alert.ts';
import {codeOf, isUnusable, messageOf, openOrReplace, replace, type SideKind} from './side-database.ts';

const schema = `
CREATE TABLE IF NOT EXISTS items (
  channel  TEXT NOT NULL,
  alert    TEXT NOT NULL,
  telling  TEXT NOT NULL,
  bundle   TEXT NOT NULL,
  digest   INTEGER NOT NULL,
  state    TEXT NOT NULL,
  queued   INTEGER NOT NULL,
  due      INTEGER NOT NULL,
  attempts INTEGER NOT NULL DEFAULT 0,
  error    TEXT,
  done     INTEGER,
  holder   TEXT,
  repeated INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (channel, alert, telling)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS channels (
  channel   TEXT PRIMARY KEY,
  notBefore INTEGER NOT NULL,
  failures  INTEGER NOT NULL,
  error     TEXT,
  errorMs   INTEGER,
  sentMs    INTEGER,
  digestMs  INTEGER
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sendings (
  channel TEXT NOT NULL,
  at      INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS sendings_at ON sendings (channel, at);
`;

const outboxKind: SideKind = {
  // `QDA1`
  applicationId: 0x51_44_41_31,
  version: 1,
  // What was told must not be told again after a loss of power.
  synchronous: 'FULL',
  makeTables: db => db.exec(schema),
  what: 'notices',
};

const state = z.enum(['waiting', 'sent', 'dropped', 'given up']);
const itemRow = z.object({
  channel: z.string(),
  alert: z.string(),
  telling: z.enum(tellings),
  bundle: z.string(),
  digest: z.number(),
  state,
  queued: z.number(),
  due: z.number(),
  attempts: z.number(),
  error: z.string().nullable(),
  done: z.number().nullable(),
  holder: z.string().nullable(),
  repeated: z.number(),
});
type ItemRow = z.infer<typeof itemRow>;

const holder = z.strictObject({
  pid: z.int().min(1),
  start: z.string(),
  boot: z.string(),
  session: z.string(),
});

const queuedItem = (row: ItemRow): QueuedItem => ({
  channel: row.channel,
  alert: row.alert,
  as: row.telling,
  group: row.bundle,
  digest: row.digest === 1,
  queuedMs: row.queued,
  dueMs: row.due,
  attempts: row.attempts,
  error: row.error ?? undefined,
  at: row.state,
  doneMs: row.done ?? undefined,
  repeated: row.repeated === 1,
});

interface ChannelRow {
  readonly channel: string;
  readonly notBefore: number;
  readonly failures: number;
  readonly error: string | null;
  readonly errorMs: number | null;
  readonly sentMs: number | null;
  readonly digestMs: number | null;
}

const channelState = (row: ChannelRow): ChannelState => ({
  channel: row.channel,
  notBeforeMs: row.notBefore,
  failures: row.failures,
  error: row.error ?? undefined,
  errorMs: row.errorMs ?? undefined,
  sentMs: row.sentMs ?? undefined,
  digestMs: row.digestMs ?? undefined,
});

const one = 'channel = ? AND alert = ? AND telling = ?';

function prepare(db: Database) {
  return {
    /** Changes when another connection writes. */
    version: db.prepare<[], number>('PRAGMA data_version').pluck(),
    items: db.prepare('SELECT * FROM items ORDER BY queued, channel, alert, telling'),
    item: db.prepare<[string, string, string]>(`SELECT * FROM items WHERE ${one}`),
    queue: db.prepare<[string, string, string, string, number, number, number]>(
      `INSERT INTO items (channel, alert, telling, bundle, digest, state, queued, due)
       VALUES (?, ?, ?, ?, ?, 'waiting', ?, ?)
       ON CONFLICT (channel, alert, telling) DO UPDATE SET
         state = 'waiting', queued = excluded.queued, due = excluded.due, attempts = 0, error = NULL,
         done = NULL, holder = NULL, repeated = 0
       WHERE state = 'dropped' OR (telling = 'reminder' AND state <> 'waiting')`,
    ),
    claim: db.prepare<[string, number, string, string, string]>(
      `UPDATE items SET holder = ?, repeated = ? WHERE ${one}`,
    ),
    sent: db.prepare<[number, string, string, string]>(
      `UPDATE items SET state = 'sent', done = ?, attempts = attempts + 1, error = NULL, holder = NULL WHERE ${one}`,
    ),
    failed: db.prepare<[number, string, string, number | null, string, string, string]>(
      `UPDATE items SET attempts = attempts + 1, due = ?, error = ?, state = ?, done = ?, holder = NULL WHERE ${one}`,
    ),
    drop: db.prepare<[number, string, string, string]>(
      `UPDATE items SET state = 'dropped', done = ?, holder = NULL WHERE ${one} AND state = 'waiting'`,
    ),
    channels: db.prepare<[], ChannelRow>('SELECT * FROM channels'),
    channel: db.prepare<[ChannelRow]>(
      `INSERT OR REPLACE INTO channels VALUES
         (@channel, @notBefore, @failures, @error, @errorMs, @sentMs, @digestMs)`,
    ),
    addSending: db.prepare<[string, number]>('INSERT INTO sendings VALUES (?, ?)'),
    sendings: db
      .prepare<[string, number], number>('SELECT count(*) FROM sendings WHERE channel = ? AND at > ?')
      .pluck(),
    pruneSendings: db.prepare<[number]>('DELETE FROM sendings WHERE at < ?'),
    alerts: db.prepare<[number], string>('SELECT DISTINCT alert FROM items WHERE queued < ?').pluck(),
    forget: db.prepare<[string]>('DELETE FROM items WHERE alert = ?'),
  };
}

/** Opens the queue of a data directory; see the port for what it promises. */
export function openOutbox(file: string, nowMs: number): Outbox {
  let {db, problem}: {db: Database; problem?: string} = openOrReplace(file, outboxKind, nowMs);
  let sql = prepare(db);
  let isOpen = true;
  /** Read once, until somebody writes: every round asks several times. */
  let known: {readonly version: string; readonly items: readonly QueuedItem[]} | undefined;
  let writes = 0;

  const reopen = (error: unknown): void => {
    db.close();
    const again = replace(file, {kind: outboxKind, nowMs, why: messageOf(error)});
    db = again.db;
    problem = again.problem;
    sql = prepare(db);
    known = undefined;
  };
  /** In one transaction; what cannot be written now is told by `problem`, and the same call comes again. */
  const within = <T>(work: () => T, otherwise: T): T => {
    if (!isOpen) return otherwise;
    try {
      writes += 1;
      const result = db.transaction(work).immediate();
      if (problem?.startsWith(trouble) === true) problem = undefined;
      return result;
    } catch (error) {
      if (isUnusable(error)) reopen(error);
      else if (codeOf(error) !== 'SQLITE_BUSY') problem = `${trouble}: ${messageOf(error)}`;
      return otherwise;
    }
  };
  /** Reads what is there; what cannot be read just now has nothing to say. */
  const read = <T>(work: () => T, otherwise: T): T => {
    if (!isOpen) return otherwise;
    try {
      return work();
    } catch (error) {
      if (isUnusable(error)) reopen(error);
      else problem = `${trouble}: ${messageOf(error)}`;
      return otherwise;
    }
  };
  const rowOf = ({channel, alert, as}: Item): ItemRow | undefined =>
    itemRow.safeParse(sql.item.get(channel, alert, as)).data;
  const isTaken = (row: ItemRow, session: string, isAlive: Parameters<Outbox['claim']>[2]): boolean => {
    if (row.holder === null) return false;
    const by = holderIn(row.holder);
    return by !== undefined && by.session !== session && isAlive(by);
  };

  return {
    get problem() {
      return problem;
    },
    items: () =>
      read(() => {
        const version = `${sql.version.get()} ${writes}`;
        if (known?.version !== version)
          known = {version, items: z.array(itemRow).parse(sql.items.all()).map(queuedItem)};
        return known.items;
      }, []),
    channels: () => read(() => sql.channels.all().map(channelState), []),
    queue: (items, now) => {
      within(() => {
        for (const {channel, alert, as, group, digest} of items)
          sql.queue.run(channel, alert, as, group, digest ? 1 : 0, now, now);
      }, undefined);
    },
    claim: (items, {pid, start, boot, session}, isAlive) =>
      within(
        () =>
          items.flatMap(item => {
            const row = rowOf(item);
            if (row?.state !== 'waiting' || isTaken(row, session, isAlive)) return [];
            // Who had it was sending it, and nobody knows how far that came.
            const repeated = row.repeated === 1 || row.holder !== null;
            sql.claim.run(
              JSON.stringify({pid, start, boot, session}),
              repeated ? 1 : 0,
              item.channel,
              item.alert,
              item.as,
            );
            return [{...queuedItem(row), repeated}];
          }),
        [],
      ),
    sent: (items, now) =>
      within(() => {
        for (const {channel, alert, as} of items) sql.sent.run(now, channel, alert, as);
        for (const channel of new Set(items.map(item => item.channel))) sql.addSending.run(channel, now);
        sql.pruneSendings.run(now - dayMs);
        return true;
      }, false),
    failed: (items, {nowMs: now, dueMs, error, giveUp}) => {
      within(() => {
        for (const {channel, alert, as} of items)
          sql.failed.run(
            dueMs,
            error,
            giveUp ? 'given up' : 'waiting',
            giveUp ? now : null,
            channel,
            alert,
            as,
          );
        for (const channel of new Set(items.map(item => item.channel))) sql.addSending.run(channel, now);
      }, undefined);
    },
    drop: (items, now) => {
      within(() => {
        for (const {channel, alert, as} of items) sql.drop.run(now, channel, alert, as);
      }, undefined);
    },
    channel: ({channel, notBeforeMs, failures, error, errorMs, sentMs, digestMs}) => {
      within(
        () =>
          sql.channel.run({
            channel,
            notBefore: notBeforeMs,
            failures,
            error: error ?? null,
            errorMs: errorMs ?? null,
            sentMs: sentMs ?? null,
            digestMs: digestMs ?? null,
          }),
        undefined,
      );
    },
    sendings: (channel, sinceMs) => read(() => sql.sendings.get(channel, sinceMs) ?? 0, 0),
    forget: (keep, beforeMs) => {
      within(() => {
        for (const alert of sql.alerts.all(beforeMs)) if (!keep.has(alert)) sql.forget.run(alert);
      }, undefined);
    },
    close: () => {
      if (isOpen) db.close();
      isOpen = false;
    },
  };
}

const dayMs = 86_400_000;
const trouble = 'notices cannot be kept';

function holderIn(text: string): z.infer<typeof holder> | undefined {
  try {
    return holder.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}
