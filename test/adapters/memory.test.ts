import {expect, test} from 'vitest';
import {giveBackMemory} from '../../src/adapters/memory.ts';

test('pages of garbage are given back', () => {
  const keep = (): number => {
    const lists = Array.from({length: 400}, (_, i) => Array.from({length: 20_000}, (__, n) => ({i, n})));
    return lists.length;
  };
  expect(keep()).toBe(400);
  const before = process.memoryUsage().heapTotal;
  giveBackMemory();
  const after = process.memoryUsage().heapTotal;
  expect(before - after).toBeGreaterThan(50e6);
});
