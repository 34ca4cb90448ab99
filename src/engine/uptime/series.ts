// Figures for screens: how quick a check was, piece by piece.
import {addLooks, latencyOf, noLooks} from '../../domain/look-counts.ts';
import type {LookCounts} from '../../domain/look-counts.ts';
import type {SlotState} from '../../domain/slo-slots.ts';
import type {CheckName, CountRow, Excluded, Rollups, SlotSource, Span} from '../../rollup-ports.ts';
import {slotsOf} from './slots.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export interface LatencyPoint {
  readonly fromMs: number;
  /** Milliseconds; undefined where nothing answered. */
  readonly p50: number | undefined;
  readonly p95: number | undefined;
  readonly counts: LookCounts;
}

const rowsFor = async (
  rollups: Rollups,
  name: CheckName,
  span: Span,
  stepMs: number,
): Promise<readonly CountRow[]> => {
  if (stepMs % dayMs === 0) return rollups.days(name, span);
  return stepMs % hourMs === 0 ? rollups.hours(name, span) : rollups.minutes(name, span);
};

/** `count` points of `stepMs` each (whole minutes, hours or days), the last one being that of `nowMs`. */
export async function latencySeries(
  rollups: Rollups,
  name: CheckName,
  {nowMs, stepMs, count}: {readonly nowMs: number; readonly stepMs: number; readonly count: number},
): Promise<readonly LatencyPoint[]> {
  const toMs = Math.floor(nowMs / stepMs) * stepMs + stepMs;
  const fromMs = toMs - count * stepMs;
  const sums = Array.from({length: count}, () => noLooks);
  for (const {atMs, counts} of await rowsFor(rollups, name, {fromMs, toMs}, stepMs)) {
    const i = Math.floor((atMs - fromMs) / stepMs);
    const sum = sums[i];
    if (sum !== undefined) sums[i] = addLooks(sum, counts);
  }
  return sums.map((counts, i) => ({
    fromMs: fromMs + i * stepMs,
    p50: latencyOf(counts, 0.5),
    p95: latencyOf(counts, 0.95),
    counts,
  }));
}

/** One state for each minute up to now, oldest first; a longer slot fills all of its minutes. */
export async function minuteStates(
  {
    source,
    rollups,
    excluded,
  }: {readonly source: SlotSource; readonly rollups: Rollups; readonly excluded: Excluded},
  {nowMs, minutes}: {readonly nowMs: number; readonly minutes: number},
): Promise<readonly (SlotState | undefined)[]> {
  const {slotMs} = source;
  const toMs = Math.floor(nowMs / minuteMs) * minuteMs + minuteMs;
  const fromMs = toMs - minutes * minuteMs;
  const span = {fromMs: Math.floor(fromMs / slotMs) * slotMs, toMs};
  const slots = await slotsOf({source, span, rollups, excluded});
  return Array.from(
    {length: minutes},
    (_, i) => slots[Math.floor((fromMs + i * minuteMs - span.fromMs) / slotMs)]?.state,
  );
}
