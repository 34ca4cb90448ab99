// What an append costs beside a bare insert of the same bytes under the same settings, alone and in bursts.
import path from 'node:path';
import Database from 'better-sqlite3';
import type {Ledger} from '../../src/ports.ts';
import type {Figure} from '../figure.ts';
import {entry, open} from './open.ts';

const singles = 2000;
const burst = 100;
const bursts = 100;
const rounds = 5;

/** Rows a second of plain inserts. */
function bare(file: string, line: Buffer, transactions: number, perTransaction: number): number {
  const db = new Database(file);
  const pragmas = ['journal_mode=WAL', 'synchronous=FULL', 'secure_delete=ON', 'fullfsync=ON'];
  for (const pragma of pragmas) db.pragma(pragma);
  db.exec('CREATE TABLE IF NOT EXISTS row(seq INTEGER PRIMARY KEY, line BLOB NOT NULL) STRICT');
  const insert = db.prepare('INSERT INTO row(line) VALUES (?)');
  const many = db.transaction(() => {
    for (let i = 0; i < perTransaction; i++) insert.run(line);
  });
  const start = performance.now();
  for (let i = 0; i < transactions; i++) many.immediate();
  const perSecond = (transactions * perTransaction * 1000) / (performance.now() - start);
  db.close();
  return perSecond;
}

async function appended(ledger: Ledger, transactions: number, perTransaction: number): Promise<number> {
  const start = performance.now();
  for (let i = 0; i < transactions; i++) {
    const results = await Promise.all(
      Array.from({length: perTransaction}, async (_, n) => ledger.append(entry(i * perTransaction + n))),
    );
    if (results.some(({ok}) => !ok)) throw new Error('an append was refused');
  }
  return (transactions * perTransaction * 1000) / (performance.now() - start);
}

/** Ratios of the best of a few rounds each, ours and theirs in turn. */
export async function appendFigures(dir: string): Promise<readonly Figure[]> {
  const ledger = await open(path.join(dir, 'append'));
  try {
    await appended(ledger, 300, 1);
    await appended(ledger, 20, burst);
    const [sample] = await ledger.read({reverse: true, limit: 1});
    const line = Buffer.from(sample?.line ?? '');
    const ratio = async (transactions: number, perTransaction: number): Promise<number> => {
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < rounds; round++) {
        ours.push(await appended(ledger, transactions, perTransaction));
        theirs.push(bare(path.join(dir, `bare-${perTransaction}.db`), line, transactions, perTransaction));
      }
      return Math.max(...ours) / Math.max(...theirs);
    };
    const single = await ratio(singles, 1);
    const inBursts = await ratio(bursts, burst);
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
