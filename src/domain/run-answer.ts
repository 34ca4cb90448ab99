// From an answer to the entries that record it, or the reason why it is refused. Pure.
import type {AppendRequest, Disclosed, Json, NewEntry} from './entry.ts';
import {choices, askId, finishAfterFailure, type Stance} from './run-rules.ts';
import {
  current,
  isPassed,
  levelOf,
  targetOf,
  type Choice,
  type Result,
  type RunAnswer,
  type RunState,
  type Source,
  type Walked,
} from './run.ts';

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
}

export type Response =
  | {readonly ok: true; readonly request: AppendRequest; readonly then: 'nothing' | 'act' | 'stop'}
  | {readonly ok: false; readonly why: string};

const no = (why: string): Response => ({ok: false, why});

/** What to append for an answer (compared with the run's head), and whether the step is then to be acted on. */
export function respond(
  state: RunState,
  answer: RunAnswer,
  {stance, dialog}: {readonly stance: Stance; readonly dialog: Dialog},
): Response {
  if (state.over !== undefined) return no(`The run is over: ${state.over.result}.`);
  const anyTime = ['stop', 'escalate', 'abort', 'take-over'].includes(answer.say) && answer.id === state.run;
  if (answer.id !== askId(state) && !anyTime)
    return no('The run has moved on since this was asked; look again.');
  const option = 'key' in answer ? answer.key : undefined;
  const possible = choices(state, stance).filter(({say}) => say === answer.say);
  const chosen = option === undefined ? possible[0] : possible.find(one => fits(one, option));
  if (chosen === undefined) return no(stance.refused ?? notPossible(state, stance, answer));
  if (chosen.disabled !== undefined) return no(`Not possible now: ${chosen.disabled}.`);
  const unseen = unseenProblem(state, answer, dialog);
  if (unseen !== undefined) return no(unseen);
  const tooSoon = graceProblem(answer, dialog);
  if (tooSoon !== undefined) return no(tooSoon);
  const reason = 'reason' in answer ? (answer.reason ?? '').trim() : '';
  if (chosen.needs === 'reason' && reason === '') return no('A reason is needed.');
  return entriesFor(state, answer, {chosen, reason, dialog});
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
function unseenProblem(state: RunState, {say}: RunAnswer, {source}: Dialog): string | undefined {
  const walked = current(state);
  if (source !== 'pipe' || say !== 'yes' || walked === undefined || levelOf(walked.item) === 'enter')
    return undefined;
  return 'Piped input confirms nothing that acts. Answer on a terminal, or write the answers to a file: --answers FILE.';
}

interface Given {
  readonly chosen: Choice;
  readonly reason: string;
  readonly dialog: Dialog;
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
    case 'value':
    case 'pause':
    case 'hand-over':
    case 'resume':
    case 'take-back':
      return no('That cannot be answered here.');
    case 'yes':
    case 'done':
    case 'fails':
      return walked === undefined
        ? no('There is no step to answer.')
        : confirm(state, walked, {answer, given});
    case 'skip':
      return onStep(state, {
        kind: 'step.skip',
        body: {attempt: walked?.state.attempt ?? 1, source: given.dialog.source},
        disclosed: because(given.reason),
      });
    case 'option':
      return option(state, walked, given);
    case 'retry':
    case 'undo':
    case 'happened':
    case 'did-not-happen':
    case 'stop':
    case 'safe':
      return onStep(
        state,
        {
          kind: 'step.decide',
          body: {
            attempt: walked?.state.attempt ?? 1,
            about: aboutOf(walked),
            answer: answer.say,
            source: given.dialog.source,
            ...(given.chosen.option === undefined ? {} : {option: given.chosen.option}),
          },
          disclosed: because(given.reason),
        },
        answer.say === 'stop' ? 'stop' : 'nothing',
      );
  }
}

const because = (reason: string): readonly Disclosed[] =>
  reason === '' ? [] : [{ptr: '/body/reason', value: reason}];

function aboutOf(walked: Walked | undefined): string {
  const at = walked?.state.at;
  if (at === 'running' || at === 'unknown' || at === 'confirmed') return at;
  return 'failed';
}

/** One or more entries about the current step, in one append that fails when the run has moved. */
function onStep(
  state: RunState,
  entry: NewEntry | readonly [NewEntry, NewEntry],
  then: 'nothing' | 'act' | 'stop' = 'nothing',
): Response {
  const walked = current(state);
  const named = (one: NewEntry): NewEntry => ({
    ...one,
    run: state.run,
    ...(walked === undefined ? {} : {step: walked.item.id}),
  });
  const entries: readonly [NewEntry, ...NewEntry[]] =
    'kind' in entry ? [named(entry)] : [named(entry[0]), named(entry[1])];
  return {ok: true, request: {entries, ifRunHead: {run: state.run, seq: state.head}}, then};
}

function confirm(
  state: RunState,
  walked: Walked,
  {answer, given}: {answer: RunAnswer & {say: 'yes' | 'done' | 'fails'}; given: Given},
): Response {
  const {item, state: step} = walked;
  const level = levelOf(item);
  const {dialog, reason} = given;
  const typed = answer.say === 'yes' ? answer.typed : undefined;
  const target = targetOf(state, item);
  if (level === 'typed' && answer.say === 'yes') {
    if (typed !== target) return no(`Type ${JSON.stringify(target)} exactly to go on.`);
    if (item.step.effect === 'irreversible' && reason === '') return no('A reason is needed.');
  }
  const acts = 'by' in item.kind && item.kind.by !== 'operator';
  const say = acts ? 'yes' : item.role === 'read' ? 'read' : answer.say === 'fails' ? 'fails' : 'done';
  const note = answer.say === 'done' ? (answer.note ?? '').trim() : '';
  const first: NewEntry = {
    kind: 'step.confirm',
    body: {
      attempt: step.attempt,
      say,
      shown: dialog.shown,
      target: dialog.target,
      environment: state.environment,
      effect: item.step.effect,
      level,
      source: dialog.source,
      delayMs: Math.max(0, Math.round(answer.answeredAtMs - answer.shownAtMs)),
      ...(typed === undefined ? {} : {typed: true}),
    },
    disclosed: [...because(reason), ...(note === '' ? [] : [{ptr: '/body/note', value: note}])],
  };
  if (acts) return onStep(state, first, 'act');
  const failed = answer.say === 'fails';
  return onStep(state, [
    first,
    {
      kind: 'step.outcome',
      body: {
        attempt: step.attempt,
        verdict: failed ? 'fail' : 'pass',
        message: item.role === 'read' ? 'read' : failed ? 'the operator says no' : 'the operator says so',
        by: 'attested',
        durationMs: 0,
      },
    },
  ]);
}

function option(state: RunState, walked: Walked | undefined, {chosen, dialog}: Given): Response {
  const picked = walked?.item.step.options?.[Number(chosen.option) - 1];
  if (walked === undefined || picked === undefined) return no('There is no such option.');
  const slug = picked.link?.startsWith('#') === true ? picked.link.slice(1) : undefined;
  const body: Record<string, Json> = {
    attempt: walked.state.attempt,
    about: 'question',
    answer: 'option',
    option: chosen.option ?? chosen.key,
    text: picked.answer,
    source: dialog.source,
    ...(slug === undefined ? {} : {goto: slug}),
  };
  return onStep(state, {kind: 'step.decide', body});
}

function finish(state: RunState, result: Result, {reason, dialog}: Given): Response {
  const unknown = state.walk.filter(({state: step}) => step.at === 'unknown').map(({item}) => item.id);
  const count = (of: (walked: Walked) => boolean): number => state.walk.filter(of).length;
  const skipped = count(({state: step}) => step.at === 'skipped');
  const body: Record<string, Json> = {
    result,
    durationMs: Math.max(0, Math.round(dialog.nowMs - state.startedMs)),
    done: count(isPassed) - skipped,
    skipped,
    notReached: count(({state: step}) => step.at === 'waiting'),
    ...(unknown.length === 0 ? {} : {unknown}),
    ...(state.rolledBack ? {rolledBack: true} : {}),
  };
  return {
    ok: true,
    then: 'nothing',
    request: {
      entries: [{kind: 'run.finish', run: state.run, body, disclosed: because(reason)}],
      ifRunHead: {run: state.run, seq: state.head},
      ...(state.writes ? {lease: {service: state.service, how: 'release'}} : {}),
    },
  };
}

function takeOver(state: RunState, reason: string): Response {
  return {
    ok: true,
    then: 'nothing',
    request: {
      entries: [
        {
          kind: 'run.handover',
          run: state.run,
          body: {from: {session: state.session, operator: state.operator}},
          disclosed: because(reason),
        },
      ],
      ifRunHead: {run: state.run, seq: state.head},
      ...(state.writes ? {lease: {service: state.service, how: 'take-over'}} : {}),
    },
  };
}
