// Rules 4 to 6: checkpoints and lines that contradict each other.
import * as build from '../build.ts';
import {
  first,
  log,
  whole,
  slice,
  put,
  edit,
  forged,
  relined,
  jsonAt,
  canonical,
  checkpointText,
  root,
  wrong,
  noteBy,
  kept,
  type Case,
} from './tools.ts';

export const roots: readonly Case[] = [
  {
    title: 'two checkpoints of one size',
    files: whole,
    given: kept(noteBy(checkpointText(10, wrong))),
    verdict: 'forked',
  },
  {
    title: 'two of them, both unknown here',
    files: slice,
    given: () => ({
      notes: [wrong, root].map((bytes, i) => ({where: `k${i}`, raw: noteBy(checkpointText(20, bytes))})),
    }),
    verdict: 'forked',
  },
  {
    title: 'a smaller checkpoint that the entries do not bear out',
    files: () => forged(whole(), put('checkpoints/3', noteBy(checkpointText(3, wrong)))),
    verdict: 'forked',
  },
  {
    title: 'a larger checkpoint that the entries do not bear out',
    files: () => forged(whole(), put('checkpoint', noteBy(checkpointText(10, wrong)))),
    verdict: 'modified',
  },
  {
    title: 'a wrong checkpoint where the slice begins',
    files: () => forged(slice(), put('checkpoints/2', noteBy(checkpointText(2, wrong)))),
    verdict: 'forked',
  },
  {
    title: 'a wrong checkpoint that the slice cannot judge',
    files: () => forged(slice(), put('checkpoints/8', noteBy(checkpointText(8, wrong)))),
    verdict: 'intact',
  },
  {
    title: 'a checkpoint of size 0',
    files: () => forged(whole(), put('checkpoints/0', noteBy(checkpointText(0, wrong)))),
    verdict: 'intact',
  },
  {
    title: 'a kept checkpoint that covers more',
    files: whole,
    given: kept(noteBy(checkpointText(11, wrong))),
    verdict: 'truncated',
  },
  {
    title: 'a bundle of an older size than its checkpoint',
    files: () => forged(whole(), put('checkpoint', noteBy(checkpointText(12, wrong)))),
    verdict: 'truncated',
  },
  {
    title: 'a checkpoint of a smaller size',
    files: () => forged(whole(), put('checkpoint', build.checkpointOf(log, 8, first))),
    verdict: 'modified',
  },
  {
    title: 'a line too few',
    files: () =>
      forged(
        whole(),
        edit('entries.jsonl', text => text.split('\n').slice(0, -2).join('\n') + '\n'),
      ),
    verdict: 'truncated',
  },
  {
    title: 'a line too many',
    files: () =>
      forged(
        whole(),
        edit('entries.jsonl', text => `${text}${text.split('\n').slice(9, 10).join('')}\n`),
      ),
    verdict: 'modified',
  },
  {
    title: 'a left root of another log',
    files: () =>
      forged(
        slice(),
        edit('range.json', text => text.replace(/"left":\["../, '"left":["00')),
      ),
    verdict: 'modified',
  },
  {
    title: 'a right root of another log',
    files: () =>
      forged(
        slice(),
        edit('range.json', text => text.replace(/"right":\["../, '"right":["00')),
      ),
    verdict: 'modified',
  },
];

const swap = (text: string, a: number, b: number): string => {
  const lines = text.split('\n');
  [lines[a], lines[b]] = [lines[b] ?? '', lines[a] ?? ''];
  return lines.join('\n');
};
export const lines: readonly Case[] = [
  {
    title: 'a changed line of a whole log',
    files: () =>
      forged(
        whole(),
        edit('entries.jsonl', text => text.replace('"mono":50', '"mono":51')),
      ),
    verdict: 'modified',
    index: 5,
  },
  {
    title: 'a changed line of a slice',
    files: () =>
      forged(
        slice(),
        edit('entries.jsonl', text => text.replace('"mono":40', '"mono":41')),
      ),
    verdict: 'modified',
    index: 4,
  },
  {
    title: 'a changed last line of a slice',
    files: () =>
      forged(
        slice(),
        edit('entries.jsonl', text => text.replace('"mono":50', '"mono":51')),
      ),
    verdict: 'modified',
  },
  {
    title: "two lines of a slice in each other's place",
    files: () =>
      forged(
        slice(),
        edit('entries.jsonl', text => swap(text, 1, 2)),
      ),
    verdict: 'modified',
    index: 2,
  },
  {
    title: 'a line that is gone, another twice',
    files: () =>
      forged(
        slice(),
        edit('entries.jsonl', text => text.replace(/^[^\n]*\n([^\n]*\n)/, '$1$1')),
      ),
    verdict: 'modified',
    index: 2,
  },
  {
    title: 'a first line that does not follow from the name of its log',
    files: () => relined(0, honest => canonical({...honest, prev: '0'.repeat(64)})),
    verdict: 'modified',
    index: 0,
  },
  {
    title: 'a line that says another seq',
    files: () => relined(5, honest => canonical({...honest, seq: 6})),
    verdict: 'modified',
    index: 5,
  },
  {
    title: 'a line that says another seq as a float',
    files: () => jsonAt(5, json => json.replace('"seq":5', '"seq":6.0')),
    verdict: 'modified',
    index: 5,
  },
  {
    title: 'a line that says another seq in another way',
    files: () => jsonAt(5, json => json.replace('"seq":5', '"seq":0.6e1')),
    verdict: 'modified',
    index: 5,
  },
  {
    title: 'a line whose prev is another',
    files: () => relined(5, honest => canonical({...honest, prev: '0'.repeat(64)})),
    verdict: 'modified',
    index: 4,
  },
  {
    title: 'a line whose prev is no hash',
    files: () => relined(5, honest => canonical({...honest, prev: 'x'})),
    verdict: 'modified',
    index: 4,
  },
];
