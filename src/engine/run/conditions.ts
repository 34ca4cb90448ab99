// Whether the current step applies: its `when` compared with the variables of the run, or with a look at a check.
import type {RunState} from '../../domain/run.ts';
import type {Applies} from '../../domain/run-when.ts';
import {rollUp} from '../../domain/verdict.ts';
import {parseWhen} from '../../domain/variables.ts';
import {checkNamed} from './looking.ts';
import type {RunWorld} from './world.ts';

export type Found =
  | {readonly at: 'met'}
  | {readonly at: 'unmet'; readonly when: string}
  /** Not for the console to decide: the operator looks, or leaves. */
  | {readonly at: 'unknown'; readonly text: string};

/** A look for a condition may not take longer than this. */
const limitMs = 30_000;

/** Every condition must be met; one that is not settles it, whatever the others say. */
export async function judgeConditions(
  {conditions}: Applies & {at: 'ask'},
  {
    world,
    state,
    values,
  }: {
    readonly world: Pick<RunWorld, 'look' | 'clock'>;
    readonly state: RunState;
    readonly values: ReadonlyMap<string, string>;
  },
): Promise<Found> {
  let unknown: Found | undefined;
  for (const {text} of conditions) {
    const found = await judgeOne(text, {world, state, values});
    if (found.at === 'unmet') return found;
    if (found.at === 'unknown') unknown ??= found;
  }
  return unknown ?? {at: 'met'};
}

async function judgeOne(
  text: string,
  {
    world,
    state,
    values,
  }: {
    readonly world: Pick<RunWorld, 'look' | 'clock'>;
    readonly state: RunState;
    readonly values: ReadonlyMap<string, string>;
  },
): Promise<Found> {
  const when = parseWhen(text);
  const settled = (isMet: boolean): Found => (isMet ? {at: 'met'} : {at: 'unmet', when: text});
  switch (when.at) {
    case 'wrong':
      return {at: 'unknown', text: when.problem};
    case 'variable': {
      const value = values.get(when.name);
      const isErased = value === undefined && state.values.some(({name}) => name === when.name);
      if (isErased) return {at: 'unknown', text: `the value of ${when.name} was erased`};
      return settled((value === when.value) === when.is);
    }
    case 'check': {
      const controller = new AbortController();
      const cancel = world.clock.after(limitMs, () => {
        controller.abort();
      });
      const results = await world.look(checkNamed(when.check, state.service), controller.signal);
      cancel();
      const verdict = rollUp(results.map(result => result.verdict));
      if (verdict === 'unknown' && when.verdict !== 'unknown')
        return {
          at: 'unknown',
          text: `check ${when.check}: ${results[0]?.message ?? 'there is no such check'}`,
        };
      return settled((verdict === when.verdict) === when.is);
    }
  }
}
