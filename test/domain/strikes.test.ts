import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {needed, noStrikes, phaseOf, strike, strikesSchema} from '../../src/domain/strikes.ts';
import type {Strikes} from '../../src/domain/strikes.ts';
import {verdicts} from '../../src/domain/verdict.ts';
import type {Verdict} from '../../src/domain/verdict.ts';

const two = {fail: 2, recover: 2};

const fold = (looks: readonly Verdict[], limits = two, from: Strikes = noStrikes): Strikes =>
  looks.reduce((before, verdict, i) => strike(before, {verdict, atMs: i, limits}), from);

const anyLooks = fc.array(fc.constantFrom(...verdicts), {maxLength: 60});
const anyLimits = fc.record({fail: fc.integer({min: 1, max: 5}), recover: fc.integer({min: 1, max: 5})});

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
      fc.property(anyLooks, anyLimits, (looks, limits) => {
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
      fc.property(anyLooks, fc.nat(60), (looks, cut) => {
        const first = looks.slice(0, cut);
        const kept = strikesSchema.parse(JSON.parse(JSON.stringify(fold(first))));
        const rest = looks
          .slice(cut)
          .reduce(
            (before, verdict, i) => strike(before, {verdict, atMs: first.length + i, limits: two}),
            kept,
          );
        expect(rest).toEqual(fold(looks));
      }),
    );
  });
});
