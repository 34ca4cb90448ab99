import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {durationMs} from '../src/domain/duration.ts';
import {foreignInstant, timestamp} from '../src/domain/time.ts';
import type {Look} from '../src/domain/verdict.ts';
import {pathConditions} from './parts/condition.ts';
import {absolutePath, duration, onHost} from './parts/fields.ts';
import {couldNot, unknown, wrong} from './parts/host/could-not.ts';
import {cronProblem, dueAt} from './parts/host/due.ts';
import {filesNamed} from './parts/host/newest.ts';
import {readRecords} from './parts/host/records.ts';
import {readPath} from './parts/json-path.ts';
import {meetsAt} from './parts/operators.ts';

const params = z
  .strictObject({
    job: z.string().min(1).max(100).describe('Its name, for what is said of it.'),
    on: onHost,
    cron: z.string().min(1).optional().describe('When it runs, such as `30 2 * * *`.'),
    tz: z.string().min(1).default('UTC').describe('The time zone of `cron`.'),
    grace: duration.default('30m').describe('How long after its time it may still come.'),
    early: duration.default('1m').describe('How long before its time it may come: clocks differ.'),
    maxAge: duration.optional().describe('Instead of `cron`: it ran within the last so long.'),
    since: z
      .string()
      .refine(text => foreignInstant(text) !== undefined, 'expected a time such as 2026-01-02T00:00:00Z')
      .optional()
      .describe('Runs before this are not expected: when the job was set up.'),
    source: z
      .union(
        [
          z.strictObject({
            ndjson: absolutePath,
            timeField: z
              .string()
              .refine(path => readPath(path) !== undefined, 'expected a path such as $.ts')
              .optional(),
          }),
          z.strictObject({file: absolutePath}),
        ],
        {error: 'expected {ndjson: /path} or {file: /path}'},
      )
      .describe(
        'Where it is seen to have run: `{ndjson: …}` a record each time, or `{file: …}` changed each time, also by `*` and `?` in its name.',
      ),
    ok: pathConditions
      .optional()
      .describe('Conditions on the record of a run that went well, such as `{"$.ok": true}`.'),
  })
  .superRefine(({cron, tz, maxAge, ok, source}, context) => {
    const issue = (path: string, message: string): void => {
      context.addIssue({code: 'custom', path: [path], message});
    };
    if ((cron === undefined) === (maxAge === undefined)) issue('cron', 'say either `cron` or `maxAge`');
    const problem = cron === undefined ? undefined : cronProblem(cron, tz);
    if (problem !== undefined) issue('cron', problem);
    if (ok !== undefined && 'file' in source) issue('ok', 'a file that is changed says nothing but that');
  });
type Params = z.infer<typeof params>;

interface Run {
  readonly ms: number;
  readonly isOk: boolean;
}

const msOf = (text: string): number => durationMs(text) ?? 0;

/** Runs as far as they are known, newest last; a source that is not there has seen none. */
async function runsOf(given: Params, context: CheckContext, nowMs: number): Promise<readonly Run[] | Look> {
  const {source, ok} = given;
  const {host} = context;
  if ('file' in source) {
    const named = await filesNamed(host, source.file);
    if (named.at === 'look') return named.look;
    const [newest] = named.files;
    return newest === undefined ? [] : [{ms: newest.modifiedMs, isOk: true}];
  }
  const answer = await readRecords(context, source.ndjson, {
    time: source.timeField,
    nowMs,
    sinceMs: undefined,
  });
  if (answer.at === 'look') return answer.look;
  if (answer.at === 'missing') return [];
  const {records} = answer;
  if (records.length > 0 && records.every(({ms}) => ms === undefined))
    return unknown(
      'config',
      `no record of ${source.ndjson} has a time that is understood: say where with \`timeField\``,
    );
  return records.flatMap(({value, ms}) =>
    ms === undefined
      ? []
      : [{ms, isOk: ok === undefined || meetsAt(value, ok, nowMs).every(one => one.ok === true)}],
  );
}

const newestOf = (runs: readonly Run[]): Run | undefined =>
  runs.reduce<Run | undefined>((a, b) => (a === undefined || b.ms >= a.ms ? b : a), undefined);

const lastSaid = (runs: readonly Run[]): string => {
  const newest = newestOf(runs);
  if (newest === undefined) return 'never, as far as is known';
  return `${timestamp(newest.ms)}${newest.isOk ? '' : ', not well'}`;
};

const notDue = (message: string): Look => ({verdict: 'skipped', kind: 'notDue', checked: 0, message});

function judgeCron(runs: readonly Run[], given: Params & {readonly cron: string}, nowMs: number): Look {
  const {job, cron, tz, grace, early, since} = given;
  const {lastMs, nextMs} = dueAt(cron, {zone: tz, graceMs: msOf(grace), nowMs});
  const next = nextMs === undefined ? '' : `; next due at ${timestamp(nextMs)}, with ${grace} of grace`;
  const sinceMs = since === undefined ? undefined : foreignInstant(since);
  if (lastMs === undefined || (sinceMs !== undefined && lastMs < sinceMs))
    return notDue(`${job} was not due yet${next}`);
  const came = runs.filter(({ms}) => ms >= lastMs - msOf(early));
  const good = newestOf(came.filter(({isOk}) => isOk));
  const expected = `a run for ${timestamp(lastMs)}`;
  if (good !== undefined)
    return {
      verdict: 'pass',
      kind: 'assertion',
      checked: 1,
      message: `${job} ran at ${timestamp(good.ms)}, due at ${timestamp(lastMs)}${next}`,
    };
  const actual = lastSaid(runs);
  const message =
    came.length > 0
      ? `${job} ran, but not well, for ${timestamp(lastMs)}: last ${actual}${next}`
      : `${job} missed its run of ${timestamp(lastMs)}: it ran last ${actual}${next}`;
  return wrong(message, {expected, actual});
}

function judgeAge(runs: readonly Run[], given: Params & {readonly maxAge: string}, nowMs: number): Look {
  const {job, maxAge, since} = given;
  const good = newestOf(runs.filter(({isOk}) => isOk));
  const sinceMs = since === undefined ? undefined : foreignInstant(since);
  if (good === undefined && sinceMs !== undefined && nowMs < sinceMs + msOf(maxAge))
    return notDue(`${job} was set up at ${timestamp(sinceMs)} and has ${maxAge} for its first run`);
  if (good !== undefined && nowMs - good.ms <= msOf(maxAge))
    return {verdict: 'pass', kind: 'assertion', checked: 1, message: `${job} ran at ${timestamp(good.ms)}`};
  const actual = lastSaid(runs);
  return wrong(`${job} did not run well within ${maxAge}: last ${actual}`, {
    expected: `a run within ${maxAge}`,
    actual,
  });
}

export const schedule = defineCheck({
  type: 'schedule',
  summary: 'A job ran when it was due; a missed run is a failure, one that is not due yet is none',
  example: `type: schedule
job: backup verification
cron: "30 2 * * *"
tz: UTC
grace: 30m
source: {ndjson: /var/log/app/backup_verify.ndjson}
ok: {"$.ok": true}`,
  needsTrust: false,
  everyMs: 300_000,
  timeoutMs: 20_000,
  params,
  on: ({on}) => on,
  run: async (given, context) => {
    const now = await context.host.now();
    if (now.at === 'failed') return couldNot(now);
    const runs = await runsOf(given, context, now.ms);
    if ('verdict' in runs) return runs;
    const {cron, maxAge} = given;
    if (cron !== undefined) return judgeCron(runs, {...given, cron}, now.ms);
    return judgeAge(runs, {...given, maxAge: maxAge ?? ''}, now.ms);
  },
});
