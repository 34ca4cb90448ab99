// The real Http port: node:http, no redirects, no proxy, a new connection for each request, so that nothing is reused.
import http from 'node:http';
import type {IncomingMessage} from 'node:http';
import {connect, isIP, type Socket} from 'node:net';
import {checkServerIdentity, connect as connectTls} from 'node:tls';
import type {Http, HttpAnswer, HttpRequest} from '../ports.ts';
import {guardedLookup, refuseLiteral, type Lookup} from './address.ts';
import {failure, isTimeLimit} from './failure.ts';
import {readBody} from './http-body.ts';

export interface HttpOptions {
  /** PEM certificates to trust instead of the ones Node trusts, where a request names none. */
  readonly ca?: string;
  readonly lookup?: Lookup;
}

const maxHeaderBytes = 16 * 1024;
const maxConnectMs = 3_000;

/** What the request is waiting for, so that a time limit can say where it struck. */
type Waiting = 'resolving' | 'connecting' | 'answer' | 'body';

const stands = (waiting: Waiting): boolean => waiting === 'answer' || waiting === 'body';

function lateMessage(waiting: Waiting, timeoutMs: number, host: string): string {
  const limit = `${timeoutMs} ms`;
  switch (waiting) {
    case 'resolving':
      return `${host} did not resolve within ${limit}`;
    case 'connecting':
      return `no connection to ${host} within ${limit}`;
    case 'answer':
      return `connected, but no answer within ${limit}`;
    case 'body':
      return `the answer began, but did not end within ${limit}`;
  }
}

/** Names in lower case; what came several times is joined, as RFC 9110 has it. */
function headersOf({rawHeaders}: IncomingMessage): Record<string, string> {
  const headers = new Map<string, string>();
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    const before = headers.get(name);
    headers.set(name, (before === undefined ? '' : `${before}, `) + (rawHeaders[i + 1] ?? ''));
  }
  return Object.fromEntries(headers);
}

/** As a list of names and values, which Node writes as it stands. */
function sentHeaders({headers, body, method}: HttpRequest, url: URL): string[] {
  const own = new Map([
    ['host', url.host],
    ['user-agent', 'quarterdeck'],
    ['accept', '*/*'],
    ['accept-encoding', 'gzip, deflate, br'],
  ]);
  if (body !== undefined || method === 'POST')
    own.set('content-length', String(Buffer.byteLength(body ?? '')));
  for (const [name, value] of Object.entries(headers)) own.set(name.toLowerCase(), value);
  return [...own].flat();
}

interface Told extends HttpOptions {
  readonly url: URL;
  readonly tell: (waiting: Waiting) => void;
}

/** Connects with the address rules; tells when the name resolved and when the connection stands. */
function socketFor(request: HttpRequest, {url, ca, lookup, tell}: Told): Socket {
  const {allow, address, tls = {}} = request;
  const name = url.hostname.replace(/^\[|\]$/g, '');
  const isTls = url.protocol === 'https:';
  const target = {
    host: address ?? name,
    port: url.port === '' ? (isTls ? 443 : 80) : Number(url.port),
    lookup: guardedLookup({
      onResolved: () => {
        tell('connecting');
      },
      allow,
      lookup,
    }),
  };
  const connected = (): void => {
    tell('answer');
  };
  if (!isTls) return connect(target, connected);
  const trusted = tls.ca ?? ca;
  const expected = tls.servername ?? name;
  return connectTls(
    {
      ...target,
      ALPNProtocols: ['http/1.1'],
      // Said in so many words, since NODE_TLS_REJECT_UNAUTHORIZED must not decide it.
      rejectUnauthorized: tls.insecure !== true,
      minVersion: 'TLSv1.2',
      checkServerIdentity: (_, certificate) => checkServerIdentity(expected, certificate),
      ...(isIP(expected) === 0 ? {servername: expected} : {}),
      ...(trusted === undefined ? {} : {ca: trusted}),
      ...(tls.clientCert === undefined ? {} : {cert: tls.clientCert}),
      ...(tls.clientKey === undefined ? {} : {key: tls.clientKey}),
    },
    connected,
  );
}

type Answer = Omit<Extract<HttpAnswer, {at: 'answered'}>, 'at' | 'durationMs'>;

/** Sends and reads; rejects with what the transport threw, or as soon as the function is called that `onStop` is given. */
async function exchange(
  request: HttpRequest,
  {url, tell, onStop, ...options}: Told & {readonly onStop: (stop: () => void) => void},
): Promise<Answer> {
  return new Promise<Answer>((resolve, reject) => {
    const socket = socketFor(request, {url, tell, ...options});
    const sent = http.request({
      method: request.method,
      path: url.pathname + url.search,
      headers: sentHeaders(request, url),
      setHost: false,
      maxHeaderSize: maxHeaderBytes,
      createConnection: () => socket,
    });
    const fail = (error: unknown): void => {
      reject(error instanceof Error ? error : new Error(String(error)));
      sent.destroy();
      socket.destroy();
    };
    // A hanging name lookup cannot be cancelled, so the limit does not wait for it.
    onStop(() => {
      fail(new Error('stopped'));
    });
    sent.on('error', fail);
    const done = (answer: Answer): void => {
      resolve(answer);
      sent.destroy();
    };
    sent.on('upgrade', message => {
      done({
        status: message.statusCode ?? 0,
        headers: headersOf(message),
        body: new Uint8Array(),
        cut: false,
      });
    });
    sent.on('response', message => {
      tell('body');
      // Nothing more is wanted of the connection; before Node ends it in the slower, polite way.
      message.prependListener('end', () => {
        socket.destroy();
      });
      const headers = headersOf(message);
      const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase();
      readBody(message, {encoding, limit: request.maxBodyBytes}).then(read => {
        done({status: message.statusCode ?? 0, headers, ...read});
      }, fail);
    });
    sent.end(request.body);
  });
}

/** The Http port. Every way to fail is an answer `failed` with its kind; nothing is thrown. */
export function createHttp(options: HttpOptions = {}): Http {
  return {
    async request(request): Promise<HttpAnswer> {
      const began = performance.now();
      const took = (): number => Math.round(performance.now() - began);
      const refuse = (message: string): HttpAnswer => ({
        at: 'failed',
        kind: 'config',
        message,
        durationMs: 0,
      });
      const url = URL.parse(request.url);
      if (url === null) return refuse(`${request.url} is not an address`);
      if (url.protocol !== 'http:' && url.protocol !== 'https:')
        return refuse(`${url.protocol} is not http: or https:`);
      const refused = refuseLiteral(request.address ?? url.hostname, request.allow);
      if (refused !== undefined) return refuse(refused.message);

      let waiting: Waiting = /^[[\d]/.test(request.address ?? url.hostname) ? 'connecting' : 'resolving';
      let late: string | undefined;
      let stop = (): void => undefined;
      const limitTo = (limitMs: number): void => {
        late = lateMessage(waiting, limitMs, url.host);
        stop();
      };
      const timer = setTimeout(limitTo, request.timeoutMs, request.timeoutMs);
      const connectMs = Math.min(request.timeoutMs, maxConnectMs);
      const connecting = setTimeout(limitTo, connectMs, connectMs);
      const onAbort = (): void => {
        stop();
      };
      request.signal.addEventListener('abort', onAbort, {once: true});
      try {
        request.signal.throwIfAborted();
        const told = {
          ...options,
          url,
          tell: (now: Waiting) => {
            waiting = now;
            if (now === 'answer') clearTimeout(connecting);
          },
          onStop: (given: () => void) => {
            stop = given;
          },
        };
        return {at: 'answered', ...(await exchange(request, told)), durationMs: took()};
      } catch (error) {
        const durationMs = took();
        if (isTimeLimit(request.signal)) late ??= lateMessage(waiting, request.timeoutMs, url.host);
        if (late !== undefined) return {at: 'failed', kind: 'timeout', message: late, durationMs};
        if (request.signal.aborted)
          return {at: 'failed', kind: 'noData', message: 'stopped before an answer came', durationMs};
        return {at: 'failed', ...failure(error, url.host), reached: stands(waiting), durationMs};
      } finally {
        clearTimeout(timer);
        clearTimeout(connecting);
        request.signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
