// The minutes of an hour in thirty bytes: four bits say what the looks of one check saw in one minute.
import type {Verdict} from './verdict.ts';

export const minutesInHour = 60;
const stripBytes = minutesInHour / 2;

/** What a minute can be. `retried` is a pass that took a second try; `none`: nobody looked. */
const states = ['none', 'pass', 'warn', 'fail', 'unknown', 'skipped', 'retried'] as const;
export type MinuteState = (typeof states)[number];

/** A minute as it is stored: the place in the list above, plus this bit when it lies in a maintenance window. */
const excludedBit = 8;

export const noMinute = 0;

const rank: Record<MinuteState, number> = {
  none: 0,
  skipped: 1,
  pass: 2,
  retried: 3,
  warn: 4,
  unknown: 5,
  fail: 6,
};

const stateRank: readonly number[] = states.map(state => rank[state]);
/** Looks outside maintenance speak before those inside it: a minute is excluded only when all its looks are. */
const codeRank = Uint8Array.from({length: 16}, (_, code) => {
  const own = stateRank[code & 7] ?? 0;
  return own === 0 || (code & excludedBit) !== 0 ? own : own + 8;
});

export const stateAt = (code: number): MinuteState => states[code & 7] ?? 'none';
export const isExcluded = (code: number): boolean => (code & excludedBit) !== 0;

/** The code of a minute with one look in it. */
export const minuteOf = (
  verdict: Verdict,
  {excluded, retried}: {readonly excluded: boolean; readonly retried: boolean},
): number =>
  states.indexOf(verdict === 'pass' && retried ? 'retried' : verdict) + (excluded ? excludedBit : 0);

/** Two looks in one minute: the worst counts, in any order and however often. */
export const worseMinute = (a: number, b: number): number =>
  (codeRank[a] ?? 0) >= (codeRank[b] ?? 0) ? a : b;

export const newStrip = (): Uint8Array => new Uint8Array(stripBytes);

export const minuteIn = (strip: Uint8Array, minute: number): number => {
  const byte = strip[minute >> 1] ?? 0;
  return (minute & 1) === 0 ? byte & 15 : byte >> 4;
};

/** Writes into the strip. */
export function mergeMinute(strip: Uint8Array, minute: number, code: number): void {
  const worst = worseMinute(minuteIn(strip, minute), code);
  const byte = strip[minute >> 1] ?? 0;
  strip[minute >> 1] = (minute & 1) === 0 ? (byte & 0xf0) | worst : (byte & 0x0f) | (worst << 4);
}

/** The verdict that a screen shows for a minute; undefined = nobody looked. */
export function shownVerdict(code: number): Verdict | undefined {
  const state = stateAt(code);
  if (state === 'none') return undefined;
  return state === 'retried' ? 'pass' : state;
}

/** The first minute with a look in it; 60 when there is none. */
export function firstMinute(strip: Uint8Array): number {
  for (let minute = 0; minute < minutesInHour; minute++)
    if (minuteIn(strip, minute) !== noMinute) return minute;
  return minutesInHour;
}
