import {writeFileSync} from 'node:fs';
import type {RequestListener} from 'node:http';
import type {TlsOptions} from 'node:tls';
import {beforeAll, describe, expect, test} from 'vitest';
import type {Look} from '../../src/domain/verdict.ts';
import type {TlsAnswer, TlsRequest} from '../../src/look/net.ts';
import {authority, type Authority, type Made} from '../helpers/certificates.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {tcpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {makeTempDir} from '../helpers/temp.ts';
import {httpsServer, tlsServer} from '../helpers/tls-server.ts';
import {accepts, look} from './looking.ts';

const {dir, remove} = makeTempDir();
let root: Authority;
let server: Made;

const kept = (name: string, {cert, key}: Made) => {
  writeFileSync(`${dir}/${name}.pem`, cert);
  writeFileSync(`${dir}/${name}.key`, key, {mode: 0o600});
  return {clientCert: `file:${dir}/${name}.pem`, clientKey: `file:${dir}/${name}.key`};
};
const shown = (name: string) => ({
  clientCert: `file:${dir}/${name}.pem`,
  clientKey: `file:${dir}/${name}.key`,
});

beforeAll(async () => {
  root = await authority();
  server = await root.leaf({uris: ['spiffe://example.org/api']});
  writeFileSync(`${dir}/ca.pem`, root.cert);
  kept('valid', await root.leaf({name: 'client'}));
  kept('expired', await root.leaf({name: 'late', days: -2}));
  kept('stranger', await (await authority('Other')).leaf({name: 'stranger'}));
  return remove;
});

const valid = () => ({name: 'valid', ...shown('valid'), expect: 'allowed'});
const none = {name: 'none', expect: 'denied'};
const all = () => [
  valid(),
  none,
  {name: 'stranger', ...shown('stranger'), expect: 'denied'},
  {name: 'expired', ...shown('expired'), expect: 'denied'},
];

const hello: RequestListener = (_request, response) => response.end('hello');

/** A server that wants certificates of the root, and what the check sees there. */
async function guarded(more: TlsOptions = {}, listener: RequestListener = hello) {
  const port = await httpsServer(
    {cert: server.cert, key: server.key, ca: root.cert, requestCert: true, rejectUnauthorized: true, ...more},
    listener,
  );
  return async (given: object = {}): Promise<Look> =>
    look('mtls', {
      url: `https://127.0.0.1:${port}/health`,
      caFile: `${dir}/ca.pem`,
      variants: all(),
      ...given,
    });
}

const refused: TlsAnswer = {
  at: 'failed',
  stage: 'handshake',
  kind: 'tls',
  alert: 'bad_certificate',
  reset: false,
  message: 'no',
  durationMs: 1,
};

/** A server that lets the first client in, at 127.0.0.9, and answers the next one as the test says. */
async function scripted(second: (request: TlsRequest) => TlsAnswer): Promise<Look> {
  const chain = [Buffer.from(server.cert.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64')];
  const first: TlsAnswer = {
    at: 'spoke',
    address: '127.0.0.9',
    version: 'TLSv1.3',
    chain,
    distrust: undefined,
    received: Buffer.from('HTTP/1.1 200 OK\r\n'),
    durationMs: 1,
  };
  let asked = 0;
  const talk = async (request: TlsRequest): Promise<TlsAnswer> => {
    asked += 1;
    return Promise.resolve(asked === 1 ? first : second(request));
  };
  return look('mtls', {url: 'https://127.0.0.1:1/', variants: [valid(), none]}, {tls: {talk}});
}

const parts = ({parts: list = []}: Look): string[] =>
  list.map(({name, verdict, message}) => `${name} ${verdict}: ${message}`);

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'under %s the valid client is allowed, and one with none, a strange or an expired certificate is denied',
  async version => {
    const see = await guarded({minVersion: version, maxVersion: version});
    const answer = await see();
    expect(answer).toMatchObject({verdict: 'pass', kind: 'assertion', checked: 4});
    expect(parts(answer)[0]).toBe('valid pass: accepted (HTTP 200)');
    for (const part of parts(answer).slice(1))
      expect(part).toMatch(/^\w+ pass: refused \((TLS alert|the connection)/);
  },
);

test('each version that the site names is tried, and one that the server does not speak is no refusal', async () => {
  const both = await guarded();
  const answer = await both({versions: ['TLSv1.2', 'TLSv1.3'], variants: [valid(), none]});
  expect(answer).toMatchObject({verdict: 'pass', checked: 4});
  expect(answer.parts?.map(({name}) => name)).toEqual([
    'valid, TLSv1.2',
    'none, TLSv1.2',
    'valid, TLSv1.3',
    'none, TLSv1.3',
  ]);
  const newest = await guarded({minVersion: 'TLSv1.3'});
  expect(await newest({versions: ['TLSv1.2'], variants: [valid(), none]})).toMatchObject({
    verdict: 'fail',
    message: containing('valid, TLSv1.2: expected allowed, got TLS alert protocol_version'),
  });
});

test('a server that asks for certificates and takes any client is found, under 1.3 too', async () => {
  const see = await guarded({rejectUnauthorized: false});
  expect(await see({variants: [valid(), none]})).toMatchObject({
    verdict: 'fail',
    kind: 'assertion',
    message: 'none: expected denied, got accepted (HTTP 200)',
  });
});

test('a server that is down is a failure to connect, and nobody was denied', async () => {
  const answer = await look('mtls', {url: 'https://127.0.0.1:1/', caFile: `${dir}/ca.pem`, variants: all()});
  expect(answer).toMatchObject({verdict: 'fail', kind: 'connect'});
  expect(parts(answer).filter(part => part.includes('pass'))).toEqual([]);
  expect(parts(answer)[1]).toContain('not tried: nobody was allowed');
});

test('a server that refuses everybody proves nothing about those who should be refused', async () => {
  const closing = await tlsServer({cert: server.cert, key: server.key}, socket => {
    socket.once('data', () => socket.destroy());
  });
  const url = `https://127.0.0.1:${closing}/`;
  const answer = await look('mtls', {url, caFile: `${dir}/ca.pem`, variants: all()});
  expect(answer).toMatchObject({verdict: 'fail', kind: 'assertion'});
  expect(parts(answer)).toEqual([
    'valid fail: expected allowed, got refused (the connection was closed)',
    ...['none', 'stranger', 'expired'].map(
      name => `${name} unknown: not tried: nobody was allowed, so a refusal would prove nothing`,
    ),
  ]);
  const silent = await tcpServer(() => undefined);
  expect(
    await look(
      'mtls',
      {url: `https://127.0.0.1:${silent}/`, caFile: `${dir}/ca.pem`, variants: all()},
      {timeoutMs: 200},
    ),
  ).toMatchObject({verdict: 'fail', kind: 'timeout'});
});

describe('how a refusal may look', () => {
  /** Lets everybody in by TLS and answers by what they show, as a proxy does. */
  const proxy = async (status: number) =>
    guarded({rejectUnauthorized: false}, (request, response) => {
      const isKnown = 'authorized' in request.socket && request.socket.authorized === true;
      response.writeHead(isKnown ? 200 : status).end();
    });

  test('403 is one, 400 only where the site says so, and 500 never', async () => {
    const variants = [valid(), none];
    expect((await (await proxy(403))({variants})).verdict).toBe('pass');
    expect(await (await proxy(400))({variants})).toMatchObject({
      verdict: 'fail',
      message: 'none: expected denied, got HTTP 400',
    });
    expect((await (await proxy(400))({variants, deniedAs: ['http400']})).verdict).toBe('pass');
    expect((await (await proxy(500))({variants})).verdict).toBe('fail');
    // The kinds that are not named are none.
    expect((await (await proxy(403))({variants, deniedAs: ['tlsAlert']})).verdict).toBe('fail');
  });

  test('what an allowed client gets can be named', async () => {
    const see = await guarded({}, (_request, response) => response.writeHead(404).end());
    const variants = [valid(), none];
    expect(await see({variants})).toMatchObject({verdict: 'fail', message: containing('got HTTP 404')});
    expect((await see({variants, allowedStatus: [404]})).verdict).toBe('pass');
  });

  test('an alert that is not about certificates is no refusal', async () => {
    const answer = await scripted(() => ({...refused, alert: 'internal_error'}));
    expect(answer).toMatchObject({
      verdict: 'fail',
      kind: 'tls',
      message: 'none: expected denied, got TLS alert internal_error',
    });
    expect((await scripted(() => ({...refused, alert: 'access_denied'}))).verdict).toBe('pass');
  });

  test('one who goes around TLS must be refused, too', async () => {
    const plain = {name: 'plain', plain: true, expect: 'denied'};
    const see = await guarded();
    expect(await see({variants: [valid(), plain]})).toMatchObject({verdict: 'pass', checked: 2});
    expect(
      accepts('mtls', {url: 'https://h/', variants: [valid(), {...plain, expect: 'allowed'}, none]}),
    ).toBe(false);
  });
});

describe('who answers', () => {
  test('a server that is not trusted, or not the one that was meant, allows and denies nothing', async () => {
    const see = await guarded();
    writeFileSync(`${dir}/strange-ca.pem`, (await authority('Strange')).cert);
    expect(await see({caFile: `${dir}/strange-ca.pem`})).toMatchObject({
      verdict: 'fail',
      kind: 'tls',
      message: containing('the server’s certificate is not trusted'),
    });
    expect(await see({servername: 'other.example'})).toMatchObject({
      verdict: 'fail',
      kind: 'tls',
      message: containing('is not for other.example'),
    });
  });

  test('its SPIFFE ID stands for its name', async () => {
    const see = await guarded();
    const variants = [valid(), none];
    const asked = async (spiffe: object) => see({variants, servername: 'other.example', spiffe});
    expect((await asked({id: 'spiffe://example.org/api'})).verdict).toBe('pass');
    expect(await asked({trustDomain: 'example.com'})).toMatchObject({
      verdict: 'fail',
      kind: 'tls',
      message: containing('trust domain: expected example.com, got spiffe://example.org/api'),
    });
  });

  test('the second client goes where the first one went, whatever the name leads to by then', async () => {
    const addresses: (string | undefined)[] = [];
    await scripted(request => {
      addresses.push(request.address);
      return refused;
    });
    expect(addresses).toEqual(['127.0.0.9']);
  });
});

test('a key that is missing is ours to look for, and headers may be secrets', async () => {
  const see = await guarded({}, (request, response) => {
    response.writeHead(request.headers['x-dash-key'] === 'hunter2-very-secret' ? 200 : 500).end();
  });
  const missing = {...valid(), clientKey: `file:${dir}/none.key`};
  expect(await see({variants: [missing, none]})).toMatchObject({
    verdict: 'unknown',
    kind: 'config',
    message: containing('valid: clientKey'),
  });
  const variants = [valid(), none];
  expect((await see({variants})).verdict).toBe('fail');
  const port = await guarded();
  expect((await port({variants, headers: {'X-Dash-Key': 'env:MISSING'}})).kind).toBe('config');
  const env = fakeEnv({DASH_KEY: 'hunter2-very-secret'});
  const keyed = await httpsServer(
    {cert: server.cert, key: server.key, ca: root.cert, requestCert: true, rejectUnauthorized: true},
    (request, response) => {
      response.writeHead(request.headers['x-dash-key'] === 'hunter2-very-secret' ? 200 : 500).end();
    },
  );
  const given = {url: `https://127.0.0.1:${keyed}/`, caFile: `${dir}/ca.pem`, variants};
  expect((await look('mtls', {...given, headers: {'X-Dash-Key': 'env:DASH_KEY'}}, {env})).verdict).toBe(
    'pass',
  );
});

test('without a client that must be allowed, or one that must be denied, it is refused in the site file', () => {
  const url = 'https://h/';
  expect(accepts('mtls', {url, variants: [valid(), none]})).toBe(true);
  expect(accepts('mtls', {url, variants: [none, {...none, name: 'also'}]})).toBe(false);
  expect(accepts('mtls', {url, variants: [valid(), {...valid(), name: 'also'}]})).toBe(false);
  expect(accepts('mtls', {url, variants: [valid(), {...none, name: 'valid'}]})).toBe(false);
  expect(accepts('mtls', {url: 'http://h/', variants: [valid(), none]})).toBe(false);
});
