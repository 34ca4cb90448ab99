// The step at hand: exactly what it would do, where, with what, and what undoes it.
import type {StepPlan} from '../../define.ts';
import {current, type Item, type RunState} from '../../domain/run.ts';
import {say, show, showLines, type Shown} from '../../domain/show.ts';
import type {RunSnapshot, RunValue} from '../../engine/run/index.ts';
import type {RunView} from '../../state/model.ts';
import {refusalView} from './run-ask.ts';
import {outputLines} from './run-output.ts';

export function detailOf(
  {state, plan, target, guards, values}: RunSnapshot,
  outputs: ReadonlyMap<string, Uint8Array>,
): RunView['detail'] {
  const walked = current(state);
  if (walked === undefined) return undefined;
  const {item} = walked;
  const {step} = item;
  const acts = plan !== undefined && !byHand.has(plan.act.at);
  const what = target === state.service ? '' : `, target ${target}`;
  const own = walked.ran.length > 0;
  const outputOf = own ? item.id : [...outputs.keys()].at(-1);
  const output = outputOf === undefined ? undefined : outputs.get(outputOf);
  const of = state.walk.findIndex(one => one.item.id === outputOf);
  const looks = plan?.act.at === 'look' || plan?.act.at === 'gate';
  return {
    title: show(
      item.group === undefined || item.group === step.title ? step.title : `${step.title} (${item.group})`,
    ),
    effect: step.effect,
    command: acts ? plan.lines.flatMap(line => showLines(line)) : [],
    on: say`${state.environment.toUpperCase()} / ${state.service === '' ? state.runbook : state.service}${acts ? hostOf(plan) : ''}${what}`,
    limit: acts ? limitOf(plan) : say`done by hand`,
    undo: undoOf(item, state),
    verify: step.attributes.verify === undefined ? undefined : show(step.attributes.verify),
    certainty: step.certainty === 'annotated' ? say`annotated` : say`guessed: read it before you run it`,
    values: acts
      ? values.filter(({name}) => plan.uses === undefined || plan.uses.includes(name)).map(valueLine)
      : [],
    refusals: guards.map(refusalView),
    prose: [...step.detail.filter(line => line !== step.title), ...expectedLine(step)].flatMap(showLines),
    outputOf: own ? undefined : say`step ${of + 1}`,
    // What an earlier command printed says nothing about what is looked at now.
    output: output === undefined || (looks && item.id !== outputOf) ? [] : outputLines(output),
  };
}

const expectedLine = ({expected}: Item['step']): string[] =>
  expected === undefined ? [] : [`expected: ${expected}`];

/** What a person does has no command, host or limit of its own. */
const byHand: ReadonlySet<StepPlan['act']['at']> = new Set(['person', 'attest', 'input']);

/** More of a value than this is said, not shown: a dialog must stay one that can be read. */
const longest = 4_000;

/** `NAME=value`; the end of a very long one is only counted. */
export function valueLine({name, value, from}: RunValue): Shown {
  if (value === undefined) return say`${name}: its value was erased or is not read yet`;
  const rest = value.length - longest;
  const note = from === 'typed' ? '' : from === 'default' ? '  (default)' : '  (from output)';
  if (rest > 0) return say`${name}=${value.slice(0, longest)} … and ${rest} more characters${note}`;
  return say`${name}=${value}${note}`;
}

const hostOf = ({on, runAs}: StepPlan): string =>
  `, ${on === undefined ? 'local' : `on ${on} over ssh`}${runAs === undefined ? '' : ` as ${runAs}`}`;

const limitOf = ({timeoutMs, atLimit}: StepPlan): Shown =>
  atLimit === 'kill' ? say`${timeoutMs / 1000} s` : say`asks after ${timeoutMs / 1000} s, keeps running`;

/** The title of the step that undoes it, by the name that the runbook gives. */
function undoOf({step}: Item, {rollback}: RunState): Shown | undefined {
  const name = step.attributes.rollback;
  if (name === undefined) return undefined;
  const found = rollback.find(one => one.step.attributes.name === name);
  return found === undefined || found.step.title === name ? show(name) : say`${found.step.title} (${name})`;
}
