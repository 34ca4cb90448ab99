// A ledger that is about to be written, for commands and for what the console does in their place.
import {QdError} from '../domain/error.ts';
import type {Ledger} from '../ports.ts';

/** The ledger when it can be written; throws LEDGER_READ_ONLY. */
export function writable<L extends Pick<Ledger, 'readOnly'>>(ledger: L): L {
  if (ledger.readOnly === undefined) return ledger;
  throw new QdError('LEDGER_READ_ONLY', `Nothing can be recorded: ${ledger.readOnly}.`, {
    hint: 'Check the mount and the permissions of the data directory.',
  });
}
