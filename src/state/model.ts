// What the screens show: plain data, safe text only. One writer (the feeders in src/state), many readers (screens).
import type {Scope} from '../domain/kinds-ledger.ts';
import type {RunAnswer} from '../domain/run.ts';
import type {Shown} from '../domain/show.ts';
import type {Dependency, Environment} from '../domain/site.ts';
import type {Effect, Phase} from '../domain/runbook.ts';
import type {PhaseOverTime} from '../domain/strikes.ts';
import type {Panel, Severity, Verdict} from '../domain/verdict.ts';
import type {AlertsView, ScheduleView, SloView} from './duty.ts';

export interface SessionView {
  readonly site: Shown;
  readonly environment: Environment;
  readonly operator: Shown;
  readonly via: string;
  /** Why nothing may be done, when nothing may be done (ledger full, read-only, site not trusted …). */
  readonly readOnly: Shown | undefined;
  readonly monitor:
    | {readonly at: 'here'}
    | {readonly at: 'elsewhere'; readonly who: Shown; readonly isOtherSite?: boolean}
    | {readonly at: 'off'; readonly why: Shown};
  /** A one-line guide for a newcomer (the demo), shown above the key bar. */
  readonly hint: Shown | undefined;
}

export interface CheckView {
  readonly id: Shown;
  readonly panel: Panel;
  readonly type: string;
  readonly verdict: Verdict;
  /** The age is over three slots: shown as `stale`, never green. */
  readonly stale: boolean;
  readonly message: Shown;
  readonly expected: Shown | undefined;
  readonly actual: Shown | undefined;
  readonly parts: readonly {readonly name: Shown; readonly verdict: Verdict; readonly message: Shown}[];
  /** Milliseconds since the epoch of the last look; undefined = never. */
  readonly seenMs: number | undefined;
  /** Since when the hard state is what it is. */
  readonly sinceMs: number | undefined;
  readonly severity: Severity;
  readonly durationMs: number | undefined;
  /** `pending`: the newest looks speak against the hard state, and are not enough yet. */
  readonly phase: PhaseOverTime;
  readonly flapping: boolean;
  /** Whether it counts for the verdict of its service. */
  readonly rollup: boolean;
  /** Checks, or whole services, that it stands on. */
  readonly dependsOn: readonly Dependency[];
  /** What it depends on is down, so that no alert is opened for it. */
  readonly heldBy: Shown | undefined;
}

/** What was seen of one check in the last hour, by minute, oldest first; undefined = nothing was seen. */
export interface CheckHistory {
  readonly id: Shown;
  readonly strip: readonly (Verdict | undefined)[];
  /** Milliseconds. */
  readonly p50: readonly (number | undefined)[];
  readonly p95: readonly (number | undefined)[];
}

/** An entry about a service. */
export interface ChangeRow {
  readonly seq: number;
  readonly atMs: number;
  /** The verdict that a check went to; undefined for other entries. */
  readonly verdict: Verdict | undefined;
  readonly what: Shown;
  readonly text: Shown;
}

/** What is loaded of a service once its screen is open. */
export interface ServiceHistory {
  readonly service: string;
  /** The minute that the newest figures are of. */
  readonly atMs: number;
  readonly checks: readonly CheckHistory[];
  /** Newest first; undefined while they are read. */
  readonly changes: readonly ChangeRow[] | undefined;
}

export interface ServiceView {
  readonly id: string;
  readonly title: Shown;
  readonly owner: Shown | undefined;
  readonly verdict: Verdict;
  readonly stale: boolean;
  readonly health: {readonly verdict: Verdict; readonly stale: boolean} | undefined;
  readonly readiness: {readonly verdict: Verdict; readonly stale: boolean} | undefined;
  readonly checks: readonly CheckView[];
  /** One verdict per minute of the last hour, oldest first; undefined = no sample. Changes once a minute. */
  readonly strip: readonly (Verdict | undefined)[];
  readonly seenMs: number | undefined;
  readonly failingSinceMs: number | undefined;
  readonly runbooks: readonly {
    readonly id: string;
    readonly procedure: string | undefined;
    readonly title: Shown;
    /** Why it is offered for what fails right now; undefined: the site names it. */
    readonly why: Shown | undefined;
  }[];
  /** Who is walking a run on this service right now. */
  readonly attended: Shown | undefined;
}

export interface RunbookView {
  readonly id: string;
  readonly title: Shown;
  readonly file: Shown;
  readonly owner: Shown | undefined;
  readonly tags: readonly Shown[];
  readonly services: readonly Shown[];
  readonly severity: Shown | undefined;
  /** When it is due to be read again; undefined: no date says so. */
  readonly reviewDueMs: number | undefined;
  readonly problems: number;
  /** The procedure where one begins; the others are its branches. Undefined when several stand side by side. */
  readonly entry: string | undefined;
  readonly procedures: readonly {
    readonly id: string;
    readonly title: Shown;
    /** Source line of its heading. */
    readonly line: number;
    readonly steps: number;
    readonly phases: readonly Phase[];
    /** What must not be done while it is walked. */
    readonly prohibitions: readonly Shown[];
  }[];
  /** The reading view: rendered lines with a role, wrapped by the screen. */
  readonly lines: readonly RunbookLine[];
}

export interface RunbookLine {
  readonly role:
    | 'h1'
    | 'h2'
    | 'h3'
    | 'text'
    | 'item'
    | 'code'
    | 'fence'
    | 'head'
    | 'row'
    | 'caution'
    | 'warning'
    | 'note'
    | 'rule'
    | 'blank'
    | 'dont';
  readonly text: Shown;
  readonly indent: number;
  /** Source line, 1-based. */
  readonly line: number;
  readonly phase: Phase | undefined;
  /** A step that runs something stands here, and whether the file says what it is. */
  readonly step?: 'annotated' | 'guessed';
  /** Id of the procedure that begins here. */
  readonly procedure?: string;
}

export type StepAt =
  'waiting' | 'current' | 'confirmed' | 'running' | 'unknown' | 'passed' | 'failed' | 'skipped';

export interface StepView {
  readonly id: string;
  readonly number: string;
  readonly title: Shown;
  readonly phase: Phase;
  readonly type: string;
  readonly at: StepAt;
  readonly effect: Effect;
  /** Short right-hand text: time and result, or what is being waited for. */
  readonly result: Shown | undefined;
}

export interface ChoiceView {
  /** The answer that this choice gives; the run screen knows its key. */
  readonly say: RunAnswer['say'];
  /** Which safe action or option it is. */
  readonly option?: string;
  readonly key: string;
  readonly label: Shown;
  /** Why it cannot be chosen now; undefined = it can. */
  readonly disabled: Shown | undefined;
}

/** A guard that stands in the way of the step, or would without the break-glass that is open. */
export interface RefusalView {
  readonly rule: Shown;
  /** Line of the runbook or the site file; undefined for a rule that every site has. */
  readonly line: number | undefined;
  readonly pattern: Shown;
  readonly matched: Shown;
  readonly way: Shown;
  /** Lets the step pass, since a break-glass is open. */
  readonly isOpen: boolean;
}

/** What the run asks of the operator right now. */
export type AskView =
  /** A step that only looks: Enter runs it. */
  | {readonly at: 'read'; readonly text: Shown; readonly id: string}
  /** Done by hand: the operator says that it is done. */
  | {readonly at: 'manual'; readonly question: Shown; readonly id: string}
  | {readonly at: 'confirm'; readonly question: Shown; readonly id: string}
  /** A person says how it is, with a note of what was seen. */
  | {readonly at: 'attest'; readonly question: Shown; readonly id: string}
  /** A program takes the terminal after a yes. */
  | {readonly at: 'terminal'; readonly question: Shown; readonly id: string}
  /** The value of a variable. `history` is raw: it goes back to the engine as it is. */
  | {
      readonly at: 'input';
      readonly question: Shown;
      readonly name: Shown;
      readonly default: string | undefined;
      readonly pattern: Shown | undefined;
      readonly history: readonly string[];
      readonly id: string;
    }
  | {
      readonly at: 'guarded';
      readonly text: Shown;
      readonly refusals: readonly RefusalView[];
      readonly id: string;
    }
  | {readonly at: 'paused'; readonly text: Shown; readonly id: string}
  | {
      readonly at: 'typed';
      readonly question: Shown;
      readonly expected: Shown;
      readonly reason: boolean;
      readonly id: string;
    }
  | {
      readonly at: 'decide';
      readonly question: Shown;
      readonly options: readonly {readonly key: string; readonly text: Shown}[];
      readonly id: string;
    }
  | {readonly at: 'failed'; readonly text: Shown; readonly id: string}
  | {readonly at: 'unknown'; readonly text: Shown; readonly survivors: readonly Shown[]; readonly id: string}
  | {readonly at: 'busy'; readonly text: Shown; readonly sinceMs: number}
  | {readonly at: 'finish'; readonly text: Shown; readonly id: string}
  | {readonly at: 'watch'; readonly text: Shown}
  | {readonly at: 'over'; readonly text: Shown};

export interface RunView {
  readonly run: string;
  readonly short: string;
  readonly title: Shown;
  readonly service: Shown;
  readonly procedure: Shown;
  readonly operator: Shown;
  readonly watching: boolean;
  /** Writes are shown and confirmed, but not run. */
  readonly isRehearsal: boolean;
  readonly startedMs: number;
  /** When it ended; undefined while it is open. */
  readonly endedMs: number | undefined;
  readonly steps: readonly StepView[];
  readonly current: number | undefined;
  /** Everything about the current step that decides: never cut. */
  readonly detail:
    | {
        readonly title: Shown;
        readonly effect: Effect;
        readonly command: readonly Shown[];
        readonly on: Shown;
        readonly limit: Shown;
        readonly undo: Shown | undefined;
        /** Checks that must pass after it; undefined where the runbook names none. */
        readonly verify: Shown | undefined;
        readonly certainty: Shown;
        /** `NAME=value` of what it is given. */
        readonly values: readonly Shown[];
        /** Rules that it runs into. */
        readonly refusals: readonly RefusalView[];
        readonly prose: readonly Shown[];
        /** The earlier step that `output` is of; undefined = this one. */
        readonly outputOf: Shown | undefined;
        readonly output: readonly Shown[];
      }
    | undefined;
  /** Every variable of the run, `NAME=value`. */
  readonly values: readonly Shown[];
  /** What the steps of this run printed, the newest first. */
  readonly outputs: readonly {readonly title: Shown; readonly lines: readonly Shown[]}[];
  readonly prohibitions: readonly Shown[];
  readonly safeActions: readonly Shown[];
  readonly ask: AskView;
  readonly choices: readonly ChoiceView[];
  /** Whom to call, what to tell them, and the command that makes the evidence. */
  readonly escalation: readonly Shown[];
  readonly brief: readonly Shown[];
  readonly evidence: Shown;
}

/** A break-glass that is open right now. */
export interface GlassView {
  readonly id: string;
  readonly guards: Shown;
  readonly operator: Shown;
  readonly untilMs: number;
}

export interface RunSummary {
  readonly run: string;
  /** Title of its runbook. */
  readonly book: Shown;
  readonly short: string;
  readonly title: Shown;
  readonly service: Shown;
  readonly state: Shown;
  readonly startedMs: number;
  readonly open: boolean;
}

export interface LedgerRow {
  readonly seq: number;
  readonly run: string | undefined;
  readonly time: Shown;
  readonly kind: Shown;
  readonly operator: Shown;
  readonly summary: Shown;
}

export type VerifyView =
  | {readonly at: 'never'}
  | {readonly at: 'running'; readonly done: number; readonly total: number}
  | {readonly at: 'done'; readonly verified: boolean; readonly text: Shown; readonly size: number};

export type ExportView =
  | {readonly at: 'never'}
  | {readonly at: 'running'; readonly what: Shown; readonly done: number; readonly total: number}
  | {readonly at: 'done'; readonly ok: boolean; readonly text: Shown};

/** How far the log was carried off this machine, as receipts say. */
export type CarriedView =
  | {readonly at: 'unknown'}
  | {readonly at: 'local'}
  /** The largest checkpoint that is elsewhere, and how many anchors do not work. */
  | {readonly at: 'off-host'; readonly size: number; readonly atMs: number; readonly failing: number}
  /** No anchor works; what was carried before that. */
  | {readonly at: 'failed'; readonly last: {readonly size: number; readonly atMs: number} | undefined};

export interface LedgerView {
  readonly size: number;
  /** Newest first; a window, not the whole log. */
  readonly rows: readonly LedgerRow[];
  readonly carried: CarriedView;
  readonly verify: VerifyView;
  readonly export: ExportView;
  /** The entries of one run, newest first, when they were asked for. */
  readonly of: {readonly run: string; readonly rows: readonly LedgerRow[]} | undefined;
  readonly detail:
    | {
        readonly seq: number;
        readonly run: string | undefined;
        /** The `seq` of the intent, for an outcome. */
        readonly intent: number | undefined;
        readonly lines: readonly Shown[];
      }
    | undefined;
}

export interface AppState {
  /** Wall clock, milliseconds; moves once a second, and screens show it coarsely. */
  readonly nowMs: number;
  readonly session: SessionView;
  readonly services: readonly ServiceView[];
  /** Of the service whose screen is open. */
  readonly history: ServiceHistory | undefined;
  /** Undefined until they were measured. */
  readonly slos: readonly SloView[] | undefined;
  /** Undefined until the records of jobs were read. */
  readonly schedule: ScheduleView | undefined;
  /** Read while the screen of alerts is open; undefined until then. */
  readonly alerts: AlertsView | undefined;
  readonly runbooks: readonly RunbookView[];
  readonly run: RunView | undefined;
  readonly runs: readonly RunSummary[];
  readonly glasses: readonly GlassView[];
  readonly ledger: LedgerView;
  /** The last thing that was refused or went wrong, until a key is pressed. */
  readonly notice: {readonly level: 'error' | 'info'; readonly text: Shown} | undefined;
}

/** A run to begin; a rehearsal shows and confirms what would write, and does not run it. */
export interface RunStart {
  readonly runbook: string;
  readonly procedure: string | undefined;
  readonly service: string;
  readonly mode: 'live' | 'rehearsal';
}

/** What screens may ask for; functions given by main. None throws: what goes wrong becomes a notice. */
export interface Actions {
  checkNow(service: string): void;
  openRun(run: string): void;
  startRun(run: RunStart): void;
  /** Answers `ask`; `shownAtMs`/`answeredAtMs` are when the dialog was painted and the key arrived. */
  answer(answer: RunAnswer): void;
  showEntry(seq: number | undefined): void;
  ledgerWindow(fromNewest: number, count: number): void;
  /** Loads the entries of one run. */
  entriesOf(run: string): void;
  verify(): void;
  /** Writes an evidence bundle to a directory that does not exist yet. */
  exportEvidence(scope: Scope, path: string): void;
  /** Runs a job of the schedule now, whatever its time is. */
  runJob(job: string): void;
  pauseJob(job: string, reason: string): void;
  resumeJob(job: string): void;
  /** Takes what is open of a service, or of `service/check`. */
  ackAlerts(on: string, note: string): void;
  silence(what: {readonly on: string; readonly forMs: number; readonly reason: string}): void;
  liftSilence(silence: string): void;
  /** Demo only: break or mend the database. */
  fault?(name: string): void;
  dismissNotice(): void;
  /** Told after the console sent a text to the terminal's clipboard (OSC 52). */
  copy?(text: string): void;
}

export type {RunAnswer};
