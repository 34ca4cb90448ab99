import {describe, expect, test} from 'vitest';
import {condition, pathConditions} from '../../checks/parts/condition.ts';
import {judge} from '../../checks/parts/expect.ts';
import {meets, meetsAt} from '../../checks/parts/operators.ts';

const nowMs = Date.parse('2026-01-02T00:00:00Z');
const verdict = (value: unknown, given: unknown): string =>
  judge(meets('value', value, condition.parse(given), nowMs), 'ok').verdict;

test.each([
  [3, 3, 'pass'],
  ['3', 3, 'fail'],
  [{a: [1]}, {eq: {a: [1]}}, 'pass'],
  [{a: [1], b: 2}, {eq: {a: [1]}}, 'fail'],
  [4, {ne: 3}, 'pass'],
  [undefined, {ne: 3}, 'fail'],
  ['b', {in: ['a', 'b']}, 'pass'],
  ['c', {in: ['a', 'b']}, 'fail'],
  ['c', {notIn: ['a', 'b']}, 'pass'],
  [undefined, {notIn: ['a']}, 'fail'],
  [5, {gt: 4, lt: 6}, 'pass'],
  ['5', {gte: 5, lte: 5}, 'pass'],
  ['five', {gte: 0}, 'fail'],
  [Infinity, {gt: 4}, 'pass'],
  [-Infinity, {gt: 4}, 'fail'],
  [NaN, {lte: 4}, 'fail'],
  ['Infinity', {gt: 4}, 'fail'],
  ['', {lte: 1}, 'fail'],
  [null, {lte: 1}, 'fail'],
  ['say ok', {contains: 'ok'}, 'pass'],
  [['a'], {contains: 'a'}, 'pass'],
  [['ab'], {contains: 'a'}, 'fail'],
  [7, {notContains: 'x'}, 'fail'],
  ['x', {startsWith: 'x', endsWith: 'x'}, 'pass'],
  ['v12', {matches: String.raw`v\d+`}, 'pass'],
  ['v', {notMatches: String.raw`v\d+`}, 'pass'],
  [undefined, {notMatches: 'x'}, 'fail'],
  [null, {exists: true}, 'pass'],
  [undefined, {exists: true}, 'fail'],
  [undefined, {absent: true}, 'pass'],
  [0, {absent: true}, 'fail'],
  [null, {type: 'null'}, 'pass'],
  [[], {type: 'array'}, 'pass'],
  [[1, 2], {length: 2}, 'pass'],
  ['abc', {length: {gte: 4}}, 'fail'],
  [[1, 2], {every: {gte: 1}}, 'pass'],
  [[1, 0], {every: {gte: 1}}, 'fail'],
  [[], {every: {gte: 1}}, 'unknown'],
  [[0, 2], {some: {gte: 1}}, 'pass'],
  [[], {some: 1}, 'unknown'],
  [['a', 'b'], {distinct: true}, 'pass'],
  [['a', 'b', 'a'], {distinct: true}, 'fail'],
  [[{a: 1}, {a: 1}], {distinct: true}, 'fail'],
  [{first: 'admin', second: 'analyst'}, {distinct: true}, 'pass'],
  [{first: 'admin', second: 'admin'}, {distinct: true}, 'fail'],
  [[], {distinct: true}, 'unknown'],
  ['ab', {distinct: true}, 'fail'],
  [['a', 'b', 'b'], {sorted: 'ascending'}, 'pass'],
  [['b', 'a'], {sorted: 'ascending'}, 'fail'],
  [['dr_9', 'dr_10'], {sorted: 'ascending'}, 'fail'],
  [[3, 2, 1], {sorted: 'descending'}, 'pass'],
  [[9, 10], {sorted: 'ascending'}, 'pass'],
  [[9, 10], {sorted: 'descending'}, 'fail'],
  [[1, 'a'], {sorted: 'ascending'}, 'fail'],
  [['a'], {sorted: 'ascending'}, 'unknown'],
  [{a: 1, b: 2}, {sorted: 'ascending'}, 'fail'],
  ['abc', {sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'}, 'pass'],
  ['1.4.0', {semver: '>=1.2.0 <2.0.0'}, 'pass'],
  ['v1.10.0', {semver: '^1.9.3'}, 'pass'],
  ['2.0.0-rc.1', {semver: '^1.9.3'}, 'fail'],
  ['0.3.0', {semver: '^0.2.1'}, 'fail'],
  ['1.2.9', {semver: '~1.2.3'}, 'pass'],
  ['1.0.0-alpha.2', {semver: '>1.0.0-alpha.1 <1.0.0'}, 'pass'],
  ['one', {semver: '1.0.0'}, 'fail'],
  ['2026-01-01T23:00:00Z', {age: {max: '2h'}}, 'pass'],
  [nowMs / 1000 - 60, {age: {max: '30s'}}, 'fail'],
  ['2026-01-03T00:00:00Z', {age: {max: '2h'}}, 'fail'],
  ['yesterday', {age: {max: '2h'}}, 'fail'],
  ['2026-01-02T00:30:00.123456+01:00', {age: {min: '29m', max: '31m'}}, 'pass'],
])('%j against %j is %s', (value, given, expected) => {
  expect(verdict(value, given)).toBe(expected);
});

test.each([[{}], [{eq: undefined}], [{gt: 'x'}], [{matches: '('}], [{matches: '(?=a)'}], [{near: 1}], [[1]]])(
  '%j is no condition',
  given => {
    expect(condition.safeParse(given).success).toBe(false);
  },
);

test('a pattern that would take for ever elsewhere takes no time here', () => {
  expect(verdict(`${'a'.repeat(50_000)}b`, {matches: '(a*)*$'})).toBe('pass');
});

describe('paths', () => {
  const document = {items: [{state: 'ok'}, {state: 'late'}], 'a b': {n: 1}, none: []};
  const at = (given: unknown): string =>
    judge(meetsAt(document, pathConditions.parse(given), nowMs), 'ok').verdict;

  test('a wildcard asks every value, and nothing to ask is unknown', () => {
    expect(at({'$.items[*].state': {in: ['ok', 'late']}})).toBe('pass');
    expect(at({'$.items[*].state': 'ok'})).toBe('fail');
    expect(at({'$.none[*].state': 'ok'})).toBe('unknown');
    expect(at({'$.none[*]': {absent: true}})).toBe('pass');
  });

  test('names, quoted names, indices from both ends', () => {
    expect(at({'$["a b"].n': 1, '$.items[-1].state': 'late', '$.items': {length: 2}})).toBe('pass');
    expect(at({'$.items[7]': {absent: true}, '$.constructor': {absent: true}})).toBe('pass');
  });

  test.each(['items', '$.', '$[x]', '$..a', '$.a[?(@.b)]'])('%s is no path', path => {
    expect(pathConditions.safeParse({[path]: 1}).success).toBe(false);
  });
});
