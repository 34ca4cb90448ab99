import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import {rollUp} from '../src/domain/verdict.ts';
import type {Kind, Look, Part, Verdict} from '../src/domain/verdict.ts';
import {ask, askShape} from './parts/ask.ts';
import {excerpt} from './parts/expect.ts';
import {httpStatus} from './parts/fields.ts';
import {healthFormats, readHealth, type HealthBody, type Said} from './parts/health-body.ts';

const params = z
  .strictObject({
    ...askShape,
    format: z
      .enum(healthFormats)
      .default('auto')
      .describe(
        'The form of the answer: health+json (`inadarei`), Spring Boot, `/readyz?verbose`, `{"checks": …}`, or a word.',
      ),
    status: httpStatus.default(200).describe('The HTTP status of a healthy answer.'),
    plain: z
      .string()
      .min(1)
      .optional()
      .describe('With `format: plain`, all that a healthy answer says; else any word such as `ok`.'),
    require: z
      .record(z.string().min(1), z.string().min(1))
      .default({})
      .describe('Sub-checks that must be in the answer, each with the word it must say, such as `db: ok`.'),
    allowMissing: z
      .boolean()
      .default(false)
      .describe('A sub-check of `require` that is not there is passed over instead of being unknown.'),
  })
  .refine(({plain, format}) => plain === undefined || format === 'plain', {
    message: 'plain belongs to format: plain',
    path: ['plain'],
  });
type Params = z.infer<typeof params>;

/** Words that services use for the state of a part, and for their own. Anything else is not understood. */
const words: Readonly<Record<string, Verdict>> = {
  ok: 'pass',
  pass: 'pass',
  passed: 'pass',
  up: 'pass',
  healthy: 'pass',
  ready: 'pass',
  alive: 'pass',
  true: 'pass',
  warn: 'warn',
  warning: 'warn',
  degraded: 'warn',
  fail: 'fail',
  failed: 'fail',
  failing: 'fail',
  down: 'fail',
  error: 'fail',
  unhealthy: 'fail',
  not_ready: 'fail',
  out_of_service: 'fail',
  false: 'fail',
  skipped: 'skipped',
  skip: 'skipped',
  disabled: 'skipped',
  not_configured: 'skipped',
};

const verdictOf = (word: string | undefined): Verdict | undefined => {
  const key = (word ?? '').toLowerCase();
  return Object.hasOwn(words, key) ? words[key] : undefined;
};

/** `ok`, `UP` and `pass` are one word for the same thing. */
const isSaid = (word: string | undefined, expected: string): boolean =>
  word?.toLowerCase() === expected.toLowerCase() ||
  (verdictOf(expected) === 'pass' && verdictOf(word) === 'pass');

/** A sub-check that the site requires to say `expected`. */
function required(
  name: string,
  expected: string,
  {said, given}: {said: Said | undefined; given: Params},
): Part {
  if (said === undefined)
    return {
      name,
      verdict: given.allowMissing ? 'skipped' : 'unknown',
      message: given.allowMissing ? 'not in the answer, which the site allows' : 'not in the answer',
      expected,
      actual: 'nothing',
    };
  const actual = said.text;
  const verdict = verdictOf(said.word);
  if (isSaid(said.word, expected))
    return verdict === 'skipped'
      ? {name, verdict: 'skipped', message: 'not configured, as expected', expected, actual}
      : {name, verdict: verdict === 'warn' ? 'warn' : 'pass', message: actual, expected, actual};
  const message = `expected ${expected}, got ${actual}`;
  // A word that nobody knows proves neither: it is not ready, and not a failure that was seen.
  return {name, verdict: verdict === undefined ? 'unknown' : 'fail', message, expected, actual};
}

/** A sub-check that the answer has and the site does not mention: it is believed, as far as it is understood. */
function extra(name: string, {word, text: actual}: Said): Part {
  const verdict = verdictOf(word);
  if (verdict === undefined)
    return {name, verdict: 'unknown', message: `says ${actual}, which is not understood`, actual};
  const isBare = verdict === 'skipped' && actual === word;
  return {name, verdict, message: isBare ? 'not configured' : actual, actual};
}

function partsOf({parts}: HealthBody, given: Params): Part[] {
  const wanted = Object.entries(given.require).map(([name, expected]) =>
    required(name, expected, {said: parts.get(name), given}),
  );
  const others = [...parts].filter(([name]) => !Object.hasOwn(given.require, name));
  return [...wanted, ...others.map(([name, said]) => extra(name, said))];
}

interface Facts {
  readonly status: number;
  readonly text: string;
  readonly cut: boolean;
}

function notUnderstood({status, text, cut}: Facts, {status: wanted, format}: Params): Look {
  const what = cut
    ? 'a body over 1 MiB'
    : text.trim() === ''
      ? 'an empty body'
      : `a body that is no health answer${format === 'auto' ? '' : ` (${format})`}: ${JSON.stringify(excerpt(text))}`;
  const isExpected = status === wanted;
  return {
    verdict: isExpected ? 'unknown' : 'fail',
    kind: isExpected ? 'noData' : 'assertion',
    checked: 1,
    message: isExpected ? `${status} with ${what}` : `expected ${wanted}, got ${status} with ${what}`,
    expected: `${wanted} with a health answer`,
    actual: `${status} with ${what}`,
  };
}

function look(facts: Facts, given: Params): Look {
  const body = facts.cut ? undefined : readHealth(facts.text, given);
  if (body === undefined) return notUnderstood(facts, given);
  const parts = partsOf(body, given);
  const isStatusRight = facts.status === given.status;
  const own = verdictOf(body.word);
  const ownVerdict: Verdict[] = body.word === undefined ? [] : [own ?? 'unknown'];
  const verdict = rollUp([
    isStatusRight ? 'pass' : 'fail',
    ...ownVerdict,
    ...parts.map(part => part.verdict),
  ]);
  const bad = parts.filter(
    part => part.verdict === 'fail' || part.verdict === 'unknown' || part.verdict === 'warn',
  );
  const sentences = [
    ...(isStatusRight ? [] : [`expected ${given.status}, got ${facts.status}`]),
    ...bad.map(part => `${part.name}: ${part.message}`),
    ...(bad.length === 0 && own !== 'pass' && body.word !== undefined
      ? [`says ${excerpt(body.word, 80)}`]
      : []),
  ];
  const good = parts.filter(part => part.verdict === 'pass').length;
  const summary =
    parts.length === 0 ? `says ${excerpt(body.word ?? '', 80)}` : `${good} of ${parts.length} parts ok`;
  const kind: Kind = verdict === 'unknown' ? 'noData' : 'assertion';
  const listed = (each: (part: Part) => string): string =>
    bad.map(part => `, ${part.name} ${each(part)}`).join('');
  return {
    verdict,
    kind,
    // A skipped part was read, not checked.
    checked:
      1 +
      ownVerdict.length +
      parts.filter(part => part.verdict !== 'skipped' && part.actual !== 'nothing').length,
    message: sentences.length === 0 ? `${facts.status}, ${summary}` : sentences.join('; '),
    ...(sentences.length === 0
      ? {}
      : {
          expected: `${given.status}${listed(part => part.expected ?? 'ok')}`,
          actual: `${facts.status}${listed(part => part.actual ?? 'nothing')}`,
        }),
    parts,
  };
}

export const health = defineCheck({
  type: 'health',
  summary: 'A health or readiness page and each of its sub-checks; the status alone is not believed',
  example: `type: health
panel: readiness
url: http://127.0.0.1:8080/ready
require: {db: ok, migration_head: ok}`,
  needsTrust: false,
  everyMs: 30_000,
  timeoutMs: 10_000,
  params,
  run: async (given, context) =>
    ask({...given, method: 'GET'}, context, ({status, body, cut}) =>
      look({status, text: new TextDecoder().decode(body), cut}, given),
    ),
});
