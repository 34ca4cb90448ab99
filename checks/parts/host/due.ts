// Which run of a job was due last, by a cron pattern in a time zone.
import {Cron} from 'croner';
import {timestamp} from '../../../src/domain/time.ts';

const cronOf = (pattern: string, zone: string): Cron =>
  new Cron(pattern, {timezone: zone, paused: true, mode: '5-or-6-parts'});

/** As croner reads it: to the second. */
const moment = (ms: number): string => `${timestamp(ms).slice(0, 19)}Z`;

/** What is wrong with a pattern or a zone; undefined when it names moments. */
export function cronProblem(pattern: string, zone: string): string | undefined {
  try {
    // Whether it names any does not depend on the moment from which that is asked.
    const runs = cronOf(pattern, zone).nextRuns(1, '2026-01-01T00:00:00Z');
    return runs.length === 0 ? 'it never comes' : undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return /time ?zone/i.test(message) ? `there is no time zone ${zone}` : message.replace(/^Cron\w*: /, '');
  }
}

export interface Due {
  /** The newest run whose grace is over. */
  readonly lastMs: number | undefined;
  /** The next that will be due, or is due and has time left. */
  readonly nextMs: number | undefined;
}

export function dueAt(
  pattern: string,
  {zone, graceMs, nowMs}: {readonly zone: string; readonly graceMs: number; readonly nowMs: number},
): Due {
  const cron = cronOf(pattern, zone);
  // What croner gives stands before, or after, the moment that it is given.
  return {
    lastMs: cron.previousRuns(1, moment(nowMs - graceMs + 1000))[0]?.getTime(),
    nextMs: cron.nextRuns(1, moment(nowMs - graceMs))[0]?.getTime(),
  };
}
