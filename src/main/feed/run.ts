// The snapshot of an open run → the run screen. Raw text passes `show` here and nowhere later.
import type {Item, StepState, Walked} from '../../domain/run.ts';
import {current, currentIndex, isGood} from '../../domain/run.ts';
import type {StepPlan} from '../../define.ts';
import {say, show, showByteLines, showLines, type Shown} from '../../domain/show.ts';
import type {Contact} from '../../domain/site.ts';
import {shortRun, type RunListed, type RunSnapshot} from '../../engine/run/index.ts';
import type {AskView, RunSummary, RunView, StepAt, StepView} from '../../state/model.ts';

export interface RunFacts {
  readonly snapshot: RunSnapshot;
  /** Captured or recorded output of each step that ran, by its id, in walking order. */
  readonly outputs: ReadonlyMap<string, Uint8Array>;
  readonly escalation: readonly Contact[];
}

const outputLines = 200;

export function runView({snapshot, outputs, escalation}: RunFacts): RunView {
  const {state, choices, watching} = snapshot;
  const index = currentIndex(state);
  return {
    run: state.run,
    short: shortRun(state.run),
    title: show(state.title === state.procedureTitle ? state.title : state.procedureTitle),
    service: show(state.service === '' ? state.runbook : state.service),
    procedure: show(state.procedure),
    operator: show(state.operator),
    watching,
    startedMs: state.startedMs,
    steps: state.walk.map((walked, i) => stepView(walked, {number: i + 1, isCurrent: i === index})),
    current: index,
    detail: detailOf(snapshot, outputs),
    outputs: state.walk
      .flatMap(({item}, i) => {
        const bytes = outputs.get(item.id);
        return bytes === undefined || bytes.length === 0
          ? []
          : [{title: say`Step ${i + 1}  ${item.step.title}`, lines: lastLines(bytes)}];
      })
      .reverse(),
    prohibitions: state.prohibitions.map(({text}) =>
      show(text.replace(/^(?:do not|don['’]t|never)\s+/i, '')),
    ),
    safeActions: state.safe.map(({step}) => show(step.title)),
    ask: askView(snapshot),
    choices: choices.map(({say: kind, key, label, disabled, option}) => ({
      say: kind,
      key,
      label: show(label),
      disabled: disabled === undefined ? undefined : show(disabled),
      ...(option === undefined ? {} : {option}),
    })),
    escalation: escalation.map(({who, phone, when}) =>
      show([who, phone ?? '', when === undefined ? '' : `for ${when}`].filter(Boolean).join('  ')),
    ),
  };
}

function stepView(
  {item, state}: Walked,
  {number, isCurrent}: {number: number; isCurrent: boolean},
): StepView {
  return {
    id: item.id,
    number: String(number),
    title: show(item.step.title),
    phase: item.phase,
    type: item.step.type,
    at: stepAt(state, isCurrent),
    effect: item.step.effect,
    result: resultOf(state),
  };
}

function stepAt(state: StepState, isCurrent: boolean): StepAt {
  switch (state.at) {
    case 'waiting':
      return isCurrent ? 'current' : 'waiting';
    case 'confirmed':
      return isCurrent ? 'current' : 'confirmed';
    case 'running':
    case 'unknown':
    case 'skipped':
      return state.at;
    case 'done':
      return isGood(state.verdict) || state.verdict === 'skipped' ? 'passed' : 'failed';
  }
}

function resultOf(state: StepState): Shown | undefined {
  switch (state.at) {
    case 'waiting':
      return state.attempt > 1 ? say`attempt ${state.attempt}` : undefined;
    case 'confirmed':
      return say`confirmed`;
    case 'running':
      return state.stopping ? say`being stopped` : say`running`;
    case 'unknown':
      return say`outcome unknown`;
    case 'skipped':
      return say`${timeOf(state.atMs)}  skipped`;
    case 'done':
      return say`${timeOf(state.atMs)}  ${state.message}`;
  }
}

function timeOf(ms: number): string {
  const seconds = Math.floor(ms / 1000) % 86_400;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

function detailOf({state, plan, target}: RunSnapshot, outputs: RunFacts['outputs']): RunView['detail'] {
  const walked = current(state);
  if (walked === undefined) return undefined;
  const {item} = walked;
  const {step} = item;
  const acts = plan !== undefined && plan.act.at !== 'person';
  const where = acts ? ', local' : '';
  const what = target === state.service ? '' : `, target ${target}`;
  const own = walked.ran.length > 0;
  const outputOf = own ? item.id : [...outputs.keys()].at(-1);
  const output = outputOf === undefined ? undefined : outputs.get(outputOf);
  const of = state.walk.findIndex(one => one.item.id === outputOf);
  return {
    title: show(
      item.group === undefined || item.group === step.title ? step.title : `${step.title} (${item.group})`,
    ),
    effect: step.effect,
    command: acts ? plan.lines.flatMap(line => showLines(line)) : [],
    on: say`${state.environment.toUpperCase()} / ${state.service === '' ? state.runbook : state.service}${where}${what}`,
    limit: acts ? limitOf(plan) : say`done by hand`,
    undo: undoOf(item),
    certainty: step.certainty === 'annotated' ? say`annotated` : say`guessed: read it before you run it`,
    prose: step.detail.filter(line => line !== step.title).flatMap(showLines),
    outputOf: own ? undefined : say`step ${of + 1}`,
    // What an earlier command printed says nothing about what is looked at now.
    output:
      output === undefined || (plan?.act.at === 'look' && item.id !== outputOf) ? [] : lastLines(output),
  };
}

const limitOf = ({timeoutMs, atLimit}: StepPlan): Shown =>
  atLimit === 'kill' ? say`${timeoutMs / 1000} s` : say`asks after ${timeoutMs / 1000} s, keeps running`;

const undoOf = ({step}: Item): Shown | undefined =>
  step.attributes.rollback === undefined ? undefined : show(step.attributes.rollback);

function lastLines(output: Uint8Array): readonly Shown[] {
  const lines = showByteLines(output);
  const end = lines.at(-1) === '' ? lines.length - 1 : lines.length;
  return lines.slice(Math.max(0, end - outputLines), end);
}

function askView({ask}: RunSnapshot): AskView {
  switch (ask.at) {
    case 'read':
    case 'failed':
    case 'finish':
      return {at: ask.at, text: show(ask.text), id: ask.id};
    case 'attest':
    case 'input':
      return {at: 'manual', question: show(ask.question), id: ask.id};
    case 'terminal':
      return {at: 'confirm', question: show(ask.question), id: ask.id};
    case 'guarded':
    case 'paused':
      return {at: 'failed', text: show(ask.text), id: ask.id};
    case 'manual':
    case 'confirm':
      return {at: ask.at, question: show(ask.question), id: ask.id};
    case 'typed':
      return {...ask, question: show(ask.question), expected: show(ask.expected)};
    case 'decide':
      return {
        ...ask,
        question: show(ask.question),
        options: ask.options.map(({key, text}) => ({key, text: show(text)})),
      };
    case 'unknown':
      return {
        ...ask,
        text: show(ask.text),
        survivors: ask.survivors.map(({pid, command}) => say`${pid}  ${command}`),
      };
    case 'busy':
      return {at: 'busy', text: show(ask.text), sinceMs: ask.sinceMs};
    case 'watch':
    case 'over':
      return {at: ask.at, text: show(ask.text)};
  }
}

export const runSummary = ({
  run,
  title,
  procedure,
  service,
  operator,
  startedMs,
  result,
}: RunListed): RunSummary => ({
  run,
  short: shortRun(run),
  title: show(title === procedure ? title : `${title}: ${procedure}`),
  service: show(service),
  state: result === undefined ? say`open, ${operator}` : show(result),
  startedMs,
  open: result === undefined,
});

/** Who walks which service, from the runs that are open. */
export const attendedBy = (runs: readonly RunListed[]): ReadonlyMap<string, string> =>
  new Map(runs.filter(({result}) => result === undefined).map(({service, operator}) => [service, operator]));
