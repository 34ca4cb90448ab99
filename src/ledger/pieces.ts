// Pieces of one log, each read by itself, become what one pass over it would have found.
import type {PieceScan} from '../domain/evidence-scan.ts';
import type {Scan} from './scan.ts';
import {Tree} from './tree.ts';

/** The tree of `tree` and what stands in `range` behind it, whose `count` entries begin where it ends. */
function grown(tree: Tree, range: Uint8Array, count: number): Tree {
  const whole = Tree.from(tree.size, tree.range());
  if (whole === undefined) throw new RangeError('the compact range does not fit its size');
  let at = 0;
  for (let level = Math.floor(Math.log2(Math.max(1, count))); level >= 0; level--) {
    if (Math.floor(count / 2 ** level) % 2 === 0) continue;
    whole.pushSubtree(level, range.subarray(at, at + 32));
    at += 32;
  }
  return whole;
}

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

/** The pieces in order, from entry 0 on without a gap. */
export function joined(pieces: readonly PieceScan[]): Scan {
  const result: Scan = {
    size: 0,
    root: new Tree().root(),
    roots: new Map(),
    origin: pieces[0]?.origin ?? '',
    genesisVkey: pieces[0]?.genesisVkey ?? '',
    leaf: undefined,
    prev: undefined,
    place: undefined,
    beside: undefined,
    form: undefined,
    said: [],
    missing: [],
  };
  let tree = new Tree();
  let last: Uint8Array | undefined;
  for (const piece of pieces) {
    const {from, firstPrev} = piece;
    if (from !== tree.size) throw new RangeError('the pieces of a log do not follow each other');
    result.leaf ??= piece.leaf;
    if (last !== undefined && firstPrev !== undefined && firstPrev !== hexOf(last)) {
      const reason = `entry ${from} does not follow from the bytes of entry ${from - 1}`;
      result.prev ??= {seq: from - 1, reason};
    }
    result.prev ??= piece.prev;
    result.place ??= piece.place;
    result.beside ??= piece.beside;
    result.form ??= piece.form;
    for (const said of piece.said) result.said.push(said);
    for (const place of piece.missing) result.missing.push(place);
    for (const {size, range} of piece.ranges) result.roots.set(size, grown(tree, range, size - from).root());
    tree = grown(tree, piece.range, piece.to - from);
    last = piece.lastLeaf;
  }
  result.size = tree.size;
  result.root = tree.root();
  return result;
}
