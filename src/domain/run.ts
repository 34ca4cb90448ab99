// A run as data: its steps in walking order and the state of each. Pure.
import type {Effect, Phase, Procedure, Prohibition, Runbook, Step} from './runbook.ts';
import type {z} from 'zod';
import type {processName, Result, Source} from './kinds-run.ts';
import type {Environment} from './site.ts';
import type {AskedVariable} from './variables.ts';
import type {Verdict} from './verdict.ts';

export type {Choice, RunAnswer, Say} from './run-say.ts';

/** Who does a step: a process of its own, the console itself (looks only), a person, or a program on the console's terminal. */
export type By = 'runner' | 'engine' | 'operator' | 'terminal';

/**
 * What a step is there for. `read`: the trigger is read. `precondition`: must hold. `look`: a finding, good or bad.
 * `action`: the procedure. `verify`: must pass. `rollback` and `safe`: offered when something failed.
 */
export type Role = 'read' | 'precondition' | 'look' | 'action' | 'verify' | 'rollback' | 'safe';

/** What a person is asked for beside a yes: the value of a variable, or a note of what was seen. */
export type Asks =
  | {
      readonly at: 'value';
      readonly name: string;
      readonly pattern?: string;
      readonly default?: string;
      readonly may: 'anything' | 'no-option';
    }
  | {readonly at: 'note'};

/** What the list of step types says about a step, or why it cannot be walked. */
export type Classified =
  /** `reading`: text that is only read, whatever the phase. */
  | {readonly by: By; readonly reading?: boolean; readonly asks?: Asks}
  /** `never`: it cannot be passed over either. */
  | {readonly problem: string; readonly never?: boolean};
/** `file`: the linked file that the step stands in; left out for the runbook itself. */
export type Classify = (step: Step, file?: string) => Classified;

/** A `when` that must be met, with the step that carries it: what is decided there counts for all that belongs to it. */
export interface Condition {
  readonly step: string;
  readonly text: string;
}

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
  /** The linked file that it stands in, relative to the runbook's folder; left out for the runbook itself. */
  readonly file?: string;
  readonly conditions?: readonly Condition[];
  /** A look of the console: these commands must exist. */
  readonly requires?: readonly string[];
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
  /** It ended; whether that is what the runbook expects is for a person to say. */
  | {
      readonly at: 'told';
      readonly attempt: number;
      readonly seq: number;
      readonly atMs: number;
      readonly message: string;
      readonly expected: string;
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
  | {
      readonly at: 'skipped';
      readonly attempt: number;
      readonly seq: number;
      readonly atMs: number;
      /** By the operator, by the runbook's own `when`, because the walk took another way, or only rehearsed. */
      readonly by: 'operator' | 'when' | 'way' | 'rehearsal';
      /** The condition that was not met. */
      readonly when?: string;
    };

export interface Walked {
  readonly item: Item;
  readonly state: StepState;
  /** The `seq` of each intent: what really ran, or may have. */
  readonly ran: readonly number[];
  /** The key of the option that was chosen, for questions. */
  readonly option?: string;
  /** The `seq` of the entry that put it into the walk. */
  readonly batch: number;
  /** Something was recorded about it: whether it applies is not asked any more. */
  readonly begun: boolean;
  /** The newest attempt that a guard refused, as recorded. */
  readonly refused?: number;
}

export interface Book {
  readonly runbook: Runbook;
  /** The Markdown files that it links to, by their path relative to its folder. */
  readonly linked?: ReadonlyMap<string, Runbook>;
  readonly classify: Classify;
  /** What is asked for before the first step of this procedure acts; `ambient`: names that the environment had at the start. */
  readonly asks?: (place: Place, ambient: readonly string[]) => readonly AskedVariable[];
}

/** A procedure and the file that it stands in. */
export interface Place {
  readonly runbook: Runbook;
  readonly procedure: Procedure;
  readonly file: string | undefined;
}

/** What stood before an answer to a question, so that the answer can be taken back. */
export interface Earlier {
  readonly item: string;
  readonly walk: readonly Walked[];
  readonly prohibitions: readonly Prohibition[];
  readonly safe: readonly Item[];
  readonly rollback: readonly Item[];
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
  /** It waits for somebody else: for this one, or for anybody. */
  readonly handover: boolean;
  readonly to?: string;
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
  /** The `seq` of its first entry. */
  readonly first: number;
  /** The `seq` of the newest entry of the run: what the next append is compared with. */
  readonly head: number;
  /** The `seq` of the entry that granted the lease last. */
  readonly fence: number;
  /** The session and operator that walk the run. */
  readonly session: string;
  readonly operator: string;
  /** The session that walks it is nobody's: whoever comes takes the run from it. */
  readonly unattended: boolean;
  readonly walk: readonly Walked[];
  readonly prohibitions: readonly Prohibition[];
  /** Steps that may be offered when something fails. */
  readonly safe: readonly Item[];
  readonly rollback: readonly Item[];
  readonly rolledBack: boolean;
  /** Names that the environment had set at the start, so that they are not asked for. */
  readonly ambient: readonly string[];
  /** What can be taken back, newest last; nothing once something acted. */
  readonly earlier: readonly Earlier[];
  /** Names of items that were taken out of the walk again; they are not used twice. */
  readonly retired: readonly string[];
  readonly over: {readonly result: Result; readonly seq: number; readonly atMs: number} | undefined;
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
export function levelOf(item: Item, refusals: readonly Refusal[] = []): Level {
  const {effect, alert, certainty} = item.step;
  if (!('by' in item.kind) || item.role === 'read') return 'enter';
  // What a guard cannot judge, and what only a break-glass lets pass, is confirmed as firmly as there is.
  if (effect === 'irreversible' || alert === 'caution' || refusals.length > 0) return 'typed';
  const {by} = item.kind;
  if (by === 'operator' || by === 'terminal' || effect === 'write' || alert === 'warning') return 'yes';
  return by === 'runner' && certainty === 'guessed' ? 'yes' : 'enter';
}

/** What certainly runs into a guard that nothing opens. */
export const refusing = (refusals: readonly Refusal[]): readonly Refusal[] =>
  refusals.filter(({certain, glass}) => certain && glass === undefined);

/** What a typed confirmation expects: the step's target, else the service, else the procedure. */
export const targetOf = (state: RunState, item: Item): string =>
  item.step.attributes.target ?? (state.service === '' ? state.procedure : state.service);

/** In a rehearsal, what would change something is shown and confirmed, and that is all. What must hold is still asked. */
export const isRehearsed = ({mode}: Pick<RunState, 'mode'>, item: Item): boolean =>
  mode === 'rehearsal' &&
  item.step.effect !== 'read' &&
  (isMachine(item) || (item.role !== 'precondition' && item.role !== 'verify'));

/** What the operator is asked for beside a yes. */
export const asksOf = ({kind}: Item): Asks | undefined => ('by' in kind ? kind.asks : undefined);
