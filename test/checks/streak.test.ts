import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, test} from 'vitest';
import {fakeClock} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';

/** The clock of these tests stands at 2026-01-02T03:04:05Z: the newest day that is over is 2026-01-01. */
const nowMs = 1_767_323_045_000;
const dayMs = 86_400_000;

/** `2026-01-01` is one day ago. */
const day = (daysAgo: number): string => new Date(nowMs - daysAgo * dayMs).toISOString().slice(0, 10);

type Fields = Readonly<Record<string, unknown>>;
const record = (ts: string, more: Fields = {}): Fields => ({ts, kind: 'strict', checks: 'pass', ...more});
/** One for each of these days, at noon. */
const daily = (from: number, to: number, more: Fields = {}): Fields[] =>
  Array.from({length: from - to + 1}, (_, i) => record(`${day(from - i)}T12:00:00Z`, more));

const text = (records: readonly Fields[]): string => records.map(one => `${JSON.stringify(one)}\n`).join('');

function inFiles(files: Readonly<Record<string, readonly Fields[]>>): string {
  const folder = tempDir();
  for (const [name, records] of Object.entries(files)) writeFileSync(join(folder, name), text(records));
  return join(folder, '*.ndjson');
}

const streakOf = async (
  records: readonly Fields[],
  more: Fields = {},
  context: Parameters<typeof look>[2] = {},
) => look('streak', {source: {ndjson: inFiles({'a.ndjson': records})}, ...more}, context);

describe('days in a row', () => {
  test('seven days that are over, each with a strict record that passed', async () => {
    expect(await streakOf(daily(7, 1))).toMatchObject({
      verdict: 'pass',
      checked: 7,
      message: `7 days in a row passed, from ${day(7)} to ${day(1)}`,
    });
    expect(await streakOf(daily(6, 1))).toMatchObject({
      verdict: 'fail',
      expected: 'streak at least 7 days',
      actual: 'streak 6 days',
    });
    expect((await streakOf(daily(6, 1), {length: 6})).verdict).toBe('pass');
    expect((await streakOf(daily(30, 1))).message).toContain('30 days');
  });

  test('a missing day ends it, wherever it lies', async () => {
    const gap = daily(9, 1).filter(({ts}) => ts !== `${day(3)}T12:00:00Z`);
    expect(await streakOf(gap)).toMatchObject({
      verdict: 'fail',
      actual: `streak 2 days, since ${day(3)} is missing`,
    });
    expect((await streakOf(daily(9, 2))).actual).toContain(`0 days, since ${day(1)} is missing`);
    // Before the seven it is of no interest.
    const long = daily(20, 1).filter(({ts}) => ts !== `${day(8)}T12:00:00Z`);
    expect((await streakOf(long)).verdict).toBe('pass');
  });

  test('a failure in between ends it, also on a day on which another record passed', async () => {
    const failed = [...daily(9, 1), record(`${day(4)}T18:00:00Z`, {checks: 'fail'})];
    expect(await streakOf(failed)).toMatchObject({
      verdict: 'fail',
      actual: `streak 3 days, since ${day(4)} is a failure`,
    });
    expect((await streakOf(failed, {require: 'any'})).verdict).toBe('pass');
    const only = daily(9, 1).map(one =>
      one['ts'] === `${day(4)}T12:00:00Z` ? {...one, checks: 'fail'} : one,
    );
    expect((await streakOf(only, {require: 'any'})).verdict).toBe('fail');
  });

  test('a light record neither counts nor breaks', async () => {
    const light = record(`${day(3)}T12:00:00Z`, {kind: 'light'});
    const without = daily(9, 1).filter(({ts}) => ts !== light['ts']);
    expect((await streakOf([...without, light])).actual).toContain(`${day(3)} is missing`);
    const failing = {...light, checks: 'fail'};
    expect((await streakOf([...daily(7, 1), failing])).verdict).toBe('pass');
    expect(await streakOf(daily(9, 1, {kind: 'light'}))).toMatchObject({
      verdict: 'unknown',
      kind: 'vacuous',
      checked: 0,
    });
  });

  test('a record that says nothing is unknown, and ends it', async () => {
    const silent = daily(9, 1).map(one =>
      one['ts'] === `${day(2)}T12:00:00Z` ? {ts: one['ts'], kind: 'strict'} : one,
    );
    expect((await streakOf(silent)).actual).toContain(`1 day, since ${day(2)} is unknown`);
    const odd = daily(9, 1).map(one =>
      one['ts'] === `${day(2)}T12:00:00Z` ? {...one, checks: 'skipped'} : one,
    );
    expect((await streakOf(odd)).actual).toContain('a failure');
    expect((await streakOf(odd, {fail: {'$.checks': 'fail'}})).actual).toContain('unknown');
  });

  test('what does not break is passed over and does not count', async () => {
    const gap = daily(9, 1).filter(({ts}) => ts !== `${day(3)}T12:00:00Z`);
    const breakOn = ['fail', 'unknown'];
    expect(await streakOf(gap, {breakOn})).toMatchObject({verdict: 'pass', message: containing('8 days')});
    expect((await streakOf(gap, {breakOn, length: 9})).verdict).toBe('fail');
    expect(accepts('streak', {source: {ndjson: '/a'}, breakOn: ['missing']})).toBe(false);
  });

  test('today counts when it is over; a failure of today counts at once', async () => {
    const today = record(`${day(0)}T01:00:00Z`);
    expect(await streakOf([...daily(6, 1), today])).toMatchObject({verdict: 'fail', actual: 'streak 6 days'});
    expect(await streakOf([...daily(7, 1), today])).toMatchObject({
      verdict: 'pass',
      parts: [{name: day(0), message: 'pass so far'}, ...Array.from({length: 7}, () => ({message: 'pass'}))],
    });
    expect((await streakOf([...daily(7, 1), {...today, checks: 'fail'}])).actual).toBe(
      `streak 0 days, since ${day(0)} is a failure`,
    );
  });

  test('a record of a time to come does not count, and is told', async () => {
    const ahead = record(`${day(-5)}T12:00:00Z`);
    expect(await streakOf([...daily(6, 1), ahead])).toMatchObject({
      verdict: 'fail',
      message: containing('(1 of a time to come do not count)'),
    });
    expect((await streakOf([ahead])).verdict).toBe('unknown');
  });

  test('no file, an empty one, lines that are no JSON and records without a time prove nothing', async () => {
    const none = await look('streak', {source: {ndjson: join(tempDir(), '*.ndjson')}});
    expect(none).toMatchObject({verdict: 'unknown', kind: 'vacuous', checked: 0});
    expect(await streakOf([])).toMatchObject({verdict: 'unknown', kind: 'vacuous', checked: 0});
    const folder = tempDir();
    writeFileSync(join(folder, 'a.ndjson'), `${text(daily(9, 5))}oops\n${text(daily(4, 1))}`);
    expect(await look('streak', {source: {ndjson: join(folder, 'a.ndjson')}})).toMatchObject({
      verdict: 'unknown',
      actual: containing('lines that are no JSON 1'),
    });
    const timeless = {kind: 'strict', checks: 'pass'};
    expect((await streakOf([...daily(7, 1), timeless])).verdict).toBe('unknown');
    const elsewhere = daily(7, 1).map(({ts, ...rest}) => ({...rest, meta: {when: ts}}));
    const source = {ndjson: inFiles({'a.ndjson': elsewhere}), timeField: '$.meta.when'};
    expect((await look('streak', {source})).verdict).toBe('pass');
  });

  test('files of several months are one', async () => {
    const [december, january] = [daily(7, 2), daily(1, 0)];
    const ndjson = inFiles({'smoke-2025-12.ndjson': december, 'smoke-2026-01.ndjson': january});
    expect(await look('streak', {source: {ndjson}})).toMatchObject({verdict: 'pass', checked: 7});
    expect((await look('streak', {source: {ndjson: ndjson.replace('*', 'smoke-2026-*')}})).actual).toContain(
      '1 day',
    );
  });

  test('of a file that could not be read to its beginning, what is missing there is not known', async () => {
    const pad = 'x'.repeat(2000);
    // 17 MiB of one day hide the days before it.
    const many = Array.from({length: 9000}, () => record(`${day(1)}T12:00:00Z`, {pad}));
    const cut = [...daily(9, 2), ...many];
    expect(await streakOf(cut)).toMatchObject({verdict: 'unknown', kind: 'noData'});
    // Of the oldest day that was read a failure may not have been.
    expect((await streakOf(cut, {length: 1})).verdict).toBe('unknown');
  });
});

describe('the days of a time zone', () => {
  test('a record late in the evening belongs to the day that clocks there show', async () => {
    // 23:30Z is the next day in Berlin.
    const late = daily(8, 2).map(({ts}) => record(String(ts).replace('12:00', '23:30')));
    expect((await streakOf(late)).actual).toContain(`${day(1)} is missing`);
    expect((await streakOf(late, {tz: 'Europe/Berlin'})).verdict).toBe('pass');
    expect(accepts('streak', {source: {ndjson: '/a'}, tz: 'Mars/Olympus'})).toBe(false);
  });

  test.each([
    [
      '23 hours',
      '2026-03-29',
      {now: '2026-04-02T10:00:00Z', first: '28T23:00', last: '29T21:59', next: '29T22:00'},
    ],
    [
      '25 hours',
      '2026-10-25',
      {now: '2026-10-29T10:00:00Z', first: '24T22:00', last: '25T22:59', next: '25T23:00'},
    ],
  ])(
    'a day of %s is one day, from its first minute to its last',
    async (_, change, {now, first, last, next}) => {
      const at = Date.parse(now);
      const month = change.slice(0, 8);
      const others = Array.from({length: 9}, (_unused, i) => new Date(at - (i + 1) * dayMs).toISOString())
        .filter(ts => !ts.startsWith(change))
        .map(ts => record(ts));
      const withOne = async (time: string) =>
        streakOf([...others, record(`${month}${time}:00Z`)], {tz: 'Europe/Berlin'}, {clock: fakeClock(at)});
      expect((await withOne(first)).message).toContain('9 days in a row');
      expect((await withOne(last)).message).toContain('9 days in a row');
      expect((await withOne(next)).actual).toContain(`3 days, since ${change} is missing`);
    },
  );
});

describe('entries in a row', () => {
  const hours = (count: number, more: Fields = {}): Fields[] =>
    Array.from({length: count}, (_, i) =>
      record(new Date(nowMs - (count - i) * 3_600_000).toISOString(), more),
    );

  test('seven that passed, whatever lies between them', async () => {
    expect(await streakOf(hours(7), {unit: 'entry'})).toMatchObject({verdict: 'pass', checked: 7});
    expect((await streakOf(hours(6), {unit: 'entry'})).actual).toBe('streak 6 entries');
    expect(
      (
        await streakOf(
          daily(21, 1).filter((_, i) => i % 3 === 0),
          {unit: 'entry'},
        )
      ).verdict,
    ).toBe('pass');
  });

  test('one that failed ends it, a light one does not', async () => {
    const failed = hours(9).map((one, i) => (i === 5 ? {...one, checks: 'fail'} : one));
    expect((await streakOf(failed, {unit: 'entry'})).actual).toContain(
      '3 entries, since 2026-01-01T23:04:05.000Z',
    );
    const light = hours(9).map((one, i) => (i === 5 ? {...one, kind: 'light', checks: 'fail'} : one));
    expect((await streakOf(light, {unit: 'entry', length: 8})).verdict).toBe('pass');
    expect((await streakOf(light, {unit: 'entry', length: 9})).verdict).toBe('fail');
  });
});

describe('what people attested', () => {
  const said = (daysAgo: number) => ({
    seq: daysAgo,
    at: `${day(daysAgo)}T12:00:00.000Z`,
    operator: 'ada',
    via: 'local',
    role: undefined,
    untilMs: nowMs,
    evidence: undefined,
  });
  const answers = [1, 2, 3, 4, 5, 6, 7].map(said);

  test('each answer to a question is a record of its day', async () => {
    const asked: (string | undefined)[] = [];
    const attestations = async (check?: string) => {
      asked.push(check);
      return Promise.resolve(answers);
    };
    const source = {attested: 'no-leak'};
    expect((await look('streak', {source}, {attestations})).verdict).toBe('pass');
    expect(asked).toEqual(['no-leak']);
    const gap = async () => Promise.resolve(answers.filter(({seq}) => seq !== 3));
    expect((await look('streak', {source}, {attestations: gap})).actual).toContain(`${day(3)} is missing`);
  });

  test('records of both are counted together, and a ledger that cannot be read is unknown', async () => {
    const ndjson = inFiles({'a.ndjson': daily(7, 5)});
    const attestations = async () => Promise.resolve(answers.slice(0, 4));
    const source = {ndjson, attested: 'no-leak'};
    expect((await look('streak', {source}, {attestations})).verdict).toBe('pass');
    const problem = async () => Promise.resolve({problem: 'there is no ledger here'});
    expect(await look('streak', {source}, {attestations: problem})).toMatchObject({
      verdict: 'unknown',
      message: containing('there is no ledger here'),
    });
    expect(accepts('streak', {source: {}})).toBe(false);
  });
});

describe('what was to wait for it', () => {
  const noted = async (content: string, records: readonly Fields[] = daily(7, 1)) => {
    const file = join(tempDir(), 'cutover.md');
    writeFileSync(file, content);
    return streakOf(records, {then: {file, date: 'Final cutover: (\\S+)'}});
  };

  test('its date is not before the day on which the streak was long enough', async () => {
    expect(await noted(`Final cutover: ${day(1)}\n`)).toMatchObject({verdict: 'pass', checked: 8});
    expect((await noted(`Final cutover: ${day(0)}\n`)).verdict).toBe('pass');
    expect(await noted(`Final cutover: ${day(2)}\n`)).toMatchObject({
      verdict: 'fail',
      expected: containing(`from ${day(1)} to ${day(0)}`),
      actual: containing(day(2)),
    });
    // A streak that went on after it was long enough is no reason to write it again.
    expect((await noted(`Final cutover: ${day(5)}\n`, daily(20, 1))).verdict).toBe('pass');
    expect((await noted(`Final cutover: ${day(15)}\n`, daily(20, 1))).verdict).toBe('fail');
  });

  test('a date to come, none, another word and no file are failures; the last line counts', async () => {
    expect((await noted(`Final cutover: ${day(-1)}\n`)).verdict).toBe('fail');
    expect((await noted('nothing yet')).actual).toContain('none');
    expect((await noted('Final cutover: soon')).verdict).toBe('fail');
    expect((await noted('Final cutover: 2026-99-99')).verdict).toBe('fail');
    expect((await noted(`Final cutover: ${day(9)}\nFinal cutover: ${day(1)}\n`)).verdict).toBe('pass');
    const file = join(tempDir(), 'none.md');
    expect((await streakOf(daily(7, 1), {then: {file, date: '(.*)'}})).actual).toContain('no such file');
  });

  test('a note does not make a streak', async () => {
    expect((await noted(`Final cutover: ${day(1)}\n`, daily(6, 1))).verdict).toBe('fail');
  });
});
