// From the minutes of the checks that decide to the slots of a service: each is good, bad, excluded or unknown.
import {isExcluded, minuteIn, minutesInHour, noMinute, stateAt, worseMinute} from './minute-strip.ts';
import type {MinuteState} from './minute-strip.ts';

/** Whole slots, by what they were; `retried` are good ones that took a second try, counted among the good. */
export interface SlotCounts {
  readonly good: number;
  readonly bad: number;
  /** In a maintenance window that was recorded before it began. */
  readonly excluded: number;
  /** Nobody could say. */
  readonly unknown: number;
  readonly retried: number;
}

export const noSlots: SlotCounts = {good: 0, bad: 0, excluded: 0, unknown: 0, retried: 0};

export const addSlots = (a: SlotCounts, b: SlotCounts): SlotCounts => ({
  good: a.good + b.good,
  bad: a.bad + b.bad,
  excluded: a.excluded + b.excluded,
  unknown: a.unknown + b.unknown,
  retried: a.retried + b.retried,
});

export const lessSlots = (a: SlotCounts, b: SlotCounts): SlotCounts => ({
  good: a.good - b.good,
  bad: a.bad - b.bad,
  excluded: a.excluded - b.excluded,
  unknown: a.unknown - b.unknown,
  retried: a.retried - b.retried,
});

/** One of the checks that decide, in one hour. */
export interface Member {
  /** Undefined: nobody looked in this hour. */
  readonly strip: Uint8Array | undefined;
  /** Minutes before this one have nothing to say: the check did not exist yet. */
  readonly sinceMinute: number;
  /** Whether a minute of this hour lies in maintenance that was announced. */
  readonly excluded: (minute: number) => boolean;
}

export type SlotState = 'good' | 'retried' | 'bad' | 'excluded' | 'unknown';

/** What the checks of a slot say, as bits: a thousand services have forty million slots in a month. */
const bits = {good: 1, retried: 2, excluded: 4, nothing: 8, unknown: 16, bad: 32} as const;
const never = 0;

const says: Record<MinuteState, number> = {
  none: bits.unknown,
  pass: bits.good,
  warn: bits.good,
  retried: bits.retried,
  fail: bits.bad,
  unknown: bits.unknown,
  // Somebody else has to say it.
  skipped: bits.nothing,
};
const saysOfCode = Uint8Array.from({length: 16}, (_, code) => says[stateAt(code)]);

export interface SlotOptions {
  readonly slotMinutes: number;
  /** As if there had been no maintenance. */
  readonly asSeen?: boolean;
}

function sayOf({strip, sinceMinute, excluded}: Member, minute: number, options: SlotOptions): number {
  const end = minute + options.slotMinutes;
  if (end <= sinceMinute) return never;
  let code = noMinute;
  if (strip !== undefined) {
    code = minuteIn(strip, minute);
    for (let at = minute + 1; at < end; at++) code = worseMinute(code, minuteIn(strip, at));
  }
  if (options.asSeen !== true && (isExcluded(code) || excluded(minute))) return bits.excluded;
  return saysOfCode[code] ?? bits.unknown;
}

/** What is bad is bad, whatever is unknown beside it; 0 before the first look of any check. */
function saidOf(members: readonly Member[], minute: number, options: SlotOptions): number {
  let said = never;
  for (const member of members) said |= sayOf(member, minute, options);
  if ((said & bits.bad) !== 0) return bits.bad;
  if ((said & bits.unknown) !== 0) return bits.unknown;
  if ((said & bits.retried) !== 0) return bits.retried;
  if ((said & bits.good) !== 0) return bits.good;
  if ((said & bits.excluded) !== 0) return bits.excluded;
  return said === never ? never : bits.unknown;
}

const stateOf: ReadonlyMap<number, SlotState> = new Map([
  [bits.good, 'good'],
  [bits.retried, 'retried'],
  [bits.bad, 'bad'],
  [bits.excluded, 'excluded'],
  [bits.unknown, 'unknown'],
]);

/** A slot before the first look of any check is none: undefined. */
export const slotAt = (
  members: readonly Member[],
  minute: number,
  options: SlotOptions,
): SlotState | undefined => stateOf.get(saidOf(members, minute, options));

/** The slots of an hour that begin at `from` or later and before `to` (minutes, multiples of the slot). */
export function countSlots(
  members: readonly Member[],
  {from = 0, to = minutesInHour, ...options}: SlotOptions & {readonly from?: number; readonly to?: number},
): SlotCounts {
  let good = 0;
  let bad = 0;
  let excluded = 0;
  let unknown = 0;
  let retried = 0;
  for (let minute = from; minute < to; minute += options.slotMinutes) {
    const said = saidOf(members, minute, options);
    if (said === bits.good) good += 1;
    else if (said === bits.bad) bad += 1;
    else if (said === bits.unknown) unknown += 1;
    else if (said === bits.excluded) excluded += 1;
    else if (said === bits.retried) {
      good += 1;
      retried += 1;
    }
  }
  return {good, bad, excluded, unknown, retried};
}
