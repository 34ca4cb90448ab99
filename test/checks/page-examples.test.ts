// The sites of docs/check-examples.md: each is read as a site file, and every check in it is looked at.
import {expect, test} from 'vitest';
import type {CheckResult, Verdict} from '../../src/domain/verdict.ts';
import {looked, nameOf, sites} from './page-sites.ts';
import {emptyStage, goodStage} from './page-stage.ts';

/** What is not a pass where all is well: what nobody attested yet, and what applies only when something is wrong. */
const others: Readonly<Record<string, Verdict>> = {
  trusted: 'unknown',
  plan: 'unknown',
  'partial-restore': 'unknown',
  containment: 'unknown',
  'break-glass': 'unknown',
  leaks: 'unknown',
  'leak-free-days': 'unknown',
  'signer-replaced': 'skipped',
  'strict-500': 'fail',
  'strict-if': 'skipped',
};
/** What is right although nothing is there, for it must not be there. */
const absent = new Set(['no-worker', 'no-leftovers']);
/** What does not apply where nothing is there, while the rule that does is broken. */
const idle = new Set(['strict-only-if']);

test('the page has four sites', () => {
  expect(sites.map(nameOf)).toEqual(['one-machine', 'application', 'event-ledger', 'hardening']);
});

const said = (results: readonly CheckResult[]): string[] =>
  results.map(({check, verdict, message}) => `${check}: ${verdict}: ${message}`);

test.each(sites.map(text => [nameOf(text), text] as const))(
  'every check of the site %s is true where all is well',
  async (_, text) => {
    const results = await looked(text, await goodStage());
    const isRight = ({check, verdict, checked}: CheckResult): boolean =>
      check in others ? verdict === others[check] : verdict === 'pass' && checked > 0;
    expect(said(results.filter(result => !isRight(result)))).toEqual([]);
    expect(results.length).toBeGreaterThan(10);
  },
);

test.each(sites.map(text => [nameOf(text), text] as const))(
  'no check of the site %s passes where nothing is there',
  async (_, text) => {
    const results = await looked(text, emptyStage());
    const isRight = ({check, verdict}: CheckResult): boolean =>
      absent.has(check) ||
      verdict === 'fail' ||
      verdict === 'unknown' ||
      (idle.has(check) && verdict === 'skipped');
    expect(said(results.filter(result => !isRight(result)))).toEqual([]);
    expect(results.length).toBeGreaterThan(10);
  },
);
