// The ledger inside the worker: synchronous, one call at a time. Tests drive it with a failing disk.
import {QdError} from '../domain/error.ts';
import type {EntryQuery, LedgerHead} from '../domain/entry.ts';
import {draftOf} from '../ledger/line.ts';
import {appendAll} from './append.ts';
import {valueOf} from './artifacts.ts';
import {connect as realConnect} from './connect.ts';
import {realDisk} from './disk.ts';
import {erase} from './erase.ts';
import {movedFrom, openStore} from './opening.ts';
import {realPath} from './paths.ts';
import type {
  Opened,
  OpenSpec,
  Place,
  Rotation,
  WireAppend,
  WireErased,
  WireResult,
  WireRow,
} from './protocol.ts';
import {hasReserve} from './reserve.ts';
import {rotateKey, type Rotated} from './rotate.ts';
import {headOf, makeCheckpoint, signText} from './seal.ts';
import {asError, refusal, sizeOf, type Store, type Tools} from './state.ts';
import {select, type EntryRow} from './statements.ts';

const asRow = ({seq, leaf, line}: EntryRow): WireRow => ({
  seq,
  line: line.toString(),
  leaf: leaf.toString('hex'),
});

export class LedgerCore {
  readonly #store: Store;

  constructor(spec: OpenSpec, tools: Tools = {disk: realDisk, connect: realConnect}) {
    this.#store = openStore(spec, tools);
    try {
      if (this.#store.readOnly === undefined) this.#settleIn(spec);
    } catch (error) {
      this.#store.db.close();
      throw error;
    }
  }

  #settleIn({adopt, stamp}: OpenSpec): void {
    const from = movedFrom(this.#store);
    if (adopt && from !== undefined) this.#recover(from, stamp);
    if (this.#store.checkpointed === 0) makeCheckpoint(this.#store);
  }

  /** Records that the directory was moved on purpose. */
  #recover(from: string, stamp: OpenSpec['stamp']): void {
    const body = {why: 'adopted', from, path: realPath(this.#store.spec.dir)};
    const draft = draftOf(this.#store.origin, stamp, {kind: 'ledger.recover', body});
    if ('problem' in draft) throw new QdError('ENTRY_INVALID', `${draft.problem}.`);
    const {session, actor, ts} = stamp;
    const [result] = this.append([
      {entries: [{...draft, disclosures: []}], session, operator: actor.operator, ts},
    ]);
    if (result?.ok === false) {
      const hint = 'hint' in result ? result.hint : '';
      throw asError(
        refusal('why' in result && result.why === 'full' ? 'full' : 'unknown', result.message, hint),
      );
    }
  }

  get opened(): Opened {
    const {origin, readOnly, keyring} = this.#store;
    return {origin, readOnly, vkey: keyring.verifiers.at(-1)?.vkey ?? '', head: headOf(this.#store)};
  }

  /** `more`, called while a commit is due, may add to `requests` what is to go into the same commit. */
  append(requests: readonly WireAppend[], more?: () => void): WireResult[] {
    return appendAll(this.#store, requests, more);
  }

  /** How many entries were appended since the newest checkpoint; 0 where none is made. */
  get unsealed(): number {
    return this.unsealedUpTo(sizeOf(this.#store.sql));
  }

  /** The same where the size is known already. */
  unsealedUpTo(size: number): number {
    const {stopped, readOnly, checkpointed} = this.#store;
    return stopped === undefined && readOnly === undefined ? size - checkpointed : 0;
  }

  checkpoint(): LedgerHead {
    return makeCheckpoint(this.#store);
  }

  head(): LedgerHead {
    return headOf(this.#store);
  }

  read(query: EntryQuery): WireRow[] {
    return select(this.#store.db, query).map(asRow);
  }

  disclosure(seq: number, ptr: string): Uint8Array | undefined {
    const {sql, disk, paths} = this.#store;
    const row = sql.disclosure.get(seq, ptr);
    return row === undefined ? undefined : valueOf(disk, paths, row);
  }

  /** Signs a text with the key in force; never one that could pass for a checkpoint. */
  sign(text: string): string {
    return signText(this.#store, text);
  }

  erase(append: WireAppend, places: readonly Place[], asOf: number): WireErased {
    return erase(this.#store, append, places, asOf);
  }

  rotateKey(rotation: Rotation): Rotated {
    return rotateKey(this.#store, rotation);
  }

  /** Nothing is written from now on, because of `error`. */
  stop(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#store.stopped = refusal('unknown', message, 'Run: quarterdeck ledger verify');
  }

  /** Takes the room for bad times, when it is there; called when there is time, since it writes a large file. */
  takeReserve(): boolean {
    return this.#store.readOnly === undefined && hasReserve(this.#store);
  }

  close(): void {
    if (this.#store.db.open) this.#store.db.close();
  }
}
