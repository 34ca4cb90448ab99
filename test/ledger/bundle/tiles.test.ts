import {expect, test} from 'vitest';
import {tilePath, TileWriter, type TileFile} from '../../../src/ledger/bundle/tiles.ts';
import {leafOf, mth} from './naive.ts';

const lineOf = (i: number): Buffer => Buffer.from(`entry ${i}`);

function tilesOf(size: number): {
  leaves: readonly Buffer[];
  files: Map<string, Uint8Array>;
  order: readonly string[];
} {
  const writer = new TileWriter();
  const all: TileFile[] = [];
  const leaves = Array.from({length: size}, (_, i) => leafOf(lineOf(i)));
  for (const [i, leaf] of leaves.entries()) all.push(...writer.add(leaf, lineOf(i)));
  all.push(...writer.end());
  return {
    leaves,
    files: new Map(all.map(({path, bytes}) => [path, bytes])),
    order: all.map(({path}) => path),
  };
}

test('tile names are grouped by three digits, and say how wide a partial tile is', () => {
  expect(tilePath(0, 1234067)).toBe('tile/0/x001/x234/067');
  expect(tilePath('entries', 1000)).toBe('tile/entries/x001/000');
  expect(tilePath(1, 0, 17)).toBe('tile/1/000.p/17');
  expect(tilePath(2, 999)).toBe('tile/2/999');
});

test('a log of 70,000 entries has the tiles that the specification gives as its example', () => {
  const {files, leaves} = tilesOf(70_000);
  const names = [...files.keys()];
  const level = (n: number | 'entries'): readonly string[] =>
    names.filter(name => name.startsWith(`tile/${n}/`));
  expect(level(0)).toHaveLength(274);
  expect(level(0)).toContain('tile/0/272');
  expect(level(0)).toContain('tile/0/273.p/112');
  expect(level(1).toSorted()).toEqual(['tile/1/000', 'tile/1/001.p/17']);
  expect(level(2)).toEqual(['tile/2/000.p/1']);
  expect(level('entries')).toHaveLength(274);
  expect(level('entries')).toContain('tile/entries/273.p/112');
  expect(names).toHaveLength(274 + 2 + 1 + 274);
  expect(Buffer.from(files.get('tile/2/000.p/1') ?? [])).toEqual(mth(leaves.slice(0, 65_536)));
});

test.each([1, 2, 255, 256, 257, 511, 512, 1000])(
  'every tile of a log of %i entries holds its hashes and entries',
  size => {
    const {files, leaves, order} = tilesOf(size);
    expect(new Set(order).size).toBe(order.length);
    const expected = new Map<string, Buffer>();
    for (let n = 0; n * 256 < size; n++) {
      const some = leaves.slice(n * 256, n * 256 + 256);
      expected.set(tilePath(0, n, some.length), Buffer.concat(some));
      const entries = some.map((_, i) => {
        const line = lineOf(n * 256 + i);
        const length = Buffer.alloc(2);
        length.writeUInt16BE(line.length);
        return Buffer.concat([length, line]);
      });
      expected.set(tilePath('entries', n, some.length), Buffer.concat(entries));
    }
    const full = Math.floor(size / 256);
    if (full > 0) {
      const roots = Array.from({length: full}, (_, n) => mth(leaves.slice(n * 256, n * 256 + 256)));
      expected.set(tilePath(1, 0, full), Buffer.concat(roots));
    }
    expect(new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes)]))).toEqual(expected);
  },
);

test('the longest entry fits its bundle, and a longer one is refused', () => {
  const writer = new TileWriter();
  const leaf = Buffer.alloc(32);
  writer.add(leaf, Buffer.alloc(0));
  writer.add(leaf, Buffer.alloc(65_535, 'x'));
  const bundle = writer.end().find(({path}) => path.startsWith('tile/entries/'))?.bytes ?? new Uint8Array();
  expect([...bundle.subarray(0, 5)]).toEqual([0, 0, 0xff, 0xff, 0x78]);
  expect(bundle).toHaveLength(65_539);
  expect(() => new TileWriter().add(leaf, Buffer.alloc(65_536))).toThrow(RangeError);
});
