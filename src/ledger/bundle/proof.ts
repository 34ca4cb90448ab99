// Inclusion and consistency proofs of RFC 6962 (sections 2.1.1 and 2.1.2): made from nodes, and what they prove.
import {nodeHash} from '../hash.ts';
import {joined, RangeRoots, subtreesOf, type Subtree} from './range.ts';

/** The root of a full subtree. */
export type NodeAt = (subtree: Subtree) => Uint8Array;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The largest power of two below `count`. */
function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

const isPlace = (index: number, size: number): boolean =>
  Number.isSafeInteger(size) && Number.isSafeInteger(index) && index >= 0 && index < size;

/** The siblings on the way from a leaf to the root, the leaf's first. */
function inclusionRanges(index: number, size: number): readonly Range[] {
  const found: Range[] = [];
  let from = 0;
  let to = size;
  while (to - from > 1) {
    const middle = from + splitOf(to - from);
    if (index < middle) {
      found.push({from: middle, to});
      to = middle;
    } else {
      found.push({from, to: middle});
      from = middle;
    }
  }
  return found.toReversed();
}

function consistencyRanges(first: number, size: number): readonly Range[] {
  const found: Range[] = [];
  let from = 0;
  let to = size;
  let isWhole = true;
  while (first !== to) {
    const middle = from + splitOf(to - from);
    if (first <= middle) {
      found.push({from: middle, to});
      to = middle;
    } else {
      found.push({from, to: middle});
      from = middle;
      isWhole = false;
    }
  }
  if (!isWhole) found.push({from, to});
  return found.toReversed();
}

function rootOfRange({from, to}: Range, nodeAt: NodeAt): Uint8Array {
  const root = joined(subtreesOf(from, to).map(nodeAt));
  if (root === undefined) throw new RangeError('an empty range has no root of its own');
  return root;
}

/** Full subtrees that the proof of this leaf is made from. */
export const neededFor = (index: number, size: number): readonly Subtree[] =>
  inclusionRanges(index, size).flatMap(({from, to}) => subtreesOf(from, to));

/** The inclusion path of a leaf in the tree of `size`. */
export function inclusionProof(index: number, size: number, nodeAt: NodeAt): readonly Uint8Array[] {
  if (!isPlace(index, size)) throw new RangeError(`leaf ${index} is not in a tree of ${size}`);
  return inclusionRanges(index, size).map(range => rootOfRange(range, nodeAt));
}

/** The consistency proof between the trees of `first` and `size` leaves, `0 < first ≤ size`. */
export function consistencyProof(first: number, size: number, nodeAt: NodeAt): readonly Uint8Array[] {
  if (!isPlace(first - 1, size)) throw new RangeError(`a tree of ${size} has no earlier one of ${first}`);
  return consistencyRanges(first, size).map(range => rootOfRange(range, nodeAt));
}

/** The root that an inclusion path leads to; undefined when the path cannot be one of that leaf and size. */
export function rootOfInclusion(claim: {
  readonly index: number;
  readonly size: number;
  readonly leaf: Uint8Array;
  readonly proof: readonly Uint8Array[];
}): Uint8Array | undefined {
  const {index, size, leaf, proof} = claim;
  if (!isPlace(index, size)) return undefined;
  const ranges = inclusionRanges(index, size);
  if (proof.length !== ranges.length) return undefined;
  let root = leaf;
  for (const [i, sibling] of proof.entries()) {
    if (sibling.length !== 32) return undefined;
    root = (ranges[i]?.from ?? 0) > index ? nodeHash(root, sibling) : nodeHash(sibling, root);
  }
  return root;
}

/** The roots of both trees that a consistency proof leads to; undefined when the proof cannot be one of those sizes. */
export function rootsOfConsistency(claim: {
  readonly first: number;
  readonly size: number;
  readonly firstRoot: Uint8Array;
  readonly proof: readonly Uint8Array[];
}): {readonly first: Uint8Array; readonly second: Uint8Array} | undefined {
  const {first, size, firstRoot, proof} = claim;
  if (!isPlace(first - 1, size)) return undefined;
  const ranges = consistencyRanges(first, size);
  if (proof.length !== ranges.length || proof.some(({length}) => length !== 32)) return undefined;
  // The last range on the left edge of what both share: the first tree itself when it is a full subtree.
  const [start] = ranges;
  const hasStart = start?.to === first;
  let older = hasStart ? (proof[0] ?? firstRoot) : firstRoot;
  let newer = older;
  for (const [i, sibling] of proof.entries()) {
    if (i === 0 && hasStart) continue;
    if ((ranges[i]?.from ?? 0) < first) {
      older = nodeHash(sibling, older);
      newer = nodeHash(sibling, newer);
    } else {
      newer = nodeHash(newer, sibling);
    }
  }
  return {first: older, second: newer};
}

/** Keeps the wanted full subtrees of a tree while its leaves go by. */
export class NodeKeeper {
  readonly #wanted: Map<number, Uint8Array | undefined>[] = [];
  readonly #range = new RangeRoots(0, (level, index, root) => {
    const row = this.#wanted[level];
    if (row?.has(index) === true) row.set(index, root);
  });

  constructor(wanted: Iterable<Subtree>) {
    for (const {level, index} of wanted) {
      while (this.#wanted.length <= level) this.#wanted.push(new Map());
      this.#wanted[level]?.set(index, undefined);
    }
  }

  push(leaf: Uint8Array): void {
    this.#range.push(leaf);
  }

  /** The compact range of the leaves so far. */
  roots(): readonly Uint8Array[] {
    return this.#range.roots();
  }

  readonly at: NodeAt = ({level, index}) => {
    const root = this.#wanted[level]?.get(index);
    if (root === undefined) throw new RangeError(`subtree ${index} of level ${level} was not kept`);
    return root;
  };
}
