// `--run`, `--from`/`--to` and `--all`: which entries a command means.
import {z} from 'zod';
import {QdError} from '../domain/error.ts';
import type {Scope} from '../domain/kinds-ledger.ts';
import type {Ledger} from '../ports.ts';
import {runNamed} from './ledger-lines.ts';

const number = z.string().regex(/^\d{1,15}$/, 'expected the number of an entry');

export const scopeInput = {
  run: z.string().min(1).optional(),
  from: number.optional(),
  to: number.optional(),
  all: z.boolean().optional(),
};

export const scopeOptions = [
  {flags: '--run <id>', summary: 'the entries of a run (any unique end of its id)'},
  {flags: '--from <entry>', summary: 'from this entry on'},
  {flags: '--to <entry>', summary: 'to this entry, itself included; without --from, from the first'},
  {flags: '--all', summary: 'everything, also what is still to come'},
];

interface Given {
  readonly run?: string | undefined;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly all?: boolean | undefined;
}

/** Throws USAGE unless exactly one way is given, and RUN_NOT_FOUND. */
export async function scopeOf({run, from, to, all = false}: Given, ledger: Ledger): Promise<Scope> {
  const isRange = from !== undefined || to !== undefined;
  if ([run !== undefined, isRange, all].filter(Boolean).length !== 1) {
    throw new QdError('USAGE', 'Say which entries are meant.', {
      hint: 'One of: --run ID, --from ENTRY --to ENTRY, --all.',
    });
  }
  if (run !== undefined) return {at: 'run', run: await runNamed(ledger, run)};
  if (all) return {at: 'all'};
  const {size} = await ledger.head();
  const first = Number(from ?? 0);
  const end = to === undefined ? size : Number(to) + 1;
  if (first < end && end <= size) return {at: 'range', from: first, to: end};
  throw new QdError('USAGE', `There are no entries ${first} to ${end - 1}.`, {
    hint: `The ledger holds the entries 0 to ${size - 1}.`,
  });
}
