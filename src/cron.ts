// Times in cron's words: five fields and a time zone. In a gap of summer time a job runs right after it; what comes
// twice runs once.
import {Cron} from 'croner';
import {timestamp} from './domain/time.ts';

export interface CronTime {
  /** The first moment after `afterMs`, milliseconds since the epoch; undefined when there is none. */
  readonly next: (afterMs: number) => number | undefined;
}

/** The times, or what is wrong with the words. */
export function readCron(pattern: string, timezone: string): CronTime | {readonly problem: string} {
  try {
    const cron = new Cron(pattern, {timezone, paused: true, mode: '5-part'});
    // A time zone is only looked at when it is used.
    cron.nextRun(timestamp(0));
    return {next: afterMs => cron.nextRun(timestamp(afterMs))?.getTime()};
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    if (/time ?zone/i.test(said))
      return {problem: `"${timezone}" is no time zone such as UTC or Europe/Berlin`};
    return {
      problem: `"${pattern}" is no time such as "30 2 * * *" (minute, hour, day, month, weekday): ${said.replace(/^CronPattern: /, '')}`,
    };
  }
}
