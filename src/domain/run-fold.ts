// The fold: entries of a run, oldest first, plus the pinned runbook, give its state. Pure; replay gives the same.
import type {StoredEntry} from './entry.ts';
import {
  runFinish,
  runStart,
  stepConfirm,
  stepDecide,
  stepIntent,
  stepLimit,
  stepOutcome,
  stepSkip,
  stepUnknown,
} from './kinds-run.ts';
import {findProcedure, planRun} from './run-plan.ts';
import {
  isPassed,
  type Book,
  type Item,
  type RunnerName,
  type RunState,
  type StepState,
  type Walked,
} from './run.ts';
import {instantOf} from './time.ts';
import type {z} from 'zod';

type Entry = StoredEntry['entry'];

const ended = 'the step runner ended without saying how the step went';

const fresh = (item: Item): Walked => ({item, state: {at: 'waiting', attempt: 1}, ran: []});

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
  const plan = planRun(procedure, book.classify);
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
    head: entry.seq,
    fence: entry.seq,
    session: entry.session,
    operator: entry.actor.operator,
    walk: withFreshIds(plan.walk, []).map(fresh),
    prohibitions: procedure.prohibitions,
    safe: plan.safe,
    rollback: plan.rollback,
    rolledBack: false,
    over: undefined,
  };
}

const msOf = (entry: Entry): number => instantOf(entry.ts) ?? 0;

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
      return {...state, fence: entry.seq, session: entry.session, operator: entry.actor.operator};
    case 'run.finish': {
      const body = runFinish.safeParse(entry.body).data;
      return body === undefined
        ? state
        : {...state, over: {result: body.result, seq: entry.seq, atMs: msOf(entry)}};
    }
    case 'step.confirm':
      return on(state, entry, stepConfirm, (walked, {attempt, say}) =>
        say === 'yes'
          ? {...walked, state: {at: 'confirmed', attempt, seq: entry.seq, sinceMs: msOf(entry)}}
          : walked,
      );
    case 'step.intent':
      return on(state, entry, stepIntent, (walked, {attempt, runner}) => ({
        ...walked,
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
      return on(state, entry, stepOutcome, (walked, body) =>
        expects(walked.state, entry.of)
          ? {
              ...walked,
              state: {
                at: 'done',
                attempt: body.attempt,
                verdict: body.verdict,
                by: body.by,
                seq: entry.seq,
                atMs: msOf(entry),
                message: body.message,
              },
            }
          : walked,
      );
    case 'step.skip':
      return on(state, entry, stepSkip, (walked, {attempt}) => ({
        ...walked,
        state: {at: 'skipped', attempt, seq: entry.seq, atMs: msOf(entry)},
      }));
    case 'step.decide':
      return decided(book, state, entry);
    default:
      return state;
  }
}

/** An outcome counts for the intent it names (also late, while nobody has decided), or for a step without one. */
function expects(state: StepState, of: number | undefined): boolean {
  if (state.at === 'running' || state.at === 'unknown') return of === state.intent;
  return of === undefined && (state.at === 'waiting' || state.at === 'confirmed');
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

function decided(book: Book, state: RunState, entry: Entry): RunState {
  const body = stepDecide.safeParse(entry.body).data;
  const index = state.walk.findIndex(walked => walked.item.id === entry.step);
  const walked = state.walk[index];
  if (body === undefined || walked === undefined) return state;
  const put = (next: Walked): RunState => ({...state, walk: state.walk.with(index, next)});
  const again: StepState = {at: 'waiting', attempt: walked.state.attempt + 1};
  const done = (message: string, verdict: 'pass' | 'warn'): Walked => ({
    ...walked,
    state: {
      at: 'done',
      attempt: walked.state.attempt,
      verdict,
      by: 'decided',
      seq: entry.seq,
      atMs: msOf(entry),
      message,
    },
  });
  switch (body.answer) {
    case 'option': {
      const next = put({...done(body.text ?? body.option ?? '', 'pass'), option: body.option ?? ''});
      return body.goto === undefined ? next : gone(book, next, {index, goto: body.goto, entry});
    }
    case 'retry':
      return put({...walked, state: again});
    case 'did-not-happen':
      return put({...walked, state: again, ran: walked.ran.slice(0, -1)});
    case 'happened':
      return put(done('decided by the operator: it happened', 'warn'));
    case 'stop':
      return walked.state.at === 'running'
        ? put({...walked, state: {...walked.state, stopping: true}})
        : state;
    case 'safe': {
      const item = state.safe.find(({id}) => id === body.option);
      return item === undefined
        ? state
        : {...state, walk: state.walk.toSpliced(index, 0, ...withFreshIds([item], state.walk).map(fresh))};
    }
    case 'undo':
      return undone(book, state, {index, entry});
  }
}

/** The rest of this procedure's actions gives way to another procedure; its verification stays, at the end. */
function gone(
  book: Book,
  state: RunState,
  {index, goto, entry}: {index: number; goto: string; entry: Entry},
): RunState {
  const procedure = findProcedure(book.runbook, goto);
  if (procedure === undefined) return state;
  // What stands for the whole file was walked, or is offered, already.
  const phases = procedure.phases.filter(({from}) => from === undefined);
  const plan = planRun({...procedure, phases}, book.classify);
  const inserted = withFreshIds(plan.walk, state.walk).map(fresh);
  const rest = state.walk.slice(index + 1).map(walked => passOver(walked, entry));
  const known = new Set(state.prohibitions.map(({text}) => text));
  return {
    ...state,
    walk: [...state.walk.slice(0, index + 1), ...inserted, ...rest],
    prohibitions: [...state.prohibitions, ...procedure.prohibitions.filter(({text}) => !known.has(text))],
    safe: [...state.safe, ...withFreshIds(plan.safe, state.safe.map(fresh))],
    rollback: [...state.rollback, ...withFreshIds(plan.rollback, state.rollback.map(fresh))],
  };
}

const isFinalVerify = ({item}: Walked): boolean =>
  item.role === 'verify' && (item.phase === 'verify' || item.phase === 'exit-criteria');

function passOver(walked: Walked, entry: Entry): Walked {
  if (isFinalVerify(walked) || isPassed(walked)) return walked;
  const {attempt} = walked.state;
  return {...walked, state: {at: 'skipped', attempt, seq: entry.seq, atMs: msOf(entry)}};
}

/** Undo: what really ran is taken back, newest first; what did not run is passed over; then everything is verified again. */
function undone(book: Book, state: RunState, {index, entry}: {index: number; entry: Entry}): RunState {
  const passed = state.walk.slice(0, index + 1).map(walked => passOver(walked, entry));
  const rest = state.walk.slice(index + 1).map(walked => passOver(walked, entry));
  const verifies = [...passed, ...rest].filter(isFinalVerify).map((walked): Walked => ({
    ...walked,
    state: {at: 'waiting', attempt: walked.state.attempt + (walked.state.at === 'waiting' ? 0 : 1)},
  }));
  const before = [...passed, ...rest].filter(walked => !isFinalVerify(walked));
  const undo = withFreshIds(undoItems(book, state), state.walk).map(fresh);
  return {...state, walk: [...before, ...undo, ...verifies], rolledBack: true};
}

/** The rollback steps of what really ran, newest first, then those of the rollback phase that belong to no step. */
export function undoItems(book: Book, state: RunState): readonly Item[] {
  const procedures = book.runbook.procedures;
  const everything = procedures.flatMap(procedure => {
    const plan = planRun(procedure, book.classify);
    return [...plan.walk, ...plan.rollback, ...plan.safe];
  });
  const undone = new Set(state.walk.flatMap(({item}) => (item.undoes === undefined ? [] : [item.undoes])));
  const ran = state.walk
    .filter(({item, ran: intents}) => intents.length > 0 && item.role !== 'rollback' && !undone.has(item.id))
    .toSorted((a, b) => (b.ran.at(-1) ?? 0) - (a.ran.at(-1) ?? 0));
  const named = ran.flatMap(({item}): Item[] => {
    const name = item.step.attributes.rollback;
    const found = name === undefined ? undefined : everything.find(({step: {id}}) => id === name);
    return found === undefined ? [] : [{...found, role: 'rollback', undoes: item.id}];
  });
  const claimed = new Set(
    everything.flatMap(({step: {attributes}}) =>
      attributes.rollback === undefined ? [] : [attributes.rollback],
    ),
  );
  const walkedBack = new Set(
    state.walk.filter(({item}) => item.role === 'rollback').map(({item}) => item.step.id),
  );
  const loose = state.rollback.filter(({step: {id}}) => !claimed.has(id) && !walkedBack.has(id));
  return ran.some(({item}) => item.step.effect !== 'read') ? [...named, ...loose] : named;
}

/** Items under ids that the walk does not use yet: `id`, else `id~2`, `id~3` … */
function withFreshIds(items: readonly Item[], walk: readonly Walked[]): Item[] {
  const used = new Set(walk.map(({item}) => item.id));
  return items.map(item => {
    let id = item.step.id;
    for (let n = 2; used.has(id); n += 1) id = `${item.step.id}~${n}`;
    used.add(id);
    return {...item, id};
  });
}
