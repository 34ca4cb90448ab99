// Lines of a log that follow each other, such as those of a start, and how long that took.
import {z} from 'zod';
import {durationMs} from '../../../src/domain/duration.ts';
import {readPattern} from '../../../src/pattern.ts';
import {pattern} from '../condition.ts';
import {excerpt, type Assertion} from '../expect.ts';
import {duration} from '../fields.ts';
import {undecided} from './growing.ts';
import type {Line} from './log-lines.ts';

export const linesInOrder = z.strictObject({
  patterns: z
    .array(pattern)
    .min(2)
    .describe('Each is found in a line after that of the one before; from the newest line with the first.'),
  within: duration.optional().describe('No longer from the first of them to the last.'),
});

/** Whether the pattern is found in a line. */
export const finder = (source: string): ((line: Line) => boolean) => {
  const read = readPattern(source);
  return ({text}) => !('problem' in read) && read.first(text) !== undefined;
};

/** Why something could not be decided. */
export const why = 'in a log of which not all could be read';

/** The newest line of the first pattern from which the others follow, and where they get to. */
export function inOrder(
  lines: readonly Line[],
  {patterns: sources, within}: z.infer<typeof linesInOrder>,
  whole: boolean,
): Assertion[] {
  const [first = '', ...rest] = sources;
  const expected = sources.join(', then ');
  const isFirst = finder(first);
  const begins = lines.flatMap((line, i) => (isFirst(line) ? [i] : []));
  // The newest start is the one that counts: one before it that went well says nothing about it.
  const begin = begins.at(-1);
  const began = begin === undefined ? undefined : lines[begin];
  if (begin === undefined || began === undefined) {
    const one = {what: 'order', ok: false, expected, actual: `no line with ${first}`};
    return [whole ? one : undecided(one, why)];
  }
  let at = begin;
  for (const source of rest) {
    const isNext = finder(source);
    const next = lines.findIndex((line, i) => i > at && isNext(line));
    if (next === -1)
      return [
        {
          what: 'order',
          ok: false,
          expected,
          actual: `no line with ${source} after ${excerpt(lines[at]?.text ?? '')}`,
        },
      ];
    at = next;
  }
  const found = {what: 'order', ok: true, expected, actual: 'all'};
  return within === undefined ? [found] : [found, took({from: began.ms, to: lines[at]?.ms}, within)];
}

function took(
  {from, to}: {readonly from: number | undefined; readonly to: number | undefined},
  within: string,
): Assertion {
  const expected = `at most ${within}`;
  if (from === undefined || to === undefined)
    return {what: 'time from first to last', ok: undefined, expected, actual: 'lines without a time'};
  const ms = to - from;
  return {
    what: 'time from first to last',
    ok: ms >= 0 && ms <= (durationMs(within) ?? 0),
    expected,
    actual: `${ms / 1000} s`,
  };
}
