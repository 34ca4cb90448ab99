// What a streak is made of: records that count, the days or entries that they amount to, and how many pass in a row.
import {localText} from '../../src/domain/local-time.ts';
import {instantOf, timestamp} from '../../src/domain/time.ts';

/** `missing` is only said of days. */
export type UnitState = 'pass' | 'fail' | 'missing' | 'unknown';

/** A record of the kind that counts; others never get here. */
export interface Counted {
  readonly ms: number;
  readonly state: Exclude<UnitState, 'missing'>;
}

export interface Unit {
  /** `2026-01-02`, or the time of the entry. */
  readonly label: string;
  readonly day: string;
  readonly state: UnitState;
  /** What it says can still change: today, as long as it lasts. */
  readonly isOpen: boolean;
}

export interface Streak {
  /** Units that pass, newest first; those that were passed over are not among them. */
  readonly passed: readonly Unit[];
  /** What ended it on the way back; undefined: there is nothing before it. */
  readonly brokenBy: Unit | undefined;
}

const dayMs = 86_400_000;

export const dayOf = (ms: number, zone: string): string => localText(ms, zone).slice(0, 10);

/** Days are counted by the calendar, so that one of 23 or 25 hours is one like any other. */
const numberOf = (day: string): number => (instantOf(`${day}T00:00:00Z`) ?? 0) / dayMs;
const dayAt = (number: number): string => timestamp(number * dayMs).slice(0, 10);

/** A record of a wrong year must not make a million days. */
const mostDays = 3660;

function stateOf(records: readonly Counted[], require: 'all' | 'any'): UnitState {
  const has = (wanted: UnitState): boolean => records.some(({state}) => state === wanted);
  if (records.length === 0) return 'missing';
  if (require === 'any' && has('pass')) return 'pass';
  return has('fail') ? 'fail' : has('unknown') ? 'unknown' : 'pass';
}

export interface Calendar {
  readonly zone: string;
  readonly nowMs: number;
  readonly require: 'all' | 'any';
}

/** Every day from today back to the first record that counts. */
export function daysFrom(records: readonly Counted[], {zone, nowMs, require}: Calendar): Unit[] {
  const byDay = new Map<string, Counted[]>();
  for (const record of records) {
    const day = dayOf(Math.min(record.ms, nowMs), zone);
    byDay.set(day, [...(byDay.get(day) ?? []), record]);
  }
  const today = numberOf(dayOf(nowMs, zone));
  const first = [...byDay.keys()].map(numberOf).reduce((a, b) => Math.min(a, b), today);
  return Array.from({length: Math.min(today - first, mostDays) + 1}, (_, i) => {
    const day = dayAt(today - i);
    return {label: day, day, state: stateOf(byDay.get(day) ?? [], require), isOpen: i === 0};
  });
}

/** Every entry, newest first. */
export const entriesFrom = (records: readonly Counted[], zone: string): Unit[] =>
  records
    .map(({ms, state}) => ({label: timestamp(ms), day: dayOf(ms, zone), state, isOpen: false}))
    .reverse();

/**
 * How many pass in a row up to now. A day that is not over counts only when it breaks: what it lacks may still come,
 * and what passed may still fail.
 */
export function streakOf(units: readonly Unit[], breakOn: ReadonlySet<UnitState>): Streak {
  const passed: Unit[] = [];
  for (const unit of units) {
    const {state, isOpen} = unit;
    if (isOpen && (state === 'pass' || state === 'missing')) continue;
    if (state === 'pass') passed.push(unit);
    else if (breakOn.has(state)) return {passed, brokenBy: unit};
  }
  return {passed, brokenBy: undefined};
}
