// How long the newest entries of a log take to show, however long the log is.
import type {Figure} from '../figure.ts';
import {median} from '../figure.ts';
import {open} from './open.ts';

const rounds = 9;
const lines = 20;

/** What `ledger tail` does: open to read, ask how much there is, read the newest, close. */
async function tailMs(dir: string): Promise<number> {
  const start = performance.now();
  const ledger = await open(dir, 'read');
  const {size} = await ledger.head();
  const rows = await ledger.read({from: Math.max(0, size - lines), to: size});
  const ms = performance.now() - start;
  await ledger.close();
  if (rows.length !== lines) throw new Error(`only ${rows.length} entries were read`);
  return ms;
}

export async function tailFigures(long: string, short: string, count: number): Promise<readonly Figure[]> {
  const longMs: number[] = [];
  const shortMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    longMs.push(await tailMs(long));
    shortMs.push(await tailMs(short));
  }
  const value = median(longMs) / median(shortMs);
  return [
    {name: `tail of ${count} entries`, value: median(longMs), unit: 'ms', ok: true},
    {name: 'tail against a log of 1000 entries', value, unit: 'x', budget: '<= 2', ok: value <= 2},
  ];
}
