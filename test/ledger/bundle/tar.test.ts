import {createHash} from 'node:crypto';
import {expect, test} from 'vitest';
import {utf8} from '../../../src/ledger/bytes.ts';
import {accessTo, fitsTar, readTar, tarOf, type TarFile} from '../../../src/ledger/bundle/tar.ts';

const fileOf = (path: string, text: string): TarFile => ({
  path,
  sizeBytes: utf8(text).length,
  chunks: [utf8(text)],
});

async function bytesOf(files: readonly TarFile[]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of tarOf(files)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const deep = `${'d'.repeat(60)}/${'e'.repeat(60)}/${'f'.repeat(90)}`;
const files = [
  fileOf('entries.jsonl', 'x'.repeat(512)),
  fileOf('README.txt', 'read me\n'),
  fileOf('empty', ''),
  fileOf(deep, 'deep'),
];

test('files come back from a tar, whatever their order was', async () => {
  const tar = await bytesOf(files);
  expect(tar.equals(await bytesOf(files.toReversed()))).toBe(true);
  const source = await readTar(accessTo(tar));
  if ('problem' in source) throw new Error(source.problem);
  expect(source.items).toEqual([
    {path: 'README.txt', kind: 'file', sizeBytes: 8},
    {path: deep, kind: 'file', sizeBytes: 4},
    {path: 'empty', kind: 'file', sizeBytes: 0},
    {path: 'entries.jsonl', kind: 'file', sizeBytes: 512},
  ]);
  for (const [path, text] of [
    ['README.txt', 'read me\n'],
    [deep, 'deep'],
    ['empty', ''],
    ['entries.jsonl', 'x'.repeat(512)],
  ] as const) {
    expect(Buffer.from(await source.read(path)).toString()).toBe(text);
  }
  await expect(source.read('nothing')).rejects.toThrow(RangeError);
});

test('the bytes of a tar are fixed', async () => {
  const tar = await bytesOf([fileOf('checkpoint', 'note\n')]);
  expect(tar).toHaveLength(512 * 4);
  expect(tar.subarray(100, 157).toString('latin1')).toBe(
    '0000444\x000000000\x000000000\x0000000000005\x0000000000000\x00010010\0 0',
  );
  expect(tar.subarray(257, 265).toString('latin1')).toBe('ustar\x0000');
  expect(createHash('sha256').update(tar).digest('hex')).toBe(
    '0934ac83b13450afd5a5d90ae31d477b418880df86684e390dcbe5ea03a0e04a',
  );
});

test('every changed bit in a header, a padding or the end is refused', async () => {
  const tar = await bytesOf([fileOf('checkpoint', 'note\n'), fileOf('entries.jsonl', 'line\n')]);
  for (let at = 0; at < tar.length; at++) {
    const isContent = (at >= 512 && at < 517) || (at >= 512 * 3 && at < 512 * 3 + 5);
    if (isContent) continue;
    const changed = Buffer.from(tar);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect([at, 'problem' in (await readTar(accessTo(changed)))]).toEqual([at, true]);
  }
});

test('a tar that is cut off or goes on is refused', async () => {
  const tar = await bytesOf([fileOf('checkpoint', 'note\n')]);
  for (const length of [0, 1, 511, 512, 513, 1024, 1536, tar.length - 512, tar.length - 1]) {
    expect(await readTar(accessTo(tar.subarray(0, length)))).toHaveProperty('problem');
  }
  expect(await readTar(accessTo(Buffer.concat([tar, Buffer.alloc(1)])))).toHaveProperty('problem');
  expect(await readTar(accessTo(Buffer.concat([tar, Buffer.alloc(512)])))).toHaveProperty('problem');
});

test('files out of order or twice are refused', async () => {
  const one = (await bytesOf([fileOf('a', '1')])).subarray(0, 1024);
  const two = (await bytesOf([fileOf('b', '2')])).subarray(0, 1024);
  const end = Buffer.alloc(1024);
  expect(await readTar(accessTo(Buffer.concat([one, two, end])))).toHaveProperty('items');
  expect(await readTar(accessTo(Buffer.concat([two, one, end])))).toEqual({problem: 'a is out of order'});
  expect(await readTar(accessTo(Buffer.concat([one, one, end])))).toEqual({problem: 'a is out of order'});
});

test('what fits no header is said before it is written', async () => {
  expect(fitsTar({path: 'a'.repeat(101), sizeBytes: 1})).toBe(false);
  expect(fitsTar({path: `a/${'b'.repeat(101)}`, sizeBytes: 1})).toBe(false);
  expect(fitsTar({path: 'entries.jsonl', sizeBytes: 8 ** 11 - 1})).toBe(true);
  expect(fitsTar({path: 'entries.jsonl', sizeBytes: 8 ** 11})).toBe(false);
  await expect(bytesOf([{path: 'a', sizeBytes: 3, chunks: [utf8('four')]}])).rejects.toThrow(
    '4 bytes, not 3',
  );
});
