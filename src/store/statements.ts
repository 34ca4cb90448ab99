// The statements of one connection, prepared once.
import type {Leases} from '../ledger/lease.ts';
import type {EntryQuery, LeaseHolder} from '../domain/entry.ts';
import type {Db} from './connect.ts';

export interface EntryRow {
  readonly seq: number;
  readonly leaf: Buffer;
  readonly line: Buffer;
}
export interface CheckpointRow {
  readonly size: number;
  readonly range: Buffer;
  readonly note: Buffer;
}
export interface DisclosureRow {
  readonly ptr: string;
  readonly sd: string;
  readonly salt: Buffer;
  readonly value: Buffer | null;
}

export type Statements = ReturnType<typeof prepare>;

export function prepare(db: Db) {
  return {
    begin: db.prepare('BEGIN IMMEDIATE'),
    commit: db.prepare('COMMIT'),
    rollback: db.prepare('ROLLBACK'),
    savepoint: db.prepare('SAVEPOINT request'),
    release: db.prepare('RELEASE request'),
    undo: db.prepare('ROLLBACK TO request'),
    last: db.prepare<[], {seq: number; leaf: Buffer}>(
      'SELECT seq, leaf FROM entry ORDER BY seq DESC LIMIT 1',
    ),
    entry: db.prepare<[number], EntryRow>('SELECT seq, leaf, line FROM entry WHERE seq = ?'),
    runHead: db
      .prepare<[string], number>('SELECT seq FROM entry WHERE run = ? ORDER BY seq DESC LIMIT 1')
      .pluck(),
    newestOf: db.prepare<[string], EntryRow>(
      'SELECT seq, leaf, line FROM entry WHERE kind = ? ORDER BY seq DESC LIMIT 1',
    ),
    countOf: db.prepare<[string], number>('SELECT count(*) FROM entry WHERE kind = ?').pluck(),
    rotations: db.prepare<[], EntryRow>(
      "SELECT seq, leaf, line FROM entry WHERE kind = 'key.rotate' ORDER BY seq",
    ),
    forget: db.prepare<[number, string]>('DELETE FROM disclosure WHERE seq = ? AND ptr = ?'),
    insert: db.prepare<[number, Buffer, string, string | null, Buffer]>(
      'INSERT INTO entry(seq, leaf, kind, run, line) VALUES (?, ?, ?, ?, ?)',
    ),
    disclose: db.prepare<[number, string, string, Uint8Array, Uint8Array | null]>(
      'INSERT INTO disclosure(seq, ptr, sd, salt, value) VALUES (?, ?, ?, ?, ?)',
    ),
    disclosure: db.prepare<[number, string], DisclosureRow>(
      'SELECT ptr, sd, salt, value FROM disclosure WHERE seq = ? AND ptr = ?',
    ),
    newestCheckpoint: db.prepare<[], CheckpointRow>(
      'SELECT size, range, note FROM checkpoint ORDER BY size DESC LIMIT 1',
    ),
    checkpointAt: db.prepare<[number], CheckpointRow>(
      'SELECT size, range, note FROM checkpoint WHERE size = ?',
    ),
    addCheckpoint: db.prepare<[number, Buffer, Buffer]>(
      'INSERT OR IGNORE INTO checkpoint(size, range, note) VALUES (?, ?, ?)',
    ),
    holders: db.prepare<[], LeaseHolder>('SELECT service, run, fence, session, operator, since FROM lease'),
    fences: db.prepare<[], {run: string; fence: number}>('SELECT run, fence FROM fence'),
    dropHolders: db.prepare('DELETE FROM lease'),
    dropFences: db.prepare('DELETE FROM fence'),
    addHolder: db.prepare<[LeaseHolder]>(
      'INSERT INTO lease VALUES (@service, @run, @fence, @session, @operator, @since)',
    ),
    addFence: db.prepare<[string, number]>('INSERT INTO fence VALUES (?, ?)'),
    dataVersion: db.prepare<[], number>('PRAGMA data_version').pluck(),
  };
}

interface LeafBlock {
  /** Each line with the 0x00 before it that its hash takes in. */
  readonly lines: Buffer | null;
  readonly lengths: string | null;
  readonly leaves: Buffer | null;
}

const blockRows = 512;

/** The lines and leaf hashes of rows `from` to before `to`, put together inside SQLite, some hundred at a time. */
export function* leafBlocks(db: Db, from: number, to: number): Generator<LeafBlock> {
  const block = db.prepare<[number, number], LeafBlock>(
    `SELECT CAST(char(0) || group_concat(line, char(0)) AS BLOB) AS lines,
      group_concat(octet_length(line)) AS lengths, CAST(group_concat(leaf, '') AS BLOB) AS leaves
     FROM entry WHERE seq >= ? AND seq < ?`,
  );
  for (let at = from; at < to; at += blockRows) {
    const found = block.get(at, Math.min(at + blockRows, to));
    if (found !== undefined) yield found;
  }
}

export function loadLeases(statements: Statements): Leases {
  return {
    holders: new Map(statements.holders.all().map(holder => [holder.service, holder])),
    fences: new Map(statements.fences.all().map(({run, fence}) => [run, fence])),
  };
}

export function saveLeases(statements: Statements, {holders, fences}: Leases): void {
  statements.dropHolders.run();
  statements.dropFences.run();
  for (const holder of holders.values()) statements.addHolder.run(holder);
  for (const [run, fence] of fences) statements.addFence.run(run, fence);
}

const maxRows = 100_000;

/** Where a canonical line holds its time: keys are sorted, so every line ends in `"ts":"…","v":1}`. */
const timeOf = 'substr(line, -32, 24)';

/** Rows of a query in its order; `from` inclusive, `to` exclusive. */
export function select(db: Db, query: EntryQuery): EntryRow[] {
  const {from, to, run, kinds, limit, reverse = false, holding = [], about, since, until} = query;
  const where: string[] = [];
  const values: (string | number | Buffer)[] = [];
  const add = (clause: string, ...bound: (string | number | Buffer)[]): void => {
    where.push(clause);
    values.push(...bound);
  };
  if (from !== undefined) add('seq >= ?', from);
  if (to !== undefined) add('seq < ?', to);
  if (run !== undefined) add('run = ?', run);
  if (kinds !== undefined) add(`kind IN (${kinds.map(() => '?').join(', ')})`, ...kinds);
  if (since !== undefined) add(`${timeOf} >= ?`, Buffer.from(since));
  if (until !== undefined) add(`${timeOf} < ?`, Buffer.from(until));
  for (const text of holding) add('instr(line, ?) > 0', Buffer.from(text));
  if (about !== undefined) {
    const runs = JSON.stringify(about.runs);
    add('(run IN (SELECT value FROM json_each(?)) OR instr(line, ?) > 0)', runs, Buffer.from(about.text));
  }
  const condition = where.length === 0 ? '' : `WHERE ${where.join(' AND ')}`;
  const order = reverse ? 'DESC' : 'ASC';
  return db
    .prepare<(string | number | Buffer)[], EntryRow>(
      `SELECT seq, leaf, line FROM entry ${condition} ORDER BY seq ${order} LIMIT ?`,
    )
    .all(...values, Math.min(limit ?? maxRows, maxRows));
}
