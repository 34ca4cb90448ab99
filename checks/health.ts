import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import {rollUp} from '../src/domain/verdict.ts';
import type {Kind, Look, Part, Verdict} from '../src/domain/verdict.ts';
import {excerpt} from './parts/expect.ts';
import {httpStatus, httpUrl, requestHeaders} from './parts/fields.ts';
import {ask} from './http.ts';
import {isObject, parseJson} from './parts/json.ts';

const params = z.strictObject({
  url: httpUrl.describe('The address of the health or readiness page.'),
  headers: requestHeaders.default({}),
  status: httpStatus.default(200).describe('The HTTP status of a healthy answer.'),
  require: z
    .record(z.string().min(1), z.string().min(1))
    .default({})
    .describe('Sub-checks that must be in the answer, each with the word it must say, such as `db: ok`.'),
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

const verdictOf = (word: string): Verdict | undefined => {
  const key = word.toLowerCase();
  return Object.hasOwn(words, key) ? words[key] : undefined;
};

/** What a sub-check says: a word, true or false, or an object with a `status`. */
function wordOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  return isObject(value) && typeof value['status'] === 'string' ? value['status'] : undefined;
}

const said = (value: unknown): string => excerpt(wordOf(value) ?? JSON.stringify(value), 80);

/** A sub-check that the site requires to say `expected`. */
function required(name: string, expected: string, found: {readonly value: unknown} | undefined): Part {
  if (found === undefined)
    return {name, verdict: 'unknown', message: 'not in the answer', expected, actual: 'nothing'};
  const actual = said(found.value);
  const verdict = verdictOf(wordOf(found.value) ?? '');
  if (wordOf(found.value)?.toLowerCase() === expected.toLowerCase())
    return verdict === 'skipped'
      ? {name, verdict: 'skipped', message: 'not configured, as expected', expected, actual}
      : {name, verdict: verdict === 'warn' ? 'warn' : 'pass', message: actual, expected, actual};
  const message = `expected ${expected}, got ${actual}`;
  // A word that nobody knows proves neither: it is not ready, and not a failure that was seen.
  return {name, verdict: verdict === undefined ? 'unknown' : 'fail', message, expected, actual};
}

/** A sub-check that the answer has and the site does not mention: it is believed, as far as it is understood. */
function extra(name: string, value: unknown): Part {
  const actual = said(value);
  const verdict = verdictOf(wordOf(value) ?? '');
  if (verdict === undefined)
    return {name, verdict: 'unknown', message: `says ${actual}, which is not understood`, actual};
  return {name, verdict, message: verdict === 'skipped' ? 'not configured' : actual, actual};
}

interface Body {
  /** The service's word about itself. */
  readonly word: string | undefined;
  readonly subs: Readonly<Record<string, unknown>> | undefined;
}

/** Accepts the body as it is and wrapped in `{"data": …}`; undefined = not one of ours. */
function readBody(text: string): Body | undefined {
  const parsed = parseJson(text)?.value;
  if (!isObject(parsed)) return undefined;
  const isWrapped =
    isObject(parsed['data']) && parsed['status'] === undefined && parsed['checks'] === undefined;
  const body = isWrapped && isObject(parsed['data']) ? parsed['data'] : parsed;
  const listed = body['checks'] ?? body['components'];
  if (listed !== undefined && !isObject(listed)) return undefined;
  const word = wordOf(body['status']);
  return word === undefined && listed === undefined ? undefined : {word, subs: listed};
}

function partsOf(subs: Readonly<Record<string, unknown>>, require: Params['require']): Part[] {
  const wanted = Object.entries(require).map(([name, expected]) =>
    required(name, expected, Object.hasOwn(subs, name) ? {value: subs[name]} : undefined),
  );
  const others = Object.entries(subs).filter(([name]) => !Object.hasOwn(require, name));
  return [...wanted, ...others.map(([name, value]) => extra(name, value))];
}

interface Facts {
  readonly status: number;
  readonly text: string;
  readonly cut: boolean;
}

function notUnderstood({status, text, cut}: Facts, wanted: number): Look {
  const what = cut
    ? 'a body over 1 MiB'
    : text.trim() === ''
      ? 'an empty body'
      : `a body that is no health answer: ${JSON.stringify(excerpt(text))}`;
  const isExpected = status === wanted;
  return {
    verdict: isExpected ? 'unknown' : 'fail',
    kind: isExpected ? 'noData' : 'assertion',
    checked: 1,
    message: isExpected ? `${status} with ${what}` : `expected ${wanted}, got ${status} with ${what}`,
    expected: `${wanted} with a JSON object`,
    actual: `${status} with ${what}`,
  };
}

function look(facts: Facts, given: Params): Look {
  const body = facts.cut ? undefined : readBody(facts.text);
  if (body === undefined) return notUnderstood(facts, given.status);
  const parts = partsOf(body.subs ?? {}, given.require);
  const isStatusRight = facts.status === given.status;
  const own = body.word === undefined ? undefined : verdictOf(body.word);
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
  const summary = parts.length === 0 ? `says ${body.word ?? ''}` : `${good} of ${parts.length} parts ok`;
  const kind: Kind = verdict === 'unknown' ? 'noData' : 'assertion';
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
          expected: [String(given.status), ...bad.map(part => `${part.name} ${part.expected ?? 'ok'}`)].join(
            ', ',
          ),
          actual: [String(facts.status), ...bad.map(part => `${part.name} ${part.actual ?? 'nothing'}`)].join(
            ', ',
          ),
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
    ask({url: given.url, method: 'GET', headers: given.headers}, context, ({status, body, cut}) =>
      look({status, text: new TextDecoder().decode(body), cut}, given),
    ),
});
