// The entries that end a run or change hands: finish, pause, resume, take over; with what becomes of the lease. Pure.
import type {AppendRequest, Json, Lease, NewEntry} from './entry.ts';
import type {Given, Response} from './run-answer.ts';
import {because} from './run-entries.ts';
import {isPassed, type Result, type RunState, type Walked} from './run.ts';

/** One entry about the whole run; its lease, where the run has one. */
const onRun = (state: RunState, entry: NewEntry, how: Lease['how']): Response => {
  const request: AppendRequest = {
    entries: [{...entry, run: state.run}],
    ifRunHead: {run: state.run, seq: state.head},
    ...(state.writes ? {lease: {service: state.service, how}} : {}),
  };
  return {ok: true, then: 'nothing', request};
};

export function finish(state: RunState, result: Result, {reason, dialog}: Given): Response {
  const unknown = state.walk.filter(({state: step}) => step.at === 'unknown').map(({item}) => item.id);
  const count = (of: (walked: Walked) => boolean): number => state.walk.filter(of).length;
  const skipped = count(({state: step}) => step.at === 'skipped');
  const body: Record<string, Json> = {
    result,
    durationMs: Math.max(0, Math.round(dialog.nowMs - state.startedMs)),
    done: count(isPassed) - skipped,
    skipped,
    notReached: count(({state: step}) => step.at === 'waiting'),
    ...(unknown.length === 0 ? {} : {unknown}),
    ...(state.rolledBack ? {rolledBack: true} : {}),
  };
  return onRun(state, {kind: 'run.finish', body, disclosed: because(reason)}, 'release');
}

export const takeOver = (state: RunState, reason: string): Response =>
  onRun(
    state,
    {
      kind: 'run.handover',
      body: {from: {session: state.session, operator: state.operator}},
      disclosed: because(reason),
    },
    'take-over',
  );

/** The lease is given back with the entry: while nobody walks the run, nothing is kept from others. */
export function pause(
  state: RunState,
  {
    reason,
    handover = false,
    to = '',
  }: {readonly reason: string; readonly handover?: boolean; readonly to?: string},
): Response {
  const why = handover ? `handed over${to === '' ? '' : ` to ${to}`}` : 'paused by the operator';
  const body = {why, ...(handover ? {handover} : {}), ...(to === '' ? {} : {to})};
  return onRun(state, {kind: 'run.pause', body, disclosed: because(reason)}, 'release');
}

/** Goes on with a paused run: what was handed over is taken with an entry that says from whom. */
export function resume(state: RunState): Response {
  const {paused} = state;
  const from = {session: paused?.session ?? state.session, operator: paused?.operator ?? state.operator};
  return onRun(
    state,
    paused?.handover === true
      ? {kind: 'run.handover', body: {from}}
      : {kind: 'run.resume', body: {from: from.session, why: 'it was paused'}},
    'take',
  );
}
