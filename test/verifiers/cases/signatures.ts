// Rule 3: who signed what.
import {concat, textOf, toBase64} from '../../../src/ledger/bytes.ts';
import * as build from '../build.ts';
import {
  origin,
  first,
  second,
  third,
  stranger,
  plain,
  log,
  whole,
  epochs,
  turned,
  put,
  edit,
  forged,
  checkpointText,
  wrong,
  noteBy,
  kept,
  type Case,
} from './tools.ts';

/** The signature line of a note. */
const signatureOf = (note: Uint8Array): string => (textOf(note) ?? '').split('\n\n').slice(1).join('');

export const signatures: readonly Case[] = [
  {
    title: 'a given key of nobody',
    files: whole,
    given: () => ({vkey: stranger.vkey}),
    verdict: 'bad-signature',
  },
  {
    title: 'a first key given after it changed',
    files: turned,
    given: () => ({vkey: first.vkey}),
    verdict: 'intact',
  },
  {
    title: 'a given key that is newer than the bundle',
    files: () => turned({size: 5, older: [1, 2]}),
    given: () => ({vkey: third.vkey}),
    verdict: 'bad-signature',
  },
  {
    title: 'a given key of another log',
    files: whole,
    given: () => ({vkey: stranger.vkey.replace('acme', 'acme')}),
    verdict: 'bad-signature',
  },
  {
    title: 'a log under a foreign key that is given',
    files: () =>
      forged(
        build.bundleOf(build.logOf([build.genesis(stranger)]), {keys: [stranger]}),
        put('ledger.vkey', `${first.vkey}\n`),
        stranger,
      ),
    given: () => ({vkey: stranger.vkey}),
    verdict: 'intact',
  },
  {
    title: 'a checkpoint signed by a stranger',
    files: () => forged(whole(), put('checkpoint', build.checkpointOf(log, 10, stranger))),
    verdict: 'bad-signature',
  },
  {
    title: 'a checkpoint whose signature is wrong',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => text.replace('\n10\n', '\n11\n')),
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'an older checkpoint that is unsigned',
    files: () => forged(whole(), put('checkpoints/3', build.checkpointOf(log, 3, stranger))),
    verdict: 'bad-signature',
  },
  {
    title: 'a manifest that a stranger signed',
    files: () => forged(whole(), () => undefined, stranger),
    verdict: 'bad-signature',
  },
  {
    title: 'a good signature and a wrong one of the same key',
    files: () =>
      forged(
        whole(),
        edit(
          'checkpoint',
          text =>
            `${text}${
              text
                .split('\n')
                .at(-2)
                ?.replace(/.{20}==?$|.{20}$/, 'A'.repeat(20)) ?? ''
            }\n`,
        ),
      ),
    verdict: 'malformed',
  },
  {
    title: 'a short signature of the key',
    files: () =>
      forged(
        whole(),
        edit(
          'checkpoint',
          text =>
            `${text}— ${origin} ${toBase64(concat([Buffer.from(first.id, 'hex'), new Uint8Array(3)]))}\n`,
        ),
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'a kept checkpoint that a stranger signed',
    files: whole,
    given: kept(build.checkpointOf(log, 5, stranger)),
    verdict: 'bad-signature',
  },
  {
    title: 'a kept checkpoint of another log',
    files: whole,
    given: kept(noteBy(checkpointText(5, wrong, 'quarterdeck/acme/bastion/ffffffffffffffff'))),
    verdict: 'bad-signature',
  },
  {
    title: 'an old key that signs after it was replaced',
    files: () => turned({keyFor: size => (size === 4 ? first : epochs(size))}),
    verdict: 'bad-signature',
  },
  {
    title: 'a new key that signs before its time',
    files: () => turned({keyFor: size => (size === 3 ? second : epochs(size))}),
    verdict: 'bad-signature',
  },
  {
    title: 'two keys of the log on one checkpoint',
    files: () =>
      forged(
        turned(),
        edit('checkpoint', text => text + signatureOf(noteBy(`${text.split('\n\n', 1).join('')}\n`, second))),
        third,
      ),
    verdict: 'bad-signature',
  },
  {
    title: 'a key that no entry introduces',
    files: () => forged(whole(), put('ledger.vkey', `${first.vkey}\n${second.vkey}\n`)),
    verdict: 'bad-signature',
  },
  {
    title: 'a rotation that is not listed',
    files: () => forged(turned(), put('ledger.vkey', `${first.vkey}\n${second.vkey}\n`), third),
    verdict: 'bad-signature',
  },
  {
    title: 'a rotation that the wrong key signed',
    files: () =>
      build.bundleOf(build.logOf([build.genesis(first), build.rotation(1, stranger, second)]), {
        keys: [first, second],
        keyFor: () => first,
      }),
    verdict: 'bad-signature',
  },
  {
    title: 'a rotation of another place',
    files: () =>
      build.bundleOf(build.logOf([build.genesis(first), build.rotation(2, first, second)]), {
        keys: [first, second],
        keyFor: () => first,
      }),
    verdict: 'bad-signature',
  },
  {
    title: 'a slice whose rotations lie in its context',
    files: () => turned({from: 5, to: 6, context: [0, 2, 4], older: [1, 2, 5]}),
    verdict: 'intact',
  },
  {
    title: 'a slice without one of its rotations',
    files: () => turned({from: 5, to: 6, context: [0, 2], older: []}),
    verdict: 'bad-signature',
  },
  {
    title: 'a rotation at the end, not in force yet',
    files: () =>
      build.bundleOf(build.logOf([build.genesis(first), build.rotation(1, first, second)]), {
        keys: [first, second],
        keyFor: () => first,
      }),
    verdict: 'intact',
  },
  {
    title: 'a first entry that names another key',
    files: () => build.bundleOf(build.logOf([build.genesis(second), plain(1)])),
    verdict: 'bad-signature',
  },
  {
    title: 'a first entry that names no key',
    files: () => build.bundleOf(build.logOf([plain(0), plain(1)])),
    verdict: 'bad-signature',
  },
  {
    title: 'a context whose first entry names another key',
    files: () =>
      build.bundleOf(build.logOf([build.genesis(second), plain(1)]), {from: 1, to: 2, context: [0]}),
    verdict: 'bad-signature',
  },
  {
    title: 'a first entry with another key and a fault',
    files: () =>
      forged(
        whole(),
        edit('entries.jsonl', text => text.replace(first.vkey, second.vkey)),
      ),
    verdict: 'modified',
    index: 0,
  },
];
