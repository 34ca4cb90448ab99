// Opening a database beside the ledger, whatever lies there.
import {existsSync, renameSync} from 'node:fs';
import Database from 'better-sqlite3';
import {timestamp} from '../domain/time.ts';

type Db = Database.Database;

/** What is kept in such a file. */
export interface SideKind {
  /** Four letters, so that a database of something else is never written to. */
  readonly applicationId: number;
  readonly version: number;
  readonly synchronous: 'NORMAL' | 'FULL';
  /** Makes the tables that are not there; called in a transaction. */
  readonly makeTables: (db: Db) => void;
  /** For the sentence that says what is lost: `samples are not kept`. */
  readonly what: string;
}

export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';

export const isUnusable = (error: unknown): boolean => /^SQLITE_(NOTADB|CORRUPT)/.test(codeOf(error));
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

class NotOurs extends Error {}

/** Opens and checks; throws when the file is no database, is damaged at its head, or belongs to something else. */
function open(file: string, {applicationId, version, synchronous, makeTables}: SideKind): Db {
  const db = new Database(file, {timeout: 250});
  try {
    const id = Number(db.pragma('application_id', {simple: true}));
    const found = Number(db.pragma('user_version', {simple: true}));
    const tables = Number(db.prepare('SELECT count(*) FROM sqlite_schema').pluck().get());
    if (tables > 0 && id !== applicationId) throw new NotOurs('it is the database of something else');
    if (found > version)
      throw new NotOurs(`it was made by a newer Quarterdeck (format ${found}, known is ${version})`);
    db.pragma('journal_mode = WAL');
    db.pragma(`synchronous = ${synchronous}`);
    db.pragma('secure_delete = ON');
    db.transaction(() => {
      makeTables(db);
      db.pragma(`application_id = ${applicationId}`);
      db.pragma(`user_version = ${version}`);
    }).immediate();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Puts the file and what belongs to it beside, under a name with the time. */
function putAside(file: string, nowMs: number): string {
  const name = `${file}.unusable-${timestamp(nowMs).replaceAll(/[-:.]/g, '')}`;
  let aside = name;
  for (let i = 2; existsSync(aside); i++) aside = `${name}-${i}`;
  for (const suffix of ['', '-wal', '-shm'])
    if (existsSync(file + suffix)) renameSync(file + suffix, aside + suffix);
  return aside;
}

export interface Opened {
  readonly db: Db;
  readonly problem?: string;
}

/** A new database in place of one that cannot be used; in memory, where not even that works. */
export function replace(
  file: string,
  {kind, nowMs, why}: {readonly kind: SideKind; readonly nowMs: number; readonly why: string},
): Opened {
  try {
    const aside = putAside(file, nowMs);
    return {
      db: open(file, kind),
      problem: `${file} could not be used (${why}); it was moved to ${aside} and a new one begun`,
    };
  } catch (error) {
    return inMemory(file, kind, error);
  }
}

const inMemory = (file: string, kind: SideKind, error: unknown): Opened => ({
  db: open(':memory:', kind),
  problem: `${kind.what} are not kept: ${file}: ${messageOf(error)}`,
});

/** Never throws: what cannot be used is put aside, and where nothing can be written it is memory. */
export function openOrReplace(file: string, kind: SideKind, nowMs: number): Opened {
  try {
    return {db: open(file, kind)};
  } catch (error) {
    if (error instanceof NotOurs) return replace(file, {kind, nowMs, why: error.message});
    if (isUnusable(error)) return replace(file, {kind, nowMs, why: 'it is damaged or no database'});
    return inMemory(file, kind, error);
  }
}
