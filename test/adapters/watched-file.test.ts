import {existsSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {watchedFile} from '../../src/adapters/watched-file.ts';

test('output that can be watched is there at once, stays small, and shows its head and what is newest', async () => {
  const file = join(tempDir(), 'running/step.out');
  const watched = watchedFile(file, {head: 1000, tail: 1000});
  onTestFinished(() => {
    watched.remove();
  });
  watched.add(Buffer.from('begun\n'));
  expect(readFileSync(file, 'utf8')).toBe('begun\n');
  for (let i = 0; i < 20_000; i += 1) watched.add(Buffer.from(`line ${i}\n`));
  await waitFor(() => readFileSync(file, 'utf8').endsWith('line 19999\n'), {what: 'the newest line'});
  const text = readFileSync(file, 'utf8');
  expect(text.startsWith('begun\nline 0\n')).toBe(true);
  expect(text).toMatch(/\n\[… \d+ bytes …\]\n/);
  expect(statSync(file).size).toBeLessThan(2100);
  watched.add(Buffer.from('last\n'));
  await waitFor(() => readFileSync(file, 'utf8').endsWith('last\n'), {what: 'the last line'});
  watched.remove();
  expect(existsSync(file)).toBe(false);
});

test('a file that cannot be written does not stop anything', () => {
  const watched = watchedFile(join(tempDir(), 'a/b/step.out'), {head: 10, tail: 10});
  watched.remove();
  expect(() => {
    watched.add(Buffer.from('x'));
  }).not.toThrow();
});
