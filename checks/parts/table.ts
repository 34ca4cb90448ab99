// Assertions as the parts of a look: one line for each thing that was compared.
import type {Look, Part} from '../../src/domain/verdict.ts';
import {judge} from './expect.ts';
import type {Assertion} from './expect.ts';

const partOf = ({what, ok, expected, actual, otherwise = 'fail'}: Assertion): Part => ({
  name: what,
  verdict: ok === undefined ? 'unknown' : ok ? 'pass' : otherwise,
  message: ok === true ? actual : `expected ${expected}, got ${actual}`,
  expected,
  actual,
});

/** Judged as ever, with a part for each assertion. */
export const judgeInParts = (assertions: readonly Assertion[], summary: string): Look => ({
  ...judge(assertions, summary),
  parts: assertions.map(partOf),
});

/** A drill that ended before its time: what went wrong first says more than what followed from it. */
export function endedEarly(look: Look, ended: Look): Look {
  const isFailed = look.verdict === 'fail';
  return {
    ...ended,
    verdict: isFailed ? 'fail' : ended.verdict,
    kind: isFailed && ended.verdict !== 'fail' ? look.kind : ended.kind,
    checked: look.checked + ended.checked,
    message: isFailed ? `${ended.message}; ${look.message}` : ended.message,
    parts: look.parts ?? [],
  };
}
