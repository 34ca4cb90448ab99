// Single entries: deleted, swapped, inserted, duplicated, with an editor alone or by somebody who signs everything again.
import * as build from '../../build.ts';
import {
  changed,
  edit,
  first,
  forged,
  kept,
  plain,
  put,
  story,
  whole,
  type Case,
  type Change,
} from '../tools.ts';

export const turnLines = (turn: (lines: readonly string[]) => readonly string[]): Change =>
  edit('entries.jsonl', text => `${turn(text.split('\n').slice(0, -1)).join('\n')}\n`);

/** The lines as they are told, each still saying what it said, with everything else made to fit. */
const retold = (lines: readonly Uint8Array[]): build.Log => ({
  said: lines.map((_, i) => story[i] ?? plain(i)),
  lines,
  leaves: build.logOf(lines.map((line, i) => ({...(story[i] ?? plain(i)), line: () => line}))).leaves,
});
const none = new Uint8Array();
const bare = build.logOf([build.genesis(first), ...Array.from({length: 9}, (_, i) => plain(i + 1))]);
const bareTip = kept(build.checkpointOf(bare, 10, first));
const inserted = Buffer.from(bare.lines[3] ?? [])
  .toString()
  .replace('"n":3', '"n":33');
const moved = (turn: (lines: readonly Uint8Array[]) => readonly Uint8Array[], plan?: build.Plan) =>
  build.bundleOf(retold(turn(bare.lines)), plan);
const without4 = (lines: readonly Uint8Array[]): readonly Uint8Array[] => lines.toSpliced(4, 1);
/** The first eight were signed as they were; the rest is retold. */
const keeping8 = (files: build.Files): build.Files =>
  forged(files, put('checkpoints/8', build.checkpointOf(bare, 8, first)));

export const deleted: readonly Case[] = [
  {
    title: 'an entry deleted from the middle',
    files: () =>
      changed(
        whole(),
        turnLines(lines => lines.toSpliced(4, 1)),
      ),
    verdict: 'truncated',
  },
  {
    title: 'an entry deleted, the range lowered, all files listed and signed again',
    files: () => moved(without4),
    verdict: 'modified',
    index: 3,
  },
  {
    title: 'the same, with a checkpoint from before in the bundle',
    files: () => keeping8(moved(without4)),
    verdict: 'forked',
  },
  {
    title: 'an entry deleted, those behind it written anew and signed: alone',
    files: () => build.bundleOf(build.logOf(story.toSpliced(5, 1).slice(0, 5))),
    verdict: 'intact',
  },
  {
    title: 'an entry deleted, those behind it written anew and signed: with a checkpoint that was kept',
    files: () => build.bundleOf(build.logOf(bare.said.toSpliced(4, 1))),
    given: kept(build.checkpointOf(bare, 8, first)),
    verdict: 'forked',
  },
];

export const swapped: readonly Case[] = [
  {
    title: 'two entries swapped',
    files: () =>
      changed(
        whole(),
        turnLines(lines => lines.with(3, lines[5] ?? '').with(5, lines[3] ?? '')),
      ),
    verdict: 'modified',
    index: 3,
  },
  {
    title: 'two entries swapped, tiles made to fit, all signed again',
    files: () => moved(lines => lines.with(3, lines[5] ?? none).with(5, lines[3] ?? none)),
    verdict: 'modified',
    index: 2,
  },
];

export const added: readonly Case[] = [
  {
    title: 'an entry inserted',
    files: () =>
      changed(
        whole(),
        turnLines(lines => lines.toSpliced(4, 0, inserted)),
      ),
    verdict: 'modified',
    index: 4,
  },
  {
    title: 'an entry inserted, the range raised, all signed again',
    files: () => moved(lines => lines.toSpliced(4, 0, Buffer.from(inserted))),
    verdict: 'modified',
    index: 3,
  },
  {
    title: 'an entry inserted, those behind it written anew and signed: with a checkpoint that was kept',
    files: () => build.bundleOf(build.logOf(bare.said.toSpliced(4, 0, plain(44)))),
    given: bareTip,
    verdict: 'forked',
  },
  {
    title: 'an entry duplicated',
    files: () =>
      changed(
        whole(),
        turnLines(lines => lines.toSpliced(4, 0, lines[4] ?? '')),
      ),
    verdict: 'modified',
    index: 5,
  },
  {
    title: 'an entry duplicated, the range raised, all signed again',
    files: () => moved(lines => lines.toSpliced(4, 0, lines[4] ?? none)),
    verdict: 'modified',
    index: 4,
  },
  {
    title: 'the last entry duplicated',
    files: () =>
      changed(
        whole(),
        turnLines(lines => [...lines, lines[9] ?? '']),
      ),
    verdict: 'modified',
  },
];
