// A data directory in the hands of somebody who can write the database, without or with the key beside it.
import {chmodSync, cpSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {signCheckpoint} from '../../src/ledger/checkpoint.ts';
import {leafHash} from '../../src/ledger/hash.ts';
import {parseSigner, signerFrom, type Signer} from '../../src/ledger/note.ts';
import {Tree} from '../../src/ledger/tree.ts';
import {verify, type VerifyOptions} from '../../src/ledger/verify.ts';
import {openEvidence} from '../../src/store/evidence.ts';
import {openLedger} from '../../src/store/ledger.ts';
import {makeTempDir, tempDir} from '../helpers/temp.ts';
import {noted, options, outcome, written} from './helpers.ts';

let source: {readonly dir: string; readonly remove: () => void};

// One ledger of 12 entries with checkpoints of 1, 6 and 12, copied for every test.
beforeAll(async () => {
  source = makeTempDir();
  await goOn(source.dir, ['one', 'two', 'three', 'four', 'five']);
  await goOn(source.dir, ['six', 'seven', 'eight', 'nine']);
});
afterAll(() => source.remove());

/** Opens the ledger as the program does, writes these notes and closes, which signs a checkpoint. */
async function goOn(dir: string, texts: readonly string[]): Promise<void> {
  const ledger = await openLedger(options(dir));
  for (const text of texts) written(await ledger.append(noted(text)));
  const output = {ptr: '/body/output', value: new Uint8Array(40_000).fill(1)};
  written(await ledger.append({entries: [{...outcome(`r${texts.length}`, 0), disclosed: [output]}]}));
  await ledger.close();
}

function copy(from = source.dir): string {
  const dir = tempDir();
  cpSync(from, dir, {recursive: true});
  return dir;
}

/** As somebody with an editor would: no trigger stops him. */
function tamper<T>(dir: string, change: (db: Database.Database) => T): T {
  const db = new Database(path.join(dir, 'ledger.db'));
  for (const name of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all())
    db.exec(`DROP TRIGGER ${String(name)}`);
  const made = change(db);
  db.close();
  return made;
}

async function report(dir: string, more: VerifyOptions = {}) {
  const {evidence, close} = openEvidence(dir);
  try {
    return (await verify(evidence, more)).report;
  } finally {
    close();
  }
}

const keptOf = (dir: string): string => readFileSync(path.join(dir, 'checkpoint'), 'utf8');
const kept = (raw: string): VerifyOptions => ({notes: [{where: 'kept.txt', raw: Buffer.from(raw)}]});

function signerOf(dir: string): Signer {
  const signer = parseSigner(readFileSync(path.join(dir, 'keys', 'ledger.key'), 'utf8'));
  if (signer === undefined) throw new Error('no key');
  return signer;
}

interface Row {
  readonly seq: number;
  readonly line: Buffer;
  readonly leaf: Buffer;
}
const rowsOf = (db: Database.Database): readonly Row[] =>
  db.prepare<[], Row>('SELECT seq, line, leaf FROM entry ORDER BY seq').all();
const sizesOf = (db: Database.Database): readonly number[] =>
  db.prepare<[], number>('SELECT size FROM checkpoint ORDER BY size').pluck().all();

/** Writes the entry anew and all behind it, so that they follow; signs every checkpoint again with `signer`. */
function retell(dir: string, from: number, signer?: Signer): void {
  tamper(dir, db => {
    const put = db.prepare('UPDATE entry SET line = ?, leaf = ? WHERE seq = ?');
    const leaves: Buffer[] = [];
    for (const {seq, line, leaf} of rowsOf(db)) {
      const text = line.toString();
      const prev = leaves.at(-1)?.toString('hex') ?? '';
      const told =
        seq < from
          ? text
          : text
              .replace(/"prev":"[0-9a-f]{64}"/, `"prev":"${prev}"`)
              .replace('ada', seq === from ? 'eve' : 'ada');
      const bytes = Buffer.from(told);
      leaves.push(seq < from ? leaf : leafHash(bytes));
      put.run(bytes, leaves.at(-1), seq);
    }
    for (const size of signer === undefined ? [] : sizesOf(db)) {
      const tree = new Tree();
      for (const leaf of leaves.slice(0, size)) tree.push(leaf);
      const raw = signCheckpoint({size, root: tree.root()}, signer ?? signerOf(dir));
      db.prepare('UPDATE checkpoint SET note = ? WHERE size = ?').run(Buffer.from(raw), size);
      writeFileSync(path.join(dir, 'checkpoint'), raw);
    }
  });
}

test('two entries swapped with their leaves break the chain before the first of them', async () => {
  const dir = copy();
  tamper(dir, db =>
    db.exec(
      'UPDATE entry SET seq = -1 WHERE seq = 3; UPDATE entry SET seq = 3 WHERE seq = 5; UPDATE entry SET seq = 5 WHERE seq = -1',
    ),
  );
  expect(await report(dir)).toMatchObject({verdict: 'modified', failure_index: 2});
});

test('an entry inserted or duplicated in the middle is modified at the one before it', async () => {
  for (const text of ['eve', 'ada']) {
    const dir = copy();
    tamper(dir, db => {
      db.exec('UPDATE entry SET seq = -seq - 1 WHERE seq > 4; UPDATE entry SET seq = -seq WHERE seq < 0');
      const line = Buffer.from((rowsOf(db)[4]?.line ?? '').toString().replace('ada', text));
      db.prepare("INSERT INTO entry VALUES (5, ?, 'note', NULL, ?)").run(leafHash(line), line);
    });
    const found = await report(dir);
    expect(found).toMatchObject({verified: false, verdict: 'modified', failure_index: 4});
  }
});

test('a rewrite of the same length without the key disagrees with the roots that were signed', async () => {
  const dir = copy();
  retell(dir, 3);
  expect(await report(dir)).toMatchObject({verdict: 'modified', failure_index: null});
});

test('a rewrite of the same length with the key is found by any checkpoint that was kept, of the tip or before', async () => {
  const dir = copy();
  retell(dir, 3, signerOf(dir));
  expect(await report(dir)).toMatchObject({verdict: 'intact'});
  expect(await report(dir, kept(keptOf(source.dir)))).toMatchObject({verdict: 'forked'});
  const notes = tamper(copy(), db =>
    db.prepare<[], Buffer>('SELECT note FROM checkpoint WHERE size = 7').pluck().get(),
  );
  expect(await report(dir, kept(String(notes)))).toMatchObject({verdict: 'forked'});
});

test('a rewrite that forgot one old checkpoint is a fork by itself', async () => {
  const dir = copy();
  const sizes = tamper(dir, sizesOf);
  const old = tamper(dir, db =>
    db.prepare('SELECT note FROM checkpoint WHERE size = ?').pluck().get(sizes[1]),
  );
  retell(dir, 3, signerOf(dir));
  tamper(dir, db => db.prepare('UPDATE checkpoint SET note = ? WHERE size = ?').run(old, sizes[1]));
  expect(await report(dir)).toMatchObject({verdict: 'forked'});
});

test('a rewrite signed by another key is a bad signature', async () => {
  const dir = copy();
  retell(dir, 3, signerFrom(signerOf(dir).name, new Uint8Array(32).fill(9)));
  expect(await report(dir)).toMatchObject({verdict: 'bad-signature'});
});

/** A ledger that goes on where it lies, as the program asks for. */
function movable(): {
  readonly place: string;
  readonly save: () => string;
  readonly restore: (from: string) => void;
} {
  const place = tempDir();
  return {
    place,
    save: () => copy(place),
    restore: from => {
      rmSync(place, {recursive: true});
      cpSync(from, place, {recursive: true});
      chmodSync(place, 0o700);
    },
  };
}

test('the whole directory rolled back is found by a checkpoint that was kept since', async () => {
  const {place, save, restore} = movable();
  await goOn(place, ['one', 'two']);
  const earlier = save();
  await goOn(place, ['three']);
  const raw = keptOf(place);
  restore(earlier);
  expect(await report(place)).toMatchObject({verdict: 'intact'});
  expect(await report(place, kept(raw))).toMatchObject({verdict: 'truncated'});
});

test('a rollback that went on is a fork of what was kept, whichever is longer', async () => {
  const {place, save, restore} = movable();
  await goOn(place, ['one', 'two']);
  const earlier = save();
  await goOn(place, ['this happened']);
  const first = save();
  restore(earlier);
  await goOn(place, ['that happened']);
  expect(await report(place, kept(keptOf(first)))).toMatchObject({verdict: 'forked'});
  await goOn(place, ['and more', 'and more']);
  expect(await report(place, kept(keptOf(first)))).toMatchObject({verdict: 'forked'});
  expect(await report(first, kept(keptOf(place)))).toMatchObject({verdict: 'truncated'});
});

test('a new log in the place of the old one has another name and key, which a kept key or checkpoint tells', async () => {
  const other = tempDir();
  await goOn(other, ['a fresh start']);
  const {vkey} = signerOf(source.dir);
  expect(await report(other)).toMatchObject({verdict: 'intact'});
  expect(await report(other, {vkey})).toMatchObject({verdict: 'bad-signature'});
  expect(await report(other, kept(keptOf(source.dir)))).toMatchObject({verdict: 'bad-signature'});
  const mixed = copy();
  cpSync(path.join(other, 'checkpoint'), path.join(mixed, 'checkpoint'));
  expect(await report(mixed)).toMatchObject({verdict: 'malformed'});
});

test('an entry whose line says another version is malformed at its place', async () => {
  const dir = copy();
  const signer = signerOf(dir);
  tamper(dir, db => {
    const line = Buffer.from((rowsOf(db)[3]?.line ?? '').toString().replace('"v":1}', '"v":2}'));
    db.prepare('UPDATE entry SET line = ?, leaf = ? WHERE seq = 3').run(line, leafHash(line));
  });
  retell(dir, 4, signer);
  expect(await report(dir)).toMatchObject({verdict: 'malformed', failure_index: 3});
});
