// The figures of each service's promise, from running totals: every window is one subtraction.
import {
  applyMissing,
  budgetOf,
  burnPerDay,
  burnRate,
  exhaustedInMs,
  isConsumedOver,
  isExhausted,
} from '../../domain/slo-budget.ts';
import type {BudgetFigures, Tally, WindowCounts} from '../../domain/slo-budget.ts';
import {burnWindows, noDataAfterMs, slotsIn} from '../../domain/slo-burn.ts';
import type {BurnCounts} from '../../domain/slo-burn.ts';
import {lessSlots} from '../../domain/slo-slots.ts';
import type {SlotCounts} from '../../domain/slo-slots.ts';
import type {Slo} from '../../domain/slo-spec.ts';
import type {Excluded, Rollups, SlotQuestion, SlotTotals, Totals} from '../../rollup-ports.ts';

const dayMs = 86_400_000;
/** A look that came in the last moment of its slot has been written by then. */
const settleMs = 5_000;

export interface Promised {
  readonly service: string;
  readonly slo: Slo;
}

/** `unknown`: too little was seen to say more; what is seen to be wrong is wrong all the same. */
export type SloState = 'ok' | 'atRisk' | 'exhausted' | 'unknown';

export interface SloStatus extends Promised {
  /** The end of the newest whole slot, and the beginning of the window. */
  readonly toMs: number;
  readonly fromMs: number;
  /** The first slot ever; undefined = nobody ever looked. */
  readonly sinceMs: number | undefined;
  readonly state: SloState;
  readonly window: WindowCounts;
  readonly figures: BudgetFigures;
  /** Consumed more than 80 %, without rounding. */
  readonly isOver: boolean;
  /** Less was seen than the figures should rest on. */
  readonly isThin: boolean;
  readonly lastDay: Tally;
  /** Over the last day; 1 uses the budget up exactly at the end of a window. */
  readonly burnRate: number | null;
  readonly burnPerDay: number | null;
  readonly sustainablePerDay: number;
  readonly exhaustedInMs: number | null;
  readonly burns: ReadonlyMap<string, BurnCounts>;
  /** Nothing was seen in the time after which that is an alert; undefined while the record is younger than it. */
  readonly isSilent: boolean | undefined;
}

const thinCoverage = 0.99;
const leastCoverage = 0.9;

export interface MeasureRequest {
  readonly promised: readonly Promised[];
  readonly rollups: Pick<Rollups, 'slots'>;
  readonly nowMs: number;
  readonly excluded: Excluded;
}

/** Lengths of the windows that are asked for, longest first: the promise, a day, both ends of each alert, silence. */
const lengthsOf = (slo: Slo): readonly number[] => [
  slo.windowMs,
  dayMs,
  ...burnWindows.flatMap(({longMs, shortMs}) => [longMs, shortMs]),
  noDataAfterMs(slo),
];

const wholeSlots = (lengthMs: number, {slotMs}: Slo): number => slotsIn(lengthMs, slotMs) * slotMs;

const endOf = ({slotMs}: Slo, nowMs: number): number => Math.floor((nowMs - settleMs) / slotMs) * slotMs;

export const sourceOf = ({service, slo}: Promised): SlotQuestion['source'] => ({
  service,
  checks: slo.checks,
  slotMs: slo.slotMs,
});

/** What lies between two moments, with missing slots counted as the promise says. */
function betweenTotals(from: Totals, to: Totals, {missing, method}: Slo): Omit<WindowCounts, 'whole'> {
  const slots = applyMissing(lessSlots(to.slots, from.slots), missing);
  if (method === 'timeslices') return {slots};
  return {slots, events: {good: to.events.good - from.events.good, bad: to.events.bad - from.events.bad}};
}

const tallyOf = ({slots, events}: Omit<WindowCounts, 'whole'>): Tally => events ?? slots;
const seenIn = ({good, bad}: SlotCounts): number => good + bad;

/** One status for each promise, in their order. */
export async function measureSlos({
  promised,
  rollups,
  nowMs,
  excluded,
}: MeasureRequest): Promise<readonly SloStatus[]> {
  const questions = promised.map((one): SlotQuestion => {
    const toMs = endOf(one.slo, nowMs);
    const momentsMs = [toMs, ...lengthsOf(one.slo).map(length => toMs - wholeSlots(length, one.slo))];
    return {source: sourceOf(one), momentsMs, withEvents: one.slo.method === 'occurrences'};
  });
  const answers = await rollups.slots(questions, excluded);
  return promised.flatMap((one, i) => {
    const answer = answers[i];
    return answer === undefined ? [] : (statusOf(one, answer, endOf(one.slo, nowMs)) ?? []);
  });
}

function statusOf(one: Promised, {sinceMs, totals}: SlotTotals, toMs: number): SloStatus | undefined {
  const {slo} = one;
  const [end, ...begins] = totals;
  if (end === undefined) return undefined;
  const parts = new Map(
    lengthsOf(slo).flatMap((length, i) => {
      const begin = begins[i];
      return begin === undefined ? [] : [[length, {begin, counts: betweenTotals(begin, end, slo)}] as const];
    }),
  );
  const part = (length: number) => parts.get(length)?.counts ?? betweenTotals(end, end, slo);
  const window: WindowCounts = {whole: slotsIn(slo.windowMs, slo.slotMs), ...part(slo.windowMs)};
  const figures = budgetOf(window, slo);
  const lastDay = tallyOf(part(dayMs));
  const rate = burnRate(lastDay, slo);
  const silentMs = wholeSlots(noDataAfterMs(slo), slo);
  const beforeSilence = parts.get(noDataAfterMs(slo))?.begin ?? end;
  const {good, bad, excluded} = lessSlots(end.slots, beforeSilence.slots);
  const isOver = isConsumedOver(window, slo, [4, 5]);
  return {
    ...one,
    toMs,
    fromMs: toMs - slo.windowMs,
    sinceMs,
    state: stateOf(window, {slo, figures, isOver}),
    window,
    figures,
    isOver,
    isThin: figures.coverage === null || figures.coverage < thinCoverage,
    lastDay,
    burnRate: rate,
    burnPerDay: burnPerDay(lastDay, figures),
    sustainablePerDay: dayMs / slo.windowMs,
    exhaustedInMs: exhaustedInMs(figures, slo, rate),
    burns: new Map(
      burnWindows.map(({name, longMs, shortMs}) => {
        const [long, short] = [part(longMs), part(shortMs)];
        const shortSlots = slotsIn(shortMs, slo.slotMs);
        return [
          name,
          {long: tallyOf(long), short: tallyOf(short), shortSeen: seenIn(short.slots), shortSlots},
        ];
      }),
    ),
    isSilent: sinceMs === undefined || sinceMs > toMs - silentMs ? undefined : good + bad + excluded === 0,
  };
}

function stateOf(
  window: WindowCounts,
  {slo, figures, isOver}: {readonly slo: Slo; readonly figures: BudgetFigures; readonly isOver: boolean},
): SloState {
  if (isExhausted(window, slo)) return 'exhausted';
  if (isOver) return 'atRisk';
  const isKnown = figures.availability !== null && (figures.coverage ?? 0) >= leastCoverage;
  return isKnown ? 'ok' : 'unknown';
}
