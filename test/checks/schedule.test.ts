import {utimesSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {cronProblem, dueAt} from '../../checks/parts/host/due.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';

const at = (text: string): number => Date.parse(text);

/** A job that leaves a record each time, looked at when it is `now`. */
async function looking(now: string, records: readonly string[], given: Record<string, unknown> = {}) {
  const path = join(tempDir(), 'job.ndjson');
  if (records.length > 0) writeFileSync(path, records.map(record => `${record}\n`).join(''));
  const job = {job: 'backup', cron: '30 2 * * *', grace: '30m', source: {ndjson: path}, ...given};
  return look('schedule', job, {clock: fakeClock(at(now))});
}

const ran = (ts: string, more: Record<string, unknown> = {}): string => JSON.stringify({ts, ...more});

describe('a job with a pattern', () => {
  test('that ran when it was due passes, until the next is over its grace', async () => {
    const records = [ran('2026-01-01T02:30:20Z'), ran('2026-01-02T02:31:00Z')];
    expect(await looking('2026-01-02T03:04:05Z', records)).toMatchObject({
      verdict: 'pass',
      message: containing('due at 2026-01-02T02:30:00.000Z; next due at 2026-01-03T02:30:00.000Z'),
    });
    expect((await looking('2026-01-03T02:59:59Z', records)).verdict).toBe('pass');
    expect(await looking('2026-01-03T03:00:00Z', records)).toMatchObject({
      verdict: 'fail',
      expected: 'a run for 2026-01-03T02:30:00.000Z',
      actual: '2026-01-02T02:31:00.000Z',
    });
  });

  test('that never ran missed it', async () => {
    expect(await looking('2026-01-02T03:04:05Z', [])).toMatchObject({
      verdict: 'fail',
      message: containing('missed its run of 2026-01-02T02:30:00.000Z'),
      actual: 'never, as far as is known',
    });
  });

  test('that is set up is not due before its first time, which is skipped and not green', async () => {
    const since = {since: '2026-01-02T02:45:00Z'};
    expect(await looking('2026-01-02T03:04:05Z', [], since)).toMatchObject({
      verdict: 'skipped',
      kind: 'notDue',
      checked: 0,
      message: containing('next due at 2026-01-03T02:30:00.000Z'),
    });
    expect(await looking('2026-01-03T02:45:00Z', [], since)).toMatchObject({verdict: 'skipped'});
    expect((await looking('2026-01-03T03:00:00Z', [], since)).verdict).toBe('fail');
  });

  test('that ran and did not go well failed', async () => {
    const ok = {ok: {'$.ok': true}};
    const bad = [ran('2026-01-02T02:30:20Z', {ok: false})];
    expect(await looking('2026-01-02T03:04:05Z', bad, ok)).toMatchObject({
      verdict: 'fail',
      message: containing('ran, but not well'),
    });
    const again = [...bad, ran('2026-01-02T02:50:00Z', {ok: true})];
    expect((await looking('2026-01-02T03:04:05Z', again, ok)).verdict).toBe('pass');
  });

  test('a little early counts, a day early does not', async () => {
    expect((await looking('2026-01-02T03:04:05Z', [ran('2026-01-02T02:29:30Z')])).verdict).toBe('pass');
    expect((await looking('2026-01-02T03:04:05Z', [ran('2026-01-02T02:20:00Z')])).verdict).toBe('fail');
    expect(
      (await looking('2026-01-02T03:04:05Z', [ran('2026-01-02T02:20:00Z')], {early: '15m'})).verdict,
    ).toBe('pass');
  });

  test('once a week on Sundays: on a Wednesday last Sunday counts', async () => {
    const drill = {cron: '0 1 * * 0', since: '2026-01-01T00:00:00Z'};
    // 2026-01-04 is a Sunday.
    expect((await looking('2026-01-03T12:00:00Z', [], drill)).verdict).toBe('skipped');
    expect((await looking('2026-01-04T01:10:00Z', [], drill)).verdict).toBe('skipped');
    expect((await looking('2026-01-07T12:00:00Z', [], drill)).verdict).toBe('fail');
    expect((await looking('2026-01-07T12:00:00Z', [ran('2026-01-04T01:00:30Z')], drill)).verdict).toBe(
      'pass',
    );
  });

  test('in the time zone that it is written for, also over a change of clocks', () => {
    const due = (now: string) => dueAt('30 2 * * *', {zone: 'Europe/Berlin', graceMs: 0, nowMs: at(now)});
    expect(due('2026-01-02T03:00:00Z').lastMs).toBe(at('2026-01-02T01:30:00Z'));
    expect(due('2026-07-02T03:00:00Z').lastMs).toBe(at('2026-07-02T00:30:00Z'));
    expect(due('2026-01-02T01:30:00Z').lastMs).toBe(at('2026-01-02T01:30:00Z'));
    expect(due('2026-01-02T01:29:59Z').lastMs).toBe(at('2026-01-01T01:30:00Z'));
  });

  test('a grace that is longer than the pause between runs asks for the newest whose time is over', () => {
    const due = dueAt('*/15 * * * *', {zone: 'UTC', graceMs: 3_600_000, nowMs: at('2026-01-02T03:05:00Z')});
    expect(due).toEqual({lastMs: at('2026-01-02T02:00:00Z'), nextMs: at('2026-01-02T02:15:00Z')});
  });
});

describe('a job with an age, or a file that it changes', () => {
  test('it ran within its time, or it did not', async () => {
    const given = {cron: undefined, maxAge: '1d'};
    expect((await looking('2026-01-02T03:00:00Z', [ran('2026-01-01T03:00:00Z')], given)).verdict).toBe(
      'pass',
    );
    expect((await looking('2026-01-02T03:00:01Z', [ran('2026-01-01T03:00:00Z')], given)).verdict).toBe(
      'fail',
    );
    expect(
      (await looking('2026-01-02T03:00:01Z', [], {...given, since: '2026-01-02T00:00:00Z'})).verdict,
    ).toBe('skipped');
    expect(
      (await looking('2026-01-04T03:00:01Z', [], {...given, since: '2026-01-02T00:00:00Z'})).verdict,
    ).toBe('fail');
    expect((await looking('2026-01-04T03:00:01Z', [], given)).verdict).toBe('fail');
  });

  test('the newest file that fits the name', async () => {
    const dir = tempDir();
    const source = {file: join(dir, 'dr_report_*.json')};
    const job = {job: 'drill', cron: '0 1 * * 0', source};
    const clock = fakeClock(at('2026-01-05T00:00:00Z'));
    expect((await look('schedule', job, {clock})).verdict).toBe('fail');
    for (const [name, when] of [
      ['dr_report_1.json', '2026-01-04T01:02:00Z'],
      ['dr_report_2.json', '2025-12-28T01:02:00Z'],
      ['other.json', '2026-01-04T23:00:00Z'],
    ] as const) {
      writeFileSync(join(dir, name), '{}');
      utimesSync(join(dir, name), at(when) / 1000, at(when) / 1000);
    }
    expect(await look('schedule', job, {clock})).toMatchObject({
      verdict: 'pass',
      message: containing('ran at 2026-01-04T01:02:00.000Z'),
    });
  });

  test('records without a time are no runs that anybody could judge', async () => {
    expect(await looking('2026-01-02T03:04:05Z', ['{"ok":true}'])).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
  });
});

test('a pattern that names no moment, or no zone, is refused where it stands', () => {
  expect(cronProblem('30 2 * * *', 'UTC')).toBeUndefined();
  expect(cronProblem('30 2 * *', 'UTC')).toMatch(/five/);
  expect(cronProblem('99 2 * * *', 'UTC')).toBeDefined();
  expect(cronProblem('30 2 * * *', 'Mars/Olympus')).toBe('there is no time zone Mars/Olympus');
  expect(cronProblem('0 0 30 2 *', 'UTC')).toBe('it never comes');
  const job = {job: 'a', source: {file: '/a'}};
  expect(accepts('schedule', {...job, cron: '30 2 * * *'})).toBe(true);
  expect(accepts('schedule', {...job, cron: '30 2 * *'})).toBe(false);
  expect(accepts('schedule', job)).toBe(false);
  expect(accepts('schedule', {...job, cron: '30 2 * * *', maxAge: '1d'})).toBe(false);
  expect(accepts('schedule', {...job, maxAge: '1d', ok: {'$.ok': true}})).toBe(false);
});
