// Notes that cannot be read or are not signed as they must be, and versions that nobody knows.
import {concat, toBase64, utf8} from '../../../../src/ledger/bytes.ts';
import {sha256} from '../../../../src/ledger/hash.ts';
import * as build from '../../build.ts';
import {
  canonical,
  checkpointText,
  edit,
  first,
  forged,
  kept,
  noteBy,
  origin,
  plain,
  put,
  second,
  slice,
  story,
  whole,
  without,
  wrong,
  type Case,
} from '../tools.ts';

const otherAlgorithm = (): string => {
  const data = concat([Uint8Array.of(6), first.publicKey]);
  const id = sha256(concat([utf8(`${origin}\n`), data]))
    .toString('hex')
    .slice(0, 8);
  return `${origin}+${id}+${toBase64(data)}\n`;
};
const signatureAt = (text: string): string => text.split('\n').at(-2) ?? '';

export const notes: readonly Case[] = [
  {
    title: 'a checkpoint with 64 signatures',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => text + `— other ${toBase64(new Uint8Array(70))}\n`.repeat(63)),
      ),
    verdict: 'intact',
  },
  {
    title: 'a checkpoint with its signature twice',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => `${text}${signatureAt(text)}\n`),
      ),
    verdict: 'intact',
  },
  {
    title: 'a checkpoint with a good and a wrong signature of its key',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => {
          const bad = concat([Buffer.from(first.id, 'hex'), new Uint8Array(64).fill(9)]);
          return `${text}— ${origin} ${toBase64(bad)}\n`;
        }),
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'a checkpoint whose key id is another',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => {
          const raw = Buffer.from(signatureAt(text).split(' ')[2] ?? '', 'base64');
          raw[0] = (raw[0] ?? 0) ^ 1;
          return text.replace(signatureAt(text), `— ${origin} ${raw.toString('base64')}`);
        }),
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'a checkpoint that is not UTF-8',
    files: () =>
      forged(whole(), files =>
        files.set('checkpoint', concat([files.get('checkpoint') ?? wrong, Uint8Array.of(0xff, 10)])),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a checkpoint with a NUL',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => text.replace('\n\n', '\0\n\n')),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a checkpoint without a byte',
    files: () => forged(whole(), put('checkpoint', '')),
    verdict: 'malformed',
  },
  {
    title: 'a kept checkpoint without a byte',
    files: whole,
    given: kept(new Uint8Array()),
    verdict: 'malformed',
  },
  {
    title: 'a kept checkpoint of size 0',
    files: whole,
    given: kept(noteBy(checkpointText(0, sha256(new Uint8Array())))),
    verdict: 'intact',
  },
  {
    title: 'an older key that signs the newest checkpoint',
    files: () =>
      build.bundleOf(
        build.logOf([build.genesis(first), build.rotation(1, first, second), plain(2), plain(3)]),
        {keys: [first, second], keyFor: () => first},
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'every checkpoint signed again with the newest key',
    files: () =>
      build.bundleOf(
        build.logOf([build.genesis(first), build.rotation(1, first, second), plain(2), plain(3)]),
        {keys: [first, second], older: [1, 2], keyFor: () => second},
      ),
    verdict: 'bad-signature',
  },
];

export const versions: readonly Case[] = [
  {
    title: 'a verifier key of another algorithm',
    files: () => forged(whole(), put('ledger.vkey', otherAlgorithm())),
    verdict: 'malformed',
  },
  {
    title: 'entries of version 2 only',
    files: () =>
      build.bundleOf(
        build.logOf(story.map(said => ({...said, line: honest => canonical({...honest, v: 2})}))),
        {without},
      ),
    verdict: 'malformed',
    index: 0,
  },
  {
    title: 'a rotation of another version',
    files: () => {
      const said = build.rotation(1, first, second);
      const note = `quarterdeck-key-rotation-v2\n${origin}\n1\n${second.vkey}\n`;
      const body = {...said.body, note: Buffer.from(noteBy(note)).toString()};
      return build.bundleOf(build.logOf([build.genesis(first), {...said, body}, plain(2)]), {
        keys: [first, second],
      });
    },
    verdict: 'bad-signature',
  },
  {
    title: 'a range.json that says a version',
    files: () =>
      forged(
        slice(),
        edit('range.json', text => text.replace('}', ',"v":2}')),
      ),
    verdict: 'malformed',
  },
];
