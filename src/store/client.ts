// The caller's end of an open ledger, wherever that is served.
import {QdError} from '../domain/error.ts';
import type {Answer, Request, WireError} from './protocol.ts';

export interface Client {
  /** Throws QdError: what serving threw, or LEDGER_WORKER when nobody serves any more. */
  call(request: Request): Promise<Answer>;
  /** Resolves when whoever served is gone. */
  exited(): Promise<void>;
}

/** What was answered as an error, to be thrown. */
export const thrown = ({code, message, hint}: WireError): QdError =>
  new QdError(code, message, hint === undefined ? {} : {hint});
