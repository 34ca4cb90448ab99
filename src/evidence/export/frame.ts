// What stands around a slice: what proves its place in the log, and the entries outside it that a verifier needs.
import type {LedgerSnapshot, SnapshotRow} from '../../domain/snapshot.ts';
import {contextLine} from '../../ledger/bundle/written-lines.ts';
import {inclusionProof, neededFor, NodeKeeper} from '../../ledger/bundle/proof.ts';
import {RangeRoots} from '../../ledger/bundle/range.ts';
import {textOf} from '../../ledger/bytes.ts';
import {fieldsOf, isFields} from '../../ledger/form.ts';

export interface Slice {
  readonly from: number;
  readonly to: number;
  readonly size: number;
}

export interface Frame {
  readonly left: readonly Uint8Array[];
  readonly right: readonly Uint8Array[];
  /** Lines of context.jsonl; empty for a whole log. */
  readonly context: readonly string[];
  /** The lowest entry that says that a value of the slice was erased, by `seq` and pointer of the value. */
  readonly erased: ReadonlyMap<string, number>;
  readonly rotations: number;
}

export const isWhole = ({from, to, size}: Slice): boolean => from === 0 && to === size;

export const placeKey = (seq: number, ptr: string): string => `${seq} ${ptr}`;

interface Outside {
  readonly seq: number;
  readonly line: string;
}

/** Places `{seq, ptr}` that a redact or retention entry says were erased. */
function placesOf(kind: unknown, body: unknown): readonly {readonly seq: number; readonly ptr: string}[] {
  if (!isFields(body)) return [];
  const {erased} = body;
  const named: readonly unknown[] =
    kind === 'redact' ? [body] : kind === 'retention.apply' && Array.isArray(erased) ? erased : [];
  return named.flatMap(place => {
    if (!isFields(place)) return [];
    const {seq, ptr} = place;
    return typeof seq === 'number' && typeof ptr === 'string' ? [{seq, ptr}] : [];
  });
}

const isIn = (seq: number, {from, to}: Slice): boolean => seq >= from && seq < to;

function needed(snapshot: LedgerSnapshot, slice: Slice) {
  const outside: Outside[] = [];
  const erased = new Map<string, number>();
  let rotations = 0;
  const add = ({seq, line}: SnapshotRow): void => {
    const text = textOf(line);
    if (!isIn(seq, slice) && text !== undefined) outside.push({seq, line: text});
  };
  if (slice.from > 0) for (const page of snapshot.rows(0, 1)) page.forEach(add);
  for (const page of snapshot.ofKinds(['key.rotate', 'redact', 'retention.apply'], slice.size)) {
    for (const row of page) {
      const {kind, body} = fieldsOf(row.line)?.fields ?? {};
      const places = placesOf(kind, body).filter(({seq}) => isIn(seq, slice));
      for (const {seq, ptr} of places) {
        const key = placeKey(seq, ptr);
        if (!erased.has(key)) erased.set(key, row.seq);
      }
      if (kind === 'key.rotate') rotations += 1;
      if (kind === 'key.rotate' || places.length > 0) add(row);
    }
  }
  return {outside, erased, rotations};
}

/** One pass over all leaves, when the slice is not the whole log. `onPage` hears how many were read. */
export async function frameOf(
  snapshot: LedgerSnapshot,
  slice: Slice,
  onPage: (done: number) => Promise<void>,
): Promise<Frame> {
  const {outside, erased, rotations} = needed(snapshot, slice);
  if (isWhole(slice)) return {left: [], right: [], context: [], erased, rotations};
  const {from, to, size} = slice;
  const nodes = new NodeKeeper(outside.flatMap(({seq}) => neededFor(seq, size)));
  const right = new RangeRoots(to);
  let left: readonly Uint8Array[] = [];
  let at = 0;
  for (const page of snapshot.leaves(0, size)) {
    for (const leaf of page) {
      if (at === from) left = nodes.roots();
      nodes.push(leaf);
      if (at >= to) right.push(leaf);
      at += 1;
    }
    await onPage(at);
  }
  const context = outside.map(({seq, line}) => contextLine(line, inclusionProof(seq, size, nodes.at)));
  return {left, right: right.roots(), context, erased, rotations};
}
