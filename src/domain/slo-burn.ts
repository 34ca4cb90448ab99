// Burn-rate alerts over two windows: a long one that says it matters, a short one that says it still goes on.
import {wholeParts} from './slo-spec.ts';
import type {Slo} from './slo-spec.ts';
import type {Tally} from './slo-budget.ts';
import type {Severity} from './verdict.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Somebody is woken, or somebody looks at it tomorrow. */
export type BurnTier = 'page' | 'ticket';

export interface BurnWindow {
  readonly name: string;
  readonly tier: BurnTier;
  readonly severity: Severity;
  readonly longMs: number;
  readonly shortMs: number;
  /** Burn rate above which it fires, in tenths. */
  readonly factorTenths: number;
}

/** 2 % of a 30-day budget in an hour, 5 % in six; 10 % in a day, 10 % in three (SRE workbook, chapter 5). */
export const burnWindows: readonly BurnWindow[] = [
  {name: '1h/5m', tier: 'page', severity: 'sev2', longMs: hourMs, shortMs: 5 * minuteMs, factorTenths: 144},
  {
    name: '6h/30m',
    tier: 'page',
    severity: 'sev2',
    longMs: 6 * hourMs,
    shortMs: 30 * minuteMs,
    factorTenths: 60,
  },
  {
    name: '1d/2h',
    tier: 'ticket',
    severity: 'sev3',
    longMs: 24 * hourMs,
    shortMs: 2 * hourMs,
    factorTenths: 30,
  },
  {
    name: '3d/6h',
    tier: 'ticket',
    severity: 'sev3',
    longMs: 72 * hourMs,
    shortMs: 6 * hourMs,
    factorTenths: 10,
  },
];

/** A window in whole slots, at least one. */
export const slotsIn = (windowMs: number, slotMs: number): number =>
  Math.max(1, Math.round(windowMs / slotMs));

/** Burn rate > factor, as whole numbers: bad / (good + bad) > factor × budget. */
const isOver = (
  {good, bad}: Tally,
  {factorTenths}: BurnWindow,
  {budgetParts}: Pick<Slo, 'budgetParts'>,
): boolean => bad * wholeParts * 10 > factorTenths * budgetParts * (good + bad);

export interface BurnCounts {
  readonly long: Tally;
  readonly short: Tally;
  /** Slots of the short window with a result, and all of them. */
  readonly shortSeen: number;
  readonly shortSlots: number;
}

export type BurnRule = Pick<Slo, 'budgetParts' | 'minBad' | 'minSamplesPercent'>;

/** Both windows burn, and there is enough to go by: one failed probe at 99.9 % is no page. */
export const isBurning = (
  {long, short, shortSeen, shortSlots}: BurnCounts,
  window: BurnWindow,
  rule: BurnRule,
): boolean =>
  isOver(long, window, rule) &&
  isOver(short, window, rule) &&
  long.bad >= rule.minBad &&
  shortSeen * 100 >= shortSlots * rule.minSamplesPercent;

/** Whether it fires, and how many evaluations in a row the short window was calm. */
export interface BurnState {
  readonly sinceMs: number | null;
  readonly calm: number;
}

export const quietBurn: BurnState = {sinceMs: null, calm: 0};

const calmEnough = 2;

/** The state after one more evaluation. A short window without a result neither fires nor clears. */
export function nextBurn(
  before: BurnState,
  counts: BurnCounts,
  {window, rule, nowMs}: {readonly window: BurnWindow; readonly rule: BurnRule; readonly nowMs: number},
): BurnState {
  if (before.sinceMs === null) return isBurning(counts, window, rule) ? {sinceMs: nowMs, calm: 0} : quietBurn;
  if (counts.shortSeen === 0) return before;
  if (isOver(counts.short, window, rule)) return {...before, calm: 0};
  return before.calm + 1 >= calmEnough ? quietBurn : {...before, calm: before.calm + 1};
}

/** Fewer slots without a result than this are a hiccup, whatever the target. */
const fewestMissing = 3;

/** How long nothing may be seen before that itself is an alert: had all of it been bad, the first page would be due. */
export function noDataAfterMs({budgetParts, slotMs}: Pick<Slo, 'budgetParts' | 'slotMs'>): number {
  const [first] = burnWindows;
  const ms = first === undefined ? 0 : (first.factorTenths * budgetParts * first.longMs) / (10 * wholeParts);
  return Math.max(fewestMissing, Math.ceil(ms / slotMs)) * slotMs;
}
