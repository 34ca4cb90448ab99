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

/** What one check says about a slot; `nothing` = somebody else has to say it. */
type Say = SlotState | 'nothing' | 'notYet';

const says: Record<Exclude<MinuteState, 'none'>, Say> = {
  pass: 'good',
  warn: 'good',
  retried: 'retried',
  fail: 'bad',
  unknown: 'unknown',
  skipped: 'nothing',
};

export interface SlotOptions {
  readonly slotMinutes: number;
  /** As if there had been no maintenance. */
  readonly asSeen?: boolean;
}

function sayOf({strip, sinceMinute, excluded}: Member, minute: number, options: SlotOptions): Say {
  const end = minute + options.slotMinutes;
  if (end <= sinceMinute) return 'notYet';
  let code = noMinute;
  if (strip !== undefined)
    for (let at = minute; at < end; at++) code = worseMinute(code, minuteIn(strip, at));
  if (options.asSeen !== true && (isExcluded(code) || excluded(minute))) return 'excluded';
  const state = stateAt(code);
  return state === 'none' ? 'unknown' : says[state];
}

/** A slot before the first look of any check is none: undefined. What is bad is bad, whatever is unknown beside it. */
export function slotAt(
  members: readonly Member[],
  minute: number,
  options: SlotOptions,
): SlotState | undefined {
  let [bad, unknown, good, retried, excluded, nothing] = [false, false, false, false, false, false];
  for (const member of members) {
    const say = sayOf(member, minute, options);
    if (say === 'bad') bad = true;
    else if (say === 'unknown') unknown = true;
    else if (say === 'good') good = true;
    else if (say === 'retried') retried = true;
    else if (say === 'excluded') excluded = true;
    else if (say === 'nothing') nothing = true;
  }
  if (bad) return 'bad';
  if (unknown) return 'unknown';
  if (retried) return 'retried';
  if (good) return 'good';
  if (excluded) return 'excluded';
  return nothing ? 'unknown' : undefined;
}

/** The slots of an hour that begin at `from` or later and before `to` (minutes, multiples of the slot). */
export function countSlots(
  members: readonly Member[],
  {from = 0, to = minutesInHour, ...options}: SlotOptions & {readonly from?: number; readonly to?: number},
): SlotCounts {
  let [good, bad, excluded, unknown, retried] = [0, 0, 0, 0, 0];
  for (let minute = from; minute < to; minute += options.slotMinutes) {
    const state = slotAt(members, minute, options);
    if (state === 'bad') bad += 1;
    else if (state === 'unknown') unknown += 1;
    else if (state === 'excluded') excluded += 1;
    else if (state !== undefined) {
      good += 1;
      if (state === 'retried') retried += 1;
    }
  }
  return {good, bad, excluded, unknown, retried};
}
