// The interface to what telemetry adds up: looks by minute, hour and day, slots of services, and what SLOs remember.
import type {LookCounts} from './domain/look-counts.ts';
import type {Tally} from './domain/slo-budget.ts';
import type {SlotCounts} from './domain/slo-slots.ts';

export interface CheckName {
  readonly service: string;
  readonly check: string;
}

/** From the first moment on, up to and without the second; milliseconds since the epoch. */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** A minute, hour or day with at least one look in it. */
export interface CountRow {
  readonly atMs: number;
  readonly counts: LookCounts;
}

export interface HourRow extends CountRow {
  /** What each minute was; see domain/minute-strip.ts. */
  readonly strip: Uint8Array;
}

/** The slots that decide about a service: which checks, and how long a slot is. */
export interface SlotSource {
  readonly service: string;
  readonly checks: readonly string[];
  readonly slotMs: number;
}

/** Whether a moment lies in a maintenance window of the check that was recorded before it began. */
export type Excluded = (check: CheckName, atMs: number) => boolean;

/** Everything from the first slot up to a moment. */
export interface Totals {
  readonly slots: SlotCounts;
  readonly events: Tally;
}

export interface SlotTotals {
  /** The first slot that any of the checks looked at; undefined = none ever did. */
  readonly sinceMs: number | undefined;
  /** In the order of the moments that were asked for. */
  readonly totals: readonly Totals[];
}

export interface SlotQuestion {
  readonly source: SlotSource;
  /** Beginnings of slots. */
  readonly momentsMs: readonly number[];
  /** Also what happened in the slots; without it events are zero. */
  readonly withEvents?: boolean;
}

/** One look as it was kept, for the hash of an hour. */
export interface KeptSample {
  readonly slotMs: number;
  /** The verdict's place in THE list, and the marks beside it; see store/telemetry-codes.ts. */
  readonly code: number;
  readonly durationMs: number;
}

export interface Rollups {
  /** Hours with looks, oldest first. */
  hours(name: CheckName, span: Span): Promise<readonly HourRow[]>;
  /** Days (UTC) with looks, oldest first. */
  days(name: CheckName, span: Span): Promise<readonly CountRow[]>;
  /** Minutes with looks, oldest first; they are kept for forty days. */
  minutes(name: CheckName, span: Span): Promise<readonly CountRow[]>;
  /** Oldest first. */
  samples(name: CheckName, span: Span): Promise<readonly KeptSample[]>;
  /** The beginning of the minute with the first look that is kept; undefined = nobody ever looked. */
  firstLook(name: CheckName): Promise<number | undefined>;
  /** One answer for each question. What is needed again is kept, so that the next answer costs little. */
  slots(questions: readonly SlotQuestion[], excluded: Excluded): Promise<readonly SlotTotals[]>;
  /** What was kept by `keepSlo`, by service, as it was given. */
  keptSlos(): Promise<ReadonlyMap<string, string>>;
  keepSlos(records: ReadonlyMap<string, string>): Promise<void>;
}
