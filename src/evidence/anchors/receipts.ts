// What the receipts in a ledger say about each anchor.
import type {z} from 'zod';
import {placeOf, type Anchor} from '../../domain/anchor.ts';
import {anchorReceipt} from '../../domain/kinds-ledger.ts';
import type {Ledger} from '../../ports.ts';

export type Receipt = z.infer<typeof anchorReceipt>;

/** With the time of its entry. */
export type Dated = Receipt & {readonly ts: string};

export interface Standing {
  /** The newest receipt; not ok: it does not work, and that was recorded. */
  readonly last: Receipt | undefined;
  /** The newest that is ok. */
  readonly good: Receipt | undefined;
}

/** Older receipts count as none: the worst that follows is one sending too many. */
const looked = 500;

/** Newest first. */
export async function receiptsOf(ledger: Ledger): Promise<readonly Dated[]> {
  const entries = await ledger.read({kinds: ['anchor.receipt'], reverse: true, limit: looked});
  return entries.flatMap(({entry}) => {
    const parsed = anchorReceipt.safeParse(entry.body);
    return parsed.success ? [{...parsed.data, ts: entry.ts}] : [];
  });
}

/** An anchor that now leads somewhere else has no past. */
export function standingOf(anchor: Anchor, receipts: readonly Receipt[]): Standing {
  const mine = receipts.filter(
    ({anchor: name, type, to}) => name === anchor.name && type === anchor.type && to === placeOf(anchor),
  );
  return {last: mine[0], good: mine.find(({ok}) => ok)};
}

/** Entries that say only that somebody was there, or that a checkpoint was carried. */
const quiet: ReadonlySet<string> = new Set([
  'anchor.receipt',
  'ledger.seal',
  'session.open',
  'session.close',
  'site.load',
  'monitor.start',
  'monitor.stop',
]);

const pageSize = 200;

/**
 * Whether the entries `from` to before `to` hold anything that is worth a checkpoint elsewhere. Receipts, seals and
 * sessions alone are none: each sending would be the reason for the next.
 */
export async function isSomethingNew(ledger: Ledger, from: number, to: number): Promise<boolean> {
  for (let at = from; at < to; at += pageSize) {
    const page = await ledger.read({from: at, to: Math.min(to, at + pageSize), limit: pageSize});
    if (page.some(({entry}) => !quiet.has(entry.kind))) return true;
  }
  return false;
}
