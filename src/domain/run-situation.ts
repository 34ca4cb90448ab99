// Where a run stands right now: one of a few situations, from its entries and what the console knows beside them. Pure.
import {
  current,
  levelOf,
  refusing,
  type Refusal,
  type Result,
  type RunState,
  type StepState,
  type Walked,
} from './run.ts';
import {applies} from './run-when.ts';

/** What the rules need to know beyond the entries. */
export interface Stance {
  /** Why nothing may be done (ledger full, site not trusted, somebody else walks …). */
  readonly refused: string | undefined;
  /** Somebody else walks this run, alive: it can only be watched, or taken over. */
  readonly walker: string | undefined;
  /** What changed in the pinned files since the run began: it can only be left then. */
  readonly changed: string | undefined;
  /** The console is doing something for the current step right now: a look, a wait, a runner that starts. */
  readonly busy: {readonly what: string; readonly sinceMs: number; readonly stoppable: boolean} | undefined;
  /** How many steps an undo would offer. */
  readonly undoable: number;
  /** Guards that the current step runs into. */
  readonly refusals?: readonly Refusal[];
  /** Whether this console can hand its terminal to a program; left out: it cannot. */
  readonly hasTerminal?: boolean;
  /** Why the current step cannot be done with the values that the variables have. */
  readonly lacking?: string;
  /** Where the link of an answer leads, or why it leads nowhere; undefined when it is no link to steps. */
  readonly leads?: (
    link: string,
    file: string | undefined,
  ) => {readonly goto: string} | {readonly problem: string} | undefined;
  /** What was found about the `when` of an item; `unknown`: it could not be told. */
  readonly applies?: {readonly item: string; readonly at: 'met' | 'unknown'; readonly text: string};
}

export type Situation =
  | {readonly at: 'over'; readonly result: Result}
  | {readonly at: 'watch'; readonly text: string}
  | {readonly at: 'paused'}
  | {readonly at: 'changed'; readonly text: string}
  | {readonly at: 'finish'}
  | {readonly at: 'problem'; readonly walked: Walked; readonly problem: string; readonly never: boolean}
  /** Whether it applies is being looked at, or could not be told. */
  | {readonly at: 'judging'}
  | {readonly at: 'undecided'; readonly walked: Walked; readonly text: string}
  | {readonly at: 'guarded'; readonly walked: Walked; readonly refusals: readonly Refusal[]}
  | {readonly at: 'busy'; readonly walked: Walked; readonly text: string; readonly sinceMs: number}
  | {readonly at: 'running'; readonly walked: Walked; readonly state: StepState & {at: 'running'}}
  | {readonly at: 'unknown'; readonly walked: Walked; readonly state: StepState & {at: 'unknown'}}
  | {readonly at: 'told'; readonly walked: Walked; readonly state: StepState & {at: 'told'}}
  | {readonly at: 'failed'; readonly walked: Walked; readonly state: StepState & {at: 'done'}}
  | {readonly at: 'ask'; readonly walked: Walked};

export function situation(state: RunState, stance: Stance): Situation {
  if (state.over !== undefined) return {at: 'over', result: state.over.result};
  if (stance.refused !== undefined) return {at: 'watch', text: stance.refused};
  if (state.paused !== undefined) return {at: 'paused'};
  if (stance.walker !== undefined) return {at: 'watch', text: `${stance.walker} walks this run; you watch`};
  const walked = current(state);
  if (stance.changed !== undefined && !isActing(walked)) return {at: 'changed', text: stance.changed};
  if (walked === undefined) return {at: 'finish'};
  const {kind} = walked.item;
  const step = walked.state;
  switch (step.at) {
    case 'running':
      return {at: 'running', walked, state: step};
    case 'unknown':
      return {at: 'unknown', walked, state: step};
    case 'told':
      return {at: 'told', walked, state: step};
    case 'done':
      return {at: 'failed', walked, state: step};
    case 'waiting':
    case 'confirmed':
    case 'skipped':
      if ('problem' in kind)
        return {at: 'problem', walked, problem: kind.problem, never: kind.never === true};
      return open(state, walked, stance);
  }
}

/** A step that nothing was recorded of yet in this attempt, or only that it was confirmed. */
function open(state: RunState, walked: Walked, stance: Stance): Situation {
  if (stance.busy !== undefined)
    return {at: 'busy', walked, text: stance.busy.what, sinceMs: stance.busy.sinceMs};
  if (applies(state).at !== 'yes') {
    const found = stance.applies?.item === walked.item.id ? stance.applies : undefined;
    if (found === undefined) return {at: 'judging'};
    if (found.at === 'unknown') return {at: 'undecided', walked, text: found.text};
  }
  const refusals = refusing(stance.refusals ?? []);
  if (refusals.length > 0) return {at: 'guarded', walked, refusals};
  return stance.lacking === undefined
    ? {at: 'ask', walked}
    : {at: 'problem', walked, problem: stance.lacking, never: false};
}

/** Whether what is asked is only to let the console look, which it may do with nobody there; a read that runs is not. */
export function needsNobody(state: RunState, stance: Stance): boolean {
  const now = situation(state, stance);
  if (now.at !== 'ask') return false;
  const {item} = now.walked;
  const looks = 'by' in item.kind && item.kind.by === 'engine' && item.step.options === undefined;
  return looks && levelOf(item, stance.refusals) === 'enter';
}

/** Whether something may be going on outside that must be settled before anything else. */
const isActing = (walked: Walked | undefined): boolean =>
  walked?.state.at === 'running' || walked?.state.at === 'unknown';

/** Names what is being asked; an answer to another id came too late. */
export function askId(state: RunState): string {
  const walked = current(state);
  if (state.over !== undefined) return `${state.run}/over`;
  if (state.paused !== undefined) return `${state.run}/paused/${state.paused.seq}`;
  if (walked === undefined) return `${state.run}/finish`;
  return `${state.run}/${walked.item.id}/${walked.state.attempt}/${walked.state.at}/${state.fence}`;
}
