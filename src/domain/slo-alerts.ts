// What an SLO has to say between two evaluations: which of its conditions fire, since when, and what cleared.
import {z} from 'zod';
import {isConsumedOver, isConsumedUnder, isExhausted} from './slo-budget.ts';
import type {WindowCounts} from './slo-budget.ts';
import {burnWindows, nextBurn, quietBurn} from './slo-burn.ts';
import type {BurnCounts, BurnTier} from './slo-burn.ts';
import type {Slo} from './slo-spec.ts';
import type {Severity} from './verdict.ts';

const since = z.number().nullable();

/** Kept between evaluations, so that a restart neither repeats nor forgets an alert. */
export const sloMemorySchema = z.strictObject({
  burns: z.record(z.string(), z.strictObject({sinceMs: since, calm: z.int().min(0)})),
  budgetSinceMs: since,
  exhaustedSinceMs: since,
  noDataSinceMs: since,
});
export type SloMemory = z.infer<typeof sloMemorySchema>;

export const noMemory: SloMemory = {
  burns: {},
  budgetSinceMs: null,
  exhaustedSinceMs: null,
  noDataSinceMs: null,
};

/** Consumed more than this fires; less than that clears. */
const budgetFires = [4, 5] as const;
const budgetClears = [3, 4] as const;

export interface SloSeen {
  readonly nowMs: number;
  /** The whole window, and for each burn window its two ends. */
  readonly window: WindowCounts;
  readonly burns: ReadonlyMap<string, BurnCounts>;
  /** Nothing was seen in the time after which that is an alert; undefined while the record is younger than it. */
  readonly isSilent: boolean | undefined;
}

/** A condition with two limits: between them it stays as it is. */
const latch = (
  before: number | null,
  {fires, clears, nowMs}: {readonly fires: boolean; readonly clears: boolean; readonly nowMs: number},
): number | null => (before === null ? (fires ? nowMs : null) : clears ? null : before);

/** The memory after one more evaluation. Where nothing was seen, what is known about the budget stays. */
export function nextMemory(before: SloMemory, seen: SloSeen, slo: Slo): SloMemory {
  const {nowMs, window, isSilent} = seen;
  const {good, bad} = window.events ?? window.slots;
  const isBlind = good + bad === 0;
  const exhausted = isExhausted(window, slo);
  const burns = burnWindows.map(one => {
    const counts = seen.burns.get(one.name);
    const was = before.burns[one.name] ?? quietBurn;
    return [
      one.name,
      counts === undefined ? was : nextBurn(was, counts, {window: one, rule: slo, nowMs}),
    ] as const;
  });
  return {
    burns: Object.fromEntries(burns),
    budgetSinceMs: latch(before.budgetSinceMs, {
      fires: isConsumedOver(window, slo, budgetFires),
      clears: !isBlind && isConsumedUnder(window, slo, budgetClears),
      nowMs,
    }),
    exhaustedSinceMs: latch(before.exhaustedSinceMs, {
      fires: exhausted,
      clears: !isBlind && !exhausted,
      nowMs,
    }),
    noDataSinceMs: latch(before.noDataSinceMs, {fires: isSilent === true, clears: isSilent === false, nowMs}),
  };
}

export type SloConditionName = 'burn' | 'budget' | 'exhausted' | 'noData';

/** One thing that is wrong with an SLO, or has just stopped being wrong; for whoever sends alerts. */
export interface SloCondition {
  readonly service: string;
  readonly name: SloConditionName;
  /** `1h/5m` of a burn alert. */
  readonly window?: string;
  readonly tier: BurnTier;
  readonly severity: Severity;
  readonly at: 'firing' | 'cleared';
  /** Since when it fires; of one that cleared, since when it had fired. */
  readonly sinceMs: number;
  /** It began or ended with this evaluation. */
  readonly isNew: boolean;
}

type Named = Omit<SloCondition, 'service' | 'at' | 'sinceMs' | 'isNew'>;

const burnConditions: readonly Named[] = burnWindows.map(({name: window, tier, severity}) => ({
  name: 'burn',
  window,
  tier,
  severity,
}));
const otherConditions = {
  exhausted: {name: 'exhausted', tier: 'ticket', severity: 'sev2'},
  budget: {name: 'budget', tier: 'ticket', severity: 'sev3'},
  noData: {name: 'noData', tier: 'page', severity: 'sev2'},
} as const satisfies Record<string, Named>;

/** Everything that fires after this evaluation, and what it cleared; the gravest first. */
export function conditionsOf(service: string, before: SloMemory, after: SloMemory): readonly SloCondition[] {
  const one = (named: Named, was: number | null, is: number | null): readonly SloCondition[] => {
    if (is !== null) return [{service, ...named, at: 'firing', sinceMs: is, isNew: was === null}];
    return was === null ? [] : [{service, ...named, at: 'cleared', sinceMs: was, isNew: true}];
  };
  const burn = (memory: SloMemory, {window = ''}: Named): number | null =>
    memory.burns[window]?.sinceMs ?? null;
  return [
    ...burnConditions.flatMap(named => one(named, burn(before, named), burn(after, named))),
    ...one(otherConditions.exhausted, before.exhaustedSinceMs, after.exhaustedSinceMs),
    ...one(otherConditions.budget, before.budgetSinceMs, after.budgetSinceMs),
    ...one(otherConditions.noData, before.noDataSinceMs, after.noDataSinceMs),
  ].sort((a, b) => a.severity.localeCompare(b.severity));
}
