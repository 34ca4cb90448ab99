// The section `schedule` of the site file: jobs of the site's own, and changes to the shipped ones.
import {z} from 'zod';
import {readCron} from '../cron.ts';
import type {Job, JobWork} from '../domain/schedule.ts';
import {shippedJobs} from '../domain/schedule-shipped.ts';
import {didYouMean} from '../domain/nearest.ts';
import {durationMs} from './duration.ts';
import {isMapping, nameOf} from './explain.ts';
import {id, text} from './fields.ts';
import type {SiteProblem} from './problem.ts';
import type {Path, Tree} from './yaml.ts';

const limit = z.string().superRefine((value, context) => {
  const ms = durationMs(value);
  if (ms === undefined || ms < 1000 || ms > 7 * 86_400_000)
    context.addIssue({code: 'custom', message: 'expected a duration between 1s and 7d, such as 30m'});
});

const job = z.strictObject({
  title: text.optional(),
  cron: text.optional(),
  timezone: text.optional(),
  catchUp: z.enum(['once', 'none']).optional(),
  limit: limit.optional(),
  checks: z.array(text).min(1, 'expected at least one check').optional(),
  command: z.array(z.string()).min(1, 'expected a program and its arguments').optional(),
  cwd: text.regex(/^\//, {error: 'expected an absolute path such as /srv/app'}).optional(),
});

export const scheduleShape = {schedule: z.record(id, job).optional()};

type ScheduleFields = z.infer<z.ZodObject<typeof scheduleShape>>;
type JobFields = z.infer<typeof job>;

const hourMs = 3_600_000;
const shipped = new Map(shippedJobs.map(each => [each.id, each]));

function workOf({checks, command, cwd}: JobFields, before: JobWork | undefined): JobWork {
  const [program, ...args] = command ?? [];
  if (program !== undefined)
    return {at: 'command', argv: [program, ...args], ...(cwd === undefined ? {} : {cwd})};
  if (checks !== undefined) return {at: 'checks', checks, types: []};
  return before ?? {at: 'nothing', why: 'it names neither checks nor a command'};
}

/** Every job of the site, the shipped ones first; called when nothing is wrong with the section. */
export function jobsIn({schedule = {}}: ScheduleFields, tree: Tree): readonly Job[] {
  const jobOf = (name: string, fields: JobFields): Job => {
    const before = shipped.get(name);
    return {
      id: name,
      title: fields.title ?? before?.title ?? name,
      cron: fields.cron ?? before?.cron ?? '',
      timezone: fields.timezone ?? before?.timezone ?? 'UTC',
      catchUp: fields.catchUp ?? before?.catchUp ?? 'none',
      limitMs: durationMs(fields.limit ?? '') ?? before?.limitMs ?? hourMs,
      work: workOf(fields, before?.work),
      line: tree.atKey(['schedule', name]).line,
    };
  };
  const own = Object.entries(schedule);
  const changed = new Map(own);
  return [
    ...shippedJobs.map(each => {
      const fields = changed.get(each.id);
      return fields === undefined ? each : jobOf(each.id, fields);
    }),
    ...own.flatMap(([name, fields]) => (shipped.has(name) ? [] : [jobOf(name, fields)])),
  ];
}

/** Times that are none, checks that are not there, jobs that do nothing, wherever the shape allows to look. */
export function scheduleProblems(tree: Tree): SiteProblem[] {
  const section = isMapping(tree.value) ? tree.value['schedule'] : undefined;
  if (!isMapping(section)) return [];
  const known = checksOf(tree);
  return Object.entries(section).flatMap(([name, fields]) =>
    isMapping(fields) ? jobProblems(tree, {name, fields, known}) : [],
  );
}

function jobProblems(
  tree: Tree,
  {
    name,
    fields,
    known,
  }: {
    readonly name: string;
    readonly fields: Readonly<Record<string, unknown>>;
    readonly known: readonly string[];
  },
): SiteProblem[] {
  const path: Path = ['schedule', name];
  const before = shipped.get(name);
  const {cron, timezone, checks, command} = fields;
  const wrong = (at: Path, message: string, hint?: string): SiteProblem => ({
    ...(at.length === path.length ? tree.atKey(at) : tree.at(at)),
    message: `${nameOf(at)}${message}`,
    ...(hint === undefined ? {} : {hint}),
  });
  const problems: SiteProblem[] = [];
  const pattern = typeof cron === 'string' ? cron : before?.cron;
  const zone = typeof timezone === 'string' ? timezone : (before?.timezone ?? 'UTC');
  if (pattern === undefined)
    problems.push(
      wrong(path, ': when it runs is missing', 'Such as `cron: "30 2 * * *"` for 02:30 each day.'),
    );
  else {
    const read = readCron(pattern, zone);
    if ('problem' in read)
      problems.push(
        wrong([...path, /time zone/.test(read.problem) ? 'timezone' : 'cron'], `: ${read.problem}`),
      );
  }
  if (checks !== undefined && command !== undefined)
    problems.push(wrong(path, ': it names both checks and a command; make two jobs of it'));
  if (checks === undefined && command === undefined && before === undefined)
    problems.push(
      wrong(path, ': it does nothing', 'Give it `checks: [service/check]` or `command: [program, …]`.'),
    );
  if (command !== undefined && before?.work.at === 'own')
    problems.push(
      wrong([...path, 'command'], ': this job is the program’s own; only its time can be changed'),
    );
  for (const [i, check] of (Array.isArray(checks) ? checks : []).entries())
    if (typeof check === 'string' && !known.includes(check))
      problems.push(
        wrong([...path, 'checks', i], `: there is no check \`${check}\`.${didYouMean(check, known)}`),
      );
  return problems;
}

/** `service/check` of everything in the file. */
function checksOf({value}: Tree): readonly string[] {
  const services = isMapping(value) && isMapping(value['services']) ? value['services'] : {};
  return Object.entries(services).flatMap(([service, fields]) => {
    const checks = isMapping(fields) && isMapping(fields['checks']) ? fields['checks'] : {};
    return Object.keys(checks).map(check => `${service}/${check}`);
  });
}
