// A new log in place of one that must not be written any more. The old one is moved aside whole; nothing is lost.
import fs from 'node:fs';
import path from 'node:path';
import {QdError} from '../domain/error.ts';
import {hexOf} from '../ledger/bytes.ts';
import {parseCheckpoint} from '../ledger/checkpoint.ts';
import {fieldsOf} from '../ledger/form.ts';
import {saltBytes} from '../ledger/commitment.ts';
import type {NewOrigin} from '../ports.ts';
import {connect, identify, type Db} from './connect.ts';
import {realDisk} from './disk.ts';
import {openLedger, type OpenLedgerOptions} from './ledger.ts';
import {assertSafeDir, pathsOf, type Paths} from './paths.ts';
import type {WireFollows} from './protocol.ts';
import {prepare} from './statements.ts';

type Old = Pick<WireFollows, 'log' | 'size' | 'leaf'>;

/** The head of the old log, read under its write lock; undefined when it is no ledger that can be read. */
function headOf(db: Db): Old | undefined {
  const sql = prepare(db);
  sql.begin.run();
  const first = sql.entry.get(0);
  const last = sql.last.get();
  const log = first === undefined ? undefined : fieldsOf(first.line)?.fields['log'];
  if (last === undefined || typeof log !== 'string') return undefined;
  return {log, size: last.seq + 1, leaf: last.leaf.toString('hex')};
}

function openOld(paths: Paths): Db | undefined {
  if (realDisk.name(paths.db) === undefined) return undefined;
  try {
    const db = connect({file: paths.db, readonly: false});
    if (identify(db) === 'ledger') return db;
    db.close();
  } catch {
    // What cannot be opened is moved aside as it is.
  }
  return undefined;
}

function rememberedIn(paths: Paths): (WireFollows['checkpoint'] & {readonly log?: string}) | undefined {
  const raw = realDisk.read(paths.checkpoint);
  const parsed = raw === undefined ? undefined : parseCheckpoint(raw);
  if (parsed === undefined || 'problem' in parsed) return undefined;
  return {size: parsed.size, root: hexOf(parsed.root), log: parsed.origin};
}

/** Moves everything that belongs to the old log into a folder of its own; returns the folder. */
function moveAside(paths: Paths, name: string): string {
  const aside = path.join(paths.dir, 'superseded', name);
  if (realDisk.name(aside) !== undefined) {
    throw new QdError('HOME_UNSAFE', `${aside} exists already.`, {
      hint: 'Move it to another place first.',
      file: aside,
    });
  }
  realDisk.makeDir(aside);
  const {db, wal, checkpoint, vkey, keys, artifacts, spool, erasing} = paths;
  for (const from of [db, wal, `${db}-shm`, checkpoint, vkey, keys, artifacts, spool, erasing]) {
    if (realDisk.name(from) !== undefined) fs.renameSync(from, path.join(aside, path.basename(from)));
  }
  return aside;
}

/** Moves the old log aside and starts a new one whose first entry names it. Throws HOME_UNSAFE and LEDGER_*. */
export async function newOrigin(options: OpenLedgerOptions, uid: number, reason: string): Promise<NewOrigin> {
  const {dir, random} = options;
  const paths = pathsOf(dir);
  assertSafeDir(dir, uid);
  const remembered = rememberedIn(paths);
  if (realDisk.name(paths.db) === undefined && remembered === undefined) {
    throw new QdError('LEDGER_UNREADABLE', `${dir} holds no ledger that a new one could follow.`, {
      hint: 'The first one is made by itself when something is recorded.',
    });
  }
  const db = openOld(paths);
  let old: Old | undefined;
  let aside: string;
  try {
    old = db === undefined ? undefined : headOf(db);
    const name = old?.log.split('/').at(-1) ?? `unreadable-${Buffer.from(random.bytes(4)).toString('hex')}`;
    aside = moveAside(paths, name);
  } finally {
    db?.close();
  }
  const named = old ?? (remembered?.log === undefined ? undefined : {log: remembered.log, size: 0});
  const follows: WireFollows = {
    log: named?.log ?? 'unreadable',
    size: named?.size ?? 0,
    ...(old?.leaf === undefined ? {} : {leaf: old.leaf}),
    ...(remembered === undefined ? {} : {checkpoint: {size: remembered.size, root: remembered.root}}),
    reason,
    salt: random.bytes(saltBytes),
  };
  const ledger = await openLedger({...options, mode: 'write', follows});
  await ledger.close();
  const vkey = realDisk.read(paths.vkey)?.toString().trim() ?? '';
  return {origin: ledger.origin, vkey, aside, follows: named};
}
