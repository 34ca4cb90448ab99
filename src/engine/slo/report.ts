// What a promise was worth over a stretch of time: uptime, budget, and every outage.
import {applyMissing, budgetOf} from '../../domain/slo-budget.ts';
import type {BudgetFigures, Tally, WindowCounts} from '../../domain/slo-budget.ts';
import {addLooks, noLooks} from '../../domain/look-counts.ts';
import type {LookCounts} from '../../domain/look-counts.ts';
import type {SlotCounts} from '../../domain/slo-slots.ts';
import {wholeParts} from '../../domain/slo-spec.ts';
import type {Excluded, Rollups, Span} from '../../rollup-ports.ts';
import {countStates, slotsOf, uptimeOf} from '../uptime/index.ts';
import type {Slot, Uptime} from '../uptime/index.ts';
import {sourceOf} from './measure.ts';
import type {Promised} from './measure.ts';

/** Bad slots one after the other. */
export interface Outage extends Span {
  readonly slots: number;
}

export interface SloReport extends Promised {
  /** Whole slots within what was asked for. */
  readonly span: Span;
  readonly slots: SlotCounts;
  readonly events: Tally | undefined;
  readonly figures: BudgetFigures;
  /** Maintenance counted like any other time. */
  readonly withMaintenance: Uptime;
  /** Null where nothing was seen. */
  readonly kept: boolean | null;
  /** No unknown slot could change that. */
  readonly isSure: boolean;
  readonly outages: readonly Outage[];
  readonly looks: LookCounts;
}

export interface ReportRequest {
  readonly promised: readonly Promised[];
  readonly span: Span;
  readonly rollups: Rollups;
  readonly excluded: Excluded;
}

function outagesIn(slots: readonly Slot[], slotMs: number): Outage[] {
  const outages: Outage[] = [];
  for (const {atMs, state} of slots) {
    if (state !== 'bad') continue;
    const last = outages.at(-1);
    if (last?.toMs === atMs)
      outages[outages.length - 1] = {...last, toMs: atMs + slotMs, slots: last.slots + 1};
    else outages.push({fromMs: atMs, toMs: atMs + slotMs, slots: 1});
  }
  return outages;
}

const isKept = ({good, bad}: Tally, budgetParts: number): boolean | null =>
  good + bad === 0 ? null : bad * wholeParts <= budgetParts * (good + bad);

/** One report for each promise; the span is cut to whole slots inside it. */
export const reportSlos = async (request: ReportRequest): Promise<readonly SloReport[]> =>
  Promise.all(request.promised.map(async one => reportOf(one, request)));

async function reportOf(one: Promised, {span: asked, rollups, excluded}: ReportRequest): Promise<SloReport> {
  const {slo} = one;
  const source = sourceOf(one);
  const fromMs = Math.ceil(asked.fromMs / slo.slotMs) * slo.slotMs;
  const span = {fromMs, toMs: Math.max(fromMs, Math.floor(asked.toMs / slo.slotMs) * slo.slotMs)};
  const all = await slotsOf({source, span, rollups, excluded});
  const slots = applyMissing(countStates(all.map(({state}) => state)), slo.missing);
  const events = slo.method === 'occurrences' ? await eventsIn(one, span, {rollups, excluded}) : undefined;
  const window: WindowCounts = {
    whole: Math.max(1, all.length),
    slots,
    ...(events === undefined ? {} : {events}),
  };
  const counted = events ?? slots;
  const kept = isKept(counted, slo.budgetParts);
  const atWorst = {good: slots.good, bad: slots.bad + slots.unknown};
  const atBest = {good: slots.good + slots.unknown, bad: slots.bad};
  return {
    ...one,
    span,
    slots,
    events,
    figures: budgetOf(window, slo),
    withMaintenance: uptimeOf(countStates(all.map(({seen}) => seen))),
    kept,
    isSure: kept !== null && isKept(atWorst, slo.budgetParts) === isKept(atBest, slo.budgetParts),
    outages: outagesIn(all, slo.slotMs),
    looks: await looksIn(one, span, rollups),
  };
}

async function eventsIn(
  one: Promised,
  {fromMs, toMs}: Span,
  {rollups, excluded}: Pick<ReportRequest, 'rollups' | 'excluded'>,
): Promise<Tally> {
  const question = {source: sourceOf(one), momentsMs: [fromMs, toMs], withEvents: true};
  const [answer] = await rollups.slots([question], excluded);
  const [from, to] = answer?.totals ?? [];
  if (from === undefined || to === undefined) return {good: 0, bad: 0};
  return {good: to.events.good - from.events.good, bad: to.events.bad - from.events.bad};
}

async function looksIn({service, slo}: Promised, span: Span, rollups: Rollups): Promise<LookCounts> {
  const rows = await Promise.all(slo.checks.map(async check => rollups.hours({service, check}, span)));
  return rows.flat().reduce((sum, {counts}) => addLooks(sum, counts), noLooks);
}
