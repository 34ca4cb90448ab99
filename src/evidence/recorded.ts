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

/** The first entry that was written; throws LEDGER_* and says the way out. */
export function recorded(result: AppendResult): StoredEntry {
  if (!result.ok) {
    const hint = 'hint' in result ? result.hint : 'Try again.';
    throw new QdError(codes[result.why], result.message, {hint});
  }
  const [entry] = result.entries;
  if (entry === undefined) throw new RangeError('an append without entries');
  return entry;
}
