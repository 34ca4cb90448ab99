// What the ledger costs beside bare SQLite and bare SHA-256, measured in one run.
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import type {Figure} from '../figure.ts';
import {appendFigures} from './append.ts';
import {filled} from './fill.ts';
import {tailFigures} from './tail.ts';
import {verifyFigures} from './verify.ts';

const verified = 1_000_000;

/** `large`: the tail of ten million entries in place of one million; that takes 6 GB and some minutes. */
export async function ledgerBench({large}: {readonly large: boolean}): Promise<readonly Figure[]> {
  const dir = mkdtempSync(path.join(tmpdir(), 'qd-bench-'));
  try {
    const appends = await appendFigures(dir);
    const [long, longer, short] = ['long', 'longer', 'short'].map(name => path.join(dir, name));
    if (long === undefined || longer === undefined || short === undefined) throw new Error('no place');
    const bytes = await filled(long, verified);
    const verifies = verifyFigures(long, bytes);
    await filled(short, 1000);
    if (large) await filled(longer, 10 * verified);
    const tails = large
      ? await tailFigures(longer, short, 10 * verified)
      : await tailFigures(long, short, verified);
    return [...appends, ...verifies, ...tails];
  } finally {
    rmSync(dir, {recursive: true, force: true});
  }
}
