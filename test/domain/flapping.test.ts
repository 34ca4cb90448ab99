import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {flapPercent, isFlapping, withState} from '../../src/domain/flapping.ts';
import {noStrikes, phaseOf, strike, type StrikeLimits, type Strikes} from '../../src/domain/strikes.ts';
import {verdicts, type Verdict} from '../../src/domain/verdict.ts';

/** As many changes as asked for, all of them the newest, after enough passes. */
const changes = (count: number): string =>
  'p'.repeat(20 - count) + Array.from({length: count + 1}, (_, i) => (i % 2 === 0 ? 'p' : 'f')).join('');

const two: StrikeLimits = {fail: 2, recover: 2};

const fold = (looks: readonly Verdict[], limits = two, from: Strikes = noStrikes): Strikes =>
  looks.reduce((before, verdict, i) => strike(before, {verdict, atMs: i, limits}), from);

const alternating = (count: number): Verdict[] =>
  Array.from({length: count}, (_, i) => (i % 2 === 0 ? 'pass' : 'fail'));

/** The formula once more, change by change, as the page of Nagios tells it. */
function slowly(history: string): number {
  const states = Array.from(history.padStart(21, history[0] ?? 'p'));
  const weights = Array.from({length: 20}, (_, i) => 0.75 + (0.5 / 19) * i);
  const sum = weights.reduce((all, weight, i) => (states[i] === states[i + 1] ? all : all + weight), 0);
  return (sum * 100) / 20;
}

describe('the formula', () => {
  test('five changes among the newest are not flapping yet, six are', () => {
    expect(flapPercent(changes(5))).toBeCloseTo(29.9, 1);
    expect(isFlapping(changes(5), false)).toBe(false);
    expect(flapPercent(changes(6))).toBeCloseTo(35.5, 1);
    expect(isFlapping(changes(6), false)).toBe(true);
  });

  test('a state that changes with every look is all change, one that never does is none', () => {
    expect(flapPercent(changes(20))).toBeCloseTo(100, 5);
    expect(flapPercent('p'.repeat(21))).toBe(0);
    expect(flapPercent('')).toBe(0);
  });

  test('between the limits it stays as it was, and at 20 % it stops', () => {
    const four = changes(4);
    expect(flapPercent(four)).toBeGreaterThan(20);
    expect(isFlapping(four, true)).toBe(true);
    expect(isFlapping(four, false)).toBe(false);
    const three = changes(3);
    expect(flapPercent(three)).toBeLessThan(20);
    expect(isFlapping(three, true)).toBe(false);
  });

  test('it gives what the formula gives change by change', () => {
    const anyHistory = fc.array(fc.constantFrom('p', 'w', 'f', 'u'), {maxLength: 21});
    fc.assert(
      fc.property(anyHistory, letters => {
        expect(flapPercent(letters.join(''))).toBeCloseTo(slowly(letters.join('')), 9);
      }),
    );
  });

  test('twenty-one states are kept, and a skipped look is a good one', () => {
    const long = alternating(60).reduce(withState, '');
    expect(long).toHaveLength(21);
    expect(withState('', 'skipped')).toBe(withState('', 'pass'));
  });
});

describe('a check that flaps', () => {
  test('21 looks that pass and fail in turn are flapping, although no two failures were in a row', () => {
    const strikes = fold(alternating(21));
    expect(strikes.flapping).toEqual({sinceMs: 6});
    expect(phaseOf(strikes)).toBe('firing');
  });

  test('its firing is held open until it stopped, whatever it says meanwhile', () => {
    const during = fold(['fail', 'fail', ...alternating(21)], {fail: 1, recover: 1});
    expect(during.hard).toBe('pass');
    expect(phaseOf(during)).toBe('firing');
    let state = during;
    let passes = 0;
    while (state.flapping !== undefined && passes < 30) {
      state = strike(state, {verdict: 'pass', atMs: 100, limits: two});
      passes += 1;
      if (state.flapping !== undefined) expect(phaseOf(state)).toBe('firing');
    }
    expect(phaseOf(state)).toBe('ok');
    expect(passes).toBeGreaterThan(10);
  });

  test('one outage that comes and goes is not flapping', () => {
    const once: Verdict[] = ['pass', 'fail', 'fail', 'fail', 'pass', 'pass', 'pass'];
    expect(fold(once).flapping).toBeUndefined();
  });

  test('a change of kind is no change of state', () => {
    expect(fold(Array.from({length: 21}, (): Verdict => 'fail')).flapping).toBeUndefined();
  });

  test('a check that is meant to change is left alone', () => {
    expect(fold(alternating(40), {...two, flapping: false}).flapping).toBeUndefined();
  });

  test('it starts once and stops once, for any looks', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...verdicts), {maxLength: 120}), looks => {
        let state = noStrikes;
        for (const [i, verdict] of looks.entries()) {
          const next = strike(state, {verdict, atMs: i, limits: two});
          const percent = flapPercent(next.history ?? '');
          if (next.flapping !== undefined && state.flapping === undefined)
            expect(percent).toBeGreaterThanOrEqual(30);
          if (next.flapping === undefined && state.flapping !== undefined)
            expect(percent).toBeLessThanOrEqual(20);
          if (next.flapping !== undefined && state.flapping !== undefined)
            expect(next.flapping).toEqual(state.flapping);
          state = next;
        }
      }),
    );
  });
});
