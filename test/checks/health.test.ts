import {describe, expect, test} from 'vitest';
import {httpServer} from '../helpers/http-server.ts';
import {matching} from '../helpers/like.ts';
import {look} from './looking.ts';

const require = {db: 'ok', migration_head: 'ok'};

async function health(status: number, body: unknown, params: Record<string, unknown> = {require}) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const {origin} = await httpServer((_request, response) => void response.writeHead(status).end(text));
  return look('health', {url: origin, ...params});
}

const checks = (more: Record<string, unknown> = {}) => ({
  db: 'ok',
  migration_head: 'ok',
  worker: 'skipped',
  ...more,
});

describe('health check', () => {
  test('ready is a pass, raw and wrapped, with one part for each sub-check', async () => {
    const raw = await health(200, {status: 'ready', checks: checks()});
    const wrapped = await health(200, {data: {status: 'ready', checks: checks()}});
    expect(raw).toMatchObject({verdict: 'pass', checked: 4});
    expect(wrapped).toEqual(raw);
    expect(raw.parts?.map(({name, verdict}) => `${name} ${verdict}`)).toEqual([
      'db pass',
      'migration_head pass',
      'worker skipped',
    ]);
    expect(raw.parts?.[2]?.message).toBe('not configured');
  });

  test('200 with a failed sub-check is a failure: the status alone is not believed', async () => {
    const seen = await health(200, {status: 'ready', checks: checks({db: 'failed'})});
    expect(seen).toMatchObject({
      verdict: 'fail',
      message: matching(/^db: expected ok, got failed \(X-Request-Id [0-9a-f-]{36}\)$/),
    });
  });

  test('503 with its body not wrapped names what failed', async () => {
    const seen = await health(503, {status: 'not_ready', checks: checks({db: 'failed'})});
    expect(seen.verdict).toBe('fail');
    expect(seen.message).toContain('expected 200, got 503; db: expected ok, got failed (');
  });

  test('a sub-check that fails and was not asked for counts too', async () => {
    expect((await health(200, {status: 'ready', checks: checks({cache: 'failed'})})).verdict).toBe('fail');
  });

  test('a missing required sub-check and a word nobody knows are unknown', async () => {
    const missing = await health(200, {status: 'ready', checks: {db: 'ok'}});
    expect(missing).toMatchObject({verdict: 'unknown', kind: 'noData'});
    expect(missing.message).toBe('migration_head: not in the answer');
    expect((await health(200, {status: 'ready', checks: checks({db: 'banana'})})).verdict).toBe('unknown');
    expect((await health(200, {status: 'ready', checks: checks({extra: 'banana'})})).verdict).toBe('unknown');
    expect((await health(200, {status: 'ready', checks: checks({extra: 7})})).verdict).toBe('unknown');
  });

  test('skipped where ok is required, and ok where skipped is required, are failures', async () => {
    expect((await health(200, {status: 'ready', checks: checks({db: 'skipped'})})).verdict).toBe('fail');
    const disabled = {require: {worker: 'skipped'}};
    expect((await health(200, {status: 'ready', checks: {worker: 'ok'}}, disabled)).verdict).toBe('fail');
    expect((await health(200, {status: 'ready', checks: {worker: 'skipped'}}, disabled)).verdict).toBe(
      'pass',
    );
  });

  test.each([
    '',
    '<html>busy</html>',
    '{"status":"ready","checks":{"db":"o',
    '[]',
    '"ready"',
    '{}',
    '{"checks":[]}',
  ])('200 with %j is not understood: unknown', async body => {
    expect(await health(200, body)).toMatchObject({verdict: 'unknown', kind: 'noData'});
  });

  test('a wrong status with a body that is not understood is a failure', async () => {
    expect((await health(502, '<html>bad gateway</html>')).verdict).toBe('fail');
  });

  test('liveness needs no sub-checks', async () => {
    expect(await health(200, {data: {status: 'ok'}}, {})).toMatchObject({verdict: 'pass', checked: 2});
    expect((await health(200, {status: 'down'}, {})).verdict).toBe('fail');
  });

  test('an unreachable service is a failure with its kind', async () => {
    expect(await look('health', {url: 'http://127.0.0.1:1/'})).toMatchObject({
      verdict: 'fail',
      kind: 'connect',
    });
    expect(await look('health', {url: 'http://nothing.invalid/'})).toMatchObject({
      verdict: 'fail',
      kind: 'dns',
    });
  });
});
