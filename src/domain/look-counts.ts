// What the looks of a minute, an hour or a day were: whole numbers that add up, never averages.
import {bucketOf, emptySpread, quantile, readSpread, writeSpread} from './latency.ts';
import type {Spread} from './latency.ts';
import type {CheckResult, Kind, Verdict} from './verdict.ts';

/** What telemetry keeps of one look. */
export interface SampledLook {
  readonly verdict: Verdict;
  readonly durationMs: number;
  /** It was in a maintenance window that was recorded before it began. */
  readonly excluded: boolean;
  /** It passed on a second try within its slot. */
  readonly retried: boolean;
  /** The target answered, rightly or wrongly, so that the time it took says something about it. */
  readonly answered: boolean;
  /** Where a look counts events: how many were good, of how many. */
  readonly events?: {readonly good: number; readonly total: number};
}

export interface LookCounts {
  /** Looks outside maintenance by verdict. */
  readonly pass: number;
  readonly warn: number;
  readonly fail: number;
  readonly unknown: number;
  readonly skipped: number;
  /** Looks inside maintenance: never counted as up or down. */
  readonly excluded: number;
  /** Of those that passed: on a second try. */
  readonly retried: number;
  /** Events outside maintenance; a look that counts none is one event itself, if it saw anything. */
  readonly good: number;
  readonly total: number;
  /** Looks whose time counts, and their times in milliseconds. */
  readonly answered: number;
  readonly sumMs: number;
  readonly leastMs: number;
  readonly mostMs: number;
  readonly spread: Spread;
}

export const noLooks: LookCounts = {
  pass: 0,
  warn: 0,
  fail: 0,
  unknown: 0,
  skipped: 0,
  excluded: 0,
  retried: 0,
  good: 0,
  total: 0,
  answered: 0,
  sumMs: 0,
  leastMs: 0,
  mostMs: 0,
  spread: emptySpread,
};

const silentKinds: readonly Kind[] = ['timeout', 'hang', 'dns', 'connect', 'tls'];

/** The target itself answered. A time limit says how long we waited, not how long an answer takes. */
export const isAnswered = ({verdict, kind}: Pick<CheckResult, 'verdict' | 'kind'>): boolean =>
  verdict === 'pass' || verdict === 'warn' || (verdict === 'fail' && !silentKinds.includes(kind));

function eventsOf({verdict, events}: SampledLook): {good: number; total: number} {
  if (events !== undefined) return events;
  if (verdict === 'pass' || verdict === 'warn') return {good: 1, total: 1};
  return {good: 0, total: verdict === 'fail' ? 1 : 0};
}

/** `from` and one more look after the other. */
export function foldLooks(looks: Iterable<SampledLook>, from: LookCounts = noLooks): LookCounts {
  const by: Record<Verdict, number> = {
    pass: from.pass,
    warn: from.warn,
    fail: from.fail,
    unknown: from.unknown,
    skipped: from.skipped,
  };
  let {excluded, retried, good, total, answered, sumMs, leastMs, mostMs} = from;
  const spread = readSpread(from.spread);
  for (const look of looks) {
    if (look.excluded) {
      excluded += 1;
      continue;
    }
    const {verdict, durationMs} = look;
    by[verdict] += 1;
    if (look.retried && verdict === 'pass') retried += 1;
    const events = eventsOf(look);
    good += events.good;
    total += events.total;
    if (!look.answered) continue;
    leastMs = answered === 0 ? durationMs : Math.min(leastMs, durationMs);
    mostMs = Math.max(mostMs, durationMs);
    answered += 1;
    sumMs += durationMs;
    const bucket = bucketOf(durationMs);
    spread.set(bucket, (spread.get(bucket) ?? 0) + 1);
  }
  return {
    ...by,
    excluded,
    retried,
    good,
    total,
    answered,
    sumMs,
    leastMs,
    mostMs,
    spread: writeSpread(spread),
  };
}

export function addLooks(a: LookCounts, b: LookCounts): LookCounts {
  const spread = readSpread(a.spread);
  for (const [bucket, count] of readSpread(b.spread)) spread.set(bucket, (spread.get(bucket) ?? 0) + count);
  return {
    pass: a.pass + b.pass,
    warn: a.warn + b.warn,
    fail: a.fail + b.fail,
    unknown: a.unknown + b.unknown,
    skipped: a.skipped + b.skipped,
    excluded: a.excluded + b.excluded,
    retried: a.retried + b.retried,
    good: a.good + b.good,
    total: a.total + b.total,
    answered: a.answered + b.answered,
    sumMs: a.sumMs + b.sumMs,
    leastMs: a.answered === 0 ? b.leastMs : b.answered === 0 ? a.leastMs : Math.min(a.leastMs, b.leastMs),
    mostMs: Math.max(a.mostMs, b.mostMs),
    spread: writeSpread(spread),
  };
}

export const looksIn = ({pass, warn, fail, unknown, skipped, excluded}: LookCounts): number =>
  pass + warn + fail + unknown + skipped + excluded;

/** `share` 0.5 is p50; undefined where nothing answered. */
export const latencyOf = (counts: LookCounts, share: number): number | undefined =>
  quantile(counts.spread, share, counts);
