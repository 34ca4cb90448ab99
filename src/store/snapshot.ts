// A data directory at one moment: one read transaction, read page by page while others write.
import path from 'node:path';
import type {LedgerSnapshot, SnapshotRow, SnapshotValue} from '../domain/snapshot.ts';
import {QdError} from '../domain/error.ts';
import {connect, identify, sqliteCode, type Db} from './connect.ts';
import {realDisk} from './disk.ts';
import {completeVkeys} from './keys.ts';
import {asOpenError} from './opening.ts';
import {pathsOf, type Paths} from './paths.ts';

const pageRows = 256;

interface ValueRow {
  readonly seq: number;
  readonly ptr: string;
  readonly sd: string;
  readonly salt: Buffer;
  readonly value: Buffer | null;
}

function opened(paths: Paths): Db {
  let db: Db | undefined;
  try {
    db = connect({file: paths.db, readonly: true});
    db.exec('BEGIN');
    const what = identify(db);
    if (what === 'ledger') return db;
    throw new QdError('LEDGER_UNREADABLE', `${paths.db} ${what === 'empty' ? 'is empty' : what.problem}.`, {
      hint: 'Name a data directory with --home.',
      file: paths.db,
    });
  } catch (error) {
    db?.close();
    throw asOpenError(error, paths.db);
  }
}

/** Opens a data directory at this moment. Throws LEDGER_UNREADABLE. */
export function openSnapshot(dir: string): LedgerSnapshot {
  const paths = pathsOf(dir);
  // Before the snapshot, so that it is never newer than the rows.
  const vkeys = realDisk.read(paths.vkey)?.toString();
  const db = opened(paths);
  /** SQLite's own errors while reading are damage. */
  const read = <T>(act: () => T): T => {
    try {
      return act();
    } catch (error) {
      if (sqliteCode(error) === undefined) throw error;
      throw new QdError(
        'LEDGER_UNREADABLE',
        `${paths.db} is damaged (${error instanceof Error ? error.message : ''}).`,
        {hint: 'Run: quarterdeck ledger verify', file: paths.db, cause: error},
      );
    }
  };
  const leafPage = db
    .prepare<[number, number], Buffer>('SELECT leaf FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq')
    .pluck();
  const rowPage = db.prepare<[number, number], SnapshotRow>(
    'SELECT seq, leaf, line FROM entry WHERE seq >= ? AND seq < ? ORDER BY seq',
  );
  const valuePage = db.prepare<[number, number], ValueRow>(
    'SELECT seq, ptr, sd, salt, value FROM disclosure WHERE seq >= ? AND seq < ? ORDER BY seq, ptr',
  );
  const number = (sql: string, ...values: string[]): number | undefined =>
    read(() =>
      db
        .prepare<string[], number | null>(sql)
        .pluck()
        .get(...values),
    ) ?? undefined;
  const said = `json_extract(CAST(line AS TEXT), '$.ts')`;

  function* pages<T>(page: (from: number, to: number) => T[], from: number, to: number, rows: number) {
    for (let at = from; at < to; at += rows) {
      const end = Math.min(at + rows, to);
      const found = read(() => page(at, end));
      if (found.length !== end - at) {
        throw new QdError('LEDGER_UNREADABLE', `Entries between ${at} and ${end - 1} are missing.`, {
          hint: 'Run: quarterdeck ledger verify',
          file: paths.db,
        });
      }
      yield found;
    }
  }
  const valueOf = ({seq, ptr, sd, salt, value}: ValueRow): SnapshotValue => ({
    seq,
    ptr,
    sd,
    salt,
    isFile: value === null,
    bytes: () =>
      value ?? (/^[0-9a-f]{64}$/.test(sd) ? realDisk.read(path.join(paths.artifacts, sd)) : undefined),
  });

  return {
    size: number('SELECT max(seq) + 1 FROM entry') ?? 0,
    vkeys: read(() => completeVkeys(vkeys, db)) ?? '',
    checkpoints: upTo =>
      read(() =>
        db
          .prepare<[number], {size: number; note: Buffer}>(
            'SELECT size, note FROM checkpoint WHERE size <= ? ORDER BY size',
          )
          .all(upTo),
      ),
    leaves: (from, to) => pages((a, b) => leafPage.all(a, b), from, to, 64 * pageRows),
    rows: (from, to) => pages((a, b) => rowPage.all(a, b), from, to, pageRows),
    *ofKinds(kinds, to) {
      const page = db.prepare<(string | number)[], SnapshotRow>(
        `SELECT seq, leaf, line FROM entry WHERE kind IN (${kinds.map(() => '?').join(', ')})
         AND seq > ? AND seq < ? ORDER BY seq LIMIT ${pageRows}`,
      );
      for (let after = -1; ;) {
        const found = read(() => page.all(...kinds, after, to));
        const last = found.at(-1);
        if (last === undefined) return;
        yield found;
        after = last.seq;
      }
    },
    values: (from, to) => read(() => valuePage.all(from, to)).map(valueOf),
    runRange: run => {
      const from = number('SELECT min(seq) FROM entry WHERE run = ?', run);
      const last = number('SELECT max(seq) FROM entry WHERE run = ?', run);
      return from === undefined || last === undefined ? undefined : {from, to: last + 1};
    },
    firstNotBefore: ts => number(`SELECT seq FROM entry WHERE ${said} >= ? ORDER BY seq LIMIT 1`, ts),
    lastBefore: ts => number(`SELECT seq FROM entry WHERE ${said} < ? ORDER BY seq DESC LIMIT 1`, ts),
    close: () => {
      db.close();
    },
  };
}
