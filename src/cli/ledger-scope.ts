// `--run`, `--from`/`--to` and `--all`: which entries a command means.
import {z} from 'zod';
import type {CommandContext} from '../define.ts';
import {QdError} from '../domain/error.ts';
import type {Scope} from '../domain/kinds-ledger.ts';
import {chosen} from '../evidence/export/slice.ts';
import type {Ledger} from '../ports.ts';
import {runNamed} from './ledger-lines.ts';

export const scopeInput = {
  run: z.string().min(1).optional(),
  from: z.string().optional(),
  to: z.string().optional(),
  all: z.boolean().optional(),
};

export const scopeOptions = [
  {flags: '--run <id>', summary: 'the entries of a run (any unique end of its id)'},
  {flags: '--from <start>', summary: 'from this entry, or this time (2026-08-23T14:00:00Z)'},
  {flags: '--to <end>', summary: 'to this entry or time, itself included'},
  {flags: '--all', summary: 'everything, also what is still to come'},
];

interface Given {
  readonly run?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly all?: boolean | undefined;
}

/** Throws USAGE unless exactly one way is given, and RUN_NOT_FOUND. */
export async function scopeOf(
  {run, from, to, all = false}: Given,
  ledger: Ledger,
  {ledgerFiles}: CommandContext,
): Promise<Scope> {
  const isRange = from !== undefined || to !== undefined;
  if ([run !== undefined, isRange, all].filter(Boolean).length !== 1) {
    throw new QdError('USAGE', 'Say which entries are meant.', {
      hint: 'One of: --run ID, --from ENTRY|TIME --to ENTRY|TIME, --all.',
    });
  }
  if (run !== undefined) return {at: 'run', run: await runNamed(ledger, run)};
  if (all) return {at: 'all'};
  const snapshot = await ledgerFiles.snapshot(ledger.dir);
  try {
    const range = {...(from === undefined ? {} : {from}), ...(to === undefined ? {} : {to})};
    return chosen({at: 'range', ...range}, snapshot).scope;
  } finally {
    snapshot.close();
  }
}
