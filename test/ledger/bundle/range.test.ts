import fc from 'fast-check';
import {expect, test} from 'vitest';
import {joined, RangeRoots, rangeOf, rootFrom, subtreesOf} from '../../../src/ledger/bundle/range.ts';
import {Tree} from '../../../src/ledger/tree.ts';
import {mth, someLeaves} from './naive.ts';

const treeOf = (leaves: readonly Buffer[]): Tree => {
  const tree = new Tree();
  for (const leaf of leaves) tree.push(leaf);
  return tree;
};

const slice = fc.tuple(fc.nat(70), fc.nat(70), fc.nat(70)).map(([a, b, c]) => [a, a + b, a + b + c] as const);

test('the subtrees of a range are aligned, as wide as can be, and cover it without a gap', () => {
  expect(subtreesOf(0, 0)).toEqual([]);
  expect(subtreesOf(0, 8)).toEqual([{level: 3, index: 0}]);
  expect(subtreesOf(1, 8)).toEqual([
    {level: 0, index: 1},
    {level: 1, index: 1},
    {level: 2, index: 1},
  ]);
  expect(subtreesOf(3, 13)).toEqual([
    {level: 0, index: 3},
    {level: 2, index: 1},
    {level: 2, index: 2},
    {level: 0, index: 12},
  ]);
  fc.assert(
    fc.property(fc.nat(5000), fc.nat(5000), (from, count) => {
      let at = from;
      for (const {level, index} of subtreesOf(from, from + count)) {
        const width = 2 ** level;
        expect(index * width).toBe(at);
        at += width;
        const wider = Math.floor(index / 2) * width * 2;
        expect(wider < at - width || wider + width * 2 > from + count).toBe(true);
      }
      expect(at).toBe(from + count);
    }),
  );
});

test('a range has one root for each of its subtrees, each the root of its leaves', () => {
  fc.assert(
    fc.property(slice, ([from, to]) => {
      const leaves = someLeaves(to);
      const expected = subtreesOf(from, to).map(({level, index}) =>
        mth(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
      );
      expect(rangeOf(from, leaves.slice(from)).map(root => Buffer.from(root))).toEqual(expected);
    }),
  );
});

test('left, slice and right together give the root of the whole log', () => {
  fc.assert(
    fc.property(slice, ([from, to, size]) => {
      const leaves = someLeaves(size);
      const left = Tree.from(from, Buffer.concat(rangeOf(0, leaves.slice(0, from))));
      if (left === undefined) throw new Error('the left range does not fit');
      for (const leaf of leaves.slice(from, to)) left.push(leaf);
      const right = rangeOf(to, leaves.slice(to));
      expect(Buffer.from(rootFrom(left, right, size) ?? [])).toEqual(mth(leaves));
    }),
  );
});

test('a right range of another length, or a size before the slice, gives no root', () => {
  const leaves = someLeaves(13);
  const right = rangeOf(5, leaves.slice(5));
  const tree = treeOf(leaves.slice(0, 5));
  expect(rootFrom(tree, right, 13)).toBeDefined();
  expect(rootFrom(tree, right.slice(1), 13)).toBeUndefined();
  expect(rootFrom(tree, [...right, leaves[0] ?? new Uint8Array()], 13)).toBeUndefined();
  expect(rootFrom(tree, [], 4)).toBeUndefined();
  for (const size of [12, 14, 26, 6]) {
    const root = rootFrom(tree, right, size);
    expect(root === undefined || !mth(someLeaves(size)).equals(root)).toBe(true);
  }
});

test('a changed root in a range changes the root of the log', () => {
  const leaves = someLeaves(13);
  const right = rangeOf(5, leaves.slice(5));
  for (const i of right.keys()) {
    const changed = right.map((root, j) =>
      i === j ? Uint8Array.from(root, (byte, k) => byte ^ Number(k === 31)) : root,
    );
    expect(mth(leaves).equals(rootFrom(treeOf(leaves.slice(0, 5)), changed, 13) ?? new Uint8Array())).toBe(
      false,
    );
  }
  const swapped = right.toReversed();
  expect(mth(leaves).equals(rootFrom(treeOf(leaves.slice(0, 5)), swapped, 13) ?? new Uint8Array())).toBe(
    false,
  );
});

test('a subtree is taken only where it is aligned', () => {
  const range = new RangeRoots(3);
  const [root = new Uint8Array()] = someLeaves(1);
  expect(() => range.pushSubtree(1, root)).toThrow(RangeError);
  range.push(root);
  range.pushSubtree(2, root);
  expect(range.next).toBe(8);
  expect(joined([])).toBeUndefined();
});
