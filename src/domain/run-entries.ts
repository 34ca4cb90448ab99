// The entries behind answers about a step: confirmed, given, decided, skipped, refused. Pure.
import type {Disclosed, Json, NewEntry} from './entry.ts';
import type {Given, Response} from './run-answer.ts';
import {needsReason} from './run-rules.ts';
import {
  asksOf,
  isRehearsed,
  levelOf,
  targetOf,
  type Asks,
  type Item,
  type Refusal,
  type RunAnswer,
  type RunState,
  type Say,
  type Source,
  type Walked,
} from './run.ts';
import {valueProblem} from './variables.ts';

export const no = (why: string): Response => ({ok: false, why});

export const because = (reason: string): readonly Disclosed[] =>
  reason === '' ? [] : [{ptr: '/body/reason', value: reason}];

type Then = Extract<Response, {ok: true}>['then'];

/** Entries about a step, in one append that fails when the run has moved. */
function onStep(
  state: RunState,
  item: Item,
  {entries, then = 'nothing'}: {readonly entries: readonly [NewEntry, ...NewEntry[]]; readonly then?: Then},
): Response {
  const of = (entry: NewEntry): NewEntry => ({...entry, run: state.run, step: item.id});
  const [first, ...rest] = entries;
  return {
    ok: true,
    request: {entries: [of(first), ...rest.map(of)], ifRunHead: {run: state.run, seq: state.head}},
    then,
  };
}

/** What an answer of the operator about a step that is not skipped says of it; the step acts when a machine does it. */
export function confirm(
  state: RunState,
  walked: Walked,
  {answer, given}: {answer: RunAnswer & {say: 'yes' | 'done' | 'fails'}; given: Given},
): Response {
  const {item} = walked;
  const {dialog, reason, stance} = given;
  // What is over is judged, not begun.
  const isTold = walked.state.at === 'told';
  const level = isTold ? 'yes' : levelOf(item, stance.refusals);
  const typed = answer.say === 'yes' ? answer.typed : undefined;
  const target = targetOf(state, item);
  if (level === 'typed' && answer.say === 'yes') {
    if (typed !== target) return no(`Type ${JSON.stringify(target)} exactly to go on.`);
    if (needsReason(item) && reason === '') return no('A reason is needed.');
  }
  const acts = !isTold && 'by' in item.kind && item.kind.by !== 'operator';
  const say = acts ? 'yes' : item.role === 'read' ? 'read' : answer.say === 'fails' ? 'fails' : 'done';
  const note = answer.say === 'done' ? (answer.note ?? '').trim() : '';
  const first: NewEntry = {
    kind: 'step.confirm',
    body: {
      attempt: walked.state.attempt,
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
  if (!isTold && isRehearsed(state, item) && answer.say !== 'fails')
    return onStep(state, item, {entries: [first, rehearsed(walked, acts)]});
  // The intent rests on the confirm as the run's newest entry, so what lets it pass stands before it.
  const [use, ...uses] = [...usesOf(stance.refusals ?? []), first];
  if (acts) return onStep(state, item, {entries: [use, ...uses], then: 'act'});
  return onStep(state, item, {entries: [first, said(walked, answer.say === 'fails')]});
}

const rehearsed = ({state}: Walked, acts: boolean): NewEntry => ({
  kind: 'step.outcome',
  body: {
    attempt: state.attempt,
    verdict: 'skipped',
    message: acts ? 'rehearsal: not run' : 'rehearsal: not done',
    by: 'machine',
    durationMs: 0,
  },
});

const said = ({item, state}: Walked, failed: boolean): NewEntry => ({
  kind: 'step.outcome',
  body: {
    attempt: state.attempt,
    verdict: failed ? 'fail' : 'pass',
    message: saidMessage({item, state}, failed),
    by: 'attested',
    durationMs: 0,
  },
});

function saidMessage({item, state}: Pick<Walked, 'item' | 'state'>, failed: boolean): string {
  if (state.at === 'told') return `${failed ? 'not ' : ''}as expected (${state.expected}): ${state.message}`;
  if (item.role === 'read') return 'read';
  return failed ? 'the operator says no' : 'the operator says so';
}

/** One for each refusal that an open break-glass lets pass. */
const usesOf = (refusals: readonly Refusal[]): NewEntry[] =>
  refusals.flatMap(({glass, guard, pattern, matched}) =>
    glass === undefined
      ? []
      : [
          {
            kind: 'breakglass.use',
            body: {glass, guard, pattern},
            disclosed: [{ptr: '/body/matched', value: matched}],
          },
        ],
  );

/** Once for each attempt; what comes after it is up to the operator. */
export function refuse(state: RunState, {item}: Walked, refusals: readonly Refusal[]): Response {
  const [first] = refusals;
  return first === undefined
    ? no('Nothing refuses this.')
    : onStep(state, item, {entries: [refusedEntry(first)], then: 'refuse'});
}

/** The entry that says that a guard refused a step. */
export const refusedEntry = ({guard, title, line, pattern, matched, absolute}: Refusal): NewEntry => ({
  kind: 'guard.refused',
  body: {prohibition: title, line, pattern, guard, absolute},
  disclosed: [{ptr: '/body/matched', value: matched}],
});

/** The value of a variable, which lies beside the entry; its step is done with it. */
export function give(
  state: RunState,
  {item, state: step}: Walked,
  {asks, text, given}: {readonly asks: Asks & {at: 'value'}; readonly text: string; readonly given: Given},
): Response {
  const isDefault = text === '' && asks.default !== undefined;
  const value = isDefault ? asks.default : text;
  const problem = valueProblem(value, asks.may) ?? given.dialog.valueProblem?.(value);
  if (problem !== undefined) return no(`This value of ${asks.name} is not taken: ${problem}.`);
  return onStep(state, item, {
    entries: [
      {
        kind: 'step.value',
        body: {attempt: step.attempt, name: asks.name, from: isDefault ? 'default' : 'typed'},
        disclosed: [{ptr: '/body/value', value}],
      },
    ],
  });
}

export const skip = (state: RunState, {item, state: step}: Walked, {reason, dialog}: Given): Response =>
  onStep(state, item, {
    entries: [
      {
        kind: 'step.skip',
        body: {attempt: step.attempt, source: dialog.source},
        disclosed: because(reason),
      },
    ],
  });

/** A step that the runbook's own `when` passes over. */
export const passOver = (
  state: RunState,
  {item, state: step}: Walked,
  {when, source}: {readonly when: string; readonly source: Source},
): Response =>
  onStep(state, item, {
    entries: [{kind: 'step.skip', body: {attempt: step.attempt, source, when}}],
  });

type Decision = Extract<
  Say,
  'retry' | 'undo' | 'happened' | 'did-not-happen' | 'stop' | 'safe' | 'take-back'
>;

export function decide(
  state: RunState,
  walked: Walked,
  {say, given}: {readonly say: Decision; readonly given: Given},
): Response {
  const back = say === 'take-back';
  return onStep(state, walked.item, {
    entries: [
      {
        kind: 'step.decide',
        body: {
          attempt: walked.state.attempt,
          about: back ? 'question' : aboutOf(walked),
          answer: back ? 'retry' : say,
          source: given.dialog.source,
          ...(given.chosen.option === undefined ? {} : {option: given.chosen.option}),
        },
        disclosed: because(given.reason),
      },
    ],
    then: say === 'stop' ? 'stop' : 'nothing',
  });
}

function aboutOf({state: {at}}: Walked): string {
  if (at === 'told') return 'expected';
  return at === 'running' || at === 'unknown' || at === 'confirmed' ? at : 'failed';
}

export function option(state: RunState, walked: Walked, {chosen, dialog, stance}: Given): Response {
  const {item} = walked;
  const picked = item.step.options?.[Number(chosen.option) - 1];
  if (picked === undefined || asksOf(item) !== undefined) return no('There is no such option.');
  const way = picked.link === undefined ? undefined : stance.leads?.(picked.link, item.file);
  if (way !== undefined && 'problem' in way) return no(way.problem);
  const body: Record<string, Json> = {
    attempt: walked.state.attempt,
    about: 'question',
    answer: 'option',
    option: chosen.option ?? chosen.key,
    text: picked.answer,
    source: dialog.source,
    ...(way === undefined ? {} : {goto: way.goto}),
  };
  return onStep(state, item, {entries: [{kind: 'step.decide', body}]});
}
