// Times as they are typed: a moment, a day, or how long ago.
import {durationMs} from '../domain/duration.ts';
import {QdError} from '../domain/error.ts';
import {instantOf, timestamp} from '../domain/time.ts';

/** Milliseconds of `2026-01-02T03:04:05Z`, `2026-01-02` (its beginning) or `2h`; undefined when nothing was given. */
export function momentOf(text: string | undefined, option: string, nowMs: number): number | undefined {
  if (text === undefined) return undefined;
  const ago = durationMs(text);
  if (ago !== undefined) return nowMs - ago;
  const instant = instantOf(/^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00:00Z` : text);
  if (instant !== undefined) return instant;
  throw new QdError('USAGE', `${option} "${text}" is no time.`, {
    hint: 'Write a time in UTC such as 2026-01-02T03:04:05Z, a day such as 2026-01-02, or how long ago, such as 2h.',
  });
}

/** The same as a timestamp. */
export function timestampOf(text: string | undefined, option: string, nowMs: number): string | undefined {
  const ms = momentOf(text, option, nowMs);
  return ms === undefined ? undefined : timestamp(ms);
}
