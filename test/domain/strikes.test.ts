import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {needed, noStrikes, phaseOf, strike, strikesSchema} from '../../src/domain/strikes.ts';
import type {StrikeLimits, Strikes} from '../../src/domain/strikes.ts';
import {verdicts} from '../../src/domain/verdict.ts';
import type {Verdict} from '../../src/domain/verdict.ts';

const two: StrikeLimits = {fail: 2, recover: 2};

const fold = (looks: readonly Verdict[], limits: StrikeLimits = two, from: Strikes = noStrikes): Strikes =>
  looks.reduce((before, verdict, i) => strike(before, {verdict, atMs: i, limits}), from);

const anyLooks = fc.array(fc.constantFrom(...verdicts), {maxLength: 60});
const count = fc.integer({min: 1, max: 5});
const anyLimits = fc.record({fail: count, recover: count});
const anyWithin = fc
  .record({bad: count, more: fc.integer({min: 0, max: 10})})
  .map(({bad, more}) => ({bad, of: bad + more}));

describe('strikes', () => {
  test('the first pass is believed at once, a first failure only after enough strikes', () => {
    expect(fold(['pass']).hard).toBe('pass');
    expect(fold(['fail']).hard).toBeUndefined();
    expect(fold(['fail', 'fail']).hard).toBe('fail');
  });

  test('a check goes from ok over pending, firing and recovering back to ok', () => {
    const looks: Verdict[] = ['pass', 'fail', 'fail', 'pass', 'pass'];
    const phases = looks.map((_, i) => phaseOf(fold(looks.slice(0, i + 1))));
    expect(phases).toEqual(['ok', 'pending', 'firing', 'recovering', 'ok']);
  });

  test('a look that saw nothing neither clears a failure nor confirms it', () => {
    expect(fold(['pass', 'fail', 'unknown', 'fail']).hard).toBe('fail');
    expect(fold(['pass', 'fail', 'unknown']).hard).toBe('pass');
  });

  test('a look that saw nothing breaks a recovery', () => {
    expect(fold(['pass', 'fail', 'fail', 'pass', 'unknown', 'pass']).hard).toBe('fail');
  });

  test('warnings have their own counter', () => {
    expect(fold(['pass', 'warn', 'fail', 'warn']).hard).toBe('pass');
    expect(fold(['pass', 'warn', 'warn']).hard).toBe('warn');
  });

  test('a hard state is only left after as many looks with the new verdict as are needed', () => {
    fc.assert(
      fc.property(anyLooks, anyLimits, (looks, limits) => {
        let state = noStrikes;
        looks.forEach((verdict, i) => {
          const next = strike(state, {verdict, atMs: i, limits});
          if (next.hard !== state.hard) {
            expect(next.hard).toBe(verdict);
            expect(next.sinceMs).toBe(i);
            const seen = looks.slice(0, i + 1).filter(look => look === verdict).length;
            expect(seen).toBeGreaterThanOrEqual(needed(state.hard, verdict, limits));
          }
          state = next;
        });
      }),
    );
  });

  test('enough passes in a row always end in ok, enough failures in a row always in firing', () => {
    fc.assert(
      fc.property(anyLooks, anyLimits, (looks, two) => {
        const limits = {...two, flapping: false};
        const before = fold(looks, limits);
        const passes = Array.from({length: limits.recover}, (): Verdict => 'pass');
        expect(phaseOf(fold(passes, limits, before))).toBe('ok');
        const fails = Array.from({length: Math.max(limits.fail, limits.recover)}, (): Verdict => 'fail');
        expect(phaseOf(fold(fails, limits, before))).toBe('firing');
      }),
    );
  });

  test('a restart in between changes nothing: the state survives JSON', () => {
    fc.assert(
      fc.property(anyLooks, fc.nat(60), anyWithin, (looks, cut, within) => {
        const limits = {...two, within};
        const first = looks.slice(0, cut);
        const kept = strikesSchema.parse(JSON.parse(JSON.stringify(fold(first, limits))));
        const rest = looks
          .slice(cut)
          .reduce((before, verdict, i) => strike(before, {verdict, atMs: first.length + i, limits}), kept);
        expect(rest).toEqual(fold(looks, limits));
      }),
    );
  });

  test('what an older version stored is read, and goes on from there', () => {
    const old = {hard: 'pass', sinceMs: 5, counters: {...noStrikes.counters, fail: 1}};
    const kept = strikesSchema.parse(JSON.parse(JSON.stringify(old)));
    expect(fold(['fail'], two, kept)).toMatchObject({hard: 'fail', sinceMs: 0});
  });
});

describe('so many of the newest looks', () => {
  const within = {fail: 3, recover: 2, within: {bad: 3, of: 5}};

  test('1-0-1-0 is never two in a row, and yet three of five', () => {
    const looks: Verdict[] = ['pass', 'fail', 'pass', 'fail', 'pass', 'fail'];
    expect(fold(looks).hard).toBe('pass');
    expect(looks.map((_, i) => fold(looks.slice(0, i + 1), within).hard)).toEqual([
      'pass',
      'pass',
      'pass',
      'pass',
      'pass',
      'fail',
    ]);
  });

  test('bad looks that are further apart are not counted together', () => {
    const apart = ['fail', 'pass', 'pass', 'fail', 'pass', 'pass', 'fail'] as const;
    expect(fold(['pass', ...apart], within).hard).toBe('pass');
  });

  test('warnings, failures and looks that saw nothing are counted apart', () => {
    expect(fold(['pass', 'warn', 'fail', 'unknown', 'warn', 'fail'], within).hard).toBe('pass');
    expect(fold(['pass', 'unknown', 'pass', 'unknown', 'pass', 'unknown'], within).hard).toBe('unknown');
    expect(fold(['pass', 'warn', 'pass', 'warn', 'pass', 'warn'], within).hard).toBe('warn');
  });

  test('after a recovery the counting begins again', () => {
    const looks: Verdict[] = ['pass', 'fail', 'fail', 'fail', 'pass', 'pass', 'fail'];
    expect(fold(looks, within).hard).toBe('pass');
  });

  test('it comes to a failure exactly when the newest looks say so', () => {
    fc.assert(
      fc.property(anyLooks, anyWithin, (looks, of) => {
        // So many in a row are never there; only the window can decide.
        const limits = {fail: 1_000, recover: 1_000, within: of};
        const firstBad = looks.findIndex((look, i) => {
          const newest = looks.slice(Math.max(0, i - of.of + 1), i + 1);
          return look === 'fail' && newest.filter(one => one === 'fail').length >= of.bad;
        });
        const onlyFails = looks.map((look): Verdict => (look === 'fail' ? 'fail' : 'pass'));
        const states = onlyFails.map((_, i) => fold(onlyFails.slice(0, i + 1), limits).hard);
        expect(states.indexOf('fail')).toBe(firstBad);
      }),
    );
  });
});
