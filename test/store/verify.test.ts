import {copyFileSync, cpSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {signCheckpoint} from '../../src/ledger/checkpoint.ts';
import {leafHash} from '../../src/ledger/hash.ts';
import {parseSigner, signerFrom} from '../../src/ledger/note.ts';
import {verify, type VerifyOptions} from '../../src/ledger/verify.ts';
import {openEvidence} from '../../src/store/evidence.ts';
import {openLedger} from '../../src/store/ledger.ts';
import {makeTempDir, tempDir} from '../helpers/temp.ts';
import {note, noted, open, options, outcome, written, having, matching} from './helpers.ts';

let source: {readonly dir: string; readonly remove: () => void};

// One ledger of 12 entries with checkpoints of 1, 6 and 12, copied for every test.
beforeAll(async () => {
  source = makeTempDir();
  const ledger = await openLedger(options(source.dir));
  written(
    await ledger.append({entries: [note('one'), note('two'), note('three'), note('four'), note('five')]}),
  );
  await ledger.checkpoint();
  const output = {ptr: '/body/output', value: new Uint8Array(40_000).fill(1)};
  written(await ledger.append({entries: [{...outcome('r1', 0), disclosed: [output]}]}));
  written(await ledger.append({entries: [note('7'), note('8'), note('9'), note('10'), note('11')]}));
  await ledger.close();
});
afterAll(() => source.remove());

function copy(): string {
  const dir = tempDir();
  cpSync(source.dir, dir, {recursive: true});
  return dir;
}

/** Changes the database as somebody with an editor would: no trigger stops him. */
function tamper(dir: string, change: (db: Database.Database) => void): void {
  const db = new Database(path.join(dir, 'ledger.db'));
  for (const name of db.prepare("SELECT name FROM sqlite_schema WHERE type = 'trigger'").pluck().all()) {
    db.exec(`DROP TRIGGER ${String(name)}`);
  }
  change(db);
  db.close();
}

async function report(dir: string, more: VerifyOptions = {}) {
  const {evidence, close} = openEvidence(dir);
  try {
    return await verify(evidence, more);
  } finally {
    close();
  }
}

const signerOf = (dir: string) => {
  const signer = parseSigner(readFileSync(path.join(dir, 'keys', 'ledger.key'), 'utf8'));
  if (signer === undefined) throw new Error('no key');
  return signer;
};

const elsewhere = (raw: string) => ({notes: [{where: 'mailed.txt', raw: Buffer.from(raw)}]});

test('an untouched ledger is intact, and the answer has exactly the fields that were promised', async () => {
  const {report: found, proof} = await report(copy());
  expect(found).toEqual({
    verified: true,
    verdict: 'intact',
    failure_index: null,
    failure_reason: null,
    entries: 12,
    checkpointed: 12,
    witnessed: null,
    redacted: 0,
    head: {size: 12, root: matching(/^[0-9a-f]{64}$/)},
    checkpoints: 4,
    key: {id: signerOf(source.dir).id, source: 'directory'},
    not_proved: found.not_proved,
  });
  expect(found.not_proved[0]).toMatch(/^who signed/);
  expect(proof).toBeUndefined();
});

test('with a key and a checkpoint from elsewhere, less remains unproved', async () => {
  const {vkey} = signerOf(source.dir);
  const kept = readFileSync(path.join(source.dir, 'checkpoint'), 'utf8');
  const {report: found} = await report(copy(), {vkey, ...elsewhere(kept)});
  expect(found).toMatchObject({verdict: 'intact', key: {source: 'given'}});
  expect(found.not_proved.some(line => /who signed|cut off/.test(line))).toBe(false);
});

test('any single flipped bit in any line or leaf is found, at its entry', async () => {
  const dir = copy();
  const db = new Database(path.join(dir, 'ledger.db'));
  const rows = db
    .prepare<[], {seq: number; line: Buffer; leaf: Buffer}>('SELECT seq, line, leaf FROM entry')
    .all();
  db.close();
  tamper(dir, () => undefined);
  await fc.assert(
    fc.asyncProperty(
      fc.nat(rows.length - 1),
      fc.constantFrom('line', 'leaf'),
      fc.nat(),
      async (i, column, bit) => {
        const row = rows[i];
        if (row === undefined) return;
        const bytes = Buffer.from(row[column]);
        const at = bit % (bytes.length * 8);
        bytes[at >> 3] = (bytes[at >> 3] ?? 0) ^ (1 << (at & 7));
        const put = (value: Buffer) => {
          const edit = new Database(path.join(dir, 'ledger.db'));
          edit.prepare(`UPDATE entry SET ${column} = ? WHERE seq = ?`).run(value, row.seq);
          edit.close();
        };
        put(bytes);
        const {report: found} = await report(dir);
        put(row[column]);
        expect(found).toMatchObject({verified: false, verdict: 'modified', failure_index: row.seq});
      },
    ),
    {numRuns: 60},
  );
  expect((await report(dir)).report.verdict).toBe('intact');
});

test('a changed line with a matching leaf breaks the chain at its entry', async () => {
  const dir = copy();
  tamper(dir, db => {
    const line = Buffer.from(
      String(db.prepare('SELECT CAST(line AS TEXT) FROM entry WHERE seq = 4').pluck().get()).replace(
        'ada',
        'eve',
      ),
    );
    db.prepare('UPDATE entry SET line = ?, leaf = ? WHERE seq = 4').run(line, leafHash(line));
  });
  expect((await report(dir)).report).toMatchObject({verdict: 'modified', failure_index: 4});
});

test('the last entry rewritten with a matching leaf disagrees with the signed root', async () => {
  const dir = copy();
  tamper(dir, db => {
    const line = Buffer.from(
      String(db.prepare('SELECT CAST(line AS TEXT) FROM entry WHERE seq = 11').pluck().get()).replace(
        'ada',
        'eve',
      ),
    );
    db.prepare('UPDATE entry SET line = ?, leaf = ? WHERE seq = 11').run(line, leafHash(line));
  });
  expect((await report(dir)).report).toMatchObject({verdict: 'modified', failure_index: null});
});

test('a missing entry in the middle is modified at its place, missing entries at the end are truncated', async () => {
  const middle = copy();
  tamper(middle, db => db.exec('DELETE FROM entry WHERE seq = 5'));
  // Eleven entries under a checkpoint of twelve: the cut is told first, as the order of verdicts says.
  expect((await report(middle)).report).toMatchObject({verdict: 'truncated'});
  const uncovered = copy();
  tamper(uncovered, db => db.exec('DELETE FROM entry WHERE seq = 5; DELETE FROM checkpoint WHERE size > 6'));
  rmSync(path.join(uncovered, 'checkpoint'));
  expect((await report(uncovered)).report).toMatchObject({verdict: 'modified', failure_index: 5});
  const end = copy();
  tamper(end, db => db.exec('DELETE FROM entry WHERE seq > 9; DELETE FROM checkpoint WHERE size > 6'));
  expect((await report(end)).report).toMatchObject({verdict: 'truncated', failure_index: null, entries: 10});
});

test('a cut that took its checkpoints along is found by a checkpoint that was kept elsewhere', async () => {
  const dir = copy();
  const kept = readFileSync(path.join(dir, 'checkpoint'), 'utf8');
  tamper(dir, db =>
    db.exec(
      'DELETE FROM entry WHERE seq > 5; DELETE FROM checkpoint WHERE size > 6; DELETE FROM disclosure WHERE seq > 5',
    ),
  );
  rmSync(path.join(dir, 'checkpoint'));
  const {report: alone} = await report(dir);
  expect(alone).toMatchObject({verdict: 'intact', entries: 6});
  expect(alone.not_proved.join()).toMatch(/file that remembers it is not there/);
  expect((await report(dir, elsewhere(kept))).report.verdict).toBe('truncated');
});

test('two stories under one key are a fork, and both notes are the proof', async () => {
  const dir = copy();
  const signer = signerOf(dir);
  const sameSize = signCheckpoint({size: 6, root: new Uint8Array(32)}, signer);
  const {report: found, proof} = await report(dir, elsewhere(sameSize));
  expect(found).toMatchObject({verified: false, verdict: 'forked'});
  expect(proof).toContain(sameSize);
  const betweenSizes = signCheckpoint({size: 9, root: new Uint8Array(32)}, signer);
  const deep = await report(dir, elsewhere(betweenSizes));
  expect(deep.report.verdict).toBe('forked');
  expect(deep.proof).toHaveLength(2);
});

test('a checkpoint of another key, and a replaced key, are bad signatures', async () => {
  const dir = copy();
  const stranger = signerFrom(signerOf(dir).name, new Uint8Array(32).fill(1));
  const foreign = signCheckpoint({size: 6, root: new Uint8Array(32)}, stranger);
  expect((await report(dir, elsewhere(foreign))).report.verdict).toBe('bad-signature');
  expect((await report(dir, {vkey: stranger.vkey})).report).toMatchObject({
    verdict: 'bad-signature',
    key: {source: 'given'},
  });
  writeFileSync(path.join(dir, 'ledger.vkey'), `${stranger.vkey}\n`);
  expect((await report(dir)).report.verdict).toBe('bad-signature');
  tamper(dir, db => db.exec('DELETE FROM checkpoint'));
  rmSync(path.join(dir, 'checkpoint'));
  expect((await report(dir)).report).toMatchObject({
    verdict: 'bad-signature',
    failure_reason: matching(/entry 0/),
  });
});

test('a note or a key file that cannot be read as specified is malformed', async () => {
  const note_ = copy();
  writeFileSync(path.join(note_, 'checkpoint'), 'not a note');
  expect((await report(note_)).report.verdict).toBe('malformed');
  const key = copy();
  rmSync(path.join(key, 'ledger.vkey'));
  expect((await report(key)).report).toMatchObject({
    verdict: 'malformed',
    failure_reason: matching(/vkey/),
  });
});

test('values beside an entry are held to their commitments', async () => {
  const changes: readonly ((dir: string, db: Database.Database) => void)[] = [
    (_, db) => db.prepare("UPDATE disclosure SET value = CAST('other' AS BLOB) WHERE seq = 3").run(),
    (_, db) => db.prepare('DELETE FROM disclosure WHERE seq = 3').run(),
    (_, db) =>
      db.prepare("INSERT INTO disclosure VALUES (0, '/body/x', 'x', zeroblob(16), zeroblob(1))").run(),
    (dir, db) => {
      const sd = String(db.prepare('SELECT sd FROM disclosure WHERE value IS NULL').pluck().get());
      writeFileSync(path.join(dir, 'artifacts', sd), 'something else');
    },
    (_, db) => db.prepare("UPDATE entry SET run = 'other' WHERE seq = 6").run(),
  ];
  for (const change of changes) {
    const dir = copy();
    tamper(dir, db => {
      change(dir, db);
    });
    expect((await report(dir)).report).toMatchObject({verdict: 'modified', failure_index: null});
  }
});

test('an empty ledger is never a pass, and what is no ledger cannot be verified at all', async () => {
  const empty = copy();
  tamper(empty, db => db.exec('DELETE FROM entry'));
  expect((await report(empty)).report).toMatchObject({verified: false, verdict: 'empty'});
  const gone = copy();
  rmSync(path.join(gone, 'ledger.db'));
  expect((await report(gone)).report.verdict).toBe('empty');
  const other = tempDir();
  const refused = {code: 'LEDGER_UNREADABLE', exitStatus: 2};
  expect(() => openEvidence(other)).toThrow(having(refused));
  expect(() => openEvidence(path.join(other, 'nothing'))).toThrow(having(refused));
  writeFileSync(path.join(other, 'ledger.db'), 'this is no database, although it has its name');
  expect(() => openEvidence(other)).toThrow(having(refused));
});

test('a ledger in use, with a log beside the database, is verified as it is now', async () => {
  const dir = tempDir();
  const ledger = await open(dir);
  written(await ledger.append(noted('still in the log')));
  expect((await report(dir)).report).toMatchObject({verdict: 'intact', entries: 2, checkpointed: 1});
  const snapshot = tempDir();
  cpSync(dir, snapshot, {recursive: true});
  // A copy without the log loses what is in it, and is found out by the remembered checkpoint.
  await ledger.checkpoint();
  copyFileSync(path.join(dir, 'checkpoint'), path.join(snapshot, 'checkpoint'));
  rmSync(path.join(snapshot, 'ledger.db-wal'));
  const found = await report(snapshot).catch((error: unknown) => error);
  expect(found).not.toMatchObject({report: {verified: true}});
  onTestFinished(() => undefined);
});
