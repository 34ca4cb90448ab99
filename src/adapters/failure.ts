// Turns what sockets, TLS and DNS throw into a kind and a sentence, the same for http and tcp.
import type {Kind} from '../domain/verdict.ts';

const dns = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_NODATA', 'EAI_NONAME', 'EAI_FAIL', 'EAI_SERVICE']);
const connects = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EHOSTDOWN',
  'ENETDOWN',
  'EADDRNOTAVAIL',
  'EPIPE',
]);
const local = new Set([
  'QD_REFUSED_ADDRESS',
  'ERR_INVALID_URL',
  'ERR_INVALID_ARG_VALUE',
  'ERR_INVALID_CHAR',
  'ERR_INVALID_HTTP_TOKEN',
]);
const permissions = new Set(['EACCES', 'EPERM']);

/** Certificate errors carry OpenSSL's name as their code, handshake errors ERR_SSL_…; the names differ by version. */
const tls =
  /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|CRL_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|ERROR_IN_CERT|HOSTNAME_MISMATCH|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH|OUT_OF_MEM)/;

/** The code of the innermost error that has one, or an empty text. */
export const codeOf = (error: unknown): string => {
  if (error instanceof AggregateError) {
    const own: unknown = 'code' in error ? error.code : undefined;
    return typeof own === 'string' ? own : codeOf(error.errors[0]);
  }
  if (!(error instanceof Error)) return '';
  const code: unknown = 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return code;
  return error.cause === undefined ? '' : codeOf(error.cause);
};

/** The innermost message that names the place, such as `connect ECONNREFUSED 127.0.0.1:5432`. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  if (!(error instanceof Error)) return String(error);
  return error.message === '' && error.cause !== undefined ? messageOf(error.cause) : error.message;
}

/** OpenSSL's `…:error:0A00010B:SSL routines:function:reason:file:line:` without all but the reason. */
const withoutLibrary = (text: string): string => /:SSL routines:[^:]*:([^:]+):/.exec(text)?.[1] ?? text;

/** Kind and sentence of a thrown transport error; what is not known is `connect`, with its message. */
export function failure(error: unknown, host: string): {readonly kind: Kind; readonly message: string} {
  const code = codeOf(error);
  const text = messageOf(error);
  if (dns.has(code)) return {kind: 'dns', message: `${host} does not resolve (${code})`};
  if (code === 'ETIMEDOUT') return {kind: 'timeout', message: text};
  if (local.has(code)) return {kind: 'config', message: text};
  if (permissions.has(code)) return {kind: 'permission', message: text};
  if (connects.has(code)) return {kind: 'connect', message: text};
  if (tls.test(code)) return {kind: 'tls', message: `${withoutLibrary(text)} (${code})`};
  if (code === 'HPE_HEADER_OVERFLOW')
    return {kind: 'assertion', message: 'the headers of the answer are larger than 16 KiB'};
  if (code.startsWith('HPE_')) return {kind: 'assertion', message: `what came back is not HTTP: ${text}`};
  if (code.startsWith('Z_') || code.startsWith('ERR_BROTLI') || code.startsWith('ERR__ERROR'))
    return {kind: 'assertion', message: `the body does not decompress (${code})`};
  return {kind: 'connect', message: code === '' ? text : `${text} (${code})`};
}

/** Whether a signal was aborted because a time limit passed, and not because the monitor stops. */
export const isTimeLimit = (signal: AbortSignal): boolean =>
  signal.aborted && signal.reason instanceof Error && signal.reason.name === 'TimeoutError';
