// The RFC 6962 tree, kept as a compact range: the roots of its maximal full subtrees, left to right.
import {emptyRoot, nodeHash} from './hash.ts';

export class Tree {
  #size = 0;
  readonly #roots: Buffer[] = [];

  /** Continues a tree of `size` leaves from its compact range (32 bytes per root, left to right). */
  static from(size: number, range: Uint8Array): Tree | undefined {
    const tree = new Tree();
    if (range.length !== ones(size) * 32) return undefined;
    for (let at = 0; at < range.length; at += 32) tree.#roots.push(Buffer.from(range.subarray(at, at + 32)));
    tree.#size = size;
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  push(leaf: Buffer): void {
    let right = leaf;
    for (let n = this.#size; n % 2 === 1; n = (n - 1) / 2) {
      const left = this.#roots.pop();
      if (left === undefined) throw new RangeError('the compact range does not fit its size');
      right = nodeHash(left, right);
    }
    this.#roots.push(right);
    this.#size += 1;
  }

  root(): Buffer {
    let root: Buffer | undefined;
    for (const left of this.#roots.toReversed()) root = root === undefined ? left : nodeHash(left, root);
    return root ?? emptyRoot;
  }

  /** The compact range as bytes, for `from`. */
  range(): Buffer {
    return Buffer.concat(this.#roots);
  }
}

function ones(size: number): number {
  let count = 0;
  for (let n = size; n > 0; n = Math.floor(n / 2)) count += n % 2;
  return count;
}
