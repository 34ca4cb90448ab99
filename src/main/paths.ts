// Where the program's own files lie: TypeScript sources in a checkout, bundles in dist/.
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const here = fileURLToPath(import.meta.url);
/** The file that is running, whose hash the ledger records. */
export const self = here;
const bundled = here.endsWith('.cjs');

/** The folder that holds bin/, dist/, runbooks/ and demo/. */
export const root = bundled ? path.resolve(here, '../..') : path.resolve(here, '../../..');

const entry = (source: string, bundle: string): string =>
  bundled ? path.join(root, 'dist', bundle) : path.join(root, source);

export const paths = {
  program: entry('src/main.ts', 'quarterdeck.cjs'),
  runner: entry('src/runner.ts', 'runner.cjs'),
  sql: entry('src/sql.ts', 'sql.cjs'),
  ledgerWorker: entry('src/store/ledger-worker.ts', 'ledger-worker.cjs'),
  scanWorker: entry('src/store/scan-worker.ts', 'scan-worker.cjs'),
  verifierPython: path.join(root, 'verifiers/verify.py'),
  verifierPage: path.join(root, 'dist/verify.html'),
  shippedRunbooks: path.join(root, 'runbooks'),
  demoSite: path.join(root, 'demo/site'),
  demoEntries: bundled ? path.join(root, 'dist') : path.join(root, 'demo'),
} as const;
