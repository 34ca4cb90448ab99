// SQLite files that are gone when the test is over.
import path from 'node:path';
import {DatabaseSync} from 'node:sqlite';
import {tempDir} from './temp.ts';

/** A fresh database in which these statements were run; its absolute path. */
export function sqliteFile(statements: string): string {
  const file = path.join(tempDir(), 'app.db');
  const db = new DatabaseSync(file);
  db.exec(statements);
  db.close();
  return file;
}
