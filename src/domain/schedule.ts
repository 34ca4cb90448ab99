// Jobs at times of the clock: what is due, what was missed, and what is caught up. Pure.

/** What a job does when it is due. */
export type JobWork =
  /** Something of the program itself, by name. */
  | {readonly at: 'own'; readonly name: 'uptime' | 'slo'}
  /** Checks (`service/check`) and every check of these types. */
  | {readonly at: 'checks'; readonly checks: readonly string[]; readonly types: readonly string[]}
  /** A program; it acts, so it is recorded before it starts. */
  | {readonly at: 'command'; readonly argv: readonly [string, ...string[]]; readonly cwd?: string}
  | {readonly at: 'nothing'; readonly why: string};

export interface Job {
  readonly id: string;
  readonly title: string;
  readonly cron: string;
  readonly timezone: string;
  /** After downtime: run once for the newest slot that was missed, or leave it. */
  readonly catchUp: 'once' | 'none';
  readonly limitMs: number;
  readonly work: JobWork;
  /** 1-based line in the site file; 0 for a shipped one that the site says nothing about. */
  readonly line: number;
}

export type JobOutcome = 'passed' | 'failed' | 'unknown' | 'skipped';

/** What is remembered of a job between starts of the program. */
export interface JobRecord {
  /** The newest slot that was run, missed or passed over. */
  readonly slotMs: number;
  readonly startedMs?: number;
  readonly endedMs?: number;
  readonly outcome?: JobOutcome;
  readonly message?: string;
  /** How many slots were missed in all. */
  readonly missed: number;
  /** How many came due while it was still running. */
  readonly overruns: number;
}

/** A slot that is later than this was missed; a busy machine is no downtime. */
const lateMs = 120_000;
/** Slots of a long downtime are counted only so far. */
const mostMissed = 10_000;
/** A slot further ahead than this was written by a clock that was wrong. */
const aheadMs = 60_000;

export type Due =
  | {readonly at: 'waiting'; readonly nextMs: number | undefined}
  /** `missed`: slots that are passed over besides. */
  | {readonly at: 'run'; readonly slotMs: number; readonly missed: number; readonly isLate: boolean}
  | {readonly at: 'missed'; readonly slotMs: number; readonly missed: number};

/** What a job is to do now, from the newest slot that was dealt with. `next` is the job's clock. */
export function dueOf(
  job: Pick<Job, 'catchUp'>,
  {
    next,
    slotMs: lastMs,
    nowMs,
  }: {
    readonly next: (afterMs: number) => number | undefined;
    readonly slotMs: number;
    readonly nowMs: number;
  },
): Due {
  // After the clock was set back: what comes next is counted from now.
  const fromMs = lastMs > nowMs + aheadMs ? nowMs : lastMs;
  let slotMs = next(fromMs);
  if (slotMs === undefined || slotMs > nowMs) return {at: 'waiting', nextMs: slotMs};
  let passed = 1;
  for (let later = next(slotMs); later !== undefined && later <= nowMs; later = next(slotMs)) {
    slotMs = later;
    passed += 1;
    if (passed < mostMissed) continue;
    // So long a downtime is not walked through slot by slot.
    slotMs = nowMs;
    break;
  }
  const isLate = nowMs - slotMs > lateMs;
  if (isLate && job.catchUp === 'none') return {at: 'missed', slotMs, missed: passed};
  return {at: 'run', slotMs, missed: passed - 1, isLate};
}
