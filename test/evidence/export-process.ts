// A process that exports everything, says when it verifies, and then waits for ever: to be killed there.
import path from 'node:path';
import {realClock} from '../../src/adapters/clock.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {realRandom} from '../../src/adapters/random.ts';
import {exportEvidence} from '../../src/evidence/export.ts';
import {openKeeper} from '../../src/store/keeper.ts';
import {openLedger, type OpenLedgerOptions} from '../../src/store/ledger.ts';
import {openSnapshot} from '../../src/store/snapshot.ts';
import {bundle} from '../helpers/programs.ts';

const [dir = '', target = ''] = process.argv.slice(2);
const options = (session: string): OpenLedgerOptions => ({
  ...{dir, session, site: 'acme', host: 'bastion', version: '0.1.0', pollMs: 50, mode: 'write'},
  actor: {operator: 'ada', uid: 0, user: 'root', via: 'local'},
  clock: realClock(),
  random: realRandom,
  worker: bundle('ledger-worker.cjs'),
  reserveBytes: 65_536,
});
const ledger = await openLedger(options('exporter'));
const bytes = Buffer.from('verifier\n');
await exportEvidence(
  {asked: {at: 'all'}, target, named: path.basename(target), form: 'directory'},
  {
    ledger,
    keeper: async () => openKeeper(options('keeper')),
    snapshot: async () => Promise.resolve(openSnapshot(dir)),
    files: realFiles,
    clock: realClock(),
    signal: new AbortController().signal,
    verifiers: async () => Promise.resolve({python: bytes, html: bytes}),
    find: () => [],
    verify: async () => {
      process.stdout.write('verifying\n');
      return new Promise(() => undefined);
    },
    onProgress: () => undefined,
  },
);
