// The current step as it would be done now: its values filled in, the variables that it gets, the guards it runs into.
import {dirname} from 'node:path';
import {glassKinds, openGlasses} from '../../domain/breakglass.ts';
import type {StoredEntry} from '../../domain/entry.ts';
import {filledIn} from '../../domain/fill-in.ts';
import {findProcedure} from '../../domain/run-plan.ts';
import type {Item, Refusal, RunState} from '../../domain/run.ts';
import type {Runbook} from '../../domain/runbook.ts';
import {
  guardsOf,
  judgePlan,
  prepareGuards,
  textsForPlan,
  type StandingGuard,
  type Texts,
} from '../../guards/index.ts';
import type {StepPlan} from '../../define.ts';
import {scriptText} from '../scripts.ts';
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
  /** Reads which break-glasses there are, and the scripts that this item would run as they are now. */
  read(state: RunState, item: Item | undefined): Promise<void>;
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
  let last: {readonly key: string; readonly texts: Texts; readonly prepared: Prepared} | undefined;
  let texts: Texts = new Map();
  let read: string | undefined;
  const textOf = scriptText(world.files);

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

  const filledOf = (state: RunState, item: Item): Omit<Prepared, 'refusals'> => {
    const plan = plans.planOf(item);
    if (plan === undefined) return {plan, lacking: undefined, vars: {}};
    const own = values.all(state);
    const around = state.ambient.flatMap(name => {
      const value = own.has(name) ? undefined : env?.get(name);
      return value === undefined ? [] : [[name, value] as const];
    });
    const all = new Map([...own, ...around]);
    const filled = filledIn(plan, all);
    return {
      plan: filled.at === 'filled' ? {...plan, act: filled.act, lines: filled.lines} : plan,
      lacking: filled.at === 'filled' ? undefined : filled.problem,
      vars: Object.fromEntries(all),
    };
  };

  /** The same map as before while nothing in it has changed. */
  const readTexts = async (state: RunState, item: Item): Promise<Texts> => {
    const {plan, vars} = filledOf(state, item);
    if (plan === undefined) return new Map();
    const cwd = folderFor(world, plans.runbookOf(item), plan);
    const key = JSON.stringify([plan.act, vars, cwd]);
    const isSame = async (): Promise<boolean> => {
      for (const [path, text] of texts) if ((await textOf(path)) !== text) return false;
      return true;
    };
    // Which files are read depends on nothing but the step and what stands in them.
    if (read === key && (await isSame())) return texts;
    read = key;
    return textsForPlan(plan, {env: vars, cwd}, textOf);
  };

  return {
    read: async (state, item) => {
      await prepareGuards();
      glasses = await ledger.read({kinds: [...glassKinds]});
      if (item !== undefined) texts = await readTexts(state, item);
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
      if (last?.key === key && last.texts === texts) return last.prepared;
      const filled = filledOf(state, item);
      const {plan, vars} = filled;
      const judging = {guards: inForce(state), opened, env: vars, texts};
      const refusals =
        plan === undefined
          ? []
          : judgePlan(plan, {...judging, cwd: folderFor(world, plans.runbookOf(item), plan)});
      last = {key, texts, prepared: {...filled, refusals}};
      return last.prepared;
    },
  };
}

/** The folder of this machine that a step is done in, or that its ssh is started from. */
export const folderFor = (
  {site}: Pick<RunWorld, 'site'>,
  {meta: {cwd}}: Pick<Runbook, 'meta'>,
  {on}: Pick<StepPlan, 'on'>,
): string => (on === undefined ? (cwd ?? dirname(site.file)) : dirname(site.file));
