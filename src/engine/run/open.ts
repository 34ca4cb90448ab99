// Opening a run that exists: listed, read back with its pinned runbook, and resumed when nobody walks it any more.
import type {AppendResult, StoredEntry} from '../../domain/entry.ts';
import {QdError} from '../../domain/error.ts';
import {runFinish, runStart, type Result} from '../../domain/kinds-run.ts';
import type {RunState} from '../../domain/run.ts';
import {instantOf} from '../../domain/time.ts';
import {closeExpired} from '../glasses.ts';
import {pinnedRunbook} from './pinned.ts';
import {plansFor, type Plans} from './plans.ts';
import {refusalOf, shortRun} from './refusal.ts';
import {sessionState} from './sessions.ts';
import type {OpenRun, RunSnapshot} from './open-run.ts';
import {openWalk, type Walk} from './walker.ts';
import type {RunWorld} from './world.ts';

export interface RunListed {
  readonly run: string;
  readonly title: string;
  readonly procedure: string;
  readonly service: string;
  readonly operator: string;
  readonly startedMs: number;
  /** Undefined while it is open. */
  readonly result: Result | undefined;
  readonly mode: RunState['mode'];
  /** Nobody walks it: it was paused or handed over. */
  readonly paused: boolean;
}

/** Every run, newest first. */
export async function listRuns({ledger}: RunWorld): Promise<readonly RunListed[]> {
  const entries = await ledger.read({
    kinds: ['run.start', 'run.finish', 'run.pause', 'run.resume', 'run.handover'],
  });
  const runs = new Map<string, RunListed>();
  for (const {entry} of entries) {
    const {run = '', actor} = entry;
    if (entry.kind === 'run.start') {
      const body = runStart.safeParse(entry.body).data;
      if (body === undefined) continue;
      const {title, procedureTitle: procedure, service, mode = 'live'} = body;
      const startedMs = instantOf(entry.ts) ?? 0;
      const {operator} = actor;
      const open = {result: undefined, mode, paused: false};
      runs.set(run, {run, title, procedure, service, operator, startedMs, ...open});
      continue;
    }
    const known = runs.get(run);
    if (known === undefined) continue;
    const result = entry.kind === 'run.finish' ? runFinish.safeParse(entry.body).data?.result : known.result;
    runs.set(run, {...known, operator: actor.operator, result, paused: entry.kind === 'run.pause'});
  }
  return [...runs.values()].reverse();
}

/** The run that this end of a name means; throws RUN_NOT_FOUND. */
async function named(world: RunWorld, name: string): Promise<string> {
  const found = (await listRuns(world)).filter(({run}) => run.endsWith(name));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only.run;
  const what = only === undefined ? `There is no run "${name}".` : `"${name}" means ${found.length} runs.`;
  throw new QdError('RUN_NOT_FOUND', what, {
    hint:
      only === undefined
        ? '`quarterdeck runbook resume` without a name lists the open ones.'
        : found.map(({run}) => run).join(', '),
  });
}

/** A runner may move the run while it is being resumed; each round reads anew. */
const resumeTries = 20;

/** Throws RUN_NOT_FOUND, RUN_REFUSED, LEASE_HELD, LEDGER_*. */
export async function openRun(
  world: RunWorld,
  name: string,
  {walk}: {readonly walk: boolean},
): Promise<OpenRun> {
  const {ledger, site, clock} = world;
  const run = await named(world, name);
  if (walk && site.trust.at === 'trusted') await closeExpired(ledger, clock);
  const plans = await pinnedPlans(world, run);
  for (let round = 0; round < resumeTries; round += 1) {
    const opened = walkOf(world, {run, plans, entries: await ledger.read({run})});
    const {state} = opened.snapshot();
    const why = walk ? await whyFree(world, state) : undefined;
    if (why === undefined) {
      await opened.refresh();
      return opened;
    }
    opened.close();
    const result = await resume(world, state, {why});
    if (!result.ok && result.why !== 'moved') throw refusalOf(result);
  }
  throw new QdError('RUN_MOVED', `Run ${shortRun(run)} is being moved by somebody else.`, {
    hint: 'Look again in a moment.',
  });
}

/**
 * Takes a run to go on with nobody there, when it still stands at the entry `after` and whoever walked it is gone;
 * undefined when somebody went on with it, or is about to. Throws as `openRun`.
 */
export async function openAlone(world: RunWorld, name: string, after: number): Promise<Walk | undefined> {
  const {ledger} = world;
  const run = await named(world, name);
  const plans = await pinnedPlans(world, run);
  const {state} = snapshotOf(walkOf(world, {run, plans, entries: await ledger.read({run})}));
  if (state.head !== after || state.unattended || (await whyFree(world, state)) === undefined)
    return undefined;
  const why = 'nobody is at its console any more, and its last step says to go on to the next confirmation';
  const result = await resume(world, state, {why, unattended: true});
  if (!result.ok) {
    if (result.why === 'moved') return undefined;
    throw refusalOf(result);
  }
  const opened = walkOf(world, {run, plans, entries: await ledger.read({run})});
  await opened.refresh();
  return opened;
}

async function pinnedPlans(world: RunWorld, run: string): Promise<Plans> {
  const [first] = await world.ledger.read({run, limit: 1});
  const pinned = first === undefined ? {problem: 'Its entries are gone.'} : await pinnedRunbook(world, first);
  if ('problem' in pinned) {
    throw new QdError('RUN_REFUSED', `Run ${shortRun(run)} cannot be walked: ${pinned.problem}`);
  }
  return plansFor(pinned.runbook, world.steps, world.site, pinned.linked);
}

function walkOf(
  world: RunWorld,
  {
    run,
    plans,
    entries,
  }: {readonly run: string; readonly plans: Plans; readonly entries: readonly StoredEntry[]},
): Walk {
  const opened = openWalk({world, plans, entries});
  if (opened === undefined) throw new QdError('RUN_REFUSED', `Run ${shortRun(run)} cannot be read.`);
  return opened;
}

function snapshotOf(walk: Walk): RunSnapshot {
  const snapshot = walk.snapshot();
  walk.close();
  return snapshot;
}

/** Why this console may take an open run: nobody is there who walks it; undefined when it may not. */
async function whyFree(
  world: RunWorld,
  {over, paused, session, unattended}: RunState,
): Promise<string | undefined> {
  // A paused run is resumed by an answer: looking at it must not take it from whoever it waits for.
  if (over !== undefined || paused !== undefined || session === world.session) return undefined;
  if (world.ledger.readOnly !== undefined || world.site.trust.at !== 'trusted') return undefined;
  if ((await sessionState(session, world)) === 'gone') return 'the session that walked it has ended';
  return unattended ? 'somebody is back at the run that went on unattended' : undefined;
}

/** The lease of a session that is proven to be gone, or is nobody's, is taken over, unless another run has it by now. */
async function resume(
  {ledger}: RunWorld,
  state: RunState,
  how: {readonly why: string; readonly unattended?: true},
): Promise<AppendResult> {
  const {run, head, session, service, writes} = state;
  const append = async (lease: 'take' | 'take-over'): Promise<AppendResult> =>
    ledger.append({
      entries: [{kind: 'run.resume', run, body: {from: session, ...how}}],
      ifRunHead: {run, seq: head},
      ...(writes ? {lease: {service, how: lease}} : {}),
    });
  const taken = await append('take');
  return !taken.ok && taken.why === 'lease' && taken.holder.run === run ? append('take-over') : taken;
}
