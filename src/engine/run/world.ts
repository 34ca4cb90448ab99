// What the run engine needs of the outside; everything is passed in, so that a run can be simulated.
import type {Actor} from '../../domain/entry.ts';
import type {Runbook} from '../../domain/runbook.ts';
import type {Source} from '../../domain/run.ts';
import type {PhaseWords, Site} from '../../domain/site.ts';
import type {CheckResult} from '../../domain/verdict.ts';
import type {StepDefinition} from '../../define.ts';
import type {Clock, Env, Files, Ledger, Processes, Random, Runners, Secrets} from '../../ports.ts';

/** Looks now at one check of a service, or at all of a panel; an empty list means that there is no such check. */
export type LookNow = (
  want: {readonly service: string; readonly check?: string; readonly panel?: string},
  signal: AbortSignal,
) => Promise<readonly CheckResult[]>;

export interface RunWorld {
  readonly ledger: Ledger;
  readonly site: Site;
  readonly steps: readonly StepDefinition[];
  readonly runbooks: () => Promise<readonly Runbook[]>;
  readonly parse: (request: {
    readonly file: string;
    readonly bytes: Uint8Array;
    readonly root?: string;
    readonly phases?: PhaseWords;
  }) => Runbook;
  readonly look: LookNow;
  readonly files: Files;
  readonly processes: Processes;
  readonly runners: Runners;
  /** What runbooks declare is looked up here, and what is found is masked everywhere. */
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** What the steps inherit: which variables are set already, and where commands are looked for. */
  readonly env?: Env;
  readonly random: Random;
  readonly actor: Actor;
  readonly session: string;
  readonly version: string;
  /**
   * Hands the terminal to a step runner with this job and takes it back when that has ended; missing where there is
   * no terminal to hand over. `said`: what the runner said when it refused.
   */
  readonly terminal?: (job: string) => Promise<{readonly said: string}>;
  /** The command line that goes on with a run without a person, up to the entry that is put behind it; see job.ts. */
  readonly onward?: (run: string) => readonly [string, ...string[]];
  /** How answers reach this console. */
  readonly source: Source;
  /** `max(400, measured round trip + 250)`, asked for at each answer. */
  readonly graceMs: () => number;
}
