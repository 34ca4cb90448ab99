// Collects assertions of one look: how many were made, which did not hold, which could not be decided.
import {readPattern} from '../../src/pattern.ts';
import {withoutForms} from './secrets.ts';
import type {Kind, Look, Verdict} from '../../src/domain/verdict.ts';

/** One assertion: `ok` undefined means that it could not be decided. */
export interface Assertion {
  /** What was compared, such as `status` or `json $.success`. */
  readonly what: string;
  readonly ok: boolean | undefined;
  readonly expected: string;
  readonly actual: string;
  /** What it means when it does not hold. */
  readonly otherwise?: 'warn' | 'fail';
}

/** What the assertion comes to by itself. */
export const verdictOf = ({ok, otherwise = 'fail'}: Assertion): Verdict =>
  ok === undefined ? 'unknown' : ok ? 'pass' : otherwise;

const order: readonly Verdict[] = ['fail', 'unknown', 'warn'];

/** Longest excerpt of a foreign text in a message. */
const excerptChars = 200;

/** More than the longest token: what is cut in two would no longer be recognised. */
const lookedAt = 8192;

/** The beginning of a text without what looks like a secret, with a mark where it was cut; `show()` marks controls. */
export function excerpt(text: string, limit: number = excerptChars): string {
  const clean = withoutForms(text.slice(0, limit + lookedAt));
  return clean.length <= limit && text.length <= limit + lookedAt ? clean : `${clean.slice(0, limit)}…`;
}

/** The look that the assertions amount to; `summary` is the message of a pass. */
export function judge(assertions: readonly Assertion[], summary: string): Look {
  const checked = assertions.filter(({ok}) => ok !== undefined).length;
  const worst = order.find(verdict => assertions.some(assertion => verdictOf(assertion) === verdict));
  if (worst === undefined) return {verdict: 'pass', kind: 'assertion', checked, message: summary};
  const bad = assertions.filter(assertion => verdictOf(assertion) === worst);
  const kind: Kind = worst === 'unknown' ? 'noData' : 'assertion';
  return {
    verdict: worst,
    kind,
    checked,
    message: bad.map(({what, expected, actual}) => `${what}: expected ${expected}, got ${actual}`).join('; '),
    expected: bad.map(({what, expected}) => `${what} ${expected}`).join('; '),
    actual: bad.map(({what, actual}) => `${what} ${actual}`).join('; '),
  };
}

/** Assertions on a text of which only the beginning may be known: what the rest could change is undecided. */
export function contains(
  what: string,
  text: string,
  {needle, cut}: {needle: string; cut: boolean},
): Assertion {
  const found = text.includes(needle);
  return {
    what,
    ok: found ? true : cut ? undefined : false,
    expected: `to contain ${JSON.stringify(needle)}`,
    actual: found ? 'it' : cut ? 'a text too long to be read whole' : JSON.stringify(excerpt(text)),
  };
}

export function lacks(what: string, text: string, {needle, cut}: {needle: string; cut: boolean}): Assertion {
  const found = text.includes(needle);
  return {
    what,
    ok: found ? false : cut ? undefined : true,
    expected: `not to contain ${JSON.stringify(needle)}`,
    actual: found ? 'it' : cut ? 'a text too long to be read whole' : 'a text without it',
  };
}

/** The same for a pattern, whose meaning depends on all of the text. */
export function matches(
  what: string,
  text: string,
  {pattern, wanted, cut}: {readonly pattern: string; readonly wanted: boolean; readonly cut: boolean},
): Assertion {
  const read = readPattern(pattern);
  const found = 'problem' in read ? false : read.first(text) !== undefined;
  return {
    what,
    ok: cut ? undefined : found === wanted,
    expected: `${wanted ? 'to match' : 'not to match'} ${pattern}`,
    actual: cut
      ? 'a text too long to be read whole'
      : found && !wanted
        ? 'a text that does'
        : JSON.stringify(excerpt(text)),
  };
}
