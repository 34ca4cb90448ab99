// The real Http port: undici, no redirects, no proxy, a new connection for each request, so that nothing is reused.
import type {Readable} from 'node:stream';
import zlib from 'node:zlib';
import type {buildConnector} from 'undici';
import type {Http, HttpAnswer, HttpRequest} from '../ports.ts';
import {guardedLookup, refuseLiteral, type Lookup} from './address.ts';
import {failure, isTimeLimit} from './failure.ts';

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

const lateMessage = (waiting: Waiting, request: HttpRequest, host: string): string => {
  const limit = `${request.timeoutMs} ms`;
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
};

function decoder(encoding: string): (Readable & NodeJS.WritableStream) | undefined {
  switch (encoding) {
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip();
    case 'deflate':
      return zlib.createInflate();
    case 'br':
      return zlib.createBrotliDecompress();
    default:
      return undefined;
  }
}

/** Reads at most `limit` decompressed bytes and stops there; the memory used does not depend on the server. */
async function readBody(
  raw: Readable,
  {encoding, limit}: {readonly encoding: string; readonly limit: number},
): Promise<{body: Uint8Array; cut: boolean}> {
  const decode = decoder(encoding);
  const stream: Readable = decode ?? raw;
  if (decode !== undefined) {
    raw.on('error', error => decode.destroy(error));
    raw.pipe(decode);
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  let cut = false;
  for await (const chunk of stream) {
    const bytes: unknown = chunk;
    if (!(bytes instanceof Uint8Array)) continue;
    if (size + bytes.length > limit) {
      chunks.push(bytes.subarray(0, limit - size));
      cut = true;
      break;
    }
    chunks.push(bytes);
    size += bytes.length;
  }
  return {body: Buffer.concat(chunks), cut};
}

const flat = (headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.toLowerCase(),
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

/** Connects with the address rules; tells when the name resolved and when the connection stands. */
function connector(
  build: typeof buildConnector,
  request: HttpRequest,
  {ca, lookup, tell}: HttpOptions & {readonly tell: (waiting: Waiting) => void},
): buildConnector.connector {
  const {timeoutMs, allow, address, tls = {}} = request;
  const trusted = tls.ca ?? ca;
  const connect = build({
    allowH2: false,
    timeout: Math.min(timeoutMs, maxConnectMs),
    lookup: guardedLookup({
      onResolved: () => {
        tell('connecting');
      },
      allow,
      lookup,
    }),
    // Said in so many words, since NODE_TLS_REJECT_UNAUTHORIZED must not decide it.
    rejectUnauthorized: tls.insecure !== true,
    minVersion: 'TLSv1.2',
    maxCachedSessions: 0,
    ...(trusted === undefined ? {} : {ca: trusted}),
    ...(tls.clientCert === undefined ? {} : {cert: tls.clientCert}),
    ...(tls.clientKey === undefined ? {} : {key: tls.clientKey}),
    ...(tls.servername === undefined ? {} : {servername: tls.servername}),
  });
  return (options, callback) => {
    connect({...options, hostname: address ?? options.hostname}, (...args) => {
      if (args[0] === null) tell('answer');
      callback(...args);
    });
  };
}

async function send(
  request: HttpRequest,
  options: HttpOptions,
  signal: AbortSignal,
  tell: (w: Waiting) => void,
) {
  const {Client, buildConnector: build} = await undici();
  const url = new URL(request.url);
  const client = new Client(url.origin, {
    connect: connector(build, request, {...options, tell}),
    allowH2: false,
    pipelining: 0,
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  try {
    const answer = await client.request({
      path: url.pathname + url.search,
      method: request.method,
      headers: {
        'user-agent': 'quarterdeck',
        accept: '*/*',
        'accept-encoding': 'gzip, deflate, br',
        ...flat(request.headers),
      },
      ...(request.body === undefined ? {} : {body: request.body}),
      signal,
    });
    tell('body');
    answer.body.on('error', () => undefined);
    const headers = flat(answer.headers);
    const read = await readBody(answer.body, {
      encoding: (headers['content-encoding'] ?? '').trim().toLowerCase(),
      limit: request.maxBodyBytes,
    });
    return {status: answer.statusCode, headers, ...read};
  } finally {
    void client.destroy().catch(() => undefined);
  }
}

/** Loaded on first use, so that the console's first frame does not wait for it. */
const undici = async () => import('undici');

/** The Http port. Every way to fail is an answer `failed` with its kind; nothing is thrown. */
export function createHttp(options: HttpOptions = {}): Http {
  return {
    async request(request): Promise<HttpAnswer> {
      await undici();
      const began = performance.now();
      const took = (): number => Math.round(performance.now() - began);
      const limit = new AbortController();
      const timer = setTimeout(() => {
        limit.abort(new DOMException('time limit', 'TimeoutError'));
      }, request.timeoutMs);
      let waiting: Waiting = 'resolving';
      let host = request.url;
      try {
        const url = new URL(request.url);
        host = url.host;
        if (url.protocol !== 'http:' && url.protocol !== 'https:')
          return {
            at: 'failed',
            kind: 'config',
            message: `${url.protocol} is not http: or https:`,
            durationMs: 0,
          };
        const refused =
          request.address === undefined
            ? refuseLiteral(url.hostname, request.allow)
            : refuseLiteral(request.address, request.allow);
        if (refused !== undefined)
          return {at: 'failed', kind: 'config', message: refused.message, durationMs: 0};
        if (/^[[\d]/.test(url.hostname)) waiting = 'connecting';
        const signal = AbortSignal.any([limit.signal, request.signal]);
        signal.throwIfAborted();
        const late = new Promise<never>((_resolve, reject) => {
          signal.addEventListener(
            'abort',
            () => {
              reject(signal.reason instanceof Error ? signal.reason : new Error('stopped'));
            },
            {once: true},
          );
        });
        const sent = send(request, options, signal, now => {
          waiting = now;
        });
        // A hanging name lookup cannot be cancelled, so the limit does not wait for it.
        sent.catch(() => undefined);
        const answer = await Promise.race([sent, late]);
        return {at: 'answered', ...answer, durationMs: took()};
      } catch (error) {
        const durationMs = took();
        if (limit.signal.aborted || isTimeLimit(request.signal))
          return {at: 'failed', kind: 'timeout', message: lateMessage(waiting, request, host), durationMs};
        if (request.signal.aborted)
          return {at: 'failed', kind: 'noData', message: 'stopped before an answer came', durationMs};
        const reached = stands(waiting);
        return {at: 'failed', ...failure(error, host), reached, durationMs};
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
