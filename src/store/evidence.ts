// A data directory as a verification reads it: read-only, in one snapshot, nothing believed.
import type {Evidence, EvidenceNote} from '../domain/evidence.ts';
import {identify, type Db} from './connect.ts';
import {realDisk} from './disk.ts';
import {directoryOf, holdSnapshot, openToLook, unreadable} from './evidence-open.ts';
import {evidenceRows, reading} from './evidence-rows.ts';
import {completeVkeys} from './keys.ts';
import type {Paths} from './paths.ts';
import {scanInThreads, type ScanThreads} from './scan-threads.ts';

export interface OpenEvidence {
  readonly evidence: Evidence;
  readonly close: () => void;
}

async function* inTurn<T>(pages: Iterable<T>): AsyncIterable<T> {
  for (const page of pages) yield await Promise.resolve(page);
}

interface Opened {
  readonly db: Db;
  /** Tells whether something was committed since before `db` took its snapshot. */
  readonly watcher: Db;
  readonly version: unknown;
  readonly paths: Paths;
  /** What ledger.vkey held before the snapshot. */
  readonly vkeys: string | undefined;
}

const versionOf = (watcher: Db): unknown => watcher.pragma('data_version', {simple: true});

/** The database in one snapshot, or undefined when it is still empty. */
function opened(paths: Paths): Opened | undefined {
  const vkeys = realDisk.read(paths.vkey)?.toString();
  const watcher = openToLook(paths);
  let db: Db | undefined;
  try {
    const version = versionOf(watcher);
    db = openToLook(paths);
    reading(paths, () => {
      if (db !== undefined) holdSnapshot(db);
    });
    const what = identify(db);
    if (what === 'ledger') return {db, watcher, version, paths, vkeys};
    if (what !== 'empty') throw unreadable(paths.db, what.problem, 'Name a data directory of Quarterdeck.');
  } catch (error) {
    watcher.close();
    db?.close();
    throw error;
  }
  watcher.close();
  db.close();
  return undefined;
}

function evidenceOf(
  {db, watcher, version, paths, vkeys}: Opened,
  remembered: readonly EvidenceNote[],
  threads: ScanThreads | undefined,
): Evidence {
  const stored = reading(paths, () =>
    db.prepare<[], {size: number; note: Buffer}>('SELECT size, note FROM checkpoint ORDER BY size').all(),
  );
  const notes: EvidenceNote[] = stored.map(({size, note}) => ({
    where: `${paths.db} (checkpoint ${size})`,
    raw: note,
  }));
  const rows = evidenceRows(db, paths);
  const {count, isDense} = rows.extent();
  return {
    count,
    vkeys: reading(paths, () => completeVkeys(vkeys, db)),
    notes: [...notes, ...remembered],
    hasRemembered: remembered.length > 0,
    pages: () => inTurn(rows.pages()),
    ...(isDense ? {packs: () => inTurn(rows.packs(0, count))} : {}),
    ...(isDense && threads !== undefined
      ? {
          pieces: async job => {
            const isSame = (): boolean => versionOf(watcher) === version;
            return scanInThreads({dir: paths.dir, count, threads, isSame, rows}, job);
          },
        }
      : {}),
    disclosures: rows.disclosures,
  };
}

/**
 * Opens a data directory for verification; long logs are read by `threads`, when they are given. Throws
 * LEDGER_UNREADABLE when it is none, or cannot be read.
 */
export function openEvidence(given: string, threads?: ScanThreads): OpenEvidence {
  const paths = directoryOf(given);
  // Before the snapshot, so that it is never newer than the rows.
  const remembered = realDisk.read(paths.checkpoint);
  const note = remembered === undefined ? [] : [{where: paths.checkpoint, raw: remembered}];
  const empty = (): OpenEvidence => ({
    evidence: {
      count: 0,
      pages: () => inTurn([]),
      disclosures: () => [],
      notes: note,
      vkeys: realDisk.read(paths.vkey)?.toString(),
      hasRemembered: note.length > 0,
    },
    close: () => undefined,
  });
  if (realDisk.name(paths.db) === undefined) {
    if (remembered !== undefined) return empty();
    const hint = 'A data directory holds the file ledger.db.';
    throw unreadable(given, 'is neither a data directory nor a ledger', hint);
  }
  const found = opened(paths);
  if (found === undefined) return empty();
  const close = (): void => {
    found.db.close();
    found.watcher.close();
  };
  try {
    return {evidence: evidenceOf(found, note, threads), close};
  } catch (error) {
    close();
    throw error;
  }
}
