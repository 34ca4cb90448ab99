// Looks that are the same in every run: what the writers of the kill test write, and what must be found afterwards.
import {verdicts} from '../../src/domain/verdict.ts';
import {fakeRandom} from '../helpers/fakes.ts';
import {minuteMs} from './rollup-reference.ts';
import type {Written} from './rollup-reference.ts';

export const everyOf: Readonly<Record<string, number>> = {live: minuteMs, quick: 10_000};
const fromMs = Date.UTC(2026, 4, 1, 22);

export function looksOf(count: number): readonly Written[] {
  const random = fakeRandom(5);
  const byte = (): number => random.bytes(1)[0] ?? 0;
  return Array.from({length: count}, (_, i): Written => {
    const check = byte() < 128 ? 'live' : 'quick';
    const everyMs = everyOf[check] ?? minuteMs;
    // Mostly in order, some late, some twice.
    const slot = Math.max(0, Math.floor((i * 30_000) / everyMs) - (byte() < 40 ? byte() : 0));
    return {
      check,
      slotMs: fromMs + slot * everyMs,
      verdict: verdicts[byte() % 5] ?? 'pass',
      durationMs: byte() * 7,
      kind: 'assertion',
      excluded: byte() < 20,
      retried: byte() < 20,
      ...(byte() < 60 ? {events: {good: byte(), total: 255}} : {}),
    };
  });
}
