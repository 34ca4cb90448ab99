import {writeFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import type {CheckContext} from '../../src/define.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {httpServer, tcpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {matrix, prometheus, promError, scalar, vector, type PromAnswer} from '../helpers/prometheus-api.ts';
import {tempDir} from '../helpers/temp.ts';
import {accepts, look} from './looking.ts';

const above = {query: 'errors', warn: {gt: 1}, fail: {gt: 5}};

/** What the check sees in one answer, whatever was asked. */
async function seen(
  answer: PromAnswer,
  given: object = above,
  more: Partial<CheckContext> = {},
): Promise<Look> {
  const {url} = await prometheus(() => answer);
  return look('promql', {url, ...given}, more);
}

const api = {__name__: 'errors', job: 'api', instance: 'a:1'};

describe('instant queries', () => {
  test('each sample is judged, the worst decides, and its labels are shown', async () => {
    expect(await seen(vector([[api, '0.25']]))).toMatchObject({
      verdict: 'pass',
      checked: 1,
      message: '0.25 at errors{job="api", instance="a:1"}',
    });
    expect((await seen(vector([[api, '3']]))).verdict).toBe('warn');
    const two = vector([
      [api, '0'],
      [{job: 'web'}, '7.5'],
    ]);
    expect(await seen(two, {...above, labels: ['job']})).toMatchObject({
      verdict: 'fail',
      kind: 'assertion',
      checked: 2,
      message: 'expected not above 5, got 7.5 at job=web',
      expected: 'not above 5',
      actual: '7.5 at job=web',
      parts: [
        {name: 'job=api', verdict: 'pass', message: '0'},
        {name: 'job=web', verdict: 'fail', message: '7.5'},
      ],
    });
  });

  test('with `all` one series that is well clears the others', async () => {
    const two = vector([
      [api, '0'],
      [{job: 'web'}, '7'],
    ]);
    expect(await seen(two, {...above, agg: 'all'})).toMatchObject({
      verdict: 'pass',
      message: '2 series, from 0 to 7',
    });
    const both = vector([
      [api, '6'],
      [{job: 'web'}, '7'],
    ]);
    expect((await seen(both, {...above, agg: 'all'})).verdict).toBe('fail');
  });

  test('a scalar is a number, too', async () => {
    expect(await seen(scalar('9'))).toMatchObject({verdict: 'fail', message: 'expected not above 5, got 9'});
  });

  test('no series is no data, never zero', async () => {
    const below = {query: 'up', fail: {lt: 1}};
    expect(await seen(vector([]), below)).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
      checked: 0,
      message: containing('no data'),
    });
    for (const noData of ['pass', 'warn', 'fail'])
      expect(await seen(vector([]), {...below, noData})).toMatchObject({
        verdict: noData,
        kind: 'noData',
        checked: 1,
      });
  });

  test('what is no number proves nothing, and what is without end is more than any', async () => {
    expect(await seen(vector([[api, 'NaN']]))).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
      checked: 0,
      message: containing('expected a number, got NaN at errors'),
    });
    expect(await seen(vector([[api, '+Inf']]))).toMatchObject({
      verdict: 'fail',
      message: containing('got +Inf'),
    });
    expect((await seen(vector([[api, '-Inf']]))).verdict).toBe('pass');
    expect((await seen(vector([[api, '-Inf']]), {query: 'x', fail: {lt: 0}})).verdict).toBe('fail');
    const mixed = vector([
      [api, '9'],
      [{job: 'web'}, 'NaN'],
    ]);
    expect((await seen(mixed)).verdict).toBe('fail');
    expect((await seen(mixed, {...above, agg: 'all'})).verdict).toBe('unknown');
  });

  test('a warning of Prometheus is shown, and its answer is no proof that all is well', async () => {
    const warned = vector([[api, '0']], {
      warnings: ['remote store timed out'],
      infos: ['may not be a counter'],
    });
    const answer = await seen(warned);
    expect(answer.verdict).toBe('warn');
    expect(answer.message).toContain(
      '; Prometheus warns: remote store timed out; Prometheus notes: may not be a counter',
    );
    expect((await seen(vector([[api, '0']], {infos: ['hm']}))).verdict).toBe('pass');
    expect((await seen(vector([], {warnings: ['partial']}), {...above, noData: 'pass'})).verdict).toBe(
      'warn',
    );
  });
});

describe('for a time', () => {
  const given = {...above, for: '10m'};
  const over = async (values: (at: readonly number[]) => readonly (string | undefined)[]): Promise<Look> => {
    const {url, asked} = await prometheus(({at}) => matrix([[api, values(at)]], at));
    const answer = await look('promql', {url, ...given});
    expect(asked[0]?.path).toBe('/api/v1/query_range');
    expect(asked[0]?.at.length).toBe(31);
    return answer;
  };

  test('bad at every point is bad', async () => {
    expect(await over(at => at.map(() => '9'))).toMatchObject({
      verdict: 'fail',
      message: containing('expected not above 5, got 9 at errors'),
    });
  });

  test('bad now but well for one moment is not bad yet, and says so', async () => {
    expect(await over(at => at.map((_, i) => (i === 3 ? '0' : '9')))).toMatchObject({
      verdict: 'pass',
      message: containing('9 at errors{job="api", instance="a:1"}, but not yet for 10m'),
    });
  });

  test('bad before and well now is well', async () => {
    expect((await over(at => at.map((_, i) => (i === at.length - 1 ? '0' : '9')))).verdict).toBe('pass');
  });

  test('warned for all of it and failed for some of it is a warning', async () => {
    expect((await over(at => at.map((_, i) => (i < 5 ? '3' : '9')))).verdict).toBe('warn');
  });

  test('a series that began later, has a gap, or is gone, was not bad all the time', async () => {
    expect((await over(at => at.map((_, i) => (i < 10 ? undefined : '9')))).verdict).toBe('pass');
    expect((await over(at => at.map((_, i) => (i > 10 && i < 20 ? undefined : '9')))).verdict).toBe('pass');
    expect(await over(at => at.map((_, i) => (i > 20 ? undefined : '9')))).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
    });
  });
});

describe('a Prometheus that cannot be asked is unknown, never a failure', () => {
  test.each([
    [400, 'config', 'the query is wrong: parse error'],
    [422, 'config', 'the query cannot be carried out: parse error'],
    [503, 'timeout', 'the query took too long: parse error'],
    [401, 'auth', 'HTTP 401: parse error'],
    [404, 'config', 'there is no API of a Prometheus: parse error'],
    [500, 'noData', 'HTTP 500: parse error'],
  ] as const)('%i', async (status, kind, message) => {
    expect(await seen(promError(status, 'parse error'))).toMatchObject({
      verdict: 'unknown',
      kind,
      checked: 0,
      message: containing(message),
    });
  });

  test('not there, silent, or something else', async () => {
    expect(await look('promql', {url: 'http://127.0.0.1:1', ...above})).toMatchObject({
      verdict: 'unknown',
      kind: 'connect',
      checked: 0,
    });
    const silent = await tcpServer(() => undefined);
    expect(
      await look('promql', {url: `http://127.0.0.1:${silent}`, ...above}, {timeoutMs: 150}),
    ).toMatchObject({verdict: 'unknown', kind: 'timeout'});
    expect(await seen({body: '<html>'})).toMatchObject({verdict: 'unknown', kind: 'noData'});
    expect(
      await seen({body: {status: 'success', data: {resultType: 'vector', result: [{metric: 7}]}}}),
    ).toMatchObject({
      verdict: 'unknown',
    });
  });

  test('a query that gives ranges or a text is ours to correct', async () => {
    expect(await seen(matrix([[api, ['1']]], [1]))).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
      message: containing('gives ranges'),
    });
    const text = {body: {status: 'success', data: {resultType: 'string', result: [1, 'a']}}};
    expect(await seen(text)).toMatchObject({verdict: 'unknown', kind: 'config'});
  });
});

describe('where it is', () => {
  const good = () => vector([[api, '0']]);

  test('a source of the site is found by its name, with its path and its password', async () => {
    const {url, asked} = await prometheus(good);
    const hidden = url.replace('http://', 'http://reader:hunter2-very-secret@') + '/prom/';
    const sources = [{name: 'metrics', type: 'prometheus', url: 'env:PROM_URL'}] as const;
    const more = {sources, env: fakeEnv({PROM_URL: hidden})};
    expect((await look('promql', {source: 'metrics', ...above}, more)).verdict).toBe('pass');
    expect(asked[0]).toMatchObject({
      path: '/prom/api/v1/query',
      headers: {authorization: `Basic ${Buffer.from('reader:hunter2-very-secret').toString('base64')}`},
    });
    const untrusted = await look('promql', {source: 'metrics', ...above}, {...more, trusted: false});
    expect(untrusted).toMatchObject({verdict: 'unknown', kind: 'permission'});
    const down = await look(
      'promql',
      {source: 'metrics', ...above},
      {...more, env: fakeEnv({PROM_URL: 'http://reader:hunter2-very-secret@127.0.0.1:1/'})},
    );
    expect(down).toMatchObject({verdict: 'unknown', message: containing('metrics: ')});
    expect(JSON.stringify(down)).not.toContain('hunter2');
  });

  test('a source may stand in a file, and a token may be a header', async () => {
    const {url, asked} = await prometheus(good);
    const file = `${tempDir()}/prom`;
    writeFileSync(file, `${url}\n`, {mode: 0o600});
    const sources = [{name: 'metrics', type: 'prometheus', url: `file:${file}`}] as const;
    const headers = {Authorization: 'Bearer env:TOKEN'};
    const env = fakeEnv({TOKEN: 'token-very-secret'});
    expect((await look('promql', {source: 'metrics', headers, ...above}, {sources, env})).verdict).toBe(
      'pass',
    );
    expect(asked[0]?.headers['authorization']).toBe('Bearer token-very-secret');
  });

  test('a name that the site does not have is named with those that it has', async () => {
    const sources = [
      {name: 'metrics', type: 'prometheus', url: 'http://h'},
      {name: 'db', type: 'sqlite', path: '/a'},
    ] as const;
    for (const source of ['metrcs', 'db'])
      expect(await look('promql', {source, ...above}, {sources})).toMatchObject({
        verdict: 'unknown',
        kind: 'config',
        message: containing('it has metrics'),
      });
  });

  test('either a source or an address, and a condition that a number can meet', () => {
    const url = 'http://127.0.0.1:9090';
    expect(accepts('promql', {url, query: 'up', fail: 0})).toBe(true);
    expect(accepts('promql', {url, query: 'up', fail: {in: [0, 2]}})).toBe(true);
    for (const wrong of [
      {url, query: 'up'},
      {query: 'up', fail: 0},
      {url, source: 'a', query: 'up', fail: 0},
      {url, query: 'up', fail: {matches: '0'}},
      {url, query: 'up', fail: '0'},
      {url, query: 'up', fail: {eq: '0'}},
      {url, query: '', fail: 0},
    ])
      expect(accepts('promql', wrong)).toBe(false);
  });

  test('a server that nobody verified is a warning at best', async () => {
    const {origin} = await httpServer((_request, response) => response.end(JSON.stringify(good().body)));
    expect(await look('promql', {url: origin, tls: {insecure: true}, ...above})).toMatchObject({
      verdict: 'warn',
    });
  });
});
