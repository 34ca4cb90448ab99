import {
  chmodSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import {expect, test} from 'vitest';
import {isOldSqlite} from '../../src/store/connect.ts';
import {openEvidence} from '../../src/store/evidence.ts';
import {newOrigin} from '../../src/store/new-origin.ts';
import {networkName} from '../../src/store/paths.ts';
import {verify} from '../../src/ledger/verify.ts';
import {openLedger} from '../../src/store/ledger.ts';
import {tempDir} from '../helpers/temp.ts';
import {noted, open, options, written, having, matching} from './helpers.ts';

const uid = process.getuid?.() ?? -1;

async function made(dir: string, notes = 3): Promise<void> {
  const ledger = await openLedger(options(dir));
  for (let i = 0; i < notes; i++) written(await ledger.append(noted(`note ${i}`)));
  await ledger.close();
}

test('keys and database are for their owner alone, and every setting holds', async () => {
  const dir = tempDir();
  await made(dir);
  expect(statSync(path.join(dir, 'keys', 'ledger.key')).mode & 0o777).toBe(0o600);
  expect(statSync(path.join(dir, 'keys')).mode & 0o777).toBe(0o700);
  const db = new Database(path.join(dir, 'ledger.db'));
  expect(db.pragma('journal_mode', {simple: true})).toBe('wal');
  expect(db.pragma('application_id', {simple: true})).toBe(0x51444c47);
  db.pragma('recursive_triggers=ON');
  for (const sql of [
    "UPDATE entry SET kind = 'x' WHERE seq = 1",
    'DELETE FROM entry WHERE seq = 3',
    'REPLACE INTO entry SELECT * FROM entry WHERE seq = 3',
    'INSERT INTO entry SELECT 9, leaf, kind, run, line FROM entry WHERE seq = 3',
    'INSERT INTO entry SELECT 4, leaf, kind, run, line FROM entry WHERE seq = 3',
    'UPDATE disclosure SET value = NULL',
    'DELETE FROM checkpoint',
  ]) {
    expect(() => db.exec(sql)).toThrow(/ledger: /);
  }
  db.close();
});

test('an old SQLite and a network file system are known', () => {
  expect(['3.51.2', '3.50.9', '2.99.99', '3.51.3', '3.54.1', '4.0.0'].map(isOldSqlite)).toEqual([
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
  expect([0x6969, 0xff534d42, 0xfe534d42, 0xef53, 0x01021994].map(networkName)).toEqual([
    'NFS',
    'CIFS',
    'SMB2',
    undefined,
    undefined,
  ]);
});

test('an unsafe data directory is refused', async () => {
  const dir = tempDir();
  const link = path.join(tempDir(), 'link');
  symlinkSync(dir, link);
  await expect(openLedger(options(link))).rejects.toMatchObject({
    code: 'HOME_UNSAFE',
    message: matching(/link/),
  });
  chmodSync(dir, 0o750);
  await expect(openLedger(options(dir))).rejects.toMatchObject({
    code: 'HOME_UNSAFE',
    hint: matching(/chmod 700/),
  });
  chmodSync(dir, 0o700);
  await made(dir);
  linkSync(path.join(dir, 'ledger.db'), path.join(dir, 'second'));
  await expect(openLedger(options(dir))).rejects.toMatchObject({code: 'HOME_UNSAFE'});
  await expect(openLedger(options(path.join(dir, 'nothing')))).rejects.toMatchObject({code: 'HOME_UNSAFE'});
});

test('a file that is no database, or not ours, is refused and left alone', async () => {
  const dir = tempDir();
  const file = path.join(dir, 'ledger.db');
  writeFileSync(file, 'hello, this is not a database at all');
  await expect(openLedger(options(dir))).rejects.toMatchObject({
    code: 'LEDGER_UNREADABLE',
    message: matching(/not a database/),
  });
  expect(readFileSync(file, 'utf8')).toBe('hello, this is not a database at all');
  rmSync(file);
  new Database(file).exec('CREATE TABLE mine(x)').close();
  await expect(openLedger(options(dir))).rejects.toMatchObject({
    code: 'LEDGER_UNREADABLE',
    message: matching(/not a ledger/),
  });
});

test('reading needs no writing, also where there is nothing yet', async () => {
  const dir = tempDir();
  await expect(openLedger(options(dir, {mode: 'read'}))).rejects.toMatchObject({code: 'LEDGER_UNREADABLE'});
  await made(dir);
  const reader = await open(dir, {mode: 'read'});
  expect((await reader.read({})).length).toBe(4);
  expect(await reader.append(noted('x'))).toMatchObject({ok: false, why: 'read-only'});
});

test('a database that refuses to be written is opened for reading and says so', async () => {
  const dir = tempDir();
  await made(dir);
  const ledger = await open(dir, {pragmas: ['query_only=ON']});
  expect(ledger.readOnly).toMatch(/refuses to be written/);
  expect(await ledger.append(noted('x'))).toMatchObject({ok: false, why: 'read-only'});
  expect((await ledger.head()).size).toBe(4);
});

test.each([
  ['deleted', (file: string) => unlinkSync(file)],
  [
    'replaced by another file',
    (file: string) => {
      copyFileSync(file, `${file}.copy`);
      renameSync(`${file}.copy`, file);
    },
  ],
])('a database that was %s while it was open is not written any more', async (words, change) => {
  const dir = tempDir();
  const ledger = await open(dir);
  written(await ledger.append(noted('before')));
  change(path.join(dir, 'ledger.db'));
  for (const text of ['after', 'still']) {
    expect(await ledger.append(noted(text))).toMatchObject({
      ok: false,
      why: 'swapped',
      message: matching(new RegExp(words)),
    });
  }
  expect((await ledger.read({})).length).toBe(2);
});

test('a ledger behind its remembered checkpoint is not written, and a new origin names it and keeps it', async () => {
  const dir = tempDir();
  const backup = tempDir();
  await made(dir, 2);
  copyFileSync(path.join(dir, 'ledger.db'), path.join(backup, 'ledger.db'));
  const grown = await openLedger(options(dir));
  written(await grown.append(noted('lost by the restore')));
  await grown.close();
  const remembered = readFileSync(path.join(dir, 'checkpoint'), 'utf8');
  for (const name of ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'])
    rmSync(path.join(dir, name), {force: true});
  copyFileSync(path.join(backup, 'ledger.db'), path.join(dir, 'ledger.db'));
  await expect(openLedger(options(dir))).rejects.toMatchObject({
    code: 'LEDGER_BEHIND',
    exitStatus: 3,
    hint: matching(/new-origin/),
  });
  const reader = await openLedger(options(dir, {mode: 'read'}));
  expect((await reader.head()).size).toBe(3);
  const old = reader.origin;
  await reader.close();

  const result = await newOrigin(options(dir), uid, 'disk restored from a backup');
  expect(result.follows).toEqual(having({log: old, size: 3}));
  expect(result.origin).not.toBe(old);
  expect(readFileSync(path.join(result.aside, 'checkpoint'), 'utf8')).toBe(remembered);
  const next = await open(dir);
  const [genesis] = await next.read({});
  expect(genesis?.entry.body['follows']).toMatchObject({log: old, size: 3, checkpoint: {size: 4}});
  expect(Buffer.from((await next.disclosure(0, '/body/reason')) ?? []).toString()).toBe(
    'disk restored from a backup',
  );
  written(await next.append(noted('goes on')));
  const {evidence, close} = openEvidence(result.aside);
  expect((await verify(evidence)).report.verdict).toBe('truncated');
  close();
});

test('a database that vanished while its checkpoint is remembered is not made anew', async () => {
  const dir = tempDir();
  await made(dir);
  rmSync(path.join(dir, 'ledger.db'));
  await expect(openLedger(options(dir))).rejects.toMatchObject({code: 'LEDGER_BEHIND'});
  expect(existsSync(path.join(dir, 'ledger.db'))).toBe(false);
});

test('a moved data directory is refused until it is adopted, which is recorded once', async () => {
  const dir = tempDir();
  await made(dir);
  const moved = path.join(tempDir(), 'moved');
  mkdirSync(moved, {mode: 0o700});
  cpSync(dir, moved, {recursive: true});
  await expect(openLedger(options(moved))).rejects.toMatchObject({
    code: 'LEDGER_ELSEWHERE',
    hint: matching(/--adopt/),
  });
  const adopted = await openLedger(options(moved, {adopt: true}));
  await adopted.close();
  const again = await open(moved);
  const recovered = await again.read({kinds: ['ledger.recover']});
  expect(recovered.map(({entry}) => entry.body)).toEqual([{why: 'adopted', from: dir, path: moved}]);
});

test('a checkpoint is made every 256 entries, on request and at close, and never goes back', async () => {
  const dir = tempDir();
  const ledger = await openLedger(options(dir));
  for (let i = 0; i < 3; i++) {
    await Promise.all(Array.from({length: 100}, async (_, n) => ledger.append(noted(`${i} ${n}`))));
  }
  const head = await ledger.head();
  expect(head.size).toBe(301);
  expect(head.checkpointSize).toBeGreaterThanOrEqual(257);
  const first = readFileSync(path.join(dir, 'checkpoint'), 'utf8');
  expect(first.split('\n')[1]).toBe(String(head.checkpointSize));
  expect((await ledger.checkpoint()).checkpointSize).toBe(301);
  written(await ledger.append(noted('last')));
  await ledger.close();
  expect(readFileSync(path.join(dir, 'checkpoint'), 'utf8').split('\n')[1]).toBe('302');
});

test('five minutes after something new a checkpoint is made by itself', async () => {
  const {fakeClock} = await import('../helpers/fakes.ts');
  const {waitFor} = await import('../helpers/wait.ts');
  const clock = fakeClock();
  const ledger = await open(tempDir(), {clock});
  written(await ledger.append(noted('new')));
  await clock.advance(299_000);
  expect((await ledger.head()).checkpointSize).toBe(1);
  await clock.advance(1000);
  await waitFor(async () => (await ledger.head()).checkpointSize === 2, {what: 'the checkpoint'});
});
