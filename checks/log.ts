import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import {durationMs} from '../src/domain/duration.ts';
import {timestamp} from '../src/domain/time.ts';
import type {Look} from '../src/domain/verdict.ts';
import type {Host} from '../src/host-ports.ts';
import {condition, pathConditions, pattern} from './parts/condition.ts';
import {excerpt, judge, type Assertion} from './parts/expect.ts';
import {absolutePath, duration, onHost} from './parts/fields.ts';
import {couldNot, unknown} from './parts/host/could-not.ts';
import {factsIn, growthOf} from './parts/host/facts.ts';
import {meetsGrowing, undecided} from './parts/host/growing.ts';
import {finder, inOrder, linesInOrder, why} from './parts/host/in-order.ts';
import {readJournal} from './parts/host/journal.ts';
import {lineTimes} from './parts/host/line-time.ts';
import {readLines, type Line, type Lines, type LinesAnswer} from './parts/host/log-lines.ts';
import {scope, unitName} from './parts/host/unit.ts';
import {parseJson} from './parts/json.ts';
import {readPath} from './parts/json-path.ts';
import {meets, meetsAt} from './parts/operators.ts';

const name = z.string().min(1).max(200);

const params = z
  .strictObject({
    source: z
      .union([z.strictObject({file: absolutePath}), z.strictObject({unit: unitName, scope})], {
        error: 'expected {file: /var/log/app.log} or {unit: api}',
      })
      .describe(
        '`{file: …}` a log file, with what it was rotated to, or `{unit: …}` the lines of a unit in the journal.',
      ),
    on: onHost,
    window: duration
      .optional()
      .describe('Only lines of the last so long; without it the newest 16 MiB of the file.'),
    time: z
      .strictObject({
        json: z
          .string()
          .refine(path => readPath(path) !== undefined, 'expected a path such as $.ts')
          .optional(),
        pattern: pattern.optional(),
      })
      .default({})
      .describe(
        'Where the time of a line stands, if not at its beginning or under a usual name: a path into JSON, or a pattern whose first group it is. A time without a zone is UTC.',
      ),
    only: pattern.optional().describe('Only lines in which this pattern is found.'),
    where: pathConditions
      .optional()
      .describe('Only lines of JSON that meet these conditions, such as `{"$.level": error}`.'),
    require: z.array(pattern).default([]).describe('Patterns of which each is found in some line.'),
    forbid: z.array(pattern).default([]).describe('Patterns that no line may hold.'),
    inOrder: linesInOrder.optional().describe('Lines that follow each other, such as those of a start.'),
    count: condition.optional().describe('How many lines there are, such as `{lte: 5}`.'),
    facts: z
      .strictObject({
        of: pattern.describe('The newest line in which this is found.'),
        expect: z
          .record(name, condition)
          .refine(expected => Object.keys(expected).length > 0, 'name at least one fact')
          .describe('What its `name=value` pairs must be.'),
      })
      .optional()
      .describe('Facts of a line such as `startup env=prod version_hash=1f2e migration_head=9c`.'),
    counters: z
      .strictObject({
        of: pattern.default('event=metric\\.increment').describe('Lines that tell a counter.'),
        name: name.default('metric').describe('The pair with its name.'),
        value: name
          .default('value')
          .describe('The pair with its value, which falls when its program is started again.'),
        expect: z
          .record(name, condition)
          .refine(expected => Object.keys(expected).length > 0, 'name at least one counter')
          .describe('How much each may have grown in the window.'),
      })
      .optional()
      .describe('Counters that a program tells line by line.'),
    allowEmpty: z
      .boolean()
      .default(false)
      .describe('Whether no line at all is an answer; else it is unknown.'),
  })
  .refine(
    ({require, forbid, inOrder, count, facts, counters}) =>
      require.length + forbid.length > 0 ||
      inOrder !== undefined ||
      count !== undefined ||
      facts !== undefined ||
      counters !== undefined,
    'say what is expected: `require`, `forbid`, `inOrder`, `count`, `facts` or `counters`',
  );
type Params = z.infer<typeof params>;

function patterns(lines: readonly Line[], {require, forbid}: Params, whole: boolean): Assertion[] {
  const found = (source: string): Line | undefined => lines.find(finder(source));
  return [
    ...require.map((source): Assertion => {
      const isThere = found(source) !== undefined;
      const one = {
        what: 'lines',
        ok: isThere,
        expected: `one with ${source}`,
        actual: isThere ? 'one' : 'none',
      };
      return isThere || whole ? one : undecided(one, why);
    }),
    ...forbid.map((source): Assertion => {
      const line = found(source);
      const actual = line === undefined ? 'none' : JSON.stringify(excerpt(line.text));
      const one = {what: 'lines', ok: line === undefined, expected: `none with ${source}`, actual};
      return line !== undefined || whole ? one : undecided(one, why);
    }),
  ];
}

function facts(lines: readonly Line[], {facts: given}: Params, whole: boolean): Assertion[] {
  if (given === undefined) return [];
  const line = lines.findLast(finder(given.of));
  if (line === undefined) {
    const none = {what: 'lines', ok: false, expected: `one with ${given.of}`, actual: 'none'};
    return [whole ? none : undecided(none, why)];
  }
  const said = factsIn(line.text);
  // A name without a value says nothing.
  return Object.entries(given.expect).flatMap(([fact, wanted]) =>
    meets(fact, said.get(fact) || undefined, typeof wanted === 'number' ? String(wanted) : wanted, 0),
  );
}

function counters(
  {lines, earlier, whole}: Pick<Lines, 'lines' | 'earlier' | 'whole'>,
  {counters: given}: Params,
): {readonly assertions: readonly Assertion[]; readonly resets: readonly string[]} {
  if (given === undefined) return {assertions: [], resets: []};
  const isTold = finder(given.of);
  const valuesIn = (list: readonly Line[]): Map<string, number[]> => {
    const values = new Map<string, number[]>();
    for (const line of list) {
      if (!isTold(line)) continue;
      const said = factsIn(line.text);
      const counter = said.get(given.name) ?? '';
      const value = Number(said.get(given.value) ?? NaN);
      if (!Number.isNaN(value)) values.set(counter, [...(values.get(counter) ?? []), value]);
    }
    return values;
  };
  const before = valuesIn(earlier);
  const now = valuesIn(lines);
  const resets: string[] = [];
  const assertions = Object.entries(given.expect).flatMap(([counter, wanted]) => {
    const counted = growthOf(now.get(counter) ?? [], before.get(counter)?.at(-1));
    if (counted.resets > 0) resets.push(`${counter} began anew ${counted.resets} times`);
    return meetsGrowing(counter, counted.growth, {given: wanted, whole, why});
  });
  return {assertions, resets};
}

function chosen(lines: readonly Line[], {only, where}: Params, nowMs: number): readonly Line[] {
  const isOnly = only === undefined ? undefined : finder(only);
  return lines.filter(line => {
    if (isOnly?.(line) === false) return false;
    if (where === undefined) return true;
    const parsed = parseJson(line.text);
    return parsed !== undefined && meetsAt(parsed.value, where, nowMs).every(({ok}) => ok === true);
  });
}

const sourceSaid = ({source}: Params): string =>
  'file' in source ? source.file : `the journal of ${source.unit}`;

const read = async (host: Host, {source, time}: Params, {sinceMs, nowMs}: Moments): Promise<LinesAnswer> =>
  'file' in source
    ? readLines(host, source.file, {sinceMs, timeOf: lineTimes(time, nowMs)})
    : readJournal(host, source, sinceMs);

interface Moments {
  readonly nowMs: number;
  readonly sinceMs: number | undefined;
}

const nothing: Lines = {at: 'lines', lines: [], earlier: [], whole: true, read: 0};

export const log = defineCheck({
  type: 'log',
  summary: 'What a log says, or does not say, in a window of time',
  example: `type: log
source: {file: /var/log/app.log}
window: 15m
require: ["worker started"]
inOrder: {patterns: ["startup env=", "worker started"], within: 30s}
forbid: ["append_only_violation", "ECONN(REFUSED|RESET)"]
facts:
  of: "^\\\\S+ startup "
  expect: {env: production, version_hash: {exists: true}, migration_head: 9c01}
counters:
  expect: {security.append_only_violation_attempt: 0, security.rate_limit_enforced: {lte: 5}}`,
  needsTrust: false,
  everyMs: 60_000,
  timeoutMs: 20_000,
  params,
  on: ({on}) => on,
  run: async (given, {host}) => {
    const now = await host.now();
    if (now.at === 'failed') return couldNot(now);
    const windowMs = given.window === undefined ? undefined : durationMs(given.window);
    const sinceMs = windowMs === undefined ? undefined : now.ms - windowMs;
    const answer = await read(host, given, {nowMs: now.ms, sinceMs});
    if (answer.at === 'look') return answer.look;
    if (answer.at === 'missing' && !given.allowEmpty)
      return unknown('noData', `${sourceSaid(given)} is not there, or has no lines`);
    return judgeLines(answer.at === 'missing' ? nothing : answer, given, {nowMs: now.ms, sinceMs});
  },
});

function judgeLines(all: Lines, given: Params, {nowMs, sinceMs}: Moments): Look {
  const {whole, read: count} = all;
  if (
    sinceMs !== undefined &&
    count > 0 &&
    all.lines.length === 0 &&
    all.earlier.every(({ms}) => ms === undefined)
  )
    return unknown(
      'config',
      `no line of ${sourceSaid(given)} has a time that is understood: say where with \`time\``,
    );
  const since = sinceMs === undefined ? '' : ` since ${timestamp(sinceMs)}`;
  if (all.lines.length === 0 && !given.allowEmpty)
    return unknown('noData', `${sourceSaid(given)} has no lines${since}`);
  const lines = chosen(all.lines, given, nowMs);
  const told = counters({lines, earlier: chosen(all.earlier, given, nowMs), whole}, given);
  const look = judge(
    [
      ...patterns(lines, given, whole),
      ...(given.inOrder === undefined ? [] : inOrder(lines, given.inOrder, whole)),
      ...(given.count === undefined
        ? []
        : meetsGrowing('lines', lines.length, {given: given.count, whole, why})),
      ...facts(lines, given, whole),
      ...told.assertions,
    ],
    `${lines.length} lines${since}`,
  );
  return told.resets.length === 0 ? look : {...look, message: `${look.message} (${told.resets.join(', ')})`};
}
