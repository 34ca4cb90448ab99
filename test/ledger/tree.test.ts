import {createHash} from 'node:crypto';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {emptyRoot, leafHash} from '../../src/ledger/hash.ts';
import {Tree} from '../../src/ledger/tree.ts';

/** MTH of RFC 6962 §2.1, written down as the recursion that the RFC gives. */
function mth(leaves: readonly Uint8Array[]): Buffer {
  const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
  const [only] = leaves;
  if (only === undefined) return sha();
  if (leaves.length === 1) return sha(Buffer.from([0]), only);
  let split = 1;
  while (split * 2 < leaves.length) split *= 2;
  return sha(Buffer.from([1]), mth(leaves.slice(0, split)), mth(leaves.slice(split)));
}

const treeOf = (leaves: readonly Uint8Array[]): Tree => {
  const tree = new Tree();
  for (const leaf of leaves) tree.push(leafHash(leaf));
  return tree;
};

// Inputs and roots of the Certificate Transparency reference tests.
const inputs = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map(hex => Buffer.from(hex, 'hex'));
const roots = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
];

test('roots are those of the known vectors of RFC 6962 trees', () => {
  expect(emptyRoot.toString('hex')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  for (const [i, root] of roots.entries())
    expect(
      treeOf(inputs.slice(0, i + 1))
        .root()
        .toString('hex'),
    ).toBe(root);
});

test('any tree grown leaf by leaf, or continued from its compact range, has the root of the recursion', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({maxLength: 8}), {maxLength: 70}), fc.nat(70), (leaves, cut) => {
      const first = treeOf(leaves.slice(0, cut));
      const tree = Tree.from(first.size, first.range());
      for (const leaf of leaves.slice(cut)) tree?.push(leafHash(leaf));
      expect(tree?.root()).toEqual(mth(leaves));
      expect(tree?.size).toBe(leaves.length);
    }),
  );
});

test('a compact range that does not fit its size is refused', () => {
  expect(Tree.from(3, new Uint8Array(32))).toBeUndefined();
  expect(Tree.from(4, new Uint8Array(31))).toBeUndefined();
});
