// Time in slots: fixed rate, aligned to the UTC wall clock, so that a slow look never shifts the ones after it.

/** The slot that holds this instant: its beginning, milliseconds since the epoch. */
export const slotOf = (ms: number, everyMs: number): number => Math.floor(ms / everyMs) * everyMs;

const longestJitterMs = 30_000;

/** FNV-1a, 32 bits: spreads names evenly, and the same way on every start. */
function hash(text: string): number {
  let value = 0x81_1c_9d_c5;
  for (let i = 0; i < text.length; i++) value = Math.imul(value ^ text.charCodeAt(i), 0x01_00_01_93) >>> 0;
  return value;
}

/** How long after the beginning of its slot a check is due: less than a tenth of the slot, at most 30 s. */
export const jitterMs = (name: string, everyMs: number): number =>
  hash(name) % Math.max(1, Math.min(Math.floor(everyMs / 10), longestJitterMs));

export interface Due {
  /** The slot that is looked at next. */
  readonly slotMs: number;
  readonly atMs: number;
}

export interface Pace {
  readonly everyMs: number;
  readonly jitterMs: number;
}

const dueIn = (slotMs: number, pace: Pace): Due => ({slotMs, atMs: slotMs + pace.jitterMs});

/** At a start: this slot at once, unless it was looked at before; a slot from the future is a clock that was set. */
export function firstDue(nowMs: number, lastSlotMs: number | undefined, pace: Pace): Due {
  const slotMs = slotOf(nowMs, pace.everyMs);
  return lastSlotMs === slotMs ? dueIn(slotMs + pace.everyMs, pace) : {slotMs, atMs: nowMs};
}

/** What to do with a slot that is due: the slot to look at now, how many were missed before it, what is due next. */
export function takeSlot(due: Due, nowMs: number, pace: Pace): {slotMs: number; missed: number; next: Due} {
  const slotMs = Math.max(due.slotMs, slotOf(nowMs, pace.everyMs));
  const missed = Math.round((slotMs - due.slotMs) / pace.everyMs);
  return {slotMs, missed, next: dueIn(slotMs + pace.everyMs, pace)};
}

/** After the clock went back: nothing may wait longer than one slot. */
export function afterStepBack(due: Due, nowMs: number, pace: Pace): Due {
  if (due.atMs - nowMs <= pace.everyMs + pace.jitterMs) return due;
  return dueIn(slotOf(nowMs, pace.everyMs) + pace.everyMs, pace);
}

/** A look older than three slots says nothing about now. */
export const isStale = (seenMs: number, everyMs: number, nowMs: number): boolean =>
  nowMs - seenMs > 3 * everyMs;

export interface Moment {
  readonly wallMs: number;
  readonly monoMs: number;
}

/** Between two ticks that should be close: what happened when they are not. The monotonic clock stops in suspend. */
export function gapBetween(
  before: Moment,
  now: Moment,
  longestMs: number,
): {readonly why: string; readonly isBack: boolean} | undefined {
  const wall = now.wallMs - before.wallMs;
  const drift = wall - (now.monoMs - before.monoMs);
  const seconds = (ms: number): number => Math.round(ms / 1000);
  if (drift < -2_000) return {why: `the clock was set back by ${seconds(-drift)} s`, isBack: true};
  if (wall <= longestMs) return undefined;
  return drift > wall / 2
    ? {why: `suspended, or the clock was set forward, for ${seconds(wall)} s`, isBack: false}
    : {why: `this process did not run for ${seconds(wall)} s`, isBack: false};
}
