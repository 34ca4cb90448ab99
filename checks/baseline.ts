import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {durationMs} from '../src/domain/duration.ts';
import {instantOf} from '../src/domain/time.ts';
import {rollUp} from '../src/domain/verdict.ts';
import type {Look, Part} from '../src/domain/verdict.ts';
import {asInsecure} from './parts/ask.ts';
import {
  fromLines,
  fromProgram,
  fromQuery,
  type Counted,
  type Numbers,
  type Window,
} from './parts/baseline-numbers.ts';
import {pathConditions} from './parts/condition.ts';
import {excerpt} from './parts/expect.ts';
import {duration} from './parts/fields.ts';
import {readPath} from './parts/json-path.ts';
import {numberText, prometheusShape} from './parts/prometheus.ts';
import type {Found} from './parts/reference.ts';
import {withoutSecrets} from './parts/secrets.ts';

const instant = z
  .string()
  .refine(text => instantOf(text) !== undefined, 'expected a time such as 2026-03-01T12:00:00Z');

const params = z
  .strictObject({
    ...prometheusShape,
    query: z
      .string()
      .min(1)
      .optional()
      .describe('What is counted, in PromQL, over the window: `sum(increase(errors_total[1h]))`.'),
    ndjson: z
      .strictObject({
        path: z
          .string()
          .startsWith('/', 'expected an absolute path')
          .describe('File of JSON, a record in each line.'),
        timeField: z
          .string()
          .refine(path => readPath(path) !== undefined, 'expected a path such as $.ts')
          .default('$.ts')
          .describe('Where a record has its time.'),
        where: pathConditions.optional(),
      })
      .optional()
      .describe('Or how many records of a file there are in the window.'),
    argv: z
      .array(z.string())
      .min(1)
      .refine(argv => argv[0] !== '', 'the first word is the program')
      .optional()
      .describe(
        'Or a program that prints a number in each line, one for each window, the oldest first and now last.',
      ),
    window: duration.default('1h').describe('The time that one number counts.'),
    baselineWindow: duration.default('7d').describe('How far back the past goes.'),
    ratioMax: z
      .number()
      .min(1)
      .default(3)
      .describe('More than so many times the usual (the median) is a spike.'),
    minCount: z.number().min(0).default(5).describe('Less than this is never a spike.'),
    minPoints: z
      .int()
      .min(1)
      .default(3)
      .describe('Fewer numbers of the past are too few to know what is usual.'),
    explained: z
      .array(
        z.strictObject({
          incident: z.string().min(1).max(200).describe('The incident that explains a spike.'),
          until: instant.describe('When that ends to be an explanation.'),
        }),
      )
      .default([])
      .describe('Spikes until then are a warning that names the incident.'),
  })
  .refine(
    ({query, ndjson, argv}) => [query, ndjson, argv].filter(one => one !== undefined).length === 1,
    'name one of `query`, `ndjson` and `argv`',
  )
  .refine(
    ({query, source, url}) => (query === undefined) === (source === undefined && url === undefined),
    'a query needs `source` or `url`, and nothing else does',
  )
  .refine(({source, url}) => source === undefined || url === undefined, 'name either `source` or `url`')
  .refine(({window, baselineWindow, minPoints}) => windowsIn(window, baselineWindow) >= minPoints, {
    message: 'there are fewer windows in it than minPoints',
    path: ['baselineWindow'],
  });
type Params = z.infer<typeof params>;

const windowsIn = (window: string, baselineWindow: string): number =>
  Math.floor((durationMs(baselineWindow) ?? 0) / (durationMs(window) ?? 1));

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** The incident that explains a spike now, and one that did so until it ended. */
function explanation({explained}: Params, nowMs: number) {
  const open = explained.find(({until}) => (instantOf(until) ?? 0) > nowMs);
  return {open, ended: open === undefined ? explained.at(-1) : undefined};
}

function partOf({name, past, now}: Numbers, given: Params, nowMs: number): Part {
  const title = name === '' ? 'now' : excerpt(name, 120);
  if (Number.isNaN(now)) return {name: title, verdict: 'unknown', message: 'it is no number now'};
  if (past.length < given.minPoints) {
    const message = `${numberText(now)}, and of its past only ${past.length} of the ${given.minPoints} numbers that it takes`;
    return {
      name: title,
      verdict: 'unknown',
      message,
      expected: `${given.minPoints} numbers`,
      actual: String(past.length),
    };
  }
  const usual = median(past);
  const facts = `${numberText(now)}, usually ${numberText(usual)} (of ${past.length})`;
  if (now < given.minCount || now <= usual * given.ratioMax)
    return {name: title, verdict: 'pass', message: facts};
  const {open, ended} = explanation(given, nowMs);
  const expected = `at most ${given.ratioMax} times ${numberText(usual)}`;
  const common = {name: title, expected, actual: numberText(now)};
  if (open !== undefined)
    return {
      ...common,
      verdict: 'warn',
      message: `${facts}, explained by ${open.incident} until ${open.until}`,
    };
  const since = ended === undefined ? '' : ` (${ended.incident} explained it until ${ended.until})`;
  return {...common, verdict: 'fail', message: `an unexplained spike: ${facts}${since}`};
}

const numbersFor = async (given: Params, context: CheckContext): Promise<Found<Counted>> => {
  const window: Window = {
    lengthMs: durationMs(given.window) ?? 1,
    count: windowsIn(given.window, given.baselineWindow),
  };
  const {query, ndjson, argv} = given;
  if (query !== undefined) return fromQuery({...given, query}, window, context);
  if (ndjson !== undefined) return fromLines(ndjson, window, context);
  const [program = '', ...args] = argv ?? [];
  return fromProgram([program, ...args], context);
};

function look({all, note, isDoubtful}: Counted, given: Params, nowMs: number): Look {
  if (all.length === 0)
    return {
      verdict: 'unknown',
      kind: 'noData',
      checked: 0,
      message: `no data: nothing is counted now${note}`,
    };
  const parts = all.map(numbers => partOf(numbers, given, nowMs));
  const worst = rollUp(parts.map(({verdict}) => verdict));
  const verdict = worst === 'pass' && isDoubtful ? 'warn' : worst;
  const bad = parts.filter(part => part.verdict === worst);
  const said = bad.slice(0, 5).map(({name, message}) => (all.length === 1 ? message : `${name}: ${message}`));
  const [first] = bad;
  return {
    verdict,
    kind: verdict === 'unknown' ? 'noData' : 'assertion',
    checked: parts.filter(part => part.verdict !== 'unknown').length,
    message: `${said.join('; ')}${note}`,
    ...(first?.expected === undefined ? {} : {expected: first.expected}),
    ...(first?.actual === undefined ? {} : {actual: first.actual}),
    parts,
  };
}

export const baseline = defineCheck({
  type: 'baseline',
  summary:
    'A number is not much larger than it usually is; a spike is a failure until an incident explains it',
  example: `type: baseline
url: http://127.0.0.1:9090
query: sum(increase(signature_verification_failed_total[1h]))
window: 1h
baselineWindow: 7d
ratioMax: 3
minCount: 5`,
  needsTrust: false,
  everyMs: 300_000,
  timeoutMs: 20_000,
  params,
  run: async (given, context) => {
    const found = await numbersFor(given, context);
    if (!found.ok) return found.look;
    const seen = look(found.value, given, context.clock.nowMs());
    return withoutSecrets(found.value.isInsecure ? asInsecure(seen) : seen, found.value.secrets);
  },
});
