// The syntax of guard patterns.
import {expect, test} from 'vitest';
import {parseGuardPattern} from '../../src/domain/guard-pattern.ts';

test.each([
  'argv: rm -rf *',
  'sql: DELETE event_ledger',
  'sql: * audit.*',
  'path: /var/lib/x/**',
  'path: **/m/*',
  'env: AUTH_MODE=off',
  'env: A!=b|c',
])('%s is a pattern', text => {
  expect(parseGuardPattern(text)).toHaveProperty('kind');
});

test.each([
  'rm -rf',
  'argv:',
  'argv: *',
  'argv: -rf x',
  "argv: rm 'x",
  'sql: DELETE',
  'sql: LOOK x',
  'path: data',
  'env: 1=2',
])('%s is none, and the problem says why', text => {
  expect(parseGuardPattern(text)).toHaveProperty('problem');
});
