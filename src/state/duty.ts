// What the screens of promises, jobs and alerts show: plain data, safe text only, part of the state in model.ts.
import type {JobOutcome} from '../domain/schedule.ts';
import type {Shown} from '../domain/show.ts';
import type {Severity} from '../domain/verdict.ts';

/** `burning`: the budget is not used up, but goes so fast that somebody is told. */
export type SloState = 'ok' | 'burning' | 'atRisk' | 'exhausted' | 'unknown';

/** What a service promises and how that stands; figures are text, undefined where too little was seen for one. */
export interface SloView {
  readonly service: string;
  readonly title: Shown;
  readonly state: SloState;
  /** `99.5 %` and `30d`. */
  readonly target: Shown;
  readonly window: Shown;
  readonly checks: Shown;
  readonly availability: Shown | undefined;
  /** Everything unknown taken as bad, and as good. */
  readonly range: Shown | undefined;
  readonly coverage: Shown | undefined;
  /** How much of the window has been recorded, while that is not all. */
  readonly filled: Shown | undefined;
  /** Less was seen than the figures should rest on. */
  readonly isThin: boolean;
  /** Share of the budget that is left, below 0 when more than all is used; undefined = nobody knows. */
  readonly remaining: number | undefined;
  /** `177 of 216 bad minutes used`. */
  readonly used: Shown;
  readonly burn: Shown | undefined;
  /** How much of the budget a day takes at this pace, and what would last. */
  readonly pace: Shown | undefined;
  /** When nothing is left at this pace; undefined = not at this pace, or nobody knows. */
  readonly goneIn: Shown | undefined;
  readonly burns: readonly {
    /** `1h/5m`. */
    readonly window: Shown;
    readonly tier: Shown;
    readonly limit: Shown;
    readonly long: Shown | undefined;
    readonly short: Shown | undefined;
    readonly firing: boolean;
    /** Above the limit at both ends, but too little was seen to call it. */
    readonly above: boolean;
  }[];
  readonly alerts: readonly {readonly text: Shown; readonly severity: Severity}[];
}

/** A job of the schedule, with what is remembered of it. */
export interface JobView {
  readonly id: string;
  readonly title: Shown;
  readonly cron: Shown;
  readonly timezone: Shown;
  /** What it does, in words. */
  readonly does: Shown;
  /** It changes something: a command of the site. */
  readonly acts: boolean;
  readonly catchUp: 'once' | 'none';
  readonly limitMs: number;
  /** Undefined: its time never comes. */
  readonly nextMs: number | undefined;
  /** Why it is paused. */
  readonly paused: Shown | undefined;
  readonly running: boolean;
  readonly startedMs: number | undefined;
  /** How it ended last, by its time; undefined: it never did. */
  readonly last: JobEnd | undefined;
  readonly missed: number;
  /** Times that came due while it was still running. */
  readonly overruns: number;
  /** Why it cannot be run by hand. */
  readonly refused: Shown | undefined;
  /** What became of it when it was run by hand here. */
  readonly byHand: JobEnd | undefined;
}

export interface JobEnd {
  readonly endedMs: number;
  readonly outcome: JobOutcome;
  readonly message: Shown;
}

export interface ScheduleView {
  readonly jobs: readonly JobView[];
  /** Why what ran before is not known, or cannot be noted. */
  readonly problem: Shown | undefined;
}

/** Something that fires, and what keeps it from being told again. */
export interface AlertView {
  readonly id: string;
  readonly service: string;
  readonly check: string | undefined;
  readonly severity: Severity;
  readonly title: Shown;
  /** What was seen; undefined where it was erased. */
  readonly message: Shown | undefined;
  readonly sinceMs: number;
  readonly acked:
    {readonly operator: Shown; readonly atMs: number; readonly note: Shown | undefined} | undefined;
  readonly silence: SilenceView | undefined;
  readonly maintenance: {readonly name: Shown; readonly untilMs: number} | undefined;
  readonly told: readonly NoticeView[];
}

export interface SilenceView {
  readonly id: string;
  /** What it covers: services, checks, labels. */
  readonly on: Shown;
  readonly untilMs: number;
  /** It also ends when nothing that it covers fires any more. */
  readonly untilResolved: boolean;
  readonly operator: Shown;
  readonly reason: Shown | undefined;
}

/** Work that was announced, or that repeats. */
export interface MaintenanceView {
  readonly id: string;
  readonly on: Shown;
  readonly fromMs: number;
  readonly untilMs: number;
  /** Undefined: the site file says so. */
  readonly operator: Shown | undefined;
  readonly reason: Shown | undefined;
}

/** One thing to tell one channel. */
export interface NoticeView {
  readonly alert: string;
  readonly channel: Shown;
  readonly as: Shown;
  readonly at: 'waiting' | 'sent' | 'dropped' | 'given up';
  /** Not tried before this. */
  readonly dueMs: number;
  readonly attempts: number;
  readonly error: Shown | undefined;
}

export interface AlertsView {
  /** Why nobody is told anything; undefined when somebody is. */
  readonly off: Shown | undefined;
  readonly problems: readonly Shown[];
  /** The gravest first. */
  readonly open: readonly AlertView[];
  /** What fires and opens no alert. */
  readonly held: readonly {
    readonly service: string;
    readonly check: string | undefined;
    readonly severity: Severity;
    readonly title: Shown;
    readonly why: Shown;
  }[];
  readonly silences: readonly SilenceView[];
  /** In force now, or to come. */
  readonly maintenance: readonly MaintenanceView[];
  /** What is still to be told, the oldest first. */
  readonly queued: readonly NoticeView[];
}
