// Uptime by day or by hour: how much was up, how sure that is, how quick it was, and a strip of what it looked like.
import {budgetOf} from '../../domain/slo-budget.ts';
import {addLooks, noLooks} from '../../domain/look-counts.ts';
import type {LookCounts} from '../../domain/look-counts.ts';
import {noSlots} from '../../domain/slo-slots.ts';
import type {SlotCounts, SlotState} from '../../domain/slo-slots.ts';
import type {Excluded, Rollups, SlotSource, Span} from '../../rollup-ports.ts';
import {slotsOf} from './slots.ts';
import type {Slot} from './slots.ts';

const hourMs = 3_600_000;

export interface Uptime {
  readonly availability: number | null;
  readonly strict: number | null;
  readonly generous: number | null;
  readonly coverage: number | null;
}

export interface UptimePeriod extends Span, Uptime {
  readonly slots: SlotCounts;
  /** Maintenance counted like any other time. */
  readonly asSeen: SlotCounts;
  readonly looks: LookCounts;
  /** The worst of each part of the period, in its order; undefined where there is nothing. */
  readonly strip: readonly (SlotState | undefined)[];
}

export const countStates = (states: Iterable<SlotState | undefined>): SlotCounts => {
  const counts = {...noSlots};
  const mutable: Record<keyof SlotCounts, number> = counts;
  for (const state of states) {
    if (state === undefined) continue;
    mutable[state] += 1;
    if (state === 'retried') mutable.good += 1;
  }
  return mutable;
};

export function uptimeOf(slots: SlotCounts): Uptime {
  const whole = Math.max(1, slots.good + slots.bad + slots.excluded + slots.unknown);
  const {availability, strict, generous, coverage} = budgetOf({whole, slots}, {budgetParts: 0});
  return {availability, strict, generous, coverage};
}

const order: Record<SlotState, number> = {bad: 5, unknown: 4, retried: 3, good: 2, excluded: 1};

const worst = (slots: readonly Slot[]): SlotState | undefined =>
  slots.reduce<SlotState | undefined>(
    (found, {state}) =>
      state !== undefined && (found === undefined || order[state] > order[found]) ? state : found,
    undefined,
  );

export interface PeriodsRequest {
  readonly source: SlotSource;
  readonly span: Span;
  readonly stepMs: number;
  /** Into how many parts the strip of a period is cut. */
  readonly parts: number;
  readonly rollups: Pick<Rollups, 'hours' | 'firstLook'>;
  readonly excluded: Excluded;
}

/** Periods on whole hours or days (UTC) that the span touches, oldest first; the first and last may be cut. */
export async function uptimePeriods(request: PeriodsRequest): Promise<readonly UptimePeriod[]> {
  const {source, span, stepMs, parts, rollups} = request;
  const slots = await slotsOf(request);
  const hours = await Promise.all(
    source.checks.map(async check => rollups.hours({service: source.service, check}, span)),
  );
  const periods: UptimePeriod[] = [];
  let at = 0;
  for (let beginMs = Math.floor(span.fromMs / stepMs) * stepMs; beginMs < span.toMs; beginMs += stepMs) {
    const endMs = beginMs + stepMs;
    const inside: Slot[] = [];
    for (let slot = slots[at]; slot !== undefined && slot.atMs < endMs; slot = slots[at]) {
      inside.push(slot);
      at += 1;
    }
    const partMs = stepMs / parts;
    const counts = countStates(inside.map(({state}) => state));
    periods.push({
      fromMs: Math.max(beginMs, span.fromMs),
      toMs: Math.min(endMs, span.toMs),
      slots: counts,
      asSeen: countStates(inside.map(({seen}) => seen)),
      ...uptimeOf(counts),
      looks: hours
        .flat()
        .filter(({atMs}) => atMs >= beginMs && atMs < endMs)
        .reduce((sum, {counts: more}) => addLooks(sum, more), noLooks),
      strip: Array.from({length: parts}, (_, i) => {
        const fromMs = beginMs + i * partMs;
        return worst(inside.filter(({atMs}) => atMs >= fromMs && atMs < fromMs + partMs));
      }),
    });
  }
  return periods;
}

export const dayStep = {stepMs: 24 * hourMs, parts: 24} as const;
export const hourStep = {stepMs: hourMs, parts: 60} as const;
