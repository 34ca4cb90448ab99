// The ledger as looking needs it: to record what a check is about to change, and to read what people attested.
import type {Ledger} from '../ports.ts';

export type LookLedger = Pick<Ledger, 'append' | 'read' | 'readOnly'>;

/** Opened only when something is to be recorded or read; it may throw, saying why there is none. */
export interface Records {
  open(): Promise<LookLedger>;
}
