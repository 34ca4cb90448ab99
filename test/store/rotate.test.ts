import {existsSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import {expect, test} from 'vitest';
import {keyRotate} from '../../src/domain/kinds-ledger.ts';
import {parseCheckpoint} from '../../src/ledger/checkpoint.ts';
import {isSigned, parseNote, parseSigner, parseVkey, rotationText} from '../../src/ledger/note.ts';
import {LedgerCore} from '../../src/store/core.ts';
import {realDisk, type Disk} from '../../src/store/disk.ts';
import {connect, type Connect} from '../../src/store/connect.ts';
import {openEvidence} from '../../src/store/evidence.ts';
import {verify} from '../../src/ledger/verify.ts';
import {openKeeper} from '../../src/store/keeper.ts';
import {openLedger} from '../../src/store/ledger.ts';
import type {OpenSpec, Rotation} from '../../src/store/protocol.ts';
import {tempDir} from '../helpers/temp.ts';
import {having, matching, noted, open, options, written} from './helpers.ts';

const fileIn = (dir: string, ...names: string[]): string => readFileSync(path.join(dir, ...names), 'utf8');
const keysIn = (dir: string) =>
  fileIn(dir, 'ledger.vkey')
    .trimEnd()
    .split('\n')
    .map(line => {
      const key = parseVkey(line);
      if (key === undefined) throw new Error(`no key: ${line}`);
      return key;
    });

const verdictOf = async (dir: string): Promise<string> => {
  const {evidence, close} = openEvidence(dir);
  const {report} = await verify(evidence);
  close();
  return report.verdict;
};

/** Which of the keys signed each stored checkpoint, by size. */
function signedBy(dir: string): Record<number, number> {
  const keys = keysIn(dir);
  const db = new Database(path.join(dir, 'ledger.db'), {readonly: true});
  const notes = db.prepare<[], Buffer>('SELECT note FROM checkpoint ORDER BY size').pluck().all();
  db.close();
  return Object.fromEntries(
    notes.map(raw => {
      const parsed = parseCheckpoint(raw);
      if ('problem' in parsed) throw new Error(parsed.problem);
      return [parsed.size, keys.findIndex(key => isSigned(parsed.note, [key]))];
    }),
  );
}

async function rotated(dir: string, reason = 'yearly') {
  const keeper = await openKeeper(options(dir));
  try {
    return await keeper.rotateKey(reason);
  } finally {
    await keeper.close();
  }
}

test('a new key is vouched for by the old one, whose last checkpoint covers exactly that; the old one is gone', async () => {
  const dir = tempDir();
  const ledger = await openLedger(options(dir));
  written(await ledger.append(noted('under the first key')));
  await ledger.close();
  const old = fileIn(dir, 'keys', 'ledger.key').trim();
  const {vkey, seq} = await rotated(dir);
  const [first, second, ...more] = keysIn(dir);
  if (first === undefined || second === undefined) throw new Error('keys are missing');
  expect([second.vkey, more]).toEqual([vkey, []]);
  expect(parseSigner(fileIn(dir, 'keys', 'ledger.key').trim())?.vkey).toBe(vkey);
  expect(existsSync(path.join(dir, 'keys', 'ledger.key.next'))).toBe(false);
  expect(fileIn(dir, 'keys', 'ledger.key')).not.toContain(old.trim().split('+').slice(4).join('+'));
  const again = await open(dir);
  const [entry] = await again.read({kinds: ['key.rotate']});
  const note = parseNote(Buffer.from(keyRotate.parse(entry?.entry.body).note));
  if ('problem' in note) throw new Error(note.problem);
  expect(note.text).toBe(rotationText(again.origin, seq, vkey));
  expect(isSigned(note, [first])).toBe(true);
  expect(Buffer.from((await again.disclosure(seq, '/body/reason')) ?? []).toString()).toBe('yearly');
  written(await again.append(noted('under the second key')));
  await again.checkpoint();
  expect(signedBy(dir)).toMatchObject({1: 0, [seq + 1]: 0, [seq + 2]: 1});
  expect(await verdictOf(dir)).toBe('intact');
});

test('a console that was open all the time signs with the new key from then on', async () => {
  const dir = tempDir();
  const other = await open(dir);
  written(await other.append(noted('before')));
  const {seq} = await rotated(dir);
  await other.checkpoint();
  written(await other.append(noted('after')));
  const {checkpointSize} = await other.checkpoint();
  expect(checkpointSize).toBe(seq + 2);
  const keeper = await openKeeper(options(dir));
  const next = await keeper.rotateKey('again');
  const signed = parseNote(Buffer.from(await keeper.signText(`${other.origin}\nx\n`)));
  await keeper.close();
  written(await other.append(noted('under the third')));
  await other.checkpoint();
  expect(signedBy(dir)).toMatchObject({[seq + 1]: 0, [seq + 2]: 1, [next.seq + 1]: 1, [next.seq + 2]: 2});
  if ('problem' in signed) throw new Error(signed.problem);
  expect(isSigned(signed, keysIn(dir).slice(2))).toBe(true);
});

test('two at once: both keys come into force, one after the other', async () => {
  const dir = tempDir();
  await (await openLedger(options(dir))).close();
  const [a, b] = await Promise.all([rotated(dir, 'one'), rotated(dir, 'two')]);
  expect(
    keysIn(dir)
      .slice(1)
      .map(({vkey}) => vkey)
      .toSorted(),
  ).toEqual([a.vkey, b.vkey].toSorted());
  const ledger = await openLedger(options(dir));
  written(await ledger.append(noted('goes on')));
  await ledger.close();
  expect(new Set(Object.values(signedBy(dir)))).toEqual(new Set([0, 1, 2]));
});

test('a key file or a list of keys that the entries do not bear out is refused', async () => {
  const dir = tempDir();
  await (await openLedger(options(dir))).close();
  const old = fileIn(dir, 'keys', 'ledger.key');
  await rotated(dir);
  const good = {key: fileIn(dir, 'keys', 'ledger.key'), vkey: fileIn(dir, 'ledger.vkey')};
  writeFileSync(path.join(dir, 'keys', 'ledger.key'), old);
  await expect(openLedger(options(dir))).rejects.toThrow(having({message: matching(/not the key of this/)}));
  writeFileSync(path.join(dir, 'keys', 'ledger.key'), good.key);
  const foreign = tempDir();
  await (await openLedger(options(foreign))).close();
  writeFileSync(path.join(dir, 'ledger.vkey'), good.vkey + fileIn(foreign, 'ledger.vkey'));
  await expect(openLedger(options(dir))).rejects.toThrow(having({message: matching(/no entry introduces/)}));
  writeFileSync(path.join(dir, 'ledger.vkey'), good.vkey.split('\n').slice(1).join('\n'));
  await expect(openLedger(options(dir))).rejects.toThrow(having({message: matching(/does not begin/)}));
  // One line too few is a rotation that was cut short.
  writeFileSync(path.join(dir, 'ledger.vkey'), `${good.vkey.split('\n')[0] ?? ''}\n`);
  expect(await verdictOf(dir)).toBe('intact');
  await (await openLedger(options(dir))).close();
  expect(fileIn(dir, 'ledger.vkey')).toBe(good.vkey);
  rmSync(path.join(dir, 'keys', 'ledger.key'));
  await expect(openLedger(options(dir))).rejects.toThrow(having({code: 'LEDGER_UNREADABLE'}));
});

/** Every statement and file operation is counted; the n-th one fails, before or after it was done, and all that follow. */
class Crash {
  calls = 0;
  readonly #at: number;
  readonly #after: boolean;
  constructor(at: number, after: boolean) {
    this.#at = at;
    this.#after = after;
  }

  run<T>(act: () => T): T {
    this.calls += 1;
    if (this.calls < this.#at) return act();
    if (this.calls === this.#at && this.#after) act();
    throw new Error('the machine stopped');
  }

  readonly connect: Connect = asked => {
    const db = connect(asked);
    const prepare = db.prepare.bind(db);
    return new Proxy(db, {
      get: (target, name) => {
        if (name === 'prepare') {
          return (sql: string) => {
            const statement = prepare(sql);
            if (sql === 'ROLLBACK') return statement;
            const run = statement.run.bind(statement);
            return Object.assign(statement, {run: (...values: unknown[]) => this.run(() => run(...values))});
          };
        }
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        const bound: unknown = value.bind(target);
        return bound;
      },
    });
  };

  readonly disk: Disk = {
    ...realDisk,
    replace: (file, content) => {
      this.run(() => {
        realDisk.replace(file, content);
      });
    },
    wipe: file => {
      this.run(() => {
        realDisk.wipe(file);
      });
    },
    remove: file => {
      this.run(() => {
        realDisk.remove(file);
      });
    },
  };
}

const stamp = {
  ts: '2026-01-02T03:04:05.000Z',
  mono: 1,
  boot: 'b',
  session: 's',
  actor: {operator: 'ada', uid: 0, user: 'root', via: 'local'},
} as const;
const specOf = (dir: string): OpenSpec => ({
  dir,
  site: 'acme',
  host: 'bastion',
  version: '0.1.0',
  uid: -1,
  stamp,
  mode: 'write',
  adopt: false,
  entropy: new Uint8Array(40).fill(7),
  reserveBytes: 65_536,
  pragmas: [],
});
const rotation: Rotation = {
  stamp,
  reason: 'a drill',
  seed: new Uint8Array(32).fill(9),
  salt: new Uint8Array(16).fill(5),
};

test.each([
  ['before', false],
  ['after', true],
])(
  'wherever the machine stops, %s it is done, one key is in force and it is the only one left',
  async (_, after) => {
    let n = 0;
    let [withOld, withNew] = [0, 0];
    for (let more = true; more;) {
      n += 1;
      const dir = tempDir();
      new LedgerCore(specOf(dir)).close();
      const probe = new Crash(Infinity, false);
      new LedgerCore(specOf(dir), probe).close();
      const crash = new Crash(probe.calls + n, after);
      const core = new LedgerCore(specOf(dir), crash);
      try {
        core.rotateKey(rotation);
      } catch {
        // The machine stopped.
      }
      core.close();
      more = crash.calls >= probe.calls + n;
      const again = new LedgerCore(specOf(dir));
      const rotations = again.read({kinds: ['key.rotate']}).length;
      if (rotations === 0) withOld += 1;
      else withNew += 1;
      expect(keysIn(dir)).toHaveLength(rotations + 1);
      expect(again.opened.vkey).toBe(keysIn(dir).at(-1)?.vkey);
      expect(realDisk.list(path.join(dir, 'keys'))).toEqual(['ledger.key']);
      expect(parseSigner(fileIn(dir, 'keys', 'ledger.key').trim())?.vkey).toBe(again.opened.vkey);
      again.checkpoint();
      expect(await verdictOf(dir)).toBe('intact');
      const {seq} = again.rotateKey({...rotation, seed: new Uint8Array(32).fill(11)});
      expect(signedBy(dir)[seq + 1]).toBe(rotations);
      again.close();
    }
    expect(n).toBeGreaterThan(8);
    expect(Math.min(withOld, withNew)).toBeGreaterThan(2);
  },
);
