// What may be answered to a run now, each with its reason when not. Pure.
import {
  asksOf,
  current,
  isGood,
  isMachine,
  isRehearsed,
  levelOf,
  type Choice,
  type Item,
  type RunState,
  type Say,
  type StepState,
} from './run.ts';
import {situation, type Stance} from './run-situation.ts';

const noWayOn = 'a precondition does not hold: abort or escalate';

const neverSkipped: Partial<Record<Item['role'], string>> = {
  precondition: 'a precondition is never skipped',
  verify: 'verification is never skipped',
  read: 'just read it',
};

/** What may be answered now, in the order of the key bar; disabled ones say why. */
export function choices(state: RunState, stance: Stance): readonly Choice[] {
  const now = situation(state, stance);
  const end = [...takeBack(state), ...leave(undefined), ...rest(undefined)];
  switch (now.at) {
    case 'over':
      return [];
    case 'watch':
      return stance.walker === undefined || stance.refused !== undefined
        ? []
        : [choice('take-over', 'T', 'take over', 'reason')];
    case 'paused':
      return [choice('resume', 'r', state.paused?.handover === true ? 'take it and go on' : 'go on')];
    case 'finish':
      return [choice('finish', 'y', state.rolledBack ? 'finish as failed' : 'finish as passed'), ...end];
    case 'changed':
      return leave(undefined);
    case 'problem':
      return [skip(now.walked.item, now.never ? 'this is never skipped' : undefined), ...end];
    case 'judging':
      return [...leave(undefined)];
    case 'undecided':
      return [choice('retry', 'r', 'look again'), skip(now.walked.item), ...end];
    case 'guarded': {
      const tried = now.walked.refused === now.walked.state.attempt;
      return [
        choice('yes', 'y', 'try it', 'nothing', tried ? 'it is refused, and that is recorded' : undefined),
        skip(now.walked.item),
        ...end,
      ];
    }
    case 'busy': {
      const why = stance.busy?.stoppable === true ? undefined : 'it has just begun';
      const wait = 'wait until this has ended, or stop it';
      return [choice('stop', 'z', 'stop waiting', 'nothing', why), ...leave(wait), ...rest(wait)];
    }
    case 'running': {
      const why = now.state.stopping ? 'it is being stopped' : undefined;
      const wait = 'a step is running: stop it or wait for it';
      return [choice('stop', 'z', 'stop the step', 'reason', why), ...leave(wait), ...rest(wait)];
    }
    case 'unknown':
      return [
        choice('happened', 'i', 'it happened', 'reason'),
        choice('did-not-happen', 'd', 'it did not happen', 'reason'),
        choice('retry', 'r', 'ask again, then run again'),
        ...leave(undefined),
        ...rest('first say whether it happened'),
      ];
    case 'told':
      return [
        choice('done', 'y', 'as expected'),
        choice('fails', 'n', 'not as expected', 'reason'),
        choice('retry', 'r', 'ask again, then run again'),
        ...leave(undefined),
        ...rest(undefined),
      ];
    case 'failed': {
      const {item} = now.walked;
      const failed = afterFailure(state, item, {step: now.state, stance});
      // What does not hold is not left for somebody else to go on with.
      const stuck = item.role === 'precondition' && now.state.verdict !== 'unknown' ? noWayOn : undefined;
      return [...failed, ...takeBack(state), ...leave(undefined), ...rest(stuck)];
    }
    case 'ask':
      return [...whenAsked(state, now.walked.item, stance), ...end];
  }
}

function whenAsked(state: RunState, item: Item, stance: Stance): readonly Choice[] {
  if (item.role === 'read') return [choice('yes', 'enter', 'go on')];
  const asks = asksOf(item);
  if (asks?.at === 'value') {
    const label = asks.default === undefined ? 'give the value' : 'give the value, or take the default';
    return [choice('value', 'enter', label, 'value'), skip(item, 'the steps need this value')];
  }
  if (item.step.options !== undefined) {
    const options = item.step.options.map(({answer, link}, i) => {
      const way = link === undefined ? undefined : stance.leads?.(link, item.file);
      const bar = way !== undefined && 'problem' in way ? way.problem : undefined;
      return {...choice('option', String(i + 1), answer, 'nothing', bar), option: String(i + 1)};
    });
    return [...options, skip(item)];
  }
  const level = levelOf(item, stance.refusals);
  if (!isMachine(item) && level !== 'typed') {
    const holds = item.role === 'precondition' || item.role === 'verify';
    const note = asks === undefined ? 'nothing' : 'note';
    return [
      choice('done', 'y', holds ? 'it holds' : 'done', note),
      choice('fails', 'n', holds ? 'it does not hold' : 'it failed', 'reason'),
      skip(item),
    ];
  }
  const needsTerminal = 'by' in item.kind && item.kind.by === 'terminal' && !isRehearsed(state, item);
  const bar =
    needsTerminal && stance.hasTerminal !== true
      ? 'it needs a terminal to hand over: open the run in a console, on a terminal'
      : undefined;
  const yes =
    level === 'enter'
      ? choice('yes', 'enter', 'look now', 'nothing', bar)
      : choice('yes', 'y', isMachine(item) ? 'run' : 'done', level === 'typed' ? 'typed' : 'nothing', bar);
  return [yes, skip(item)];
}

function afterFailure(
  state: RunState,
  item: Item,
  {step, stance}: {readonly step: StepState & {at: 'done'}; readonly stance: Stance},
): readonly Choice[] {
  const pre = item.role === 'precondition';
  const stuck = pre && step.verdict !== 'unknown' ? noWayOn : undefined;
  const barred = pre ? noWayOn : undefined;
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

const skip = (item: Item, disabled?: string): Choice =>
  choice('skip', 's', 'skip', 'reason', disabled ?? neverSkipped[item.role]);

const leave = (disabled: string | undefined): readonly Choice[] => [
  choice('escalate', 'e', 'escalate', 'reason', disabled),
  choice('abort', 'x', 'abort', 'reason', disabled),
];

/** The run stays open, and its lease is free meanwhile: for the same operator, or for another. */
const rest = (disabled: string | undefined): readonly Choice[] => [
  choice('pause', 'p', 'pause', 'reason', disabled),
  choice('hand-over', 'H', 'hand over', 'reason', disabled),
];

function takeBack(state: RunState): readonly Choice[] {
  const last = state.earlier.at(-1);
  const asked = state.walk.find(({item}) => item.id === last?.item);
  // What was confirmed may have begun to act.
  if (asked === undefined || current(state)?.state.at === 'confirmed') return [];
  return [choice('take-back', 'u', `take back the answer to "${asked.item.step.title}"`)];
}
