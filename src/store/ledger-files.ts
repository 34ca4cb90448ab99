// The port for commands that look at ledgers as files.
import type {LedgerFiles} from '../ports.ts';
import {openEvidence} from './evidence.ts';
import {openKeeper} from './keeper.ts';
import {openLedger, type OpenLedgerOptions} from './ledger.ts';
import {newOrigin} from './new-origin.ts';
import type {ScanThreads} from './scan-threads.ts';
import {openSnapshot} from './snapshot.ts';

/**
 * `options` says how a ledger in `dir` would be opened; `uid` is the owner that a data directory must have; `threads`
 * read a long log.
 */
export function ledgerFiles(
  options: (dir: string) => Promise<Omit<OpenLedgerOptions, 'mode'>>,
  uid: number,
  threads?: ScanThreads,
): LedgerFiles {
  return {
    openToRead: async dir => openLedger({...(await options(dir)), mode: 'read'}),
    adopt: async dir => openLedger({...(await options(dir)), mode: 'write', adopt: true}),
    newOrigin: async (dir, reason) => newOrigin({...(await options(dir)), mode: 'write'}, uid, reason),
    keeper: async dir => openKeeper({...(await options(dir)), mode: 'write'}),
    evidence: async path => Promise.resolve(openEvidence(path, threads)),
    snapshot: async dir => Promise.resolve(openSnapshot(dir)),
  };
}
