// Finds the database of a data directory and opens it read-only, in one snapshot.
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import {QdError} from '../domain/error.ts';
import {isDamaged, isReadOnly, type Db} from './connect.ts';
import {pathsOf, type Paths} from './paths.ts';
import {openStill} from './still.ts';

export const unreadable = (file: string, why: string, hint: string, cause?: unknown): QdError =>
  new QdError('LEDGER_UNREADABLE', `${file} ${why}.`, {hint, file, cause});

/** The data directory that `given` names: itself, or the one in which the database of that name lies. */
export function directoryOf(given: string): Paths {
  const found = fs.statSync(given, {throwIfNoEntry: false});
  if (found === undefined) throw unreadable(given, 'does not exist', 'Name a data directory.');
  const paths = pathsOf(found.isDirectory() ? given : path.dirname(given));
  if (!found.isDirectory() && path.basename(given) !== path.basename(paths.db)) {
    throw unreadable(given, 'is neither a data directory nor its ledger.db', 'Name a data directory.');
  }
  return paths;
}

function openReadOnly(paths: Paths): Db {
  try {
    return checked(new Database(paths.db, {readonly: true, fileMustExist: true}));
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    return checked(openStill(paths.db));
  }
}

function checked(db: Db): Db {
  try {
    db.pragma('query_only=ON');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Keeps what is read from now on as it is now. */
export function holdSnapshot(db: Db): void {
  db.exec('BEGIN');
  db.prepare('SELECT count(*) FROM sqlite_schema').get();
}

/** Opens the database for reading; it may be none of ours. Throws LEDGER_UNREADABLE. */
export function openToLook(paths: Paths): Db {
  try {
    return openReadOnly(paths);
  } catch (error) {
    if (error instanceof QdError) throw error;
    const why = isDamaged(error) ? 'is not a database' : 'cannot be read';
    const hint = 'Check that it is the ledger.db of a data directory, and its permissions.';
    throw unreadable(paths.db, why, hint, error);
  }
}
