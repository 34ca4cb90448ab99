// The rules of a run: what may be answered now, each with its reason when not, and what the console asks. Pure.
import {
  current,
  isGood,
  isMachine,
  levelOf,
  targetOf,
  type Choice,
  type Item,
  type Refusal,
  type Result,
  type RunState,
  type Say,
  type StepState,
  type Survivor,
  type Walked,
} from './run.ts';

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
}

export type Ask =
  | {readonly at: 'read'; readonly text: string; readonly id: string}
  /** Done by hand: the operator says how it went. */
  | {readonly at: 'manual'; readonly question: string; readonly id: string}
  | {readonly at: 'confirm'; readonly question: string; readonly id: string}
  /** A person says that it holds or is done, with a note of what was seen. */
  | {readonly at: 'attest'; readonly question: string; readonly id: string}
  /** A program takes the terminal after a `y`. */
  | {readonly at: 'terminal'; readonly question: string; readonly id: string}
  /** The value of a variable; `OpenRun.history(name)` has those of earlier runs. */
  | {
      readonly at: 'input';
      readonly question: string;
      readonly name: string;
      readonly default?: string;
      readonly pattern?: string;
      readonly id: string;
    }
  /** Refused by a guard; `text` names the rule, where it stands, and the way. */
  | {
      readonly at: 'guarded';
      readonly text: string;
      readonly refusals: readonly Refusal[];
      readonly id: string;
    }
  | {readonly at: 'paused'; readonly text: string; readonly id: string}
  | {
      readonly at: 'typed';
      readonly question: string;
      readonly expected: string;
      readonly reason: boolean;
      readonly id: string;
    }
  | {
      readonly at: 'decide';
      readonly question: string;
      readonly options: readonly {readonly key: string; readonly text: string}[];
      readonly id: string;
    }
  | {readonly at: 'failed'; readonly text: string; readonly id: string}
  | {
      readonly at: 'unknown';
      readonly text: string;
      readonly survivors: readonly Survivor[];
      readonly id: string;
    }
  | {readonly at: 'busy'; readonly text: string; readonly sinceMs: number; readonly id: string}
  | {readonly at: 'finish'; readonly text: string; readonly id: string}
  | {readonly at: 'watch'; readonly text: string; readonly id: string}
  | {readonly at: 'over'; readonly text: string; readonly id: string};

type Situation =
  | {readonly at: 'over'; readonly result: Result}
  | {readonly at: 'watch'; readonly text: string}
  | {readonly at: 'changed'; readonly text: string}
  | {readonly at: 'finish'}
  | {readonly at: 'problem'; readonly walked: Walked; readonly problem: string}
  | {readonly at: 'busy'; readonly walked: Walked; readonly text: string; readonly sinceMs: number}
  | {readonly at: 'running'; readonly walked: Walked; readonly state: StepState & {at: 'running'}}
  | {readonly at: 'unknown'; readonly walked: Walked; readonly state: StepState & {at: 'unknown'}}
  | {readonly at: 'failed'; readonly walked: Walked; readonly state: StepState & {at: 'done'}}
  | {readonly at: 'ask'; readonly walked: Walked};

function situation(state: RunState, stance: Stance): Situation {
  if (state.over !== undefined) return {at: 'over', result: state.over.result};
  if (stance.refused !== undefined) return {at: 'watch', text: stance.refused};
  if (stance.walker !== undefined) return {at: 'watch', text: `${stance.walker} walks this run; you watch`};
  const walked = current(state);
  if (stance.changed !== undefined && !isActing(walked)) return {at: 'changed', text: stance.changed};
  if (walked === undefined) return {at: 'finish'};
  if ('problem' in walked.item.kind) return {at: 'problem', walked, problem: walked.item.kind.problem};
  const step = walked.state;
  switch (step.at) {
    case 'running':
      return {at: 'running', walked, state: step};
    case 'unknown':
      return {at: 'unknown', walked, state: step};
    case 'done':
      return {at: 'failed', walked, state: step};
    case 'waiting':
    case 'confirmed':
    case 'skipped':
      return stance.busy === undefined
        ? {at: 'ask', walked}
        : {at: 'busy', walked, text: stance.busy.what, sinceMs: stance.busy.sinceMs};
  }
}

/** Whether something may be going on outside that must be settled before anything else. */
const isActing = (walked: Walked | undefined): boolean =>
  walked?.state.at === 'running' || walked?.state.at === 'unknown';

/** Names what is being asked; an answer to another id came too late. */
export function askId(state: RunState): string {
  const walked = current(state);
  if (state.over !== undefined) return `${state.run}/over`;
  if (walked === undefined) return `${state.run}/finish`;
  return `${state.run}/${walked.item.id}/${walked.state.attempt}/${walked.state.at}/${state.fence}`;
}

/** What the run asks of the operator right now; texts are raw. */
export function ask(state: RunState, stance: Stance): Ask {
  const now = situation(state, stance);
  const id = askId(state);
  switch (now.at) {
    case 'over':
      return {at: 'over', text: `The run is over: ${now.result}.`, id};
    case 'watch':
      return {at: 'watch', text: now.text, id};
    case 'changed':
      return {at: 'failed', text: now.text, id};
    case 'finish':
      return {
        at: 'finish',
        text: state.rolledBack
          ? 'Everything was taken back and verified. Finish the run as failed?'
          : 'All steps are done and verified. Finish the run as passed?',
        id,
      };
    case 'problem':
      return {at: 'failed', text: `This step cannot be walked: ${now.problem}`, id};
    case 'busy':
      return {at: 'busy', text: now.text, sinceMs: now.sinceMs, id};
    case 'running':
      return {at: 'busy', text: runningText(now.state), sinceMs: now.state.sinceMs, id};
    case 'unknown':
      return {
        at: 'unknown',
        text: `Outcome unknown: ${now.state.why}. Find out whether it happened, then say so.`,
        survivors: now.state.survivors,
        id,
      };
    case 'failed':
      return {at: 'failed', text: failedText(now.walked.item, now.state), id};
    case 'ask':
      return question(state, now.walked, id);
  }
}

const runningText = (state: StepState & {at: 'running'}): string => {
  if (state.stopping) return 'being stopped: TERM, then KILL';
  if (state.overLimitMs === undefined) return 'running';
  return `running, over its limit of ${state.overLimitMs / 1000} s; it goes on until it ends or you stop it`;
};

const failedText = (item: Item, state: StepState & {at: 'done'}): string => {
  const what = state.verdict === 'unknown' ? 'could not be told' : 'failed';
  if (item.role !== 'precondition') return `${what}: ${state.message}`;
  return state.verdict === 'unknown'
    ? `A precondition ${what}: ${state.message}`
    : `A precondition does not hold: ${state.message}. The run can only be aborted or escalated.`;
};

function question(state: RunState, {item, state: step}: Walked, id: string): Ask {
  const where = `${state.environment.toUpperCase()}${state.service === '' ? '' : ` / ${state.service}`}`;
  if (item.role === 'read') return {at: 'read', text: 'Read this, then go on.', id};
  if (item.step.options !== undefined) {
    const options = item.step.options.map(({answer, text}, i) => ({
      key: String(i + 1),
      text: text.startsWith(answer) ? text : `${answer}: ${text}`,
    }));
    return {at: 'decide', question: item.step.title, options, id};
  }
  const again = step.at === 'confirmed' ? 'It was confirmed, but never started. ' : '';
  if (!isMachine(item)) {
    const asked = item.role === 'precondition' || item.role === 'verify' ? 'Does this hold' : 'Is this done';
    if (levelOf(item) !== 'typed') return {at: 'manual', question: `${asked} on ${where}?`, id};
  }
  const run = isMachine(item) ? `Run this on ${where}?` : `Done on ${where}?`;
  switch (levelOf(item)) {
    case 'enter':
      return {at: 'read', text: `${again}Look now?`, id};
    case 'yes':
      return {at: 'confirm', question: `${again}${run}`, id};
    case 'typed':
      return {
        at: 'typed',
        question: `${again}This cannot be undone. ${run} Type the name to go on.`,
        expected: targetOf(state, item),
        reason: item.step.effect === 'irreversible' || item.step.attributes.reason === true,
        id,
      };
  }
}

const neverSkipped: Partial<Record<Item['role'], string>> = {
  precondition: 'a precondition is never skipped',
  verify: 'verification is never skipped',
  read: 'just read it',
};

/** What may be answered now, in the order of the key bar; disabled ones say why. */
export function choices(state: RunState, stance: Stance): readonly Choice[] {
  const now = situation(state, stance);
  switch (now.at) {
    case 'over':
      return [];
    case 'watch':
      return stance.walker === undefined || stance.refused !== undefined
        ? []
        : [choice('take-over', 'T', 'take over', 'reason')];
    case 'finish':
      return [
        choice('finish', 'y', state.rolledBack ? 'finish as failed' : 'finish as passed'),
        ...leave(undefined),
      ];
    case 'changed':
      return leave(undefined);
    case 'problem':
      return [skip(now.walked.item), ...leave(undefined)];
    case 'busy':
      return [
        choice(
          'stop',
          'z',
          'stop waiting',
          'nothing',
          stance.busy?.stoppable === true ? undefined : 'it has just begun',
        ),
        ...leave('wait until this has ended, or stop it'),
      ];
    case 'running':
      return [
        choice(
          'stop',
          'z',
          'stop the step',
          'reason',
          now.state.stopping ? 'it is being stopped' : undefined,
        ),
        ...leave('a step is running: stop it or wait for it'),
      ];
    case 'unknown':
      return [
        choice('happened', 'i', 'it happened', 'reason'),
        choice('did-not-happen', 'd', 'it did not happen', 'reason'),
        choice('retry', 'r', 'ask again, then run again'),
        ...leave(undefined),
      ];
    case 'failed':
      return afterFailure(state, now.walked.item, now.state, stance);
    case 'ask':
      return whenAsked(now.walked.item);
  }
}

function whenAsked(item: Item): readonly Choice[] {
  if (item.role === 'read') return [choice('yes', 'enter', 'go on'), ...leave(undefined)];
  if (item.step.options !== undefined) {
    const options = item.step.options.map(({answer}, i) => ({
      ...choice('option', String(i + 1), answer),
      option: String(i + 1),
    }));
    return [...options, skip(item), ...leave(undefined)];
  }
  if (!isMachine(item) && levelOf(item) !== 'typed') {
    const holds = item.role === 'precondition' || item.role === 'verify';
    return [
      choice('done', 'y', holds ? 'it holds' : 'done'),
      choice('fails', 'n', holds ? 'it does not hold' : 'it failed', 'reason'),
      skip(item),
      ...leave(undefined),
    ];
  }
  const level = levelOf(item);
  const yes =
    level === 'enter'
      ? choice('yes', 'enter', 'look now')
      : choice('yes', 'y', isMachine(item) ? 'run' : 'done', level === 'typed' ? 'typed' : 'nothing');
  return [yes, skip(item), ...leave(undefined)];
}

function afterFailure(
  state: RunState,
  item: Item,
  step: StepState & {at: 'done'},
  stance: Stance,
): readonly Choice[] {
  const pre = item.role === 'precondition';
  const stuck =
    pre && step.verdict !== 'unknown' ? 'a precondition does not hold: abort or escalate' : undefined;
  const barred = pre ? 'a precondition does not hold: abort or escalate' : undefined;
  const undo =
    barred ?? (stance.undoable > 0 ? undefined : 'nothing that ran has a rollback in this runbook');
  const result = finishAfterFailure(state);
  return [
    choice('retry', 'r', isMachine(item) ? 'look or run again' : 'ask again', 'nothing', stuck),
    ...state.safe.map((safe, i) => ({
      ...choice('safe', String(i + 1), `safe action: ${safe.step.title}`, 'nothing', barred),
      option: safe.id,
    })),
    choice('undo', 'b', 'undo what ran', 'nothing', undo),
    skip(item),
    choice('finish', 'f', `finish as ${result}`, 'reason', barred),
    ...leave(undefined),
  ];
}

/** `unverified` only when nothing failed and a verification could not be answered; everything else is `failed`. */
export function finishAfterFailure(state: RunState): 'failed' | 'unverified' {
  const walked = current(state);
  const bad = state.walk.some(
    ({item, state: step}) =>
      item.role === 'verify' && step.at === 'done' && !isGood(step.verdict) && step.verdict !== 'unknown',
  );
  const blind =
    walked?.item.role === 'verify' && walked.state.at === 'done' && walked.state.verdict === 'unknown';
  return blind && !bad && !state.rolledBack ? 'unverified' : 'failed';
}

const choice = (
  say: Say,
  key: string,
  label: string,
  needs: Choice['needs'] = 'nothing',
  disabled?: string,
): Choice => ({say, key, label, needs, ...(disabled === undefined ? {} : {disabled})});

const skip = (item: Item): Choice => choice('skip', 's', 'skip', 'reason', neverSkipped[item.role]);

const leave = (disabled: string | undefined): readonly Choice[] => [
  choice('escalate', 'e', 'escalate', 'reason', disabled),
  choice('abort', 'x', 'abort', 'reason', disabled),
];
