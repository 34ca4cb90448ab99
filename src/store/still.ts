// A database where nothing may be written at all. SQLite would make its log and lock files there, so the file is read
// into memory and looked at as it lies: nobody can change it meanwhile.
import fs from 'node:fs';
import Database from 'better-sqlite3';
import {QdError} from '../domain/error.ts';

const maxBytes = 1024 * 1024 * 1024;

/** Bytes 18 and 19 of the header say whether a write-ahead log belongs to the file (sqlite.org/fileformat2, 1.3). */
const versions = [18, 19] as const;

/** The database in memory; throws LEDGER_UNREADABLE when it has a log that would be needed, or is too large. */
export function openStill(file: string): Database.Database {
  const copy = 'Copy the whole directory to a place that can be written, and look at the copy.';
  if ((fs.statSync(`${file}-wal`, {throwIfNoEntry: false})?.size ?? 0) > 0) {
    const message = `${file} has a log beside it that cannot be read where nothing may be written.`;
    throw new QdError('LEDGER_UNREADABLE', message, {hint: copy, file});
  }
  const {size} = fs.statSync(file);
  if (size > maxBytes) {
    const message = `${file} lies where nothing may be written, and with ${size} bytes it is too large to be read into memory.`;
    throw new QdError('LEDGER_UNREADABLE', message, {hint: copy, file});
  }
  const bytes = fs.readFileSync(file);
  for (const at of versions) bytes[at] = 1;
  const db = new Database(bytes);
  db.pragma('query_only=ON');
  return db;
}
