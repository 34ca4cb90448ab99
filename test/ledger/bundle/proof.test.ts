import fc from 'fast-check';
import {expect, test} from 'vitest';
import {
  consistencyProof,
  inclusionProof,
  neededFor,
  NodeKeeper,
  rootOfInclusion,
  rootsOfConsistency,
  type NodeAt,
} from '../../../src/ledger/bundle/proof.ts';
import {leafOf, mth, path, proof, someLeaves} from './naive.ts';

const nodesOf =
  (leaves: readonly Uint8Array[]): NodeAt =>
  ({level, index}) =>
    mth(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));

const place = fc.tuple(fc.nat(130), fc.nat(130)).map(([index, more]) => ({index, size: index + 1 + more}));
const buffers = (hashes: readonly Uint8Array[]): readonly Buffer[] => hashes.map(hash => Buffer.from(hash));
const isRoot = (root: Uint8Array, found: Uint8Array | undefined): boolean =>
  found !== undefined && Buffer.from(root).equals(found);

test('an inclusion path is the one of the RFC, and leads from the leaf to the root', () => {
  fc.assert(
    fc.property(place, ({index, size}) => {
      const leaves = someLeaves(size);
      const found = inclusionProof(index, size, nodesOf(leaves));
      expect(buffers(found)).toEqual(path(index, leaves));
      const leaf = leaves[index] ?? new Uint8Array();
      expect(isRoot(mth(leaves), rootOfInclusion({index, size, leaf, proof: found}))).toBe(true);
    }),
  );
});

test('a consistency proof is the one of the RFC, and leads to both roots', () => {
  fc.assert(
    fc.property(place, ({index, size}) => {
      const first = index + 1;
      const leaves = someLeaves(size);
      const found = consistencyProof(first, size, nodesOf(leaves));
      expect(buffers(found)).toEqual(proof(first, leaves));
      const firstRoot = mth(leaves.slice(0, first));
      const roots = rootsOfConsistency({first, size, firstRoot, proof: found});
      expect(isRoot(firstRoot, roots?.first)).toBe(true);
      expect(isRoot(mth(leaves), roots?.second)).toBe(true);
    }),
  );
});

test('one pass over the leaves keeps what the proofs of chosen entries need', () => {
  const leaves = someLeaves(300);
  const chosen = [0, 7, 255, 256, 299];
  const keeper = new NodeKeeper(chosen.flatMap(index => neededFor(index, 300)));
  for (const leaf of leaves) keeper.push(leaf);
  for (const index of chosen)
    expect(buffers(inclusionProof(index, 300, keeper.at))).toEqual(path(index, leaves));
  expect(() => inclusionProof(100, 300, keeper.at)).toThrow('not kept');
});

// The trees of the Certificate Transparency reference: known paths and proofs.
const inputs = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const known = inputs.map(hex => leafOf(Buffer.from(hex, 'hex')));

test('known paths and proofs of the reference tree hold', () => {
  const hexes = (hashes: readonly Uint8Array[]): readonly string[] =>
    hashes.map(hash => Buffer.from(hash).toString('hex'));
  expect(hexes(inclusionProof(5, 8, nodesOf(known)))).toEqual([
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
  expect(hexes(inclusionProof(1, 5, nodesOf(known.slice(0, 5))))).toEqual([
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  ]);
  expect(hexes(consistencyProof(6, 8, nodesOf(known)))).toEqual([
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ]);
  expect(hexes(consistencyProof(2, 5, nodesOf(known.slice(0, 5))))).toEqual([
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  ]);
});

/** Damaged proofs, after the families of the public vectors for RFC 6962 proofs. */
function damaged(
  good: readonly Uint8Array[],
  ...extras: readonly Uint8Array[]
): readonly (readonly Uint8Array[])[] {
  const found: (readonly Uint8Array[])[] = [];
  for (const [i, hash] of good.entries()) {
    for (const bit of [0, 9, 130, 255]) {
      const flipped = Uint8Array.from(hash, (byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      found.push(good.with(i, flipped));
    }
    found.push(good.toSpliced(i, 1), good.toSpliced(i, 0, hash), good.with(i, hash.subarray(0, 31)));
    found.push(good.with(i, Uint8Array.of(...hash, 0)), good.with(i, new Uint8Array()));
  }
  for (const extra of [new Uint8Array(), new Uint8Array(32), ...extras]) {
    found.push([...good, extra], [extra, ...good]);
  }
  if (good.length > 0) found.push([], good.slice(1), good.slice(0, -1));
  if (good.length > 1) found.push(good.toReversed());
  return found;
}

const wrongSizes = (size: number): readonly number[] => [
  size - 1,
  size + 1,
  size * 2,
  size / 2,
  Math.floor(size / 2),
  size ^ 2,
  0,
  -1,
  NaN,
  Infinity,
  2 ** 53,
];

test.each([1, 2, 3, 5, 7, 8, 13, 64, 65])(
  'no damaged inclusion claim in a tree of %i leads to its root',
  size => {
    const leaves = someLeaves(size);
    const root = mth(leaves);
    const empty = mth([]);
    for (const [index, leaf] of leaves.entries()) {
      const good = inclusionProof(index, size, nodesOf(leaves));
      const claims = [
        ...damaged(good, root, leaf, empty).map(bad => ({index, size, leaf, proof: bad})),
        ...wrongSizes(index).map(bad => ({index: bad, size, leaf, proof: good})),
        {index, size, leaf: empty, proof: good},
        {index, size, leaf: size === 1 ? empty : root, proof: good},
        {index, size: 0, leaf, proof: good},
        {index, size: 0, leaf, proof: []},
      ].filter(
        claim => claim.index !== index || claim.size !== size || claim.proof !== good || claim.leaf !== leaf,
      );
      for (const claim of claims) {
        if (
          claim.index === index &&
          claim.leaf === leaf &&
          claim.size === size &&
          Buffer.concat(claim.proof).equals(Buffer.concat(good)) &&
          claim.proof.length === good.length
        )
          continue;
        const found = rootOfInclusion(claim);
        expect([claim.index, claim.size, isRoot(root, found)]).toEqual([claim.index, claim.size, false]);
      }
      expect(isRoot(empty, rootOfInclusion({index, size, leaf, proof: good}))).toBe(false);
    }
  },
);

test('a path for another size is refused by its length, or leads to another root than that size has', () => {
  const leaves = someLeaves(33);
  for (const size of [3, 5, 7, 8, 13, 32]) {
    for (const [index, leaf] of leaves.slice(0, size).entries()) {
      const good = inclusionProof(index, size, nodesOf(leaves.slice(0, size)));
      for (const wrong of wrongSizes(size)) {
        const found = rootOfInclusion({index, size: wrong, leaf, proof: good});
        if (found === undefined || wrong > leaves.length) continue;
        expect(isRoot(mth(leaves.slice(0, wrong)), found)).toBe(false);
      }
    }
  }
});

test.each([1, 2, 3, 6, 7, 8, 13, 64, 65])(
  'no damaged consistency claim up to a tree of %i leads to both roots',
  size => {
    const leaves = someLeaves(size);
    const root = mth(leaves);
    const holds = (
      claim: {first: number; size: number; firstRoot: Uint8Array; proof: readonly Uint8Array[]},
      first: Uint8Array,
    ): boolean => {
      const roots = rootsOfConsistency(claim);
      return isRoot(first, roots?.first) && isRoot(root, roots?.second);
    };
    for (let first = 1; first <= size; first++) {
      const firstRoot = mth(leaves.slice(0, first));
      const good = consistencyProof(first, size, nodesOf(leaves));
      expect(holds({first, size, firstRoot, proof: good}, firstRoot)).toBe(true);
      for (const bad of damaged(good, root, firstRoot)) {
        if (Buffer.concat(bad).equals(Buffer.concat(good)) && bad.length === good.length) continue;
        expect(holds({first, size, firstRoot, proof: bad}, firstRoot)).toBe(false);
      }
      for (const wrong of wrongSizes(first)) {
        if (wrong === first) continue;
        expect(holds({first: wrong, size, firstRoot, proof: good}, firstRoot)).toBe(
          wrong === size && firstRoot.equals(root),
        );
      }
      if (first < size) {
        expect(holds({first, size, firstRoot: root, proof: good}, root)).toBe(false);
        expect(holds({first, size, firstRoot: mth([]), proof: good}, mth([]))).toBe(false);
        expect(holds({first: size, size: first, firstRoot: root, proof: good}, root)).toBe(false);
      }
    }
  },
);

test('a proof is made only for a leaf or a tree that is there', () => {
  const nodes = nodesOf(someLeaves(4));
  expect(() => inclusionProof(4, 4, nodes)).toThrow(RangeError);
  expect(() => inclusionProof(0, 0, nodes)).toThrow(RangeError);
  expect(() => consistencyProof(0, 4, nodes)).toThrow(RangeError);
  expect(() => consistencyProof(5, 4, nodes)).toThrow(RangeError);
});
