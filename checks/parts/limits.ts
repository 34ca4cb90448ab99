// Limits with two steps: over `warn` is a warning, over `fail` a failure.
import {z} from 'zod';
import {durationMs} from '../../src/domain/duration.ts';
import type {Assertion} from './expect.ts';
import {duration} from './fields.ts';

export const numberLimits = z.strictObject({
  warn: z.number().optional().describe('More is a warning.'),
  fail: z.number().optional().describe('More is a failure.'),
});

export const durationLimits = z.strictObject({
  warn: duration.optional().describe('Longer is a warning.'),
  fail: duration.optional().describe('Longer is a failure.'),
});

interface Limits<T> {
  readonly warn?: T | undefined;
  readonly fail?: T | undefined;
}

/** One assertion for each limit that is given. `shown` is how the number reads. */
export function atMost(
  what: string,
  value: number,
  {warn, fail}: Limits<number>,
  shown: (value: number) => string = String,
): Assertion[] {
  const one = (limit: number | undefined, otherwise: 'warn' | 'fail'): Assertion[] =>
    limit === undefined
      ? []
      : [
          {
            what,
            ok: value <= limit,
            expected: `at most ${shown(limit)}`,
            actual: shown(value),
            otherwise,
          },
        ];
  return [...one(fail, 'fail'), ...one(warn, 'warn')];
}

/** The same for ages; a time that is still to come is a failure, for it says nothing about an age. */
export function notOlder(what: string, ageMs: number, {warn, fail}: Limits<string>): Assertion[] {
  if (ageMs < -futureMs)
    return [{what, ok: false, expected: 'a time that is past', actual: `${ageText(-ageMs)} to come`}];
  const ms = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : durationMs(text);
  return atMost(what, Math.max(0, ageMs), {warn: ms(warn), fail: ms(fail)}, ageText);
}

/** Two clocks may differ by as much. */
const futureMs = 60_000;

/** `3d 4h`, `5m 10s`: the two largest units. */
export function ageText(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ] as const;
  let left = Math.round(ms / 1000) * 1000;
  const words = units.flatMap(([name, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? [] : [`${count}${name}`];
  });
  return words.slice(0, 2).join(' ') || '0s';
}
