import {writeFileSync} from 'node:fs';
import {describe, expect, test} from 'vitest';
import type {Look} from '../../src/domain/verdict.ts';
import {authority} from '../helpers/certificates.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {httpServer, socketServer, tcpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {webSocketServer, type WebSocketWish} from '../helpers/web-socket-server.ts';
import {accepts, look} from './looking.ts';

describe('unixSocket', () => {
  test('a socket file that accepts, and one that answers as it must', async () => {
    const path = `${tempDir()}/s`;
    await socketServer(path, socket => {
      socket.on('data', (text: Buffer) => socket.write(`you said ${text.toString()}`));
    });
    expect(await look('unixSocket', {path})).toMatchObject({verdict: 'pass', checked: 1});
    const ping = {path, send: 'PING\n'};
    expect(await look('unixSocket', {...ping, expect: 'you said PING'})).toMatchObject({
      verdict: 'pass',
      checked: 2,
      message: containing('answers "you said PING"'),
    });
    expect(await look('unixSocket', {...ping, expect: {matches: 'PONG'}})).toMatchObject({
      verdict: 'fail',
      message: containing('answer: expected to match PONG'),
    });
  });

  test('one that is not there, that nobody listens on, or that stays silent, is a failure', async () => {
    const dir = tempDir();
    expect(await look('unixSocket', {path: `${dir}/none`})).toMatchObject({
      verdict: 'fail',
      kind: 'connect',
      message: `there is no ${dir}/none`,
    });
    writeFileSync(`${dir}/file`, '');
    expect(await look('unixSocket', {path: `${dir}/file`})).toMatchObject({verdict: 'fail', kind: 'connect'});
    await socketServer(`${dir}/mute`, () => undefined);
    const given = {path: `${dir}/mute`, send: 'PING\n', expect: 'PONG'};
    expect(await look('unixSocket', given, {timeoutMs: 150})).toMatchObject({
      verdict: 'fail',
      kind: 'timeout',
      message: containing('but no answer within 150 ms'),
    });
    await socketServer(`${dir}/rude`, socket => socket.end());
    expect(await look('unixSocket', {...given, path: `${dir}/rude`})).toMatchObject({verdict: 'fail'});
  });

  test('what is said needs an answer that is judged, and the path is absolute', () => {
    expect(accepts('unixSocket', {path: '/a', send: 'x'})).toBe(false);
    expect(accepts('unixSocket', {path: '/a', expect: 'x'})).toBe(false);
    expect(accepts('unixSocket', {path: 'a'})).toBe(false);
    expect(accepts('unixSocket', {path: `/${'a'.repeat(107)}`})).toBe(false);
  });
});

describe('websocket', () => {
  const seen = async (wish: WebSocketWish, given: object = {}): Promise<Look> =>
    look('websocket', {url: `ws://127.0.0.1:${await webSocketServer(wish)}/agent`, ...given});

  test('a connection that opens proves itself by the answer to a key', async () => {
    expect(await seen({})).toMatchObject({verdict: 'pass', checked: 4});
    expect(await seen({headers: {Connection: 'keep-alive, Upgrade', Upgrade: 'WebSocket'}})).toMatchObject({
      verdict: 'pass',
    });
    expect(await seen({headers: {'Sec-WebSocket-Accept': 'bm90IHRoZSByaWdodCBvbmU='}})).toMatchObject({
      verdict: 'fail',
      message: containing('sec-websocket-accept: expected '),
    });
    for (const name of ['Upgrade', 'Connection', 'Sec-WebSocket-Accept'])
      expect((await seen({headers: {[name]: undefined}})).verdict).toBe('fail');
  });

  test('one of the protocols that were offered must be taken', async () => {
    const protocols = ['agent.v1', 'agent.v2'];
    expect(await seen({protocol: 'agent.v2'}, {protocols})).toMatchObject({verdict: 'pass', checked: 5});
    expect((await seen({protocol: 'agent.v3'}, {protocols})).verdict).toBe('fail');
    expect((await seen({}, {protocols})).message).toContain(
      'sec-websocket-protocol: expected one of agent.v1, agent.v2',
    );
  });

  test('a refusal can be right, and opens with the token', async () => {
    const wish: WebSocketWish = {
      refuse: ({headers}) => (headers.authorization === 'Bearer agent-very-secret' ? undefined : 401),
    };
    expect(await seen(wish)).toMatchObject({verdict: 'fail', message: 'status: expected 101, got 401'});
    expect((await seen(wish, {status: 401})).verdict).toBe('pass');
    const port = await webSocketServer(wish);
    const given = {url: `ws://127.0.0.1:${port}/`, headers: {Authorization: 'Bearer env:TOKEN'}};
    const env = fakeEnv({TOKEN: 'agent-very-secret'});
    expect((await look('websocket', given, {env})).verdict).toBe('pass');
    expect((await look('websocket', {...given, status: 401}, {env})).verdict).toBe('fail');
    expect(await look('websocket', given, {env, trusted: false})).toMatchObject({
      kind: 'permission',
      checked: 0,
    });
  });

  test('an ordinary web server, one that is none, and one that is not there, are failures', async () => {
    const {port} = await httpServer((_request, response) => response.end('hello'));
    expect(await look('websocket', {url: `ws://127.0.0.1:${port}/`})).toMatchObject({verdict: 'fail'});
    const echoing = await tcpServer(socket => {
      socket.on('data', text => socket.end(text));
    });
    const env = fakeEnv({TOKEN: 'agent-very-secret'});
    const echoed = await look(
      'websocket',
      {url: `ws://127.0.0.1:${echoing}/`, headers: {'X-Key': 'env:TOKEN'}},
      {env},
    );
    expect(echoed).toMatchObject({verdict: 'fail', message: containing('answer: expected HTTP/1.1')});
    expect(JSON.stringify(echoed)).not.toContain('very-secret');
    expect(await look('websocket', {url: 'ws://127.0.0.1:1/'})).toMatchObject({
      verdict: 'fail',
      kind: 'connect',
    });
    expect(await look('websocket', {url: 'ws://169.254.169.254/'})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
    });
  });

  test('over TLS the server must be the one that is meant', async () => {
    const root = await authority();
    const caFile = `${tempDir()}/ca.pem`;
    writeFileSync(caFile, root.cert);
    const port = await webSocketServer({tls: {...(await root.leaf())}});
    const asked = async (tls: object) => look('websocket', {url: `wss://127.0.0.1:${port}/`, tls});
    expect((await asked({caFile})).verdict).toBe('pass');
    expect(await asked({})).toMatchObject({verdict: 'fail', kind: 'tls'});
    expect(await asked({caFile, servername: 'other.example'})).toMatchObject({
      verdict: 'fail',
      message: containing('it is not for other.example'),
    });
    expect(await asked({insecure: true})).toMatchObject({verdict: 'warn'});
  });

  test('addresses of another kind, and with passwords, are refused', () => {
    for (const url of ['http://h/', 'ws://me:pw@h/', 'nowhere'])
      expect(accepts('websocket', {url})).toBe(false);
  });
});
