import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {rmSync} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import type {LedgerSnapshot} from '../../src/domain/snapshot.ts';
import {leafHash} from '../../src/ledger/hash.ts';
import {openSnapshot} from '../../src/store/snapshot.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {tempDir} from '../helpers/temp.ts';
import {finish, note, noted, open, runStart, written} from './helpers.ts';

const run = '20260102T030405Z-1f0a7c33';

function snapshotOf(dir: string): LedgerSnapshot {
  const snapshot = openSnapshot(dir);
  onTestFinished(() => snapshot.close());
  return snapshot;
}

const linesOf = (snapshot: LedgerSnapshot, from: number, to: number): string[] =>
  [...snapshot.rows(from, to)].flat().map(({line}) => Buffer.from(line).toString());

test('a snapshot stays at its size while another process writes', async () => {
  const dir = tempDir();
  const ledger = await open(dir);
  written(await ledger.append(noted('first')));
  const snapshot = snapshotOf(dir);
  const before = linesOf(snapshot, 0, snapshot.size);
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, 'writer-process.ts'), dir, 'other', '300'],
    {
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  );
  expect(await once(child, 'exit')).toEqual([0, null]);
  expect(snapshot.size).toBe(2);
  expect(linesOf(snapshot, 0, 2)).toEqual(before);
  expect(() => linesOf(snapshot, 0, 3)).toThrow('missing');
  expect(snapshot.runRange(run)).toBeUndefined();
  expect(snapshot.firstNotBefore('9999')).toBeUndefined();
  const later = snapshotOf(dir);
  expect(later.size).toBe(302);
  expect(linesOf(later, 0, 302).slice(0, 2)).toEqual(before);
  expect(later.values(2, 302)).toHaveLength(300);
});

test('leaves, lines, values, runs and kinds of a range are those of the ledger', async () => {
  const dir = tempDir();
  const ledger = await open(dir);
  const large = Buffer.alloc(40_000, 'x');
  written(await ledger.append({entries: [runStart(run), note('small'), finish(run)]}));
  written(
    await ledger.append({
      entries: [{kind: 'note', body: {}, disclosed: [{ptr: '/body/text', value: large}]}],
    }),
  );
  const head = await ledger.checkpoint();
  const snapshot = snapshotOf(dir);
  const rows = [...snapshot.rows(0, 5)].flat();
  expect(rows.map(({seq}) => seq)).toEqual([0, 1, 2, 3, 4]);
  expect([...snapshot.leaves(0, 5)].flat()).toEqual(rows.map(({leaf}) => leaf));
  for (const {leaf, line} of rows) expect(leafHash(line).equals(leaf)).toBe(true);
  expect(snapshot.runRange(run)).toEqual({from: 1, to: 4});
  expect([...snapshot.ofKinds(['note', 'run.start'], 4)].flat().map(({seq}) => seq)).toEqual([1, 2]);
  const values = snapshot.values(1, 5);
  expect(values.map(({seq, ptr, isFile}) => [seq, ptr, isFile])).toEqual([
    [2, '/body/text', false],
    [4, '/body/text', true],
  ]);
  expect(values.map(({bytes}) => Buffer.from(bytes() ?? []).length)).toEqual([5, 40_000]);
  rmSync(path.join(dir, 'artifacts'), {recursive: true});
  expect(values[1]?.bytes()).toBeUndefined();
  expect(snapshot.checkpoints(5).at(-1)?.size).toBe(head.checkpointSize);
  expect(snapshot.checkpoints(4).at(-1)?.size).toBeLessThan(5);
  expect(snapshot.vkeys).toMatch(/^quarterdeck\/acme\/bastion\/.*\n$/);
});

test('entries are found by their time, also when the clock went back', async () => {
  const dir = tempDir();
  const clock = fakeClock();
  const ledger = await open(dir, {clock});
  const times = [];
  for (const step of [1000, 1000, -1500, 1000]) {
    clock.jump(step);
    times.push(clock.nowMs());
    written(await ledger.append(noted('x')));
  }
  const snapshot = snapshotOf(dir);
  const at = (ms: number): string => new Date(ms).toISOString();
  expect(snapshot.firstNotBefore(at(0))).toBe(0);
  expect(snapshot.firstNotBefore(at(times[1] ?? 0))).toBe(2);
  expect(snapshot.lastBefore(at(times[0] ?? 0))).toBe(3);
  expect(snapshot.lastBefore(at((times[1] ?? 0) + 1))).toBe(4);
  expect(snapshot.lastBefore(at(0))).toBeUndefined();
});

test('a folder without a ledger is named', () => {
  expect(() => openSnapshot(tempDir())).toThrow(/ledger\.db cannot be opened/);
});
