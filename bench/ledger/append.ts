// What an append costs beside a bare insert of the same bytes under the same settings, alone and in bursts.
import path from 'node:path';
import type {Ledger} from '../../src/ports.ts';
import type {Figure} from '../figure.ts';
import {bareHere, bareInWorker, type Bare, type Shape} from './bare.ts';
import {entry, open} from './open.ts';

const burst = 100;
/** A round of either side; short, so that both meet the same disk. */
const alone: Shape = {transactions: 256, perTransaction: 1};
const together: Shape = {transactions: 10, perTransaction: burst};
const rounds = 25;

/** The same through the ledger, with the checkpoint that is due at the end; milliseconds. */
async function appended(ledger: Ledger, {transactions, perTransaction}: Shape): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < transactions; i++) {
    const results = await Promise.all(
      Array.from({length: perTransaction}, async (_, n) => ledger.append(entry(i * perTransaction + n))),
    );
    if (results.some(({ok}) => !ok)) throw new Error('an append was refused');
  }
  const head = await ledger.head();
  if (head.checkpointSize < head.size) throw new Error('a round ends sealed');
  return performance.now() - start;
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** How fast the ledger is beside each of the others: rounds in turn, whole time against whole time. */
async function ratios(ledger: Ledger, others: readonly Bare[], shape: Shape): Promise<number[]> {
  const ours: number[] = [];
  const theirs = others.map((): number[] => []);
  for (let round = -1; round < rounds; round++) {
    const own = await appended(ledger, shape);
    const times: number[] = [];
    for (const other of others) times.push(await other.run(shape));
    // The first round warms up.
    if (round < 0) continue;
    ours.push(own);
    for (const [i, time] of times.entries()) theirs[i]?.push(time);
  }
  return theirs.map(times => sum(times) / sum(ours));
}

function atLeast(name: string, value: number, budget: number): Figure {
  return {name, value, unit: 'x', budget: `>= ${budget}`, ok: value >= budget};
}

export async function appendFigures(dir: string): Promise<readonly Figure[]> {
  const ledger = await open(path.join(dir, 'append'));
  try {
    await appended(ledger, alone);
    const [sample] = await ledger.read({reverse: true, limit: 1});
    const line = Buffer.from(sample?.line ?? '');
    const here = bareHere(path.join(dir, 'bare.db'), line);
    const there = bareInWorker(path.join(dir, 'bare-worker.db'), line);
    const [againstHere = 0, againstThere = 0] = await ratios(ledger, [here, there], alone);
    const [inBursts = 0] = await ratios(ledger, [here], together);
    await here.close();
    await there.close();
    return [
      atLeast('durable append against a bare one in a worker', againstThere, 0.6),
      atLeast('the same against one that blocks its caller', againstHere, 0.3),
      atLeast(`bursts of ${burst} against bare ones`, inBursts, 0.15),
      {name: 'bytes of an entry', value: line.length, unit: 'bytes', ok: true},
    ];
  } finally {
    await ledger.close();
  }
}
