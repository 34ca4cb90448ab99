import {execFile} from 'node:child_process';
import {once} from 'node:events';
import type {ServerResponse} from 'node:http';
import {promisify} from 'node:util';
import {createGzip, gzipSync} from 'node:zlib';
import {describe, expect, test} from 'vitest';
import {refusal} from '../../src/adapters/address.ts';
import {createHttp} from '../../src/adapters/http.ts';
import type {HttpAnswer, HttpRequest} from '../../src/ports.ts';
import {authority} from '../helpers/certificates.ts';
import {httpServer, tcpServer} from '../helpers/http-server.ts';
import {containing} from '../helpers/like.ts';
import {httpsServer} from '../helpers/tls-server.ts';

const mebibyte = 1024 * 1024;

const request = (url: string): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  timeoutMs: 5_000,
  maxBodyBytes: mebibyte,
  signal: new AbortController().signal,
});

const get = async (url: string, more: {timeoutMs?: number; signal?: AbortSignal} = {}): Promise<HttpAnswer> =>
  createHttp().request({...request(url), ...more});

/** Writes `count` mebibytes, waiting where the reader does not keep up; ends early when the reader leaves. */
async function flood(response: ServerResponse, out: NodeJS.WritableStream, count: number): Promise<void> {
  const block = Buffer.alloc(mebibyte, 'a');
  const gone = once(response, 'close');
  for (let i = 0; i < count && !response.destroyed; i++)
    if (!out.write(block)) await Promise.race([once(out, 'drain'), gone]);
  out.end();
}

describe('http', () => {
  test('gives status, headers in lower case, and the body', async () => {
    const {origin} = await httpServer((_request, response) => {
      response.writeHead(401, {'X-Request-Id': 'r1'}).end('no');
    });
    const answer = await get(origin);
    expect(answer).toMatchObject({at: 'answered', status: 401, cut: false, headers: {'x-request-id': 'r1'}});
    expect(answer.at === 'answered' && new TextDecoder().decode(answer.body)).toBe('no');
  });

  test('a redirect is shown as the status it is and not followed', async () => {
    let asked = 0;
    const {origin} = await httpServer((_request, response) => {
      asked += 1;
      response.writeHead(302, {location: '/elsewhere'}).end();
    });
    expect(await get(origin)).toMatchObject({at: 'answered', status: 302});
    expect(asked).toBe(1);
  });

  test('a body of 100 MiB is cut at the limit, and the server is left early', async () => {
    const {origin} = await httpServer((_request, response) => void flood(response, response, 100));
    const before = process.memoryUsage().rss;
    const answer = await get(origin);
    expect(answer).toMatchObject({at: 'answered', cut: true});
    expect(answer.at === 'answered' && answer.body.length).toBe(mebibyte);
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * mebibyte);
  });

  test('a gzip bomb is cut by what it unpacks to', async () => {
    const bomb = gzipSync(Buffer.alloc(100 * mebibyte));
    expect(bomb.length).toBeLessThan(mebibyte);
    const {origin} = await httpServer((_request, response) => {
      response.writeHead(200, {'content-encoding': 'gzip'}).end(bomb);
    });
    const before = process.memoryUsage().rss;
    const answer = await get(origin);
    expect(answer).toMatchObject({at: 'answered', cut: true});
    expect(answer.at === 'answered' && answer.body.length).toBe(mebibyte);
    expect(process.memoryUsage().rss - before).toBeLessThan(60 * mebibyte);
  });

  test('an endless gzip stream ends too', async () => {
    const {origin} = await httpServer((_request, response) => {
      response.writeHead(200, {'content-encoding': 'gzip'});
      const zip = createGzip();
      zip.pipe(response);
      void flood(response, zip, 300);
    });
    expect(await get(origin)).toMatchObject({at: 'answered', cut: true});
  });

  test('a body that does not unpack, a torn one and one that is no HTTP are failures with a kind', async () => {
    const broken = await httpServer((_request, response) => {
      response.writeHead(200, {'content-encoding': 'gzip'}).end('not gzip at all');
    });
    expect(await get(broken.origin)).toMatchObject({at: 'failed', kind: 'assertion'});
    const torn = await tcpServer(socket => {
      socket.once('data', () => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort'));
    });
    expect(await get(`http://127.0.0.1:${torn}`)).toMatchObject({at: 'failed', kind: 'connect'});
    const ssh = await tcpServer(socket => {
      socket.once('data', () => socket.end('SSH-2.0-OpenSSH_9.2\r\n'));
    });
    expect(await get(`http://127.0.0.1:${ssh}`)).toMatchObject({at: 'failed', kind: 'assertion'});
  });

  test('headers without end are refused', async () => {
    const {origin} = await httpServer((_request, response) => {
      response.writeHead(200, {'x-long': 'a'.repeat(40_000)}).end();
    });
    const answer = await get(origin);
    expect(answer).toMatchObject({at: 'failed', kind: 'assertion'});
    expect(answer.at === 'failed' && answer.message).toContain('16 KiB');
  });

  test('a server that accepts and never answers is a timeout that says so', async () => {
    const port = await tcpServer(() => undefined);
    const answer = await get(`http://127.0.0.1:${port}`, {timeoutMs: 150});
    expect(answer).toMatchObject({
      at: 'failed',
      kind: 'timeout',
      message: 'connected, but no answer within 150 ms',
    });
    expect(answer.durationMs).toBeLessThan(1_500);
  });

  test('a server that sends headers and then hangs is a timeout that says so', async () => {
    const {origin} = await httpServer((_request, response) => {
      response.writeHead(200).write('beginning');
    });
    expect(await get(origin, {timeoutMs: 150})).toMatchObject({
      at: 'failed',
      kind: 'timeout',
      message: 'the answer began, but did not end within 150 ms',
    });
  });

  test('a server that drips one byte at a time does not outlast the limit', async () => {
    const {origin} = await httpServer((_request, response) => {
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => {
        clearInterval(timer);
      });
    });
    expect(await get(origin, {timeoutMs: 200})).toMatchObject({at: 'failed', kind: 'timeout'});
  });

  test('a name that does not resolve, a closed port and plain text instead of TLS are told apart', async () => {
    expect(await get('http://nothing.invalid/')).toMatchObject({at: 'failed', kind: 'dns'});
    expect(await get('http://127.0.0.1:1/')).toMatchObject({at: 'failed', kind: 'connect'});
    const {port} = await httpServer((_request, response) => response.end());
    expect(await get(`https://127.0.0.1:${port}/`)).toMatchObject({at: 'failed', kind: 'tls'});
  });

  test('stopping is not a timeout', async () => {
    const port = await tcpServer(() => undefined);
    const stop = new AbortController();
    const answer = get(`http://127.0.0.1:${port}`, {signal: stop.signal});
    stop.abort(new Error('over'));
    expect(await answer).toMatchObject({at: 'failed', kind: 'noData'});
  });

  test.each([
    'http://169.254.169.254/latest/meta-data/',
    'http://2852039166/',
    'http://0xa9fea9fe/',
    'http://[::ffff:169.254.169.254]/',
    'http://[64:ff9b::a9fe:a9fe]/',
    'http://[2002:a9fe:a9fe::1]/',
    'http://[fe80::1]/',
    'http://[fd00:ec2::254]/',
    'http://100.100.100.200/',
    'http://0.0.0.0/',
    'http://224.0.0.1/',
    'http://[ff02::1]/',
  ])('%s is refused before anything is sent', async url => {
    const answer = await get(url);
    expect(answer).toMatchObject({at: 'failed', kind: 'config'});
    expect(answer.at === 'failed' && answer.message).toContain('not looked at');
  });

  test.each([
    '127.0.0.1',
    '10.0.0.1',
    '192.168.1.1',
    '172.16.0.1',
    '::1',
    'fd12::1',
    '1.1.1.1',
    '2606:4700::1111',
  ])('%s may be looked at', address => {
    expect(refusal(address)).toBeUndefined();
  });

  test('an address that the site lists may be reached, also inside an IPv6 one, and no other', async () => {
    expect(refusal('169.254.169.254', ['169.254.169.254'])).toBeUndefined();
    expect(refusal('::ffff:169.254.169.254', ['169.254.169.254'])).toBeUndefined();
    expect(refusal('fe80:0:0::1', ['fe80::1'])).toBeUndefined();
    expect(refusal('169.254.169.253', ['169.254.169.254'])).toBeDefined();
    expect(refusal('::ffff:169.254.169.254', ['127.0.0.1'])).toBeDefined();
    // Linux sends what goes to 0.0.0.0 to this machine.
    const {port} = await httpServer((_request, response) => response.end());
    const ask = async (allow: readonly string[]) =>
      createHttp().request({...request(`http://0.0.0.0:${port}/`), allow});
    expect(await ask(['0.0.0.1'])).toMatchObject({at: 'failed', kind: 'config'});
    expect(await ask(['0.0.0.0'])).toMatchObject({at: 'answered', status: 200});
  });

  test('a name is looked up once for a request, and judged by the address that is connected to', async () => {
    const {port} = await httpServer((_request, response) => response.end());
    const answers = ['127.0.0.1', '169.254.169.254', '::ffff:169.254.169.254'];
    let asked = 0;
    const http = createHttp({
      lookup: (_host, _options, done) => {
        const address = answers[asked] ?? '';
        asked += 1;
        done(null, [{address, family: address.includes(':') ? 6 : 4}]);
      },
    });
    const url = `http://rebinding.example:${port}/`;
    expect(await http.request(request(url))).toMatchObject({at: 'answered'});
    expect(asked).toBe(1);
    for (const address of answers.slice(1))
      expect(await http.request(request(url))).toMatchObject({
        at: 'failed',
        kind: 'config',
        message: containing(`rebinding.example resolves to ${address}`),
      });
    expect(asked).toBe(3);
  });

  test('a name with one address that is refused is refused, whatever stands first', async () => {
    const {port} = await httpServer((_request, response) => response.end());
    const http = createHttp({
      lookup: (_host, _options, done) => {
        done(null, [
          {address: '127.0.0.1', family: 4},
          {address: '169.254.169.254', family: 4},
        ]);
      },
    });
    expect(await http.request(request(`http://two.example:${port}/`))).toMatchObject({kind: 'config'});
  });

  test('a given address is connected to instead of the name, and judged like any other', async () => {
    const {port} = await httpServer((_request, response) => response.end(_request.headers.host));
    const url = `http://nothing.invalid:${port}/`;
    const there = await createHttp().request({...request(url), address: '127.0.0.1'});
    expect(there.at === 'answered' && new TextDecoder().decode(there.body)).toBe(`nothing.invalid:${port}`);
    const away = await createHttp().request({...request(url), address: '169.254.169.254'});
    expect(away).toMatchObject({at: 'failed', kind: 'config'});
  });
});

describe('https', () => {
  test('only what is trusted is believed, unless the request says that anybody is', async () => {
    const [root, other] = [await authority(), await authority('Other')];
    const port = await httpsServer({...(await root.leaf())}, (_request, response) => response.end());
    const ask = async (tls: HttpRequest['tls']) =>
      createHttp().request({...request(`https://127.0.0.1:${port}/`), ...(tls === undefined ? {} : {tls})});
    expect(await ask(undefined)).toMatchObject({at: 'failed', kind: 'tls'});
    expect(await ask({ca: other.cert})).toMatchObject({at: 'failed', kind: 'tls'});
    expect(await ask({ca: root.cert})).toMatchObject({at: 'answered'});
    expect(await ask({insecure: true})).toMatchObject({at: 'answered'});
    expect(await ask({ca: root.cert, servername: 'a.example'})).toMatchObject({at: 'failed', kind: 'tls'});
  });

  test('a client certificate is shown where there is one', async () => {
    const root = await authority();
    const client = await root.leaf({name: 'client'});
    const port = await httpsServer(
      {...(await root.leaf()), ca: root.cert, requestCert: true, rejectUnauthorized: true},
      (_request, response) => response.end(),
    );
    const ask = async (more: HttpRequest['tls']) =>
      createHttp().request({...request(`https://127.0.0.1:${port}/`), tls: {ca: root.cert, ...more}});
    expect(await ask({})).toMatchObject({at: 'failed'});
    expect(await ask({clientCert: client.cert, clientKey: client.key})).toMatchObject({at: 'answered'});
  });

  test('the variable that turns verification off for all of Node turns nothing off', async () => {
    const root = await authority();
    const port = await httpsServer({...(await root.leaf())}, (_request, response) => response.end());
    const script = `
      const {createHttp} = await import(${JSON.stringify(new URL('../../src/adapters/http.ts', import.meta.url).href)});
      const signal = new AbortController().signal;
      const answer = await createHttp().request({method: 'GET', url: 'https://127.0.0.1:${port}/', headers: {},
        timeoutMs: 5000, maxBodyBytes: 1000, signal});
      console.log(answer.at, answer.kind);`;
    const {stdout} = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
      env: {...process.env, NODE_TLS_REJECT_UNAUTHORIZED: '0'},
    });
    expect(stdout.trim()).toBe('failed tls');
  });
});
