// A run as data: its steps in walking order, the state of each, and what an operator may answer. Pure.
import type {Effect, Phase, Prohibition, Runbook, Step} from './runbook.ts';
import type {z} from 'zod';
import type {processName, Result, Source} from './kinds-run.ts';
import type {Environment} from './site.ts';
import type {Verdict} from './verdict.ts';

/** Who does a step: a process of its own, the console itself (looks only), a person, or a program on the console's terminal. */
export type By = 'runner' | 'engine' | 'operator' | 'terminal';

/**
 * What a step is there for. `read`: the trigger is read. `precondition`: must hold. `look`: a finding, good or bad.
 * `action`: the procedure. `verify`: must pass. `rollback` and `safe`: offered when something failed.
 */
export type Role = 'read' | 'precondition' | 'look' | 'action' | 'verify' | 'rollback' | 'safe';

/** What the list of step types says about a step, or why it cannot be walked. */
export type Classified =
  /** `reading`: text that is only read, whatever the phase. */
  {readonly by: By; readonly reading?: boolean} | {readonly problem: string};
export type Classify = (step: Step) => Classified;

/** One step of the walk. The same step walked again (undo, a loop) is another item, named `id~2`. */
export interface Item {
  readonly id: string;
  readonly step: Step;
  readonly phase: Phase;
  readonly role: Role;
  readonly kind: Classified;
  readonly procedure: string;
  /** Title of the step that this one is nested in. */
  readonly group?: string;
  /** The item whose effect this rollback undoes. */
  readonly undoes?: string;
}

/** As in the intent: the step runner, named so that a reused pid is never mistaken for it. */
export type RunnerName = Readonly<z.infer<typeof processName>>;

export interface Survivor {
  readonly pid: number;
  readonly command: string;
}

export type StepState =
  | {readonly at: 'waiting'; readonly attempt: number}
  | {readonly at: 'confirmed'; readonly attempt: number; readonly seq: number; readonly sinceMs: number}
  | {
      readonly at: 'running';
      readonly attempt: number;
      readonly intent: number;
      readonly runner: RunnerName;
      readonly sinceMs: number;
      /** Set once it is over its limit, in milliseconds. */
      readonly overLimitMs?: number;
      readonly stopping: boolean;
    }
  | {
      readonly at: 'unknown';
      readonly attempt: number;
      readonly intent: number;
      readonly why: string;
      readonly survivors: readonly Survivor[];
    }
  | {
      readonly at: 'done';
      readonly attempt: number;
      readonly verdict: Verdict;
      readonly by: 'machine' | 'attested' | 'decided';
      readonly seq: number;
      readonly atMs: number;
      readonly message: string;
    }
  | {readonly at: 'skipped'; readonly attempt: number; readonly seq: number; readonly atMs: number};

export interface Walked {
  readonly item: Item;
  readonly state: StepState;
  /** The `seq` of each intent: what really ran, or may have. */
  readonly ran: readonly number[];
  /** The key of the option that was chosen, for questions. */
  readonly option?: string;
}

export interface Book {
  readonly runbook: Runbook;
  readonly classify: Classify;
}

/** A variable of the run that has a value; the value itself lies beside the entry, at `/body/value`. */
export interface Valued {
  readonly name: string;
  readonly from: 'typed' | 'output' | 'default';
  /** The `seq` of the entry that discloses it. */
  readonly seq: number;
}

/** The run stands still, held by nobody, until somebody resumes it. */
export interface Paused {
  readonly why: string;
  /** Who paused it, and in which session. */
  readonly operator: string;
  readonly session: string;
  readonly seq: number;
  readonly atMs: number;
}

/** A guard that the current step runs into. `certain: false`: its text cannot be parsed, so nothing is known. */
export interface Refusal {
  readonly guard: string;
  /** The rule in words. */
  readonly title: string;
  /** Of the prohibition or of the guard in the site file; 0 for a shipped one. */
  readonly line: number;
  readonly pattern: string;
  readonly matched: string;
  readonly absolute: boolean;
  readonly certain: boolean;
  /** The open break-glass that lets it pass. */
  readonly glass?: string;
}

/** The state of a run: a fold over its entries and the pinned runbook. */
export interface RunState {
  /** `rehearsal`: what would write is shown and confirmed, and not run. */
  readonly mode: 'live' | 'rehearsal';
  readonly paused: Paused | undefined;
  /** Variables in the order in which they got their first value. */
  readonly values: readonly Valued[];
  readonly run: string;
  readonly runbook: string;
  readonly runbookSha: string;
  readonly siteSha: string;
  readonly title: string;
  readonly procedure: string;
  readonly procedureTitle: string;
  readonly service: string;
  readonly environment: Environment;
  readonly writes: boolean;
  readonly startedMs: number;
  /** The `seq` of the newest entry of the run: what the next append is compared with. */
  readonly head: number;
  /** The `seq` of the entry that granted the lease last. */
  readonly fence: number;
  /** The session and operator that walk the run. */
  readonly session: string;
  readonly operator: string;
  readonly walk: readonly Walked[];
  readonly prohibitions: readonly Prohibition[];
  /** Steps that may be offered when something fails. */
  readonly safe: readonly Item[];
  readonly rollback: readonly Item[];
  readonly rolledBack: boolean;
  readonly over: {readonly result: Result; readonly seq: number; readonly atMs: number} | undefined;
}

/**
 * What an operator can say to a run. `id` is the ask's, or the run's where nothing is asked (busy, watch). Times are
 * monotonic milliseconds: when the dialog was painted, when the key came.
 */
export type RunAnswer = {
  readonly id: string;
  readonly shownAtMs: number;
  readonly answeredAtMs: number;
} & (
  | {readonly say: 'yes'; readonly typed?: string; readonly reason?: string}
  | {readonly say: 'done'; readonly note?: string}
  | {readonly say: 'fails'; readonly reason: string}
  | {readonly say: 'skip'; readonly reason: string}
  | {readonly say: 'retry'}
  | {readonly say: 'undo'}
  | {readonly say: 'safe'; readonly key: string}
  | {readonly say: 'option'; readonly key: string}
  | {readonly say: 'happened' | 'did-not-happen'; readonly reason: string}
  | {readonly say: 'stop'; readonly reason: string}
  | {readonly say: 'escalate'; readonly reason: string}
  | {readonly say: 'abort'; readonly reason: string}
  | {readonly say: 'take-over'; readonly reason: string}
  /** The value of the variable that is asked for; an empty text takes the default, where there is one. */
  | {readonly say: 'value'; readonly text: string}
  /** The run stands still and gives its lease back; anybody may resume it. */
  | {readonly say: 'pause'; readonly reason: string}
  | {readonly say: 'hand-over'; readonly to?: string; readonly reason: string}
  /** Goes on with a paused run. */
  | {readonly say: 'resume'}
  /** The newest answer to a question is taken back; possible until something acted after it. */
  | {readonly say: 'take-back'}
  | {readonly say: 'finish'; readonly reason?: string}
);

export type Say = RunAnswer['say'];

/** An answer that could be given now, or why it cannot. */
export interface Choice {
  readonly say: Say;
  /** The key on the keyboard. */
  readonly key: string;
  readonly label: string;
  /** `note`: what was found, in words; `value`: a text, or nothing where there is a default. */
  readonly needs: 'nothing' | 'reason' | 'typed' | 'note' | 'value';
  /** For `option` and `safe`: which one. */
  readonly option?: string;
  readonly disabled?: string;
}

/** How firmly a step must be confirmed. */
export type Level = 'enter' | 'yes' | 'typed';

export type {Effect, Result, Source};

/** Good enough to go on: a look that passed, or passed with a warning. */
export const isGood = (verdict: Verdict): boolean => verdict === 'pass' || verdict === 'warn';

/** Whether a machine, not a person, says how the step went. */
export const isMachine = (item: Item): boolean => 'by' in item.kind && item.kind.by !== 'operator';

/** Whether the walk may pass this step. */
export function isPassed({item, state}: Walked): boolean {
  if (state.at === 'skipped') return true;
  return (
    state.at === 'done' && (isGood(state.verdict) || (item.role === 'look' && state.verdict !== 'unknown'))
  );
}

/** Index in `walk` of the step that the run stands at; undefined when all are passed. */
export function currentIndex(state: RunState): number | undefined {
  const index = state.walk.findIndex(walked => !isPassed(walked));
  return index === -1 ? undefined : index;
}

export function current(state: RunState): Walked | undefined {
  const index = currentIndex(state);
  return index === undefined ? undefined : state.walk[index];
}

/** `read` runs on Enter, `write` (or guessed, or under a warning) on y, `irreversible` (or under a caution) typed. */
export function levelOf(item: Item): Level {
  const {effect, alert, certainty} = item.step;
  if (!('by' in item.kind) || item.role === 'read') return 'enter';
  if (effect === 'irreversible' || alert === 'caution') return 'typed';
  if (item.kind.by === 'operator' || effect === 'write' || alert === 'warning') return 'yes';
  return item.kind.by === 'runner' && certainty === 'guessed' ? 'yes' : 'enter';
}

/** What a typed confirmation expects: the step's target, else the service, else the procedure. */
export const targetOf = (state: RunState, item: Item): string =>
  item.step.attributes.target ?? (state.service === '' ? state.procedure : state.service);
