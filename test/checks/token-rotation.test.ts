import {createHmac} from 'node:crypto';
import type {IncomingMessage} from 'node:http';
import {describe, expect, test} from 'vitest';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {httpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {accepts, look} from './looking.ts';

/** What can be wrong with the service of the test. */
interface Fault {
  /** An older token stays in force. */
  readonly keepsOld?: boolean;
  readonly refusesAll?: boolean;
  readonly neverRevokes?: boolean;
  readonly issues?: number;
  readonly repeats?: boolean;
}

/** One token a user, as R83 says; `tokens` are those in force, `log` what was asked. */
async function tokenService(fault: Fault = {}) {
  const tokens = new Set<string>();
  const log: string[] = [];
  let issued = 0;
  const {origin} = await httpServer((request, response) => {
    const say = (status: number, body: object) => void response.writeHead(status).end(JSON.stringify(body));
    const {pathname} = new URL(request.url ?? '/', 'http://x');
    const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    log.push(`${request.method ?? ''} ${pathname.split('/')[2] ?? ''}`);
    if (pathname === '/api/tokens' && request.method === 'POST') {
      issued += 1;
      if (fault.issues !== undefined && issued > fault.issues) {
        say(500, {message: 'no more'});
        return;
      }
      if (fault.keepsOld !== true) tokens.clear();
      const token = fault.repeats === true ? 'tok/AAAA-same' : `tok/${issued}-of-the-drill-user`;
      tokens.add(token);
      say(201, {token, id: issued});
      return;
    }
    if (pathname.startsWith('/api/tokens/') && request.method === 'DELETE') {
      if (fault.neverRevokes !== true) tokens.delete(decodeURIComponent(pathname.slice(12)));
      say(200, {});
      return;
    }
    const isIn = tokens.has(bearer) && fault.refusesAll !== true;
    if (isIn) say(200, {message: 'System status'});
    else say(401, {message: 'Token revoked or not found', bearer});
  });
  const params = {
    tokens: {
      issue: {http: {url: `${origin}/api/tokens?user=ops-drill-user`}, token: '$.token'},
      revoke: {http: {url: `${origin}/api/tokens/{token}`}},
      call: {url: `${origin}/api/system/status`, headers: {Authorization: 'Bearer {token}'}},
      expectOld: {status: 401, json: {'$.message': 'Token revoked or not found'}},
      expectNew: {status: 200, json: {'$.message': 'System status'}},
    },
  };
  return {origin, params, tokens, log};
}

async function drilled(fault: Fault = {}) {
  const service = await tokenService(fault);
  const seen = await look('tokenRotation', service.params);
  // Whatever came of it: no token is said anywhere.
  expect(JSON.stringify(seen)).not.toContain('drill-user');
  return {...seen, ...service, lines: seen.parts?.map(({name, verdict}) => `${name} ${verdict}`)};
}

describe('tokenRotation of tokens', () => {
  test('A is taken, then B and A no more, and B is revoked at the end', async () => {
    const seen = await drilled();
    expect(seen).toMatchObject({
      verdict: 'pass',
      checked: 8,
      message: 'the newer token ends the older; both are gone',
    });
    expect(seen.log).toEqual([
      'POST tokens',
      'GET system',
      'POST tokens',
      'GET system',
      'GET system',
      'DELETE tokens',
      'GET system',
    ]);
    expect(seen.tokens.size).toBe(0);
  });

  test('an older token that stays in force is a failure, and both are revoked', async () => {
    const seen = await drilled({keepsOld: true});
    expect(seen).toMatchObject({
      verdict: 'fail',
      message: containing('A after B: expected 401, got 200'),
    });
    expect(seen.lines).toContain('A after B fail');
    expect(seen.tokens.size).toBe(0);
  });

  test('a service that takes no token shows nothing by refusing A', async () => {
    const seen = await drilled({refusesAll: true});
    expect(seen).toMatchObject({verdict: 'fail', message: containing('the first token is not taken')});
    expect(seen.lines).not.toContain('A after B pass');
    expect(seen.tokens.size).toBe(0);
  });

  test('a token that cannot be revoked is a failure', async () => {
    const seen = await drilled({neverRevokes: true});
    expect(seen.verdict).toBe('fail');
    expect(seen.lines).toEqual(expect.arrayContaining(['B revoked pass', 'B after it was revoked fail']));
  });

  test('when issuing fails or repeats itself, what was issued is revoked', async () => {
    const half = await drilled({issues: 1});
    expect(half).toMatchObject({verdict: 'fail', message: containing('issuing B: expected 2xx, got 500')});
    expect(half.tokens.size).toBe(0);
    expect((await drilled({issues: 0})).log).toEqual(['POST tokens']);
    expect((await drilled({repeats: true})).message).toContain('the second token is the first one again');
  });

  test('a service that is down is a failure with its kind, and an answer without a token is one', async () => {
    const {params} = await tokenService();
    const down = {tokens: {...params.tokens, issue: {http: {url: 'http://127.0.0.1:1/'}, token: '$.token'}}};
    expect(await look('tokenRotation', down)).toMatchObject({verdict: 'fail', kind: 'connect'});
    const elsewhere = {tokens: {...params.tokens, issue: {...params.tokens.issue, token: '$.secret'}}};
    expect((await look('tokenRotation', elsewhere)).message).toContain('there is no token in the answer');
  });

  test('when it is told to stop in the middle, the token is revoked all the same', async () => {
    const stop = new AbortController();
    const {params, tokens, log} = await tokenService();
    const {origin, port: _} = await httpServer((_request, _response) => {
      stop.abort(new Error('the monitor stops'));
    });
    const hanging = {tokens: {...params.tokens, call: {...params.tokens.call, url: origin}}};
    const seen = await look('tokenRotation', hanging, {signal: stop.signal, timeoutMs: 2_000});
    expect(seen.verdict).not.toBe('pass');
    expect(log).toContain('DELETE tokens');
    expect(tokens.size).toBe(0);
  });

  test('programs issue and revoke too, and find the token in their environment only', async () => {
    const {origin, params, tokens} = await tokenService();
    const script = (line: string) => [process.execPath, '-e', line];
    const post = `fetch('${origin}/api/tokens', {method: 'POST'}).then(r => r.json()).then(j => console.log('token is ' + j.token))`;
    const remove = `if (process.argv.some(word => word.includes('tok/'))) process.exit(9);
      fetch('${origin}/api/tokens/' + encodeURIComponent(process.env.QD_TOKEN), {method: 'DELETE'})`;
    const commands = {
      ...params.tokens,
      issue: {command: {argv: script(post)}, pattern: 'token is (.+)'},
      revoke: {command: {argv: script(remove)}},
    };
    const seen = await look('tokenRotation', {tokens: commands}, {timeoutMs: 20_000});
    expect(seen).toMatchObject({verdict: 'pass'});
    expect(JSON.stringify(seen)).not.toContain('drill-user');
    expect(tokens.size).toBe(0);
  });
});

describe('tokenRotation of a webhook', () => {
  const env = fakeEnv({NEW_SECRET: 'new-secret-of-the-hook', OLD_SECRET: 'old-secret-of-the-hook'});
  const bodyOf = async (request: IncomingMessage): Promise<string> => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    return text;
  };

  /** Takes deliveries that are signed with one of these secrets. */
  async function receiver(secrets: readonly string[], takesUnsigned = false) {
    const {origin} = await httpServer((request, response) => {
      void bodyOf(request).then(body => {
        const signed = `${String(request.headers['x-webhook-timestamp'])}.${body}`;
        const given = request.headers['x-webhook-signature'];
        const isTaken =
          given === undefined
            ? takesUnsigned
            : secrets.some(one => createHmac('sha256', one).update(signed).digest('hex') === given);
        response.writeHead(isTaken ? 204 : 401).end();
      });
    });
    return origin;
  }

  const asked = async (url: string, more: Record<string, unknown> = {}, given = env) =>
    look(
      'tokenRotation',
      {webhook: {url, newSecret: 'env:NEW_SECRET', oldSecret: 'env:OLD_SECRET', ...more}},
      {env: given, clock: fakeClock()},
    );

  test('signed with the new secret it is taken, with the old one and without one it is not', async () => {
    const seen = await asked(await receiver(['new-secret-of-the-hook']));
    expect(seen).toMatchObject({verdict: 'pass', checked: 3});
    expect(JSON.stringify(seen)).not.toContain('secret-of-the-hook');
  });

  test('a receiver that still takes the old secret, or anything, is a failure', async () => {
    const both = await receiver(['new-secret-of-the-hook', 'old-secret-of-the-hook']);
    expect((await asked(both)).message).toContain('old signature: expected 400 to 499, got 204');
    const open = await receiver(['new-secret-of-the-hook'], true);
    expect((await asked(open)).message).toContain('no signature: expected 400 to 499, got 204');
  });

  test('a receiver that takes nothing shows nothing about the old secret', async () => {
    const seen = await asked(await receiver([]));
    expect(seen.verdict).toBe('fail');
    expect(seen.parts?.map(({name}) => name)).toEqual(['new signature']);
    expect((await asked('http://127.0.0.1:1/')).kind).toBe('connect');
  });

  test('two equal secrets, and one that is not set, are told', async () => {
    const url = await receiver(['new-secret-of-the-hook']);
    const same = fakeEnv({NEW_SECRET: 'one-and-the-same', OLD_SECRET: 'one-and-the-same'});
    expect((await asked(url, {}, same)).message).toContain('nothing was rotated');
    expect(await asked(url, {}, fakeEnv({NEW_SECRET: 'x-secret'}))).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
    const {oldSecret: _, ...rest} = {oldSecret: '', newSecret: 'env:NEW_SECRET'};
    expect((await look('tokenRotation', {webhook: {url, ...rest}}, {env})).checked).toBe(2);
  });
});

test('nothing to rotate, two things, and no way to revoke are refused', () => {
  const http = {url: 'http://a/'};
  const tokens = {issue: {http, token: '$.t'}, revoke: {http}, call: http};
  expect(accepts('tokenRotation', {tokens})).toBe(true);
  expect(accepts('tokenRotation', {})).toBe(false);
  expect(accepts('tokenRotation', {tokens, webhook: {url: 'http://a/', newSecret: 'env:A'}})).toBe(false);
  expect(accepts('tokenRotation', {tokens: {...tokens, revoke: {}}})).toBe(false);
  expect(accepts('tokenRotation', {tokens: {...tokens, issue: {http}}})).toBe(false);
  expect(accepts('tokenRotation', {webhook: {url: 'http://a/', newSecret: 'plain-word'}})).toBe(false);
});
