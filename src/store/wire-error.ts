// Errors on their way from whoever serves the ledger to whoever asked.
import {QdError} from '../domain/error.ts';
import {asOpenError} from './opening.ts';
import type {WireError} from './protocol.ts';

/** An error of serving the ledger of `dir`, so that it can be sent. */
export function wireError(thrown: unknown, dir: string): WireError {
  const error = asOpenError(thrown, dir);
  if (error instanceof QdError) {
    return {
      code: error.code,
      message: error.message,
      ...(error.hint === undefined ? {} : {hint: error.hint}),
    };
  }
  return {
    code: 'LEDGER_WORKER',
    message: error instanceof Error ? `${error.message}\n${error.stack ?? ''}` : String(error),
  };
}
