import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {durationMs} from '../src/domain/duration.ts';
import type {Look, Part, Verdict} from '../src/domain/verdict.ts';
import {asInsecure} from './parts/ask.ts';
import {numberCondition, type Given} from './parts/condition.ts';
import {excerpt} from './parts/expect.ts';
import {duration} from './parts/fields.ts';
import {meets} from './parts/operators.ts';
import {
  notesOf,
  numberText,
  oneSource,
  oneSourceMessage,
  prometheusShape,
  query,
  type Queried,
  type Series,
} from './parts/prometheus.ts';
import {withoutSecrets} from './parts/secrets.ts';

const params = z
  .strictObject({
    ...prometheusShape,
    query: z.string().min(1).describe('The query, in PromQL; it must give numbers, not ranges.'),
    fail: numberCondition.optional().describe('A sample that meets this condition is a failure.'),
    warn: numberCondition.optional().describe('A sample that meets this one is a warning.'),
    agg: z
      .enum(['any', 'all'])
      .default('any')
      .describe('Whether one series that is bad is enough, or all must be.'),
    for: duration.optional().describe('Only when it has been so for this long, at every point of that time.'),
    noData: z
      .enum(['unknown', 'pass', 'warn', 'fail'])
      .default('unknown')
      .describe('What an answer without a single series is. It is never zero.'),
    labels: z
      .array(z.string().min(1))
      .optional()
      .describe('The labels that are shown of a series; else all of them.'),
  })
  .refine(oneSource, oneSourceMessage)
  .refine(
    ({fail, warn}) => fail !== undefined || warn !== undefined,
    'a condition is missing: `fail` or `warn`',
  );
type Params = z.infer<typeof params>;

/** Most series that are listed one by one. */
const mostParts = 50;

const nameOf = ({name, labels}: Series, {labels: wanted}: Params): string => {
  if (wanted === undefined) return excerpt(name, 120);
  return excerpt(wanted.map(label => `${label}=${labels[label] ?? ''}`).join(', '), 120);
};

/** Whether a value meets a condition; undefined where it is no number. */
function isBad(value: number, given: Given): boolean | undefined {
  if (Number.isNaN(value)) return undefined;
  return meets('value', value, given, 0).every(({ok}) => ok === true);
}

const wordsOf = (given: Given): string =>
  meets('value', 0, given, 0)
    .map(({expected}) => expected)
    .join(' and ');

interface Window {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
}

/** Some thirty points, as often as Prometheus itself looks at most. */
function windowOf(given: Params, nowMs: number): Window | undefined {
  const lengthMs = durationMs(given.for ?? '');
  if (lengthMs === undefined) return undefined;
  const stepMs = Math.max(1_000, Math.round(lengthMs / 30_000) * 1_000);
  return {fromMs: nowMs - lengthMs, toMs: nowMs, stepMs};
}

interface Judged {
  readonly series: Series;
  readonly now: number;
  readonly verdict: Verdict;
  /** Why it is no worse than that although it is bad now. */
  readonly note: string;
}

/** What one level makes of a series: bad, not bad, bad but not for long enough, or not to be told. */
function levelOf({points}: Series, given: Given, window: Window | undefined): boolean | 'soon' | undefined {
  const last = points.at(-1);
  const now = last === undefined ? undefined : isBad(last.value, given);
  if (now !== true || window === undefined) return now;
  const [first] = points;
  const isWhole = first !== undefined && first.atMs <= window.fromMs + window.stepMs;
  // A gap is no proof that it was bad then, too.
  const isDense = points.length >= Math.floor((window.toMs - window.fromMs) / window.stepMs);
  return isWhole && isDense && points.every(({value}) => isBad(value, given) === true) ? true : 'soon';
}

function judgedBy(series: Series, given: Params, window: Window | undefined): Judged {
  const now = series.points.at(-1)?.value ?? Number.NaN;
  const fail = given.fail === undefined ? false : levelOf(series, given.fail, window);
  const warn = given.warn === undefined ? false : levelOf(series, given.warn, window);
  const verdict: Verdict =
    fail === true
      ? 'fail'
      : fail === undefined || warn === undefined
        ? 'unknown'
        : warn === true
          ? 'warn'
          : 'pass';
  const isSoon = verdict === 'pass' && (fail === 'soon' || warn === 'soon');
  return {series, now, verdict, note: isSoon ? `, but not yet for ${given.for ?? ''}` : ''};
}

/** With `all`, the best series decides: one that is well clears the others. */
function together(all: readonly Judged[], {agg}: Params): Verdict {
  const order: readonly Verdict[] =
    agg === 'any' ? ['fail', 'unknown', 'warn', 'pass'] : ['pass', 'warn', 'unknown', 'fail'];
  return order.find(verdict => all.some(one => one.verdict === verdict)) ?? 'unknown';
}

const expectedOf = (verdict: Verdict, {fail, warn}: Params): string => {
  const given = verdict === 'fail' ? fail : warn;
  return verdict === 'unknown' || given === undefined ? 'a number' : `not ${wordsOf(given)}`;
};

function summary(all: readonly Judged[], given: Params): string {
  const values = all.map(({now}) => now);
  const [only] = all;
  if (only !== undefined && all.length === 1) {
    const name = nameOf(only.series, given);
    return `${numberText(only.now)}${name === '' ? '' : ` at ${name}`}${only.note}`;
  }
  const soon = all.filter(({note}) => note !== '');
  const range = `${all.length} series, from ${numberText(Math.min(...values))} to ${numberText(Math.max(...values))}`;
  return soon.length === 0 ? range : `${range}; ${soon.length} bad${soon[0]?.note ?? ''}`;
}

function look(found: Queried, given: Params, window: Window | undefined): Look {
  // With a window a series counts that is still there at its end.
  const current = found.series.filter(
    ({points}) => window === undefined || (points.at(-1)?.atMs ?? 0) >= window.toMs - window.stepMs,
  );
  if (current.length === 0) {
    const {noData} = given;
    const isGiven = noData !== 'unknown';
    const message = `no data: the query gives no series${isGiven ? `, which is a ${noData} here` : ''}`;
    return {verdict: noData, kind: 'noData', checked: isGiven ? 1 : 0, message};
  }
  const all = current.map(series => judgedBy(series, given, window));
  const verdict = together(all, given);
  const bad = all.filter(one => one.verdict === verdict);
  const parts = all.slice(0, mostParts).map(({series, now, verdict: each, note}): Part => ({
    name: nameOf(series, given) || 'value',
    verdict: each,
    message: `${numberText(now)}${note}`,
  }));
  const checked = all.filter(({now}) => !Number.isNaN(now)).length;
  if (verdict === 'pass') return {verdict, kind: 'assertion', checked, message: summary(all, given), parts};
  const expected = expectedOf(verdict, given);
  const listed = bad.slice(0, 5).map(({series, now}) => {
    const name = nameOf(series, given);
    return `${numberText(now)}${name === '' ? '' : ` at ${name}`}`;
  });
  const more = bad.length > listed.length ? ` and ${bad.length - listed.length} more` : '';
  const actual = `${listed.join(', ')}${more}`;
  const long = verdict === 'unknown' || given.for === undefined ? '' : ` for ${given.for}`;
  return {
    verdict,
    kind: verdict === 'unknown' ? 'noData' : 'assertion',
    checked,
    message: `expected ${expected}, got ${actual}${long}`,
    expected,
    actual,
    parts,
  };
}

/** An answer that may be incomplete is no proof that all is well. */
function withNotes(seen: Look, found: Queried): Look {
  const message = seen.message + notesOf(found);
  return found.warnings.length > 0 && seen.verdict === 'pass'
    ? {...seen, verdict: 'warn', message}
    : {...seen, message};
}

export const promql = defineCheck({
  type: 'promql',
  summary: 'What a query to Prometheus gives is no number that is bad; no data is never zero',
  example: `type: promql
url: http://127.0.0.1:9090
query: sum by (job) (rate(http_requests_total{code=~"5.."}[5m]))
warn: {gt: 0.1}
fail: {gt: 1}
for: 10m
labels: [job]`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 10_000,
  params,
  run: async (given, context: CheckContext) => {
    const window = windowOf(given, context.clock.nowMs());
    const found = await query(given, context, {
      text: given.query,
      ...(window === undefined ? {} : {range: window}),
      timeoutMs: context.timeoutMs,
    });
    if (!found.ok) return found.look;
    const {secrets, isInsecure} = found.value;
    const seen = withNotes(look(found.value, given, window), found.value);
    return withoutSecrets(isInsecure ? asInsecure(seen) : seen, secrets);
  },
});
