import {chmodSync, utimesSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';

const nowMs = 1_767_323_045_000;
const dayMs = 86_400_000;
const value = 'k'.repeat(48);

function keep(content: string, {days = 0, mode = 0o600} = {}): string {
  const file = path.join(tempDir(), 'DASHBOARD_KEY');
  writeFileSync(file, content);
  chmodSync(file, mode);
  const at = (nowMs - days * dayMs) / 1000;
  utimesSync(file, at, at);
  return file;
}

const line = (days: number, changes: unknown): string =>
  `${JSON.stringify({ts: new Date(nowMs - days * dayMs).toISOString(), changes})}\n`;

const asked = async (params: Record<string, unknown>, more = {}) => {
  const seen = await look(
    'secretAge',
    {name: 'DASHBOARD_KEY', ...params},
    {clock: fakeClock(nowMs), ...more},
  );
  expect(JSON.stringify(seen)).not.toContain('kkkkkkkk');
  return {...seen, lines: seen.parts?.map(part => `${part.name} ${part.verdict}`)};
};
const maxAge = {warn: '31d', fail: '45d'};

test('the age is that of the last rotation in the log', async () => {
  const file = keep(value, {days: 3});
  const log = (text: string) => ({path: keep(text)});
  const both =
    line(90, ['DASHBOARD_KEY']) + line(3, ['STRIPE_WEBHOOK_SECRET', 'DASHBOARD_KEY']) + line(1, []);
  const seen = await asked({file, log: log(both), maxAge, minLength: 48, maxLength: 64, mode: '0600'});
  expect(seen).toMatchObject({verdict: 'pass', message: 'rotated 3d ago'});
  expect(seen.lines).toEqual([
    'rotation pass',
    'rotation pass',
    'content pass',
    'length pass',
    'length pass',
    'mode pass',
  ]);
  expect((await asked({log: log(line(32, 'DASHBOARD_KEY')), maxAge})).verdict).toBe('warn');
  expect(await asked({log: log(line(46, ['DASHBOARD_KEY'])), maxAge})).toMatchObject({
    verdict: 'fail',
    message: 'rotation: expected at most 45d, got 46d',
  });
});

test('a log without the name, an empty one and none at all are unknown', async () => {
  for (const text of [line(1, ['OTHER']), '', 'no JSON at all\n'])
    expect(await asked({log: {path: keep(text)}, maxAge})).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
      checked: 0,
    });
  expect((await asked({log: {path: `${tempDir()}/gone`}, maxAge})).message).toContain('is not there');
});

test('a file that changed without a record is a warning', async () => {
  const log = {path: keep(line(20, ['DASHBOARD_KEY']))};
  expect(await asked({file: keep(value, {days: 2}), log, maxAge})).toMatchObject({
    verdict: 'warn',
    message: containing('a file that changed 18d after the last one'),
  });
  expect((await asked({file: keep(value, {days: 20}), log, maxAge})).verdict).toBe('pass');
});

test('without a log the time of the file is its age', async () => {
  expect((await asked({file: keep(value, {days: 30}), maxAge})).verdict).toBe('pass');
  expect((await asked({file: keep(value, {days: 40}), maxAge})).verdict).toBe('warn');
  expect((await asked({file: keep(value, {days: -3}), maxAge})).message).toContain('to come');
});

test('too short, too long, empty and open to others are failures', async () => {
  const limits = {minLength: 40, maxLength: 64, mode: '0600'};
  expect((await asked({file: keep('k'.repeat(39)), ...limits})).message).toBe(
    'length: expected at least 40, got 39',
  );
  expect((await asked({file: keep('k'.repeat(65)), ...limits})).verdict).toBe('fail');
  expect((await asked({file: keep(''), mode: '0600'})).verdict).toBe('fail');
  expect((await asked({file: keep(value, {mode: 0o640}), ...limits})).message).toBe(
    'mode: expected at most 0600, got 0640',
  );
  expect((await asked({file: keep(`${value}\n`, {mode: 0o400}), ...limits, maxLength: 48})).verdict).toBe(
    'pass',
  );
  expect(await asked({file: `${tempDir()}/gone`})).toMatchObject({verdict: 'fail', checked: 1});
});

test('two secrets with one value are found, and neither is said', async () => {
  const other = keep('another value that is long enough');
  const env = fakeEnv({ANALYST_KEY: value});
  const file = keep(value);
  const unique = async (...uniqueVs: string[]) => asked({file, uniqueVs}, {env});
  expect((await unique(`file:${other}`)).verdict).toBe('pass');
  expect(await unique(`file:${other}`, 'env:ANALYST_KEY')).toMatchObject({
    verdict: 'fail',
    message: 'uniqueness: expected a value of its own, got the same as ANALYST_KEY',
  });
  expect(await unique('env:NOT_SET')).toMatchObject({verdict: 'unknown', kind: 'config'});
  expect((await asked({value: 'env:ANALYST_KEY', minLength: 48}, {env})).verdict).toBe('pass');
});

test('what cannot be looked at is refused in the site file', () => {
  const name = 'DASHBOARD_KEY';
  expect(accepts('secretAge', {name})).toBe(false);
  expect(accepts('secretAge', {name, file: '/a', value: 'env:A'})).toBe(false);
  expect(accepts('secretAge', {name, value: 'env:A', maxAge})).toBe(false);
  expect(accepts('secretAge', {name, value: 'env:A', mode: '0600'})).toBe(false);
  expect(accepts('secretAge', {name, log: {path: '/a'}, minLength: 4})).toBe(false);
});
