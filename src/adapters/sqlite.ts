// Statements for an SQLite file. It answers synchronously, so only a process of its own may ask it.
import {accessSync, constants, existsSync} from 'node:fs';
import {DatabaseSync} from 'node:sqlite';
import type {SqlCell} from '../look/sql.ts';
import type {SqliteAnswer, SqliteLook} from '../look/sqlite-program.ts';
import type {Answered, Statements} from './postgres.ts';
import {fromSqlite} from './sql-state.ts';
import {rowCount, table, type Cell} from './sql-table.ts';

const busyMs = 5_000;

export function askSqlite(path: string, {readOnly, statements, write}: Statements): Answered {
  // Opening would make it.
  if (!existsSync(path)) return {at: 'lost', sent: false, message: `${path} is not there`};
  let db: DatabaseSync;
  try {
    db = new DatabaseSync(path, {readOnly, timeout: busyMs});
  } catch (error) {
    return {at: 'lost', sent: false, message: textOf(error)};
  }
  let sent = 0;
  try {
    if (readOnly) db.exec('pragma query_only = on');
    let last: Answered = {at: 'done', did: 'nothing', rows: 0};
    for (const {text, values} of statements) {
      sent += 1;
      last = one(db, {text, values, write});
    }
    return last;
  } catch (error) {
    const which = statements.length > 1 && sent > 0 ? `statement ${sent} of ${statements.length}: ` : '';
    const before = sent > 1 && !readOnly ? '; the statements before it are done' : '';
    return {at: 'failed', message: `${which}${textOf(error)}${before}`};
  } finally {
    db.close();
  }
}

function one(
  db: DatabaseSync,
  {
    text,
    values,
    write,
  }: {readonly text: string; readonly values: readonly string[]; readonly write: Statements['write']},
): Answered {
  const statement = db.prepare(text);
  statement.setReadBigInts(true);
  const columns = statement.columns().map(({name}) => name);
  if (columns.length === 0) {
    const {changes} = statement.run(...values);
    const did = `${changes} ${Number(changes) === 1 ? 'row' : 'rows'} changed`;
    write(`${did}\n`);
    return {at: 'done', did, rows: Number(changes)};
  }
  const rows = table(columns, write);
  // As lists: two columns may have the same name.
  statement.setReturnArrays(true);
  for (const row of statement.iterate(...values)) rows.row(Object.values(row).map(cellOf));
  rows.end();
  const cell = rows.cell();
  return {
    at: 'done',
    did: rowCount(rows.count()),
    rows: rows.count(),
    ...(typeof cell === 'string' ? {cell} : {}),
  };
}

function cellOf(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return `x'${Buffer.from(value).toString('hex')}'`;
  return typeof value === 'string'
    ? value
    : typeof value === 'bigint' || typeof value === 'number'
      ? value.toString()
      : '';
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** One statement of a look: what it answers, up to the limits. Only reading is possible. */
export function lookSqlite({path, text, values, busyMs, maxRows, maxBytes}: SqliteLook): SqliteAnswer {
  const failed = (kind: 'connect' | 'permission', ours: boolean, message: string): SqliteAnswer => ({
    at: 'failed',
    kind,
    ours,
    message,
  });
  if (!existsSync(path)) return failed('connect', false, `${path} is not there`);
  try {
    accessSync(path, constants.R_OK);
  } catch {
    return failed('permission', true, `${path} may not be read`);
  }
  let db: DatabaseSync | undefined;
  try {
    db = new DatabaseSync(path, {readOnly: true, timeout: busyMs});
    db.exec('pragma query_only = on');
    const statement = db.prepare(text);
    statement.setReadBigInts(true);
    statement.setReturnArrays(true);
    const columns = statement.columns().map(({name}) => name);
    const rows: SqlCell[][] = [];
    let cut = false;
    let bytes = 0;
    for (const row of statement.iterate(...values)) {
      const cells = Object.values(row).map(lookedAt);
      bytes += cells.reduce((sum: number, cell) => sum + (typeof cell === 'string' ? cell.length : 8), 0);
      cut = rows.length >= maxRows || bytes > maxBytes;
      if (cut) break;
      rows.push(cells);
    }
    return {at: 'rows', columns, rows, cut};
  } catch (error) {
    const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) : 1;
    return {at: 'failed', ...fromSqlite(code, textOf(error)), code: `SQLITE_${code}`};
  } finally {
    db?.close();
  }
}

/** A whole number that a double cannot hold stays text. */
function lookedAt(value: unknown): SqlCell {
  if (typeof value === 'bigint')
    return Number.isSafeInteger(Number(value)) ? Number(value) : value.toString();
  return typeof value === 'number' && Number.isFinite(value) ? value : cellOf(value);
}
