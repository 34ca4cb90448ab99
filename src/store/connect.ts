// Opens the ledger's database with the settings that its promises rest on; each is set, read back and asserted.
import fs from 'node:fs';
import Database from 'better-sqlite3';
import {QdError} from '../domain/error.ts';
import {applicationId, schemaVersion} from './schema.ts';
import {openStill} from './still.ts';

export type Db = Database.Database;

export interface ConnectOptions {
  readonly file: string;
  readonly readonly: boolean;
  /** Extra pragmas after opening; tests make a full or read-only disk with them. */
  readonly pragmas?: readonly string[];
}
export type Connect = (options: ConnectOptions) => Db;

/** How long SQLite itself waits for a lock; the writer repeats that a bounded number of times. */
const busyMs = 250;
export const busyRounds = 12;

/** The SQLite result code of an error, or undefined for another error. */
export const sqliteCode = (error: unknown): string | undefined =>
  error instanceof Database.SqliteError ? error.code : undefined;

const codeOf = (error: unknown): string =>
  sqliteCode(error) ?? (error instanceof Error && 'code' in error ? String(error.code) : '');

export const isBusy = (error: unknown): boolean => /^SQLITE_(BUSY|LOCKED)/.test(codeOf(error));
export const isFull = (error: unknown): boolean => /^(SQLITE_FULL|ENOSPC|EDQUOT)$/.test(codeOf(error));
export const isReadOnly = (error: unknown): boolean =>
  /^(SQLITE_(READONLY|CANTOPEN|PERM|AUTH)|EROFS|EACCES|EPERM)/.test(codeOf(error));
export const isDamaged = (error: unknown): boolean => /^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error));

/** First SQLite without the WAL-reset corruption. */
const oldest = [3, 51, 3];

export function isOldSqlite(version: string): boolean {
  const have = version.split('.').map(Number);
  for (const [i, need] of oldest.entries()) {
    const part = have[i] ?? 0;
    if (part !== need) return part < need;
  }
  return false;
}

const writing: readonly (readonly [pragma: string, value: string, reads: unknown])[] = [
  ['journal_mode', 'WAL', 'wal'],
  ['synchronous', 'FULL', 2],
  ['secure_delete', 'ON', 1],
  ['recursive_triggers', 'ON', 1],
  ['trusted_schema', 'OFF', 0],
  ['fullfsync', 'ON', 1],
];

function assertSetting(db: Db, [pragma, value, reads]: (typeof writing)[number]): void {
  db.pragma(`${pragma}=${value}`);
  const got = db.pragma(pragma, {simple: true});
  if (got !== reads) {
    throw new QdError('LEDGER_UNREADABLE', `SQLite refused ${pragma}=${value}: it says ${String(got)}.`, {
      hint: 'The data directory needs a local file system with working locks and memory mapping.',
    });
  }
}

/** Also where SQLite itself cannot, because it would have to write beside the file. */
function openToRead(file: string): Db {
  const db = new Database(file, {readonly: true, timeout: busyMs});
  try {
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    if (isReadOnly(error) && fs.existsSync(file)) return openStill(file);
    throw error;
  }
}

/** Opens the file; throws SQLite's own errors, and LEDGER_UNREADABLE for a setting that does not hold. */
export const connect: Connect = ({file, readonly, pragmas = []}) => {
  const db = readonly ? openToRead(file) : new Database(file, {timeout: busyMs});
  try {
    const version = String(db.prepare('SELECT sqlite_version()').pluck().get());
    if (isOldSqlite(version)) {
      throw new QdError(
        'LEDGER_UNREADABLE',
        `SQLite ${version} can corrupt a write-ahead log; ${oldest.join('.')} is needed.`,
        {
          hint: 'Install the dependencies again with npm ci.',
        },
      );
    }
    if (readonly) db.pragma('query_only=ON');
    else for (const setting of writing) assertSetting(db, setting);
    for (const pragma of pragmas) db.pragma(pragma);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

/** What the file is: a ledger of this version, a new empty database, or something else (then a sentence). */
export function identify(db: Db): 'ledger' | 'empty' | {readonly problem: string} {
  const id = db.pragma('application_id', {simple: true});
  const version = db.pragma('user_version', {simple: true});
  if (id === applicationId) {
    return version === schemaVersion
      ? 'ledger'
      : {problem: `is a ledger of format ${String(version)}, which this version does not know`};
  }
  const tables = db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get();
  return id === 0 && tables === 0 ? 'empty' : {problem: 'is an SQLite database, but not a ledger'};
}
