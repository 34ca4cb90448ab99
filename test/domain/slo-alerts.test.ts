import {describe, expect, test} from 'vitest';
import {conditionsOf, nextMemory, noMemory, sloMemorySchema} from '../../src/domain/slo-alerts.ts';
import type {SloMemory, SloSeen} from '../../src/domain/slo-alerts.ts';
import {sloDefaults} from '../../src/domain/slo-spec.ts';
import type {Slo} from '../../src/domain/slo-spec.ts';

const slo: Slo = {
  ...sloDefaults,
  checks: ['live'],
  slotMs: 60_000,
  method: 'timeslices',
  missing: 'unknown',
};

/** An evaluation that saw so many bad slots of 1,000; the budget is 5. */
const seen = (bad: number, more: Partial<SloSeen> = {}): SloSeen => ({
  nowMs: 1_000,
  window: {whole: 1_000, slots: {good: 1_000 - bad, bad, excluded: 0, unknown: 0, retried: 0}},
  burns: new Map(),
  isSilent: false,
  ...more,
});

const blind: SloSeen['window'] = {
  whole: 1_000,
  slots: {good: 0, bad: 0, excluded: 0, unknown: 1_000, retried: 0},
};

const names = (before: SloMemory, after: SloMemory): readonly string[] =>
  conditionsOf('api', before, after).map(({name, window, at, isNew}) =>
    [name, window, at, isNew ? 'new' : undefined].filter(word => word !== undefined).join(' '),
  );

describe('conditions of an SLO', () => {
  test('the budget fires over 80 % and clears under 75 %, not between', () => {
    const story = [4, 5, 4, 3].map(bad => ({bad, memory: noMemory}));
    let memory = noMemory;
    for (const step of story) step.memory = memory = nextMemory(memory, seen(step.bad), slo);
    expect(story.map(({memory: {budgetSinceMs}}) => budgetSinceMs)).toEqual([null, 1_000, 1_000, null]);
    // 3.75 of 1,000 would be 75 %: with 4,000 slots 15 are exactly that, and 14 are under it.
    const four = (bad: number): SloSeen =>
      seen(0, {window: {whole: 4_000, slots: {good: 4_000 - bad, bad, excluded: 0, unknown: 0, retried: 0}}});
    const firing = nextMemory(noMemory, four(17), slo);
    expect(firing.budgetSinceMs).toBe(1_000);
    expect(nextMemory(firing, four(15), slo).budgetSinceMs).toBe(1_000);
    expect(nextMemory(firing, four(14), slo).budgetSinceMs).toBeNull();
  });

  test('it is exhausted from the last allowed slot on', () => {
    const memory = nextMemory(noMemory, seen(5), slo);
    expect(memory.exhaustedSinceMs).toBe(1_000);
    expect(names(noMemory, memory)).toEqual(['exhausted firing new', 'budget firing new']);
    const better = nextMemory(memory, seen(4), slo);
    expect(names(memory, better)).toEqual(['exhausted cleared new', 'budget firing']);
  });

  test('while nothing is seen, what is known about the budget stays', () => {
    const memory = nextMemory(noMemory, seen(6), slo);
    const after = nextMemory(memory, seen(0, {window: blind, isSilent: true, nowMs: 2_000}), slo);
    expect(after.budgetSinceMs).toBe(1_000);
    expect(after.exhaustedSinceMs).toBe(1_000);
    expect(names(memory, after)).toEqual(['exhausted firing', 'noData firing new', 'budget firing']);
    expect(names(after, nextMemory(after, seen(0, {nowMs: 3_000}), slo))).toEqual([
      'exhausted cleared new',
      'noData cleared new',
      'budget cleared new',
    ]);
  });

  test('a record that is too young to be silent neither fires nor clears', () => {
    expect(nextMemory(noMemory, seen(0, {isSilent: undefined}), slo).noDataSinceMs).toBeNull();
    const silent = nextMemory(noMemory, seen(0, {isSilent: true}), slo);
    expect(nextMemory(silent, seen(0, {isSilent: undefined}), slo).noDataSinceMs).toBe(1_000);
  });

  test('with a target of 100 % nothing fires until the first failure, and then everything does', () => {
    const strict = {...slo, budgetParts: 0};
    expect(nextMemory(noMemory, seen(0), strict)).toMatchObject({
      budgetSinceMs: null,
      exhaustedSinceMs: null,
    });
    const memory = nextMemory(noMemory, seen(1), strict);
    expect(memory).toMatchObject({budgetSinceMs: 1_000, exhaustedSinceMs: 1_000});
    expect(nextMemory(memory, seen(0), strict)).toMatchObject({budgetSinceMs: null, exhaustedSinceMs: null});
  });

  test('burn alerts are remembered by their window, also through a text', () => {
    const burning = {
      long: {good: 50, bad: 10},
      short: {good: 0, bad: 5},
      shortSeen: 5,
      shortSlots: 5,
    };
    const memory = nextMemory(noMemory, seen(0, {burns: new Map([['1h/5m', burning]])}), slo);
    expect(names(noMemory, memory)).toEqual(['burn 1h/5m firing new']);
    const read = sloMemorySchema.parse(JSON.parse(JSON.stringify(memory)));
    expect(read).toEqual(memory);
    expect(conditionsOf('api', memory, nextMemory(read, seen(0), slo))).toEqual([
      {
        service: 'api',
        name: 'burn',
        window: '1h/5m',
        tier: 'page',
        severity: 'sev2',
        at: 'firing',
        sinceMs: 1_000,
        isNew: false,
      },
    ]);
  });
});
