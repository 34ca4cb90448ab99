import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {readCron} from '../../../src/cron.ts';
import {dueOf} from '../../../src/domain/schedule.ts';
import {shippedJobs} from '../../../src/domain/schedule-shipped.ts';

const at = (text: string): number => Date.parse(text);

function nextOf(pattern: string, timezone = 'UTC') {
  const cron = readCron(pattern, timezone);
  if ('problem' in cron) throw new Error(cron.problem);
  return cron.next;
}

describe('times in words of cron', () => {
  test.each([
    ['30 2 * * *', 'UTC', '2026-01-01T02:30:00Z', '2026-01-02T02:30:00.000Z'],
    ['0 1 * * 0', 'UTC', '2026-01-01T00:00:00Z', '2026-01-04T01:00:00.000Z'],
    // The hour from 2 to 3 is missing, and later comes twice.
    ['30 2 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-29T01:00:00.000Z'],
    ['30 2 * * *', 'Europe/Berlin', '2026-10-25T00:30:00Z', '2026-10-26T01:30:00.000Z'],
  ])('%s in %s after %s is %s', (pattern, zone, after, expected) => {
    expect(new Date(nextOf(pattern, zone)(at(after)) ?? Number.NaN).toISOString()).toBe(expected);
  });

  test.each([
    ['61 * * * *', 'UTC', 'Invalid value for minute'],
    ['* * * * * *', 'UTC', 'requires exactly 5 parts'],
    ['daily', 'UTC', 'is no time such as'],
    ['* * * * *', 'Mars/Olympus', 'is no time zone'],
  ])('%s in %s is refused: %s', (pattern, zone, why) => {
    expect(readCron(pattern, zone)).toMatchObject({problem: expect.stringContaining(why) as unknown});
  });

  test('a day that never comes is never due', () => {
    expect(nextOf('0 0 31 2 *')(at('2026-01-01T00:00:00Z'))).toBeUndefined();
  });

  test('every shipped job has a time that is one', () => {
    for (const {cron, timezone} of shippedJobs) expect(nextOf(cron, timezone)(0)).toBeGreaterThan(0);
  });
});

describe('what is due', () => {
  const daily = nextOf('30 2 * * *');
  const due = (last: string, now: string, catchUp: 'once' | 'none' = 'once') =>
    dueOf({catchUp}, {next: daily, slotMs: at(last), nowMs: at(now)});

  test('before its time it waits, at its time it runs', () => {
    expect(due('2026-01-01T02:30:00Z', '2026-01-02T02:29:59Z')).toEqual({
      at: 'waiting',
      nextMs: at('2026-01-02T02:30:00Z'),
    });
    expect(due('2026-01-01T02:30:00Z', '2026-01-02T02:30:00Z')).toEqual({
      at: 'run',
      slotMs: at('2026-01-02T02:30:00Z'),
      missed: 0,
      isLate: false,
    });
  });

  test('three days of downtime: one run for the newest slot, two missed', () => {
    expect(due('2026-01-01T02:30:00Z', '2026-01-04T09:00:00Z')).toEqual({
      at: 'run',
      slotMs: at('2026-01-04T02:30:00Z'),
      missed: 2,
      isLate: true,
    });
  });

  test('a job that asks for no catching up only counts what it missed', () => {
    expect(due('2026-01-01T02:30:00Z', '2026-01-04T09:00:00Z', 'none')).toEqual({
      at: 'missed',
      slotMs: at('2026-01-04T02:30:00Z'),
      missed: 3,
    });
  });

  test('a busy minute is no downtime', () => {
    expect(due('2026-01-01T02:30:00Z', '2026-01-02T02:31:30Z', 'none')).toMatchObject({
      at: 'run',
      isLate: false,
    });
  });

  test('a slot that was written by a clock years ahead does not hold the job up for years', () => {
    expect(due('2036-01-01T02:30:00Z', '2026-01-02T02:00:00Z')).toEqual({
      at: 'waiting',
      nextMs: at('2026-01-02T02:30:00Z'),
    });
  });

  test('a clock that goes back a little never runs a slot twice', () => {
    expect(due('2026-01-02T02:30:00Z', '2026-01-02T02:29:30Z')).toEqual({
      at: 'waiting',
      nextMs: at('2026-01-03T02:30:00Z'),
    });
  });

  test('however time passes, each slot is run or missed exactly once, and in order', () => {
    const quarter = nextOf('*/15 * * * *');
    fc.assert(
      fc.property(
        fc.array(fc.integer({min: 1, max: 6 * 3600}), {minLength: 1, maxLength: 40}),
        fc.constantFrom('once' as const, 'none' as const),
        (steps, catchUp) => {
          const startMs = at('2026-03-28T23:07:00Z');
          let nowMs = startMs;
          let slotMs = startMs;
          let counted = 0;
          for (const step of steps) {
            nowMs += step * 1000;
            const now = dueOf({catchUp}, {next: quarter, slotMs, nowMs});
            if (now.at === 'waiting') continue;
            expect(now.slotMs).toBeGreaterThan(slotMs);
            expect(now.slotMs).toBeLessThanOrEqual(nowMs);
            slotMs = now.slotMs;
            counted += now.missed + (now.at === 'run' ? 1 : 0);
          }
          expect(counted).toBe(Math.floor((slotMs - at('2026-03-28T23:00:00Z')) / 900_000));
        },
      ),
    );
  });
});
