// The snapshot of an open run → the run screen. Raw text passes `show` here and nowhere later.
import type {StepState, Walked} from '../../domain/run.ts';
import {currentIndex, isGood} from '../../domain/run.ts';
import {say, show, type Shown} from '../../domain/show.ts';
import {shortRun, type RunListed, type RunSnapshot} from '../../engine/run/index.ts';
import type {RunSummary, RunView, StepAt, StepView} from '../../state/model.ts';
import {askView} from './run-ask.ts';
import {forbidden} from './runbooks.ts';
import {detailOf, valueLine} from './run-detail.ts';
import {outputLines} from './run-output.ts';

export interface RunFacts {
  readonly snapshot: RunSnapshot;
  /** Captured or recorded output of each step that ran, by its id, in walking order. */
  readonly outputs: ReadonlyMap<string, Uint8Array>;
  /** Values that the variable which is asked for had before, newest first. */
  readonly history: readonly string[];
}

export function runView({snapshot, outputs, history}: RunFacts): RunView {
  const {state, choices, watching} = snapshot;
  const short = shortRun(state.run);
  const index = currentIndex(state);
  return {
    run: state.run,
    short,
    title: show(state.title === state.procedureTitle ? state.title : state.procedureTitle),
    service: show(state.service === '' ? state.runbook : state.service),
    procedure: show(state.procedure),
    operator: show(state.operator),
    watching,
    isRehearsal: state.mode === 'rehearsal',
    startedMs: state.startedMs,
    endedMs: state.over?.atMs,
    steps: state.walk.map((walked, i) => stepView(walked, {number: i + 1, isCurrent: i === index})),
    current: index,
    detail: detailOf(snapshot, outputs),
    values: snapshot.values.map(valueLine),
    outputs: state.walk
      .flatMap(({item}, i) => {
        const bytes = outputs.get(item.id);
        return bytes === undefined || bytes.length === 0
          ? []
          : [{title: say`Step ${i + 1}  ${item.step.title}`, lines: outputLines(bytes)}];
      })
      .reverse(),
    prohibitions: state.prohibitions.map(({text}) => forbidden(text)),
    safeActions: state.safe.map(({step}) => show(step.title)),
    ask: askView(snapshot, history),
    choices: choices.map(({say: kind, key, label, disabled, option}) => ({
      say: kind,
      key,
      label: show(label),
      disabled: disabled === undefined ? undefined : show(disabled),
      ...(option === undefined ? {} : {option}),
    })),
    escalation: snapshot.contacts.map(({who, phone, when}) =>
      show([who, phone ?? '', when === undefined ? '' : `for ${when}`].filter(Boolean).join('  ')),
    ),
    // The command is shown by itself, whole, to be copied.
    brief: snapshot.brief.filter(line => !line.startsWith('evidence:')).map(show),
    evidence: say`quarterdeck evidence export --run ${short} evidence-${short}`,
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
    case 'told':
      return 'current';
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
    case 'told':
    case 'done':
      return say`${timeOf(state.atMs)}  ${state.message}`;
  }
}

function timeOf(ms: number): string {
  const seconds = Math.floor(ms / 1000) % 86_400;
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export const runSummary = ({
  run,
  title,
  procedure,
  service,
  operator,
  startedMs,
  result,
  mode,
  paused,
}: RunListed): RunSummary => ({
  run,
  book: show(title),
  short: shortRun(run),
  title: show(title === procedure ? title : `${title}: ${procedure}`),
  service: show(service),
  state: say`${mode === 'rehearsal' ? 'drill, ' : ''}${result ?? `${paused ? 'paused' : 'open'}, ${operator}`}`,
  startedMs,
  open: result === undefined,
});

/** Who walks which service, from the runs that are open. */
export const attendedBy = (runs: readonly RunListed[]): ReadonlyMap<string, string> =>
  new Map(runs.filter(({result}) => result === undefined).map(({service, operator}) => [service, operator]));
