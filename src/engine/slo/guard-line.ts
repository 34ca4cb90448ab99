// The line of logs/slo_guard.ndjson (R24): one for each evaluation, of the service that has used most of its budget.
import {wholeParts} from '../../domain/slo-spec.ts';
import {timestamp} from '../../domain/time.ts';
import type {SloStatus} from './measure.ts';

const dayMs = 86_400_000;

/** Exactly these fields, in this order; null where nothing was seen. */
export interface GuardLine {
  /** Share of what was seen, five decimals, cut: 1 only when nothing failed. */
  readonly availability: number | null;
  /** (1 - availability) / (1 - target) of what was seen, four decimals; may exceed 1. */
  readonly error_budget_used: number | null;
  /** Slots (or events) with a result. */
  readonly seen: number;
  readonly ts: string;
  /** error_budget_used by days of the window that have passed. */
  readonly burn_rate_per_day: number | null;
}

interface Used {
  readonly status: SloStatus;
  readonly seen: number;
  readonly used: number | null;
}

function usedOf(status: SloStatus): Used {
  const {good, bad} = status.window.events ?? status.window.slots;
  const seen = good + bad;
  const parts = status.slo.budgetParts * seen;
  if (seen === 0) return {status, seen, used: null};
  return {status, seen, used: bad === 0 ? 0 : parts === 0 ? 1 : (bad * wholeParts) / parts};
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

export function guardLine(statuses: readonly SloStatus[], nowMs: number): GuardLine {
  const ts = `${timestamp(nowMs).slice(0, 19)}Z`;
  const [worst] = statuses.map(usedOf).sort((a, b) => (b.used ?? -1) - (a.used ?? -1));
  const availability = worst?.status.figures.availability ?? null;
  if (worst === undefined || worst.used === null || availability === null)
    return {availability: null, error_budget_used: null, seen: 0, ts, burn_rate_per_day: null};
  const {status, seen, used} = worst;
  const days = (status.toMs - Math.max(status.fromMs, status.sinceMs ?? status.toMs)) / dayMs;
  return {
    availability: Math.floor(availability * 100_000 + 1e-6) / 100_000,
    error_budget_used: rounded(used),
    seen,
    ts,
    burn_rate_per_day: days > 0 ? rounded(used / days) : null,
  };
}
