import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {isTimeZone} from '../src/domain/local-time.ts';
import {instantOf} from '../src/domain/time.ts';
import type {Look, Part, Verdict} from '../src/domain/verdict.ts';
import {readPattern} from '../src/pattern.ts';
import {pathConditions, pattern} from './parts/condition.ts';
import {judge, type Assertion} from './parts/expect.ts';
import {absolutePath, onHost} from './parts/fields.ts';
import {couldNot, unknown} from './parts/host/could-not.ts';
import {filesNamed} from './parts/host/newest.ts';
import {readRecords} from './parts/host/records.ts';
import {readText} from './parts/host/text.ts';
import {readPath, valuesAt} from './parts/json-path.ts';
import {meetsAt} from './parts/operators.ts';
import {dayOf, daysFrom, entriesFrom, streakOf} from './parts/streak-units.ts';
import type {Counted, Streak, Unit, UnitState} from './parts/streak-units.ts';

const breaking = ['fail', 'missing', 'unknown'] as const;

const params = z.strictObject({
  source: z
    .strictObject({
      ndjson: absolutePath
        .optional()
        .describe(
          'Files of one JSON object a line, with `*` and `?` in the name: one for each month is read as one.',
        ),
      timeField: z
        .string()
        .refine(path => readPath(path) !== undefined, 'expected a path such as $.ts')
        .optional()
        .describe('Where the time of a record stands; else at ts, time, timestamp, @timestamp, at or date.'),
      attested: z
        .string()
        .min(1)
        .optional()
        .describe('An `attest` check of this service: each answer to it is a record that passed.'),
    })
    .refine(
      ({ndjson, attested}) => ndjson !== undefined || attested !== undefined,
      'say where the records are: `ndjson`, `attested`, or both',
    )
    .describe('Where the records are; those of both are counted together.'),
  on: onHost,
  evidenceKind: pathConditions
    .default({'$.kind': 'strict'})
    .describe('Which records count; every other one, such as a light one, neither counts nor breaks.'),
  pass: pathConditions
    .refine(conditions => Object.keys(conditions).length > 0, 'say what a record that passed holds')
    .default({'$.checks': 'pass'})
    .describe('What a record that passed holds.'),
  fail: pathConditions
    .optional()
    .describe(
      'What one that failed holds; one that meets neither is unknown. Without it, one that does not meet `pass` failed, and is unknown where it holds nothing there.',
    ),
  unit: z
    .enum(['day', 'entry'])
    .default('day')
    .describe('What is counted: days of the calendar, or entries whatever lies between them.'),
  length: z
    .int()
    .min(1)
    .max(366)
    .default(7)
    .describe('So many in a row, up to now. Today counts when it is over.'),
  require: z
    .enum(['all', 'any'])
    .default('all')
    .describe('Of the records of a day that count: all passed, or any of them.'),
  breakOn: z
    .array(z.enum(breaking))
    .refine(list => list.includes('fail'), 'a failure always breaks a streak: `fail` must be among them')
    .default([...breaking])
    .describe('What ends a streak; what is left out is passed over and does not count.'),
  tz: z
    .string()
    .refine(isTimeZone, 'expected a time zone such as UTC or Europe/Berlin')
    .default('UTC')
    .describe('The time zone whose days are counted.'),
  then: z
    .strictObject({
      file: absolutePath.describe('A text that is written afterwards.'),
      date: pattern.describe('Its first group is a date such as 2026-01-02; the last line with one counts.'),
    })
    .optional()
    .describe(
      'What was to wait: its date is not before the day on which the streak was long enough, nor to come.',
    ),
});
type Params = z.infer<typeof params>;

/** More files are not read: two years of months. */
const mostFiles = 24;
const maxTextBytes = 1024 * 1024;
/** Two clocks may differ by as much. */
const futureMs = 60_000;

interface Gathered {
  readonly counted: readonly Counted[];
  /** Nothing that could be older was left out. */
  readonly whole: boolean;
  readonly bad: number;
  readonly timeless: number;
  readonly toCome: number;
}

function stateOf(value: unknown, {pass, fail}: Params, nowMs: number): Counted['state'] {
  const holds = (conditions: z.infer<typeof pathConditions>): boolean =>
    meetsAt(value, conditions, nowMs).every(({ok}) => ok === true);
  if (fail !== undefined && holds(fail)) return 'fail';
  if (holds(pass)) return 'pass';
  const saysNothing = Object.keys(pass).some(path => valuesAt(value, path).values.length === 0);
  return fail !== undefined || saysNothing ? 'unknown' : 'fail';
}

async function fromFiles(
  named: string,
  given: Params,
  {context, nowMs}: {readonly context: CheckContext; readonly nowMs: number},
): Promise<Gathered | Look> {
  const found = await filesNamed(context.host, named);
  if (found.at === 'look') return found.look;
  const files = found.files.slice(0, mostFiles);
  const counted: Counted[] = [];
  let [whole, bad, timeless] = [files.length === found.files.length, 0, 0];
  for (const {path} of files) {
    const read = await readRecords(context, path, {time: given.source.timeField, nowMs, sinceMs: 0});
    if (read.at === 'look') return read.look;
    if (read.at === 'missing') return unknown('noData', `${path} vanished while it was looked at`);
    whole &&= read.whole;
    bad += read.bad;
    for (const {value, ms} of read.records) {
      if (!meetsAt(value, given.evidenceKind, nowMs).every(({ok}) => ok === true)) continue;
      if (ms === undefined) timeless += 1;
      else counted.push({ms, state: stateOf(value, given, nowMs)});
    }
  }
  return {counted, whole, bad, timeless, toCome: 0};
}

/** Every record that counts, oldest first. */
async function gather(given: Params, context: CheckContext, nowMs: number): Promise<Gathered | Look> {
  const {ndjson, attested} = given.source;
  const none: Gathered = {counted: [], whole: true, bad: 0, timeless: 0, toCome: 0};
  const read = ndjson === undefined ? none : await fromFiles(ndjson, given, {context, nowMs});
  if ('verdict' in read) return read;
  const said = attested === undefined ? [] : await context.attestations(attested);
  if ('problem' in said) return unknown('noData', `attestations cannot be read: ${said.problem}`);
  const all = [
    ...read.counted,
    ...said.flatMap(({at}): Counted[] => {
      const ms = instantOf(at);
      return ms === undefined ? [] : [{ms, state: 'pass'}];
    }),
  ];
  const counted = all.filter(({ms}) => ms <= nowMs + futureMs).sort((a, b) => a.ms - b.ms);
  return {...read, counted, toCome: all.length - counted.length};
}

const verdicts: Record<UnitState, Verdict> = {
  pass: 'pass',
  fail: 'fail',
  missing: 'unknown',
  unknown: 'unknown',
};

const mostParts = 31;

const partOf = ({label, state, isOpen}: Unit): Part => ({
  name: label,
  verdict: isOpen && state === 'missing' ? 'skipped' : verdicts[state],
  message: isOpen ? `${state === 'missing' ? 'nothing' : state} so far` : state,
});

const words = (count: number, unit: Params['unit']): string =>
  unit === 'day' ? (count === 1 ? '1 day' : `${count} days`) : count === 1 ? '1 entry' : `${count} entries`;

function lengthOf({passed, brokenBy}: Streak, {length, unit}: Params, whole: boolean): Assertion {
  const reaches = passed.length >= length;
  const before = brokenBy === undefined ? '' : `, since ${brokenBy.label} is ${stateWord(brokenBy.state)}`;
  return {
    what: 'streak',
    // What was not read could make it longer, unless something ended it before.
    ok: reaches ? true : brokenBy === undefined && !whole ? undefined : false,
    expected: `at least ${words(length, unit)}`,
    actual: `${words(passed.length, unit)}${before}`,
  };
}

const stateWord = (state: UnitState): string => (state === 'fail' ? 'a failure' : state);

async function noteOf(
  {then: wanted, tz, length}: Params,
  {passed}: Streak,
  {context: {host}, nowMs}: {readonly context: CheckContext; readonly nowMs: number},
): Promise<readonly Assertion[] | Look> {
  const reached = passed[passed.length - length]?.day;
  if (wanted === undefined || reached === undefined) return [];
  const today = dayOf(nowMs, tz);
  const text = await readText(host, wanted.file, {maxBytes: maxTextBytes});
  if (text.at === 'look') return text.look;
  const one = {what: `date in ${wanted.file}`, expected: `from ${reached} to ${today}`};
  if (text.at === 'missing') return [{...one, ok: false, actual: 'no such file'}];
  if (text.cut) return [{...one, ok: undefined, actual: 'a text too long to be read whole'}];
  const read = readPattern(wanted.date);
  const date = text.text
    .split('\n')
    .flatMap(line => ('problem' in read ? undefined : read.first(line)) ?? [])
    .at(-1);
  const isDate = date !== undefined && instantOf(`${date}T00:00:00Z`) !== undefined;
  return [{...one, ok: isDate && date >= reached && date <= today, actual: date ?? 'none'}];
}

const undecided = (what: string, count: number, expected: string): Assertion[] =>
  count === 0 ? [] : [{what, ok: undefined, expected, actual: String(count)}];

export const streak = defineCheck({
  type: 'streak',
  summary: 'So many days, or entries, in a row passed; light records never count, a missing day breaks it',
  example: `type: streak
source: {ndjson: "/var/log/app/smoke-window-*.ndjson"}
evidenceKind: {"$.kind": strict}
pass: {"$.checks": pass}
unit: day
length: 7
tz: Europe/Berlin`,
  needsTrust: false,
  everyMs: 300_000,
  timeoutMs: 30_000,
  params,
  on: ({on}) => on,
  run: async (given, context) => {
    if (context.signal.aborted) return unknown('noData', 'stopped before it was looked at');
    const now = await context.host.now();
    if (now.at === 'failed') return couldNot(now);
    const all = await gather(given, context, now.ms);
    return 'verdict' in all ? all : judged(given, all, {context, nowMs: now.ms});
  },
});

async function judged(
  given: Params,
  {counted, whole, bad, timeless, toCome}: Gathered,
  at: {readonly context: CheckContext; readonly nowMs: number},
): Promise<Look> {
  const {unit, tz, require, breakOn} = given;
  const later = toCome === 0 ? '' : ` (${toCome} of a time to come do not count)`;
  if (counted.length === 0 && timeless === 0)
    return unknown('vacuous', `there is no record that counts${later}`);
  const days = unit === 'day' ? daysFrom(counted, {zone: tz, nowMs: at.nowMs, require}) : [];
  // Of the oldest day that was read, some may not have been.
  const units = unit === 'entry' ? entriesFrom(counted, tz) : whole ? days : days.slice(0, -1);
  const found = streakOf(units, new Set(breakOn));
  const note = await noteOf(given, found, at);
  if ('verdict' in note) return note;
  const [last] = found.passed;
  const from = found.passed.at(-1);
  const span = last === undefined || from === undefined ? '' : `, from ${from.label} to ${last.label}`;
  const look = judge(
    [
      lengthOf(found, given, whole),
      ...note,
      ...undecided('lines that are no JSON', bad, 'none, for each could be a record that failed'),
      ...undecided('records without a time', timeless, 'none: say where it stands with `timeField`'),
    ],
    `${words(found.passed.length, unit)} in a row passed${span}`,
  );
  const judgedUnits = found.passed.length + (found.brokenBy === undefined ? 0 : 1);
  const checked = look.verdict === 'unknown' ? 0 : Math.max(1, judgedUnits + note.length);
  return {...look, checked, message: look.message + later, parts: units.slice(0, mostParts).map(partOf)};
}
