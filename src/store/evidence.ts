// A data directory as a verification reads it: read-only, in one snapshot, nothing believed.
import fs from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import type {Evidence, EvidenceDisclosure, EvidenceNote, EvidenceRow} from '../domain/evidence.ts';
import {QdError} from '../domain/error.ts';
import {identify, isDamaged, isReadOnly, sqliteCode, type Db} from './connect.ts';
import {realDisk} from './disk.ts';
import {pathsOf, type Paths} from './paths.ts';

const pageRows = 2000;

export interface OpenEvidence {
  readonly evidence: Evidence;
  readonly close: () => void;
}

const unreadable = (file: string, why: string, hint: string, cause?: unknown): QdError =>
  new QdError('LEDGER_UNREADABLE', `${file} ${why}.`, {hint, file, cause});

/** The data directory that `given` names: itself, or the one in which the database of that name lies. */
function directoryOf(given: string): Paths {
  const found = fs.statSync(given, {throwIfNoEntry: false});
  if (found === undefined) throw unreadable(given, 'does not exist', 'Name a data directory.');
  const paths = pathsOf(found.isDirectory() ? given : path.dirname(given));
  if (!found.isDirectory() && path.basename(given) !== path.basename(paths.db)) {
    throw unreadable(given, 'is neither a data directory nor its ledger.db', 'Name a data directory.');
  }
  return paths;
}

/** Where nothing may be written, SQLite can read only a database without a log beside it. */
function openReadOnly(paths: Paths): Db {
  try {
    return checked(new Database(paths.db, {readonly: true, fileMustExist: true}));
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    if ((fs.statSync(paths.wal, {throwIfNoEntry: false})?.size ?? 0) > 0) {
      throw unreadable(
        paths.db,
        'has a log beside it that cannot be read where nothing may be written',
        'Copy the whole directory to a place that can be written, and verify the copy.',
        error,
      );
    }
    const url = new URL(`file://${paths.db.split('/').map(encodeURIComponent).join('/')}`);
    url.searchParams.set('immutable', '1');
    return checked(new Database(url.href, {readonly: true}));
  }
}

function checked(db: Db): Db {
  try {
    db.pragma('query_only=ON');
    db.exec('BEGIN');
    db.prepare('SELECT count(*) FROM sqlite_schema').get();
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
}

function opened(paths: Paths): Db {
  let db: Db;
  try {
    db = openReadOnly(paths);
  } catch (error) {
    if (error instanceof QdError) throw error;
    const why = isDamaged(error) ? 'is not a database' : 'cannot be read';
    throw unreadable(
      paths.db,
      why,
      'Check that it is the ledger.db of a data directory, and its permissions.',
      error,
    );
  }
  const what = identify(db);
  if (what === 'ledger' || what === 'empty') return db;
  db.close();
  throw unreadable(paths.db, what.problem, 'Name a data directory of Quarterdeck.');
}

/** SQLite's own errors while reading are damage of the container. */
function read<T>(paths: Paths, act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (sqliteCode(error) === undefined) throw error;
    throw unreadable(
      paths.db,
      `is damaged (${error instanceof Error ? error.message : ''})`,
      'Take it from a backup.',
      error,
    );
  }
}

interface StoredRow {
  readonly seq: number;
  readonly leaf: Buffer;
  readonly line: Buffer;
  readonly kind: string;
  readonly run: string | null;
}

interface DisclosureRow {
  readonly seq: number;
  readonly ptr: string;
  readonly sd: string;
  readonly salt: Buffer;
  readonly value: Buffer | null;
}

const asRow = ({seq, leaf, line, kind, run}: StoredRow): EvidenceRow => ({
  seq,
  leaf,
  line,
  repeats: {kind, run},
});

function evidenceOf(db: Db, paths: Paths, remembered: Buffer | undefined): Evidence {
  const stored = read(paths, () =>
    db.prepare<[], {size: number; note: Buffer}>('SELECT size, note FROM checkpoint ORDER BY size').all(),
  );
  const notes: EvidenceNote[] = stored.map(({size, note}) => ({
    where: `${paths.db} (checkpoint ${size})`,
    raw: note,
  }));
  if (remembered !== undefined) notes.push({where: paths.checkpoint, raw: remembered});
  const page = db.prepare<[number], StoredRow>(
    `SELECT seq, leaf, line, kind, run FROM entry WHERE seq > ? ORDER BY seq LIMIT ${pageRows}`,
  );
  const disclosed = db.prepare<[number, number], DisclosureRow>(
    'SELECT seq, ptr, sd, salt, value FROM disclosure WHERE seq >= ? AND seq < ?',
  );
  const valueOf = ({value, sd}: DisclosureRow): Buffer | undefined =>
    value ?? (/^[0-9a-f]{64}$/.test(sd) ? realDisk.read(path.join(paths.artifacts, sd)) : undefined);
  return {
    count: read(paths, () => db.prepare<[], number>('SELECT count(*) FROM entry').pluck().get() ?? 0),
    vkeys: realDisk.read(paths.vkey)?.toString(),
    notes,
    hasRemembered: remembered !== undefined,
    async *pages() {
      let last = -1;
      for (;;) {
        const rows = read(paths, () => page.all(last));
        const end = rows.at(-1);
        if (end === undefined) return;
        yield await Promise.resolve(rows.map(asRow));
        last = end.seq;
      }
    },
    disclosures: (from, to) =>
      read(paths, () => disclosed.all(from, to)).map((row): EvidenceDisclosure => {
        return {seq: row.seq, ptr: row.ptr, salt: row.salt, value: valueOf(row)};
      }),
  };
}

const nothing: Omit<Evidence, 'notes' | 'vkeys' | 'hasRemembered'> = {
  count: 0,
  async *pages() {
    // There are no rows.
  },
  disclosures: () => [],
};

/** Opens a data directory for verification. Throws LEDGER_UNREADABLE when it is none, or cannot be read. */
export function openEvidence(given: string): OpenEvidence {
  const paths = directoryOf(given);
  // Before the snapshot, so that it is never newer than the rows.
  const remembered = realDisk.read(paths.checkpoint);
  const note = remembered === undefined ? [] : [{where: paths.checkpoint, raw: remembered}];
  const empty = (): OpenEvidence => ({
    evidence: {
      ...nothing,
      notes: note,
      vkeys: realDisk.read(paths.vkey)?.toString(),
      hasRemembered: note.length > 0,
    },
    close: () => undefined,
  });
  if (realDisk.name(paths.db) === undefined) {
    if (remembered !== undefined) return empty();
    throw unreadable(
      given,
      'is neither a data directory nor a ledger',
      'A data directory holds the file ledger.db.',
    );
  }
  const db = opened(paths);
  if (identify(db) === 'empty') {
    db.close();
    return empty();
  }
  try {
    return {
      evidence: evidenceOf(db, paths, remembered),
      close: () => {
        db.close();
      },
    };
  } catch (error) {
    db.close();
    throw error;
  }
}
