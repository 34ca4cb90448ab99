// The RFC 6962 tree, kept as a compact range: the roots of its maximal full subtrees, left to right.
import {emptyRoot, sha256Into} from './hash.ts';

/** A tree has a root for each bit of its size, at most 53, and one more while two are joined. */
const maxRoots = 54;

export class Tree {
  #size = 0;
  /** Roots one after the other; `#count` of them. One block, because a million leaves pass through it. */
  readonly #roots = Buffer.alloc(maxRoots * 32);
  #count = 0;
  /** 0x01 ‖ left ‖ right. */
  readonly #node = Buffer.alloc(65, 1);

  /** Continues a tree of `size` leaves from its compact range (32 bytes per root, left to right). */
  static from(size: number, range: Uint8Array): Tree | undefined {
    const tree = new Tree();
    if (range.length !== ones(size) * 32) return undefined;
    tree.#roots.set(range);
    tree.#count = range.length / 32;
    tree.#size = size;
    return tree;
  }

  get size(): number {
    return this.#size;
  }

  /** Takes the next leaf: the 32 bytes of `from` at `at`. */
  push(from: Uint8Array, at = 0): void {
    this.#put(from, at);
    this.#join(this.#size);
    this.#size += 1;
  }

  /** Takes the root of the next 2^`level` leaves; the size must be a multiple of that. */
  pushSubtree(level: number, root: Uint8Array): void {
    const leaves = 2 ** level;
    if (this.#size % leaves !== 0) throw new RangeError('the subtree does not stand at its place');
    this.#put(root, 0);
    this.#join(this.#size / leaves);
    this.#size += leaves;
  }

  root(): Buffer {
    if (this.#count === 0) return Buffer.from(emptyRoot);
    const root = Buffer.from(this.#roots.subarray(this.#count * 32 - 32, this.#count * 32));
    for (let at = this.#count * 32 - 64; at >= 0; at -= 32) {
      this.#roots.copy(this.#node, 1, at, at + 32);
      root.copy(this.#node, 33);
      sha256Into(this.#node, root, 0);
    }
    return root;
  }

  /** The compact range as bytes, for `from`. */
  range(): Buffer {
    return Buffer.from(this.#roots.subarray(0, this.#count * 32));
  }

  #put(from: Uint8Array, at: number): void {
    const to = this.#count * 32;
    for (let i = 0; i < 32; i++) this.#roots[to + i] = from[at + i] ?? 0;
    this.#count += 1;
  }

  /** Joins the last two roots for each low 1-bit of `n`, the number of equal subtrees before the newest. */
  #join(n: number): void {
    for (let left = n; left % 2 === 1; left = (left - 1) / 2) {
      if (this.#count < 2) throw new RangeError('the compact range does not fit its size');
      const at = (this.#count - 2) * 32;
      this.#roots.copy(this.#node, 1, at, at + 64);
      sha256Into(this.#node, this.#roots, at);
      this.#count -= 1;
    }
  }
}

function ones(size: number): number {
  let count = 0;
  for (let n = size; n > 0; n = Math.floor(n / 2)) count += n % 2;
  return count;
}
