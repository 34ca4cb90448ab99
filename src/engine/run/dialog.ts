// What the dialog of a step shows, line by line: the same on a screen, on a plain terminal and in the entry.
import {levelOf, targetOf, type Item, type RunState} from '../../domain/run.ts';
import type {StepPlan} from '../../define.ts';

/** Title, what runs, where, with which limit: everything that decides, nothing cut. Raw text. */
export function dialogLines(state: RunState, item: Item, plan: StepPlan | undefined): readonly string[] {
  const {step} = item;
  const what = plan?.lines ?? [];
  const prompt = plan?.act.at === 'command' ? '$ ' : '';
  return [
    step.title,
    ...what.map(line => `  ${prompt}${line}`),
    ...step.detail.filter(line => line !== step.title),
    ...(acts(plan) ? [limitLine(plan), `effect ${step.effect}, ${step.certainty}, line ${step.line}`] : []),
    `on ${state.environment.toUpperCase()}, target ${targetOf(state, item)}${levelOf(item) === 'typed' ? ' (to be typed)' : ''}`,
  ];
}

const acts = (plan: StepPlan | undefined): plan is StepPlan => plan !== undefined && plan.act.at !== 'person';

/** `on local, time limit 30s` or what happens at the limit of a write. */
function limitLine({timeoutMs, atLimit}: StepPlan): string {
  const limit = `${timeoutMs / 1000} s`;
  return atLimit === 'kill'
    ? `on local, time limit ${limit}`
    : `on local, asks after ${limit} and keeps running`;
}
