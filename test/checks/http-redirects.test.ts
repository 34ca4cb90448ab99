// Redirects: none by default, the same origin at most, and nothing secret travels.
import {writeFileSync} from 'node:fs';
import type {IncomingHttpHeaders} from 'node:http';
import {expect, test} from 'vitest';
import {createHttp} from '../../src/adapters/http.ts';
import {authority} from '../helpers/certificates.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {httpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {httpsServer} from '../helpers/tls-server.ts';
import {accepts, look} from './looking.ts';

const env = fakeEnv({DASH_KEY: 'hunter2-very-secret'});
const headers = {
  'X-Dash-Key': 'env:DASH_KEY',
  'X-Plain': 'written down',
  Authorization: 'Bearer env:DASH_KEY',
  Cookie: 'session=abc',
  Accept: 'application/json',
};

/** Sends every path but `/end` on to what `to` says; what arrived at which path. */
async function redirecting(to: (path: string) => string, status = 302) {
  const seen: {path: string; method: string; headers: IncomingHttpHeaders; body: string}[] = [];
  const {origin} = await httpServer((request, response) => {
    const path = request.url ?? '';
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push({path, method: request.method ?? '', headers: request.headers, body});
      if (path === '/end') response.end('arrived');
      else response.writeHead(status, {location: to(path)}).end();
    });
  });
  return {origin, seen};
}

test('by default no redirect is followed', async () => {
  const {origin, seen} = await redirecting(() => '/end');
  const answer = await look('http', {url: `${origin}/`, headers}, {env});
  expect(answer).toMatchObject({verdict: 'fail', message: containing('(redirect to /end, not followed)')});
  expect(seen.length).toBe(1);
  expect((await look('http', {url: `${origin}/`, expect: {status: 302}})).verdict).toBe('pass');
});

test('one to the same origin is followed without any header that could be a secret', async () => {
  const {origin, seen} = await redirecting(() => '/end');
  const answer = await look('http', {url: `${origin}/`, headers, redirects: 'sameOrigin'}, {env});
  expect(answer).toMatchObject({verdict: 'pass'});
  const [first, last] = seen;
  expect(first?.headers).toMatchObject({'x-dash-key': 'hunter2-very-secret', cookie: 'session=abc'});
  expect(last?.path).toBe('/end');
  for (const name of ['x-dash-key', 'x-plain', 'authorization', 'cookie'])
    expect(last?.headers).not.toHaveProperty(name);
  expect(last?.headers).toMatchObject({
    accept: 'application/json',
    'x-request-id': first?.headers['x-request-id'],
  });
});

test('one to another host or port is never followed, so that no X-Dash-Key arrives there', async () => {
  const other = await redirecting(() => '/end');
  for (const location of [`${other.origin}/end`, other.origin.replace('http:', '') + '/end']) {
    const {origin} = await redirecting(() => location);
    const answer = await look('http', {url: `${origin}/`, headers, redirects: 'sameOrigin'}, {env});
    expect(answer).toMatchObject({
      verdict: 'fail',
      message: containing('not followed: it is another origin'),
    });
  }
  const {origin} = await redirecting(() => '//169.254.169.254/latest/');
  const away = await look('http', {url: `${origin}/`, redirects: 'sameOrigin'});
  expect(away.message).toContain('another origin');
  expect(other.seen).toEqual([]);
});

test('one from https to http is never followed', async () => {
  const root = await authority();
  const file = `${tempDir()}/ca.pem`;
  writeFileSync(file, root.cert);
  const port = await httpsServer({...(await root.leaf())}, (request, response) => {
    response.writeHead(302, {location: `http://${String(request.headers.host)}/`}).end();
  });
  const url = `https://127.0.0.1:${port}/`;
  expect(await look('http', {url, redirects: 'sameOrigin', tls: {caFile: file}})).toMatchObject({
    verdict: 'fail',
    message: containing('not followed: it leaves TLS'),
  });
});

test('a circle ends after three, and says so', async () => {
  const {origin, seen} = await redirecting(path => `${path}x`);
  const answer = await look('http', {url: `${origin}/`, redirects: 'sameOrigin'});
  expect(answer).toMatchObject({verdict: 'fail', message: containing('it is the 4th in a row')});
  expect(seen.map(({path}) => path)).toEqual(['/', '/x', '/xx', '/xxx']);
});

test('a name that leads elsewhere when it is asked for again is judged again at each hop', async () => {
  const {origin, seen} = await redirecting(() => '/end');
  const port = new URL(origin).port;
  let asked = 0;
  const http = createHttp({
    lookup: (_host, _options, done) => {
      asked += 1;
      done(null, [{address: asked === 1 ? '127.0.0.1' : '169.254.169.254', family: 4}]);
    },
  });
  const url = `http://rebinding.example:${port}/`;
  expect(await look('http', {url, redirects: 'sameOrigin'}, {http})).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
    message: containing('rebinding.example resolves to 169.254.169.254'),
  });
  expect(seen.length).toBe(1);
});

test('a body goes on only where the answer says so, and never when it is a secret', async () => {
  const post = {method: 'POST', body: 'hello', redirects: 'sameOrigin'};
  const see = await redirecting(() => '/end', 303);
  await look('http', {url: `${see.origin}/`, ...post});
  expect(see.seen.at(-1)).toMatchObject({path: '/end', method: 'GET', body: ''});
  const keep = await redirecting(() => '/end', 307);
  await look('http', {url: `${keep.origin}/`, ...post});
  expect(keep.seen.at(-1)).toMatchObject({path: '/end', method: 'POST', body: 'hello'});
  const secret = await redirecting(() => '/end', 308);
  const answer = await look('http', {url: `${secret.origin}/`, ...post, body: 'env:DASH_KEY'}, {env});
  expect(answer.message).toContain('not followed: the body holds a secret');
  expect(secret.seen.length).toBe(1);
});

test('a place that is none, one with a password, and an answer without one are not followed', async () => {
  for (const [location, why] of [
    ['http://[nowhere', 'it is no address'],
    ['http://me:pw@HOST/end', 'it has a password in it'],
  ] as const) {
    const {origin, seen} = await redirecting(() => location.replace('HOST', new URL(origin).host));
    const answer = await look('http', {url: `${origin}/`, redirects: 'sameOrigin'});
    expect(answer.message).toContain(why);
    expect(seen.length).toBe(1);
  }
  expect(accepts('http', {url: 'http://127.0.0.1/', redirects: 'all'})).toBe(false);
});

test('where the last of several led is said when it is wrong', async () => {
  const {origin} = await redirecting(() => '/end');
  const answer = await look('http', {
    url: `${origin}/`,
    redirects: 'sameOrigin',
    expect: {bodyContains: 'nothing'},
  });
  expect(answer.message).toContain(`(after a redirect to ${origin}/end)`);
});
