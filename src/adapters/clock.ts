// The real clock.
import {readFileSync} from 'node:fs';
import {randomUUID} from 'node:crypto';
import type {Cancel, Clock} from '../ports.ts';

/** Wall and monotonic time of this machine; where the kernel tells no boot id, one is drawn per process. */
export function realClock(bootIdFile = '/proc/sys/kernel/random/boot_id'): Clock {
  return {
    bootId: readBootId(bootIdFile),
    nowMs: () => Date.now(),
    // hrtime counts from boot, so two processes of one boot can compare; performance.now() starts per process.
    monoMs: () => Number(process.hrtime.bigint() / 1_000_000n),
    after: (delayMs, fn) => arm(Math.max(delayMs, 0), fn),
  };
}

/** Node runs a longer timer at once, so a long wait is made of several. */
const longestTimerMs = 2 ** 31 - 1;

function arm(delayMs: number, fn: () => void): Cancel {
  let rest: Cancel = () => undefined;
  const first = Math.min(delayMs, longestTimerMs);
  const timer = setTimeout(() => {
    if (delayMs > first) rest = arm(delayMs - first, fn);
    else fn();
  }, first);
  return () => {
    clearTimeout(timer);
    rest();
  };
}

function readBootId(file: string): string {
  try {
    const id = readFileSync(file, 'utf8').trim();
    if (/^[0-9a-f-]{36}$/.test(id)) return id;
  } catch {
    // No such file outside Linux: a fresh id says that monotonic times compare with nobody else's.
  }
  return randomUUID();
}
