import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import {severities} from '../src/domain/verdict.ts';
import type {CheckResult} from '../src/domain/verdict.ts';

// `unknown` cannot be asked for: what could not be looked at proves nothing about anything.
const known = z.enum(['pass', 'warn', 'fail', 'skipped']);
const expectations = z
  .record(z.string().min(1), z.union([known, z.array(known).min(1)]))
  .refine(map => Object.keys(map).length > 0, 'name at least one check');

const params = z.strictObject({
  when: expectations.describe('Checks of this service and the verdict that makes the rule apply.'),
  require: expectations.describe('Checks of this service and the verdict they must then have.'),
  else: z
    .strictObject({
      verdict: z.enum(['warn', 'fail']).default('warn').describe('What it is when the rule is broken.'),
      severity: z.enum(severities).optional().describe('Severity of that; else the severity of the check.'),
      message: z.string().min(1).describe('What it means, in a few words.'),
      owner: z.string().min(1).max(100).optional().describe('Who has to see to it.'),
      recommendation: z.string().min(1).max(500).optional().describe('What they should do.'),
    })
    .describe('What the look says when `when` holds and `require` does not.'),
});

type Wanted = z.infer<typeof expectations>;

const holds = (wanted: Wanted, results: ReadonlyMap<string, CheckResult>): boolean =>
  Object.entries(wanted).every(([check, verdicts]) => {
    const verdict = results.get(check)?.verdict;
    return (typeof verdicts === 'string' ? [verdicts] : verdicts).some(one => one === verdict);
  });

const said = (wanted: Wanted, results: ReadonlyMap<string, CheckResult>): string =>
  Object.keys(wanted)
    .map(check => `${check} ${results.get(check)?.verdict ?? 'unknown'}`)
    .join(', ');

const told = (wanted: Wanted): string =>
  Object.entries(wanted)
    .map(([check, verdicts]) => `${check} ${typeof verdicts === 'string' ? verdicts : verdicts.join(' or ')}`)
    .join(', ');

/** What is to be done about the finding, and by whom: it goes wherever the message goes. */
const advice = ({owner, recommendation}: z.infer<typeof params>['else']): string =>
  `${owner === undefined ? '' : `; owner: ${owner}`}${recommendation === undefined ? '' : `; recommended: ${recommendation}`}`;

const inputsOf = (given: z.infer<typeof params>): string[] => [
  ...new Set([...Object.keys(given.when), ...Object.keys(given.require)]),
];

export const consistency = defineCheck({
  type: 'consistency',
  summary: 'Results of other checks of the same service fit together',
  example: `type: consistency
when: {live: pass}
require: {unit: pass}
else: {verdict: warn, severity: sev3, message: running outside systemd, owner: platform, recommendation: start it through its unit}`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 5_000,
  params,
  inputs: inputsOf,
  run: async (given, {input}) => {
    const results = new Map<string, CheckResult>();
    const missing: string[] = [];
    for (const check of inputsOf(given)) {
      const result = input(check);
      if (result === undefined) missing.push(`${check} has no fresh result`);
      else if (result.verdict === 'unknown') missing.push(`${check} is unknown`);
      else results.set(check, result);
    }
    if (missing.length > 0)
      return Promise.resolve({verdict: 'unknown', kind: 'noData', checked: 0, message: missing.join('; ')});
    const checked = results.size;
    if (!holds(given.when, results)) {
      const message = `does not apply: ${said(given.when, results)}`;
      return Promise.resolve({verdict: 'skipped', kind: 'notDue', checked: 0, message});
    }
    if (holds(given.require, results)) {
      const message = [said(given.when, results), said(given.require, results)].join(', and ');
      return Promise.resolve({verdict: 'pass', kind: 'assertion', checked, message});
    }
    return Promise.resolve({
      verdict: given.else.verdict,
      kind: 'assertion',
      checked,
      message: `${given.else.message} (${said(given.when, results)}, but ${said(given.require, results)})${advice(given.else)}`,
      expected: told(given.require),
      actual: said(given.require, results),
      ...(given.else.severity === undefined ? {} : {severity: given.else.severity}),
    });
  },
});
