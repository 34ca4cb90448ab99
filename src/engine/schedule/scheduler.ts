// Runs jobs when they are due: one at a time each, within their limits, once after downtime where they ask for it.
import {dueOf, type Job, type JobOutcome, type JobRecord} from '../../domain/schedule.ts';
import type {Cancel, Clock} from '../../ports.ts';
import type {JobRecords} from './records.ts';

export interface JobDone {
  readonly outcome: JobOutcome;
  readonly message: string;
}

export interface JobState {
  readonly job: Job;
  readonly record: JobRecord | undefined;
  readonly nextMs: number | undefined;
  readonly running: boolean;
  /** Why it is paused. */
  readonly paused: string | undefined;
}

export interface SchedulerRequest {
  readonly jobs: readonly {readonly job: Job; readonly next: (afterMs: number) => number | undefined}[];
  readonly clock: Clock;
  readonly records: JobRecords;
  /** Does the work; aborted at the job's limit and when the scheduler stops. */
  readonly run: (
    job: Job,
    slot: {readonly slotMs: number; readonly isLate: boolean},
    signal: AbortSignal,
  ) => Promise<JobDone>;
  /** Why jobs are paused, by id. */
  readonly paused: () => Promise<ReadonlyMap<string, string>>;
  /** The program ended while the job ran for this slot. */
  readonly onLost: (job: Job, slotMs: number) => void;
  readonly onMissed: (job: Job, missed: {readonly slots: number; readonly untilMs: number}) => void;
  /** Whether this process runs the jobs of the data directory; another one may have them. */
  readonly isMine: () => boolean;
  readonly onChange: () => void;
}

export interface Scheduler {
  start(): Promise<void>;
  /** Ends what runs; resolves when it has ended. */
  stop(): Promise<void>;
  states(): readonly JobState[];
  readonly problem: string | undefined;
}

/** Timers stand still while a machine is suspended, so the clock is looked at at least so often. */
const longestTickMs = 30_000;
/** How soon jobs of a process that is gone are taken over. */
const askMs = 5_000;
/** How long a job may take to end after its limit; then it is given up. */
const endMs = 20_000;

const notSaved = (problem: string): JobDone => ({
  outcome: 'skipped',
  message: `not run, since that could not be noted: ${problem}`,
});

/** Why a job's signal is aborted when it has taken too long. */
export class JobLimit extends Error {}

interface Slot {
  readonly slotMs: number;
  readonly isLate: boolean;
}

export function createScheduler(request: SchedulerRequest): Scheduler {
  const {jobs, clock, records: file, run, onMissed, onChange} = request;
  const stopping = new AbortController();
  const running = new Map<string, Promise<void>>();
  let records = new Map<string, JobRecord>();
  let paused: ReadonlyMap<string, string> = new Map();
  let cancelTick: Cancel = () => undefined;
  let problem: string | undefined;
  let saving: Promise<void> = Promise.resolve();

  const note = (id: string, change: Partial<JobRecord> & {readonly slotMs?: number}): void => {
    const before = records.get(id) ?? {slotMs: clock.nowMs(), missed: 0, overruns: 0};
    records.set(id, {...before, ...change});
    const now = new Map(records);
    // In order, so that an older state never replaces a newer one.
    saving = saving.then(async () => {
      problem = await file.save(now);
    });
    onChange();
  };

  const limited = async (job: Job, slot: Slot): Promise<JobDone> => {
    const limit = new AbortController();
    const stop = (): void => limit.abort(stopping.signal.reason);
    stopping.signal.addEventListener('abort', stop, {once: true});
    const late = `did not end within ${Math.round(job.limitMs / 1000)} s`;
    const cancelLimit = clock.after(job.limitMs, () => limit.abort(new JobLimit(late)));
    const given = Promise.withResolvers<JobDone>();
    const cancelEnd = clock.after(job.limitMs + endMs, () =>
      given.resolve({outcome: 'unknown', message: `${late}, nor after it was told to stop`}),
    );
    try {
      return await Promise.race([run(job, slot, limit.signal), given.promise]);
    } catch (error) {
      return {outcome: 'unknown', message: error instanceof Error ? error.message : String(error)};
    } finally {
      cancelLimit();
      cancelEnd();
      stopping.signal.removeEventListener('abort', stop);
    }
  };

  const launch = (job: Job, slot: Slot): void => {
    note(job.id, {slotMs: slot.slotMs, startedMs: clock.nowMs()});
    // That it was begun is on disk first: after a crash it must not be begun again.
    const work = saving
      .then(() =>
        problem !== undefined && job.work.at === 'command' ? notSaved(problem) : limited(job, slot),
      )
      .then(done => note(job.id, {endedMs: clock.nowMs(), ...done}))
      .finally(() => {
        running.delete(job.id);
        onChange();
      });
    running.set(job.id, work);
  };

  const countOf = (id: string): JobRecord =>
    records.get(id) ?? {slotMs: clock.nowMs(), missed: 0, overruns: 0};

  const missed = (job: Job, slots: number, untilMs: number): void => {
    if (slots === 0) return;
    note(job.id, {missed: countOf(job.id).missed + slots});
    onMissed(job, {slots, untilMs});
  };

  /** One job at this moment. */
  const take = ({job, next}: SchedulerRequest['jobs'][number]): void => {
    const {slotMs} = countOf(job.id);
    const due = dueOf(job, {next, slotMs, nowMs: clock.nowMs()});
    if (due.at === 'waiting') return;
    if (paused.has(job.id)) {
      note(job.id, {slotMs: due.slotMs});
      return;
    }
    if (running.has(job.id)) {
      note(job.id, {slotMs: due.slotMs, overruns: countOf(job.id).overruns + 1});
      return;
    }
    if (due.at === 'missed') {
      note(job.id, {slotMs: due.slotMs});
      missed(job, due.missed, due.slotMs);
      return;
    }
    missed(job, due.missed, due.slotMs);
    launch(job, due);
  };

  const nextOf = ({job, next}: SchedulerRequest['jobs'][number]): number | undefined => {
    const due = dueOf({catchUp: 'once'}, {next, slotMs: countOf(job.id).slotMs, nowMs: clock.nowMs()});
    return due.at === 'waiting' ? due.nextMs : clock.nowMs();
  };

  /** What was done before, by this process or another. */
  const takeOver = async (): Promise<void> => {
    const loaded = await file.load();
    records = new Map(loaded.records);
    problem = loaded.problem;
    // What was never seen counts from now on, also for the next start.
    for (const {job} of jobs) if (!records.has(job.id)) note(job.id, {slotMs: clock.nowMs()});
    for (const {job} of jobs) {
      const {startedMs, endedMs, slotMs} = countOf(job.id);
      if (startedMs === undefined || (endedMs !== undefined && endedMs >= startedMs)) continue;
      request.onLost(job, slotMs);
      note(job.id, {
        endedMs: clock.nowMs(),
        outcome: 'unknown',
        message: 'the program ended while it ran; nobody knows what became of it',
      });
    }
  };

  let hasJobs = false;
  const tick = async (): Promise<void> => {
    const isMine = request.isMine();
    if (isMine && !hasJobs) await takeOver();
    hasJobs = isMine;
    paused = await request.paused();
    if (stopping.signal.aborted) return;
    if (isMine) for (const each of jobs) take(each);
    const nextMs = Math.min(...jobs.map(each => nextOf(each) ?? Number.POSITIVE_INFINITY));
    const waitMs = isMine ? Math.min(longestTickMs, Math.max(1, nextMs - clock.nowMs())) : askMs;
    cancelTick = clock.after(waitMs, () => void tick());
  };

  return {
    start: tick,
    async stop() {
      stopping.abort(new Error('the scheduler stops'));
      cancelTick();
      await Promise.allSettled(running.values());
      await saving;
    },
    states: () =>
      jobs.map(each => ({
        job: each.job,
        record: records.get(each.job.id),
        nextMs: nextOf(each),
        running: running.has(each.job.id),
        paused: paused.get(each.job.id),
      })),
    get problem() {
      return problem;
    },
  };
}
