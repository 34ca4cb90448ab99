import {describe, expect, test} from 'vitest';
import {show} from '../../src/domain/show.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {httpServer} from '../helpers/http-server.ts';
import {accepts, look} from './looking.ts';

const serve = async (status: number, body: string, headers: Record<string, string> = {}): Promise<string> =>
  (await httpServer((_request, response) => void response.writeHead(status, headers).end(body))).origin;

describe('http check', () => {
  test('401 with the expected body is a pass', async () => {
    const url = await serve(401, '{"success":false,"message":"Not authenticated","more":1}');
    const expect401 = {status: 401, json: {success: false, message: 'Not authenticated'}};
    expect(await look('http', {url, expect: expect401})).toMatchObject({verdict: 'pass', checked: 3});
  });

  test('a mismatch shows expected against actual', async () => {
    const url = await serve(200, '{"success":true}');
    expect(await look('http', {url, expect: {status: 401, json: {success: false}}})).toMatchObject({
      verdict: 'fail',
      kind: 'assertion',
      checked: 2,
      expected: 'status 401; json $.success false',
      actual: 'status 200; json $.success true',
    });
  });

  test('without an expectation any 2xx is right and 500 is not', async () => {
    expect((await look('http', {url: await serve(204, '')})).verdict).toBe('pass');
    const error = '{"error":{"code":"INTERNAL_ERROR","message":"m","request_id":"r-7"}}';
    const failed = await look('http', {url: await serve(500, error)});
    expect(failed).toMatchObject({verdict: 'fail'});
    expect(failed.message).toContain('code INTERNAL_ERROR, request r-7');
  });

  test('a redirect is the status it is', async () => {
    const look302 = await look('http', {url: await serve(302, '', {location: 'http://elsewhere.invalid/'})});
    expect(look302.verdict).toBe('fail');
    expect(look302.message).toContain('got 302 (redirect to http://elsewhere.invalid/, not followed)');
  });

  test('no JSON where JSON is expected is a failure', async () => {
    expect(await look('http', {url: await serve(200, '<html>'), expect: {json: {a: 1}}})).toMatchObject({
      verdict: 'fail',
    });
  });

  test('what a cut body cannot decide is unknown, what its beginning decides is decided', async () => {
    const url = await serve(200, `begin ${'a'.repeat(2 * 1024 * 1024)} end`);
    expect((await look('http', {url, expect: {bodyContains: 'begin'}})).verdict).toBe('pass');
    expect((await look('http', {url, expect: {bodyContains: 'end'}})).verdict).toBe('unknown');
    expect((await look('http', {url, expect: {bodyNotContains: 'begin'}})).verdict).toBe('fail');
    expect((await look('http', {url, expect: {bodyNotContains: 'end'}})).verdict).toBe('unknown');
    expect((await look('http', {url, expect: {json: {a: 1}}})).verdict).toBe('unknown');
  });

  test('slowness is a warning before it is a failure', async () => {
    const {origin} = await httpServer((_request, response) => {
      setTimeout(() => response.end(), 40);
    });
    const slow = async (latencyMs: object) =>
      (await look('http', {url: origin, expect: {latencyMs}})).verdict;
    expect(await slow({warn: 10})).toBe('warn');
    expect(await slow({warn: 5, fail: 10})).toBe('fail');
    expect(await slow({warn: 3_000, fail: 4_000})).toBe('pass');
  });

  test('a secret is sent and never said, even when the server echoes it', async () => {
    const {origin} = await httpServer((request, response) => {
      const key = request.headers['x-dash-key'] ?? '';
      response
        .writeHead(403, {'x-echo': String(key)})
        .end(`you sent ${String(key)} ${String(request.headers.authorization)}`);
    });
    const env = fakeEnv({DASH_KEY: 'hunter2-very-secret'});
    const headers = {'X-Dash-Key': 'env:DASH_KEY', Authorization: 'Bearer env:DASH_KEY'};
    const seen = await look(
      'http',
      {url: origin, headers, expect: {bodyContains: 'nothing', headers: {'x-echo': 'a'}}},
      {env},
    );
    expect(seen.verdict).toBe('fail');
    expect(seen.message).toContain('you sent [secret DASH_KEY] Bearer [secret DASH_KEY]');
    expect(JSON.stringify(seen)).not.toContain('hunter2');
  });

  test('a secret that is not set is unknown and names the variable; an untrusted site gets none', async () => {
    const url = await serve(200, '');
    const headers = {'X-Key': 'env:MISSING_KEY'};
    const missing = await look('http', {url, headers}, {env: fakeEnv()});
    expect(missing).toMatchObject({verdict: 'unknown', kind: 'config'});
    expect(missing.message).toContain('MISSING_KEY');
    const untrusted = await look(
      'http',
      {url, headers},
      {env: fakeEnv({MISSING_KEY: 'value'}), trusted: false},
    );
    expect(untrusted).toMatchObject({verdict: 'unknown', kind: 'permission'});
  });

  test('a service that says escape sequences cannot reach the terminal', async () => {
    const url = await serve(200, '\u001b]52;c;aGk=\u0007\u001b[2J\u202eevil');
    const {message} = await look('http', {url, expect: {bodyContains: 'fine'}});
    expect(show(message)).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202e]/);
  });

  test('addresses with passwords, other schemes and headers with line breaks are refused in the site file', () => {
    expect(accepts('http', {url: 'http://me:secret@127.0.0.1/'})).toBe(false);
    expect(accepts('http', {url: 'file:///etc/passwd'})).toBe(false);
    expect(accepts('http', {url: 'http://127.0.0.1/', headers: {'X-A': 'a\r\nX-B: b'}})).toBe(false);
    expect(accepts('http', {url: 'http://127.0.0.1/', body: 'x'})).toBe(false);
  });
});
