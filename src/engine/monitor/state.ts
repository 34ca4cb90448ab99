// What the monitor knows of each check, for screens, status and the runs that wait for a verdict.
import type {CheckSpec} from '../../domain/site.ts';
import type {PhaseOverTime, Strikes} from '../../domain/strikes.ts';
import type {CheckResult, Verdict} from '../../domain/verdict.ts';

export interface CheckState {
  readonly spec: CheckSpec;
  readonly last: CheckResult | undefined;
  /** Milliseconds since the epoch; undefined = never looked at. */
  readonly seenMs: number | undefined;
  /** Older than three slots: never to be shown as green. */
  readonly stale: boolean;
  readonly hard: Verdict | undefined;
  readonly sinceMs: number | undefined;
  readonly phase: PhaseOverTime;
  readonly strikes: Strikes;
  readonly running: boolean;
  /** Slots that came while the look of an earlier one was still running. */
  readonly overruns: number;
  /** Slots that went by without a look since the start. */
  readonly missed: number;
}

export interface Monitor {
  start(): Promise<void>;
  /** Ends what is running, within about three seconds; `why` goes into the ledger. */
  stop(why?: string): Promise<void>;
  /** Looks at every check of the service now; slots and strikes stay as they are. */
  checkNow(service: string): Promise<void>;
  snapshot(): readonly CheckState[];
  /** Why hard states cannot be recorded or samples not be kept, while that is so. */
  readonly problem: string | undefined;
}

export const nameOf = ({service, id}: Pick<CheckSpec, 'service' | 'id'>): string => `${service}/${id}`;
