import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {describe, expect, onTestFinished, test} from 'vitest';
import {noStrikes, strike} from '../../src/domain/strikes.ts';
import {timestamp} from '../../src/domain/time.ts';
import type {CheckResult, Verdict} from '../../src/domain/verdict.ts';
import type {MonitorHolder, SampledCheck, Telemetry} from '../../src/ports.ts';
import {openTelemetry} from '../../src/store/telemetry.ts';
import {tempDir} from '../helpers/temp.ts';

const nowMs = 1_767_323_040_000;
const minuteMs = 60_000;

const checkOf = (id: string, more: Partial<SampledCheck> = {}): SampledCheck => ({
  service: 'api',
  id,
  type: 'http',
  panel: 'health',
  everyMs: minuteMs,
  rollup: true,
  ...more,
});

const resultOf = (check: string, verdict: Verdict): CheckResult => ({
  service: 'api',
  check,
  type: 'http',
  panel: 'health',
  at: timestamp(nowMs),
  durationMs: 12,
  verdict,
  kind: 'assertion',
  checked: 1,
  message: `said ${verdict}`,
  parts: [{name: 'db', verdict, message: verdict}],
});

function opened(file = join(tempDir(), 'telemetry.db')): Telemetry {
  const telemetry = openTelemetry(file, nowMs);
  onTestFinished(() => telemetry.close());
  return telemetry;
}

const me: MonitorHolder = {pid: 7, start: '70', boot: 'b', session: 's', who: 'mara', sinceMs: nowMs};

describe('telemetry', () => {
  test('samples come back newest first, and the first one of a slot counts', async () => {
    const telemetry = opened();
    telemetry.register([checkOf('live')]);
    telemetry.sample(resultOf('live', 'pass'), nowMs);
    telemetry.sample(resultOf('live', 'fail'), nowMs + minuteMs);
    telemetry.sample(resultOf('live', 'warn'), nowMs);
    expect(await telemetry.recent('api', 'live', 10)).toEqual([
      {slotMs: nowMs + minuteMs, verdict: 'fail', durationMs: 12},
      {slotMs: nowMs, verdict: 'pass', durationMs: 12},
    ]);
  });

  test('the newest look survives closing, with its strikes and parts', async () => {
    const file = join(tempDir(), 'telemetry.db');
    const first = opened(file);
    first.register([checkOf('live')]);
    const look = {
      result: resultOf('live', 'fail'),
      seenMs: nowMs,
      slotMs: nowMs,
      strikes: strike(noStrikes, {verdict: 'fail', atMs: nowMs, limits: {fail: 1, recover: 1}}),
    };
    first.remember(look);
    await first.close();
    expect(await opened(file).lastLooks()).toEqual([look]);
  });

  test('the strip shows the worst verdict of each minute, of checks that roll up, and nothing where nobody looked', async () => {
    const telemetry = opened();
    telemetry.register([
      checkOf('live'),
      checkOf('slow', {everyMs: 3 * minuteMs}),
      checkOf('aside', {rollup: false}),
    ]);
    telemetry.sample(resultOf('live', 'pass'), nowMs - 5 * minuteMs);
    telemetry.sample(resultOf('live', 'fail'), nowMs - 2 * minuteMs);
    telemetry.sample(resultOf('slow', 'warn'), nowMs - 3 * minuteMs);
    telemetry.sample(resultOf('aside', 'fail'), nowMs);
    expect(await telemetry.strip('api', nowMs + 1_000, 7)).toEqual([
      undefined,
      'pass',
      undefined,
      'warn',
      'fail',
      'warn',
      undefined,
    ]);
  });

  test('a file that is no database is moved aside with its bytes, and samples go on', async () => {
    const dir = tempDir();
    const file = join(dir, 'telemetry.db');
    writeFileSync(file, 'this is a letter, not a database. '.repeat(100));
    const telemetry = opened(file);
    expect(telemetry.problem).toContain('was moved to');
    telemetry.register([checkOf('live')]);
    telemetry.sample(resultOf('live', 'pass'), nowMs);
    expect(await telemetry.recent('api', 'live', 1)).toHaveLength(1);
    const aside = readdirSync(dir).find(name => name.includes('unusable'));
    expect(readFileSync(join(dir, aside ?? ''), 'utf8')).toContain('this is a letter');
  });

  test('the database of another program is not written to', () => {
    const file = join(tempDir(), 'telemetry.db');
    const other = new Database(file);
    other.exec('CREATE TABLE theirs (x)');
    other.close();
    expect(opened(file).problem).toContain('something else');
  });

  test('a database that is damaged while running is replaced, and the console goes on', async () => {
    const file = join(tempDir(), 'telemetry.db');
    const telemetry = opened(file);
    telemetry.register([checkOf('live')]);
    for (let i = 0; i < 5_000; i++) telemetry.sample(resultOf('live', 'pass'), nowMs + i * minuteMs);
    await telemetry.close();
    const bytes = readFileSync(file);
    bytes.fill(0x5a, 4096);
    writeFileSync(file, bytes);
    const again = opened(file);
    again.register([checkOf('live')]);
    again.sample(resultOf('live', 'fail'), nowMs);
    await again.flush();
    expect(await again.recent('api', 'live', 1)).toBeDefined();
    again.register([checkOf('live')]);
    again.sample(resultOf('live', 'fail'), nowMs);
    expect(await again.recent('api', 'live', 1)).toEqual([{slotMs: nowMs, verdict: 'fail', durationMs: 12}]);
    expect(again.problem).toContain('moved to');
  });

  test('where nothing can be written, samples live in memory and it says so', async () => {
    const telemetry = opened(join(tempDir(), 'no-such-folder', 'telemetry.db'));
    expect(telemetry.problem).toContain('not kept');
    telemetry.register([checkOf('live')]);
    telemetry.sample(resultOf('live', 'pass'), nowMs);
    expect(await telemetry.recent('api', 'live', 1)).toHaveLength(1);
  });

  test('the monitor lease is with one living process; a dead holder is taken over, a stranger cannot release it', async () => {
    const file = join(tempDir(), 'telemetry.db');
    const [one, two] = [opened(file), opened(file)];
    const other: MonitorHolder = {...me, pid: 8, session: 't', who: 'tom'};
    expect(await one.takeMonitor(me, () => true)).toEqual(me);
    expect(await two.takeMonitor(other, () => true)).toEqual(me);
    await two.releaseMonitor(other);
    expect(await two.monitorHolder()).toEqual(me);
    expect(await two.takeMonitor(other, () => false)).toEqual(other);
    await one.releaseMonitor(me);
    expect(await one.monitorHolder()).toEqual(other);
  });

  test('a locked database keeps samples waiting instead of losing them', async () => {
    const file = join(tempDir(), 'telemetry.db');
    const telemetry = opened(file);
    telemetry.register([checkOf('live')]);
    const blocker = new Database(file);
    blocker.exec('BEGIN IMMEDIATE');
    telemetry.sample(resultOf('live', 'pass'), nowMs);
    await telemetry.flush();
    blocker.exec('ROLLBACK');
    blocker.close();
    expect(await telemetry.recent('api', 'live', 1)).toHaveLength(1);
  });

  test('what a check said last is taken out to the last byte, written or not; the others and the samples stay', async () => {
    const file = join(tempDir(), 'telemetry.db');
    const telemetry = opened(file);
    telemetry.register([checkOf('live'), checkOf('other')]);
    const say = (check: string, message: string): void => {
      const result = {...resultOf(check, 'fail'), message};
      telemetry.remember({result, seenMs: nowMs, slotMs: nowMs, strikes: noStrikes});
    };
    telemetry.sample(resultOf('live', 'fail'), nowMs);
    say('live', 'kept-by-nobody-8d1f');
    say('other', 'still-there-8d1f');
    await telemetry.flush();
    const bytes = (): string =>
      ['', '-wal', '-shm'].map(end => (existsSync(file + end) ? readFileSync(file + end) : '')).join('');
    expect(bytes()).toContain('kept-by-nobody-8d1f');
    // A later look waits in memory, because somebody else is writing.
    const blocker = new Database(file);
    blocker.exec('BEGIN IMMEDIATE');
    say('live', 'kept-in-memory-8d1f');
    await telemetry.forgetLooks([{service: 'api', check: 'live'}]);
    blocker.exec('ROLLBACK');
    blocker.close();
    await telemetry.forgetLooks([{service: 'api', check: 'live'}]);
    expect((await telemetry.lastLooks()).map(({result}) => result.message)).toEqual(['still-there-8d1f']);
    expect(bytes()).toContain('still-there-8d1f');
    expect(bytes()).not.toMatch(/kept-by-nobody|kept-in-memory/);
    expect(await telemetry.recent('api', 'live', 5)).toHaveLength(1);
  });

  test('two that write in turns, one of which was held up by a lock, add to the same sums', async () => {
    const file = join(tempDir(), 'telemetry.db');
    const [one, other] = [opened(file), opened(file)];
    for (const telemetry of [one, other]) telemetry.register([checkOf('live', {everyMs: 1_000})]);
    const dayMs = 86_400_000;
    const from = Math.floor(nowMs / dayMs) * dayMs;
    let written = 0;
    const look = (telemetry: Telemetry): void => {
      telemetry.sample(resultOf('live', written % 5 === 0 ? 'fail' : 'pass'), from + written * 1_000);
      written += 1;
    };
    const blocking = new Database(file);
    onTestFinished(() => void blocking.close());
    blocking.pragma('busy_timeout = 0');
    for (let turn = 0; turn < 12; turn++) {
      const telemetry = turn % 3 === 2 ? other : one;
      for (let i = 0; i < 10; i++) look(telemetry);
      if (turn === 6) {
        blocking.exec('BEGIN IMMEDIATE');
        await telemetry.flush();
        blocking.exec('ROLLBACK');
      }
      await telemetry.flush();
    }
    const name = {service: 'api', check: 'live'};
    const span = {fromMs: from, toMs: from + dayMs};
    for (const telemetry of [one, other]) {
      const [hour] = await telemetry.hours(name, span);
      const [day] = await telemetry.days(name, span);
      const minutes = await telemetry.minutes(name, span);
      expect(hour?.counts).toMatchObject({pass: 96, fail: 24, answered: 120});
      expect(day?.counts).toMatchObject({pass: 96, fail: 24, answered: 120});
      expect(minutes.map(({counts: {pass, fail}}) => [pass, fail])).toEqual([
        [48, 12],
        [48, 12],
      ]);
    }
  });

  test('old samples are forgotten', async () => {
    const telemetry = opened();
    telemetry.register([checkOf('live')]);
    for (let i = 0; i < 10; i++) telemetry.sample(resultOf('live', 'pass'), nowMs + i * minuteMs);
    await telemetry.flush();
    await telemetry.prune(nowMs + 40 * 24 * 60 * minuteMs + 4 * minuteMs);
    expect(await telemetry.recent('api', 'live', 100)).toHaveLength(6);
  });
});
