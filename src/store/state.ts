// One open ledger inside the worker: its connection, its files, and whether it may still be written.
import {QdError} from '../domain/error.ts';
import type {Signer} from '../ledger/note.ts';
import {busyRounds, isBusy, type Connect, type Db} from './connect.ts';
import type {Disk, FileName, Held} from './disk.ts';
import type {Keyring} from './keys.ts';
import type {Paths} from './paths.ts';
import type {OpenSpec, Trouble, WireAppend, WireEntry, WireResult, WireRow} from './protocol.ts';
import {prepare, type Statements} from './statements.ts';

export interface Refusal {
  readonly ok: false;
  readonly why: Trouble;
  readonly message: string;
  readonly hint: string;
}

/** A file of the database: what its path named when it was opened, and the descriptor that has it open. */
interface OpenFile {
  readonly name: FileName | undefined;
  readonly held: Held | undefined;
}

/** What the worker itself adds to an append: looked at, and done, under the write lock. */
export interface Inside {
  /** Why it may not be written after all. */
  readonly refuse?: () => Refusal | undefined;
  /** The entries, where they depend on their place; in the place of those of the request. */
  readonly entries?: (seq: number) => readonly WireEntry[];
  /** Done in the same transaction, after the entries. */
  readonly then?: (rows: readonly WireRow[]) => void;
}

export interface StoreAppend extends WireAppend {
  readonly inside?: Inside;
}

export interface Tools {
  readonly disk: Disk;
  readonly connect: Connect;
}

export interface Store extends Tools {
  readonly spec: OpenSpec;
  readonly paths: Paths;
  readonly origin: string;
  readonly readOnly: string | undefined;
  /** Highest number of pages SQLite may use, as it was at opening. */
  readonly pageLimit: number;
  /** As of the last look: another process may have put a new key in force since (`refreshKeys`). */
  keyring: Keyring;
  /** Absent when it is opened for reading only. */
  signer: Signer | undefined;
  db: Db;
  sql: Statements;
  names: {readonly db: OpenFile; readonly wal: OpenFile};
  /** Set when nothing may be written any more. */
  stopped: Refusal | undefined;
  /** Size of the newest checkpoint known here. */
  checkpointed: number;
}

export const refusal = (why: Trouble, message: string, hint: string): Refusal => ({
  ok: false,
  why,
  message,
  hint,
});

const openFile = (disk: Disk, file: string): OpenFile => ({name: disk.name(file), held: disk.held(file)});

export function namesOf(disk: Disk, paths: Paths): Store['names'] {
  return {db: openFile(disk, paths.db), wal: openFile(disk, paths.wal)};
}

const same = (a: OpenFile, b: OpenFile): boolean =>
  a.name?.dev === b.name?.dev && a.name?.ino === b.name?.ino;

/** Why the open database is not the one that its path names any more; undefined when it is. */
export function swapped(store: Store): Refusal | undefined {
  const {disk, names} = store;
  const inPlace = ({held}: OpenFile): boolean => held !== undefined && disk.isInPlace(held);
  if (inPlace(names.db) && inPlace(names.wal)) return undefined;
  const now = namesOf(disk, store.paths);
  if (same(now.db, names.db) && same(now.wal, names.wal)) {
    store.names = now;
    return undefined;
  }
  const what =
    now.db.name === undefined || now.wal.name === undefined ? 'was deleted' : 'was replaced by another file';
  return refusal(
    'swapped',
    `The ledger ${store.paths.db} ${what} while it was open; nothing more is written to it.`,
    'Leave every console of this data directory, then find out who did that: quarterdeck ledger verify.',
  );
}

/** Starts a write transaction; false when another process held the lock all the time. */
export function begin(store: Store): boolean {
  for (let round = 0; round < busyRounds; round++) {
    try {
      store.sql.begin.run();
      return true;
    } catch (error) {
      if (!isBusy(error)) throw error;
    }
  }
  return false;
}

export function rollback(store: Store): void {
  if (store.db.open && store.db.inTransaction) store.sql.rollback.run();
}

export const locked = (store: Store): Refusal =>
  refusal(
    'locked',
    `Another process keeps the ledger ${store.paths.db} locked.`,
    'Find it with: fuser ' + store.paths.db + ' (or lsof), and let it finish.',
  );

export function sizeOf(sql: Statements): number {
  return (sql.last.get()?.seq ?? -1) + 1;
}

/** Opens the file again after a failed commit; throws when that cannot be done. */
export function reopen(store: Store): void {
  try {
    store.db.close();
  } finally {
    const pragmas = store.spec.pragmas;
    store.db = store.connect({file: store.paths.db, readonly: false, pragmas});
    store.sql = prepare(store.db);
    // A read makes the write-ahead log exist, so that its name can be remembered.
    sizeOf(store.sql);
    const names = namesOf(store.disk, store.paths);
    if (!same(names.db, store.names.db)) store.stopped = swapped(store);
    store.names = names;
  }
}

export const asError = ({why, message, hint}: Refusal): QdError => {
  const codes = {
    full: 'LEDGER_FULL',
    'read-only': 'LEDGER_READ_ONLY',
    swapped: 'LEDGER_SWAPPED',
    locked: 'LEDGER_LOCKED',
    invalid: 'ENTRY_INVALID',
    behind: 'LEDGER_BEHIND',
    unknown: 'LEDGER_UNKNOWN_COMMIT',
  } as const;
  return new QdError(codes[why], message, {hint});
};

/** What an append that the worker made for itself says when it was refused. */
export function failed(result: WireResult | undefined): QdError {
  if (result === undefined || result.ok) return new QdError('LEDGER_WORKER', 'The append was not answered.');
  if ('hint' in result) return asError(result);
  return new QdError('LEDGER_UNKNOWN_COMMIT', result.message, {hint: 'Try again.'});
}
