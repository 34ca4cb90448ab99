// The fold: entries of a run, oldest first, plus the pinned runbook, give its state. Pure; replay gives the same.
import type {StoredEntry} from './entry.ts';
import {
  runFinish,
  runPause,
  runResume,
  runStart,
  stepConfirm,
  stepIntent,
  stepLimit,
  stepOutcome,
  stepSkip,
  stepUnknown,
  stepValue,
} from './kinds-run.ts';
import {findProcedure} from './run-plan.ts';
import {decided, msOf} from './run-decided.ts';
import {fresh, named, planOf} from './run-moves.ts';
import {
  isMachine,
  isRehearsed,
  type Book,
  type RunnerName,
  type RunState,
  type StepState,
  type Valued,
  type Walked,
} from './run.ts';
import type {z} from 'zod';

type Entry = StoredEntry['entry'];

const ended = 'the step runner ended without saying how the step went';

/**
 * The state after these entries; undefined when they do not begin a run of this runbook. With `alive`, an intent
 * whose runner is gone and that has no outcome counts as unknown even before `step.unknown` records it.
 */
export function foldRun(
  book: Book,
  entries: readonly StoredEntry[],
  alive: (runner: RunnerName) => boolean = () => true,
): RunState | undefined {
  let state: RunState | undefined;
  for (const {entry} of entries) {
    if (entry.kind === 'run.start') state ??= begin(book, entry);
    else if (state !== undefined) state = {...step(book, state, entry), head: entry.seq};
  }
  if (state === undefined) return undefined;
  return {...state, walk: state.walk.map(walked => withLiveness(walked, alive))};
}

function begin(book: Book, entry: Entry): RunState | undefined {
  const body = runStart.safeParse(entry.body).data;
  if (body === undefined || entry.run === undefined) return undefined;
  const procedure = findProcedure(book.runbook, body.procedure);
  if (procedure === undefined) return undefined;
  const ambient = body.ambient ?? [];
  const plan = planOf(book, {runbook: book.runbook, procedure, file: undefined}, ambient);
  return {
    run: entry.run,
    mode: body.mode ?? 'live',
    paused: undefined,
    values: [],
    runbook: body.runbook,
    runbookSha: body.sha256,
    siteSha: body.siteSha256,
    title: body.title,
    procedure: body.procedure,
    procedureTitle: body.procedureTitle,
    service: body.service,
    environment: body.environment,
    writes: body.writes,
    startedMs: msOf(entry),
    first: entry.seq,
    head: entry.seq,
    fence: entry.seq,
    session: entry.session,
    operator: entry.actor.operator,
    unattended: false,
    walk: named(plan.walk, {walk: [], retired: []}).map(fresh(entry.seq)),
    prohibitions: procedure.prohibitions,
    safe: plan.safe,
    rollback: plan.rollback,
    rolledBack: false,
    ambient,
    earlier: [],
    retired: [],
    over: undefined,
  };
}

function withLiveness(walked: Walked, alive: (runner: RunnerName) => boolean): Walked {
  const {state} = walked;
  if (state.at !== 'running' || alive(state.runner)) return walked;
  const {attempt, intent} = state;
  return {...walked, state: {at: 'unknown', attempt, intent, why: ended, survivors: []}};
}

function step(book: Book, state: RunState, entry: Entry): RunState {
  switch (entry.kind) {
    case 'run.resume':
    case 'run.handover':
      return {
        ...state,
        paused: undefined,
        fence: entry.seq,
        session: entry.session,
        operator: entry.actor.operator,
        unattended: runResume.safeParse(entry.body).data?.unattended === true,
      };
    case 'run.pause':
      return paused(state, entry);
    case 'run.finish': {
      const body = runFinish.safeParse(entry.body).data;
      return body === undefined
        ? state
        : {...state, over: {result: body.result, seq: entry.seq, atMs: msOf(entry)}};
    }
    case 'step.confirm':
      return confirmed(state, entry);
    case 'step.value':
      return valued(state, entry);
    case 'guard.refused':
      return {
        ...state,
        walk: state.walk.map(walked =>
          walked.item.id === entry.step ? {...walked, refused: walked.state.attempt} : walked,
        ),
      };
    case 'step.intent':
      return on({...state, earlier: []}, entry, stepIntent, (walked, {attempt, runner}) => ({
        ...walked,
        begun: true,
        state: {
          at: 'running',
          attempt,
          intent: entry.seq,
          runner,
          sinceMs: msOf(entry),
          stopping: false,
        },
        ran: [...walked.ran, entry.seq],
      }));
    case 'step.limit':
      return on(state, entry, stepLimit, (walked, {limitMs}) =>
        walked.state.at === 'running' ? {...walked, state: {...walked.state, overLimitMs: limitMs}} : walked,
      );
    case 'step.unknown':
      return on(state, entry, stepUnknown, (walked, {attempt, why, survivors}) =>
        walked.state.at === 'running'
          ? {...walked, state: {at: 'unknown', attempt, intent: walked.state.intent, why, survivors}}
          : walked,
      );
    case 'step.outcome':
      return on(state, entry, stepOutcome, (walked, body) => outcome(state, walked, {body, entry}));
    case 'step.skip':
      return on(state, entry, stepSkip, (walked, {attempt, when}) => ({
        ...walked,
        state: {
          at: 'skipped',
          attempt,
          seq: entry.seq,
          atMs: msOf(entry),
          ...(when === undefined ? {by: 'operator'} : {by: 'when', when}),
        },
      }));
    case 'step.decide':
      return decided(book, state, entry);
    default:
      return state;
  }
}

function paused(state: RunState, entry: Entry): RunState {
  const body = runPause.safeParse(entry.body).data;
  if (body === undefined) return state;
  const {why, handover = false, to} = body;
  const {session, actor, seq} = entry;
  return {
    ...state,
    paused: {
      why,
      handover,
      ...(to === undefined ? {} : {to}),
      operator: actor.operator,
      session,
      seq,
      atMs: msOf(entry),
    },
  };
}

/** A look of the console acts on nothing; after anything else an answer to a question cannot be taken back. */
const isHarmless = ({item}: Walked, say: string): boolean =>
  say === 'read' || ('by' in item.kind && item.kind.by === 'engine');

function confirmed(state: RunState, entry: Entry): RunState {
  const walked = state.walk.find(({item}) => item.id === entry.step);
  const say = stepConfirm.safeParse(entry.body).data?.say;
  if (walked === undefined || say === undefined) return state;
  const next = isHarmless(walked, say) ? state : {...state, earlier: []};
  return on(next, entry, stepConfirm, (one, {attempt}) => ({
    ...one,
    begun: true,
    ...(say === 'yes' && isMachine(one.item)
      ? {state: {at: 'confirmed', attempt, seq: entry.seq, sinceMs: msOf(entry)}}
      : {}),
  }));
}

/** A value that was asked for answers its step; one taken from output comes beside the outcome. */
function valued(state: RunState, entry: Entry): RunState {
  const body = stepValue.safeParse(entry.body).data;
  if (body === undefined) return state;
  const {name, from} = body;
  const value: Valued = {name, from, seq: entry.seq};
  const known = state.values.some(one => one.name === name);
  const values = known
    ? state.values.map(one => (one.name === name ? value : one))
    : [...state.values, value];
  if (from === 'output') return isGivenBy(state, entry) ? {...state, values} : state;
  return on({...state, values}, entry, stepValue, (walked, {attempt}) =>
    'by' in walked.item.kind && walked.item.kind.asks?.at === 'value'
      ? {
          ...walked,
          begun: true,
          state: {
            at: 'done',
            attempt,
            verdict: 'pass',
            by: 'attested',
            seq: entry.seq,
            atMs: msOf(entry),
            message: from === 'default' ? 'the default' : 'given',
          },
        }
      : walked,
  );
}

/** Output gives a value only with the outcome right before it; one that came too late to count gives none. */
const isGivenBy = ({walk, head}: RunState, {step: id}: Entry): boolean =>
  walk.some(({item, state}) => item.id === id && state.at === 'done' && state.seq === head);

function outcome(
  run: RunState,
  walked: Walked,
  {body, entry}: {readonly body: z.infer<typeof stepOutcome>; readonly entry: Entry},
): Walked {
  if (!expects(walked.state, entry.of)) return walked;
  const {attempt, verdict, by, message, expected} = body;
  const at = {attempt, seq: entry.seq, atMs: msOf(entry)};
  // Only a rehearsal goes on without having done anything.
  if (verdict === 'skipped' && entry.of === undefined && isRehearsed(run, walked.item))
    return {...walked, begun: true, state: {...at, at: 'skipped', by: 'rehearsal'}};
  if (expected !== undefined) return {...walked, begun: true, state: {...at, at: 'told', message, expected}};
  return {...walked, begun: true, state: {...at, at: 'done', verdict, by, message}};
}

/** An outcome counts for the intent it names (also late, while nobody has decided), or for a step that a person, or a look, judges. */
function expects(state: StepState, of: number | undefined): boolean {
  if (state.at === 'running' || state.at === 'unknown') return of === state.intent;
  return of === undefined && (state.at === 'waiting' || state.at === 'confirmed' || state.at === 'told');
}

/** Applies a change to the item that the entry names; an entry that fits none, or whose body is odd, changes nothing. */
function on<S extends z.ZodType>(
  state: RunState,
  entry: Entry,
  schema: S,
  change: (walked: Walked, body: z.infer<S>) => Walked,
): RunState {
  const body = schema.safeParse(entry.body);
  if (!body.success) return state;
  const {data} = body;
  return {
    ...state,
    walk: state.walk.map(walked => (walked.item.id === entry.step ? change(walked, data) : walked)),
  };
}
