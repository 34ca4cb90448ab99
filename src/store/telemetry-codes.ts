// How a look is kept in one small number: the verdict's place in THE list, and marks beside it.
import type {SampledLook} from '../domain/look-counts.ts';
import {verdicts} from '../domain/verdict.ts';
import type {Verdict} from '../domain/verdict.ts';

const verdictBits = 7;
const excludedMark = 8;
const retriedMark = 16;
/** On failures only: what passed has answered. Format 1 had no marks, so its failures have no answer. */
const answeredMark = 32;

export const verdictOf = (code: number): Verdict => verdicts[code & verdictBits] ?? 'unknown';

export const codeOfLook = ({
  verdict,
  excluded,
  retried,
  answered,
}: Pick<SampledLook, 'verdict' | 'excluded' | 'retried' | 'answered'>): number =>
  verdicts.indexOf(verdict) +
  (excluded ? excludedMark : 0) +
  (retried ? retriedMark : 0) +
  (answered && verdict === 'fail' ? answeredMark : 0);

/** A stored row as the look it was. */
export function lookOf({
  verdict: code,
  duration,
  good,
  total,
}: {
  readonly verdict: number;
  readonly duration: number;
  readonly good: number | null;
  readonly total: number | null;
}): SampledLook {
  const verdict = verdictOf(code);
  return {
    verdict,
    durationMs: duration,
    excluded: (code & excludedMark) !== 0,
    retried: (code & retriedMark) !== 0,
    answered: verdict === 'pass' || verdict === 'warn' || (code & answeredMark) !== 0,
    ...(good === null || total === null ? {} : {events: {good, total}}),
  };
}
