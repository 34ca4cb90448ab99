// Whether the current step applies: what its `when` says, or said already when the walk came to what it belongs to. Pure.
import {current, currentIndex, isPassed, type Condition, type RunState} from './run.ts';

export type Applies =
  | {readonly at: 'yes'}
  /** Not met, as an earlier step of the same condition recorded. */
  | {readonly at: 'no'; readonly when: string}
  /** Nobody has looked yet. */
  | {readonly at: 'ask'; readonly conditions: readonly Condition[]};

/** What is known from the entries about the conditions of the current step. */
export function applies(state: RunState): Applies {
  const walked = current(state);
  if (walked?.state.at !== 'waiting' || walked.begun) return {at: 'yes'};
  const open: Condition[] = [];
  for (const condition of walked.item.conditions ?? []) {
    const before = decidedBefore(state, condition);
    if (before === false) return {at: 'no', when: condition.text};
    if (before === undefined) open.push(condition);
  }
  return open.length === 0 ? {at: 'yes'} : {at: 'ask', conditions: open};
}

/** How this condition was met by an earlier item of the same step or group; undefined when none was walked. */
function decidedBefore(state: RunState, {step, text}: Condition): boolean | undefined {
  const index = currentIndex(state) ?? 0;
  const batch = state.walk[index]?.batch;
  for (const walked of state.walk.slice(0, index).reverse()) {
    const carries = walked.item.conditions?.some(one => one.step === step && one.text === text) === true;
    if (!carries || walked.batch !== batch) continue;
    const {state: at} = walked;
    if (at.at === 'skipped' && at.by === 'when') {
      // It may have been another of its conditions that was not met.
      if (at.when === text) return false;
      continue;
    }
    if (at.at === 'skipped' && at.by === 'way') continue;
    if (isPassed(walked)) return true;
  }
  return undefined;
}
