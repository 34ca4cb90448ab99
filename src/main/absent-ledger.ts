// A ledger that could not be opened: the console still looks and shows, and every action is refused with the reason.
import type {QdError} from '../domain/error.ts';
import type {Ledger} from '../ports.ts';

export const absentLedger = (dir: string, {message, hint = ''}: QdError): Ledger => ({
  origin: '',
  dir,
  readOnly: hint === '' ? message : `${message} ${hint}`,
  head: () => Promise.resolve({size: 0, checkpointSize: 0, checkpointRoot: ''}),
  append: () => Promise.resolve({ok: false, why: 'read-only', message, hint}),
  read: () => Promise.resolve([]),
  checkpoint: () => Promise.resolve({size: 0, checkpointSize: 0, checkpointRoot: ''}),
  disclosure: () => Promise.resolve(undefined),
  watch: () => () => undefined,
  close: () => Promise.resolve(),
});
