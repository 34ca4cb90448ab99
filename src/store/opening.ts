// Opening a ledger: which file it is, whether it is where it should be and as long as it was, and who signs.
import {QdError} from '../domain/error.ts';
import {parseJson} from '../ledger/json.ts';
import {identify, isBusy, isDamaged, isFull, isReadOnly, sqliteCode, type Db} from './connect.ts';
import {createLedger} from './create.ts';
import {finishErasures} from './erase.ts';
import {
  areKeysUnsettled,
  assertVkeys,
  keyringOf,
  readSigner,
  settleKeys,
  signerOf,
  type Keyring,
} from './keys.ts';
import {assertPlainFile, assertSafeDir, pathsOf, realPath, type Paths} from './paths.ts';
import type {OpenSpec} from './protocol.ts';
import {readCheckpoint} from './seal.ts';
import {begin, namesOf, rollback, sizeOf, type Store, type Tools} from './state.ts';
import {prepare, type Statements} from './statements.ts';

const newOrigin =
  'Run: quarterdeck ledger verify. If the entries are lost for good, start again with a new origin that names the old one: quarterdeck ledger new-origin --reason "…"';

const unreadable = (file: string, why: string, hint: string, cause?: unknown): QdError =>
  new QdError('LEDGER_UNREADABLE', `${file} ${why}.`, {hint, file, cause});

const moveAway = 'Nothing was changed. Move the file away, or name another data directory with --home.';

/** Translates what SQLite says about a file that cannot be used. */
export function asOpenError(error: unknown, file: string): unknown {
  if (error instanceof QdError) return error;
  if (isDamaged(error)) return unreadable(file, 'is not a database, or is damaged', moveAway, error);
  if (isBusy(error)) {
    return new QdError('LEDGER_LOCKED', `Another process keeps ${file} locked.`, {
      hint: `Find it with: fuser ${file}`,
      cause: error,
    });
  }
  if (isReadOnly(error))
    return unreadable(file, 'cannot be opened', 'Check its permissions and the mount.', error);
  const code = failureCode(error);
  if (code === undefined) return error;
  const said = error instanceof Error ? error.message.split('\n')[0] : '';
  const isFullDisk = isFull(error);
  return new QdError(
    isFullDisk ? 'LEDGER_FULL' : 'LEDGER_UNREADABLE',
    isFullDisk
      ? `The disk of ${file} is full: the ledger cannot be opened (${said}).`
      : `${file} cannot be read or written: the disk failed (${said}, ${code}).`,
    {
      hint: isFullDisk
        ? 'Free some room on that disk; what was recorded is not affected.'
        : 'Look at the disk (dmesg), then start again: what was acknowledged is read anew and checked.',
      file,
      cause: error,
    },
  );
}

/** The code of what SQLite or the file system says; undefined for another error, which is a bug of ours. */
function failureCode(error: unknown): string | undefined {
  const sqlite = sqliteCode(error);
  if (sqlite !== undefined) return sqlite;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /^E[A-Z]{2,}$/.test(code) ? code : undefined;
}

interface Connected {
  readonly db: Db;
  readonly readOnly: string | undefined;
}

/** Opens for writing when asked and possible, else for reading. */
function connectFor(spec: OpenSpec, paths: Paths, {connect}: Tools): Connected {
  const {pragmas} = spec;
  if (spec.mode === 'read')
    return {db: connect({file: paths.db, readonly: true}), readOnly: 'it was opened for reading only'};
  try {
    const db = connect({file: paths.db, readonly: false, pragmas});
    const queryOnly = db.pragma('query_only', {simple: true}) === 1;
    return {db, readOnly: queryOnly ? 'the database refuses to be written' : undefined};
  } catch (error) {
    if (!isReadOnly(error)) throw error;
    const why = error instanceof Error ? error.message : String(error);
    return {
      db: connect({file: paths.db, readonly: true}),
      readOnly: `the database cannot be written (${why})`,
    };
  }
}

interface Genesis {
  readonly log: string;
  readonly path: string;
}

function textAt(value: unknown, ...keys: string[]): string {
  let place: unknown = value;
  for (const key of keys) {
    place =
      typeof place === 'object' && place !== null
        ? Object.entries(place).find(([name]) => name === key)?.[1]
        : undefined;
  }
  return typeof place === 'string' ? place : '';
}

function parsedLine(line: Buffer, file: string): unknown {
  try {
    return parseJson(line.toString());
  } catch (error) {
    throw unreadable(file, 'holds an entry that is not JSON', 'Run: quarterdeck ledger verify', error);
  }
}

function genesisOf(sql: Statements, file: string): Genesis {
  const first = sql.entry.get(0);
  if (first === undefined) throw unreadable(file, 'is a ledger without its first entry', newOrigin);
  const entry = parsedLine(first.line, file);
  const moved = sql.newestOf.get('ledger.recover');
  const path =
    moved === undefined
      ? textAt(entry, 'body', 'path')
      : textAt(parsedLine(moved.line, file), 'body', 'path');
  return {log: textAt(entry, 'log'), path};
}

const behind = (paths: Paths, what: string, known: number): QdError =>
  new QdError(
    'LEDGER_BEHIND',
    `${what}, but ${paths.checkpoint} remembers a checkpoint of ${known}: entries are missing.`,
    {hint: newOrigin},
  );

function assertNotBehind(sql: Statements, paths: Paths, raw: Buffer | undefined, keyring: Keyring): void {
  if (raw === undefined) return;
  const known = readCheckpoint(raw, keyring, paths.checkpoint);
  const size = sizeOf(sql);
  if (size < known.size) throw behind(paths, `The ledger ${paths.db} holds ${size} entries`, known.size);
  if (sql.checkpointAt.get(known.size) === undefined) {
    throw behind(
      paths,
      `The ledger ${paths.db} does not know the checkpoint that was signed last`,
      known.size,
    );
  }
}

/** A database that is not there, or empty, is made; unless a checkpoint says that there was one. */
function assertMayCreate(paths: Paths, tools: Tools, what: string): void {
  if (tools.disk.read(paths.checkpoint) !== undefined)
    throw behind(paths, `The ledger ${paths.db} ${what}`, 1);
}

/** Opens, or creates, the ledger of a data directory. Throws HOME_UNSAFE and LEDGER_*. */
export function openStore(spec: OpenSpec, tools: Tools): Store {
  const paths = pathsOf(spec.dir);
  assertSafeDir(spec.dir, spec.uid);
  assertPlainFile(paths.db);
  const before = tools.disk.name(paths.db);
  if (before === undefined) {
    assertMayCreate(paths, tools, 'does not exist');
    if (spec.mode === 'read')
      throw unreadable(paths.db, 'does not exist yet', 'Nothing was recorded here so far.');
  }
  try {
    const {db, readOnly} = connectFor(spec, paths, tools);
    try {
      return storeOn(db, readOnly, spec, paths, tools, before);
    } catch (error) {
      db.close();
      throw error;
    }
  } catch (error) {
    throw asOpenError(error, paths.db);
  }
}

function storeOn(
  db: Db,
  readOnly: string | undefined,
  spec: OpenSpec,
  paths: Paths,
  tools: Tools,
  before: {readonly ino: number} | undefined,
): Store {
  const what = identify(db);
  if (typeof what === 'object') throw unreadable(paths.db, what.problem, moveAway);
  if (what === 'empty') {
    if (readOnly !== undefined) throw unreadable(paths.db, 'is empty', 'Nothing was recorded here so far.');
    assertMayCreate(paths, tools, 'is empty');
    createLedger(db, spec, paths, tools);
  }
  const sql = prepare(db);
  const genesis = genesisOf(sql, paths.db);
  // Read before the entries, so that they are never newer than these.
  const vkeys = tools.disk.read(paths.vkey);
  const remembered = tools.disk.read(paths.checkpoint);
  const keys = (): Keyring => keyringOf(sql, genesis.log, paths.db);
  const keyring = keys();
  assertVkeys(vkeys, paths, keyring);
  const names = namesOf(tools.disk, paths);
  if (before !== undefined && names.db.name?.ino !== before.ino) {
    throw unreadable(paths.db, 'was replaced while it was opened', 'Try again.');
  }
  const writes = readOnly === undefined;
  if (writes) {
    assertNotBehind(sql, paths, remembered, keyring);
    assertHere(genesis, spec);
  }
  const store: Store = {
    ...tools,
    spec,
    paths,
    origin: genesis.log,
    keyring,
    signer: writes
      ? (signerOf(tools, paths, keyring.verifiers.at(-1)?.vkey) ?? readSigner(tools, paths, keys()))
      : undefined,
    readOnly,
    pageLimit: Number(db.pragma('max_page_count', {simple: true})),
    db,
    sql,
    names,
    stopped: undefined,
    checkpointed: sql.newestCheckpoint.get()?.size ?? 0,
  };
  // The first lock makes the write-ahead log exist, so that its name is known from now on.
  if (writes && begin(store)) {
    try {
      if (areKeysUnsettled(store)) settleKeys(store);
    } finally {
      rollback(store);
    }
    store.names = namesOf(tools.disk, paths);
    finishErasures(store);
  }
  return store;
}

/** Where this ledger was when it last said so; undefined when it still is there. */
export function movedFrom(store: Store): string | undefined {
  const {path} = genesisOf(store.sql, store.paths.db);
  return path === realPath(store.spec.dir) ? undefined : path;
}

function assertHere({path}: Genesis, {dir, adopt}: OpenSpec): void {
  if (adopt || path === realPath(dir)) return;
  throw new QdError(
    'LEDGER_ELSEWHERE',
    `The ledger in ${dir} says that it belongs in ${path}: it may be a copy.`,
    {
      hint: 'If you moved it on purpose: quarterdeck ledger checkpoint --adopt. A copy must not be written.',
    },
  );
}
