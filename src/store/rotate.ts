// A new signing key: one transaction holds the entry that introduces it and the last checkpoint of the old one.
import {QdError} from '../domain/error.ts';
import {leafHash} from '../ledger/hash.ts';
import {commit} from '../ledger/commitment.ts';
import {draftOf} from '../ledger/line.ts';
import {rotationText, signerFrom, signNote, type Signer} from '../ledger/note.ts';
import {appendAll} from './append.ts';
import {refreshSigner, settleKeys} from './keys.ts';
import type {Rotation, WireEntry, WireRow} from './protocol.ts';
import {readBack, remember, storeCheckpoint} from './seal.ts';
import {asError, begin, failed, locked, rollback, type Store} from './state.ts';

export interface Rotated {
  readonly vkey: string;
  readonly seq: number;
}

function entryOf(
  store: Store,
  {stamp, reason, salt}: Rotation,
  old: Signer,
  next: Signer,
  seq: number,
): WireEntry {
  const note = signNote(rotationText(store.origin, seq, next.vkey), old);
  const disclosed = [{ptr: '/body/reason', value: reason, salt}];
  const committed = commit({vkey: next.vkey, note}, disclosed, () => salt);
  if ('problem' in committed) throw new QdError('ENTRY_INVALID', `${committed.problem}.`);
  const draft = draftOf(store.origin, stamp, {kind: 'key.rotate', body: committed.body});
  if ('problem' in draft) throw new QdError('ENTRY_INVALID', `${draft.problem}.`);
  return {...draft, disclosures: committed.disclosures};
}

/** The files follow what is committed; the next opening does it again where that fails. */
function settle(store: Store, seq: number): void {
  if (!begin(store)) throw asError(locked(store));
  try {
    settleKeys(store);
  } catch (error) {
    throw new QdError(
      'FILE_UNWRITABLE',
      `The new key of entry ${seq} is in force, but the files in ${store.paths.keys} could not all be brought up to date, so the old key may still be there.`,
      {
        hint: 'Make sure that the disk has room and can be written; the next start finishes it.',
        cause: error,
      },
    );
  } finally {
    rollback(store);
  }
}

/**
 * The order makes a crash harmless: the new key is on disk before the entry that names it; the entry and the old key's
 * last checkpoint are one commit; only then the files follow. Throws LEDGER_*, FILE_UNWRITABLE.
 */
export function rotateKey(store: Store, rotation: Rotation): Rotated {
  const {disk, paths, origin} = store;
  const {session, actor, ts} = rotation.stamp;
  const next = signerFrom(origin, rotation.seed);
  let old: Signer | undefined;
  const entries = (seq: number): readonly WireEntry[] => {
    old = refreshSigner(store);
    if (old === undefined) throw new Error('a ledger that is read only has no key to change');
    disk.replace(paths.nextKey, `${next.text}\n`);
    return [entryOf(store, rotation, old, next, seq)];
  };
  const then = ([row]: readonly WireRow[]): void => {
    if (row === undefined || old === undefined) throw new Error('the rotation was not inserted');
    // The rest is read back from the file; this entry is in nobody's view but this connection's.
    const tree = readBack(store, store.sql.newestCheckpoint.get(), row.seq);
    tree.push(leafHash(Buffer.from(row.line)));
    storeCheckpoint(store, tree, old);
  };
  const append = {entries: [], session, operator: actor.operator, ts, inside: {entries, then}};
  const [result] = appendAll(store, [append]);
  if (result?.ok !== true) throw failed(result);
  const seq = result.rows[0]?.seq ?? -1;
  settle(store, seq);
  remember(store);
  return {vkey: next.vkey, seq};
}
