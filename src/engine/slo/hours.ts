// `slo.window`: what each whole hour was, with the SHA-256 of the samples it comes from, in the ledger.
import type {NewEntry} from '../../domain/entry.ts';
import {lessSlots} from '../../domain/slo-slots.ts';
import type {SlotCounts} from '../../domain/slo-slots.ts';
import {instantOf, timestamp} from '../../domain/time.ts';
import {sha256} from '../../ledger/hash.ts';
import type {Ledger} from '../../ports.ts';
import type {Excluded, KeptSample, Rollups} from '../../rollup-ports.ts';
import {sourceOf} from './measure.ts';
import type {Promised} from './measure.ts';

const hourMs = 3_600_000;
/** After the end of an hour, before it is written down: the last looks of it are in by then. */
const settleMs = 60_000;
/** Longer ago than this the samples of quick checks are gone, and nothing is written down any more. */
const longestCatchUpMs = 3 * 24 * hourMs;
/** Bytes of services in one entry, well below what an entry may have. */
const entryBytes = 40_000;

/** What is hashed: a line for each sample, in the order of the checks' names and then of time. */
const sampleLine = (check: string, {slotMs, code, durationMs}: KeptSample): string =>
  `${check} ${slotMs} ${code} ${durationMs}\n`;

interface HourOfService {
  readonly service: string;
  readonly checks: readonly string[];
  readonly slotMs: number;
  readonly good: number;
  readonly bad: number;
  readonly excluded: number;
  readonly unknown: number;
  readonly retried: number;
  readonly samples: number;
  readonly sha256: string;
}

export interface HoursRequest {
  readonly promised: readonly Promised[];
  readonly rollups: Pick<Rollups, 'slots' | 'samples'>;
  readonly excluded: Excluded;
}

async function hourOf(
  one: Promised,
  slots: SlotCounts,
  fromMs: number,
  {rollups}: HoursRequest,
): Promise<HourOfService | undefined> {
  const checks = [...one.slo.checks].sort();
  const lists = await Promise.all(
    checks.map(async check => {
      const kept = await rollups.samples({service: one.service, check}, {fromMs, toMs: fromMs + hourMs});
      return kept.map(sample => sampleLine(check, sample));
    }),
  );
  const lines = lists.flat();
  if (lines.length === 0) return undefined;
  const {good, bad, excluded, unknown, retried} = slots;
  return {
    service: one.service,
    checks,
    slotMs: one.slo.slotMs,
    good,
    bad,
    excluded,
    unknown,
    retried,
    samples: lines.length,
    sha256: sha256(lines.join('')).toString('hex'),
  };
}

/** Entries of one hour; none where nobody looked. */
async function entriesOf(fromMs: number, request: HoursRequest): Promise<readonly NewEntry[]> {
  const {promised, rollups, excluded} = request;
  const momentsMs = [fromMs, fromMs + hourMs];
  const answers = await rollups.slots(
    promised.map(one => ({source: sourceOf(one), momentsMs})),
    excluded,
  );
  const hours: HourOfService[] = [];
  for (const [i, one] of promised.entries()) {
    const [from, to] = answers[i]?.totals ?? [];
    if (from === undefined || to === undefined) continue;
    const hour = await hourOf(one, lessSlots(to.slots, from.slots), fromMs, request);
    if (hour !== undefined) hours.push(hour);
  }
  const entries: NewEntry[] = [];
  let [services, bytes]: [HourOfService[], number] = [[], 0];
  const close = (): void => {
    if (services.length === 0) return;
    const body = {
      from: timestamp(fromMs),
      to: timestamp(fromMs + hourMs),
      services: services.map(one => ({...one})),
    };
    entries.push({kind: 'slo.window', body});
    [services, bytes] = [[], 0];
  };
  for (const hour of hours) {
    const size = JSON.stringify(hour).length;
    if (bytes + size > entryBytes) close();
    services.push(hour);
    bytes += size;
  }
  close();
  return entries;
}

export interface HourWriter {
  /** Writes down every hour that is over and not in the ledger yet; what went wrong, if anything did. */
  write(nowMs: number): Promise<string | undefined>;
}

/** The ledger itself says which hour was the last, so that a crash neither repeats nor leaves out one. */
export function hourWriter(ledger: Ledger, request: () => HoursRequest): HourWriter {
  let nextMs: number | undefined;
  const lastInLedger = async (): Promise<number | undefined> => {
    const [newest] = await ledger.read({kinds: ['slo.window'], reverse: true, limit: 1});
    const to = newest?.entry.body['to'];
    return typeof to === 'string' ? instantOf(to) : undefined;
  };
  return {
    async write(nowMs) {
      const endMs = Math.floor((nowMs - settleMs) / hourMs) * hourMs;
      try {
        // The clock may have been set back since: the hours that were written stay the last ones.
        nextMs ??= (await lastInLedger()) ?? endMs - hourMs;
        for (let at = Math.max(nextMs, endMs - longestCatchUpMs); at < endMs; at += hourMs) {
          const [first, ...rest] = await entriesOf(at, request());
          if (first !== undefined) {
            if (ledger.readOnly !== undefined) return ledger.readOnly;
            const result = await ledger.append({entries: [first, ...rest]});
            if (!result.ok) return result.message;
          }
          nextMs = at + hourMs;
        }
        return undefined;
      } catch (error) {
        nextMs = undefined;
        return error instanceof Error ? error.message : String(error);
      }
    },
  };
}
