import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {
  instantAt,
  isTimeZone,
  lastBegin,
  localText,
  spanNow,
  spansIn,
  type Recurring,
} from '../../src/domain/local-time.ts';
import {instantOf} from '../../src/domain/time.ts';

const at = (text: string): number => {
  const ms = instantOf(text);
  if (ms === undefined) throw new Error(`${text} is no time`);
  return ms;
};
const hourMs = 3_600_000;
const berlin = 'Europe/Berlin';

describe('clocks of time zones', () => {
  test('show what they show, in winter and in summer', () => {
    expect(localText(at('2026-01-15T12:00:00Z'), berlin)).toBe('2026-01-15T13:00:00');
    expect(localText(at('2026-07-15T12:00:00Z'), berlin)).toBe('2026-07-15T14:00:00');
    expect(localText(at('2026-01-15T23:30:00Z'), 'Asia/Kolkata')).toBe('2026-01-16T05:00:00');
    expect(localText(at('2026-01-15T00:30:00Z'), 'America/New_York')).toBe('2026-01-14T19:30:00');
  });

  test('a time that is left out in spring is an hour later, one that comes twice in autumn is the first', () => {
    expect(instantAt('2026-03-29T02:30', berlin)).toBe(at('2026-03-29T01:30:00Z'));
    expect(instantAt('2026-10-25T02:30', berlin)).toBe(at('2026-10-25T00:30:00Z'));
  });

  test('what is shown leads back to the instant, wherever and whenever clocks do not change', () => {
    const zones = ['UTC', berlin, 'America/New_York', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia'];
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({min: 946_684_800, max: 2_000_000_000}),
        (zone, seconds) => {
          const ms = Math.floor(seconds / 60) * 60_000;
          const shown = localText(ms, zone).slice(0, 16);
          const back = instantAt(shown, zone) ?? 0;
          // A time that comes twice is an instant up to an hour earlier, which clocks show alike.
          expect(localText(back, zone).slice(0, 16)).toBe(shown);
          expect(ms - back).toBeGreaterThanOrEqual(0);
          expect(ms - back).toBeLessThanOrEqual(hourMs);
        },
      ),
    );
  });

  test('a zone that does not exist is told from one that does', () => {
    expect(isTimeZone('Europe/Berlin')).toBe(true);
    expect(isTimeZone('Europe/Atlantis')).toBe(false);
    expect(isTimeZone('')).toBe(false);
  });
});

describe('what repeats', () => {
  const nightly: Recurring = {days: [], at: '22:00', zone: berlin, ends: {at: '07:00'}};

  test('a night begins on one day and ends on the next', () => {
    expect(spanNow(nightly, at('2026-01-15T21:30:00Z'))).toEqual({
      fromMs: at('2026-01-15T21:00:00Z'),
      untilMs: at('2026-01-16T06:00:00Z'),
    });
    expect(spanNow(nightly, at('2026-01-16T05:59:00Z'))).toBeDefined();
    expect(spanNow(nightly, at('2026-01-16T06:00:00Z'))).toBeUndefined();
    expect(spanNow(nightly, at('2026-01-16T20:59:00Z'))).toBeUndefined();
  });

  test('the night in which clocks go forward is an hour shorter', () => {
    const [span] = spansIn(nightly, {
      fromMs: at('2026-03-28T23:00:00Z'),
      untilMs: at('2026-03-28T23:01:00Z'),
    });
    expect(((span?.untilMs ?? 0) - (span?.fromMs ?? 0)) / hourMs).toBe(8);
  });

  test('only the days that are named count, by the clocks there', () => {
    const sundays: Recurring = {days: ['sunday'], at: '00:30', zone: berlin, ends: {afterMs: hourMs}};
    // Half past midnight on Sunday in Berlin is Saturday in UTC.
    expect(spanNow(sundays, at('2026-01-17T23:45:00Z'))?.fromMs).toBe(at('2026-01-17T23:30:00Z'));
    expect(spanNow(sundays, at('2026-01-18T23:45:00Z'))).toBeUndefined();
  });

  test('a month of nights is a month of nights, each once', () => {
    const month = {fromMs: at('2026-03-01T12:00:00Z'), untilMs: at('2026-04-01T12:00:00Z')};
    const spans = spansIn(nightly, month);
    expect(spans).toHaveLength(31);
    expect(new Set(spans.map(({fromMs}) => fromMs)).size).toBe(31);
  });

  test('a window of several days is found in its middle', () => {
    const long: Recurring = {days: ['friday'], at: '20:00', zone: 'UTC', ends: {afterMs: 60 * hourMs}};
    expect(spanNow(long, at('2026-01-18T12:00:00Z'))?.fromMs).toBe(at('2026-01-16T20:00:00Z'));
  });

  test('it is known when something began last', () => {
    const nine = {days: [], at: '09:00', zone: berlin};
    expect(lastBegin(nine, at('2026-01-15T08:00:00Z'))).toBe(at('2026-01-15T08:00:00Z'));
    expect(lastBegin(nine, at('2026-01-15T07:59:59Z'))).toBe(at('2026-01-14T08:00:00Z'));
    expect(lastBegin({...nine, days: ['monday']}, at('2026-01-15T12:00:00Z'))).toBe(
      at('2026-01-12T08:00:00Z'),
    );
  });
});
