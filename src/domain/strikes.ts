// From looks to hard states: one odd look is not an outage, and one lucky look is not a recovery.
import {z} from 'zod';
import {isFlapping, letterOf, withState} from './flapping.ts';
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

/** States as letters, oldest first (domain/flapping.ts). */
const states = z.string().regex(/^[pwfu]*$/);

/** It is stored with the newest look: a field that came later is optional, so that what older versions wrote is read. */
export const strikesSchema = z.strictObject({
  /** The state that counts; absent until enough was seen. */
  hard: verdictSchema.exactOptional(),
  /** Since when, milliseconds since the epoch. */
  sinceMs: z.number().exactOptional(),
  counters: countersSchema,
  /** The newest looks since the last recovery, for `within`. */
  recent: states.exactOptional(),
  /** The newest looks, for flapping. */
  history: states.exactOptional(),
  flapping: z.strictObject({sinceMs: z.number()}).exactOptional(),
});
export type Strikes = z.infer<typeof strikesSchema>;

export const noStrikes: Strikes = {counters: {pass: 0, warn: 0, fail: 0, unknown: 0, skipped: 0}};

export interface StrikeLimits {
  /** So many in a row. */
  readonly fail: number;
  readonly recover: number;
  /** Or so many of the newest looks: 1-0-1-0 is never two in a row. */
  readonly within?: {readonly bad: number; readonly of: number};
  /** False: changing often is what this check does. */
  readonly flapping?: boolean;
}

const isGood = (verdict: Verdict): boolean => verdict === 'pass' || verdict === 'skipped';

const badness: Record<Verdict, number> = {fail: 3, unknown: 2, warn: 1, pass: 0, skipped: 0};

const isWorse = (verdict: Verdict, hard: Verdict | undefined): boolean =>
  badness[verdict] > (hard === undefined ? 0 : badness[hard]);

/** How many looks with this verdict it takes to leave the hard state for it: down by `fail`, up by `recover`. */
export function needed(hard: Verdict | undefined, verdict: Verdict, limits: StrikeLimits): number {
  if (isWorse(verdict, hard)) return limits.fail;
  if (hard === undefined) return 1;
  return badness[verdict] === badness[hard] ? 1 : limits.recover;
}

/** `unknown` saw nothing, so it neither confirms nor clears a failure; it only breaks a recovery. */
function count(counters: Strikes['counters'], verdict: Verdict): Strikes['counters'] {
  const more = counters[verdict] + 1;
  if (verdict === 'unknown') return {...counters, pass: 0, skipped: 0, unknown: more};
  return {...noStrikes.counters, [verdict]: more};
}

interface Look {
  readonly verdict: Verdict;
  readonly atMs: number;
  readonly limits: StrikeLimits;
}

/** The state after one more look. A change of kind (timeout, then refused) is still the same failure. */
export function strike(before: Strikes, look: Look): Strikes {
  return flap(before, step(before, look), look);
}

function step(before: Strikes, {verdict, atMs, limits}: Look): Strikes {
  const {hard, sinceMs, recent: seen = ''} = before;
  const {within} = limits;
  const counters = count(before.counters, verdict);
  const recent = within === undefined ? '' : (seen + letterOf(verdict)).slice(-within.of);
  const stays: Strikes = {
    counters,
    ...(hard === undefined ? {} : {hard}),
    ...(sinceMs === undefined ? {} : {sinceMs}),
    ...(recent === '' ? {} : {recent}),
  };
  if (verdict === hard) return stays;
  const bad = Array.from(recent).filter(letter => letter === letterOf(verdict)).length;
  const isOften = within !== undefined && isWorse(verdict, hard) && bad >= within.bad;
  if (!isOften && counters[verdict] < needed(hard, verdict, limits)) return stays;
  // What led to an outage that is over does not bring the next one nearer: `recent` begins again.
  const isRecovery = hard !== undefined && badness[verdict] < badness[hard];
  return {hard: verdict, sinceMs: atMs, counters, ...(isRecovery || recent === '' ? {} : {recent})};
}

/** Every look counts, not only those that made a hard state: with two strikes 1-0-1-0 never makes one. */
function flap(
  {flapping, history: seen = ''}: Strikes,
  after: Strikes,
  {verdict, atMs, limits}: Look,
): Strikes {
  const history = withState(seen, verdict);
  if (limits.flapping === false || !isFlapping(history, flapping !== undefined)) return {...after, history};
  return {...after, history, flapping: flapping ?? {sinceMs: atMs}};
}

/** ok → pending → firing → recovering → ok. What flaps is firing until it stopped: its passes prove nothing. */
export function phaseOf({hard, counters, flapping}: Strikes): PhaseOverTime {
  if (flapping !== undefined) return 'firing';
  if (hard === undefined || isGood(hard))
    return counters.fail + counters.warn + counters.unknown > 0 ? 'pending' : 'ok';
  return counters.pass + counters.skipped > 0 ? 'recovering' : 'firing';
}
