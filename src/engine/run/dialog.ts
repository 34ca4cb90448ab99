// What the dialog of a step shows, line by line: the same on a screen, on a plain terminal and in the entry.
import {
  current,
  levelOf,
  targetOf,
  type Item,
  type Refusal,
  type RunState,
  type StepState,
} from '../../domain/run.ts';
import type {StepPlan} from '../../define.ts';

/** What a dialog shows beside the step. */
interface Shown {
  readonly plan: StepPlan | undefined;
  /** Variables of the run, by name. */
  readonly vars?: Readonly<Record<string, string>>;
  readonly refusals?: readonly Refusal[];
}

/** Title, what runs, with which values, where, with which limit: everything that decides, nothing cut. Raw text. */
export function dialogLines(
  state: RunState,
  item: Item,
  plan: StepPlan | undefined,
  more: Omit<Shown, 'plan'> = {},
): readonly string[] {
  const {step} = item;
  const {vars = {}, refusals = []} = more;
  const now = current(state);
  const told = now?.item.id === item.id && now.state.at === 'told' ? now.state.message : undefined;
  const what = plan?.lines ?? [];
  const prompt = plan?.act.at === 'command' || plan?.act.at === 'terminal' ? '$ ' : '';
  const uses = (plan?.uses ?? []).flatMap(name =>
    Object.hasOwn(vars, name) ? [`  ${name}=${vars[name] ?? ''}`] : [],
  );
  const typed = levelOf(item, refusals) === 'typed' ? ' (to be typed)' : '';
  return [
    step.title,
    ...what.map(line => `  ${prompt}${line}`),
    ...uses,
    ...step.detail.filter(line => line !== step.title),
    ...(step.expected === undefined ? [] : [`expected: ${step.expected}`]),
    ...(told === undefined ? [] : [`it ended: ${told}`]),
    ...(acts(plan) ? [limitLine(plan), `effect ${step.effect}, ${step.certainty}, line ${step.line}`] : []),
    ...refusals.map(refusalLine),
    `on ${state.environment.toUpperCase()}, target ${targetOf(state, item)}${typed}`,
    ...(state.mode === 'rehearsal' ? ['rehearsal: what would change something is not run'] : []),
  ];
}

const refusalLine = ({guard, title, certain, glass}: Refusal): string =>
  glass !== undefined
    ? `break-glass ${glass} lets it past the guard ${guard}: ${title}`
    : certain
      ? `refused by the guard ${guard}: ${title}`
      : `no guard can judge it: ${title}`;

const acts = (plan: StepPlan | undefined): plan is StepPlan =>
  plan !== undefined && plan.act.at !== 'person' && plan.act.at !== 'input' && plan.act.at !== 'attest';

/** `on local, time limit 30s` or what happens at the limit of a write. */
function limitLine({timeoutMs, atLimit, on, runAs}: StepPlan): string {
  const limit = `${timeoutMs / 1000} s`;
  const where = `on ${on ?? 'local'}${runAs === undefined ? '' : ` as ${runAs}`}`;
  return atLimit === 'kill'
    ? `${where}, time limit ${limit}`
    : `${where}, asks after ${limit} and keeps running`;
}

/** What to tell whoever is called: which run, where, what is wrong, and how the evidence is got. Raw text. */
export function briefLines(state: RunState): readonly string[] {
  const walked = current(state);
  const step = walked?.state;
  const doing =
    walked === undefined
      ? 'all steps are done'
      : `"${walked.item.step.title}" (line ${walked.item.step.line})`;
  return [
    `${state.title}${state.title === state.procedureTitle ? '' : `: ${state.procedureTitle}`}`,
    `${state.environment}${state.service === '' ? '' : `, service ${state.service}`}, walked by ${state.operator}${state.mode === 'rehearsal' ? ', a rehearsal' : ''}`,
    `it stands at ${doing}${step === undefined ? '' : `: ${standing(step)}`}`,
    `run ${state.run}, ledger entries ${state.first} to ${state.head}`,
    `evidence: quarterdeck evidence export --run ${state.run}`,
  ];
}

function standing(step: StepState): string {
  switch (step.at) {
    case 'told':
      return `${step.message}; nobody has said yet whether that is as expected`;
    case 'done':
      return `${step.verdict}: ${step.message}`;
    case 'unknown':
      return `outcome unknown: ${step.why}`;
    case 'running':
      return 'running';
    case 'confirmed':
    case 'waiting':
    case 'skipped':
      return 'not done yet';
  }
}
