// What a site says about alerts: the channels, who is told about what, and when.
import type {Recurring, Weekday} from './local-time.ts';
import type {Severity} from './verdict.ts';

/** A way to somebody. `params` was validated by the definition of `type`. */
export interface ChannelSpec {
  readonly name: string;
  readonly type: string;
  readonly params: Readonly<Record<string, unknown>>;
  /** The references among them that lead to what may appear nowhere. */
  readonly secrets: readonly string[];
  /** 1-based line in the site file; 0: from the environment. */
  readonly line: number;
}

export interface AlertRoute {
  /** Empty: all. */
  readonly severities: readonly Severity[];
  /** See domain/scope.ts. */
  readonly on: readonly string[];
  /** Names of channels. */
  readonly to: readonly string[];
  /** False: at once, whatever the digest takes; true: with the digest, whatever it takes. */
  readonly digest: boolean | undefined;
}

export const groupings = ['service', 'check', 'severity', 'site'] as const;
export type Grouping = (typeof groupings)[number];

export interface AlertPlan {
  readonly channels: readonly ChannelSpec[];
  /** Every route that matches counts; without any, everything goes to every channel. */
  readonly routes: readonly AlertRoute[];
  readonly group: {
    readonly by: Grouping;
    /** How long the first of a group waits for others. */
    readonly waitMs: number;
    /** How soon after a notice the same group may have another one. */
    readonly intervalMs: number;
    /** How soon an alert that nobody took is told again. */
    readonly repeatMs: number;
  };
  /** Times at which only sev1 and sev2 are told. */
  readonly quiet: Recurring | undefined;
  /** What is told once a day. */
  readonly digest: {
    readonly at: string;
    readonly zone: string;
    readonly days: readonly Weekday[];
    readonly severities: readonly Severity[];
  };
  /** What is wrong with what the environment says, in sentences. */
  readonly problems: readonly string[];
}

const minuteMs = 60_000;

/** What holds where the site says nothing. */
export const defaultPlan: AlertPlan = {
  channels: [],
  routes: [],
  group: {by: 'service', waitMs: 30_000, intervalMs: 5 * minuteMs, repeatMs: 240 * minuteMs},
  quiet: undefined,
  digest: {at: '09:00', zone: 'UTC', days: [], severities: ['sev3', 'sev4']},
  problems: [],
};
