import {chmodSync, writeFileSync} from 'node:fs';
import {gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {realClock} from '../../src/adapters/clock.ts';
import {show} from '../../src/domain/show.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {httpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
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
    const more = {url, maxBodyBytes: 4 * 1024 * 1024};
    expect((await look('http', {...more, expect: {bodyContains: 'end'}})).verdict).toBe('pass');
    expect(accepts('http', {url, maxBodyBytes: 9 * 1024 * 1024})).toBe(false);
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

  test('conditions on places of the body, on headers and on the text hold or name what does not', async () => {
    const url = await serve(200, '{"count":3,"items":[{"state":"ok"},{"state":"late"}]}', {
      'cache-control': 'private, no-store',
      etag: 'W/"abc"',
    });
    const judged = async (expect: object) => look('http', {url, expect});
    expect(
      await judged({
        jsonAt: {'$.count': {gte: 3}, '$.items': {length: 2}, '$.items[0].state': 'ok'},
        headers: {
          'Cache-Control': {contains: 'no-store'},
          ETag: {startsWith: 'W/'},
          'x-more': {absent: true},
        },
        bodyMatches: '"state":"(ok|late)"',
        bodyNotMatches: 'panic|fatal',
      }),
    ).toMatchObject({verdict: 'pass', checked: 9});
    expect(await judged({jsonAt: {'$.items[*].state': 'ok'}})).toMatchObject({
      verdict: 'fail',
      message: containing('$.items[*].state (2 of 2): expected "ok", got "late"'),
    });
    expect(await judged({headers: {etag: {matches: '^"'}}})).toMatchObject({
      verdict: 'fail',
      message: containing('header etag: expected to match ^"'),
    });
    expect((await judged({bodyMatches: 'failed'})).verdict).toBe('fail');
    expect((await judged({bodyNotMatches: 'lat.'})).verdict).toBe('fail');
    expect((await judged({jsonAt: {'$.none[*].state': 'ok'}})).verdict).toBe('unknown');
  });

  test('asked twice it gives the same bytes, or the same error', async () => {
    const serving = async (answers: readonly (readonly [number, string])[]): Promise<string> => {
      let asked = 0;
      const {origin} = await httpServer((_, response) => {
        const [status = 500, body = ''] = answers[asked++ % answers.length] ?? [];
        response.writeHead(status).end(body);
      });
      return origin;
    };
    const twice = async (sameTwice: string, answers: readonly (readonly [number, string])[], status = 200) =>
      look('http', {url: await serving(answers), expect: {status, sameTwice}});
    expect(await twice('body', [[200, 'a']])).toMatchObject({verdict: 'pass', checked: 2});
    expect(
      await twice('body', [
        [200, 'a'],
        [200, 'b'],
      ]),
    ).toMatchObject({
      verdict: 'fail',
      actual: containing('asked twice 200 with SHA-256 3e23e816'),
    });
    const error = (code: string, id: string): readonly [number, string] => [
      404,
      JSON.stringify({error: {code, request_id: id}}),
    ];
    expect((await twice('error', [error('NONE', 'a'), error('NONE', 'b')], 404)).verdict).toBe('pass');
    expect((await twice('error', [error('NONE', 'a'), error('LOST', 'b')], 404)).verdict).toBe('fail');
    expect(await twice('error', [[404, '']], 404)).toMatchObject({
      verdict: 'fail',
      expected: containing('an error code'),
    });
    expect((await twice('error', [error('NONE', 'a'), [500, error('NONE', 'b')[1]]], 404)).verdict).toBe(
      'fail',
    );
  });

  test('a pattern that would hang another engine ends at once', async () => {
    const url = await serve(200, `${'a'.repeat(200_000)}!`);
    const began = performance.now();
    expect((await look('http', {url, expect: {bodyMatches: '^(a+)+$'}})).verdict).toBe('fail');
    expect(performance.now() - began).toBeLessThan(3_000);
    expect(accepts('http', {url, expect: {bodyMatches: '(?=a)'}})).toBe(false);
  });

  test('a body that is cut decides no pattern', async () => {
    const url = await serve(200, `begin ${'a'.repeat(2 * 1024 * 1024)} end`);
    for (const expected of [{bodyMatches: 'begin'}, {bodyNotMatches: 'end'}])
      expect((await look('http', {url, expect: expected})).verdict).toBe('unknown');
  });

  test('a bomb of gzip is cut by what it unpacks to, and decides nothing that stands behind the cut', async () => {
    const bomb = gzipSync(`begin ${'a'.repeat(50 * 1024 * 1024)} end`);
    const {origin} = await httpServer((_request, response) => {
      response.writeHead(200, {'content-encoding': 'gzip'}).end(bomb);
    });
    expect((await look('http', {url: origin, expect: {bodyContains: 'begin'}})).verdict).toBe('pass');
    expect((await look('http', {url: origin, expect: {bodyContains: 'end'}})).verdict).toBe('unknown');
  });

  test('JSON that is nested without end is no JSON, and nothing breaks on it', async () => {
    const url = await serve(200, `${'['.repeat(400_000)}${']'.repeat(400_000)}`);
    expect(await look('http', {url, expect: {jsonAt: {'$[0]': {exists: true}}}})).toMatchObject({
      verdict: 'fail',
      message: containing('body: expected JSON'),
    });
  });

  test('every probe sends an id of its own, and the look says which when it fails', async () => {
    const ids: unknown[] = [];
    const {origin} = await httpServer((request, response) => {
      ids.push(request.headers['x-request-id']);
      response.writeHead(500).end();
    });
    const first = await look('http', {url: origin});
    const second = await look('http', {url: origin});
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(ids[1]).not.toBe(ids[0]);
    expect(first.message).toContain(`(X-Request-Id ${String(ids[0])})`);
    expect(second.message).toContain(String(ids[1]));
    const own = await look('http', {url: origin, headers: {'x-request-id': 'mine-1'}});
    expect(ids[2]).toBe('mine-1');
    expect(own.message).toContain('X-Request-Id mine-1');
  });

  test('an error without code or id can be asked for, and is then a failure of its own', async () => {
    const error = (id: string) =>
      JSON.stringify({error: {code: 'AUTH_MISSING', message: 'm', request_id: id}});
    const {origin: echoing} = await httpServer((request, response) => {
      const id = String(request.headers['x-request-id']);
      response.writeHead(401, {'x-request-id': id}).end(error(id));
    });
    const wanted = {status: 401, errorCode: 'AUTH_MISSING', requestId: 'echoed'};
    expect(await look('http', {url: echoing, expect: wanted})).toMatchObject({verdict: 'pass', checked: 3});
    const bare = await look('http', {url: await serve(401, 'no'), expect: wanted});
    expect(bare.verdict).toBe('fail');
    expect(bare.message).toContain('error code: expected "AUTH_MISSING", got nothing');
    expect(bare.message).toMatch(/request id: expected [0-9a-f-]{36}, got nothing/);
    const other = await serve(401, error('r-9'), {'x-request-id': 'r-9'});
    expect((await look('http', {url: other, expect: wanted})).verdict).toBe('fail');
    const present = {...wanted, requestId: 'present'};
    expect((await look('http', {url: other, expect: present})).verdict).toBe('pass');
    // Two ids that differ lead whoever follows them astray.
    const {origin: split} = await httpServer((request, response) => {
      response.writeHead(401, {'x-request-id': request.headers['x-request-id']}).end(error('r-9'));
    });
    expect((await look('http', {url: split, expect: wanted})).verdict).toBe('fail');
  });

  test('a secret may be the body or come from a file, and is never said', async () => {
    const dir = tempDir();
    const file = `${dir}/key`;
    writeFileSync(file, 'from-a-file-very-secret\n', {mode: 0o600});
    const {origin} = await httpServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => response.writeHead(403).end(`${body} ${String(request.headers['x-key'])}`));
    });
    const given = {url: origin, method: 'POST', body: 'env:BODY', headers: {'X-Key': `file:${file}`}};
    const env = fakeEnv({BODY: '{"password":"body-very-secret"}'});
    const seen = await look('http', {...given, expect: {bodyContains: 'nothing'}}, {env});
    expect(seen.message).toContain('[secret BODY] [secret X-Key]');
    expect(JSON.stringify(seen)).not.toContain('very-secret');
    expect(await look('http', given, {env, trusted: false})).toMatchObject({kind: 'permission', checked: 0});
    chmodSync(file, 0o644);
    expect(await look('http', given, {env})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
      message: containing('can be read by others (mode 644)'),
    });
    expect(await look('http', {...given, headers: {'X-Key': `file:${dir}/none`}}, {env})).toMatchObject({
      verdict: 'unknown',
      message: containing('is not there'),
    });
  });
});

describe('trying again', () => {
  /** Refuses so many connections before it answers. */
  async function unreliable(refusals: number, status = 200) {
    let left = refusals;
    const {origin} = await httpServer((request, response) => {
      left -= 1;
      if (left >= 0) request.socket.destroy();
      else response.writeHead(status).end();
    });
    return {origin, asked: () => refusals - left};
  }
  const retries = {count: 2, delay: '10ms'};
  const real = {clock: realClock()};

  test('a connection that broke is tried again within the time of the check, and counted apart', async () => {
    const {origin} = await unreliable(2);
    expect(await look('http', {url: origin, retries}, real)).toMatchObject({
      verdict: 'pass',
      retried: 2,
      message: containing('tried again 2 times; at first: '),
    });
    expect(await look('http', {url: (await unreliable(3)).origin, retries}, real)).toMatchObject({
      verdict: 'fail',
      kind: 'connect',
      retried: 2,
    });
    const one = await look('http', {url: (await unreliable(0)).origin, retries}, real);
    expect(one).not.toHaveProperty('retried');
  });

  test('without the field nothing is tried again, and an answer never is', async () => {
    expect(await look('http', {url: (await unreliable(1)).origin}, real)).toMatchObject({verdict: 'fail'});
    const wrong = await unreliable(0, 500);
    expect(await look('http', {url: wrong.origin, retries}, real)).toMatchObject({verdict: 'fail'});
    expect(wrong.asked()).toBe(1);
  });

  test('it never outlasts the time of the check', async () => {
    const {origin} = await unreliable(9);
    const long = {count: 5, delay: '10s'};
    const began = performance.now();
    const seen = await look('http', {url: origin, retries: long}, {...real, timeoutMs: 1_000});
    expect(seen).toMatchObject({verdict: 'fail'});
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
