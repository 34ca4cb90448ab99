// Clocks of time zones: what they show at an instant, and when they show a time. Zones are names of the IANA database.
import {instantOf, timestamp} from './time.ts';

const dayMs = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** Throws RangeError for a zone that is not known. */
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  formats.set(zone, made);
  return made;
}

export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** `2026-01-02T03:04:05`, as clocks show it there. */
export function localText(ms: number, zone: string): string {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(ms)
      .map(({type, value}) => [type, value]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes): string => parts.get(name) ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}:${part('second')}`;
}

/** How far clocks there are ahead of UTC. */
function offsetMs(ms: number, zone: string): number {
  const whole = Math.floor(ms / 1000) * 1000;
  return (instantOf(`${localText(whole, zone)}Z`) ?? whole) - whole;
}

/**
 * When clocks there show `2026-01-02T03:04` for the first time. A time that is left out when clocks go forward is as
 * much later as they went; undefined when it is no time at all.
 */
export function instantAt(local: string, zone: string): number | undefined {
  const asUtc = instantOf(`${local}:00Z`);
  if (asUtc === undefined) return undefined;
  const before = offsetMs(asUtc - dayMs, zone);
  const after = offsetMs(asUtc + dayMs, zone);
  if (offsetMs(asUtc - before, zone) === before) return asUtc - before;
  return offsetMs(asUtc - after, zone) === after ? asUtc - after : asUtc - before;
}

export const weekdays = [
  'sunday',
  'monday',
  'tuesday',
  'wednesday',
  'thursday',
  'friday',
  'saturday',
] as const;
export type Weekday = (typeof weekdays)[number];

/** `03:04`, from 00:00 to 23:59. */
export const clockPattern = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** Something that begins at a time of day, on some days of the week or on all. */
export interface Recurring {
  /** Empty: every day. */
  readonly days: readonly Weekday[];
  readonly at: string;
  readonly zone: string;
  /** How long it lasts, or the time of day at which it ends, on the same day or the next. */
  readonly ends: {readonly afterMs: number} | {readonly at: string};
}

export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

const dateOf = (day: number): string => timestamp(day * dayMs).slice(0, 10);

/** 1970-01-01 was a Thursday. */
const weekdayOf = (day: number): Weekday => weekdays[(((day + 4) % 7) + 7) % 7] ?? 'sunday';

function spanOn(day: number, {at, zone, ends}: Recurring): Span | undefined {
  const fromMs = instantAt(`${dateOf(day)}T${at}`, zone);
  if (fromMs === undefined) return undefined;
  if ('afterMs' in ends) return {fromMs, untilMs: fromMs + ends.afterMs};
  const untilMs = instantAt(`${dateOf(ends.at > at ? day : day + 1)}T${ends.at}`, zone);
  return untilMs === undefined ? undefined : {fromMs, untilMs};
}

/** Every occurrence that has a part in [fromMs, untilMs), oldest first. */
export function spansIn(recurring: Recurring, {fromMs, untilMs}: Span): Span[] {
  const longestMs = 'afterMs' in recurring.ends ? recurring.ends.afterMs : 2 * dayMs;
  // A day more at both ends: no zone is further from UTC.
  const first = Math.floor((fromMs - longestMs) / dayMs) - 1;
  const last = Math.floor(untilMs / dayMs) + 1;
  const spans: Span[] = [];
  for (let day = first; day <= last; day++) {
    if (recurring.days.length > 0 && !recurring.days.includes(weekdayOf(day))) continue;
    const span = spanOn(day, recurring);
    if (span !== undefined && span.fromMs < untilMs && span.untilMs > fromMs) spans.push(span);
  }
  return spans;
}

/** The occurrence that it is in now. */
export const spanNow = (recurring: Recurring, nowMs: number): Span | undefined =>
  spansIn(recurring, {fromMs: nowMs, untilMs: nowMs + 1})[0];

/** When it began last, at `nowMs` or before; undefined when that is more than eight days ago. */
export function lastBegin(recurring: Omit<Recurring, 'ends'>, nowMs: number): number | undefined {
  const short = {...recurring, ends: {afterMs: 1}};
  const begins = spansIn(short, {fromMs: nowMs - 8 * dayMs, untilMs: nowMs + 1}).map(({fromMs}) => fromMs);
  return begins.at(-1);
}
