// The schedule of a site: its jobs with their clocks, what is remembered of them, and what they do.
import path from 'node:path';
import {readCron} from '../cron.ts';
import type {AnyCheck, Ports} from '../define.ts';
import type {NewEntry} from '../domain/entry.ts';
import {QdError} from '../domain/error.ts';
import {didYouMean} from '../domain/nearest.ts';
import {dueOf, type Job, type JobRecord, type JobWork} from '../domain/schedule.ts';
import type {CheckSpec, Site} from '../domain/site.ts';
import {timestamp} from '../domain/time.ts';
import {isStale, runOnce, type Monitor, type Station} from '../engine/monitor/index.ts';
import {
  createScheduler,
  jobRecords,
  pausedJobs,
  workOf,
  type JobDone,
  type JobRecords,
  type Scheduler,
  type SchedulerRequest,
} from '../engine/schedule/index.ts';
import {recorded} from '../evidence/recorded.ts';
import type {Ledger, Secrets} from '../ports.ts';
import {writable} from './writable.ts';

export const recordsIn = (home: string, {files}: Pick<Ports, 'files'>): JobRecords =>
  jobRecords(files, path.join(home, 'schedule.json'));

/** Jobs whose time is one, with their clocks; the site was refused for any other. */
const clocksOf = (site: Site): SchedulerRequest['jobs'] =>
  (site.jobs ?? []).flatMap(job => {
    const cron = readCron(job.cron, job.timezone);
    return 'problem' in cron ? [] : [{job, next: cron.next}];
  });

/** Throws UNKNOWN_NAME. */
export function jobNamed(site: Site, name: string): Job {
  const jobs = site.jobs ?? [];
  const found = jobs.find(({id}) => id === name);
  if (found !== undefined) return found;
  const names = jobs.map(({id}) => id);
  throw new QdError('UNKNOWN_NAME', `There is no job ${name}.${didYouMean(name, names)}`, {
    hint: `Jobs: ${names.join(', ')}.`,
  });
}

/** The checks that a job looks at. */
const checksOf = (site: Site, work: Extract<JobWork, {at: 'checks'}>): readonly CheckSpec[] =>
  site.services
    .flatMap(({checks}) => checks)
    .filter(({service, id, type}) => work.checks.includes(`${service}/${id}`) || work.types.includes(type));

/** Whether the monitor keeps up: every check of the site has been looked at lately. */
function uptimeOf(monitor: Pick<Monitor, 'snapshot'>, nowMs: number): JobDone {
  const states = monitor.snapshot();
  const late = states.filter(
    ({seenMs, spec}) => seenMs === undefined || isStale(seenMs, spec.everyMs, nowMs),
  );
  const [first] = late;
  if (states.length === 0) return {outcome: 'skipped', message: 'not configured: the site has no checks'};
  if (first === undefined) return {outcome: 'passed', message: `${states.length} checks looked at in time`};
  return {
    outcome: 'failed',
    message: `${late.length} of ${states.length} checks were not looked at in time, such as ${first.spec.service}/${first.spec.id}`,
  };
}

export interface DeskRequest {
  readonly site: Site;
  readonly checks: readonly AnyCheck[];
  readonly ports: Ports;
  readonly ledger: Ledger;
  readonly secrets: Pick<Secrets, 'text'>;
  /** Evaluates every SLO of the site. */
  readonly slo: () => Promise<JobDone>;
}

/** What jobs do; `monitor` keeps what was seen, without one (a job that is run by hand) it is only told. */
function jobWork(request: DeskRequest, monitor: Monitor | undefined): ReturnType<typeof workOf> {
  const {site, checks, ports, ledger, secrets, slo} = request;
  const all = site.services.flatMap(service => service.checks);
  return workOf({
    clock: ports.clock,
    env: ports.env,
    exec: ports.exec,
    ledger,
    trusted: site.trust.at === 'trusted',
    siteDir: site.dir,
    masked: text => secrets.text(text),
    own: {
      slo,
      uptime: () =>
        Promise.resolve(
          monitor === undefined
            ? {outcome: 'skipped', message: 'the monitor does this all the time'}
            : uptimeOf(monitor, ports.clock.nowMs()),
        ),
    },
    look: async work => {
      const specs = checksOf(site, work);
      if (monitor === undefined)
        return runOnce({
          specs,
          all,
          checks,
          ports,
          trusted: site.trust.at === 'trusted',
          siteDir: site.dir,
          site,
        });
      for (const service of new Set(specs.map(spec => spec.service))) await monitor.checkNow(service);
      return monitor
        .snapshot()
        .flatMap(({spec, last}) => (last !== undefined && specs.includes(spec) ? [last] : []));
    },
  });
}

/** Why a job may not be run by hand. */
export function refusedByHand({trust}: Pick<Site, 'trust'>, {work}: Pick<Job, 'work'>): string | undefined {
  return work.at === 'command' && trust.at !== 'trusted'
    ? `The site is not trusted: ${trust.why}`
    : undefined;
}

/** Runs a job now, whatever its time is; throws SITE_UNTRUSTED, LEDGER_READ_ONLY. */
export async function runByHand(
  request: DeskRequest,
  {
    job,
    monitor,
    signal,
  }: {readonly job: Job; readonly monitor: Monitor | undefined; readonly signal: AbortSignal},
): Promise<JobDone> {
  const why = refusedByHand(request.site, job);
  if (why !== undefined)
    throw new QdError('SITE_UNTRUSTED', why, {
      hint: 'Its jobs are commands. Look at what changed: quarterdeck site trust',
    });
  if (job.work.at === 'command') writable(request.ledger);
  const slot = {slotMs: request.ports.clock.nowMs(), isLate: false};
  return jobWork(request, monitor)(job, slot, signal);
}

/** Keeps a job from running until it is resumed; gives the entry. Throws LEDGER_READ_ONLY. */
export async function pauseJob(ledger: Ledger, job: Job, reason: string): Promise<number> {
  const disclosed = [{ptr: '/body/reason', value: reason}];
  const entry = {kind: 'job.pause', body: {job: job.id}, disclosed};
  return recorded(await writable(ledger).append({entries: [entry]})).seq;
}

/** Lets a paused job run again, at its next time; gives the entry. Throws LEDGER_READ_ONLY, UNKNOWN_NAME. */
export async function resumeJob(ledger: Ledger, job: Job): Promise<number> {
  writable(ledger);
  if (!(await pausedJobs(ledger)).has(job.id))
    throw new QdError('UNKNOWN_NAME', `${job.id} is not paused.`, {
      hint: '`quarterdeck schedule list` shows the jobs.',
    });
  return recorded(await ledger.append({entries: [{kind: 'job.resume', body: {job: job.id}}]})).seq;
}

/** A job with what is remembered of it. */
export interface JobRow {
  readonly job: Job;
  readonly record: JobRecord | undefined;
  readonly nextMs: number | undefined;
  /** Why it is paused. */
  readonly paused: string | undefined;
}

/** Every job of the site, in its order. */
export const jobRows = (
  site: Site,
  {
    records,
    paused,
    nowMs,
  }: {
    readonly records: ReadonlyMap<string, JobRecord>;
    readonly paused: ReadonlyMap<string, string>;
    readonly nowMs: number;
  },
): readonly JobRow[] =>
  clocksOf(site).map(({job, next}) => {
    const record = records.get(job.id);
    const due = dueOf({catchUp: 'once'}, {next, slotMs: record?.slotMs ?? nowMs, nowMs});
    const nextMs = due.at === 'waiting' ? due.nextMs : nowMs;
    return {job, record, nextMs, paused: paused.get(job.id)};
  });

/** The schedule of whoever runs the monitor. */
export function scheduleHere(
  request: DeskRequest & {
    readonly station: Station;
    readonly home: string;
    readonly onChange: () => void;
  },
): Scheduler {
  const {site, ports, ledger, station, home, onChange} = request;
  const note = (entry: NewEntry): void => {
    // What cannot be written now is in the records all the same.
    if (ledger.readOnly === undefined) void ledger.append({entries: [entry]}).catch(() => undefined);
  };
  return createScheduler({
    jobs: clocksOf(site),
    clock: ports.clock,
    records: recordsIn(home, ports),
    run: jobWork(request, station),
    isMine: () => station.mode().at === 'here',
    paused: () => pausedJobs(ledger),
    onLost: (job, slotMs) => {
      if (job.work.at !== 'command') return;
      note({
        kind: 'job.outcome',
        body: {job: job.id, slot: timestamp(slotMs), outcome: 'unknown'},
        disclosed: [{ptr: '/body/message', value: 'the program that ran it ended before it did'}],
      });
    },
    onMissed: (job, {slots, untilMs}) => {
      // That nobody looked is in `monitor.gap`; missed minutes are not worth an entry each.
      if (job.work.at === 'own' || job.work.at === 'nothing') return;
      note({
        kind: 'job.missed',
        body: {job: job.id, slots, until: timestamp(untilMs), why: 'nobody was there to run it'},
      });
    },
    onChange,
  });
}
