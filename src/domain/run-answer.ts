// From an answer to the entries that record it, or the reason why it is refused. Pure.
import type {AppendRequest} from './entry.ts';
import {choices, finishAfterFailure} from './run-choices.ts';
import {finish, pause, resume, takeOver} from './run-ending.ts';
import {confirm, decide, give, no, option, refuse, skip} from './run-entries.ts';
import {askId, situation, type Stance} from './run-situation.ts';
import {asksOf, current, levelOf, type Choice, type RunAnswer, type RunState, type Source} from './run.ts';

/** Keys typed sooner than this after a dialog was painted never confirm it. */
const leastGraceMs = 400;

export interface Dialog {
  readonly source: Source;
  /** `max(400, measured round trip + 250)`; nothing is waited for when answers come from a file or a pipe. */
  readonly graceMs: number;
  /** What the dialog showed, line by line. */
  readonly shown: readonly string[];
  readonly target: string;
  readonly nowMs: number;
  /** Why a value may not be given, beyond what holds for every value: its pattern, a secret in it. */
  readonly valueProblem?: (value: string) => string | undefined;
}

/** An answer that may be given, with everything that its entries need. */
export interface Given {
  readonly chosen: Choice;
  readonly reason: string;
  readonly dialog: Dialog;
  readonly stance: Stance;
}

export type Response =
  /** `refuse`: a guard stands against it, which is what the request records. */
  | {
      readonly ok: true;
      readonly request: AppendRequest;
      readonly then: 'nothing' | 'act' | 'stop' | 'refuse';
    }
  | {readonly ok: false; readonly why: string};

/** What to append for an answer (compared with the run's head), and whether the step is then to be acted on. */
export function respond(
  state: RunState,
  answer: RunAnswer,
  {stance, dialog}: {readonly stance: Stance; readonly dialog: Dialog},
): Response {
  if (state.over !== undefined) return no(`The run is over: ${state.over.result}.`);
  if (dialog.source === 'unattended') return no('Nobody is there to answer: this goes on unattended.');
  const anyTime =
    ['stop', 'escalate', 'abort', 'take-over', 'pause', 'hand-over'].includes(answer.say) &&
    answer.id === state.run;
  if (answer.id !== askId(state) && !anyTime)
    return no('The run has moved on since this was asked; look again.');
  const option = 'key' in answer ? answer.key : undefined;
  const possible = choices(state, stance).filter(({say}) => say === answer.say);
  const chosen = option === undefined ? possible[0] : possible.find(one => fits(one, option));
  if (chosen === undefined) return no(stance.refused ?? notPossible(state, stance, answer));
  if (chosen.disabled !== undefined) return no(`Not possible now: ${chosen.disabled}.`);
  const unseen = unseenProblem(state, answer, {dialog, stance});
  if (unseen !== undefined) return no(unseen);
  const tooSoon = graceProblem(answer, dialog);
  if (tooSoon !== undefined) return no(tooSoon);
  const reason = 'reason' in answer ? (answer.reason ?? '').trim() : '';
  if (chosen.needs === 'reason' && reason === '') return no('A reason is needed.');
  const note = answer.say === 'done' ? (answer.note ?? '').trim() : '';
  if (chosen.needs === 'note' && note === '') return no('A note of what you saw is needed.');
  return entriesFor(state, answer, {chosen, reason, dialog, stance});
}

const fits = ({key, option}: Choice, wanted: string): boolean => wanted === key || wanted === option;

function notPossible(state: RunState, stance: Stance, answer: RunAnswer): string {
  const open = choices(state, stance).filter(({disabled}) => disabled === undefined);
  const list = open.map(({say, option}) => (option === undefined ? say : `${say} ${option}`)).join(', ');
  return `"${answer.say}" is no answer here; possible: ${list === '' ? 'nothing' : list}.`;
}

function graceProblem({shownAtMs, answeredAtMs}: RunAnswer, {graceMs, source}: Dialog): string | undefined {
  if (source === 'answers' || source === 'pipe') return undefined;
  return answeredAtMs - shownAtMs < Math.max(graceMs, leastGraceMs)
    ? 'That came so soon after the question that it may have been meant for something else; answer again.'
    : undefined;
}

/** Lines from a pipe were written before the question was: they may look, and may not say yes to what acts. */
function unseenProblem(
  state: RunState,
  {say}: RunAnswer,
  {dialog: {source}, stance}: {readonly dialog: Dialog; readonly stance: Stance},
): string | undefined {
  const walked = current(state);
  if (
    source !== 'pipe' ||
    say !== 'yes' ||
    walked === undefined ||
    levelOf(walked.item, stance.refusals) === 'enter'
  )
    return undefined;
  return 'Piped input confirms nothing that acts. Answer on a terminal, or write the answers to a file: --answers FILE.';
}

function entriesFor(state: RunState, answer: RunAnswer, given: Given): Response {
  const walked = current(state);
  switch (answer.say) {
    case 'escalate':
      return finish(state, 'escalated', given);
    case 'abort':
      return finish(state, 'aborted', given);
    case 'finish':
      if (walked !== undefined) return finish(state, finishAfterFailure(state), given);
      return finish(state, state.rolledBack ? 'failed' : 'passed', given);
    case 'take-over':
      return takeOver(state, given.reason);
    case 'pause':
      return pause(state, {reason: given.reason});
    case 'hand-over':
      return pause(state, {reason: given.reason, handover: true, to: (answer.to ?? '').trim()});
    case 'resume':
      return resume(state);
    case 'take-back': {
      const last = state.walk.find(({item}) => item.id === state.earlier.at(-1)?.item);
      return last === undefined
        ? no('There is nothing to take back.')
        : decide(state, last, {say: 'take-back', given});
    }
    case 'yes':
    case 'done':
    case 'fails':
    case 'value':
    case 'skip':
    case 'option':
    case 'retry':
    case 'undo':
    case 'happened':
    case 'did-not-happen':
    case 'stop':
    case 'safe':
      return onCurrent(state, answer, given);
  }
}

type StepAnswer = Exclude<
  RunAnswer,
  {say: 'escalate' | 'abort' | 'finish' | 'take-over' | 'pause' | 'hand-over' | 'resume' | 'take-back'}
>;

function onCurrent(state: RunState, answer: StepAnswer, given: Given): Response {
  const walked = current(state);
  if (walked === undefined) return no('There is no step to answer.');
  switch (answer.say) {
    case 'yes':
    case 'done':
    case 'fails': {
      const now = situation(state, given.stance);
      return now.at === 'guarded'
        ? refuse(state, walked, now.refusals)
        : confirm(state, walked, {answer, given});
    }
    case 'value': {
      const asks = asksOf(walked.item);
      return asks?.at === 'value'
        ? give(state, walked, {asks, text: answer.text, given})
        : no('No value is asked for here.');
    }
    case 'skip':
      return skip(state, walked, given);
    case 'option':
      return option(state, walked, given);
    case 'retry':
    case 'undo':
    case 'happened':
    case 'did-not-happen':
    case 'stop':
    case 'safe':
      return decide(state, walked, {say: answer.say, given});
  }
}
