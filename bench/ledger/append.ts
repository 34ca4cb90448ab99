// What an append costs beside a bare insert of the same bytes under the same settings, alone and in bursts.
import path from 'node:path';
import Database from 'better-sqlite3';
import type {Ledger} from '../../src/ports.ts';
import type {Figure} from '../figure.ts';
import {entry, open} from './open.ts';

const burst = 100;
/** A round of either side; short, so that both meet the same disk. */
const shapes = {
  single: {transactions: 256, perTransaction: 1},
  burst: {transactions: 10, perTransaction: burst},
} as const;
type Shape = (typeof shapes)[keyof typeof shapes];
const rounds = 25;

/** Plain inserts into one file that stays open; answers with milliseconds. */
function bareIn(file: string, line: Buffer): {run: (shape: Shape) => number; close: () => void} {
  const db = new Database(file);
  const pragmas = ['journal_mode=WAL', 'synchronous=FULL', 'secure_delete=ON', 'fullfsync=ON'];
  for (const pragma of pragmas) db.pragma(pragma);
  db.exec('CREATE TABLE IF NOT EXISTS row(seq INTEGER PRIMARY KEY, line BLOB NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO row(line) VALUES (?)');
  const many = db.transaction((times: number) => {
    for (let i = 0; i < times; i++) insert.run(line);
  });
  return {
    run: ({transactions, perTransaction}) => {
      const start = performance.now();
      for (let i = 0; i < transactions; i++) many.immediate(perTransaction);
      return performance.now() - start;
    },
    close: () => {
      db.close();
    },
  };
}

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

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;

/** Medians over rounds in which ours and theirs follow each other at once. */
export async function appendFigures(dir: string): Promise<readonly Figure[]> {
  const ledger = await open(path.join(dir, 'append'));
  try {
    await appended(ledger, shapes.single);
    const [sample] = await ledger.read({reverse: true, limit: 1});
    const line = Buffer.from(sample?.line ?? '');
    const bare = bareIn(path.join(dir, 'bare.db'), line);
    const ratioOf = async (shape: Shape): Promise<number> => {
      bare.run(shape);
      await appended(ledger, shape);
      const ratios: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const theirs = bare.run(shape);
        ratios.push(theirs / (await appended(ledger, shape)));
      }
      return median(ratios);
    };
    const single = await ratioOf(shapes.single);
    const inBursts = await ratioOf(shapes.burst);
    bare.close();
    return [
      {
        name: 'durable append against a bare insert',
        value: single,
        unit: 'x',
        budget: '>= 0.6',
        ok: single >= 0.6,
      },
      {
        name: `bursts of ${burst} against bare ones`,
        value: inBursts,
        unit: 'x',
        budget: '>= 0.15',
        ok: inBursts >= 0.15,
      },
      {name: 'bytes of an entry', value: line.length, unit: 'bytes', ok: true},
    ];
  } finally {
    await ledger.close();
  }
}
