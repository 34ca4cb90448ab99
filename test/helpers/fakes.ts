// Fakes of the ports that tests steer: time, chance, environment.
import type {Cancel, Clock, Env, Random} from '../../src/ports.ts';
import {nextTurn} from './wait.ts';

export interface FakeClock extends Clock {
  /** Moves time forward; timers run at their moment, in order, and what they start gets a turn each time. */
  advance(ms: number): Promise<void>;
  /** Moves only the wall clock, as an administrator or NTP would. */
  jump(ms: number): void;
  /** Timers still waiting. */
  pending(): number;
}

/** A clock that stands still until told; it starts at 2026-01-02T03:04:05Z unless given. */
export function fakeClock(startMs = 1_767_323_045_000, bootId = 'fake-boot'): FakeClock {
  let mono = 0;
  let wallOffset = startMs;
  let order = 0;
  let timers: {readonly at: number; readonly order: number; readonly fn: () => void}[] = [];
  const takeDue = (until: number) => {
    timers.sort((a, b) => a.at - b.at || a.order - b.order);
    return timers[0] !== undefined && timers[0].at <= until ? timers.shift() : undefined;
  };
  return {
    bootId,
    nowMs: () => wallOffset + mono,
    monoMs: () => mono,
    after(delayMs, fn): Cancel {
      const timer = {at: mono + Math.max(0, delayMs), order: (order += 1), fn};
      timers.push(timer);
      return () => {
        timers = timers.filter(other => other !== timer);
      };
    },
    async advance(ms) {
      const until = mono + ms;
      await nextTurn();
      for (let timer = takeDue(until); timer !== undefined; timer = takeDue(until)) {
        mono = Math.max(mono, timer.at);
        timer.fn();
        await nextTurn();
      }
      mono = until;
      await nextTurn();
    },
    jump(ms) {
      wallOffset += ms;
    },
    pending: () => timers.length,
  };
}

/** An environment of exactly these variables. */
export const fakeEnv = (values: Readonly<Record<string, string>> = {}): Env => ({
  get: name => (Object.hasOwn(values, name) ? values[name] : undefined),
});

/** Bytes that look random and are the same in every run: a counter through a small mixer (xorshift32). */
export function fakeRandom(seed = 1): Random {
  let state = seed >>> 0 || 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) & 0xff;
  };
  return {bytes: count => Uint8Array.from({length: count}, next)};
}
