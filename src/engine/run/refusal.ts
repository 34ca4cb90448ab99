// Why the ledger did not take an entry, as an error with the way out.
import type {AppendResult} from '../../domain/entry.ts';
import {QdError, type ErrorCode} from '../../domain/error.ts';

type Refused = AppendResult & {readonly ok: false};

const codes: Record<Refused['why'], ErrorCode> = {
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

export function refusalOf(result: Refused): QdError {
  if (result.why === 'lease') {
    const {service, run, operator, since} = result.holder;
    return new QdError(
      'LEASE_HELD',
      `${operator} is walking run ${shortRun(run)} on ${service} since ${since}.`,
      {
        hint: `Go on with it, watch it or take it over: O in the console, \`quarterdeck runbook resume ${shortRun(run)}\` in a shell.`,
      },
    );
  }
  const hint = 'hint' in result ? result.hint : 'Look at the run again: somebody else has moved it.';
  return new QdError(codes[result.why], result.message, {hint});
}

/** Whether nothing at all can be written any more, so that the console must only read. */
export const stopsWriting = ({why}: Refused): boolean =>
  why === 'full' || why === 'read-only' || why === 'swapped' || why === 'behind';

/** The last part of a run's name, as people say it. */
export const shortRun = (run: string): string => run.slice(-8);
