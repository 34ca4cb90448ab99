// An append whose refusal ends the command.
import type {AppendResult, StoredEntry} from '../domain/entry.ts';
import {QdError, type ErrorCode} from '../domain/error.ts';

const codes: Record<(AppendResult & {readonly ok: false})['why'], ErrorCode> = {
  moved: 'RUN_MOVED',
  lease: 'LEASE_HELD',
  'stale-fence': 'RUN_MOVED',
  full: 'LEDGER_FULL',
  'read-only': 'LEDGER_READ_ONLY',
  swapped: 'LEDGER_SWAPPED',
  locked: 'LEDGER_LOCKED',
  invalid: 'ENTRY_INVALID',
  behind: 'LEDGER_BEHIND',
  unknown: 'LEDGER_UNKNOWN_COMMIT',
};

/** The entries that were written; throws LEDGER_* and says the way out. */
export function allRecorded(result: AppendResult): readonly StoredEntry[] {
  if (result.ok) return result.entries;
  throw refusedAppend(result);
}

/** Why an append was refused, as an error with the way out. */
export const refusedAppend = (result: AppendResult & {readonly ok: false}): QdError =>
  new QdError(codes[result.why], result.message, {hint: 'hint' in result ? result.hint : 'Try again.'});

/** The first of them. */
export function recorded(result: AppendResult): StoredEntry {
  const [entry] = allRecorded(result);
  if (entry === undefined) throw new RangeError('an append without entries');
  return entry;
}
