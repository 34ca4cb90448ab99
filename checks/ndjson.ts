import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {durationMs} from '../src/domain/duration.ts';
import {timestamp} from '../src/domain/time.ts';
import type {Look} from '../src/domain/verdict.ts';
import {condition, pathConditions} from './parts/condition.ts';
import {judge, type Assertion} from './parts/expect.ts';
import {absolutePath, duration, onHost} from './parts/fields.ts';
import {couldNot, unknown, wrong} from './parts/host/could-not.ts';
import {grownSince, remembering} from './parts/host/grown.ts';
import {meetsGrowing} from './parts/host/growing.ts';
import {readRecords, type Record as Line, type Records} from './parts/host/records.ts';
import {readPath} from './parts/json-path.ts';
import {meets, meetsAt} from './parts/operators.ts';

const params = z.strictObject({
  path: absolutePath.describe('The file, absolute.'),
  on: onHost,
  timeField: z
    .string()
    .refine(path => readPath(path) !== undefined, 'expected a path such as $.ts')
    .optional()
    .describe('Where the time of a record stands; else at ts, time, timestamp, @timestamp, at or date.'),
  maxAge: duration.optional().describe('The newest record is not older than this.'),
  lastRecord: pathConditions.optional().describe('Conditions on the newest record.'),
  perDay: condition
    .optional()
    .describe('How many records the last whole day has, in UTC, such as `{gte: 1440}`.'),
  counts: z
    .record(duration, condition)
    .default({})
    .describe('How many records there are in the last so long, such as `{7d: {gte: 1}}`.'),
  gapMax: duration
    .optional()
    .describe('Between two records that were read, and since the last, is no longer gap.'),
  monotonic: z.boolean().default(false).describe('Whether no record may be older than the one before it.'),
  appendOnly: z
    .enum(['strict', 'rotated'])
    .optional()
    .describe(
      'It never gets shorter, and begins as it began: `strict` in one file for ever, `rotated` in each. It is compared with what the monitor saw at its last look.',
    ),
  badLines: condition
    .default(0)
    .describe('How many lines may be no JSON; more are a warning, and as the last line a failure.'),
});
type Params = z.infer<typeof params>;

const dayMs = 86_400_000;

const msOf = (text: string): number => durationMs(text) ?? 0;

/** From where records are needed. */
function sinceOf({perDay, counts}: Params, nowMs: number): number | undefined {
  const starts = Object.keys(counts).map(length => nowMs - msOf(length));
  if (perDay !== undefined) starts.push(startOfDay(nowMs) - dayMs);
  return starts.length === 0 ? undefined : Math.min(...starts);
}

const startOfDay = (ms: number): number => Math.floor(ms / dayMs) * dayMs;

/** A record of this very second is not one to come: hosts tell their time in seconds. */
const secondMs = 1000;

function ageOf(last: Line | undefined, maxAge: string, nowMs: number): Assertion[] {
  const ms = last?.ms;
  const shown = ms === undefined ? undefined : timestamp(ms > nowMs && ms - nowMs < secondMs ? nowMs : ms);
  return meets('newest record', shown, {age: {max: maxAge}}, nowMs);
}

/** Records in `[from, to)`; `whole` when what was read reaches back to before it. */
function countIn(
  {records}: Records,
  {from, to}: {readonly from: number; readonly to: number},
): {readonly count: number; readonly whole: boolean} {
  const times = records.flatMap(({ms}) => ms ?? []);
  return {
    count: times.filter(ms => ms >= from && ms < to).length,
    whole: times.some(ms => ms < from),
  };
}

function counted(all: Records, {perDay, counts}: Params, nowMs: number): Assertion[] {
  const first = all.records.find(({ms}) => ms !== undefined)?.ms;
  const began = first === undefined ? 'of nothing' : `of what begins at ${timestamp(first)}`;
  const today = startOfDay(nowMs);
  const day = timestamp(today - dayMs).slice(0, 10);
  return [
    ...(perDay === undefined
      ? []
      : [{name: `records of ${day}`, given: perDay, from: today - dayMs, to: today}]),
    ...Object.entries(counts).map(([length, given]) => ({
      name: `records of the last ${length}`,
      given,
      from: nowMs - msOf(length),
      to: nowMs + secondMs,
    })),
  ].flatMap(({name, given, ...range}) => {
    const {count, whole} = countIn(all, range);
    return meetsGrowing(name, count, {given, whole, why: began});
  });
}

function ordered({records}: Records, {gapMax, monotonic}: Params, nowMs: number): Assertion[] {
  const times = records.flatMap(({ms}) => ms ?? []);
  const assertions: Assertion[] = [];
  if (gapMax !== undefined) {
    const all = [...times, nowMs];
    const gaps = all.slice(1).map((ms, i) => ({ms: ms - (all[i] ?? ms), from: all[i] ?? ms}));
    const longest = gaps.reduce((a, b) => (b.ms > a.ms ? b : a), {ms: 0, from: nowMs});
    assertions.push({
      what: 'gap',
      ok: times.length === 0 ? undefined : longest.ms <= msOf(gapMax),
      expected: `at most ${gapMax}`,
      actual:
        times.length === 0 ? 'nothing' : `${Math.round(longest.ms / 1000)} s from ${timestamp(longest.from)}`,
    });
  }
  if (monotonic) {
    const back = times.findIndex((ms, i) => i > 0 && ms < (times[i - 1] ?? ms));
    const at = times[back];
    assertions.push({
      what: 'order',
      ok: times.length < 2 ? undefined : back === -1,
      expected: 'no time before the one above it',
      actual:
        at === undefined
          ? times.length < 2
            ? 'fewer than two'
            : 'none'
          : `${timestamp(at)} after ${timestamp(times[back - 1] ?? at)}`,
    });
  }
  return assertions;
}

const asksTime = ({maxAge, perDay, counts, gapMax, monotonic}: Params): boolean =>
  maxAge !== undefined ||
  perDay !== undefined ||
  gapMax !== undefined ||
  monotonic ||
  Object.keys(counts).length > 0;

function judgeRecords(all: Records, given: Params, nowMs: number): Assertion[] | Look {
  const {records, bad, isLastBad} = all;
  const {path, maxAge, lastRecord, perDay, counts} = given;
  const last = records.at(-1);
  const wantsRecords = maxAge !== undefined || perDay !== undefined || Object.keys(counts).length > 0;
  if (last === undefined && bad === 0 && !wantsRecords) return unknown('noData', `${path} holds no records`);
  if (last !== undefined && last.ms === undefined && asksTime(given))
    return unknown(
      'config',
      `the newest record of ${path} has no time that is understood: say where with \`timeField\``,
    );
  return [
    {
      what: 'last line',
      ok: last === undefined && !isLastBad ? undefined : !isLastBad,
      expected: 'JSON',
      actual: isLastBad ? 'something else' : 'JSON',
    },
    ...meets('lines that are no JSON', bad, given.badLines, 0).map(one => ({
      ...one,
      otherwise: 'warn' as const,
    })),
    ...(maxAge === undefined ? [] : ageOf(last, maxAge, nowMs)),
    ...(lastRecord === undefined
      ? []
      : last === undefined
        ? [{what: 'newest record', ok: undefined, expected: 'one', actual: 'none'}]
        : meetsAt(last.value, lastRecord, nowMs)),
    ...counted(all, given, nowMs),
    ...ordered(all, given, nowMs),
  ];
}

export const ndjson = defineCheck({
  type: 'ndjson',
  summary: 'A file of JSON lines is written to: how new, how many, in order, never shorter',
  example: `type: ndjson
path: /var/log/app/uptime.ndjson
maxAge: 2m
counts: {1h: {gte: 3}}
lastRecord: {"$.ok": true, "$.latency_ms": {lt: 1000}}
gapMax: 30m
monotonic: true
appendOnly: strict`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 20_000,
  params,
  on: ({on}) => on,
  run: async (given, context) => {
    const look = await lookAt(given, context);
    return given.appendOnly === undefined ? look : remembering(look, context.previous);
  },
});

async function lookAt(given: Params, context: CheckContext): Promise<Look> {
  const {host, previous} = context;
  const {path, appendOnly} = given;
  const now = await host.now();
  if (now.at === 'failed') return couldNot(now);
  const answer = await readRecords(context, path, {
    time: given.timeField,
    nowMs: now.ms,
    sinceMs: sinceOf(given, now.ms),
  });
  if (answer.at === 'look') return answer.look;
  if (answer.at === 'missing') return wrong(`there is no ${path}`, {expected: path, actual: 'nothing'});
  const assertions = judgeRecords(answer, given, now.ms);
  if ('verdict' in assertions) return assertions;
  const grown =
    appendOnly === undefined
      ? undefined
      : await grownSince(host, path, {previous, rotates: appendOnly === 'rotated'});
  if (appendOnly !== undefined && grown === undefined)
    return unknown('noData', `${path} vanished while it was looked at`);
  const last = answer.records.at(-1)?.ms;
  const newest = last === undefined ? '' : `, the newest of ${timestamp(last)}`;
  const look = judge(
    [...assertions, ...(grown?.assertions ?? [])],
    `${answer.records.length} records were read${newest}`,
  );
  return grown === undefined ? look : {...look, parts: [grown.part]};
}
