// Shares, ranges, bars and strips as text, for `uptime` and `slo`.
import {duration} from '../domain/duration.ts';
import type {SloCondition} from '../domain/slo-alerts.ts';
import type {SlotState} from '../domain/slo-slots.ts';
import {percent} from '../domain/slo-spec.ts';
import {timestamp} from '../domain/time.ts';
import type {SloState, SloStatus} from '../engine/slo/index.ts';
import type {Uptime} from '../engine/uptime/index.ts';

/** `99.62 %`; a dash where nothing was seen. */
export const shareText = (share: number | null, digits = 2): string =>
  share === null ? '–' : percent(share, digits);

const bare = (share: number | null, digits: number): string => shareText(share, digits).replace(/ %$/, '');

/** `99.62 % (99.41–99.70, coverage 98.9 %)`, or `no data`. */
export function uptimeText({availability, strict, generous, coverage}: Uptime): string {
  if (availability === null) return 'no data';
  const range = strict === null ? '' : `${bare(strict, 2)}–${bare(generous, 2)}, `;
  return `${percent(availability)} (${range}coverage ${shareText(coverage, 1)})`;
}

const bars: Record<SlotState, string> = {good: '▇', retried: '▇', bad: '▁', unknown: '·', excluded: '–'};

export const stripText = (states: readonly (SlotState | undefined)[]): string =>
  states.map(state => (state === undefined ? ' ' : bars[state])).join('');

export const stripLegend = '▇ up  ▁ down  · unknown  – maintenance';

/** A bar of what is left: full cells, then empty ones. */
export const barText = (full: number, cells: number): string => '▇'.repeat(full) + '▁'.repeat(cells - full);

/** Two steps of a duration at most: `24d 3h`, `42m`. */
export function roughly(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1440), Math.floor(minutes / 60) % 24, minutes % 60];
  if (days > 99) return `${days}d`;
  if (days > 0) return hours === 0 ? `${days}d` : `${days}d ${hours}h`;
  if (hours > 0) return rest === 0 ? `${hours}h` : `${hours}h ${rest}m`;
  return minutes > 0 ? `${minutes}m` : `${Math.floor(ms / 1000)}s`;
}

export const windowText = (windowMs: number): string => duration(windowMs);

export const stateWords: Record<SloState, string> = {
  ok: 'ok',
  atRisk: 'at risk: more than 80 % of the budget is used',
  exhausted: 'the error budget is used up',
  unknown: 'unknown: too little was seen',
};

/** What a condition that fires says. */
export function conditionWords({name, window, tier, sinceMs}: SloCondition): string {
  const what = {
    burn: `${tier}: burns too fast over ${window ?? ''}`,
    budget: 'more than 80 % used',
    exhausted: 'used up',
    noData: 'nothing is seen',
  }[name];
  return `${what}, since ${timestamp(sinceMs).slice(0, 16).replace('T', ' ')} UTC`;
}

/** `5 of 216 bad minutes used`. */
export function usedText({slo, figures, window}: SloStatus): string {
  const {slots, events} = window;
  const minutes = slo.slotMs / 60_000;
  const [bad, allowed] =
    events === undefined ? [slots.bad * minutes, figures.allowed * minutes] : [events.bad, figures.allowed];
  const counted = events === undefined ? 'minutes' : 'events';
  return `${Math.round(bad)} of ${Math.floor(allowed)} bad ${counted} used`;
}

/** `2.3 ×`: how many times faster than allowed. */
export const timesText = (rate: number): string => `${rate.toFixed(1)} ×`;

/** How much of the budget a day takes, and what would last. */
export const paceText = (burnPerDay: number | null, sustainablePerDay: number): string =>
  `${shareText(burnPerDay, 1)} a day, where ${percent(sustainablePerDay, 1)} would last`;

/** When nothing is left; undefined when that does not come, or nobody knows. */
export function goneText({exhaustedInMs: inMs}: SloStatus): string | undefined {
  if (inMs === null) return undefined;
  return inMs === 0 ? 'nothing is left' : `at this pace gone in ${roughly(inMs)}`;
}

/** `p50 12 ms  p95 40 ms`; empty where nothing answered. */
export const latencyText = (p50: number | undefined, p95: number | undefined): string =>
  p50 === undefined || p95 === undefined ? '' : `p50 ${p50} ms  p95 ${p95} ms`;

/** The fields of a range in JSON: shares from 0 to 1, null where nothing was seen. */
export const uptimeJson = ({availability, strict, generous, coverage}: Uptime): Record<string, unknown> => ({
  availability,
  strict,
  generous,
  coverage,
});
