// What a run asks of its operator right now, in words. Pure; texts are raw.
import {
  asksOf,
  isMachine,
  isRehearsed,
  levelOf,
  targetOf,
  type Item,
  type Paused,
  type Refusal,
  type RunState,
  type StepState,
  type Survivor,
  type Walked,
} from './run.ts';
import {askId, situation, type Stance} from './run-situation.ts';

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

/** What the run asks of the operator right now; texts are raw. */
export function ask(state: RunState, stance: Stance): Ask {
  const now = situation(state, stance);
  const id = askId(state);
  switch (now.at) {
    case 'over':
      return {at: 'over', text: `The run is over: ${now.result}.`, id};
    case 'watch':
      return {at: 'watch', text: now.text, id};
    case 'paused':
      return {at: 'paused', text: pausedText(state.paused), id};
    case 'changed':
      return {at: 'failed', text: now.text, id};
    case 'finish':
      return {at: 'finish', text: finishText(state), id};
    case 'problem':
      return {at: 'failed', text: `This step cannot be walked: ${now.problem}`, id};
    case 'judging':
      return {at: 'busy', text: 'looking whether this step applies', sinceMs: state.startedMs, id};
    case 'undecided':
      return {at: 'failed', text: `Whether this step applies could not be told: ${now.text}`, id};
    case 'guarded':
      return {at: 'guarded', text: guardedText(now.refusals), refusals: now.refusals, id};
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
    case 'told':
      return {at: 'manual', question: toldQuestion(now.state), id};
    case 'failed':
      return {at: 'failed', text: failedText(now.walked.item, now.state), id};
    case 'ask':
      return question(state, now.walked, {id, stance});
  }
}

/** While an answer that counts is being written: nothing more is asked. */
export const takenAsk = (state: RunState, sinceMs: number): Ask => ({
  at: 'busy',
  text: 'taken, being written …',
  sinceMs,
  id: askId(state),
});

function finishText({mode, rolledBack}: RunState): string {
  const what = mode === 'rehearsal' ? 'the rehearsal' : 'the run';
  if (rolledBack) return `Everything was taken back and verified. Finish ${what} as failed?`;
  return mode === 'rehearsal'
    ? 'All steps were rehearsed. Finish the rehearsal as passed?'
    : 'All steps are done and verified. Finish the run as passed?';
}

function pausedText(paused: Paused | undefined): string {
  const to = paused?.to === undefined ? 'the next one' : paused.to;
  return paused?.handover === true
    ? `${paused.operator} handed this run over to ${to}. Nobody walks it now; whoever goes on takes it.`
    : `${paused?.operator ?? 'Somebody'} paused this run. Nobody walks it now; whoever goes on takes it.`;
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

const toldQuestion = ({message, expected}: StepState & {at: 'told'}): string =>
  `It ended: ${message}. Is that as expected (${expected})?`;

function guardedText(refusals: readonly Refusal[]): string {
  const rules = refusals.map(({guard, title, line, matched}) => {
    const where = line === 0 ? 'a standing rule' : `line ${line}`;
    return `${title} (guard ${guard}, ${where})\n  ${matched}`;
  });
  const names = [...new Set(refusals.map(({guard}) => guard))].join(' ');
  const way = refusals.some(({absolute}) => absolute)
    ? 'Nothing opens this guard. Skip the step where that is allowed, escalate, or abort.'
    : `The only way past is \`quarterdeck breakglass open ${names}\`, with a reason. Else skip the step where that is allowed, escalate, or abort.`;
  return ['Refused:', ...rules, way].join('\n');
}

interface Asking {
  readonly id: string;
  readonly stance: Stance;
}

function question(state: RunState, {item, state: step}: Walked, {id, stance}: Asking): Ask {
  const where = `${state.environment.toUpperCase()}${state.service === '' ? '' : ` / ${state.service}`}`;
  if (item.role === 'read') return {at: 'read', text: 'Read this, then go on.', id};
  const asks = asksOf(item);
  if (asks?.at === 'value') return inputAsk(item, asks, id);
  if (item.step.options !== undefined) {
    const options = item.step.options.map(({answer, text}, i) => ({
      key: String(i + 1),
      text: text.startsWith(answer) ? text : `${answer}: ${text}`,
    }));
    return {at: 'decide', question: item.step.title, options, id};
  }
  const again = step.at === 'confirmed' ? 'It was confirmed, but never started. ' : '';
  const drill = isRehearsed(state, item) ? 'Rehearsal, nothing is done: ' : '';
  const level = levelOf(item, stance.refusals);
  if (!isMachine(item) && level !== 'typed') {
    const asked = item.role === 'precondition' || item.role === 'verify' ? 'Does this hold' : 'Is this done';
    const {expected} = item.step;
    const also = expected === undefined ? '' : ` Expected: ${expected}.`;
    return asks === undefined
      ? {at: 'manual', question: `${drill}${asked} on ${where}?${also}`, id}
      : {at: 'attest', question: `${drill}${asked} on ${where}?${also} Say what you see.`, id};
  }
  const run = isMachine(item) ? `Run this on ${where}?` : `Done on ${where}?`;
  switch (level) {
    case 'enter':
      return {at: 'read', text: `${again}Look now?`, id};
    case 'yes':
      return isTerminal(item)
        ? {at: 'terminal', question: `${drill}${again}This takes your terminal until it ends. ${run}`, id}
        : {at: 'confirm', question: `${drill}${again}${run}`, id};
    case 'typed':
      return {
        at: 'typed',
        question: `${drill}${again}${whyTyped(item, stance)} ${run} Type the name to go on.`,
        expected: targetOf(state, item),
        reason: needsReason(item),
        id,
      };
  }
}

const isTerminal = ({kind}: Item): boolean => 'by' in kind && kind.by === 'terminal';

/** Whether a typed confirmation asks for a reason too. */
export const needsReason = ({step}: Item): boolean =>
  step.effect === 'irreversible' || step.attributes.reason === true;

function whyTyped({step}: Item, {refusals = []}: Stance): string {
  const glass = refusals.find(one => one.glass !== undefined);
  if (glass !== undefined) return `A break-glass lets this past the guard ${glass.guard}: ${glass.title}.`;
  const unsure = refusals.find(({certain}) => !certain);
  if (unsure !== undefined) return `No guard can judge this: ${unsure.title}.`;
  return step.effect === 'irreversible' || step.alert === 'caution'
    ? 'This cannot be undone.'
    : 'This is confirmed by name.';
}

function inputAsk(
  item: Item,
  asks: {readonly name: string; readonly default?: string; readonly pattern?: string},
  id: string,
): Ask {
  const {name, default: value, pattern} = asks;
  return {
    at: 'input',
    question: `${item.step.title === name ? 'Value' : item.step.title} (${name})`,
    name,
    ...(value === undefined ? {} : {default: value}),
    ...(pattern === undefined ? {} : {pattern}),
    id,
  };
}
