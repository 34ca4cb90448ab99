import {createHmac} from 'node:crypto';
import {describe, expect, test} from 'vitest';
import {tcpServer} from '../helpers/http-server.ts';
import {alertOf, closedPort, noticeOf, receiver, resolved, sendBy} from './sending.ts';

const key = 'a-shared-secret-of-the-test';

test('a notice is JSON of format 1, with a name that stays the same when it is sent again', async () => {
  const hook = await receiver();
  const notice = noticeOf([alertOf(), resolved({alert: 'alert-2', check: 'port'})]);
  expect(await sendBy('webhook', {url: `${hook.origin}/in`}, {notice})).toEqual({
    at: 'sent',
    message: 'HTTP 200',
  });
  await sendBy(
    'webhook',
    {url: `${hook.origin}/in`},
    {notice: {...notice, atMs: notice.atMs + 1, repeated: true}},
  );
  const [first, again] = hook.seen;
  expect(first).toMatchObject({method: 'POST', path: '/in', headers: {'content-type': 'application/json'}});
  expect(first?.json()).toEqual({
    v: 1,
    id: first?.headers['idempotency-key'],
    about: 'alerts',
    site: 'acme',
    environment: 'production',
    at: '2026-01-02T03:04:35.000Z',
    subject: '[sev2] acme (production): 1 firing, 1 resolved',
    text: [
      '[sev2] acme (production): 1 firing, 1 resolved',
      '[sev2] FIRING api/live UPTIME: 2 consecutive failures @ 2026-01-02T03:04:05Z',
      '  status: expected 2xx, got <503> & more',
      '  runbooks: restart',
      '[sev2] RESOLVED api/port after 12m (2026-01-02T03:04:05Z to 2026-01-02T03:16:05Z)',
    ].join('\n'),
    repeated: false,
    alerts: [
      {
        alert: 'alert-0a1b2c3d',
        as: 'firing',
        key: 'check api/live',
        service: 'api',
        check: 'live',
        labels: ['edge'],
        severity: 'sev2',
        title: 'api/live UPTIME: 2 consecutive failures @ 2026-01-02T03:04:05Z',
        line: '[sev2] FIRING api/live UPTIME: 2 consecutive failures @ 2026-01-02T03:04:05Z',
        message: 'status: expected 2xx, got <503> & more',
        since: '2026-01-02T03:04:05.000Z',
        runbooks: ['restart'],
      },
      expect.objectContaining({alert: 'alert-2', as: 'resolved', ended: '2026-01-02T03:16:05.000Z'}),
    ],
  });
  expect(again?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
});

test('it is signed over time and body, and carries a token where one is given', async () => {
  const hook = await receiver();
  const params = {url: hook.origin, secret: 'env:HOOK_KEY', bearer: 'env:HOOK_TOKEN'};
  await sendBy('webhook', params, {env: {HOOK_KEY: key, HOOK_TOKEN: 'bearer-of-the-test'}});
  const [seen] = hook.seen;
  const at = String(seen?.headers['x-quarterdeck-timestamp']);
  const expected = createHmac('sha256', key)
    .update(`${at}.${seen?.body ?? ''}`)
    .digest('hex');
  expect(seen?.headers['x-quarterdeck-signature']).toBe(`v1=${expected}`);
  expect(Math.abs(Number(at) - Date.now() / 1000)).toBeLessThan(60);
  expect(seen?.headers.authorization).toBe('Bearer bearer-of-the-test');
});

describe('what the receiver answers', () => {
  const answered = async (status: number, headers: Record<string, string> = {}) => {
    const hook = await receiver((_, response) => void response.writeHead(status, headers).end('no'));
    return sendBy('webhook', {url: hook.origin});
  };

  test('a busy one is left alone as long as it asks for, in seconds or until a date', async () => {
    expect(await answered(429, {'retry-after': '17'})).toEqual({
      at: 'failed',
      about: 'channel',
      message: 'HTTP 429',
      retryAfterMs: 17_000,
    });
    const date = await answered(503, {'retry-after': new Date(Date.now() + 90_000).toUTCString()});
    const afterMs = date.at === 'failed' ? (date.retryAfterMs ?? 0) : 0;
    expect(afterMs).toBeGreaterThan(80_000);
    expect(afterMs).toBeLessThanOrEqual(90_000);
  });

  test.each([
    [500, 'channel'],
    [401, 'channel'],
    [404, 'channel'],
    [400, 'notice'],
    [413, 'notice'],
    [422, 'notice'],
  ])('status %i is about the %s', async (status, about) => {
    expect(await answered(status)).toEqual({at: 'failed', about, message: `HTTP ${status}`});
  });

  test('a redirect is not followed', async () => {
    const elsewhere = await receiver();
    const hook = await receiver(
      (_, response) => void response.writeHead(302, {location: elsewhere.origin}).end(),
    );
    expect(await sendBy('webhook', {url: hook.origin})).toMatchObject({
      at: 'failed',
      message: 'HTTP 302 (a redirect, which is not followed)',
    });
    expect(elsewhere.seen).toEqual([]);
  });
});

describe('a receiver that is not there', () => {
  test('refuses the connection, and that is said', async () => {
    const port = await closedPort();
    const sent = await sendBy('webhook', {url: `http://127.0.0.1:${port}/`});
    expect(sent).toMatchObject({at: 'failed', about: 'channel'});
    expect(sent.message).toContain('ECONNREFUSED');
  });

  test('or takes the connection and says nothing: it is given up when asked to stop', async () => {
    const port = await tcpServer(() => undefined);
    const stop = new AbortController();
    const sending = sendBy('webhook', {url: `http://127.0.0.1:${port}/`}, {signal: stop.signal});
    stop.abort(new Error('over'));
    expect(await sending).toMatchObject({at: 'failed', about: 'channel'});
  });
});

test('a secret that is not set stops the sending, and says which', async () => {
  const hook = await receiver();
  const sent = await sendBy('webhook', {url: hook.origin, secret: 'env:HOOK_KEY'});
  expect(sent.message).toBe(
    'The secret mine.secret needs the environment variable HOOK_KEY, which is not set. Set HOOK_KEY where Quarterdeck is started.',
  );
  expect(hook.seen).toEqual([]);
});

test('an address that is kept elsewhere must be one, and is not repeated', async () => {
  const sent = await sendBy(
    'webhook',
    {url: 'env:HOOK_URL'},
    {env: {HOOK_URL: 'http://hooks.example/secret-path'}},
  );
  expect(sent).toEqual({
    at: 'failed',
    about: 'channel',
    message: 'url: expected https:, for what is sent in the clear can be read on its way',
  });
});
