import {cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {createHash} from 'node:crypto';
import Database from 'better-sqlite3';
import {expect, onTestFinished, test} from 'vitest';
import type {NewEntry} from '../../src/domain/entry.ts';
import {isSigned, parseNote, parseVkey} from '../../src/ledger/note.ts';
import {verify} from '../../src/ledger/verify.ts';
import type {LedgerKeeper} from '../../src/ports.ts';
import {openEvidence} from '../../src/store/evidence.ts';
import {openKeeper} from '../../src/store/keeper.ts';
import {openLedger} from '../../src/store/ledger.ts';
import {tempDir} from '../helpers/temp.ts';
import {having, matching, noted, open, options, outcome, written} from './helpers.ts';

async function keeperOf(dir: string): Promise<LedgerKeeper> {
  const keeper = await openKeeper(options(dir, {session: 'session-k'}));
  onTestFinished(async () => {
    await keeper.close().catch(() => undefined);
  });
  return keeper;
}

const redacts = (seq: number, ptr: string): NewEntry => ({
  kind: 'redact',
  body: {seq, ptr},
  disclosed: [{ptr: '/body/reason', value: 'asked for'}],
});

async function reportOf(dir: string) {
  const {evidence, close} = openEvidence(dir);
  try {
    return (await verify(evidence)).report;
  } finally {
    close();
  }
}

/** Every file below, with its bytes. */
function filesIn(dir: string): [string, Buffer][] {
  return readdirSync(dir, {recursive: true, encoding: 'utf8'})
    .map(name => path.join(dir, name))
    .filter(file => statSync(file).isFile())
    .map(file => [file, readFileSync(file)]);
}

const holding = (dir: string, value: string): string[] =>
  filesIn(dir)
    .filter(([, bytes]) => bytes.includes(value))
    .map(([file]) => path.basename(file));

test('the keeper signs a text with the key in force, and never what reads like a checkpoint', async () => {
  const dir = tempDir();
  const {origin} = await open(dir);
  const keeper = await keeperOf(dir);
  const note = parseNote(Buffer.from(await keeper.signText(`${origin}\nquarterdeck-manifest-v1\n00\n`)));
  const key = parseVkey(readFileSync(path.join(dir, 'ledger.vkey'), 'utf8').trim());
  if ('problem' in note || key === undefined) throw new Error('not a note');
  expect(note.text).toBe(`${origin}\nquarterdeck-manifest-v1\n00\n`);
  expect(isSigned(note, [key])).toBe(true);
  for (const text of [`${origin}\n7\nAAAA\n`, 'other\nx\n', `${origin}\nx`])
    await expect(keeper.signText(text)).rejects.toThrow(having({code: 'ENTRY_INVALID'}));
});

const short = 'short-7f3a91 secret value';
const long = `long-7f3a91 ${'x'.repeat(9_000)} the end of it`;
const huge = `huge-7f3a91 ${'y'.repeat(60_000)} its end`;

/** A ledger of three values: two in the database, one as a file; after two checkpoints of the log and its pages. */
async function threeValues(dir: string): Promise<number[]> {
  const ledger = await openLedger(options(dir));
  const [first = -1] = written(await ledger.append(noted(short)));
  const [second = -1] = written(await ledger.append(noted(long)));
  const entry = {...outcome('r1', 0), disclosed: [{ptr: '/body/output', value: huge}]};
  const [third = -1] = written(await ledger.append({entries: [entry]}));
  await ledger.close();
  return [first, second, third];
}

test('an erased value is in no byte of any file, the chain still verifies, and the erasure is counted', async () => {
  const dir = tempDir();
  // Another console has the ledger open all the time.
  const other = await open(dir);
  const [first = -1, second = -1, third = -1] = await threeValues(dir);
  const ptrs = ['/body/text', '/body/text', '/body/output'];
  const places = [first, second, third].map((seq, i) => ({seq, ptr: ptrs[i] ?? ''}));
  for (const value of [short, long.slice(0, 200), huge.slice(0, 200)])
    expect(holding(dir, value)).not.toEqual([]);
  const keeper = await keeperOf(dir);
  const {size} = await other.head();
  const entries = places.map(({seq, ptr}) => redacts(seq, ptr));
  const erased = await keeper.erase(places, entries, size);
  expect(erased).toMatchObject({ok: true});
  expect(erased).not.toHaveProperty('remains');
  for (const value of ['7f3a91', 'the end of it', ' its end', 'x'.repeat(40), 'y'.repeat(40)])
    expect(holding(dir, value)).toEqual([]);
  expect(readdirSync(path.join(dir, 'artifacts'))).toEqual([]);
  expect(existsSync(path.join(dir, 'erasing'))).toBe(false);
  expect(await other.disclosure(first, '/body/text')).toBeUndefined();
  expect(await reportOf(dir)).toMatchObject({verdict: 'intact', redacted: 3});
  written(await other.append(noted('and on it goes')));
});

test('what remains does not tell a four-digit value: no 16 bytes of the database are its salt', async () => {
  const dir = tempDir();
  const ledger = await openLedger(options(dir));
  const [seq = -1] = written(await ledger.append(noted('4711')));
  const [row] = await ledger.read({from: seq, to: seq + 1});
  await ledger.close();
  const sd = /"sd":"([0-9a-f]{64})"/.exec(row?.line ?? '')?.[1];
  const windows = (): Buffer[] => {
    const seen = new Map<string, Buffer>();
    for (const [, bytes] of filesIn(dir).filter(([file]) => !file.endsWith('ledger.reserve')))
      for (let at = 0; at + 16 <= bytes.length; at++) {
        const salt = bytes.subarray(at, at + 16);
        // Runs of one byte are empty pages, not salts.
        if (!salt.every(byte => byte === salt[0])) seen.set(salt.toString('latin1'), salt);
      }
    return [...seen.values()];
  };
  const opens = (salt: Buffer, value: string): boolean =>
    createHash('sha256')
      .update('quarterdeck-sd-v1\0')
      .update(salt)
      .update(`/body/text\0${value}`)
      .digest('hex') === sd;
  // Even who knows the value finds the salt only while the disclosure is there; who has to guess both is worse off.
  expect(windows().some(salt => opens(salt, '4711'))).toBe(true);
  const keeper = await keeperOf(dir);
  await keeper.erase([{seq, ptr: '/body/text'}], [redacts(seq, '/body/text')], seq + 1);
  await keeper.close();
  expect(windows().some(salt => opens(salt, '4711'))).toBe(false);
});

test('only a value that is there can be erased, and not after a hold was set', async () => {
  const dir = tempDir();
  const ledger = await open(dir);
  const [seq = -1] = written(await ledger.append(noted(short)));
  const keeper = await keeperOf(dir);
  const {size} = await ledger.head();
  const erase = async (of: number, ptr: string) => keeper.erase([{seq: of, ptr}], [redacts(of, ptr)], size);
  expect(await erase(99, '/body/text')).toMatchObject({ok: false, message: matching(/no entry 99/)});
  expect(await erase(seq, '/body/other')).toMatchObject({ok: false, message: matching(/no value at/)});
  const hold: NewEntry = {
    kind: 'hold.set',
    body: {id: 'h1', scope: {at: 'all'}},
    disclosed: [{ptr: '/body/reason', value: 'court'}],
  };
  written(await ledger.append({entries: [hold]}));
  expect(await erase(seq, '/body/text')).toMatchObject({ok: false, message: matching(/hold was set/)});
  const later = await keeper.erase([{seq, ptr: '/body/text'}], [redacts(seq, '/body/text')], size + 1);
  expect(later.ok).toBe(true);
  const again = await keeper.erase([{seq, ptr: '/body/text'}], [redacts(seq, '/body/text')], size + 2);
  expect(again).toMatchObject({ok: false, message: matching(/not there any more/)});
  expect((await ledger.read({kinds: ['redact']})).length).toBe(1);
});

test('while somebody reads, the keeper says that bytes may remain; the next opening takes them out', async () => {
  const dir = tempDir();
  const [seq = -1] = await threeValues(dir);
  const ledger = await openLedger(options(dir));
  written(await ledger.append(noted('a page of the log')));
  const reader = new Database(path.join(dir, 'ledger.db'), {readonly: true});
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM disclosure').get();
  const keeper = await keeperOf(dir);
  const erased = await keeper.erase([{seq, ptr: '/body/text'}], [redacts(seq, '/body/text')], 99);
  expect(erased).toMatchObject({ok: true, remains: matching(/ledger\.db-wal/)});
  expect(readdirSync(path.join(dir, 'erasing'))).toHaveLength(1);
  reader.close();
  await keeper.close();
  await ledger.close();
  await (await openLedger(options(dir))).close();
  expect(existsSync(path.join(dir, 'erasing'))).toBe(false);
  expect(holding(dir, '7f3a91 secret')).toEqual([]);
  expect(await reportOf(dir)).toMatchObject({verdict: 'intact', redacted: 1});
}, 20_000);

test('the file of a value whose erasure was cut short goes at the next opening, and only that', async () => {
  const dir = tempDir();
  const [, , seq = -1] = await threeValues(dir);
  const [sd = ''] = readdirSync(path.join(dir, 'artifacts'));
  const before = tempDir();
  cpSync(dir, before, {recursive: true});
  const keeper = await keeperOf(dir);
  await keeper.erase([{seq, ptr: '/body/output'}], [redacts(seq, '/body/output')], 99);
  await keeper.close();
  const task = (place: object) => {
    mkdirSync(path.join(dir, 'erasing'));
    writeFileSync(path.join(dir, 'erasing', '7.json'), JSON.stringify({v: 1, places: [place]}));
  };
  // Cut short after the commit.
  writeFileSync(path.join(dir, 'artifacts', sd), readFileSync(path.join(before, 'artifacts', sd)));
  task({seq, ptr: '/body/output', sd});
  await (await openLedger(options(dir))).close();
  expect(readdirSync(path.join(dir, 'artifacts'))).toEqual([]);
  // Cut short before it: the row is there, so its file stays.
  const [kept = -1] = await threeValues(dir).then(seqs => seqs.slice(2));
  const [other = ''] = readdirSync(path.join(dir, 'artifacts'));
  task({seq: kept, ptr: '/body/output', sd: other});
  await (await openLedger(options(dir))).close();
  expect(readdirSync(path.join(dir, 'artifacts'))).toEqual([other]);
  expect(existsSync(path.join(dir, 'erasing'))).toBe(false);
  expect(await reportOf(dir)).toMatchObject({verdict: 'intact', redacted: 1});
});
