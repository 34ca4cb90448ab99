// Availability and error budget of a window, as reference §4.3 has them; nothing seen is null, never 0 or 100 %.
import {wholeParts} from './slo-spec.ts';
import type {MissingPolicy, Slo} from './slo-spec.ts';
import type {SlotCounts} from './slo-slots.ts';

/** What is counted: slots, or things that happened in them. */
export interface Tally {
  readonly good: number;
  readonly bad: number;
}

export interface WindowCounts {
  /** Length of the whole window in slots, also where the record is younger. */
  readonly whole: number;
  readonly slots: SlotCounts;
  /** With `occurrences`: what happened, instead of the slots. */
  readonly events?: Tally;
}

export interface BudgetFigures {
  /** good / (good + bad). */
  readonly availability: number | null;
  /** Every unknown slot taken as bad, and as good; null where events are counted. */
  readonly strict: number | null;
  readonly generous: number | null;
  /** Share of the slots so far that somebody can speak for. */
  readonly coverage: number | null;
  /** How much of the window has been recorded yet. */
  readonly windowFilled: number;
  /** Bad slots (or events) that the target allows in the whole window. */
  readonly allowed: number;
  /** Share of the budget; may exceed 1. With a target of 100 % the first failure takes it all. */
  readonly consumed: number | null;
  readonly remaining: number | null;
}

/** Slots without a result counted as the policy says. */
export function applyMissing(slots: SlotCounts, missing: MissingPolicy): SlotCounts {
  if (missing === 'unknown') return slots;
  if (missing === 'bad') return {...slots, bad: slots.bad + slots.unknown, unknown: 0};
  return {...slots, excluded: slots.excluded + slots.unknown, unknown: 0};
}

const share = (part: number, of: number): number | null => (of > 0 ? part / of : null);

/** What is counted, and how much of it the budget is a part of. */
function basis({whole, slots, events}: WindowCounts): Tally & {readonly of: number} {
  if (events !== undefined) return {...events, of: events.good + events.bad};
  return {good: slots.good, bad: slots.bad, of: whole - slots.excluded};
}

/** Share of the budget that is consumed is more than `num`/`den` (whole numbers), without rounding. */
export function isConsumedOver(
  counts: WindowCounts,
  {budgetParts}: Pick<Slo, 'budgetParts'>,
  [num, den]: readonly [number, number],
): boolean {
  const {bad, of} = basis(counts);
  return bad * wholeParts * den > num * budgetParts * of;
}

/** Less than `num`/`den`; where nothing went wrong, nothing is consumed. */
export function isConsumedUnder(
  counts: WindowCounts,
  {budgetParts}: Pick<Slo, 'budgetParts'>,
  [num, den]: readonly [number, number],
): boolean {
  const {bad, of} = basis(counts);
  return bad === 0 || bad * wholeParts * den < num * budgetParts * of;
}

/** Everything that the target allows is gone: consumed ≥ 1. */
export function isExhausted(counts: WindowCounts, {budgetParts}: Pick<Slo, 'budgetParts'>): boolean {
  const {bad, of} = basis(counts);
  return bad > 0 && bad * wholeParts >= budgetParts * of;
}

/** The figures of a window whose missing slots were counted by `applyMissing`. */
export function budgetOf(counts: WindowCounts, {budgetParts}: Pick<Slo, 'budgetParts'>): BudgetFigures {
  const {whole, slots, events} = counts;
  const {good, bad, of} = basis(counts);
  const filled = slots.good + slots.bad + slots.excluded + slots.unknown;
  const seen = good + bad;
  const parts = budgetParts * of;
  const consumed = seen === 0 ? null : bad === 0 ? 0 : parts === 0 ? 1 : (bad * wholeParts) / parts;
  return {
    availability: share(good, seen),
    strict: events === undefined ? share(slots.good, filled - slots.excluded) : null,
    generous: events === undefined ? share(slots.good + slots.unknown, filled - slots.excluded) : null,
    coverage: share(filled - slots.unknown, filled),
    windowFilled: Math.min(1, filled / whole),
    allowed: parts / wholeParts,
    consumed,
    remaining: consumed === null ? null : 1 - consumed,
  };
}

/** How many times faster than allowed the budget goes: null when nothing was seen, or nothing is allowed. */
export function burnRate({good, bad}: Tally, {budgetParts}: Pick<Slo, 'budgetParts'>): number | null {
  const seen = good + bad;
  if (seen === 0) return null;
  if (budgetParts === 0) return bad === 0 ? 0 : null;
  return (bad * wholeParts) / (seen * budgetParts);
}

/** Share of the whole budget that the last day took; 1 / days of the window can be sustained. */
export const burnPerDay = (lastDay: Tally, {allowed}: BudgetFigures): number | null =>
  lastDay.good + lastDay.bad === 0 || allowed === 0 ? null : lastDay.bad / allowed;

/** Milliseconds until nothing is left at this pace: remaining × window / burn rate; null = never, or nobody knows. */
export function exhaustedInMs(
  {remaining}: BudgetFigures,
  {windowMs}: Pick<Slo, 'windowMs'>,
  rate: number | null,
): number | null {
  if (remaining === null) return null;
  if (remaining <= 0) return 0;
  return rate === null || rate === 0 ? null : (remaining * windowMs) / rate;
}

/** Full cells of a bar of what is left of a budget: none when it is gone, all only when nothing was used. */
export function budgetCells(remaining: number | null, cells: number): number | undefined {
  if (remaining === null) return undefined;
  return Math.max(remaining > 0 ? 1 : 0, Math.min(cells, Math.floor(remaining * cells)));
}
