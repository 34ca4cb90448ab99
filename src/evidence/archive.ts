// Archive: ranges of entries that are old enough, as bundles in a folder; the ledger itself keeps them all.
import path from 'node:path';
import type {StoredEntry} from '../domain/entry.ts';
import {exported as exportedBody} from '../domain/kinds-ledger.ts';
import type {LedgerSnapshot} from '../domain/snapshot.ts';
import {timestamp} from '../domain/time.ts';
import type {Files, Ledger} from '../ports.ts';
import {exportEvidence, type Exported, type ExportTools} from './export.ts';

/** Segments end at full tiles, so that a small piece is not written every day; and one bundle stays handy. */
const tileEntries = 256;
const mostEntries = 256 * tileEntries;

export interface Segment {
  readonly from: number;
  /** The `seq` after the last. */
  readonly to: number;
}

/** What was handed over or archived, newest first. */
export interface HandedOver extends Segment {
  readonly path: string;
  readonly form: string;
  readonly entry: number;
}

/** Every export that was written, newest first. */
export async function handedOver(ledger: Ledger): Promise<HandedOver[]> {
  const rows: readonly StoredEntry[] = await ledger.read({kinds: ['export'], reverse: true});
  return rows.flatMap(({seq, entry}) => {
    const body = exportedBody.safeParse(entry.body).data;
    if (body?.result !== 'written' || body.from === undefined || body.to === undefined) return [];
    return [{path: body.path, form: body.form, from: body.from, to: body.to, entry: seq}];
  });
}

/** The ranges that are due: behind what was archived last, and older than `afterMs`. */
export async function dueSegments(
  ledger: Ledger,
  snapshot: LedgerSnapshot,
  {afterMs, nowMs}: {readonly afterMs: number; readonly nowMs: number},
): Promise<Segment[]> {
  const last = (await handedOver(ledger)).find(({form}) => form === 'archive');
  const young = snapshot.firstNotBefore(timestamp(nowMs - afterMs)) ?? snapshot.size;
  const end = Math.floor(young / tileEntries) * tileEntries;
  const segments: Segment[] = [];
  for (let from = last?.to ?? 0; from < end;) {
    const to = Math.min(end, from + mostEntries);
    segments.push({from, to});
    from = to;
  }
  return segments;
}

/** A name that nothing has: what an interrupted run left is kept, not overwritten. */
async function freeName(files: Files, dir: string, name: string): Promise<string> {
  for (let n = 1; ; n++) {
    const target = path.join(dir, n === 1 ? name : `${name}-${n}`);
    const taken = (await files.stat(target)) ?? (await files.stat(`${target}.part`));
    if (taken === undefined) return target;
  }
}

/** Writes one segment as a bundle, verified. Throws what `exportEvidence` does. */
export async function archiveSegment(
  {from, to}: Segment,
  dir: string,
  tools: ExportTools,
): Promise<Exported> {
  const id = tools.ledger.origin.split('/').at(-1) ?? 'log';
  const digits = (seq: number): string => String(seq).padStart(10, '0');
  const target = await freeName(tools.files, dir, `${id}-${digits(from)}-${digits(to - 1)}`);
  const asked = {at: 'range', from: String(from), to: String(to - 1)} as const;
  return exportEvidence({asked, target, named: target, form: 'archive'}, tools);
}
