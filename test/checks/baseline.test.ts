import {appendFileSync, writeFileSync} from 'node:fs';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {wholeLines} from '../../checks/parts/stream-lines.ts';
import type {CheckContext} from '../../src/define.ts';
import {timestamp} from '../../src/domain/time.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {matrix, prometheus, promError} from '../helpers/prometheus-api.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';
import {nodePath} from './looking-programs.ts';

const hourMs = 3_600_000;
const nowMs = fakeClock().nowMs();
const small = {window: '1h', baselineWindow: '6h'};

/** What the check sees of a metric that had these values, the last one now. */
async function metric(values: readonly (string | undefined)[], given: object = {}): Promise<Look> {
  const {url} = await prometheus(({at}) => matrix([[{job: 'api'}, values]], at));
  return look('baseline', {url, query: 'errors', ...small, ...given});
}

describe('a metric', () => {
  test('is judged by the median of its own past, which one old spike does not move', async () => {
    expect(await metric(['4', '4', '90', '4', '5', '4', '12'])).toMatchObject({
      verdict: 'pass',
      checked: 1,
      message: '12, usually 4 (of 6)',
    });
    expect(await metric(['4', '4', '90', '4', '5', '4', '13'])).toMatchObject({
      verdict: 'fail',
      kind: 'assertion',
      message: 'an unexplained spike: 13, usually 4 (of 6)',
      expected: 'at most 3 times 4',
      actual: '13',
    });
    expect((await metric(['4', '4', '90', '4', '5', '4', '13'], {ratioMax: 4})).verdict).toBe('pass');
  });

  test('that is usually zero has a spike only from minCount on', async () => {
    const zeros = ['0', '0', '0', '0', '0', '0'];
    expect((await metric([...zeros, '4'])).verdict).toBe('pass');
    expect((await metric([...zeros, '5'])).verdict).toBe('fail');
    expect((await metric([...zeros, '1'], {minCount: 0})).verdict).toBe('fail');
  });

  test('with too short a past, without a present, or that is no number, is unknown', async () => {
    const gap = undefined;
    expect(await metric([gap, gap, gap, gap, '4', '4', '90'])).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
      checked: 0,
      message: containing('of its past only 2 of the 3 numbers'),
    });
    expect(await metric(['4', '4', '4', '4', '4', '4', gap])).toMatchObject({
      verdict: 'unknown',
      message: containing('no data'),
    });
    expect(await metric([gap, gap, gap, gap, gap, gap, gap])).toMatchObject({verdict: 'unknown', checked: 0});
    expect((await metric(['4', '4', '4', '4', '4', '4', 'NaN'])).verdict).toBe('unknown');
    expect((await metric(['NaN', 'NaN', 'NaN', 'NaN', '4', '4', '90'])).verdict).toBe('unknown');
    expect((await metric(['4', '4', '4', '4', '4', '4', '+Inf'])).verdict).toBe('fail');
  });

  test('asks once, for its past and its present', async () => {
    const {url, asked} = await prometheus(({at}) => matrix([[{}, at.map(() => '1')]], at));
    await look('baseline', {url, query: 'errors', ...small});
    expect(asked.map(({path}) => path)).toEqual(['/api/v1/query_range']);
    expect(asked[0]?.at.map(at => Math.round(nowMs / 1000 - at) / 3600)).toEqual([6, 5, 4, 3, 2, 1, 0]);
  });

  test('each of several series has a past of its own', async () => {
    const {url} = await prometheus(({at}) =>
      matrix(
        [
          [{job: 'api'}, at.map(() => '100')],
          [{job: 'web'}, at.map((_, i) => (i === 6 ? '50' : '2'))],
        ],
        at,
      ),
    );
    expect(await look('baseline', {url, query: 'errors', ...small})).toMatchObject({
      verdict: 'fail',
      checked: 2,
      message: '{job="web"}: an unexplained spike: 50, usually 2 (of 6)',
    });
  });

  test('of a Prometheus that cannot answer is unknown, and its warnings are no good news', async () => {
    const {url} = await prometheus(() => promError(400, 'parse error'));
    expect(await look('baseline', {url, query: 'errors', ...small})).toMatchObject({verdict: 'unknown'});
    const partial = await prometheus(({at}) =>
      matrix([[{}, at.map(() => '1')]], at, {warnings: ['partial']}),
    );
    expect(await look('baseline', {url: partial.url, query: 'errors', ...small})).toMatchObject({
      verdict: 'warn',
      message: containing('Prometheus warns: partial'),
    });
  });
});

describe('an explanation', () => {
  const spike = ['4', '4', '4', '4', '4', '4', '40'];
  const until = (ms: number) => timestamp(nowMs + ms);

  test('makes a spike a warning that names the incident, until it ends', async () => {
    const open = [{incident: 'INC-17 load test', until: until(hourMs)}];
    expect(await metric(spike, {explained: open})).toMatchObject({
      verdict: 'warn',
      message: containing('explained by INC-17 load test until '),
    });
    const ended = [{incident: 'INC-17', until: until(-hourMs)}];
    expect(await metric(spike, {explained: ended})).toMatchObject({
      verdict: 'fail',
      message: containing('an unexplained spike: 40, usually 4 (of 6) (INC-17 explained it until '),
    });
    expect((await metric(['4', '4', '4', '4', '4', '4', '4'], {explained: open})).verdict).toBe('pass');
  });

  test('without an end is refused', () => {
    const given = {url: 'http://h', query: 'a'};
    expect(accepts('baseline', {...given, explained: [{incident: 'INC-17'}]})).toBe(false);
    expect(accepts('baseline', {...given, explained: [{incident: 'INC-17', until: 'later'}]})).toBe(false);
  });
});

describe('records of a file', () => {
  /** A file with so many records in each hour before now, the last number in this one. */
  function recorded(counts: readonly number[], more = ''): string {
    const file = `${tempDir()}/events.ndjson`;
    const lines = counts.flatMap((count, i) => {
      const hour = counts.length - 1 - i;
      return Array.from({length: count}, (_, n) => {
        const ts = timestamp(nowMs - hour * hourMs - hourMs / 2 - n);
        return `${JSON.stringify({ts, event: n % 2 === 0 ? 'denied' : 'failed'})}\n`;
      });
    });
    writeFileSync(file, lines.join('') + more);
    return file;
  }
  const lines = async (path: string, more: object = {}, context: Partial<CheckContext> = {}): Promise<Look> =>
    look('baseline', {ndjson: {path, ...more}, ...small}, context);

  test('are counted by the hour', async () => {
    expect(await lines(recorded([2, 2, 2, 2, 2, 2, 2]))).toMatchObject({
      verdict: 'pass',
      message: '2, usually 2 (of 6)',
    });
    expect(await lines(recorded([2, 2, 2, 2, 2, 2, 20]))).toMatchObject({verdict: 'fail'});
    const some = {where: {'$.event': 'failed'}};
    expect(await lines(recorded([4, 4, 4, 4, 4, 4, 24]), some)).toMatchObject({
      verdict: 'fail',
      message: containing('12, usually 2 (of 6)'),
    });
  });

  test('from before the first record on are no past, and hours without any are zero', async () => {
    expect(await lines(recorded([3, 20]))).toMatchObject({
      verdict: 'unknown',
      message: containing('of its past only 1 of the 3 numbers'),
    });
    expect(await lines(recorded([1, 0, 0, 0, 0, 0, 9]))).toMatchObject({
      verdict: 'fail',
      message: containing('9, usually 0 (of 6)'),
    });
  });

  test('that are half written are not counted, and broken ones are told', async () => {
    const file = recorded([2, 2, 2, 2, 2, 2, 4], 'not json\n{"ts":"2026-01-02T03:0');
    expect(await lines(file)).toMatchObject({
      verdict: 'pass',
      message: containing('; lines that were not understood: 1'),
    });
    appendFileSync(file, '0:00.000Z"}\n');
    expect((await lines(file)).message).toContain('5, usually 2');
  });

  test('that are not there, none, or without a time, are unknown', async () => {
    const file = `${tempDir()}/events.ndjson`;
    expect(await lines(file)).toMatchObject({verdict: 'unknown', kind: 'noData', message: containing(file)});
    writeFileSync(file, '\n');
    expect(await lines(file)).toMatchObject({verdict: 'unknown', message: containing('is empty')});
    writeFileSync(file, '{"at":1}\n');
    expect(await lines(file)).toMatchObject({
      verdict: 'unknown',
      message: containing('JSON with a time at $.ts'),
    });
    expect((await lines(file, {timeField: '$.at'})).message).toContain('usually 0');
  });
});

describe('a program', () => {
  const printing = async (text: string, more: Partial<CheckContext> = {}): Promise<Look> =>
    look(
      'baseline',
      {argv: ['node', '-e', `process.stdout.write(${JSON.stringify(text)})`]},
      {...nodePath(), ...more},
    );

  test('prints its past and now last', async () => {
    expect(await printing('4\n5\n4\n\n6\n')).toMatchObject({verdict: 'pass', message: '6, usually 4 (of 3)'});
    expect((await printing('4\n5\n4\n60')).verdict).toBe('fail');
  });

  test('that prints nothing, words, or too little, that fails or is not there, is unknown', async () => {
    expect((await printing('')).message).toContain('it prints nothing');
    expect((await printing('4\nmany\n')).message).toContain('"many", which is no number');
    expect((await printing('4\n5\n')).verdict).toBe('unknown');
    const failing = {argv: ['node', '-e', 'console.error("no access"); process.exit(3)']};
    expect(await look('baseline', failing, nodePath())).toMatchObject({
      verdict: 'unknown',
      message: 'it ended with 3: no access',
    });
    expect(await look('baseline', {argv: ['no-such-program']})).toMatchObject({
      verdict: 'unknown',
      checked: 0,
    });
  });

  test('is not run for a site that is not trusted', async () => {
    expect(await printing('1\n1\n1\n1\n', {trusted: false})).toMatchObject({
      verdict: 'unknown',
      kind: 'permission',
    });
  });
});

test('one way to count, and a past that is long enough', () => {
  const given = {url: 'http://h', query: 'a'};
  for (const wrong of [
    {...given, argv: ['a']},
    {url: 'http://h'},
    {query: 'a'},
    {argv: ['a'], url: 'http://h'},
    {...given, source: 'a'},
    {...given, window: '1h', baselineWindow: '2h'},
    {...given, window: '0s'},
    {argv: ['']},
  ])
    expect(accepts('baseline', wrong)).toBe(false);
  expect(accepts('baseline', {...given, window: '1h', baselineWindow: '3h'})).toBe(true);
});

test('lines are the same for any cut into chunks', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({unit: 'grapheme', maxLength: 8}).map(text => text.replaceAll(/[\n\r]/g, '_'))),
      fc.array(fc.integer({min: 1, max: 9})),
      async (lines, cuts) => {
        const bytes = Buffer.from(lines.map(line => `${line}\n`).join('') + 'unfinished');
        async function* chunks(): AsyncGenerator<Uint8Array> {
          let at = 0;
          for (let i = 0; at < bytes.length; i++) {
            const size = cuts.length === 0 ? bytes.length : (cuts[i % cuts.length] ?? 1);
            yield await Promise.resolve(bytes.subarray(at, at + size));
            at += size;
          }
        }
        const seen: string[] = [];
        for await (const line of wholeLines(chunks())) seen.push(line);
        expect(seen).toEqual(lines);
      },
    ),
  );
});
