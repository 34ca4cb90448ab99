// The current step as it would be done now: its values filled in, the variables that it gets, the guards it runs into.
import {glassKinds, openGlasses} from '../../domain/breakglass.ts';
import type {StoredEntry} from '../../domain/entry.ts';
import {filledIn} from '../../domain/fill-in.ts';
import {findProcedure} from '../../domain/run-plan.ts';
import type {Item, Refusal, RunState} from '../../domain/run.ts';
import {guardsOf, judgePlan, prepareGuards, type StandingGuard} from '../../guards/index.ts';
import type {StepPlan} from '../../define.ts';
import type {Plans} from './plans.ts';
import type {RunValues} from './values.ts';
import type {RunWorld} from './world.ts';

export interface Prepared {
  /** With every value in its place; as in the file when that cannot be done. */
  readonly plan: StepPlan | undefined;
  /** Why it cannot be done with the values that there are. */
  readonly lacking: string | undefined;
  /** Variables that the step gets, with their values. */
  readonly vars: Readonly<Record<string, string>>;
  readonly refusals: readonly Refusal[];
}

export interface Preparing {
  /** Reads which break-glasses there are. */
  read(): Promise<void>;
  /** What an item of the walk would do right now. */
  of(state: RunState, item: Item): Prepared;
}

export function preparing(
  world: RunWorld,
  {plans, values}: {readonly plans: Plans; readonly values: RunValues},
): Preparing {
  const {ledger, site, clock, env} = world;
  let glasses: readonly StoredEntry[] = [];
  const guards = new Map<string, readonly StandingGuard[]>();
  let last: {readonly key: string; readonly prepared: Prepared} | undefined;

  /** Of every procedure that the walk goes through: what one of them forbids, the others must not do either. */
  const inForce = (state: RunState): readonly StandingGuard[] => {
    const found = new Map<string, StandingGuard>();
    const places = new Map(state.walk.map(({item}) => [`${item.file ?? ''}#${item.procedure}`, item]));
    for (const [key, item] of places) {
      const runbook = plans.runbookOf(item);
      const known = guards.get(key) ?? guardsOf(site, runbook, findProcedure(runbook, item.procedure));
      guards.set(key, known);
      for (const guard of known) {
        const same = found.get(guard.id);
        found.set(
          same === undefined || JSON.stringify(same) === JSON.stringify(guard)
            ? guard.id
            : `${key} ${guard.id}`,
          guard,
        );
      }
    }
    return [...found.values()];
  };

  const prepare = (
    state: RunState,
    {item, opened}: {readonly item: Item; readonly opened: ReturnType<typeof openGlasses>},
  ): Prepared => {
    const plan = plans.planOf(item);
    if (plan === undefined) return {plan, lacking: undefined, vars: {}, refusals: []};
    const own = values.all(state);
    const around = state.ambient.flatMap(name => {
      const value = own.has(name) ? undefined : env?.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const all = new Map([...own, ...around]);
    const vars = Object.fromEntries(all);
    const filled = filledIn(plan, all);
    const done = filled.at === 'filled' ? {...plan, act: filled.act, lines: filled.lines} : plan;
    return {
      plan: done,
      lacking: filled.at === 'filled' ? undefined : filled.problem,
      vars,
      refusals: judgePlan(done, {guards: inForce(state), opened, env: vars}),
    };
  };

  return {
    read: async () => {
      await prepareGuards();
      glasses = await ledger.read({kinds: [...glassKinds]});
    },
    of: (state, item) => {
      const opened = openGlasses(glasses, clock.nowMs());
      const key = JSON.stringify([
        item.id,
        state.head,
        // Values are read back after the entries that name them.
        values.all(state).size,
        opened.map(({glass}) => glass),
      ]);
      if (last?.key !== key) last = {key, prepared: prepare(state, {item, opened})};
      return last.prepared;
    },
  };
}
