// What the ledger costs beside bare SQLite and bare SHA-256, measured in one run.
import {createHash} from 'node:crypto';
import {mkdtempSync, rmSync, statSync} from 'node:fs';
import {tmpdir} from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import {realClock} from '../src/adapters/clock.ts';
import {realRandom} from '../src/adapters/random.ts';
import type {AppendRequest} from '../src/domain/entry.ts';
import {verify} from '../src/ledger/verify.ts';
import type {Ledger} from '../src/ports.ts';
import {openEvidence} from '../src/store/evidence.ts';
import {openLedger} from '../src/store/ledger.ts';

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly budget?: string;
  readonly ok: boolean;
}

const singles = 2000;
const burst = 100;
const bursts = 100;
const verified = 100_000;
const rounds = 3;

const entry = (i: number): AppendRequest => ({
  entries: [
    {
      kind: 'check.change',
      body: {
        service: 'api',
        check: 'live',
        state: 'firing',
        verdict: 'fail',
        message: `status 500 instead of 200 (${i})`,
      },
    },
  ],
});

async function open(dir: string): Promise<Ledger> {
  return openLedger({
    dir,
    site: 'bench',
    host: 'bench',
    actor: {operator: 'bench', uid: 0, user: 'bench', via: 'local'},
    session: 'bench',
    clock: realClock(),
    random: realRandom,
    version: '0.0.0',
    worker: new URL('../src/store/ledger-worker.ts', import.meta.url),
    pollMs: 1000,
    mode: 'write',
  });
}

/** Rows a second of plain inserts of the same size under the same settings. */
function bare(dir: string, line: Buffer, transactions: number, perTransaction: number): number {
  const db = new Database(
    path.join(dir, `bare-${transactions}-${perTransaction}-${statSync(dir).ctimeMs}.db`),
  );
  for (const pragma of ['journal_mode=WAL', 'synchronous=FULL', 'secure_delete=ON']) db.pragma(pragma);
  db.exec('CREATE TABLE row(seq INTEGER PRIMARY KEY, line BLOB NOT NULL) STRICT');
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
    await Promise.all(
      Array.from({length: perTransaction}, async (_, n) => ledger.append(entry(i * perTransaction + n))),
    );
  }
  return (transactions * perTransaction * 1000) / (performance.now() - start);
}

const best = (values: readonly number[]): number => Math.max(...values);

/** Ratios against the same work done bare, the best of a few rounds each; growth of the file per byte of entries. */
export const ledgerBench = async (): Promise<readonly Figure[]> => {
  const dir = mkdtempSync(path.join(tmpdir(), 'qd-bench-'));
  try {
    const ledger = await open(dir);
    await appended(ledger, 200, 1);
    const [sample] = await ledger.read({reverse: true, limit: 1});
    const line = Buffer.from(sample?.line ?? '');
    const ratio = async (transactions: number, perTransaction: number): Promise<number> => {
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round < rounds; round++) {
        ours.push(await appended(ledger, transactions, perTransaction));
        theirs.push(bare(dir, line, transactions, perTransaction));
      }
      return best(ours) / best(theirs);
    };
    const single = await ratio(singles, 1);
    const inBursts = await ratio(bursts, burst);
    const {size} = await ledger.head();
    for (let left = verified - size; left > 0; left -= 1000) await appended(ledger, 1, Math.min(left, 1000));
    await ledger.close();
    const lines = new Database(path.join(dir, 'ledger.db'), {readonly: true});
    const bytes = Number(lines.prepare('SELECT sum(length(line)) FROM entry').pluck().get());
    lines.close();
    const growth = statSync(path.join(dir, 'ledger.db')).size / bytes;
    const {evidence, close} = openEvidence(dir);
    const start = performance.now();
    const {report} = await verify(evidence);
    const verifyMs = performance.now() - start;
    close();
    const block = Buffer.alloc(bytes, 7);
    const hashing = performance.now();
    createHash('sha256').update(block).digest();
    const slower = verifyMs / (performance.now() - hashing);
    return [
      {
        name: 'ledger: durable append against a bare insert',
        value: single,
        unit: 'x',
        budget: '>= 0.6',
        ok: single >= 0.6,
      },
      {
        name: `ledger: bursts of ${burst} against bare ones`,
        value: inBursts,
        unit: 'x',
        budget: '>= 0.15',
        ok: inBursts >= 0.15,
      },
      {name: `ledger: verify ${report.entries} entries`, value: verifyMs, unit: 'ms', ok: report.verified},
      {
        name: 'ledger: verify against SHA-256 of the same bytes',
        value: slower,
        unit: 'x',
        ok: report.verified,
      },
      {
        name: 'ledger: file size against bytes of entries',
        value: growth,
        unit: 'x',
        budget: '<= 1.6',
        ok: growth <= 1.6,
      },
    ];
  } finally {
    rmSync(dir, {recursive: true, force: true});
  }
};
