import {readFileSync, rmSync} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import {expect, test} from 'vitest';
import {commit} from '../../src/ledger/commitment.ts';
import {draftOf, type Stamp} from '../../src/ledger/line.ts';
import {verify} from '../../src/ledger/verify.ts';
import {connect, type Connect} from '../../src/store/connect.ts';
import {LedgerCore} from '../../src/store/core.ts';
import {realDisk, type Disk} from '../../src/store/disk.ts';
import {openEvidence} from '../../src/store/evidence.ts';
import type {OpenSpec, WireAppend, WireResult} from '../../src/store/protocol.ts';
import {spoolOutcome} from '../../src/store/spool.ts';
import type {NewEntry} from '../../src/domain/entry.ts';
import {fakeClock, fakeRandom} from '../helpers/fakes.ts';
import {tempDir} from '../helpers/temp.ts';
import {finish, note, noted, open, outcome, runStart, written, having, matching} from './helpers.ts';

const stamp: Stamp = {
  ts: '2026-01-02T03:04:05.000Z',
  mono: 1,
  boot: 'b',
  session: 's',
  actor: {operator: 'ada', uid: 0, user: 'root', via: 'local'},
};

const specOf = (dir: string, more: Partial<OpenSpec> = {}): OpenSpec => ({
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
  ...more,
});

function wire(core: LedgerCore, ...entries: readonly NewEntry[]): WireAppend {
  const wired = entries.map(entry => {
    const committed = commit(entry.body, entry.disclosed ?? [], () => new Uint8Array(16));
    if ('problem' in committed) throw new Error(committed.problem);
    const draft = draftOf(core.opened.origin, stamp, {...entry, body: committed.body});
    if ('problem' in draft) throw new Error(draft.problem);
    return {...draft, disclosures: committed.disclosures};
  });
  return {entries: wired, session: 's', operator: 'ada', ts: stamp.ts};
}

const verdictOf = async (dir: string): Promise<string> => {
  const {evidence, close} = openEvidence(dir);
  const {report} = await verify(evidence);
  close();
  return report.verdict;
};

/** Calls that reach SQLite or the disk are counted; the n-th one fails, before or after it was done. */
class Saboteur {
  calls = 0;
  readonly #at: number;
  readonly #after: boolean;
  constructor(at: number, after: boolean) {
    this.#at = at;
    this.#after = after;
  }

  run<T>(act: () => T): T {
    this.calls += 1;
    if (this.calls !== this.#at) return act();
    if (this.#after) act();
    throw new Database.SqliteError('disk I/O error', 'SQLITE_IOERR_FSYNC');
  }

  readonly connect: Connect = options => {
    const db = connect(options);
    const prepare = db.prepare.bind(db);
    return new Proxy(db, {
      get: (target, name) => {
        if (name === 'prepare') {
          return (sql: string) => {
            const statement = prepare(sql);
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
    reserve: (file, bytes) => {
      this.run(() => {
        realDisk.reserve(file, bytes);
      });
    },
  };
}

test.each([
  ['before', false],
  ['after', true],
])(
  'whatever write fails, %s it is done, every acknowledged entry is there and the log verifies',
  async (_, after) => {
    let n = 1;
    for (let more = true; more; n++) {
      const dir = tempDir();
      const saboteur = new Saboteur(n, after);
      const acknowledged: string[] = [];
      const say = (results: readonly WireResult[]): void => {
        for (const result of results) if (result.ok) acknowledged.push(...result.rows.map(({leaf}) => leaf));
      };
      try {
        const core = new LedgerCore(specOf(dir), saboteur);
        try {
          say(core.append([wire(core, runStart('r1'))]));
          say(
            core.append([
              wire(core, note('a')),
              wire(core, {
                ...outcome('r1', 1),
                disclosed: [{ptr: '/body/output', value: new Uint8Array(40_000)}],
              }),
            ]),
          );
          core.checkpoint();
          say(core.append([wire(core, finish('r1'))]));
        } finally {
          core.close();
        }
      } catch {
        // A failure while opening or signing is told to the caller; what matters is what is on disk afterwards.
      }
      more = saboteur.calls >= n;
      const again = new LedgerCore(specOf(dir));
      const leaves = new Set(again.read({}).map(({leaf}) => leaf));
      for (const leaf of acknowledged) expect(leaves).toContain(leaf);
      expect(again.append([wire(again, note('afterwards'))])[0]).toMatchObject({ok: true});
      again.checkpoint();
      again.close();
      expect(await verdictOf(dir)).toBe('intact');
    }
    expect(n).toBeGreaterThan(15);
  },
);

test('a commit that failed after it happened is found again, and its entries are acknowledged', () => {
  const dir = tempDir();
  const core = new LedgerCore(specOf(dir));
  const commits = new Saboteur(0, true);
  core.takeReserve();
  core.close();
  const probe = new LedgerCore(specOf(dir), commits);
  const before = commits.calls;
  probe.append([wire(probe, note('counted'))]);
  const perAppend = commits.calls - before;
  probe.close();
  const failing = new Saboteur(before + perAppend, true);
  const tested = new LedgerCore(specOf(dir), failing);
  const [result] = tested.append([wire(tested, note('in doubt'))]);
  expect(failing.calls).toBeGreaterThanOrEqual(before + perAppend);
  expect(result).toMatchObject({ok: true});
  expect(tested.read({kinds: ['note']})).toHaveLength(2);
  tested.close();
});

/** Commits in a write-ahead log: frames that say how large the database is after them. */
function commitsIn(wal: string): number {
  const bytes = readFileSync(wal);
  let commits = 0;
  for (let at = 32; at + 24 <= bytes.length; at += 24 + 4096)
    if (bytes.readUInt32BE(at + 4) !== 0) commits += 1;
  return commits;
}

test('requests of one batch share one commit', () => {
  const dir = tempDir();
  const core = new LedgerCore(specOf(dir));
  const wal = path.join(dir, 'ledger.db-wal');
  const before = commitsIn(wal);
  const results = core.append(Array.from({length: 40}, (_, i) => wire(core, note(`${i}`))));
  expect(results.every(({ok}) => ok)).toBe(true);
  expect(commitsIn(wal) - before).toBe(1);
  core.close();
});

test('requests that arrive while a batch is being written go into its commit, those with large values too', () => {
  const dir = tempDir();
  const core = new LedgerCore(specOf(dir));
  const wal = path.join(dir, 'ledger.db-wal');
  const before = commitsIn(wal);
  const requests = [wire(core, note('first'))];
  const late = [wire(core, note('second')), wire(core, note('y'.repeat(300_000)))];
  const results = core.append(requests, () => {
    requests.push(...late.splice(0, 1));
  });
  expect(results.map(({ok}) => ok)).toEqual([true, true, true]);
  expect(results.flatMap(result => (result.ok ? result.rows.map(({seq}) => seq) : []))).toEqual([1, 2, 3]);
  expect(commitsIn(wal) - before).toBe(1);
  expect(core.disclosure(3, '/body/text')?.length).toBeGreaterThan(299_000);
  core.close();
});

test('on a full disk nothing new is begun, but what runs records its outcome, and later all goes on', async () => {
  const dir = tempDir();
  const ledger = await open(dir, {pragmas: ['max_page_count=40']});
  const [start = -1] = written(await ledger.append({entries: [runStart('r1')]}));
  const big = 'x'.repeat(20_000);
  const results = [];
  for (let i = 0; i < 20; i++) results.push(await ledger.append(noted(big)));
  const refused = results.find(({ok}) => !ok);
  expect(refused).toMatchObject({
    why: 'full',
    message: matching(/full/),
    hint: matching(/Free/),
  });
  expect(await ledger.append(noted(big))).toMatchObject({why: 'full'});
  expect(realDisk.name(path.join(dir, 'ledger.reserve'))).toBeUndefined();
  written(
    await ledger.append({
      entries: [
        {...outcome('r1', start), disclosed: [{ptr: '/body/output', value: big}]},
        {
          kind: 'step.value',
          run: 'r1',
          step: 'start/1',
          body: {attempt: 1, name: 'VERSION', from: 'output'},
          disclosed: [{ptr: '/body/value', value: '1.2.3'}],
        },
      ],
    }),
  );
  // A value that was typed begins something new.
  const typed = {kind: 'step.value', run: 'r1', step: 'a', body: {attempt: 1, name: 'A', from: 'typed'}};
  expect(await ledger.append({entries: [typed]})).toMatchObject({why: 'full'});
  written(await ledger.append({entries: [finish('r1')]}));
  const {size} = await ledger.head();
  await ledger.close();
  expect(await verdictOf(dir)).toBe('intact');
  const roomy = await open(dir);
  expect((await roomy.head()).size).toBe(size);
  written(await roomy.append(noted('there is room again')));
  expect(realDisk.name(path.join(dir, 'ledger.reserve'))).toBeDefined();
});

test('an outcome that could not be written is kept in a file and appended late, once', async () => {
  const dir = tempDir();
  const first = await open(dir);
  const [start = -1] = written(await first.append({entries: [runStart('r1')]}));
  await first.close();
  const clock = fakeClock();
  const actor = {operator: 'bob', uid: 0, user: 'root', via: 'local'} as const;
  const spool = {dir, actor, session: 'runner-1', clock, random: fakeRandom()};
  const entry = {...outcome('r1', start), disclosed: [{ptr: '/body/output', value: 'said'}]};
  const value = {
    kind: 'step.value',
    run: 'r1',
    step: 'start/1',
    body: {attempt: 1, name: 'VERSION', from: 'output'},
    disclosed: [{ptr: '/body/value', value: '1.2.3'}],
  };
  const file = spoolOutcome(spool, {outcome: entry, value});
  const copy = readFileSync(file);
  const ledger = await open(dir);
  const [late, ...more] = await ledger.read({kinds: ['step.outcome']});
  expect(more).toEqual([]);
  expect(late?.entry).toMatchObject({
    session: 'runner-1',
    actor: {operator: 'bob'},
    of: start,
    body: {late: true, occurredAt: '2026-01-02T03:04:05.000Z'},
  });
  expect(Buffer.from((await ledger.disclosure(late?.seq ?? -1, '/body/output')) ?? []).toString()).toBe(
    'said',
  );
  const [given, ...others] = await ledger.read({kinds: ['step.value']});
  expect(others).toEqual([]);
  expect(given?.seq).toBe((late?.seq ?? 0) + 1);
  expect(given?.entry).toMatchObject({session: 'runner-1', run: 'r1', body: {name: 'VERSION'}});
  expect(Buffer.from((await ledger.disclosure(given?.seq ?? -1, '/body/value')) ?? []).toString()).toBe(
    '1.2.3',
  );
  expect(realDisk.name(path.join(dir, 'spool'))).toBeUndefined();
  await ledger.close();
  // Cut short between the append and the removal: the file is there again, the outcome is not doubled.
  realDisk.makeDir(path.join(dir, 'spool'));
  realDisk.replace(file, copy);
  const again = await open(dir);
  expect(await again.read({kinds: ['step.outcome', 'step.value']})).toHaveLength(2);
  expect(realDisk.name(file)).toBeUndefined();
  expect(() => spoolOutcome(spool, {outcome: note('no outcome')})).toThrow(having({code: 'ENTRY_INVALID'}));
});

test('a creation that was cut short is finished with the key it had made', () => {
  const dir = tempDir();
  const core = new LedgerCore(specOf(dir));
  const {origin} = core.opened;
  core.close();
  for (const name of ['ledger.db', 'ledger.db-wal', 'ledger.db-shm', 'checkpoint', 'ledger.vkey']) {
    rmSync(path.join(dir, name), {force: true});
  }
  const again = new LedgerCore(specOf(dir, {entropy: new Uint8Array(40).fill(8)}));
  expect(again.opened.origin).toBe(origin);
  again.close();
});

test('a row that no longer has its bytes is never signed', () => {
  const dir = tempDir();
  const core = new LedgerCore(specOf(dir));
  core.append([wire(core, note('a')), wire(core, note('b'))]);
  const editor = new Database(path.join(dir, 'ledger.db'));
  editor.exec('DROP TRIGGER entry_update; UPDATE entry SET line = zeroblob(300) WHERE seq = 1');
  editor.close();
  expect(() => core.checkpoint()).toThrow(having({code: 'LEDGER_UNREADABLE', message: matching(/Entry 1/)}));
  core.close();
});
