import {describe, expect, test} from 'vitest';
import type {Look} from '../../src/domain/verdict.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {httpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {accepts, look} from './looking.ts';

const env = fakeEnv({ADMIN: 'admin-key-very-secret', ANALYST: 'analyst-key-very-secret'});
const roleOf: Readonly<Record<string, string>> = {
  'admin-key-very-secret': 'admin',
  'analyst-key-very-secret': 'analyst',
};
const subjects = [
  {name: 'wrong', headers: {'X-Dash-Key': 'nonsense'}},
  {name: 'analyst', headers: {'X-Dash-Key': 'env:ANALYST'}},
  {name: 'admin', headers: {'X-Dash-Key': 'env:ADMIN'}},
];
const routes = [
  {path: '/slo', allow: ['analyst', 'admin']},
  {path: '/test', method: 'POST', safe: true, body: '{}', allow: ['admin']},
];

type Decide = (role: string | undefined, path: string) => number;
const right: Decide = (role, path) => {
  if (role === undefined) return 401;
  return path === '/test' && role !== 'admin' ? 403 : 200;
};

async function service(decide: Decide, given: object = {}) {
  const asked: string[] = [];
  const {origin} = await httpServer((request, response) => {
    const role = roleOf[String(request.headers['x-dash-key'])];
    asked.push(`${role ?? 'none'} ${request.method ?? ''} ${request.url ?? ''}`);
    response.writeHead(decide(role, request.url ?? '')).end(`{"error":{"code":"NO","request_id":"r"}}`);
  });
  const seen: Look = await look('rbacMatrix', {url: `${origin}/`, subjects, routes, ...given}, {env});
  return {seen, asked};
}

test('every cell is tried, anonymous among them, those who may first', async () => {
  const {seen, asked} = await service(right);
  expect(seen).toMatchObject({verdict: 'pass', checked: 8, message: '8 of 8 as they must be'});
  expect(asked).toEqual([
    'analyst GET /slo',
    'admin GET /slo',
    'none GET /slo',
    'none GET /slo',
    'admin POST /test',
    'none POST /test',
    'analyst POST /test',
    'none POST /test',
  ]);
  expect(seen.parts?.map(({name, verdict}) => `${name} ${verdict}`)).toContain('anonymous POST /test pass');
});

describe('a hole', () => {
  test('is named with who, where and which request', async () => {
    const {seen} = await service((role, path) => (role === 'analyst' ? 200 : right(role, path)));
    expect(seen).toMatchObject({verdict: 'fail', kind: 'assertion', checked: 8});
    expect(seen.message).toMatch(
      /^analyst POST \/test: expected refused \(401 or 403\), got HTTP 200 NO \(X-Request-Id [0-9a-f-]{36}\)$/,
    );
    expect(JSON.stringify(seen)).not.toContain('very-secret');
  });

  test('for everybody, or for nobody in particular, is found', async () => {
    const open = await service(() => 200);
    expect(open.seen).toMatchObject({verdict: 'fail', message: containing('; and ')});
    expect((await service((role, path) => (role === undefined ? 200 : right(role, path)))).seen.verdict).toBe(
      'fail',
    );
  });

  test('and a refusal of one who may, or by another status, are failures', async () => {
    const strict = await service((role, path) => (role === 'analyst' ? 403 : right(role, path)));
    expect(strict.seen).toMatchObject({
      verdict: 'fail',
      message: containing('analyst GET /slo: expected allowed (2xx)'),
    });
    const odd = async (given: object) =>
      (await service((role, path) => (role === undefined ? 404 : right(role, path)), given)).seen.verdict;
    expect(await odd({})).toBe('fail');
    expect(await odd({denyStatus: [403, 404]})).toBe('pass');
  });
});

test('a route that answers nobody refuses nobody', async () => {
  const down = await service(() => 403);
  expect(down.seen.verdict).toBe('fail');
  expect(down.asked).toEqual(['analyst GET /slo', 'admin GET /slo', 'admin POST /test']);
  expect(down.seen.parts?.filter(({verdict}) => verdict === 'unknown').length).toBe(5);
  const gone = await look('rbacMatrix', {url: 'http://127.0.0.1:1', subjects, routes}, {env});
  expect(gone).toMatchObject({verdict: 'fail', kind: 'connect'});
});

test('a key that is not there, and a site that is not trusted, are unknown', async () => {
  const given = {url: 'http://127.0.0.1:1', subjects, routes};
  expect(await look('rbacMatrix', given, {env: fakeEnv()})).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
    message: containing('analyst: '),
  });
  expect(await look('rbacMatrix', given, {env, trusted: false})).toMatchObject({
    kind: 'permission',
    checked: 0,
  });
});

test('what changes something must be called safe, and what proves nothing is refused', () => {
  const given = {url: 'http://h', subjects, routes};
  expect(accepts('rbacMatrix', given)).toBe(true);
  for (const wrong of [
    {...given, routes: [{path: '/x', method: 'DELETE', allow: ['admin']}]},
    {...given, routes: [{path: '/x', allow: ['amdin']}]},
    {...given, routes: [{path: 'x', allow: ['admin']}]},
    {...given, routes: [{path: '/x', allow: []}]},
    {...given, routes: [{path: '/x', allow: ['wrong', 'analyst', 'admin', 'anonymous']}]},
    {...given, subjects: [...subjects, {name: 'anonymous'}]},
  ])
    expect(accepts('rbacMatrix', wrong)).toBe(false);
});
