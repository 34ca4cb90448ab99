// Checkpoints: rows read back from disk, root recomputed from the last checked size, signed, stored, remembered.
import {QdError} from '../domain/error.ts';
import type {LedgerHead} from '../domain/entry.ts';
import {hexOf} from '../ledger/bytes.ts';
import {parseCheckpoint, signCheckpoint, type SignedCheckpoint} from '../ledger/checkpoint.ts';
import {digest} from '../ledger/hash.ts';
import {isSigned, signNote, type Signer} from '../ledger/note.ts';
import {Tree} from '../ledger/tree.ts';
import {keyFor, refreshKeyring, refreshSigner, type Keyring} from './keys.ts';
import {asError, begin, locked, rollback, sizeOf, swapped, type Store} from './state.ts';
import {leafBlocks, type CheckpointRow} from './statements.ts';

const damaged = (message: string): QdError =>
  new QdError('LEDGER_UNREADABLE', message, {
    hint: 'Run: quarterdeck ledger verify. Nothing is signed until that is explained.',
  });

/** Reads a stored or remembered note and checks its signature; throws LEDGER_UNREADABLE. */
export function readCheckpoint(raw: Uint8Array, keyring: Keyring, where: string): SignedCheckpoint {
  const parsed = parseCheckpoint(raw);
  if ('problem' in parsed) throw damaged(`The checkpoint in ${where} cannot be read: ${parsed.problem}.`);
  if (!isSigned(parsed.note, keyFor(keyring, parsed.size)))
    throw damaged(`The checkpoint in ${where} is not signed by this ledger's key.`);
  return parsed;
}

function treeAt(row: CheckpointRow | undefined, store: Store): Tree {
  if (row === undefined) return new Tree();
  const signed = readCheckpoint(row.note, store.keyring, `${store.paths.db}, size ${row.size}`);
  const tree = Tree.from(row.size, row.range);
  if (tree === undefined || !tree.root().equals(signed.root) || signed.size !== row.size) {
    throw damaged(`The stored tree of size ${row.size} does not have the root that was signed.`);
  }
  return tree;
}

/** The tree of `size` entries, from rows that a connection of its own reads back from the file. */
export function readBack(store: Store, newest: CheckpointRow | undefined, size: number): Tree {
  const tree = treeAt(newest, store);
  const reader = store.connect({file: store.paths.db, readonly: true});
  try {
    for (const {lines, lengths, leaves} of leafBlocks(reader, tree.size, size)) {
      if (lines === null || lengths === null || leaves === null) break;
      let at = 0;
      for (const [i, length] of lengths.split(',').entries()) {
        const end = at + 1 + Number(length);
        if (digest(lines.subarray(at, end)) !== leaves.toString('latin1', 32 * i, 32 * i + 32))
          throw damaged(`Entry ${tree.size} no longer has the bytes that were written.`);
        tree.push(leaves, 32 * i);
        at = end;
      }
    }
  } finally {
    reader.close();
  }
  if (tree.size !== size) throw damaged(`Only ${tree.size} of ${size} entries could be read back.`);
  return tree;
}

/** Replaces the remembered checkpoint by the newest stored one, under the write lock, never backwards. */
export function remember(store: Store): void {
  const {disk, paths} = store;
  if (!begin(store)) throw asError(locked(store));
  try {
    refreshKeyring(store);
    const newest = store.sql.newestCheckpoint.get();
    const raw = disk.read(paths.checkpoint);
    const known = raw === undefined ? -1 : readCheckpoint(raw, store.keyring, paths.checkpoint).size;
    if (newest !== undefined && newest.size > known) disk.replace(paths.checkpoint, newest.note);
  } finally {
    rollback(store);
  }
}

export function headOf(store: Store): LedgerHead {
  const size = sizeOf(store.sql);
  const newest = store.sql.newestCheckpoint.get();
  if (newest === undefined) return {size, checkpointSize: 0, checkpointRoot: ''};
  const parsed = parseCheckpoint(newest.note);
  const root = 'problem' in parsed ? '' : hexOf(parsed.root);
  return {size, checkpointSize: newest.size, checkpointRoot: root};
}

/** Signs under the write lock, with the key that is in force then; nothing when a larger one is there meanwhile. */
function addCheckpoint(store: Store, tree: Tree): void {
  if (!begin(store)) throw asError(locked(store));
  try {
    const gone = swapped(store);
    if (gone !== undefined) throw asError(gone);
    const signer = refreshSigner(store);
    const known = store.sql.newestCheckpoint.get()?.size ?? 0;
    if (signer === undefined || known >= tree.size) return;
    storeCheckpoint(store, tree, signer);
    store.sql.commit.run();
  } finally {
    rollback(store);
  }
}

/** Inside a transaction: signs the tree and keeps the note. */
export function storeCheckpoint({sql}: Store, tree: Tree, signer: Signer): void {
  const note = signCheckpoint({size: tree.size, root: tree.root()}, signer);
  sql.addCheckpoint.run(tree.size, tree.range(), Buffer.from(note));
}

/** Signs a checkpoint over everything when there is something new. Throws LEDGER_*. */
export function makeCheckpoint(store: Store): LedgerHead {
  const newest = store.sql.newestCheckpoint.get();
  const size = sizeOf(store.sql);
  store.checkpointed = Math.max(store.checkpointed, newest?.size ?? 0);
  if (store.signer === undefined || store.stopped !== undefined || size === 0) return headOf(store);
  if (newest?.size !== size) {
    refreshKeyring(store);
    addCheckpoint(store, readBack(store, newest, size));
    store.checkpointed = size;
  }
  remember(store);
  return headOf(store);
}

/** Signs a text with the key in force, as a note. Throws LEDGER_*, and ENTRY_INVALID for what reads like a checkpoint. */
export function signText(store: Store, text: string): string {
  const [origin, second = ''] = text.split('\n');
  if (!text.endsWith('\n') || origin !== store.origin || /^\d+$/.test(second)) {
    throw new QdError('ENTRY_INVALID', 'Only a text of this log that is no checkpoint may be signed.', {
      hint: 'This is a bug: report it.',
    });
  }
  if (!begin(store)) throw asError(locked(store));
  try {
    const signer = refreshSigner(store);
    if (signer === undefined) {
      throw new QdError('LEDGER_READ_ONLY', `Nothing can be signed: ${store.readOnly ?? ''}.`, {
        hint: 'Check the mount and the permissions of the data directory.',
      });
    }
    return signNote(text, signer);
  } finally {
    rollback(store);
  }
}
