import {appendFileSync, chmodSync, renameSync, truncateSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {localHost} from '../../src/adapters/host/local.ts';
import {createExec} from '../../src/adapters/exec.ts';
import type {CheckResult, Look} from '../../src/domain/verdict.ts';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {withoutRights} from '../helpers/rights.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {accepts, look, resultOf} from './looking.ts';

/** The clock of these tests stands at 2026-01-02T03:04:05Z. */
const nowMs = 1_767_323_045_000;
const dayMs = 86_400_000;

const record = (ms: number, more: Record<string, unknown> = {}): string =>
  `${JSON.stringify({ts: new Date(ms).toISOString(), ok: true, ...more})}\n`;

function aFile(lines: readonly string[] = []): string {
  const path = join(tempDir(), 'uptime.ndjson');
  writeFileSync(path, lines.join(''));
  return path;
}

const at = async (path: string, given: Record<string, unknown> = {}) => look('ndjson', {path, ...given});

const ago = (seconds: number): number => nowMs - seconds * 1000;

describe('what a file of records must be', () => {
  test('its last line is JSON, and its newest record new and as it must be', async () => {
    const path = aFile([record(ago(120), {code: 500}), record(ago(60), {code: 200})]);
    expect(await at(path)).toMatchObject({verdict: 'pass'});
    const good = {maxAge: '1m', lastRecord: {'$.code': 200, '$.ok': true}};
    expect((await at(path, good)).verdict).toBe('pass');
    expect(await at(path, {maxAge: '59s'})).toMatchObject({
      verdict: 'fail',
      expected: 'newest record at most 59s old',
      actual: 'newest record "2026-01-02T03:03:05.000Z" (60 s ago)',
    });
    expect((await at(path, {lastRecord: {'$.code': 500}})).verdict).toBe('fail');
  });

  test('a record of this second is new, one of the future is not', async () => {
    expect((await at(aFile([record(nowMs + 900)]), {maxAge: '1m'})).verdict).toBe('pass');
    expect((await at(aFile([record(nowMs + 60_000)]), {maxAge: '1m'})).verdict).toBe('fail');
  });

  test('absent it fails; empty it shows nothing, or that nothing is new', async () => {
    expect(await at(join(tempDir(), 'no'))).toMatchObject({verdict: 'fail', actual: 'nothing'});
    expect(await at(aFile())).toMatchObject({verdict: 'unknown', kind: 'noData'});
    expect((await at(aFile(), {maxAge: '1m'})).verdict).toBe('fail');
  });

  test('times where the site says they are', async () => {
    const path = aFile([`${JSON.stringify({meta: {when: ago(30) / 1000}})}\n`]);
    expect((await at(path, {timeField: '$.meta.when', maxAge: '1m'})).verdict).toBe('pass');
    expect(await at(path, {maxAge: '1m'})).toMatchObject({verdict: 'unknown', kind: 'config'});
    expect(accepts('ndjson', {path, timeField: 'meta.when'})).toBe(false);
  });

  test('a binary file, a folder, and what may not be read are unknown', async () => {
    const binary = join(tempDir(), 'b');
    writeFileSync(binary, Buffer.alloc(100, 'a\0'));
    expect(await at(binary)).toMatchObject({verdict: 'unknown', kind: 'config'});
    expect(await at(tempDir())).toMatchObject({verdict: 'unknown', kind: 'config'});
    const path = aFile([record(ago(1))]);
    chmodSync(path, 0o000);
    expect(await withoutRights(async () => at(path))).toMatchObject({verdict: 'unknown', kind: 'permission'});
  });
});

describe('how many', () => {
  const midnight = nowMs - (nowMs % dayMs);
  const everyMinute = (from: number, to: number): string[] =>
    Array.from({length: (to - from) / 60_000}, (_, i) => record(from + i * 60_000));

  test('a whole day has 1,440 lines, one a minute; one that is missing is seen', async () => {
    const lines = everyMinute(midnight - 2 * dayMs, nowMs - (nowMs % 60_000));
    expect(await at(aFile(lines), {perDay: {gte: 1440}})).toMatchObject({verdict: 'pass'});
    expect((await at(aFile(lines), {perDay: 1440})).verdict).toBe('pass');
    const hole = lines.filter(line => !line.includes('2026-01-01T12:30:00'));
    expect(await at(aFile(hole), {perDay: {gte: 1440}})).toMatchObject({
      verdict: 'fail',
      actual: 'records of 2026-01-01 1439',
    });
    // A hole of today or of the day before is not yesterday's.
    const other = lines.filter(line => !line.includes('2025-12-31T12:30') && !line.includes('2026-01-02T01'));
    expect((await at(aFile(other), {perDay: {gte: 1440}})).verdict).toBe('pass');
  });

  test('a file that is younger than the day decides only what more records could not change', async () => {
    const path = aFile(everyMinute(midnight - 3_600_000, nowMs - (nowMs % 60_000)));
    expect(await at(path, {perDay: {gte: 1440}})).toMatchObject({
      verdict: 'unknown',
      actual: containing('of what begins at 2026-01-01T23:00:00.000Z'),
    });
    expect((await at(path, {perDay: {gte: 60}})).verdict).toBe('pass');
    expect((await at(path, {perDay: {lte: 59}})).verdict).toBe('fail');
  });

  test('in the last hours and days, over a file that is long', async () => {
    const pad = {pad: 'x'.repeat(400)};
    const lines = Array.from({length: 3000}, (_, i) => record(ago((3000 - i) * 60), pad));
    const path = aFile(lines);
    expect((await at(path, {counts: {'1d': {gte: 1440, lte: 1441}, '1h': {gte: 60}}})).verdict).toBe('pass');
    expect((await at(path, {counts: {'7d': {gte: 4000}}})).verdict).toBe('unknown');
    expect((await at(aFile([record(ago(8 * 86_400)), record(ago(60))]), {counts: {'7d': 1}})).verdict).toBe(
      'pass',
    );
    expect((await at(aFile([record(ago(8 * 86_400))]), {counts: {'7d': {gte: 1}}})).verdict).toBe('fail');
  });

  test('gaps between records, and since the last', async () => {
    const path = aFile([record(ago(600)), record(ago(300)), record(ago(60))]);
    expect((await at(path, {gapMax: '5m'})).verdict).toBe('pass');
    expect(await at(path, {gapMax: '4m'})).toMatchObject({
      verdict: 'fail',
      actual: 'gap 300 s from 2026-01-02T02:54:05.000Z',
    });
    expect(await at(aFile([record(ago(600))]), {gapMax: '5m'})).toMatchObject({
      verdict: 'fail',
      actual: 'gap 600 s from 2026-01-02T02:54:05.000Z',
    });
  });

  test('in order', async () => {
    expect(
      (await at(aFile([record(ago(9)), record(ago(9)), record(ago(8))]), {monotonic: true})).verdict,
    ).toBe('pass');
    expect(
      await at(aFile([record(ago(9)), record(ago(8)), record(ago(10))]), {monotonic: true}),
    ).toMatchObject({
      verdict: 'fail',
      actual: 'order 2026-01-02T03:03:55.000Z after 2026-01-02T03:03:57.000Z',
    });
    expect((await at(aFile([record(ago(9))]), {monotonic: true})).verdict).toBe('unknown');
  });
});

describe('lines that are no JSON', () => {
  /** Looks with a clock that moves when the look waits, after `meanwhile`. */
  async function waitingLook(
    path: string,
    meanwhile: () => void,
    given: Record<string, unknown> = {},
  ): Promise<Look> {
    const clock = fakeClock(nowMs);
    const looking = look('ndjson', {path, ...given}, {clock});
    await waitFor(() => clock.pending() > 0, {what: 'the look to wait'});
    meanwhile();
    await clock.advance(1_000);
    return looking;
  }

  test('a line that is being written is read again once, and then it is whole', async () => {
    const path = aFile([record(ago(60)), '{"ts":"2026-01-02T03:04:0']);
    const seen = await waitingLook(
      path,
      () => {
        appendFileSync(path, '5Z","ok":true}\n');
      },
      {maxAge: '10s'},
    );
    expect(seen.verdict).toBe('pass');
  });

  test('one that stays half is left out: the record before it counts', async () => {
    const path = aFile([record(ago(60)), '{"ts":']);
    expect((await waitingLook(path, () => undefined, {maxAge: '2m'})).verdict).toBe('pass');
    expect((await waitingLook(path, () => undefined, {maxAge: '10s'})).verdict).toBe('fail');
  });

  test('a last line that is whole and no JSON fails; one in the middle is a warning, unless it may be there', async () => {
    const last = aFile([record(ago(60)), 'oops\n']);
    expect(await waitingLook(last, () => undefined)).toMatchObject({
      verdict: 'fail',
      actual: containing('last line something else'),
    });
    const middle = aFile([record(ago(60)), 'oops\n', record(ago(30))]);
    expect(await at(middle)).toMatchObject({verdict: 'warn', actual: 'lines that are no JSON 1'});
    expect((await at(middle, {badLines: {lte: 1}})).verdict).toBe('pass');
  });

  test('a last line without its end is a record when it is one', async () => {
    expect((await at(aFile([record(ago(5)).trimEnd()]), {maxAge: '1m'})).verdict).toBe('pass');
  });

  test('empty lines are nothing', async () => {
    expect((await at(aFile(['\n', record(ago(5)), '\n', '\r\n']), {maxAge: '1m'})).verdict).toBe('pass');
  });
});

describe('only ever longer', () => {
  /** Looks again and again, each time with what the look before said. */
  function watching(path: string, appendOnly = 'strict') {
    let previous: CheckResult | undefined;
    return async (): Promise<Look> => {
      const seen = await look('ndjson', {path, appendOnly}, {previous});
      previous = {...resultOf('log', seen.verdict), ...seen};
      return seen;
    };
  }

  test('a file that grows passes; one that was cut fails until somebody has looked into it', async () => {
    const path = aFile([record(ago(60)), record(ago(50))]);
    const again = watching(path);
    expect(await again()).toMatchObject({
      verdict: 'pass',
      parts: [{name: 'remembered', message: containing('the first look')}],
    });
    appendFileSync(path, record(ago(40)));
    expect((await again()).verdict).toBe('pass');
    truncateSync(path, record(0).length);
    expect(await again()).toMatchObject({
      verdict: 'fail',
      message: containing('give the check another name'),
    });
    // Also on the next look, although nothing more happened, and when it is as long again as it was.
    expect((await again()).verdict).toBe('fail');
    appendFileSync(path, record(ago(30)) + record(ago(20)) + record(ago(10)));
    expect((await again()).verdict).toBe('fail');
  });

  test('a file that is as long and begins otherwise was written anew', async () => {
    const path = aFile([record(ago(60)), record(ago(50))]);
    const again = watching(path);
    await again();
    writeFileSync(path, record(ago(61)) + record(ago(50)) + record(ago(40)));
    expect(await again()).toMatchObject({verdict: 'fail', message: containing('beginning')});
  });

  test('another file in its place fails, unless it is rotated', async () => {
    for (const [mode, verdict] of [
      ['strict', 'fail'],
      ['rotated', 'pass'],
    ] as const) {
      const path = aFile([record(ago(60)), record(ago(50))]);
      const again = watching(path, mode);
      await again();
      renameSync(path, `${path}.1`);
      writeFileSync(path, record(ago(5)));
      expect((await again()).verdict).toBe(verdict);
    }
  });

  test('a look that could not be forgets nothing', async () => {
    const path = aFile([record(ago(60)), record(ago(50))]);
    const first = await look('ndjson', {path, appendOnly: 'strict'});
    const broken = {
      ...localHost(
        {exec: createExec(), env: fakeEnv(), clock: fakeClock(nowMs)},
        {signal: new AbortController().signal, timeoutMs: 5_000},
      ),
      now: async () =>
        Promise.resolve({at: 'failed', kind: 'connect', message: 'db1 cannot be reached'} as const),
    };
    const previous: CheckResult = {...resultOf('log', 'pass'), ...first};
    const lost = await look('ndjson', {path, appendOnly: 'strict'}, {previous, host: broken});
    expect(lost).toMatchObject({verdict: 'unknown', kind: 'connect', parts: [{name: 'remembered'}]});
    truncateSync(path, 10);
    writeFileSync(path, record(ago(50)));
    const after = await look(
      'ndjson',
      {path, appendOnly: 'strict'},
      {previous: {...resultOf('log', 'unknown'), ...lost}},
    );
    expect(after.verdict).toBe('fail');
  });
});
