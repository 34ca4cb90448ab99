import {expect, test} from 'vitest';
import {
  isBundleName,
  manifestNoteText,
  manifestText,
  parseManifest,
} from '../../../src/ledger/bundle/manifest.ts';

const a = 'a'.repeat(64);
const b = '0123456789abcdef'.repeat(4);

test('a manifest lists files by path, as sha256sum reads them, and is read back', () => {
  const text = manifestText([
    {path: 'tile/0/000.p/3', sha256: b},
    {path: 'README.txt', sha256: a},
    {path: 'checkpoints/12', sha256: a},
    {path: 'checkpoint', sha256: b},
  ]);
  expect(text).toBe(`${a}  README.txt\n${b}  checkpoint\n${a}  checkpoints/12\n${b}  tile/0/000.p/3\n`);
  expect(parseManifest(text)).toEqual(
    new Map([
      ['README.txt', a],
      ['checkpoint', b],
      ['checkpoints/12', a],
      ['tile/0/000.p/3', b],
    ]),
  );
  expect(parseManifest('')).toEqual(new Map());
});

test.each([
  ['has no newline at its end', `${a}  checkpoint`],
  ['has one space', `${a} checkpoint\n`],
  ['has the star of binary mode', `${a} *checkpoint\n`],
  ['has upper case digits', `${a.toUpperCase()}  checkpoint\n`],
  ['has a short hash', `${a.slice(1)}  checkpoint\n`],
  ['has an empty line', `${a}  checkpoint\n\n`],
  ['has carriage returns', `${a}  checkpoint\r\n`],
  ['is out of order', `${a}  entries.jsonl\n${a}  checkpoint\n`],
  ['names a file twice', `${a}  checkpoint\n${a}  checkpoint\n`],
  ['leaves the bundle', `${a}  ../checkpoint\n`],
  ['names a path from the root', `${a}  /etc/passwd\n`],
  ['names itself', `${a}  manifest-sha256.txt\n`],
  ['names its note', `${a}  manifest.note\n`],
])('a manifest that %s is refused', (_, text) => {
  expect(parseManifest(text)).toHaveProperty('problem');
});

test('names of a bundle are lower case ASCII, without a way out of it', () => {
  for (const name of ['README.txt', 'a', 'tile/0/x001/234.p/7', 'artifacts/00ff', '0-_.x'])
    expect([name, isBundleName(name)]).toEqual([name, true]);
  for (const name of [
    '',
    'readme.TXT',
    '.',
    '..',
    'a/..',
    '.a',
    'a/.b',
    'a//b',
    'a/',
    '/a',
    'A',
    'ä',
    'a b',
    'a\\b',
    'a\n',
    'sub/README.txt',
  ])
    expect([name, isBundleName(name)]).toEqual([name, false]);
});

test('the note names the log and the manifest', () => {
  expect(manifestNoteText('quarterdeck/s/h/0', b)).toBe(`quarterdeck/s/h/0\nquarterdeck-manifest-v1\n${b}\n`);
});
