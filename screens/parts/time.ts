// Times as screens say them: coarse, so that an idle screen does not change.
import {say, show} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import {timestamp} from '../../src/domain/time.ts';

const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

const two = (value: number): string => String(value).padStart(2, '0');

/** `14:03`, UTC. */
export const clock = (ms: number): Shown =>
  show(`${two(Math.floor(ms / hour) % 24)}:${two(Math.floor(ms / minute) % 60)}`);

/** `11-21`, UTC. */
const dayOf = (ms: number): Shown => show(timestamp(ms).slice(5, 10));

/** `14:03` of today, `11-20 14:03` of another day; UTC. */
export const dated = (ms: number, nowMs: number): Shown =>
  Math.floor(ms / day) === Math.floor(nowMs / day) ? clock(ms) : say`${dayOf(ms)} ${clock(ms)}`;

const ages: readonly (readonly [fromMs: number, word: string])[] = [
  [30 * day, '30d+'],
  ...[14, 7, 3, 2, 1].map(count => [count * day, `${count}d`] as const),
  ...[18, 12, 8, 6, 5, 4, 3, 2, 1].map(count => [count * hour, `${count}h`] as const),
  ...[45, 30, 20, 15, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map(count => [count * minute, `${count}m`] as const),
];

/** `now`, `1m`, `2m` … `10m`, `15m` … : the step that the age has reached. Never looked at: `never`. */
export function age(nowMs: number, atMs: number | undefined): Shown {
  if (atMs === undefined) return say`never`;
  const step = ages.find(([fromMs]) => nowMs - atMs >= fromMs);
  return show(step?.[1] ?? 'now');
}

/** Elapsed time while one waits: by the second to ten, then by ten, then by the minute. */
export function elapsed(ms: number): Shown {
  const seconds = Math.max(0, Math.floor(ms / second));
  if (seconds < 10) return say`${seconds}s`;
  if (seconds < 60) return say`${Math.floor(seconds / 10) * 10}s`;
  if (ms < hour) return say`${Math.floor(ms / minute)}m`;
  return say`${Math.floor(ms / hour)}h ${Math.floor(ms / minute) % 60}m`;
}

/** What is left of a time: minutes, rounded up; the last one by ten seconds, so that an idle screen seldom changes. */
export function left(ms: number): Shown {
  if (ms <= 0) return say`nothing`;
  if (ms < minute) return say`${Math.ceil(ms / (10 * second)) * 10}s`;
  const minutes = Math.ceil(ms / minute);
  return minutes < 60 ? say`${minutes}m` : say`${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

/** `240 ms`, `1.2 s`: how long a look took. */
export const took = (ms: number): Shown =>
  ms < second ? say`${Math.round(ms)} ms` : say`${(ms / second).toFixed(1)} s`;
