import {mkdirSync, symlinkSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {fakeClock} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';

const nowMs = 1_767_323_045_000;
const hour = 3_600_000;

/** A folder with files of this size and age in hours. */
function folderWith(files: Readonly<Record<string, readonly [bytes: number, hours: number]>>): string {
  const folder = tempDir();
  for (const [name, [bytes, hours]] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, Buffer.alloc(bytes));
    const at = (nowMs - hours * hour) / 1000;
    utimesSync(file, at, at);
  }
  return folder;
}

const fresh = async (params: Record<string, unknown>) =>
  look('backupFresh', params, {clock: fakeClock(nowMs)});

test('the newest file is named, with its size and age', async () => {
  const folder = folderWith({'app-1.tar': [2048, 30], 'app-2.tar': [2000, 3], 'notes.txt': [1, 0]});
  expect(await fresh({folder, name: 'app-*.tar', count: {gte: 2}})).toMatchObject({
    verdict: 'pass',
    checked: 3,
    message: 'app-2.tar: 2.0 KiB, 3h old, 2 in all',
  });
});

test('too old is a warning and then a failure; a time to come is no age', async () => {
  const at = async (hours: number) =>
    fresh({folder: folderWith({a: [9, hours]}), maxAge: {warn: '25h', fail: '49h'}});
  expect((await at(24)).verdict).toBe('pass');
  expect(await at(26)).toMatchObject({verdict: 'warn', message: 'a: age: expected at most 1d 1h, got 1d 2h'});
  expect((await at(50)).verdict).toBe('fail');
  expect(await at(-2)).toMatchObject({verdict: 'fail', message: containing('got 2h to come')});
  expect((await fresh({folder: folderWith({a: [9, 27]})})).verdict).toBe('fail');
});

test('too small, and much smaller than the one before, are told', async () => {
  expect(await fresh({folder: folderWith({a: [0, 1]})})).toMatchObject({
    verdict: 'fail',
    message: 'a: size: expected at least 1 bytes, got 0 bytes',
  });
  const shrinkPercent = {warn: 30, fail: 80};
  const after = async (bytes: number) =>
    fresh({folder: folderWith({b: [bytes, 1], a: [1000, 25]}), shrinkPercent});
  expect((await after(700)).verdict).toBe('pass');
  expect((await after(690)).verdict).toBe('warn');
  expect(await after(199)).toMatchObject({
    verdict: 'fail',
    message: 'b: shrink: expected at most 80.0 % smaller than a (1000 bytes), got 80.1 %',
  });
  expect((await after(5000)).verdict).toBe('pass');
  expect((await fresh({folder: folderWith({b: [5, 1]}), shrinkPercent})).verdict).toBe('pass');
});

test('no folder, nothing in it and nothing that matches are failures: there is no backup', async () => {
  const folder = tempDir();
  for (const params of [
    {folder},
    {folder: path.join(folder, 'gone')},
    {folder: folderWith({'a.txt': [1, 1]}), name: '*.tar'},
  ])
    expect(await fresh(params)).toMatchObject({
      verdict: 'fail',
      kind: 'assertion',
      checked: 1,
      message: containing('no backup content'),
    });
});

test('folders are gone into only where the name says so, and links are no backups', async () => {
  const folder = folderWith({'2026/01/app.tar': [9, 1]});
  symlinkSync('/etc/hostname', path.join(folder, 'latest'));
  expect((await fresh({folder})).verdict).toBe('fail');
  expect((await fresh({folder, name: '**/*.tar'})).message).toContain('2026/01/app.tar: ');
  expect((await fresh({folder, name: '2026/*/app.tar'})).verdict).toBe('pass');
  expect((await fresh({folder, name: '2026/*.tar'})).verdict).toBe('fail');
});

test('what cannot be looked into is unknown', async () => {
  const folder = folderWith({'a/b': [1, 1]});
  const file = path.join(folder, 'a/b');
  expect(await fresh({folder: file})).toMatchObject({verdict: 'unknown', kind: 'config', checked: 0});
});

test('limits that mean nothing are refused', () => {
  expect(accepts('backupFresh', {folder: 'relative'})).toBe(false);
  expect(accepts('backupFresh', {folder: '/a', maxAge: {fail: 'tomorrow'}})).toBe(false);
  expect(accepts('backupFresh', {folder: '/a', shrinkPercent: {fail: 120}})).toBe(false);
});
