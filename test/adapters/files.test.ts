import {execFileSync} from 'node:child_process';
import {chmodSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {realFiles} from '../../src/adapters/files.ts';
import {isInstalled} from '../helpers/programs.ts';
import {tempDir} from '../helpers/temp.ts';

const text = (value: string) => new TextEncoder().encode(value);

describe('reading', () => {
  test('a file gives its raw bytes, up to the limit', async () => {
    const file = join(tempDir(), 'a');
    writeFileSync(file, Uint8Array.of(0, 255, 10));
    expect(await realFiles.read(file, 3)).toEqual({at: 'read', bytes: Uint8Array.of(0, 255, 10)});
    expect(await realFiles.read(file, 2)).toMatchObject({at: 'failed', why: 'tooBig'});
  });

  test('an endless file is cut off and not read for ever', async () => {
    expect(await realFiles.read('/dev/zero', 10)).toMatchObject({at: 'failed', why: 'special'});
  });

  test.skipIf(!isInstalled('mkfifo'))('a pipe without a writer does not block (needs mkfifo)', async () => {
    const pipe = join(tempDir(), 'pipe');
    execFileSync('mkfifo', [pipe]);
    expect(await realFiles.read(pipe, 9)).toMatchObject({why: 'special'});
  });

  test('what is no file is named for what it is', async () => {
    const dir = tempDir();
    symlinkSync('loop', join(dir, 'loop'));
    writeFileSync(join(dir, 'plain'), '');
    expect(await realFiles.read(join(dir, 'none'), 9)).toMatchObject({why: 'missing'});
    expect(await realFiles.read(dir, 9)).toMatchObject({why: 'directory'});
    expect(await realFiles.read(join(dir, 'plain', 'x'), 9)).toMatchObject({why: 'notDirectory'});
    expect(await realFiles.read(join(dir, 'loop'), 9)).toEqual({
      at: 'failed',
      why: 'other',
      message: 'its links go round in a circle',
    });
  });

  test.skipIf(process.getuid?.() === 0)('a file that may not be read says so', async () => {
    const file = join(tempDir(), 'secret');
    writeFileSync(file, 'x');
    chmodSync(file, 0);
    expect(await realFiles.read(file, 9)).toMatchObject({why: 'permission'});
  });

  test('list sorts names; stat tells a link from what it points at', async () => {
    const dir = tempDir();
    for (const name of ['b', 'a', 'B']) writeFileSync(join(dir, name), '12345', {mode: 0o640});
    symlinkSync('a', join(dir, 'l'));
    expect(await realFiles.list(dir)).toEqual({at: 'listed', names: ['B', 'a', 'b', 'l']});
    expect(await realFiles.list(join(dir, 'a'))).toMatchObject({why: 'notDirectory'});
    expect(await realFiles.stat(join(dir, 'a'))).toEqual({
      kind: 'file',
      sizeBytes: 5,
      mode: 0o640,
      uid: process.getuid?.(),
    });
    expect(await realFiles.stat(join(dir, 'l'))).toMatchObject({kind: 'link'});
    expect(await realFiles.stat(join(dir, 'none'))).toBeUndefined();
    expect(await realFiles.real(join(dir, 'l'))).toBe(join(dir, 'a'));
  });
});

describe('writing', () => {
  test('a file is replaced whole, with its mode, and no draft stays behind', async () => {
    const dir = tempDir();
    const file = join(dir, 'a');
    writeFileSync(file, 'old', {mode: 0o644});
    expect(await realFiles.write(file, text('new'), {mode: 0o600})).toEqual({at: 'written'});
    expect(readFileSync(file, 'utf8')).toBe('new');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(dir)).toEqual(['a']);
  });

  test('an exclusive write leaves what is there', async () => {
    const dir = tempDir();
    const file = join(dir, 'a');
    writeFileSync(file, 'old');
    expect(await realFiles.write(file, text('new'), {mode: 0o600, exclusive: true})).toMatchObject({
      why: 'exists',
    });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readdirSync(dir)).toEqual(['a']);
    expect(await realFiles.write(join(dir, 'b'), text('x'), {mode: 0o600, exclusive: true})).toEqual({
      at: 'written',
    });
  });

  test('a link as the target is replaced and not written through', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'victim'), 'safe');
    symlinkSync('victim', join(dir, 'a'));
    await realFiles.write(join(dir, 'a'), text('new'), {mode: 0o600});
    expect(readFileSync(join(dir, 'victim'), 'utf8')).toBe('safe');
  });

  test('a missing folder is a failure, and makeDir makes it with its parents', async () => {
    const dir = join(tempDir(), 'x', 'y');
    expect(await realFiles.write(join(dir, 'a'), text(''), {mode: 0o600})).toMatchObject({why: 'missing'});
    expect(await realFiles.makeDir(dir, 0o700)).toEqual({at: 'made'});
    expect(await realFiles.makeDir(dir, 0o700)).toEqual({at: 'made'});
    expect(statSync(dir).mode & 0o777).toBe(0o700);
    mkdirSync(join(dir, 'd'));
    writeFileSync(join(dir, 'f'), '');
    expect(await realFiles.makeDir(join(dir, 'f'), 0o700)).toMatchObject({why: 'exists'});
  });
});

test('a file or directory gets another name only when it is free', async () => {
  const dir = tempDir();
  const at = (name: string): string => join(dir, name);
  await realFiles.makeDir(at('a/deep'), 0o700);
  await realFiles.write(at('file'), Buffer.from('1'), {mode: 0o444});
  await realFiles.write(at('taken'), Buffer.from('2'), {mode: 0o444});
  await realFiles.makeDir(at('empty'), 0o700);
  for (const from of ['a', 'file']) {
    for (const to of ['taken', 'empty']) {
      expect(await realFiles.move(at(from), at(to))).toMatchObject({why: 'exists'});
    }
  }
  expect(await realFiles.move(at('nothing'), at('free'))).toMatchObject({why: 'missing'});
  expect(await realFiles.move(at('a'), at('b'))).toEqual({at: 'moved'});
  expect(await realFiles.move(at('file'), at('other'))).toEqual({at: 'moved'});
  expect(await realFiles.list(dir)).toEqual({at: 'listed', names: ['b', 'empty', 'other', 'taken']});
  expect(await realFiles.removeTree(at('b'))).toEqual({at: 'removed'});
  expect(await realFiles.removeTree(at('b'))).toEqual({at: 'removed'});
  expect(await realFiles.stat(at('b'))).toBeUndefined();
});

describe('adding to the end', () => {
  test('makes the file with its mode, and leaves what was there', async () => {
    const file = join(tempDir(), 'notes');
    expect(await realFiles.append(file, text('a\n'), {mode: 0o600})).toEqual({at: 'appended', sizeBytes: 2});
    expect(statSync(file).mode & 0o777).toBe(0o600);
    chmodSync(file, 0o640);
    expect(await realFiles.append(file, text('bc\n'), {mode: 0o600})).toEqual({at: 'appended', sizeBytes: 5});
    expect(readFileSync(file, 'utf8')).toBe('a\nbc\n');
    expect(statSync(file).mode & 0o777).toBe(0o640);
  });

  test('follows no link, waits for no pipe and writes to nothing but a regular file', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'other'), 'x');
    symlinkSync('other', join(dir, 'link'));
    symlinkSync('none', join(dir, 'dangling'));
    const append = async (name: string) => realFiles.append(join(dir, name), text('y'), {mode: 0o600});
    expect(await append('link')).toEqual({at: 'failed', why: 'special', message: 'it is a link'});
    expect(await append('dangling')).toMatchObject({at: 'failed', message: 'it is a link'});
    expect(readdirSync(dir)).toEqual(['dangling', 'link', 'other']);
    expect(readFileSync(join(dir, 'other'), 'utf8')).toBe('x');
    expect(await realFiles.append(dir, text('y'), {mode: 0o600})).toMatchObject({why: 'directory'});
    expect(await realFiles.append('/dev/null', text('y'), {mode: 0o600})).toMatchObject({why: 'special'});
    expect(await append('none/notes')).toMatchObject({why: 'missing'});
    expect(await append('other/notes')).toMatchObject({why: 'notDirectory'});
  });
});
