// One log, read row by row, in blocks, and by threads: what is found must be the same, whatever is wrong with it.
import {cpSync} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, test} from 'vitest';
import type {Evidence} from '../../src/domain/evidence.ts';
import {leafHash} from '../../src/ledger/hash.ts';
import {scan, type Scan} from '../../src/ledger/scan.ts';
import {openEvidence} from '../../src/store/evidence.ts';
import {openLedger} from '../../src/store/ledger.ts';
import {bundle} from '../helpers/programs.ts';
import {makeTempDir, tempDir} from '../helpers/temp.ts';
import {manyEntries} from './many.ts';
import {noted, open, options, written} from './helpers.ts';

const pieceEntries = 1024;
const threads = {worker: bundle('scan-worker.cjs'), count: 2, atLeast: 2, pieceEntries};
let source: {readonly dir: string; readonly remove: () => void};
const count = pieceEntries * 2 + 700;

beforeAll(async () => {
  source = makeTempDir();
  const ledger = await openLedger(options(source.dir));
  for (const text of ['one', 'two', 'three']) written(await ledger.append(noted(text)));
  await ledger.close();
  manyEntries(source.dir, count);
});
afterAll(() => source.remove());

const sizes = new Set([
  1,
  2,
  255,
  512,
  1500,
  pieceEntries,
  pieceEntries + 1,
  pieceEntries * 2,
  count - 1,
  count,
]);
const nothing = (): void => undefined;

/** The same evidence without its quicker ways. */
const slowly = ({count: rows, pages, disclosures, vkeys, notes, hasRemembered}: Evidence): Evidence => ({
  ...{count: rows, pages, disclosures, vkeys, notes, hasRemembered},
});
const inBlocks = (evidence: Evidence): Evidence => ({
  ...slowly(evidence),
  ...(evidence.packs === undefined ? {} : {packs: evidence.packs}),
});

async function found(dir: string): Promise<{one: Scan; blocks: Scan; pieces: Scan; threaded: boolean}> {
  const {evidence, close} = openEvidence(dir, threads);
  let threaded = false;
  const watched: Evidence = {
    ...evidence,
    ...(evidence.pieces === undefined
      ? {}
      : {
          pieces: async job => {
            const pieces = await evidence.pieces?.(job);
            threaded = pieces !== undefined;
            return pieces;
          },
        }),
  };
  try {
    const one = await scan(slowly(evidence), {sizes}, nothing);
    const blocks = await scan(inBlocks(evidence), {sizes}, nothing);
    return {one, blocks, pieces: await scan(watched, {sizes}, nothing), threaded};
  } finally {
    close();
  }
}

const plain = (result: Scan) => ({
  ...result,
  root: result.root.toString('hex'),
  roots: [...result.roots].map(([size, root]) => [size, root.toString('hex')]).toSorted(),
});

test('a log is found the same row by row, in blocks and by threads', async () => {
  const {one, blocks, pieces, threaded} = await found(source.dir);
  expect(threaded).toBe(true);
  expect(one).toMatchObject({size: count, leaf: undefined, prev: undefined, form: undefined});
  expect(one.roots.size).toBe(sizes.size);
  expect(plain(blocks)).toEqual(plain(one));
  expect(plain(pieces)).toEqual(plain(one));
});

type Damage = (db: Database.Database, seq: number) => void;
const edit =
  (from: string, to: string): Damage =>
  (db, seq) => {
    const line = Buffer.from(
      String(db.prepare('SELECT CAST(line AS TEXT) FROM entry WHERE seq = ?').pluck().get(seq)).replace(
        from,
        to,
      ),
    );
    db.prepare('UPDATE entry SET line = ?, leaf = ? WHERE seq = ?').run(line, leafHash(line), seq);
  };
const damages: Readonly<Record<string, Damage>> = {
  'another leaf': (db, seq) => db.prepare('UPDATE entry SET leaf = zeroblob(32) WHERE seq = ?').run(seq),
  'another byte': (db, seq) =>
    db
      .prepare(
        "UPDATE entry SET line = CAST(replace(CAST(line AS TEXT), 'api', 'apx') AS BLOB) WHERE seq = ?",
      )
      .run(seq),
  'another line': edit('"api"', '"web"'),
  'another place': edit('"seq":', '"seq":1'),
  'a space': edit('"api"', ' "api"'),
  'a key twice': edit('"service":', '"service":1,"service":'),
  'another log': edit('quarterdeck/acme', 'quarterdeck/other'),
  'no JSON': edit('{', '['),
  'a zero byte': edit('"api"', '"a\0pi"'),
  'a newline in a kind': edit('"kind":"', '"kind":"\\n'),
  'another column': (db, seq) => db.prepare("UPDATE entry SET kind = 'x' WHERE seq = ?").run(seq),
  'a column with a newline': (db, seq) =>
    db.prepare('UPDATE entry SET kind = kind || char(10) WHERE seq = ?').run(seq),
  'a run in the column': (db, seq) => db.prepare("UPDATE entry SET run = 'r' WHERE seq = ?").run(seq),
  'an empty run in the column': (db, seq) => db.prepare("UPDATE entry SET run = '' WHERE seq = ?").run(seq),
  'a row too few': (db, seq) => db.prepare('DELETE FROM entry WHERE seq = ?').run(seq),
  'a disclosure too many': (db, seq) =>
    db.prepare("INSERT INTO disclosure VALUES (?, '/body/x', 'x', zeroblob(16), zeroblob(1))").run(seq),
  'a disclosure too few': (db, seq) => db.prepare('DELETE FROM disclosure WHERE seq = 1 + ? % 3').run(seq),
  'a commitment that nothing discloses': edit('"service":', `"sd":"${'ab'.repeat(32)}","service":`),
  'an erasure': edit('"kind":"check.change"', '"kind":"redact"'),
};

const borders = [
  0,
  1,
  2,
  511,
  512,
  513,
  pieceEntries - 1,
  pieceEntries,
  pieceEntries + 1,
  pieceEntries * 2,
  count - 1,
];

test('what is wrong with a log is found the same, in the same words, wherever it is and however it is read', async () => {
  const dir = tempDir();
  cpSync(source.dir, dir, {recursive: true});
  const file = path.join(dir, 'ledger.db');
  const db = new Database(file);
  for (const name of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all())
    db.exec(`DROP TRIGGER ${String(name)}`);
  db.close();
  const place = fc.oneof(fc.constantFrom(...borders), fc.nat(count - 1));
  let wrong = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.constantFrom(...Object.keys(damages)), place), {minLength: 1, maxLength: 3}),
      async choices => {
        cpSync(path.join(source.dir, 'ledger.db'), file);
        const damaged = new Database(file);
        for (const name of damaged
          .prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'")
          .pluck()
          .all())
          damaged.exec(`DROP TRIGGER ${String(name)}`);
        for (const [name, seq] of choices) {
          try {
            damages[name]?.(damaged, seq);
          } catch (error) {
            // The same disclosure twice is refused by the table itself.
            if (!(error instanceof Database.SqliteError) || !error.code.startsWith('SQLITE_CONSTRAINT'))
              throw error;
          }
        }
        damaged.close();
        const {one, blocks, pieces} = await found(dir);
        expect(plain(blocks)).toEqual(plain(one));
        expect(plain(pieces)).toEqual(plain(one));
        const {leaf, prev, place: at, beside, form, missing, said} = one;
        if ([leaf, prev, at, beside, form, missing[0], said[0]].some(fault => fault !== undefined))
          wrong += 1;
      },
    ),
    {
      numRuns: 40,
      examples: Object.keys(damages).map((name, i): [[string, number][]] => [
        [[name, borders[i % borders.length] ?? 0]],
      ]),
    },
  );
  expect(wrong).toBeGreaterThan(15);
}, 240_000);

test('a log that grew before every thread looked at it is read in one pass, as it was', async () => {
  const dir = tempDir();
  cpSync(source.dir, dir, {recursive: true});
  const ledger = await open(dir, {adopt: true});
  const {evidence, close} = openEvidence(dir, threads);
  written(await ledger.append(noted('later')));
  const pieces = await evidence.pieces?.({sizes: [], onProgress: nothing});
  const whole = await scan(evidence, {sizes}, nothing);
  close();
  expect(pieces).toBeUndefined();
  expect(whole.size).toBe(evidence.count);
  const again = openEvidence(dir, threads);
  const read = await again.evidence.pieces?.({sizes: [], onProgress: nothing});
  again.close();
  expect(read?.at(-1)?.to).toBe(evidence.count + 1);
});

test('reading that is called off ends its threads and says so', async () => {
  const {evidence, close} = openEvidence(source.dir, threads);
  const controller = new AbortController();
  const reading = evidence.pieces?.({
    sizes: [],
    signal: controller.signal,
    onProgress: () => {
      controller.abort(new Error('called off'));
    },
  });
  await expect(reading).rejects.toThrow('called off');
  close();
});

test('threads that cannot start leave it to one pass', async () => {
  const {evidence, close} = openEvidence(source.dir, {
    ...threads,
    worker: path.join(source.dir, 'no-such-file.cjs'),
  });
  expect(await evidence.pieces?.({sizes: [], onProgress: nothing})).toBeUndefined();
  close();
});
