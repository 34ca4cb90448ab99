import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  applyMissing,
  budgetOf,
  burnPerDay,
  burnRate,
  exhaustedInMs,
  isConsumedOver,
  isExhausted,
} from '../../src/domain/slo-budget.ts';
import {
  burnWindows,
  isBurning,
  nextBurn,
  noDataAfterMs,
  quietBurn,
  slotsIn,
} from '../../src/domain/slo-burn.ts';
import type {BurnCounts, BurnWindow} from '../../src/domain/slo-burn.ts';
import {budgetPartsOf, percent, sloDefaults, slotFor, targetText} from '../../src/domain/slo-spec.ts';
import type {SlotCounts} from '../../src/domain/slo-slots.ts';
import {asNumber, fires, isMore, reference} from './slo-reference.ts';
import type {Letter} from './slo-reference.ts';

const slotMs = 60_000;
const dayMs = 86_400_000;
const letters: readonly Letter[] = ['G', 'B', 'X', 'U'];

const countsOf = (slots: readonly Letter[]): SlotCounts => ({
  good: slots.filter(slot => slot === 'G').length,
  bad: slots.filter(slot => slot === 'B').length,
  excluded: slots.filter(slot => slot === 'X').length,
  unknown: slots.filter(slot => slot === 'U').length,
  retried: 0,
});

const repeat = (letter: Letter, times: number): Letter[] => Array.from({length: times}, () => letter);

const burnOf = (slots: readonly Letter[], {longMs, shortMs}: BurnWindow): BurnCounts => {
  const last = (windowMs: number): SlotCounts => countsOf(slots.slice(-slotsIn(windowMs, slotMs)));
  const short = last(shortMs);
  return {
    long: last(longMs),
    short,
    shortSeen: short.good + short.bad,
    shortSlots: slotsIn(shortMs, slotMs),
  };
};

/** A record that is younger than its window, with runs of the same as outages have them. */
const anySlots = fc
  .tuple(
    fc.integer({min: 0, max: 40}),
    fc.array(fc.tuple(fc.constantFrom(...letters), fc.integer({min: 1, max: 40})), {
      minLength: 1,
      maxLength: 12,
    }),
  )
  .map(([before, runs]) => [
    ...repeat('.', before),
    ...runs.flatMap(([letter, times]) => repeat(letter, times)),
  ]);
const anyTarget = fc.constantFrom('90%', '99%', '99.5%', '99.9%', '99.95%', '99.99999%', '100%', '0.987654');
const partsOf = (target: string): number => budgetPartsOf(target) ?? -1;

describe('availability and error budget', () => {
  test('every figure is the one that slots counted one by one give', () => {
    fc.assert(
      fc.property(anySlots, anyTarget, (slots, target) => {
        const budgetParts = partsOf(target);
        const window = {whole: slots.length, slots: countsOf(slots)};
        const figures = budgetOf(window, {budgetParts});
        const slow = reference(slots, budgetParts);
        for (const name of ['availability', 'strict', 'generous', 'coverage', 'consumed'] as const) {
          const wanted = asNumber(slow[name]);
          if (wanted === null) expect(figures[name]).toBeNull();
          else
            expect(Math.abs((figures[name] ?? NaN) - wanted)).toBeLessThanOrEqual(
              1e-12 * Math.max(1, wanted),
            );
        }
        for (const limit of [
          [4, 5],
          [3, 4],
          [1, 1],
        ] as const)
          expect(isConsumedOver(window, {budgetParts}, limit)).toBe(
            isMore(slow.consumed, limit[0], limit[1]) || (budgetParts === 0 && window.slots.bad > 0),
          );
        expect(isExhausted(window, {budgetParts})).toBe(
          slow.consumed !== undefined && slow.consumed.num >= slow.consumed.den && window.slots.bad > 0,
        );
      }),
    );
  });

  test('the observed share lies between the strict and the generous one, and nothing seen is null', () => {
    fc.assert(
      fc.property(anySlots, slots => {
        const {availability, strict, generous} = budgetOf(
          {whole: slots.length, slots: countsOf(slots)},
          {budgetParts: 50_000},
        );
        if (availability === null) {
          expect(countsOf(slots).good + countsOf(slots).bad).toBe(0);
          return;
        }
        expect(availability).toBeGreaterThanOrEqual(strict ?? -1);
        expect(availability).toBeLessThanOrEqual(generous ?? 2);
      }),
    );
  });

  test('30 days at 99.5 % in minutes are 43,200 slots and 216 bad ones', () => {
    const slots = {...countsOf([]), good: 43_200 - 54, bad: 54};
    const figures = budgetOf({whole: 43_200, slots}, {budgetParts: partsOf('99.5%')});
    expect(figures.allowed).toBe(216);
    expect(figures.consumed).toBe(0.25);
    expect(figures.remaining).toBe(0.75);
  });

  test('4 of 1,000 at 99.5 % take exactly 80 % of the budget: that is not over 80 %, 5 are', () => {
    const of = (bad: number) => ({whole: 1_000, slots: {...countsOf([]), good: 1_000 - bad, bad}});
    expect(budgetOf(of(4), {budgetParts: 50_000}).consumed).toBe(0.8);
    expect(budgetOf(of(3), {budgetParts: 50_000}).consumed).toBe(0.6);
    expect(isConsumedOver(of(4), {budgetParts: 50_000}, [4, 5])).toBe(false);
    expect(isConsumedOver(of(5), {budgetParts: 50_000}, [4, 5])).toBe(true);
  });

  test('a young record is measured against the whole window, and covered as far as it goes', () => {
    const figures = budgetOf(
      {whole: 1_000, slots: {...countsOf([]), good: 90, bad: 5, unknown: 5}},
      {budgetParts: 50_000},
    );
    expect(figures).toMatchObject({allowed: 5, consumed: 1, windowFilled: 0.1, coverage: 0.95});
    expect(figures.strict).toBe(0.9);
    expect(figures.generous).toBe(0.95);
  });

  test('with a target of 100 % the first failure takes the whole budget', () => {
    const of = (bad: number) => ({whole: 100, slots: {...countsOf([]), good: 100 - bad, bad}});
    expect(budgetOf(of(0), {budgetParts: 0})).toMatchObject({allowed: 0, consumed: 0, remaining: 1});
    expect(budgetOf(of(1), {budgetParts: 0})).toMatchObject({consumed: 1, remaining: 0});
    expect(isExhausted(of(1), {budgetParts: 0})).toBe(true);
    expect(burnRate({good: 99, bad: 1}, {budgetParts: 0})).toBeNull();
  });

  test('slots without a result are left out, taken as bad, or as if they had not been', () => {
    const slots = {good: 90, bad: 2, excluded: 3, unknown: 5, retried: 0};
    expect(applyMissing(slots, 'unknown')).toEqual(slots);
    expect(applyMissing(slots, 'bad')).toEqual({...slots, bad: 7, unknown: 0});
    expect(applyMissing(slots, 'exclude')).toEqual({...slots, excluded: 8, unknown: 0});
  });

  test('events are one sum of what was good and one of all, never a mean of shares', () => {
    const figures = budgetOf(
      {whole: 2, slots: {...countsOf([]), good: 2}, events: {good: 0 + 999, bad: 1 + 0}},
      {budgetParts: 50_000},
    );
    expect(figures).toMatchObject({
      availability: 0.999,
      allowed: 5,
      consumed: 0.2,
      strict: null,
      coverage: 1,
    });
  });

  test('burn rate, burn per day and the forecast follow from each other', () => {
    const rule = {budgetParts: 50_000, windowMs: 30 * dayMs};
    const figures = budgetOf({whole: 43_200, slots: {...countsOf([]), good: 43_092, bad: 108}}, rule);
    const lastDay = {good: 1_440 - 72, bad: 72};
    const rate = burnRate(lastDay, rule);
    expect(rate).toBe(10);
    expect(burnPerDay(lastDay, figures)).toBeCloseTo(1 / 3, 12);
    // Half of the budget is left, and goes ten times faster than in thirty days.
    expect(exhaustedInMs(figures, rule, rate)).toBeCloseTo(1.5 * dayMs, 6);
    expect(exhaustedInMs(figures, rule, 0)).toBeNull();
    expect(exhaustedInMs({...figures, remaining: -0.1}, rule, rate)).toBe(0);
  });
});

/** The smallest number of bad slots in the long window, the newest ones bad, that crosses the factor. */
function smallest(window: BurnWindow, budgetParts: number): number {
  const long = slotsIn(window.longMs, slotMs);
  for (let bad = 0; bad <= long; bad++) {
    const slots = [...repeat('G', long - bad), ...repeat('B', bad)];
    if (isBurning(burnOf(slots, window), window, {budgetParts, minBad: 0, minSamplesPercent: 80})) return bad;
  }
  return -1;
}

describe('burn-rate alerts', () => {
  test.each([
    ['1h/5m', [9, 5, 1, 1]],
    ['6h/30m', [22, 11, 3, 2]],
    ['1d/2h', [44, 22, 5, 3]],
    ['3d/6h', [44, 22, 5, 3]],
  ])(
    '%s takes as many bad minutes as the computed table says, at 99, 99.5, 99.9 and 99.95 %%',
    (name, wanted) => {
      const window = burnWindows.find(one => one.name === name);
      if (window === undefined) throw new Error('no such window');
      expect(['99%', '99.5%', '99.9%', '99.95%'].map(target => smallest(window, partsOf(target)))).toEqual(
        wanted,
      );
    },
  );

  test.each([
    ['99%', [1, 2, 4, 4]],
    ['99.5%', [1, 1, 2, 2]],
    ['99.9%', [1, 1, 1, 1]],
    ['99.95%', [1, 1, 1, 1]],
  ])('at %s the short windows need as few bad minutes as computed', (target, wanted) => {
    const found = burnWindows.map(window => {
      const short = slotsIn(window.shortMs, slotMs);
      for (let bad = 0; bad <= short; bad++) {
        // The long window burns for sure; only the short one decides.
        const slots = [
          ...repeat('B', slotsIn(window.longMs, slotMs) - short),
          ...repeat('G', short - bad),
          ...repeat('B', bad),
        ];
        if (
          isBurning(burnOf(slots, window), window, {
            budgetParts: partsOf(target),
            minBad: 0,
            minSamplesPercent: 80,
          })
        )
          return bad;
      }
      return -1;
    });
    expect(found).toEqual(wanted);
  });

  test('the factors are those of 2, 5, 10 and 10 % of a 30-day budget', () => {
    const shares = burnWindows.map(({factorTenths, longMs}) => (factorTenths / 10) * (longMs / (30 * dayMs)));
    expect(shares.map(share => Number(share.toFixed(9)))).toEqual([0.02, 0.05, 0.1, 0.1]);
    const shorts = burnWindows.map(({longMs, shortMs}) => longMs / shortMs);
    expect(shorts).toEqual([12, 12, 12, 12]);
  });

  test('one failed probe at 99.9 % pages nobody, since three are asked for; five in an hour at 99.5 % page', () => {
    const [window] = burnWindows;
    if (window === undefined) throw new Error('no window');
    const {minBad, minSamplesPercent} = sloDefaults;
    const rule = (target: string) => ({budgetParts: partsOf(target), minBad, minSamplesPercent});
    const one = burnOf([...repeat('G', 59), 'B'], window);
    expect(isBurning(one, window, rule('99.9%'))).toBe(false);
    expect(isBurning(one, window, {...rule('99.9%'), minBad: 1})).toBe(true);
    const five = burnOf([...repeat('G', 30), ...repeat('B', 4), ...repeat('G', 25), 'B'], window);
    expect(isBurning(five, window, rule('99.5%'))).toBe(true);
    const earlier = burnOf([...repeat('G', 30), ...repeat('B', 5), ...repeat('G', 25)], window);
    expect(isBurning(earlier, window, rule('99.5%'))).toBe(false);
  });

  test('a short window with too few results raises nothing', () => {
    const [window] = burnWindows;
    if (window === undefined) throw new Error('no window');
    const rule = {budgetParts: 50_000, minBad: 3, minSamplesPercent: 80};
    expect(isBurning(burnOf([...repeat('B', 57), 'U', 'U', 'B'], window), window, rule)).toBe(false);
    expect(isBurning(burnOf([...repeat('B', 57), 'U', 'B', 'B'], window), window, rule)).toBe(true);
  });

  test('whatever the slots, it fires when the slow reference says so', () => {
    const long = fc.array(fc.tuple(fc.constantFrom(...letters), fc.integer({min: 1, max: 200})), {
      minLength: 1,
      maxLength: 12,
    });
    fc.assert(
      fc.property(long, anyTarget, fc.integer({min: 0, max: 6}), (runs, target, minBad) => {
        const slots = [...repeat('G', 4_320), ...runs.flatMap(([letter, times]) => repeat(letter, times))];
        const rule = {budgetParts: partsOf(target), minBad, minSamplesPercent: 80};
        if (rule.budgetParts === 0) return;
        for (const window of burnWindows) {
          const slow = fires(
            slots,
            {
              long: slotsIn(window.longMs, slotMs),
              short: slotsIn(window.shortMs, slotMs),
              factorTenths: window.factorTenths,
            },
            rule,
          );
          expect(isBurning(burnOf(slots, window), window, rule)).toBe(slow);
        }
      }),
    );
  });

  test('it clears after two calm evaluations in a row, and neither fires nor clears where nothing was seen', () => {
    const [window] = burnWindows;
    if (window === undefined) throw new Error('no window');
    const rule = {budgetParts: 50_000, minBad: 3, minSamplesPercent: 80};
    const next = (before: typeof quietBurn, slots: readonly Letter[], nowMs: number) =>
      nextBurn(before, burnOf(slots, window), {window, rule, nowMs});
    const hour = [...repeat('G', 50), ...repeat('B', 10)];
    const firing = next(quietBurn, hour, 7);
    expect(firing).toEqual({sinceMs: 7, calm: 0});
    expect(next(firing, [...hour, ...repeat('U', 6)], 8)).toEqual(firing);
    const calm = next(firing, [...hour, ...repeat('G', 6)], 9);
    expect(calm).toEqual({sinceMs: 7, calm: 1});
    expect(next(calm, hour, 10)).toEqual({sinceMs: 7, calm: 0});
    expect(next(calm, [...hour, ...repeat('G', 7)], 10)).toEqual(quietBurn);
  });

  test('nothing seen is an alert as soon as all of it, had it been bad, would have paged', () => {
    expect(noDataAfterMs({budgetParts: partsOf('99.5%'), slotMs})).toBe(5 * slotMs);
    expect(noDataAfterMs({budgetParts: partsOf('99%'), slotMs})).toBe(9 * slotMs);
    expect(noDataAfterMs({budgetParts: partsOf('99.99%'), slotMs})).toBe(3 * slotMs);
  });
});

describe('targets, slots and percentages as text', () => {
  test.each([
    ['99.5%', 50_000],
    ['0.995', 50_000],
    ['99.5 %', 50_000],
    ['100%', 0],
    ['1', 0],
    ['99.99999%', 1],
    ['0.9999999', 1],
    ['90%', 1_000_000],
    ['99.50000000'.slice(0, 7) + '%', 50_000],
  ])('%s', (text, parts) => {
    expect(budgetPartsOf(text)).toBe(parts);
  });

  test.each([
    '99.5',
    '101%',
    '0',
    '0%',
    '-1%',
    '1.5',
    'ninety',
    '',
    '99,5%',
    '99.999999%',
    '0.12345678',
    '1e-1',
  ])('%j is no target', text => {
    expect(budgetPartsOf(text)).toBeUndefined();
  });

  test('a target is written as it was meant', () => {
    expect(['99.5%', '100%', '99.99999%', '90%', '0.5%'].map(text => targetText(partsOf(text)))).toEqual([
      '99.5 %',
      '100 %',
      '99.99999 %',
      '90 %',
      '0.5 %',
    ]);
  });

  test('a share is cut, so that 100 % is only what is whole', () => {
    expect(percent(1)).toBe('100.00 %');
    expect(percent(0.999_99)).toBe('99.99 %');
    expect(percent(0.996)).toBe('99.60 %');
    expect(percent(43_199 / 43_200, 4)).toBe('99.9976 %');
    expect(percent(0)).toBe('0.00 %');
  });

  test('a slot is a whole part of an hour, and no shorter than the checks are apart', () => {
    expect([1_000, 60_000, 61_000, 90_000, 420_000, 3_600_000].map(slotFor)).toEqual(
      [1, 1, 2, 2, 10, 60].map(minutes => minutes * 60_000),
    );
    expect(slotFor(3_600_001)).toBeUndefined();
  });
});
