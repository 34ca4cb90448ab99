// The real Tls port: one handshake, whatever the certificate is worth, and one exchange of words behind it.
import {isIP} from 'node:net';
import {
  connect as open,
  type ConnectionOptions,
  type DetailedPeerCertificate,
  type TLSSocket,
} from 'node:tls';
import type {Tls, TlsAnswer, TlsRequest} from '../look/net.ts';
import {guardedLookup, refuseLiteral, type Lookup} from './address.ts';
import {codeOf, failure, isTimeLimit} from './failure.ts';

type Stage = Extract<TlsAnswer, {at: 'failed'}>['stage'];
type Failed = Omit<Extract<TlsAnswer, {at: 'failed'}>, 'at' | 'stage' | 'durationMs'>;

/** Longer than any chain that is meant to work. */
const longestChain = 16;

type Peer = Partial<DetailedPeerCertificate>;

/** The server's certificate and its issuers, DER. Node links a root to itself, and gives {} for no certificate. */
function chainOf(socket: TLSSocket): Uint8Array[] {
  const chain: Uint8Array[] = [];
  let one: Peer | undefined = socket.getPeerCertificate(true);
  while (one?.raw !== undefined && chain.length < longestChain) {
    chain.push(one.raw);
    const next: Peer | undefined = one.issuerCertificate;
    one = next?.fingerprint256 === one.fingerprint256 ? undefined : next;
  }
  return chain;
}

/**
 * The alert in an error code of OpenSSL, in lower case; undefined where there is none. The codes differ between
 * versions: `ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE`, `ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE`,
 * `ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED`.
 */
export const alertOf = (code: string): string | undefined =>
  /^ERR_SSL_\S*?ALERT_([A-Z_]+)$/.exec(code)?.[1]?.toLowerCase();

const resets = new Set(['ECONNRESET', 'EPIPE', 'ECONNABORTED']);

const lateMessage = (stage: Stage, place: string, limitMs: number): string => {
  switch (stage) {
    case 'connecting':
      return `no connection to ${place} within ${limitMs} ms`;
    case 'handshake':
      return `connected to ${place}, but no TLS handshake within ${limitMs} ms`;
    case 'reading':
      return `a TLS handshake with ${place}, but no answer within ${limitMs} ms`;
  }
};

/** Versions that OpenSSL only speaks when it is told that security does not matter. */
const isOld = (version: string | undefined): boolean => version === 'TLSv1' || version === 'TLSv1.1';

function optionsOf(request: TlsRequest, lookup: ReturnType<typeof guardedLookup>): ConnectionOptions {
  const {host, port, address, ca, clientCert, clientKey, minVersion, maxVersion} = request;
  const servername = request.servername ?? host;
  return {
    host: address ?? host,
    port,
    lookup,
    // An address is no name that may be asked for.
    ...(isIP(servername) === 0 ? {servername} : {}),
    // Whoever asked judges the certificate; a broken one must be seen to be told.
    rejectUnauthorized: false,
    checkServerIdentity: () => undefined,
    minVersion: minVersion ?? 'TLSv1.2',
    ...(maxVersion === undefined ? {} : {maxVersion}),
    ...(isOld(minVersion) ? {ciphers: 'DEFAULT:@SECLEVEL=0'} : {}),
    ...(ca === undefined ? {} : {ca}),
    ...(clientCert === undefined ? {} : {cert: clientCert}),
    ...(clientKey === undefined ? {} : {key: clientKey}),
  };
}

/** The Tls port. Every way to fail is an answer `failed`; nothing is thrown. */
export function createTls({lookup}: {readonly lookup?: Lookup} = {}): Tls {
  return {
    async talk(request): Promise<TlsAnswer> {
      const {host, port, address, say, timeoutMs, signal, allow} = request;
      const began = performance.now();
      const took = (): number => Math.round(performance.now() - began);
      const place = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
      const fail = (stage: Stage, failed: Partial<Failed> & Pick<Failed, 'kind' | 'message'>): TlsAnswer => ({
        at: 'failed',
        stage,
        alert: undefined,
        reset: false,
        ...failed,
        durationMs: took(),
      });
      const refused = refuseLiteral(address ?? host, allow);
      if (refused !== undefined) return fail('connecting', {kind: 'config', message: refused.message});
      if (signal.aborted) return fail('connecting', {kind: 'noData', message: 'stopped before connecting'});
      return await new Promise<TlsAnswer>(resolve => {
        let stage: Stage = 'connecting';
        let facts: Omit<Extract<TlsAnswer, {at: 'spoke'}>, 'received' | 'durationMs'> | undefined;
        const received: Uint8Array[] = [];
        let sizeBytes = 0;
        let socket: TLSSocket;
        try {
          const bare = {...request, host: host.replace(/^\[|\]$/g, '')};
          socket = open(optionsOf(bare, guardedLookup({allow, lookup})));
        } catch (error) {
          // The client's own certificate or key, or a version that this OpenSSL does not have.
          resolve(fail('connecting', {kind: 'config', message: failure(error, host).message}));
          return;
        }
        const end = (answer: TlsAnswer): void => {
          clearTimeout(timer);
          signal.removeEventListener('abort', stop);
          socket.destroy();
          resolve(answer);
        };
        const late = (): void => {
          end(fail(stage, {kind: 'timeout', message: lateMessage(stage, place, timeoutMs)}));
        };
        const stop = (): void => {
          if (isTimeLimit(signal)) late();
          else end(fail(stage, {kind: 'noData', message: 'stopped before an answer came'}));
        };
        const timer = setTimeout(late, timeoutMs);
        signal.addEventListener('abort', stop, {once: true});
        const done = (): void => {
          if (facts !== undefined) end({...facts, received: Buffer.concat(received), durationMs: took()});
        };
        socket.on('connect', () => {
          stage = 'handshake';
        });
        socket.on('secureConnect', () => {
          stage = 'reading';
          const {authorizationError} = socket;
          facts = {
            at: 'spoke',
            address: socket.remoteAddress ?? host,
            version: socket.getProtocol() ?? '',
            chain: chainOf(socket),
            distrust: socket.authorized ? undefined : codeName(authorizationError),
          };
          if (say === undefined) done();
          else socket.write(say.text);
        });
        socket.on('data', (bytes: Buffer) => {
          if (say === undefined) return;
          received.push(bytes.subarray(0, say.maxBytes - sizeBytes));
          sizeBytes += bytes.length;
          if (sizeBytes >= say.maxBytes || Buffer.concat(received).includes(say.until)) done();
        });
        socket.on('close', () => {
          if (sizeBytes > 0) done();
          else
            end(
              fail(stage, {
                kind: 'connect',
                reset: true,
                message: `${place} closed the connection without a word`,
              }),
            );
        });
        socket.on('error', error => {
          const code = codeOf(error);
          const told = failure(error, host);
          const isReset = stage !== 'connecting' && resets.has(code);
          end(fail(stage, {...told, alert: alertOf(code), reset: isReset}));
        });
      });
    },
  };
}

/** Node gives an error or its code, whatever its types say. */
const codeName = (given: unknown): string => {
  if (typeof given === 'string') return given;
  return codeOf(given) || 'UNKNOWN';
};
