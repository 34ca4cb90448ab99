// Compact ranges of RFC 6962 trees: the roots of the maximal aligned subtrees that cover a run of leaves.
import {nodeHash} from '../hash.ts';
import type {Tree} from '../tree.ts';

/** A full subtree: it covers the leaves `index * 2^level` to before `(index + 1) * 2^level`. */
export interface Subtree {
  readonly level: number;
  readonly index: number;
}

/** The maximal aligned subtrees that cover `[from, to)`, left to right. */
export function subtreesOf(from: number, to: number): readonly Subtree[] {
  const found: Subtree[] = [];
  let at = from;
  while (at < to) {
    let level = 0;
    let width = 1;
    while (at % (width * 2) === 0 && at + width * 2 <= to) {
      width *= 2;
      level += 1;
    }
    found.push({level, index: at / width});
    at += width;
  }
  return found;
}

/** Roots of neighbouring ranges, joined from the right: the root of an RFC 6962 tree over them. */
export function joined(roots: readonly Uint8Array[]): Uint8Array | undefined {
  let root: Uint8Array | undefined;
  for (const left of roots.toReversed()) root = root === undefined ? left : nodeHash(left, root);
  return root;
}

/** Grows the compact range of `[from, …)` by leaves or whole subtrees, in order. `onNode` hears every full subtree. */
export class RangeRoots {
  readonly #stack: {readonly level: number; readonly index: number; readonly root: Uint8Array}[] = [];
  readonly #onNode: ((level: number, index: number, root: Uint8Array) => void) | undefined;
  #next: number;

  constructor(from: number, onNode?: (level: number, index: number, root: Uint8Array) => void) {
    this.#next = from;
    this.#onNode = onNode;
  }

  /** The leaf after the last one covered. */
  get next(): number {
    return this.#next;
  }

  push(leaf: Uint8Array): void {
    this.pushSubtree(0, leaf);
  }

  /** The next subtree; its first leaf is `next`, which must be a multiple of its width. */
  pushSubtree(startLevel: number, startRoot: Uint8Array): void {
    const width = 2 ** startLevel;
    if (this.#next % width !== 0)
      throw new RangeError(`no subtree of ${width} leaves begins at ${this.#next}`);
    let level = startLevel;
    let index = this.#next / width;
    let root = startRoot;
    this.#next += width;
    this.#onNode?.(level, index, root);
    for (let top = this.#stack.at(-1); index % 2 === 1 && top?.level === level; top = this.#stack.at(-1)) {
      this.#stack.pop();
      root = nodeHash(top.root, root);
      level += 1;
      index = (index - 1) / 2;
      this.#onNode?.(level, index, root);
    }
    this.#stack.push({level, index, root});
  }

  /** The roots of `subtreesOf(from, next)`. */
  roots(): readonly Uint8Array[] {
    return this.#stack.map(({root}) => root);
  }
}

/** The roots of `subtreesOf(from, from + leaves.length)`. */
export function rangeOf(from: number, leaves: Iterable<Uint8Array>): readonly Uint8Array[] {
  const range = new RangeRoots(from);
  for (const leaf of leaves) range.push(leaf);
  return range.roots();
}

/** The root at `size` of the leaves in `tree` followed by the subtrees `right`; undefined when those are not as many as needed. */
export function rootFrom(tree: Tree, right: readonly Uint8Array[], size: number): Uint8Array | undefined {
  const needed = subtreesOf(tree.size, size);
  if (size < tree.size || needed.length !== right.length) return undefined;
  const range = new RangeRoots(0);
  const left = tree.range();
  for (const [i, {level}] of subtreesOf(0, tree.size).entries()) {
    range.pushSubtree(level, left.subarray(i * 32, i * 32 + 32));
  }
  for (const [i, root] of right.entries()) range.pushSubtree(needed[i]?.level ?? 0, root);
  return joined(range.roots()) ?? tree.root();
}
