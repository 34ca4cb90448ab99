// The golden vectors of other systems' evidence, made again by the independent implementation in Python.
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {root} from '../helpers/programs.ts';
import {program} from './needs.ts';

test('Python makes the same vectors as the ones that are kept', () => {
  const fixtures = path.join(root, 'test/foreign/fixtures');
  const made = execFileSync(program('python3', 'python3'), [path.join(fixtures, 'golden.py')], {
    encoding: 'utf8',
    maxBuffer: 16 * 1024 * 1024,
  });
  expect(made).toBe(readFileSync(path.join(fixtures, 'golden.json'), 'utf8'));
});
