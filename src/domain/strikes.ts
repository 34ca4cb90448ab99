// From looks to hard states: one odd look is not an outage, and one lucky look is not a recovery.
import {z} from 'zod';
import {verdictSchema} from './verdict-schema.ts';
import type {Verdict} from './verdict.ts';

export type PhaseOverTime = 'ok' | 'pending' | 'firing' | 'recovering';

/** How often each verdict was seen since something spoke against it; every verdict has its own counter. */
const countersSchema = z.strictObject({
  pass: z.int().min(0),
  warn: z.int().min(0),
  fail: z.int().min(0),
  unknown: z.int().min(0),
  skipped: z.int().min(0),
});

export const strikesSchema = z.strictObject({
  /** The state that counts; absent until enough was seen. */
  hard: verdictSchema.exactOptional(),
  /** Since when, milliseconds since the epoch. */
  sinceMs: z.number().exactOptional(),
  counters: countersSchema,
});
export type Strikes = z.infer<typeof strikesSchema>;

export const noStrikes: Strikes = {counters: {pass: 0, warn: 0, fail: 0, unknown: 0, skipped: 0}};

export interface StrikeLimits {
  readonly fail: number;
  readonly recover: number;
}

const isGood = (verdict: Verdict): boolean => verdict === 'pass' || verdict === 'skipped';

const badness: Record<Verdict, number> = {fail: 3, unknown: 2, warn: 1, pass: 0, skipped: 0};

/** How many looks with this verdict it takes to leave the hard state for it: down by `fail`, up by `recover`. */
export function needed(hard: Verdict | undefined, verdict: Verdict, limits: StrikeLimits): number {
  if (hard === undefined) return isGood(verdict) ? 1 : limits.fail;
  if (badness[verdict] > badness[hard]) return limits.fail;
  return badness[verdict] === badness[hard] ? 1 : limits.recover;
}

/** `unknown` saw nothing, so it neither confirms nor clears a failure; it only breaks a recovery. */
function count(counters: Strikes['counters'], verdict: Verdict): Strikes['counters'] {
  const more = counters[verdict] + 1;
  if (verdict === 'unknown') return {...counters, pass: 0, skipped: 0, unknown: more};
  return {...noStrikes.counters, [verdict]: more};
}

/** The state after one more look. A change of kind (timeout, then refused) is still the same failure. */
export function strike(
  before: Strikes,
  {verdict, atMs, limits}: {readonly verdict: Verdict; readonly atMs: number; readonly limits: StrikeLimits},
): Strikes {
  const counters = count(before.counters, verdict);
  if (verdict === before.hard) return {...before, counters};
  if (counters[verdict] < needed(before.hard, verdict, limits)) return {...before, counters};
  return {hard: verdict, sinceMs: atMs, counters};
}

/** ok → pending → firing → recovering → ok. */
export function phaseOf({hard, counters}: Strikes): PhaseOverTime {
  if (hard === undefined || isGood(hard))
    return counters.fail + counters.warn + counters.unknown > 0 ? 'pending' : 'ok';
  return counters.pass + counters.skipped > 0 ? 'recovering' : 'firing';
}
