import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {bucketOf, quantile, readSpread, writeSpread} from '../../src/domain/latency.ts';
import {addLooks, foldLooks, isAnswered, latencyOf, looksIn, noLooks} from '../../src/domain/look-counts.ts';
import type {SampledLook} from '../../src/domain/look-counts.ts';
import {verdicts} from '../../src/domain/verdict.ts';

const anyLook: fc.Arbitrary<SampledLook> = fc
  .record({
    verdict: fc.constantFrom(...verdicts),
    durationMs: fc.oneof(fc.integer({min: 0, max: 50}), fc.integer({min: 0, max: 4_000_000})),
    excluded: fc.boolean(),
    retried: fc.boolean(),
    answered: fc.boolean(),
    events: fc.option(
      fc.record({good: fc.integer({min: 0, max: 900}), total: fc.integer({min: 900, max: 1000})}),
      {
        nil: undefined,
      },
    ),
  })
  .map(({events, ...look}) => (events === undefined ? look : {...look, events}));

describe('looks added up', () => {
  test('sums of parts are the sum of the whole, wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(anyLook, {maxLength: 60}), fc.nat(60), (looks, cut) => {
        const whole = foldLooks(looks);
        expect(addLooks(foldLooks(looks.slice(0, cut)), foldLooks(looks.slice(cut)))).toEqual(whole);
        expect(foldLooks(looks.slice(cut), foldLooks(looks.slice(0, cut)))).toEqual(whole);
        expect(looksIn(whole)).toBe(looks.length);
      }),
    );
  });

  test('each number is what counting one by one gives', () => {
    fc.assert(
      fc.property(fc.array(anyLook, {maxLength: 60}), looks => {
        const counts = foldLooks(looks);
        const open = looks.filter(({excluded}) => !excluded);
        for (const verdict of verdicts)
          expect(counts[verdict]).toBe(open.filter(look => look.verdict === verdict).length);
        expect(counts.excluded).toBe(looks.length - open.length);
        expect(counts.retried).toBe(
          open.filter(({verdict, retried}) => verdict === 'pass' && retried).length,
        );
        const times = open.filter(({answered}) => answered).map(({durationMs}) => durationMs);
        expect(counts.answered).toBe(times.length);
        expect(counts.sumMs).toBe(times.reduce((a, b) => a + b, 0));
        if (times.length > 0) {
          expect(counts.leastMs).toBe(Math.min(...times));
          expect(counts.mostMs).toBe(Math.max(...times));
        }
      }),
    );
  });

  test('a look that counts no events is one event, good or not, unless it saw nothing', () => {
    const look = (verdict: SampledLook['verdict']): SampledLook => ({
      verdict,
      durationMs: 1,
      excluded: false,
      retried: false,
      answered: true,
    });
    const counts = foldLooks([
      ...verdicts.map(look),
      {...look('fail'), events: {good: 97, total: 100}},
      {...look('pass'), excluded: true, events: {good: 5, total: 5}},
    ]);
    expect([counts.good, counts.total]).toEqual([2 + 97, 3 + 100]);
  });

  test('a failure of the network has no answer whose time could count', () => {
    expect(isAnswered({verdict: 'fail', kind: 'timeout'})).toBe(false);
    expect(isAnswered({verdict: 'fail', kind: 'assertion'})).toBe(true);
    expect(isAnswered({verdict: 'warn', kind: 'assertion'})).toBe(true);
    expect(isAnswered({verdict: 'unknown', kind: 'permission'})).toBe(false);
  });
});

describe('the histogram', () => {
  test('buckets are in order, and no wider than a fifth', () => {
    fc.assert(
      fc.property(fc.integer({min: 1, max: 9_000_000}), ms => {
        const bucket = bucketOf(ms);
        expect(bucket).toBeGreaterThanOrEqual(bucketOf(ms - 1));
        expect(bucketOf(Math.ceil(ms * 1.2))).toBeGreaterThan(bucket);
      }),
    );
    expect([0, 1, 2, 4, 8].map(bucketOf)).toEqual([0, 1, 5, 9, 13]);
    expect(bucketOf(Number.MAX_SAFE_INTEGER)).toBe(95);
  });

  test('it is read as it was written, however often something was counted', () => {
    const counts = fc.array(fc.tuple(fc.integer({min: 0, max: 95}), fc.integer({min: 1, max: 2 ** 40})));
    fc.assert(
      fc.property(counts, pairs => {
        const map = new Map(pairs);
        expect(readSpread(writeSpread(map))).toEqual(new Map([...map].sort(([a], [b]) => a - b)));
      }),
    );
    expect([...readSpread(Uint8Array.of(7, 0x80))]).toEqual([[7, 0]]);
  });

  test('p50 and p95 are within a fifth of those of the sorted times', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({min: 1, max: 100_000}), {minLength: 1, maxLength: 300}),
        fc.constantFrom(0.5, 0.95),
        (times, share) => {
          const counts = foldLooks(
            times.map(durationMs => ({
              verdict: 'pass',
              durationMs,
              excluded: false,
              retried: false,
              answered: true,
            })),
          );
          const sorted = [...times].sort((a, b) => a - b);
          const exact = sorted[Math.ceil(share * times.length) - 1] ?? 0;
          const found = latencyOf(counts, share) ?? -1;
          expect(found).toBeGreaterThanOrEqual(exact / 1.2 - 1);
          expect(found).toBeLessThanOrEqual(exact * 1.2 + 1);
          expect(found).toBeGreaterThanOrEqual(counts.leastMs);
          expect(found).toBeLessThanOrEqual(counts.mostMs);
        },
      ),
    );
    expect(latencyOf(noLooks, 0.5)).toBeUndefined();
    expect(quantile(writeSpread(new Map([[5, 1]])), 1, {leastMs: 2, mostMs: 2})).toBe(2);
  });
});
