// What holds.
import {toBase64} from '../../../src/ledger/bytes.ts';
import * as build from '../build.ts';
import {
  first,
  third,
  plain,
  story,
  log,
  whole,
  slice,
  turned,
  put,
  edit,
  forged,
  jsonAt,
  nested,
  checkpointText,
  root,
  noteBy,
  kept,
  type Case,
} from './tools.ts';

export const good: readonly Case[] = [
  {title: 'a whole log', files: whole, verdict: 'intact'},
  {title: 'a slice with context', files: slice, verdict: 'intact'},
  {title: 'a log whose key changed twice', files: turned, verdict: 'intact'},
  {
    title: 'the log of one entry',
    files: () => build.bundleOf(build.logOf(story.slice(0, 1))),
    verdict: 'intact',
  },
  {
    title: 'a log of more entries than a tile is wide',
    files: () =>
      build.bundleOf(build.logOf([build.genesis(first), ...Array.from({length: 599}, (_, i) => plain(i))]), {
        older: [255, 256, 257, 512],
      }),
    verdict: 'intact',
  },
  {
    title: 'slices at every place of a small log',
    files: () => build.bundleOf(log, {from: 5, to: 7, size: 10, context: [0], older: [5, 6, 7, 9]}),
    verdict: 'intact',
  },
  {title: 'a given key of the log', files: whole, given: () => ({vkey: first.vkey}), verdict: 'intact'},
  {title: 'the last key given', files: turned, given: () => ({vkey: third.vkey}), verdict: 'intact'},
  {
    title: 'a checkpoint that was kept',
    files: whole,
    given: kept(build.checkpointOf(log, 7, first)),
    verdict: 'intact',
  },
  {
    title: 'a further signature by an unknown key',
    files: () =>
      forged(
        whole(),
        edit('checkpoint', text => `${text}— other ${toBase64(new Uint8Array(70).fill(3))}\n`),
      ),
    verdict: 'intact',
  },
  {
    title: 'a checkpoint with extension lines',
    files: () => forged(whole(), put('checkpoint', noteBy(`${checkpointText(10, root)}more\nand more\n`))),
    verdict: 'intact',
  },
  {
    title: 'a further file that is listed',
    files: () => forged(whole(), put('extra/note.txt', 'x')),
    verdict: 'intact',
  },
  {
    title: 'brackets nested 64 deep',
    files: () => jsonAt(5, json => json.replace('"n":5', `"n":${nested(62)}`)),
    verdict: 'intact',
  },
  {
    title: 'brackets in strings, and text of all scripts',
    files: () =>
      build.bundleOf(
        build.logOf([
          build.genesis(first),
          {kind: 'x', body: {t: '[{'.repeat(99) + '\u2028😀é"\\\u0001\u007f'}},
        ]),
      ),
    verdict: 'intact',
  },
];
