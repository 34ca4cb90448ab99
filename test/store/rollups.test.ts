import {copyFileSync} from 'node:fs';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import fc from 'fast-check';
import {describe, expect, onTestFinished, test} from 'vitest';
import {lessSlots} from '../../src/domain/slo-slots.ts';
import {verdicts} from '../../src/domain/verdict.ts';
import type {Telemetry} from '../../src/ports.ts';
import type {Excluded} from '../../src/rollup-ports.ts';
import {rollUpAll} from '../../src/store/telemetry-rollup.ts';
import {openTelemetry} from '../../src/store/telemetry.ts';
import {tempDir} from '../helpers/temp.ts';
import {checkOf, dayMs, expectSums, firstOf, hourMs, lettersOf, minuteMs, write} from './rollup-reference.ts';
import type {Letter, Written} from './rollup-reference.ts';

const fromMs = Date.UTC(2026, 0, 1, 22, 30);
const never: Excluded = () => false;
const equal = (found: unknown, wanted: unknown): void => {
  expect(found).toEqual(wanted);
};

const every: Readonly<Record<string, number>> = {quick: 15_000, live: minuteMs, slow: 5 * minuteMs};
const names = Object.keys(every);

function opened(file = join(tempDir(), 'telemetry.db')): Telemetry {
  const telemetry = openTelemetry(file, fromMs);
  telemetry.register(names.map(name => checkOf(name, every[name] ?? minuteMs)));
  return telemetry;
}

const anyWritten: fc.Arbitrary<Written> = fc
  .record({
    check: fc.constantFrom(...names),
    slot: fc.integer({min: 0, max: 150}),
    verdict: fc.constantFrom(...verdicts),
    durationMs: fc.integer({min: 0, max: 9_000}),
    kind: fc.constantFrom('assertion', 'timeout'),
    excluded: fc.boolean(),
    retried: fc.boolean(),
    events: fc.option(fc.record({good: fc.nat(50), total: fc.integer({min: 50, max: 90})}), {nil: undefined}),
  })
  .map(({slot, events, ...rest}) => ({
    ...rest,
    slotMs:
      Math.floor((fromMs + slot * minuteMs) / (every[rest.check] ?? minuteMs)) *
      (every[rest.check] ?? minuteMs),
    ...(events === undefined ? {} : {events}),
  }));

describe('sums of looks', () => {
  test('in any order, with repeats, in any batches and over restarts they are those of the looks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(anyWritten, {maxLength: 30}), {minLength: 1, maxLength: 5}),
        fc.array(fc.boolean(), {minLength: 5, maxLength: 5}),
        async (batches, reopens) => {
          const file = join(tempDir(), 'telemetry.db');
          let telemetry = opened(file);
          for (const [i, batch] of batches.entries()) {
            for (const one of batch) write(telemetry, one);
            await telemetry.flush();
            if (reopens[i] === true) {
              await telemetry.close();
              telemetry = opened(file);
            }
          }
          await expectSums(telemetry, batches.flat(), equal);
          await telemetry.close();
        },
      ),
      {numRuns: 25},
    );
  });

  test('adding everything up again from the samples changes nothing', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyWritten, {maxLength: 80}), async written => {
        const file = join(tempDir(), 'telemetry.db');
        const telemetry = opened(file);
        for (const one of written) write(telemetry, one);
        await telemetry.close();
        const db = new Database(file);
        const all = () =>
          ['minutes', 'hours', 'days'].map(table => db.prepare(`SELECT * FROM ${table}`).all());
        const before = all();
        rollUpAll(db);
        expect(all()).toEqual(before);
        db.close();
      }),
      {numRuns: 12},
    );
  });

  test('a check that is looked at more often than before keeps what its minute held', async () => {
    const telemetry = opened();
    onTestFinished(() => telemetry.close());
    const one = {verdict: 'pass', durationMs: 5, kind: 'assertion', excluded: false, retried: false} as const;
    const written: Written[] = [{...one, check: 'live', slotMs: fromMs}];
    write(telemetry, {...one, check: 'live', slotMs: fromMs});
    await telemetry.flush();
    telemetry.register([checkOf('live', 10_000)]);
    for (const slotMs of [fromMs + 10_000, fromMs + 20_000]) {
      written.push({...one, check: 'live', slotMs});
      write(telemetry, {...one, check: 'live', slotMs});
    }
    await expectSums(telemetry, written, equal);
  });
});

describe('what is old', () => {
  const pass = {verdict: 'pass', durationMs: 5, kind: 'assertion', excluded: false, retried: false} as const;

  test('single looks go after 40 days, quick ones after three; sums stay for 400 days, minutes for 40', async () => {
    const telemetry = opened();
    onTestFinished(() => telemetry.close());
    const nowMs = fromMs + 401 * dayMs;
    const ages = [0, 2, 4, 39, 41, 399];
    for (const age of ages)
      for (const check of ['live', 'quick']) write(telemetry, {...pass, check, slotMs: nowMs - age * dayMs});
    write(telemetry, {...pass, check: 'live', slotMs: fromMs});
    await telemetry.prune(nowMs);
    const all = {fromMs: 0, toMs: nowMs + dayMs};
    const agesOf = (rows: readonly {atMs: number}[]): number[] =>
      rows.map(({atMs}) => Math.round((nowMs - atMs) / dayMs)).sort((a, b) => a - b);
    const kept = async (check: string) =>
      (await telemetry.recent('api', check, 99)).map(({slotMs}) => ({atMs: slotMs}));
    expect(agesOf(await kept('live'))).toEqual([0, 2, 4, 39]);
    expect(agesOf(await kept('quick'))).toEqual([0, 2]);
    expect(agesOf(await telemetry.minutes({service: 'api', check: 'quick'}, all))).toEqual([0, 2, 4, 39]);
    expect(agesOf(await telemetry.hours({service: 'api', check: 'live'}, all))).toEqual(ages);
    expect(await telemetry.days({service: 'api', check: 'live'}, all)).toHaveLength(ages.length);
  });

  test('with many checks it goes in parts, one with each flush', async () => {
    const telemetry = openTelemetry(join(tempDir(), 'telemetry.db'), fromMs);
    onTestFinished(() => telemetry.close());
    const checks = Array.from({length: 50}, (_, i) => `c${i}`);
    telemetry.register(checks.map(name => checkOf(name, minuteMs)));
    for (const check of checks) write(telemetry, {...pass, check, slotMs: fromMs});
    const left = async () => {
      const rows = await Promise.all(checks.map(async check => telemetry.recent('api', check, 9)));
      return rows.flat().length;
    };
    await telemetry.prune(fromMs + 50 * dayMs);
    expect(await left()).toBe(30);
    await telemetry.flush();
    expect(await left()).toBe(10);
    await telemetry.flush();
    expect(await left()).toBe(0);
  });

  test('a look that was counted and forgotten is not counted again', async () => {
    const telemetry = opened();
    onTestFinished(() => telemetry.close());
    const written = ['live', 'quick', 'slow'].map(check => ({...pass, check, slotMs: fromMs}));
    for (const one of written) write(telemetry, one);
    await telemetry.prune(fromMs + 41 * dayMs);
    for (const one of written) write(telemetry, one);
    await telemetry.flush();
    for (const check of names) {
      const hours = await telemetry.hours({service: 'api', check}, {fromMs: 0, toMs: fromMs + hourMs});
      expect(hours.map(({counts}) => counts.pass)).toEqual([1]);
      expect(await telemetry.recent('api', check, 9)).toEqual([]);
    }
  });
});

/** What lies between two moments, from running totals. */
async function between(
  telemetry: Telemetry,
  {checks, slotMs}: {readonly checks: readonly string[]; readonly slotMs: number},
  momentsMs: readonly [number, number],
  excluded: Excluded = never,
) {
  const [found] = await telemetry.slots([{source: {service: 'api', checks, slotMs}, momentsMs}], excluded);
  const [from, to] = found?.totals ?? [];
  if (from === undefined || to === undefined) throw new Error('no answer');
  return lessSlots(to.slots, from.slots);
}

const countLetters = (letters: readonly Letter[]) => {
  const count = (letter: Letter): number => letters.filter(one => one === letter).length;
  return {good: count('G'), bad: count('B'), excluded: count('X'), unknown: count('U')};
};

describe('slots of a service', () => {
  test('between any two moments they are those of the looks, also when more come late', async () => {
    const anyWindow = fc.tuple(fc.integer({min: -60, max: 200}), fc.integer({min: 0, max: 200}));
    const step = fc.record({
      more: fc.array(anyWritten, {maxLength: 25}),
      windows: fc.array(anyWindow, {minLength: 1, maxLength: 3}),
    });
    const maintenance = fc.option(fc.tuple(fc.constantFrom(...names), fc.nat(150), fc.nat(60)), {
      nil: undefined,
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(step, {minLength: 1, maxLength: 4}),
        fc.uniqueArray(fc.constantFrom(...names), {minLength: 1, maxLength: 3}),
        fc.constantFrom(5 * minuteMs, 10 * minuteMs, minuteMs, hourMs),
        maintenance,
        async (steps, checks, slotMs, window) => {
          const excluded: Excluded = ({check}, atMs) => {
            if (window === undefined || window[0] !== check) return false;
            const begin = fromMs + window[1] * minuteMs;
            return atMs >= begin && atMs < begin + window[2] * minuteMs;
          };
          const telemetry = opened(':memory:');
          const written: Written[] = [];
          for (const {more, windows} of steps) {
            written.push(...more);
            for (const one of more) write(telemetry, one);
            for (const [at, length] of windows) {
              const begin = Math.floor((fromMs + at * minuteMs) / slotMs) * slotMs;
              const end = begin + Math.ceil((length * minuteMs) / slotMs) * slotMs;
              const {retried: _, ...found} = await between(
                telemetry,
                {checks, slotMs},
                [begin, end],
                excluded,
              );
              const letters = lettersOf(written, {checks, slotMs, fromMs: begin, toMs: end, excluded});
              expect(found).toEqual(countLetters(letters));
            }
          }
          await telemetry.close();
        },
      ),
      {numRuns: 80},
    );
  });

  test('another choice of checks is counted anew, over all that is kept', async () => {
    const telemetry = opened();
    onTestFinished(() => telemetry.close());
    const one = {durationMs: 5, kind: 'assertion', excluded: false, retried: false} as const;
    for (let i = 0; i < 180; i++) {
      write(telemetry, {...one, verdict: 'pass', check: 'live', slotMs: fromMs + i * minuteMs});
      if (i % 5 === 0)
        write(telemetry, {
          ...one,
          verdict: i < 90 ? 'fail' : 'pass',
          check: 'slow',
          slotMs: fromMs + i * minuteMs,
        });
    }
    const span: readonly [number, number] = [fromMs, fromMs + 180 * minuteMs];
    expect(await between(telemetry, {checks: ['live'], slotMs: minuteMs}, span)).toMatchObject({
      good: 180,
      bad: 0,
    });
    expect(await between(telemetry, {checks: ['live', 'slow'], slotMs: 5 * minuteMs}, span)).toMatchObject({
      good: 18,
      bad: 18,
    });
    expect(await between(telemetry, {checks: ['live'], slotMs: minuteMs}, span)).toMatchObject({
      good: 180,
      bad: 0,
    });
  });

  test('events are summed over the checks, whole hours and parts of hours alike', async () => {
    const telemetry = opened();
    onTestFinished(() => telemetry.close());
    const one = {verdict: 'pass', durationMs: 5, kind: 'assertion', excluded: false, retried: false} as const;
    for (let i = 0; i < 200; i++)
      write(telemetry, {
        ...one,
        check: 'live',
        slotMs: fromMs + i * minuteMs,
        events: {good: i, total: i + 1},
      });
    const source = {service: 'api', checks: ['live'], slotMs: minuteMs};
    const momentsMs = [fromMs + 20 * minuteMs, fromMs + 195 * minuteMs];
    const [found] = await telemetry.slots([{source, momentsMs, withEvents: true}], never);
    const [from, to] = found?.totals ?? [];
    const good = Array.from({length: 175}, (_, i) => i + 20).reduce((a, b) => a + b, 0);
    expect((to?.events.good ?? 0) - (from?.events.good ?? 0)).toBe(good);
    expect((to?.events.bad ?? 0) - (from?.events.bad ?? 0)).toBe(175);
  });

  test('while somebody else writes, the answer is the same, only not kept', async () => {
    const file = join(tempDir(), 'telemetry.db');
    const telemetry = opened(file);
    onTestFinished(() => telemetry.close());
    const one = {verdict: 'pass', durationMs: 5, kind: 'assertion', excluded: false, retried: false} as const;
    for (let i = 0; i < 150; i++) write(telemetry, {...one, check: 'live', slotMs: fromMs + i * minuteMs});
    await telemetry.flush();
    const blocker = new Database(file);
    blocker.exec('BEGIN IMMEDIATE');
    const span: readonly [number, number] = [fromMs + 5 * minuteMs, fromMs + 145 * minuteMs];
    expect(await between(telemetry, {checks: ['live'], slotMs: minuteMs}, span)).toMatchObject({good: 140});
    blocker.exec('ROLLBACK');
    const count = blocker.prepare('SELECT count(*) FROM sli_sums').pluck();
    expect(count.get()).toBe(0);
    expect(await between(telemetry, {checks: ['live'], slotMs: minuteMs}, span)).toMatchObject({good: 140});
    expect(count.get()).toBe(2);
    blocker.close();
  });

  test('checks that nobody ever looked at give no first slot', async () => {
    const telemetry = opened();
    onTestFinished(() => telemetry.close());
    const source = {service: 'api', checks: ['live', 'gone'], slotMs: minuteMs};
    const [found] = await telemetry.slots([{source, momentsMs: [fromMs]}], never);
    expect(found?.sinceMs).toBeUndefined();
  });
});

describe('a file of format 1', () => {
  const fixture = join(import.meta.dirname, 'fixtures/telemetry-format-1.db');

  test('is brought over without losing a sample, a look or the lease, and its sums are those of the samples', async () => {
    const file = join(tempDir(), 'telemetry.db');
    copyFileSync(fixture, file);
    const old = new Database(fixture, {readonly: true});
    const rows = old
      .prepare<[], {name: string; slot: number; verdict: number; duration: number}>(
        "SELECT name, slot, verdict, duration FROM samples JOIN checks ON id = check_id WHERE service = 'api'",
      )
      .all();
    const total = old.prepare('SELECT count(*) FROM samples').pluck().get();
    expect(old.pragma('user_version', {simple: true})).toBe(1);
    old.close();
    expect(rows.length).toBeGreaterThan(1_500);

    const telemetry = openTelemetry(file, fromMs);
    expect(telemetry.problem).toBeUndefined();
    const written = rows.map(({name, slot, verdict, duration}): Written => ({
      check: name,
      slotMs: slot,
      verdict: verdicts[verdict] ?? 'unknown',
      durationMs: duration,
      // Format 1 did not say why something failed, so that no failure counts as an answer.
      kind: 'timeout',
      excluded: false,
      retried: false,
    }));
    await expectSums(telemetry, written, equal);
    expect(firstOf(written)).toHaveLength(written.length);
    expect((await telemetry.lastLooks()).map(({result}) => result.message)).toEqual(['200 in 12 ms']);
    expect(await telemetry.monitorHolder()).toMatchObject({who: 'mara', pid: 7});
    const span = {fromMs: Date.UTC(2026, 0, 1), toMs: Date.UTC(2026, 0, 3)};
    const port = await telemetry.hours({service: 'db', check: 'port'}, span);
    expect(port).toHaveLength(6);
    await telemetry.close();

    const now = new Database(file, {readonly: true});
    expect(now.prepare('SELECT count(*) FROM samples').pluck().get()).toBe(total);
    expect(now.pragma('user_version', {simple: true})).toBe(2);
    expect(now.pragma('integrity_check', {simple: true})).toBe('ok');
    now.close();
  });

  test('that cannot be brought over now is left as it was, and tried again', () => {
    const file = join(tempDir(), 'telemetry.db');
    copyFileSync(fixture, file);
    const blocker = new Database(file);
    blocker.exec('BEGIN IMMEDIATE');
    const busy = openTelemetry(file, fromMs);
    expect(busy.problem).toContain('not kept');
    void busy.close();
    blocker.exec('ROLLBACK');
    expect(blocker.pragma('user_version', {simple: true})).toBe(1);
    blocker.close();
    const telemetry = openTelemetry(file, fromMs);
    onTestFinished(() => telemetry.close());
    expect(telemetry.problem).toBeUndefined();
  });
});
