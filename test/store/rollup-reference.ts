// What telemetry must say, worked out slowly from a list of looks: nothing is kept, everything is counted anew.
import {foldLooks, looksIn} from '../../src/domain/look-counts.ts';
import type {LookCounts, SampledLook} from '../../src/domain/look-counts.ts';
import {rollUp} from '../../src/domain/verdict.ts';
import type {CheckResult, Verdict} from '../../src/domain/verdict.ts';
import type {SampledCheck, Telemetry} from '../../src/ports.ts';
import type {Excluded} from '../../src/rollup-ports.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

export interface Written {
  readonly check: string;
  readonly slotMs: number;
  readonly verdict: Verdict;
  readonly durationMs: number;
  readonly kind: CheckResult['kind'];
  readonly excluded: boolean;
  readonly retried: boolean;
  readonly events?: {readonly good: number; readonly total: number};
}

export const checkOf = (id: string, everyMs: number): SampledCheck => ({
  service: 'api',
  id,
  type: 'http',
  panel: 'health',
  everyMs,
  rollup: true,
});

export function write(telemetry: Telemetry, {check, slotMs, excluded, ...look}: Written): void {
  const place = {
    service: 'api',
    check,
    type: 'http',
    panel: 'health',
    at: 'x',
    checked: 1,
    message: 'm',
  } as const;
  telemetry.sample({...place, ...look}, slotMs, {excluded});
}

const lookOf = ({verdict, durationMs, excluded, retried, kind, events}: Written): SampledLook => ({
  verdict,
  durationMs,
  excluded,
  retried,
  answered: verdict === 'pass' || verdict === 'warn' || (verdict === 'fail' && kind === 'assertion'),
  ...(events === undefined ? {} : {events}),
});

/** The first look of each slot of each check. */
export function firstOf(written: readonly Written[]): readonly Written[] {
  const kept = new Map<string, Written>();
  for (const one of written) {
    const key = `${one.check}@${one.slotMs}`;
    if (!kept.has(key)) kept.set(key, one);
  }
  return [...kept.values()].sort((a, b) => a.slotMs - b.slotMs);
}

/** Looks by period, each pile counted on its own. */
function pilesOf(
  written: readonly Written[],
  check: string,
  lengthMs: number,
): ReadonlyMap<number, LookCounts> {
  const piles = new Map<number, SampledLook[]>();
  for (const one of firstOf(written)) {
    if (one.check !== check) continue;
    const at = Math.floor(one.slotMs / lengthMs) * lengthMs;
    piles.set(at, [...(piles.get(at) ?? []), lookOf(one)]);
  }
  return new Map([...piles].map(([at, looks]) => [at, foldLooks(looks)]));
}

export type Letter = 'G' | 'B' | 'X' | 'U' | '.';

/** One letter for each slot from `fromMs` on, by looking through everything that was written for each of them. */
export function lettersOf(
  written: readonly Written[],
  {
    checks,
    slotMs,
    fromMs,
    toMs,
    excluded,
  }: {
    readonly checks: readonly string[];
    readonly slotMs: number;
    readonly fromMs: number;
    readonly toMs: number;
    readonly excluded: Excluded;
  },
): Letter[] {
  const all = firstOf(written);
  const letters: Letter[] = [];
  for (let at = fromMs; at < toMs; at += slotMs) {
    const said = checks.map((check): Letter | '-' => {
      const own = all.filter(one => one.check === check);
      const first = own[0]?.slotMs ?? Infinity;
      if (at + slotMs <= Math.floor(first / minuteMs) * minuteMs) return '.';
      const inside = own.filter(one => one.slotMs >= at && one.slotMs < at + slotMs);
      const open = inside.filter(one => !one.excluded);
      if (excluded({service: 'api', check}, at) || (inside.length > 0 && open.length === 0)) return 'X';
      if (open.length === 0) return 'U';
      const worst = rollUp(open.map(one => one.verdict));
      return worst === 'fail' ? 'B' : worst === 'unknown' ? 'U' : worst === 'skipped' ? '-' : 'G';
    });
    const has = (letter: Letter | '-'): boolean => said.includes(letter);
    if (has('B')) letters.push('B');
    else if (has('U')) letters.push('U');
    else if (has('G')) letters.push('G');
    else if (has('X')) letters.push('X');
    else letters.push(has('-') ? 'U' : '.');
  }
  return letters;
}

/** Every sum in telemetry equals the one made of the looks. */
export async function expectSums(
  telemetry: Telemetry,
  written: readonly Written[],
  expectEqual: (found: unknown, wanted: unknown) => void,
): Promise<void> {
  const all = {fromMs: 0, toMs: Number.MAX_SAFE_INTEGER - dayMs};
  for (const check of new Set(written.map(one => one.check))) {
    const name = {service: 'api', check};
    const [minutes, hours, days] = await Promise.all([
      telemetry.minutes(name, all),
      telemetry.hours(name, all),
      telemetry.days(name, all),
    ]);
    for (const [rows, lengthMs] of [
      [minutes, minuteMs],
      [hours, hourMs],
      [days, dayMs],
    ] as const) {
      const found = new Map(rows.map(({atMs, counts}) => [atMs, plain(counts)]));
      const wanted = [...pilesOf(written, check, lengthMs)].map(
        ([at, counts]) => [at, plain(counts)] as const,
      );
      expectEqual(found, new Map(wanted));
    }
    expectEqual(
      hours.reduce((sum, {counts}) => sum + looksIn(counts), 0),
      firstOf(written).filter(one => one.check === check).length,
    );
  }
}

/** Buffers of SQLite and arrays of bytes as the same thing. */
const plain = (counts: LookCounts) => ({...counts, spread: [...counts.spread]});
