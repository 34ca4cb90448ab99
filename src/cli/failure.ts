// How a failure is said on a terminal; anything thrown becomes a QdError.
import type {Talk} from '../define.ts';
import {QdError} from '../domain/error.ts';
import {say, showLines} from '../domain/show.ts';

/** `quarterdeck: message`, then the way out, on the error stream. */
export function printFailure(talk: Talk, failure: QdError): void {
  const [first = '', ...more] = showLines(failure.message);
  talk.err(say`quarterdeck: ${first}`);
  for (const line of more) talk.err(say`  ${line}`);
  if (failure.hint !== undefined) for (const line of showLines(failure.hint)) talk.err(say`  ${line}`);
}

/** Any thrown value as a QdError: a fault of ours is INTERNAL, anything after an abort is INTERRUPTED. */
export function asQdError(error: unknown, signal: AbortSignal): QdError {
  if (error instanceof QdError) return error;
  if (signal.aborted) {
    return new QdError('INTERRUPTED', 'interrupted', {
      hint: 'Nothing was left half done unless a line above says so.',
    });
  }
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  return new QdError('INTERNAL', message, {
    hint: 'This is a fault in Quarterdeck, not in what you typed.',
    cause: error,
  });
}
