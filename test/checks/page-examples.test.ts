// The sites of docs/check-examples.md: each is read as a site file, and every check in it is looked at.
import {readFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {expect, test} from 'vitest';
import {checks} from '../../checks/index.ts';
import {runOnce} from '../../src/engine/monitor/run-once.ts';
import type {CheckResult, Verdict} from '../../src/domain/verdict.ts';
import {parseSite} from '../../src/site/parse.ts';
import {resolveSite} from '../../src/site/resolve.ts';
import {emptyStage, goodStage} from './page-stage.ts';

const page = readFileSync(resolve(import.meta.dirname, '../../docs/check-examples.md'), 'utf8');
const sites = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text = '']) => text);
const nameOf = (text: string): string => /^site: (.*)$/m.exec(text)?.[1] ?? '';

/** What is not a pass where all is well: what nobody attested yet, and what applies only when something is wrong. */
const others: Readonly<Record<string, Verdict>> = {
  trusted: 'unknown',
  plan: 'unknown',
  'partial-restore': 'unknown',
  containment: 'unknown',
  'break-glass': 'unknown',
  'signer-replaced': 'skipped',
};
/** What is right although nothing is there, for it must not be there. */
const absent = new Set(['no-worker', 'no-leftovers']);

test('the page has four sites', () => {
  expect(sites.map(nameOf)).toEqual(['one-machine', 'application', 'event-ledger', 'hardening']);
});

async function looked(text: string, {filled, ports}: Awaited<ReturnType<typeof goodStage>>) {
  const resolved = resolveSite(parseSite(new TextEncoder().encode(filled(text))), {
    checks,
    runbookIds: new Set(),
    defaults: {strikesToFail: 2, everyMs: undefined},
  });
  if (!resolved.ok)
    throw new Error(resolved.problems.map(({line, message}) => `${line}: ${message}`).join('\n'));
  const {site} = resolved;
  const specs = site.services.flatMap(service => service.checks);
  return runOnce({specs, checks, ports, trusted: true, site});
}

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
      absent.has(check) || verdict === 'fail' || verdict === 'unknown';
    expect(said(results.filter(result => !isRight(result)))).toEqual([]);
    expect(results.length).toBeGreaterThan(10);
  },
);
