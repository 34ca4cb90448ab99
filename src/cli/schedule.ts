// `schedule`: jobs with their next and last runs; pausing needs a reason, and running one now is possible at any time.
import {z} from 'zod';
import {defineCommand} from '../define.ts';
import type {CommandContext} from '../define.ts';
import {exit} from '../domain/error.ts';
import {say, type Shown} from '../domain/show.ts';
import {timestamp} from '../domain/time.ts';
import {pausedJobs} from '../engine/schedule/index.ts';
import {announcedNow} from './announced.ts';
import {jobNamed, jobRows, pauseJob, recordsIn, resumeJob, runByHand, type JobRow} from './schedule-desk.ts';
import {sloJob} from './slo-job.ts';

const jsonOption = {flags: '--json', summary: 'as JSON'};

async function rowsOf(context: CommandContext): Promise<readonly JobRow[]> {
  const site = await context.site();
  const {records} = await recordsIn(await context.homeDir(), context).load();
  const paused = await pausedJobs(await context.ledger());
  return jobRows(site, {records, paused, nowMs: context.clock.nowMs()});
}

const minuteOf = (ms: number | undefined): string =>
  ms === undefined ? '–' : timestamp(ms).slice(0, 16).replace('T', ' ');

function lineOf({job, record, nextMs, paused}: JobRow): Shown[] {
  const next = paused === undefined ? minuteOf(nextMs) : 'paused';
  const last = record?.endedMs === undefined ? '–' : `${minuteOf(record.endedMs)} ${record.outcome ?? '?'}`;
  const more = [
    ...(paused === undefined ? [] : [`paused: ${paused}`]),
    ...(record?.message === undefined ? [] : [record.message]),
    ...(record === undefined || record.missed === 0 ? [] : [`${record.missed} missed`]),
    ...(record === undefined || record.overruns === 0 ? [] : [`${record.overruns} still running when due`]),
    ...(job.work.at === 'nothing' ? [`not configured: ${job.work.why}`] : []),
  ];
  return [
    say`${job.id.padEnd(16)}  ${job.cron.padEnd(14)} ${job.timezone.padEnd(5)}  next ${next.padEnd(16)}  last ${last}`,
    ...[...new Set(more)].map(line => say`                  ${line}`),
  ];
}

export const scheduleList = defineCommand({
  name: 'schedule list',
  summary: 'the jobs: when they run next, how they ended last, what was missed',
  options: [jsonOption],
  examples: [{line: 'quarterdeck schedule list', does: 'next and last runs, in UTC'}],
  input: z.strictObject({args: z.array(z.string()).max(0), json: z.boolean().default(false)}),
  run: async ({json}, context) => {
    const rows = await rowsOf(context);
    if (!json) for (const line of rows.flatMap(lineOf)) context.talk.out(line);
    else
      context.talk.json({
        v: 1,
        jobs: rows.map(({job, record, nextMs, paused}) => ({
          id: job.id,
          title: job.title,
          cron: job.cron,
          timezone: job.timezone,
          catchUp: job.catchUp,
          limitMs: job.limitMs,
          work: job.work.at,
          ...(nextMs === undefined ? {} : {next: timestamp(nextMs)}),
          ...(paused === undefined ? {} : {paused}),
          ...(record?.startedMs === undefined ? {} : {started: timestamp(record.startedMs)}),
          ...(record?.endedMs === undefined ? {} : {ended: timestamp(record.endedMs)}),
          ...(record?.outcome === undefined ? {} : {outcome: record.outcome}),
          ...(record?.message === undefined ? {} : {message: record.message}),
          missed: record?.missed ?? 0,
          overruns: record?.overruns ?? 0,
        })),
      });
    return exit.good;
  },
});

const exits = {passed: exit.good, skipped: exit.could_not, failed: exit.no, unknown: exit.could_not} as const;

export const scheduleRun = defineCommand({
  name: 'schedule run',
  summary: 'run a job now, whatever its time is',
  arguments: [{spec: '<job>', summary: 'the job, as `schedule list` names it'}],
  options: [jsonOption],
  examples: [
    {
      line: 'quarterdeck schedule run backup-verify',
      does: 'exit 0 when it passed, 1 when it failed, 2 when nothing was done',
    },
  ],
  input: z.strictObject({args: z.tuple([z.string()]), json: z.boolean().default(false)}),
  run: async ({args: [name], json}, context) => {
    const site = await context.site();
    const job = jobNamed(site, name);
    const ledger = await context.ledger();
    const slo = sloJob({
      site,
      ledger,
      telemetry: await context.telemetry(),
      home: await context.homeDir(),
      context,
      excluded: await announcedNow(context),
    });
    const {checks, secrets, signal} = context;
    const done = await runByHand(
      {site, checks, ports: context, ledger, secrets, slo},
      {job, monitor: undefined, signal},
    );
    if (json) context.talk.json({v: 1, job: job.id, ...done});
    else context.talk.out(say`${job.id}: ${done.outcome}: ${done.message}`);
    return exits[done.outcome];
  },
});

const reason = z.string('the option --reason is needed').trim().min(1, 'the reason is empty').max(2000);

export const schedulePause = defineCommand({
  name: 'schedule pause',
  summary: 'keep a job from running, with a reason that everybody sees',
  arguments: [{spec: '<job>', summary: 'the job, as `schedule list` names it'}],
  options: [{flags: '--reason <text>', summary: 'why; it is recorded and shown'}, jsonOption],
  examples: [
    {line: 'quarterdeck schedule pause rotation --reason "key vault is moving"', does: 'until it is resumed'},
  ],
  input: z.strictObject({args: z.tuple([z.string()]), reason, json: z.boolean().default(false)}),
  run: async ({args: [name], reason: why, json}, context) => {
    const job = jobNamed(await context.site(), name);
    const seq = await pauseJob(await context.ledger(), job, why);
    if (json) context.talk.json({v: 1, job: job.id, seq});
    else
      context.talk.out(
        say`${job.id} is paused; entry ${seq} says so. \`schedule resume ${job.id}\` ends it.`,
      );
    return exit.good;
  },
});

export const scheduleResume = defineCommand({
  name: 'schedule resume',
  summary: 'let a paused job run again, at its next time',
  arguments: [{spec: '<job>', summary: 'the job'}],
  options: [jsonOption],
  examples: [{line: 'quarterdeck schedule resume rotation', does: 'nothing is caught up'}],
  input: z.strictObject({args: z.tuple([z.string()]), json: z.boolean().default(false)}),
  run: async ({args: [name], json}, context) => {
    const job = jobNamed(await context.site(), name);
    const seq = await resumeJob(await context.ledger(), job);
    if (json) context.talk.json({v: 1, job: job.id, seq});
    else context.talk.out(say`${job.id} runs again; entry ${seq} says so`);
    return exit.good;
  },
});
