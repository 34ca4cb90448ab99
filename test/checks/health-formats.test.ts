// The forms in which services tell their health; each as its own documentation writes it.
import {describe, expect, test} from 'vitest';
import type {Look} from '../../src/domain/verdict.ts';
import {httpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {accepts, look} from './looking.ts';

async function health(body: unknown, params: object = {}, status = 200): Promise<Look> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const {origin} = await httpServer((_request, response) => void response.writeHead(status).end(text));
  return look('health', {url: origin, ...params});
}

const parts = ({parts: list = []}: Look): string[] =>
  list.map(({name, verdict, message}) => `${name} ${verdict}: ${message}`);

describe('health+json (draft-inadarei)', () => {
  const body = {
    status: 'pass',
    version: '1',
    checks: {
      'cassandra:responseTimes': [
        {componentId: 'a', observedValue: 250, observedUnit: 'ms', status: 'pass', output: ''},
        {componentId: 'b', observedValue: 900, observedUnit: 'ms', status: 'warn', output: 'slow'},
      ],
      uptime: [{observedValue: 1209600.245, observedUnit: 's'}],
      'memory:utilization': [{status: 'OK', observedValue: 8.5, observedUnit: 'GiB'}],
    },
  };

  test('each measurement is a part, with what was observed; one without a status is passed over', async () => {
    const seen = await health(body);
    expect(seen).toMatchObject({verdict: 'warn', checked: 5});
    expect(parts(seen)).toEqual([
      'cassandra:responseTimes/a pass: pass (250 ms)',
      'cassandra:responseTimes/b warn: warn (900 ms): slow',
      'uptime skipped: no status (1209600.245 s)',
      'memory:utilization pass: OK (8.5 GiB)',
    ]);
    expect(await health(body, {format: 'inadarei'})).toEqual({...seen});
  });

  test('its other words for pass and fail are understood, in any case', async () => {
    const up = {status: 'UP', checks: {'db:connections': [{status: 'up'}]}};
    expect((await health(up, {require: {'db:connections': 'pass'}})).verdict).toBe('pass');
    const down = {status: 'pass', checks: {'db:connections': [{status: 'Error'}]}};
    expect((await health(down)).verdict).toBe('fail');
  });

  test('a list with nothing in it, or with no object, was not checked', async () => {
    expect((await health({status: 'pass', checks: {db: []}}, {format: 'inadarei'})).verdict).toBe('unknown');
    expect((await health({status: 'pass', checks: {db: [7]}})).verdict).toBe('unknown');
  });
});

describe('Spring Boot', () => {
  const body = {
    status: 'UP',
    components: {
      db: {status: 'UP', components: {first: {status: 'UP'}, second: {status: 'UNKNOWN'}}},
      diskSpace: {status: 'UP', details: {free: 1}},
      queue: {status: 'DOWN', details: {error: 'java.net.ConnectException: refused'}},
    },
  };

  test('components inside components are parts, and an UNKNOWN is not hidden by an UP', async () => {
    const seen = await health(body);
    expect(seen.verdict).toBe('fail');
    expect(parts(seen)).toEqual([
      'db pass: UP',
      'db/first pass: UP',
      'db/second unknown: says UNKNOWN, which is not understood',
      'diskSpace pass: UP',
      'queue fail: DOWN: java.net.ConnectException: refused',
    ]);
  });

  test('an aggregate that says UP over a part that is OUT_OF_SERVICE is a failure', async () => {
    const lying = {status: 'UP', components: {db: {status: 'OUT_OF_SERVICE'}}};
    expect((await health(lying)).verdict).toBe('fail');
    expect((await health({status: 'OUT_OF_SERVICE'}, {}, 503)).verdict).toBe('fail');
  });

  test('the form before 2.2, and one that shows no parts', async () => {
    const old = {status: 'UP', details: {db: {status: 'DOWN'}}};
    expect((await health(old)).verdict).toBe('fail');
    expect(await health({status: 'UP', groups: ['liveness']}, {format: 'spring'})).toMatchObject({
      verdict: 'pass',
      message: '200, says UP',
    });
    expect(await health({status: 'UP'}, {require: {db: 'UP'}})).toMatchObject({verdict: 'unknown'});
  });
});

describe('/readyz?verbose of Kubernetes', () => {
  const good =
    '[+]ping ok\n[+]log ok\n[+]etcd excluded: ok\n[+]poststarthook/start ok\nreadyz check passed\n';

  test('each line is a part, and what was excluded is named and not counted as good', async () => {
    const seen = await health(good, {require: {ping: 'ok', 'poststarthook/start': 'ok'}});
    expect(seen).toMatchObject({verdict: 'pass', checked: 5, message: '200, 3 of 4 parts ok'});
    expect(parts(seen)).toContain('etcd skipped: excluded: ok');
    expect((await health(good, {require: {etcd: 'ok'}})).verdict).toBe('fail');
  });

  test('a line that failed is a failure, even where the page says that all is well', async () => {
    const bad = good.replace('[+]log ok', '[-]log failed: reason withheld');
    expect(await health(bad)).toMatchObject({
      verdict: 'fail',
      message: containing('log: failed: reason withheld'),
    });
    expect((await health('[-]etcd failed: reason withheld\nhealthz check failed\n', {}, 500)).verdict).toBe(
      'fail',
    );
  });

  test('a page without lines is no such page', async () => {
    expect((await health('ok', {format: 'k8sVerbose'})).verdict).toBe('unknown');
    expect((await health('[+]log strange', {format: 'k8sVerbose'})).verdict).toBe('unknown');
  });
});

describe('a word, or a text', () => {
  test.each([
    ['ok', 'pass'],
    ['Healthy\n', 'pass'],
    ['degraded', 'warn'],
    ['DOWN', 'fail'],
    ['banana', 'unknown'],
    ['<html>ok</html>', 'unknown'],
    ['', 'unknown'],
  ])('%j is %s', async (text, verdict) => {
    expect((await health(text)).verdict).toBe(verdict);
    expect((await health(text, {format: 'plain'})).verdict).toBe(verdict);
  });

  test('the text that the site names is all that may be said', async () => {
    const page = '<html><body><h1>200 OK</h1>\nService ready.\n</body></html>';
    expect((await health(page, {format: 'plain', plain: page})).verdict).toBe('pass');
    expect((await health(`${page}!`, {format: 'plain', plain: page})).verdict).toBe('unknown');
    expect((await health('down', {format: 'plain', plain: page})).verdict).toBe('fail');
    expect(accepts('health', {url: 'http://h/', plain: 'x'})).toBe(false);
  });

  test('another form than the one that was named is not understood', async () => {
    expect((await health('{"status":"ok"}', {format: 'plain'})).verdict).toBe('unknown');
    expect((await health('ok', {format: 'spring'})).verdict).toBe('unknown');
    expect((await health({status: 'UP', checks: [1]}, {format: 'inadarei'})).verdict).toBe('unknown');
  });
});

test('a required part that is missing may be passed over only where the site says so, and is named', async () => {
  const body = {status: 'ready', checks: {db: 'ok'}};
  const require = {db: 'ok', worker: 'ok'};
  expect((await health(body, {require})).verdict).toBe('unknown');
  const allowed = await health(body, {require, allowMissing: true});
  expect(allowed).toMatchObject({verdict: 'pass', checked: 3});
  expect(parts(allowed)).toContain('worker skipped: not in the answer, which the site allows');
});
