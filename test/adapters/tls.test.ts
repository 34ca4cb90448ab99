import {X509Certificate} from 'node:crypto';
import {expect, test} from 'vitest';
import {alertOf, createTls} from '../../src/adapters/tls.ts';
import type {TlsAnswer, TlsRequest} from '../../src/look/net.ts';
import {authority} from '../helpers/certificates.ts';
import {httpServer, tcpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {httpsServer, tlsServer} from '../helpers/tls-server.ts';

const talk = async (port: number, more: Partial<TlsRequest> = {}): Promise<TlsAnswer> =>
  createTls().talk({
    host: '127.0.0.1',
    port,
    timeoutMs: 5_000,
    signal: new AbortController().signal,
    ...more,
  });

const get = {text: 'GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n', until: '\r\n', maxBytes: 4096};

const subjects = (answer: TlsAnswer): string[] =>
  answer.at === 'spoke' ? answer.chain.map(der => new X509Certificate(der).subject) : [];

test('gives the chain up to the root, the version and whether it is trusted', async () => {
  const root = await authority();
  const middle = await root.intermediate('Test Middle');
  const leaf = await middle.leaf();
  const port = await tlsServer({cert: leaf.cert + middle.cert, key: leaf.key});
  const trusted = await talk(port, {ca: root.cert});
  expect(trusted).toMatchObject({at: 'spoke', version: 'TLSv1.3', distrust: undefined, address: '127.0.0.1'});
  expect(subjects(trusted)).toEqual(['CN=leaf', 'CN=Test Middle', 'CN=Test Root']);
  const stranger = await talk(port);
  expect(stranger).toMatchObject({at: 'spoke', distrust: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'});
  expect(subjects(stranger)).toEqual(['CN=leaf', 'CN=Test Middle']);
});

test('an expired certificate is told, not thrown', async () => {
  const root = await authority();
  const leaf = await root.leaf({days: -3});
  const port = await tlsServer({cert: leaf.cert, key: leaf.key});
  expect(await talk(port, {ca: root.cert})).toMatchObject({at: 'spoke', distrust: 'CERT_HAS_EXPIRED'});
});

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'under %s a client without a certificate is refused with an alert, and one with it gets words',
  async version => {
    const root = await authority();
    const [server, client] = [await root.leaf(), await root.leaf({name: 'client'})];
    const port = await httpsServer(
      {
        ...server,
        ca: root.cert,
        requestCert: true,
        rejectUnauthorized: true,
        maxVersion: version,
        minVersion: version,
      },
      (_request, response) => response.end('hello'),
    );
    const allowed = await talk(port, {
      ca: root.cert,
      clientCert: client.cert,
      clientKey: client.key,
      say: get,
    });
    expect(allowed).toMatchObject({at: 'spoke', version});
    expect(allowed.at === 'spoke' && Buffer.from(allowed.received).toString()).toContain('HTTP/1.1 200');
    const denied = await talk(port, {ca: root.cert, say: get});
    expect(denied).toMatchObject(
      version === 'TLSv1.3'
        ? {at: 'failed', stage: 'reading', alert: 'certificate_required', kind: 'tls'}
        : {at: 'failed', stage: 'handshake', alert: 'handshake_failure', kind: 'tls'},
    );
    // What the handshake alone says under 1.3 is the trap.
    if (version === 'TLSv1.3') expect(await talk(port, {ca: root.cert})).toMatchObject({at: 'spoke'});
  },
);

test('the alert is found in the error codes of every version of Node', () => {
  expect(alertOf('ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE')).toBe('handshake_failure');
  expect(alertOf('ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE')).toBe('handshake_failure');
  expect(alertOf('ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED')).toBe('certificate_required');
  expect(alertOf('ERR_SSL_TLSV1_ALERT_UNKNOWN_CA')).toBe('unknown_ca');
  expect(alertOf('ERR_SSL_WRONG_VERSION_NUMBER')).toBeUndefined();
  expect(alertOf('ECONNRESET')).toBeUndefined();
});

test('no server, no TLS, a server that says nothing, and one that leaves are told apart', async () => {
  expect(await talk(1)).toMatchObject({at: 'failed', stage: 'connecting', kind: 'connect', reset: false});
  const {port: plain} = await httpServer((_request, response) => response.end());
  expect(await talk(plain)).toMatchObject({at: 'failed', stage: 'handshake', kind: 'tls', alert: undefined});
  const silent = await tcpServer(() => undefined);
  expect(await talk(silent, {timeoutMs: 150})).toMatchObject({
    at: 'failed',
    stage: 'handshake',
    kind: 'timeout',
    message: containing('no TLS handshake within 150 ms'),
  });
  const leaving = await tcpServer(socket => {
    socket.once('data', () => socket.destroy());
  });
  expect(await talk(leaving)).toMatchObject({at: 'failed', stage: 'handshake', reset: true});
});

test('a server that accepts and then says nothing, or closes, is no server that spoke', async () => {
  const root = await authority();
  const leaf = await root.leaf();
  const mute = await tlsServer({...leaf});
  expect(await talk(mute, {ca: root.cert, say: get, timeoutMs: 200})).toMatchObject({
    at: 'failed',
    stage: 'reading',
    kind: 'timeout',
  });
  const closing = await tlsServer({...leaf}, socket => {
    socket.once('data', () => socket.end());
  });
  expect(await talk(closing, {ca: root.cert, say: get})).toMatchObject({
    at: 'failed',
    stage: 'reading',
    reset: true,
    message: containing('closed the connection without a word'),
  });
});

test('no more is read than was asked for', async () => {
  const root = await authority();
  const leaf = await root.leaf();
  const port = await tlsServer({...leaf}, socket => {
    const timer = setInterval(() => socket.write('a'.repeat(10_000)), 1);
    socket.on('close', () => {
      clearInterval(timer);
    });
  });
  const answer = await talk(port, {ca: root.cert, say: {...get, maxBytes: 25_000}});
  expect(answer.at === 'spoke' && answer.received.length).toBe(25_000);
});

test('old versions are spoken only when they are asked for', async () => {
  const root = await authority();
  const leaf = await root.leaf();
  const old = {minVersion: 'TLSv1', maxVersion: 'TLSv1.1'} as const;
  const port = await tlsServer({...leaf, ...old, ciphers: 'DEFAULT:@SECLEVEL=0'});
  expect(await talk(port, {ca: root.cert})).toMatchObject({at: 'failed', alert: 'protocol_version'});
  expect(await talk(port, {ca: root.cert, ...old})).toMatchObject({at: 'spoke', version: 'TLSv1.1'});
});

test('the name that is asked for is the host, or another one, and never an address', async () => {
  const root = await authority();
  const leaf = await root.leaf();
  const port = await tlsServer({...leaf}, socket => {
    socket.write(`asked for ${String(socket.servername)}\n`);
  });
  const asked = async (more: Partial<TlsRequest>): Promise<string> => {
    const say = {text: 'hi', until: '\n', maxBytes: 100};
    const answer = await talk(port, {ca: root.cert, say, ...more});
    return answer.at === 'spoke' ? Buffer.from(answer.received).toString().trim() : answer.message;
  };
  expect(await asked({})).toBe('asked for false');
  expect(await asked({servername: 'a.example'})).toBe('asked for a.example');
  expect(await asked({host: 'nothing.invalid', address: '127.0.0.1'})).toBe('asked for nothing.invalid');
});

test('addresses that are refused, names that lead there, and keys that do not fit are ours, not the server’s', async () => {
  expect(await talk(443, {host: '169.254.169.254'})).toMatchObject({at: 'failed', kind: 'config'});
  expect(await talk(443, {host: 'a.example', address: '169.254.169.254'})).toMatchObject({kind: 'config'});
  const tls = createTls({
    lookup: (_host, _options, done) => {
      done(null, [{address: '::ffff:169.254.169.254', family: 6}]);
    },
  });
  const signal = new AbortController().signal;
  expect(await tls.talk({host: 'rebound.example', port: 443, timeoutMs: 1_000, signal})).toMatchObject({
    at: 'failed',
    kind: 'config',
    message: containing('rebound.example resolves to'),
  });
  const root = await authority();
  const [one, other] = [await root.leaf(), await root.leaf()];
  const port = await tlsServer({...one});
  expect(await talk(port, {clientCert: one.cert, clientKey: other.key})).toMatchObject({kind: 'config'});
});

test('stopping is not a timeout', async () => {
  const port = await tcpServer(() => undefined);
  const stop = new AbortController();
  const answer = talk(port, {signal: stop.signal});
  stop.abort(new Error('over'));
  expect(await answer).toMatchObject({at: 'failed', kind: 'noData'});
  expect(await talk(port, {signal: stop.signal})).toMatchObject({at: 'failed', kind: 'noData'});
});
