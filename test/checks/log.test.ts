import {appendFileSync, chmodSync, renameSync, truncateSync, utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {growthOf, factsIn} from '../../checks/parts/host/facts.ts';
import {lineTimes, readTime} from '../../checks/parts/host/line-time.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {withoutRights} from '../helpers/rights.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';
import {programs} from './looking-programs.ts';

/** The clock of these tests stands at 2026-01-02T03:04:05Z. */
const nowMs = 1_767_323_045_000;
const at = (secondsAgo: number): string => new Date(nowMs - secondsAgo * 1000).toISOString();

function aLog(lines: readonly string[] = []): string {
  const path = join(tempDir(), 'app.log');
  writeFileSync(path, lines.map(line => `${line}\n`).join(''));
  return path;
}

const inLog = async (path: string, given: Record<string, unknown>) =>
  look('log', {source: {file: path}, ...given});

describe('what is found', () => {
  const lines = [
    `${at(3600)} old error`,
    `${at(60)} GET /a 200`,
    `${at(30)} GET /b 500`,
    '    at a line of a stack trace',
    `${at(10)} done`,
  ];

  test('what must be there, what must not, and how often', async () => {
    const path = aLog(lines);
    expect(await inLog(path, {require: ['GET /a', 'done$']})).toMatchObject({verdict: 'pass', checked: 2});
    expect(await inLog(path, {require: ['started']})).toMatchObject({verdict: 'fail', actual: 'lines none'});
    expect(await inLog(path, {forbid: ['error']})).toMatchObject({
      verdict: 'fail',
      actual: containing('old error'),
    });
    expect((await inLog(path, {forbid: ['panic'], count: {gte: 5, lte: 5}})).verdict).toBe('pass');
    expect((await inLog(path, {only: 'GET', count: 2})).verdict).toBe('pass');
    expect((await inLog(path, {only: 'GET', count: {lte: 1}})).verdict).toBe('fail');
  });

  test('only in the window; a line without a time belongs to the one before it', async () => {
    const path = aLog(lines);
    const window = '5m';
    expect((await inLog(path, {window, forbid: ['error']})).verdict).toBe('pass');
    expect((await inLog(path, {window: '2h', forbid: ['error']})).verdict).toBe('fail');
    expect((await inLog(path, {window, count: 4})).verdict).toBe('pass');
    expect((await inLog(path, {window, require: ['stack trace']})).verdict).toBe('pass');
    expect((await inLog(path, {window: '20s', forbid: ['stack trace'], count: 1})).verdict).toBe('pass');
  });

  test('lines of JSON, by what they hold', async () => {
    const path = aLog([
      JSON.stringify({ts: at(50), level: 'error', class: 'db.unavailable'}),
      JSON.stringify({ts: at(40), level: 'info', class: 'ok'}),
      'not json',
      JSON.stringify({ts: at(9000), level: 'error', class: 'db.unavailable'}),
    ]);
    const where = {'$.level': 'error', '$.class': {startsWith: 'db.'}};
    expect((await inLog(path, {where, count: 2})).verdict).toBe('pass');
    expect((await inLog(path, {where, window: '10m', count: 1})).verdict).toBe('pass');
    expect((await inLog(path, {where, window: '10m', count: 0})).verdict).toBe('fail');
  });

  test('what is quoted holds no secret', async () => {
    const path = aLog([`${at(5)} login password=hunter2hunter2 failed`]);
    const seen = await inLog(path, {forbid: ['login']});
    expect(seen.verdict).toBe('fail');
    expect(JSON.stringify(seen)).not.toContain('hunter2');
  });
});

describe('a source that cannot be trusted to say anything', () => {
  const forbid = ['error'];

  test('that is absent or empty is unknown, unless nothing may be an answer', async () => {
    const missing = join(tempDir(), 'no.log');
    for (const path of [missing, aLog()]) {
      expect(await inLog(path, {forbid})).toMatchObject({verdict: 'unknown', kind: 'noData', checked: 0});
      expect(await inLog(path, {forbid, allowEmpty: true})).toMatchObject({verdict: 'pass', checked: 1});
      expect((await inLog(path, {require: ['a'], allowEmpty: true})).verdict).toBe('fail');
    }
    const quiet = aLog([`${at(9000)} something`]);
    expect(await inLog(quiet, {forbid, window: '5m'})).toMatchObject({verdict: 'unknown', kind: 'noData'});
    expect((await inLog(quiet, {forbid, window: '5m', allowEmpty: true})).verdict).toBe('pass');
  });

  test('that is no text, no file, or may not be read', async () => {
    const binary = join(tempDir(), 'wtmp');
    writeFileSync(binary, Buffer.from(Array.from({length: 5000}, (_, i) => i % 256)));
    expect(await inLog(binary, {forbid})).toMatchObject({verdict: 'unknown', kind: 'config'});
    expect(await inLog(tempDir(), {forbid})).toMatchObject({verdict: 'unknown', kind: 'config'});
    const path = aLog(['a']);
    chmodSync(path, 0o000);
    expect(await withoutRights(async () => inLog(path, {forbid}))).toMatchObject({
      verdict: 'unknown',
      kind: 'permission',
    });
  });

  test('whose times are not understood cannot be asked about a window', async () => {
    const path = aLog(['one', 'two']);
    expect(await inLog(path, {forbid, window: '5m'})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
      message: containing('`time`'),
    });
    expect((await inLog(path, {forbid})).verdict).toBe('pass');
  });

  test('that was cut where the window begins leaves open what could stand there', async () => {
    const path = join(tempDir(), 'app.log');
    const line = `${at(20)} ${'x'.repeat(1000)}\n`;
    writeFileSync(path, line.repeat(17_000));
    const window = '5m';
    expect((await inLog(path, {window, forbid})).verdict).toBe('unknown');
    expect((await inLog(path, {window, require: ['started']})).verdict).toBe('unknown');
    expect((await inLog(path, {window, count: {gte: 100}})).verdict).toBe('pass');
    expect((await inLog(path, {window, count: {lte: 100}})).verdict).toBe('fail');
    expect((await inLog(path, {window, count: {lte: 1e6}})).verdict).toBe('unknown');
    expect((await inLog(path, {window, forbid: ['xxx']})).verdict).toBe('fail');
    appendFileSync(path, `${at(1)} error\n`);
    expect((await inLog(path, {window, forbid})).verdict).toBe('fail');
    // Seen whole, because the window is short enough.
    appendFileSync(path, `${at(0)} end\n`);
    expect((await inLog(path, {window: '10s', forbid: ['panic']})).verdict).toBe('pass');
  }, 60_000);

  test('a log that was truncated under its writer begins with a hole', async () => {
    const path = aLog();
    truncateSync(path, 10_000);
    appendFileSync(path, `${at(5)} started\n`);
    expect((await inLog(path, {window: '1m', require: ['started']})).verdict).toBe('pass');
  });
});

describe('a log that is rotated', () => {
  const window = '10m';
  const touch = (path: string, secondsAgo: number): void => {
    utimesSync(path, nowMs / 1000 - secondsAgo, nowMs / 1000 - secondsAgo);
  };

  test('is read back into what it was moved to', async () => {
    const path = aLog([`${at(500)} error before`]);
    renameSync(path, `${path}.1`);
    touch(`${path}.1`, 400);
    // The moment between the moving and the next line.
    expect((await inLog(path, {window, forbid: ['error']})).verdict).toBe('fail');
    writeFileSync(path, '');
    expect((await inLog(path, {window, forbid: ['error']})).verdict).toBe('fail');
    writeFileSync(path, `${at(60)} fine\n`);
    expect((await inLog(path, {window, forbid: ['error']})).verdict).toBe('fail');
    expect((await inLog(path, {window, count: 2})).verdict).toBe('pass');
    // Everything in the older file is older than the window.
    expect((await inLog(path, {window: '5m', forbid: ['error']})).verdict).toBe('pass');
  });

  test('over several files, by any usual name', async () => {
    const path = aLog([`${at(10)} now`]);
    for (const [name, age] of [
      ['.1', 100],
      ['-20260102', 200],
      ['.2', 300],
      ['.3', 5000],
    ] as const) {
      writeFileSync(`${path}${name}`, `${at(age)} line of ${name}\n`);
      touch(`${path}${name}`, age);
    }
    writeFileSync(`${path}.bak`, `${at(100)} error\n`);
    expect((await inLog(path, {window, count: 4, forbid: ['error', 'line of .3']})).verdict).toBe('pass');
  });

  test('and packed inside the window leaves open what stands in it', async () => {
    const path = aLog([`${at(10)} now`]);
    writeFileSync(`${path}.1.gz`, gzipSync(`${at(300)} error\n`));
    touch(`${path}.1.gz`, 300);
    expect((await inLog(path, {window, forbid: ['error']})).verdict).toBe('unknown');
    expect((await inLog(path, {window, require: ['now']})).verdict).toBe('pass');
    touch(`${path}.1.gz`, 3000);
    expect((await inLog(path, {window, forbid: ['error']})).verdict).toBe('pass');
  });
});

describe('startup facts', () => {
  const of = '^\\S+ startup ';
  const wanted = {env: 'production', version_hash: {exists: true}, migration_head: '9c01'};

  test('of the newest start; a missing one is named', async () => {
    const path = aLog([
      `${at(900)} startup env=production version_hash=old migration_head=0001`,
      `${at(60)} startup env=production version_hash=1f2e migration_head=9c01`,
      `${at(30)} env=staging in some other line`,
    ]);
    expect(await inLog(path, {facts: {of, expect: wanted}})).toMatchObject({verdict: 'pass', checked: 3});
    appendFileSync(path, `${at(5)} startup env=production version_hash= migration_head=9c02\n`);
    expect(await inLog(path, {facts: {of, expect: wanted}})).toMatchObject({
      verdict: 'fail',
      actual: 'version_hash nothing; migration_head "9c02"',
    });
    expect(await inLog(aLog([`${at(1)} nothing of the kind`]), {facts: {of, expect: wanted}})).toMatchObject({
      verdict: 'fail',
      actual: 'lines none',
    });
  });

  test('pairs as programs write them', () => {
    const line = 'ts=1 msg="a \\"b\\" c=d" empty= quoted=\'x y\' path=/a/b,next=2 {inner=3}';
    expect(Object.fromEntries(factsIn(line))).toEqual({
      ts: '1',
      msg: 'a "b" c=d',
      empty: '',
      quoted: 'x y',
      path: '/a/b',
      next: '2',
      inner: '3}',
    });
  });
});

describe('integrity counters', () => {
  const metric = (age: number, name: string, value: number): string =>
    `${at(age)} event=metric.increment metric=${name} value=${value} reason=test`;
  const counters = (expected: Record<string, unknown>) => ({window: '10m', counters: {expect: expected}});
  const violation = 'security.append_only_violation_attempt';

  test('how much each grew in the window, also over a restart in the middle of a growing log', async () => {
    const path = aLog([metric(3000, 'a.failed', 40), metric(500, 'a.failed', 42), `${at(400)} other`]);
    expect((await inLog(path, counters({'a.failed': 2, [violation]: 0}))).verdict).toBe('pass');
    appendFileSync(path, `${metric(300, 'a.failed', 45)}\n`);
    expect((await inLog(path, counters({'a.failed': 5}))).verdict).toBe('pass');
    // The program starts again and counts from the beginning.
    appendFileSync(path, `${metric(200, 'a.failed', 1)}\n${metric(100, 'a.failed', 3)}\n`);
    const seen = await inLog(path, counters({'a.failed': {lte: 5}}));
    expect(seen).toMatchObject({verdict: 'fail', actual: 'a.failed 8'});
    expect(seen.message).toContain('a.failed began anew 1 times');
    appendFileSync(path, `${metric(50, violation, 1)}\n`);
    expect((await inLog(path, counters({[violation]: 0}))).verdict).toBe('fail');
  });

  test('what stood before the window is where it starts from; unknown, the first line is one step', () => {
    expect(growthOf([7, 9], 5)).toEqual({growth: 4, resets: 0});
    expect(growthOf([7, 9], undefined)).toEqual({growth: 3, resets: 0});
    expect(growthOf([], 5)).toEqual({growth: 0, resets: 0});
    expect(growthOf([0, 0], undefined)).toEqual({growth: 0, resets: 0});
    expect(growthOf([2, 1, 2, 1], 9)).toEqual({growth: 5, resets: 3});
  });
});

describe('the journal of a unit', () => {
  const journal = (script: string) => programs({journalctl: script});
  const entry = (age: number, message: unknown): string =>
    JSON.stringify({__REALTIME_TIMESTAMP: String((nowMs - age * 1000) * 1000), MESSAGE: message});
  const says = (lines: readonly string[]) =>
    journal(`process.stdout.write(${JSON.stringify(lines.map(line => `${line}\n`).join(''))})`);
  const ask = async (given: Record<string, unknown>, more: ReturnType<typeof programs>) =>
    look('log', {source: {unit: 'okastr8-manager'}, ...given}, more);

  test('newest first as it is asked, and what is no UTF-8 too', async () => {
    const more = says([entry(1, 'worker started'), entry(30, [101, 114, 114, 111, 114]), entry(3000, 'old')]);
    expect((await ask({window: '5m', require: ['started'], count: 2}, more)).verdict).toBe('pass');
    expect((await ask({window: '5m', forbid: ['error']}, more)).verdict).toBe('fail');
  });

  test('without lines, without the right to see them and without journald it is unknown', async () => {
    const given = {window: '5m', forbid: ['error']};
    expect(await ask(given, says([]))).toMatchObject({verdict: 'unknown', kind: 'noData'});
    expect((await ask({...given, allowEmpty: true}, says([]))).verdict).toBe('pass');
    const hint =
      'console.error("Hint: You are currently not seeing messages from other users and the system.")';
    expect(await ask(given, journal(hint))).toMatchObject({verdict: 'unknown', kind: 'permission'});
    const none = 'console.error("No journal files were found."); process.exit(1)';
    expect(await ask(given, journal(none))).toMatchObject({verdict: 'unknown', kind: 'noData'});
    expect(await ask(given, programs({}))).toMatchObject({verdict: 'unknown', kind: 'notInstalled'});
  });
});

describe('times of lines', () => {
  test.each([
    ['2026-01-02T03:04:05.678Z x', 678],
    ['2026-01-02 03:04:05,678 x', 678],
    ['[2026-01-02T04:04:05+01:00] x', 0],
    ['2026-01-02 03:04:05 UTC x', 0],
    ['<13>Jan  2 03:04:05 host app: x', 0],
    ['Jan  2 03:04:05 host app: x', 0],
    ['1.2.3.4 - - [02/Jan/2026:05:04:05 +0200] "GET /"', 0],
    ['1767323045 x', 0],
    ['1767323045.5: x', 500],
    ['1767323045250 x', 250],
  ])('%j', (line, ms) => {
    expect(readTime(line, nowMs)).toBe(nowMs + ms);
  });

  test('a line of December is read in January as one of the year before', () => {
    expect(readTime('Dec 31 23:59:59 host app: x', nowMs)).toBe(Date.UTC(2025, 11, 31, 23, 59, 59));
  });

  test.each([
    '',
    'at /a/b.js:2026',
    '12 monkeys',
    '2026-01-02 was a Friday',
    'Mon 03:04:05',
    'Xyz  2 03:04:05 a',
  ])('none: %j', line => {
    expect(readTime(line, nowMs)).toBeUndefined();
  });

  test('where the site says so: a field of JSON, or the first group of a pattern', () => {
    expect(lineTimes({json: '$.meta.when'}, nowMs)('{"meta":{"when":1767323045}}')).toBe(nowMs);
    expect(lineTimes({pattern: 'when=(\\S+)'}, nowMs)('x when=2026-01-02T03:04:05Z y')).toBe(nowMs);
    expect(lineTimes({pattern: 'when=(\\S+)'}, nowMs)('2026-01-02T03:04:05Z y')).toBeUndefined();
    expect(lineTimes({}, nowMs)('{"time":"2026-01-02T03:04:05Z"}')).toBe(nowMs);
    expect(lineTimes({}, nowMs)('{"@timestamp":"2026-01-02T03:04:05Z"}')).toBe(nowMs);
    expect(lineTimes({}, nowMs)('{broken')).toBeUndefined();
  });
});

describe('lines that follow each other', () => {
  const start = ['config loaded', 'database ready', 'listening'];
  const inOrder = {patterns: start};

  test('each after the one before it, whatever stands between', async () => {
    const path = aLog([
      `${at(9)} config loaded`,
      `${at(8)} GET /`,
      `${at(7)} database ready`,
      `${at(5)} listening`,
    ]);
    expect(await inLog(path, {inOrder})).toMatchObject({verdict: 'pass', checked: 1});
    expect((await inLog(path, {inOrder: {patterns: start, within: '4s'}})).verdict).toBe('pass');
    expect(await inLog(path, {inOrder: {patterns: start, within: '3s'}})).toMatchObject({
      verdict: 'fail',
      expected: 'time from first to last at most 3s',
      actual: 'time from first to last 4 s',
    });
  });

  test('another order is a failure that says after which line', async () => {
    const path = aLog([`${at(9)} database ready`, `${at(8)} config loaded`, `${at(7)} listening`]);
    expect(await inLog(path, {inOrder})).toMatchObject({
      verdict: 'fail',
      actual: containing(`no line with database ready after ${at(8)} config loaded`),
    });
    expect((await inLog(aLog([`${at(9)} GET /`]), {inOrder})).actual).toContain('no line with config loaded');
  });

  test('the newest start counts: one before it that went well proves nothing', async () => {
    const path = aLog([
      `${at(90)} config loaded`,
      `${at(80)} database ready`,
      `${at(70)} listening`,
      `${at(10)} config loaded`,
      `${at(9)} listening`,
    ]);
    expect((await inLog(path, {inOrder})).verdict).toBe('fail');
    appendFileSync(path, `${at(8)} database ready\n${at(7)} listening\n`);
    expect((await inLog(path, {inOrder})).verdict).toBe('pass');
  });

  test('without times it cannot be said how long it took, and one line is no order', async () => {
    const path = aLog(start);
    expect((await inLog(path, {inOrder})).verdict).toBe('pass');
    expect((await inLog(path, {inOrder: {patterns: start, within: '1h'}})).verdict).toBe('unknown');
    expect(accepts('log', {source: {file: '/a'}, inOrder: {patterns: ['a']}})).toBe(false);
  });
});

test('asking nothing, and patterns that could hang, are refused', () => {
  const source = {file: '/a'};
  expect(accepts('log', {source})).toBe(false);
  expect(accepts('log', {source, forbid: ['(?=a)']})).toBe(false);
  expect(accepts('log', {source, facts: {of: 'a', expect: {}}})).toBe(false);
  expect(accepts('log', {source: {file: 'a'}, forbid: ['b']})).toBe(false);
  expect(accepts('log', {source: {unit: 'a b'}, forbid: ['b']})).toBe(false);
});

test('a pattern that would take other engines for ever takes no time on a long line', async () => {
  const path = aLog([`${at(1)} ${'a'.repeat(50_000)}!`]);
  const began = performance.now();
  expect((await inLog(path, {forbid: ['(a+)+$']})).verdict).toBe('pass');
  expect(performance.now() - began).toBeLessThan(10_000);
});

test('the clock of its host decides what is in the window', async () => {
  const path = aLog([`${at(30)} error`]);
  const clock = fakeClock(nowMs + 3_600_000);
  expect(await look('log', {source: {file: path}, window: '5m', forbid: ['error']}, {clock})).toMatchObject({
    verdict: 'unknown',
  });
});
