// Which entries an operator asked for.
import {QdError} from '../../domain/error.ts';
import type {Scope} from '../../domain/kinds-ledger.ts';
import type {LedgerSnapshot} from '../../domain/snapshot.ts';
import {instantOf, timestamp} from '../../domain/time.ts';

export type Asked =
  | {readonly at: 'all'}
  | {readonly at: 'run'; readonly run: string}
  /** Each a `seq` or an RFC 3339 time, both included. */
  | {readonly at: 'range'; readonly from?: string; readonly to?: string};

export interface Chosen {
  readonly scope: Scope;
  /** Undefined: everything, with the entries that the export itself writes before its checkpoint. */
  readonly range: {readonly from: number; readonly to: number} | undefined;
}

const usage = (message: string, hint: string): QdError => new QdError('USAGE', message, {hint});

type Bound = {readonly seq: number} | {readonly ms: number};

function boundOf(option: string, text: string): Bound {
  if (/^(0|[1-9]\d{0,15})$/.test(text)) return {seq: Number(text)};
  const ms = instantOf(text);
  if (ms !== undefined) return {ms};
  throw usage(
    `--${option} ${text} is neither the number of an entry nor a time.`,
    'A time looks like 2026-08-23T14:00:00Z (RFC 3339, UTC).',
  );
}

/** The entries that were asked for, of those in the snapshot. Throws USAGE and RUN_NOT_FOUND. */
export function chosen(asked: Asked, snapshot: LedgerSnapshot): Chosen {
  if (asked.at === 'all') return {scope: {at: 'all'}, range: undefined};
  if (asked.at === 'run') {
    const {run} = asked;
    const range = snapshot.runRange(run);
    if (range !== undefined) return {scope: {at: 'run', run}, range};
    throw new QdError('RUN_NOT_FOUND', `There is no run "${run}".`, {
      hint: 'The runs are listed by: quarterdeck runbook list, and by: quarterdeck ledger tail',
    });
  }
  const {size} = snapshot;
  const first = boundOf('from', asked.from ?? '0');
  const last = boundOf('to', asked.to ?? String(size - 1));
  const from = 'seq' in first ? first.seq : (snapshot.firstNotBefore(timestamp(first.ms)) ?? size);
  const to = ('seq' in last ? last.seq : (snapshot.lastBefore(timestamp(last.ms + 1)) ?? -1)) + 1;
  const hint = `The ledger holds the entries 0 to ${size - 1}.`;
  if (to > size) throw usage(`There is no entry ${to - 1}.`, hint);
  if (from >= to) throw usage('No entry lies between --from and --to.', hint);
  return {scope: {at: 'range', from, to}, range: {from, to}};
}
