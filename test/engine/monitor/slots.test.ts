import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  afterStepBack,
  firstDue,
  gapBetween,
  isStale,
  jitterMs,
  slotOf,
  takeSlot,
} from '../../../src/engine/monitor/slots.ts';

const start = 1_767_323_045_000;
const anyEvery = fc.integer({min: 1_000, max: 3_600_000});
const anyNow = fc.integer({min: 0, max: 4_000_000_000_000});

describe('slots', () => {
  test('a slot holds its instant and begins at a multiple of its length', () => {
    fc.assert(
      fc.property(anyNow, anyEvery, (now, every) => {
        const slot = slotOf(now, every);
        expect(slot % every).toBe(0);
        expect(slot).toBeLessThanOrEqual(now);
        expect(now - slot).toBeLessThan(every);
      }),
    );
  });

  test('jitter is the same on every start, below a tenth of the slot and 30 s', () => {
    fc.assert(
      fc.property(fc.string(), anyEvery, (name, every) => {
        const jitter = jitterMs(name, every);
        expect(jitter).toBe(jitterMs(name, every));
        expect(jitter).toBeGreaterThanOrEqual(0);
        expect(jitter).toBeLessThan(Math.min(every / 10, 30_000) + 1);
      }),
    );
  });

  test('slots that are taken only ever go forward, and none is taken twice', () => {
    fc.assert(
      fc.property(
        anyEvery,
        fc.array(fc.integer({min: 0, max: 10_000_000}), {maxLength: 50}),
        (everyMs, steps) => {
          const pace = {everyMs, jitterMs: jitterMs('a/b', everyMs)};
          let now = start;
          let due = firstDue(now, undefined, pace);
          const taken: number[] = [];
          for (const step of steps) {
            now += step;
            if (due.atMs > now) continue;
            const {slotMs, next} = takeSlot(due, now, pace);
            taken.push(slotMs);
            due = next;
            expect(due.atMs).toBeGreaterThan(now);
          }
          expect(new Set(taken).size).toBe(taken.length);
          expect([...taken].sort((a, b) => a - b)).toEqual(taken);
        },
      ),
    );
  });

  test('after a restart within the slot, the slot is not looked at twice', () => {
    const pace = {everyMs: 60_000, jitterMs: 10};
    const slot = slotOf(start, 60_000);
    expect(firstDue(start, slot, pace).slotMs).toBe(slot + 60_000);
    expect(firstDue(start, slot - 60_000, pace)).toEqual({slotMs: slot, atMs: start});
  });

  test('after the clock went back nothing waits longer than one slot', () => {
    const pace = {everyMs: 60_000, jitterMs: 10};
    const due = {slotMs: start + 60_000, atMs: start + 60_010};
    const now = start - 3_600_000;
    expect(afterStepBack(due, now, pace).atMs - now).toBeLessThanOrEqual(60_010);
  });

  test('a suspend, a stopped process and a clock that was set back are told apart', () => {
    const before = {wallMs: start, monoMs: 0};
    expect(gapBetween(before, {wallMs: start + 5_000, monoMs: 5_000}, 60_000)).toBeUndefined();
    expect(gapBetween(before, {wallMs: start + 9_000_000, monoMs: 5_000}, 60_000)?.why).toContain(
      'suspended',
    );
    expect(gapBetween(before, {wallMs: start + 9_000_000, monoMs: 9_000_000}, 60_000)?.why).toContain(
      'did not run',
    );
    expect(gapBetween(before, {wallMs: start - 9_000, monoMs: 5_000}, 60_000)?.isBack).toBe(true);
  });

  test('a look is stale after three slots', () => {
    expect(isStale(start, 60_000, start + 180_000)).toBe(false);
    expect(isStale(start, 60_000, start + 180_001)).toBe(true);
  });
});
