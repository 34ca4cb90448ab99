import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  firstMinute,
  mergeMinute,
  minuteIn,
  minuteOf,
  newStrip,
  shownVerdict,
  worseMinute,
} from '../../src/domain/minute-strip.ts';
import {countSlots, noSlots, slotAt} from '../../src/domain/slo-slots.ts';
import type {Member} from '../../src/domain/slo-slots.ts';
import {rollUp, verdicts} from '../../src/domain/verdict.ts';
import type {Verdict} from '../../src/domain/verdict.ts';

const plain = {excluded: false, retried: false};
const never = (): boolean => false;

/** A letter a minute: what `verdictOf` knows, `r` a pass on a second try, `x` a pass in maintenance, a dot nobody looked. */
function strip(letters: string): Uint8Array {
  const made = newStrip();
  const codes: Readonly<Record<string, number>> = {
    p: minuteOf('pass', plain),
    w: minuteOf('warn', plain),
    f: minuteOf('fail', plain),
    u: minuteOf('unknown', plain),
    s: minuteOf('skipped', plain),
    r: minuteOf('pass', {excluded: false, retried: true}),
    x: minuteOf('pass', {excluded: true, retried: false}),
    F: minuteOf('fail', {excluded: true, retried: false}),
  };
  for (const [minute, letter] of Array.from(letters).entries()) mergeMinute(made, minute, codes[letter] ?? 0);
  return made;
}

const member = (letters: string, more: Partial<Member> = {}): Member => ({
  strip: strip(letters),
  sinceMinute: 0,
  excluded: never,
  ...more,
});

const states = (members: readonly Member[], minutes: number, slotMinutes = 1) =>
  Array.from({length: minutes / slotMinutes}, (_, i) => slotAt(members, i * slotMinutes, {slotMinutes}));

const anyCode = fc.integer({min: 0, max: 15}).filter(code => (code & 7) < 7 && code !== 8);

describe('the minutes of an hour', () => {
  test('what is merged into one minute never touches another, and comes back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({min: 0, max: 59}), anyCode), {maxLength: 200}), merges => {
        const made = newStrip();
        const slow = new Map<number, number>();
        for (const [minute, code] of merges) {
          mergeMinute(made, minute, code);
          slow.set(minute, worseMinute(slow.get(minute) ?? 0, code));
        }
        for (let minute = 0; minute < 60; minute++)
          expect(minuteIn(made, minute)).toBe(slow.get(minute) ?? 0);
      }),
    );
  });

  test('the worst of a minute is the same in any order, and looks outside maintenance speak first', () => {
    fc.assert(
      fc.property(anyCode, anyCode, anyCode, (a, b, c) => {
        expect(worseMinute(a, b)).toBe(worseMinute(b, a));
        expect(worseMinute(worseMinute(a, b), c)).toBe(worseMinute(a, worseMinute(b, c)));
        expect(worseMinute(a, 0)).toBe(a);
      }),
    );
    const failInside = minuteOf('fail', {excluded: true, retried: false});
    expect(worseMinute(failInside, minuteOf('pass', plain))).toBe(minuteOf('pass', plain));
  });

  test('the verdict that is shown rolls up as verdicts do', () => {
    fc.assert(
      fc.property(fc.constantFrom(...verdicts), fc.constantFrom(...verdicts), (a: Verdict, b: Verdict) => {
        expect(shownVerdict(worseMinute(minuteOf(a, plain), minuteOf(b, plain)))).toBe(rollUp([a, b]));
      }),
    );
    expect(shownVerdict(0)).toBeUndefined();
    expect(shownVerdict(minuteOf('pass', {excluded: true, retried: true}))).toBe('pass');
  });

  test('the first minute with a look is found', () => {
    expect(firstMinute(strip('...p'))).toBe(3);
    expect(firstMinute(newStrip())).toBe(60);
  });
});

describe('slots of a service', () => {
  test('each verdict of one check has its place; nobody there is unknown, and a warning is up', () => {
    expect(states([member('pwfus.rx')], 8)).toEqual([
      'good',
      'good',
      'bad',
      'unknown',
      'unknown',
      'unknown',
      'retried',
      'excluded',
    ]);
  });

  test('one bad check makes the slot bad, one that could not look makes it unknown, one that was skipped says nothing', () => {
    expect(states([member('ppppf'), member('fu.su')], 5)).toEqual([
      'bad',
      'unknown',
      'unknown',
      'good',
      'bad',
    ]);
  });

  test('a check has nothing to say before its first look, and a slot before all of them is none', () => {
    const members = [member('....pp', {sinceMinute: 4}), member('..pppp', {sinceMinute: 2})];
    expect(states(members, 6)).toEqual([undefined, undefined, 'good', 'good', 'good', 'good']);
  });

  test('maintenance of one check leaves the slot to the others; of all, it is excluded, looked at or not', () => {
    expect(states([member('xFx'), member('ppf')], 3)).toEqual(['good', 'good', 'bad']);
    expect(states([member('xF.'), member('xFx')], 3)).toEqual(['excluded', 'excluded', 'unknown']);
    const announced = {excluded: (minute: number) => minute < 2};
    expect(states([member('.fp', announced), member('p.p', announced)], 3)).toEqual([
      'excluded',
      'excluded',
      'good',
    ]);
  });

  test('as seen, maintenance counts for what was looked at', () => {
    const slots = countSlots([member('xF.p')], {slotMinutes: 1, to: 4, asSeen: true});
    expect(slots).toEqual({...noSlots, good: 2, bad: 1, unknown: 1});
  });

  test('a longer slot is as bad as its worst minute, and known as soon as one of them is', () => {
    expect(states([member('p....f....pw...')], 15, 5)).toEqual(['good', 'bad', 'good']);
    expect(states([member('.....')], 5, 5)).toEqual(['unknown']);
  });

  test('counting an hour is counting its slots one by one', () => {
    const letters = fc.string({
      unit: fc.constantFrom(...Array.from('pwfus.rxF')),
      minLength: 60,
      maxLength: 60,
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(letters, fc.integer({min: 0, max: 60})), {minLength: 1, maxLength: 4}),
        fc.constantFrom(1, 2, 5, 15, 60),
        (checks, slotMinutes) => {
          const members = checks.map(([text, sinceMinute]) => member(text, {sinceMinute}));
          const one = states(members, 60, slotMinutes);
          const count = (...wanted: readonly string[]): number =>
            one.filter(state => state !== undefined && wanted.includes(state)).length;
          expect(countSlots(members, {slotMinutes})).toEqual({
            good: count('good', 'retried'),
            bad: count('bad'),
            excluded: count('excluded'),
            unknown: count('unknown'),
            retried: count('retried'),
          });
        },
      ),
    );
  });
});
