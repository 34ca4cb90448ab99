// One client of a mutual TLS check: it says something and waits for what comes back before anybody calls it accepted.
import type {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';
import type {Kind} from '../../src/domain/verdict.ts';
import type {TlsAnswer, TlsMeans, TlsVersion} from '../../src/look/net.ts';
import {readCertificate, spiffeAssertions, type spiffe} from './certificate.ts';
import {excerpt} from './expect.ts';
import {maxBodyBytes} from './fields.ts';

export const denials = ['tlsAlert', 'reset', 'http400', 'http401', 'http403', 'http495', 'http496'] as const;
export type Denial = (typeof denials)[number];

export type Outcome =
  | {readonly at: 'accepted'; readonly status: number; readonly address: string}
  | {readonly at: 'denied'; readonly how: string; readonly address: string | undefined}
  /** Neither: no connection, somebody else's certificate, a status that says nothing about who may come in. */
  | {readonly at: 'other'; readonly kind: Kind; readonly message: string};

export interface Trial {
  readonly given: {
    readonly url: string;
    readonly servername?: string | undefined;
    readonly hostname?: boolean | undefined;
    readonly spiffe?: z.infer<typeof spiffe> | undefined;
    readonly deniedAs: readonly Denial[];
    readonly allowedStatus?: readonly number[] | undefined;
  };
  readonly client: TlsMeans & {readonly plain: boolean};
  readonly headers: Readonly<Record<string, string>>;
  readonly version: TlsVersion | undefined;
  /** Where the client that was allowed went: the others go there, too. */
  readonly address?: string | undefined;
  readonly context: CheckContext;
  /** Takes secrets out of what came back, before any of it is quoted. */
  readonly clean: (text: string) => string;
  /** Milliseconds that are left. */
  readonly limitMs: () => number;
}

/** Alerts that are about who the client is; a handshake can fail for many other reasons. */
const certificateAlerts = new Set([
  'handshake_failure',
  'no_certificate',
  'bad_certificate',
  'unsupported_certificate',
  'certificate_revoked',
  'certificate_expired',
  'certificate_unknown',
  'certificate_required',
  'unknown_ca',
  'access_denied',
]);

/** What a status means: a refusal that the site names, an answer, or neither. */
function byStatus(status: number, {given}: Trial, address: string): Outcome {
  const {deniedAs, allowedStatus} = given;
  if (deniedAs.some(one => one === `http${status}`)) return {at: 'denied', how: `HTTP ${status}`, address};
  const isAllowed = allowedStatus === undefined ? status < 400 : allowedStatus.includes(status);
  return isAllowed
    ? {at: 'accepted', status, address}
    : {at: 'other', kind: 'assertion', message: `HTTP ${status}`};
}

/** Why the server is not the one that was meant; undefined when it is. */
function impostor(answer: Extract<TlsAnswer, {at: 'spoke'}>, {given}: Trial): string | undefined {
  const {distrust, chain} = answer;
  if (distrust !== undefined) return `the server’s certificate is not trusted (${distrust})`;
  const [leaf] = chain.flatMap(der => readCertificate(der) ?? []);
  if (leaf === undefined) return 'the server showed no certificate';
  const host = given.servername ?? new URL(given.url).hostname.replace(/^\[|\]$/g, '');
  if ((given.hostname ?? given.spiffe === undefined) && !leaf.isFor(host))
    return `the server’s certificate is not for ${host}`;
  const wrong =
    given.spiffe === undefined ? [] : spiffeAssertions(given.spiffe, leaf).filter(({ok}) => ok !== true);
  const [first] = wrong;
  return first === undefined
    ? undefined
    : `${first.what}: expected ${first.expected}, got ${excerpt(first.actual)}`;
}

function requestText({given, headers}: Trial): string {
  const url = new URL(given.url);
  const lines = Object.entries({
    Host: url.host,
    'User-Agent': 'quarterdeck',
    Accept: '*/*',
    Connection: 'close',
    ...headers,
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  return `GET ${url.pathname}${url.search} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function byTls(answer: TlsAnswer, trial: Trial): Outcome {
  const {deniedAs} = trial.given;
  if (answer.at === 'failed') {
    const {alert, reset, kind, message} = answer;
    if (alert !== undefined && certificateAlerts.has(alert) && deniedAs.includes('tlsAlert'))
      return {at: 'denied', how: `TLS alert ${alert}`, address: undefined};
    if (reset && deniedAs.includes('reset'))
      return {at: 'denied', how: `the connection was closed`, address: undefined};
    return {at: 'other', kind, message: alert === undefined ? message : `TLS alert ${alert}`};
  }
  const wrong = impostor(answer, trial);
  if (wrong !== undefined) return {at: 'other', kind: 'tls', message: wrong};
  const text = trial.clean(new TextDecoder().decode(answer.received));
  const [, status] = /^HTTP\/1\.[01] (\d{3})[ \r]/.exec(text) ?? [];
  return status === undefined
    ? {
        at: 'other',
        kind: 'assertion',
        message: `what came back is not HTTP: ${JSON.stringify(excerpt(text, 60))}`,
      }
    : byStatus(Number(status), trial, answer.address);
}

/** The same request without TLS, at the same place. */
async function withoutTls(trial: Trial): Promise<Outcome> {
  const {given, headers, context, address} = trial;
  const url = new URL(given.url);
  const answer = await context.http.request({
    method: 'GET',
    url: `http://${url.hostname}:${url.port === '' ? '443' : url.port}${url.pathname}${url.search}`,
    headers,
    ...(address === undefined ? {} : {address}),
    timeoutMs: trial.limitMs(),
    maxBodyBytes,
    signal: context.signal,
  });
  if (answer.at === 'answered') return byStatus(answer.status, trial, address ?? '');
  const {kind, message, reached = false} = answer;
  // A server that speaks only TLS answers with an alert, which is no HTTP, or hangs up.
  if (reached && kind === 'assertion' && given.deniedAs.includes('tlsAlert'))
    return {at: 'denied', how: 'no HTTP without TLS', address};
  if (reached && kind === 'connect' && given.deniedAs.includes('reset'))
    return {at: 'denied', how: 'the connection was closed', address};
  return {at: 'other', kind, message};
}

/** What becomes of one client. */
export async function tryVariant(trial: Trial): Promise<Outcome> {
  const {given, client, version, context, address} = trial;
  if (client.plain) return withoutTls(trial);
  const {plain: _, ...means} = client;
  const url = new URL(given.url);
  const answer = await context.tls.talk({
    ...means,
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 443 : Number(url.port),
    ...(address === undefined ? {} : {address}),
    ...(version === undefined ? {} : {minVersion: version, maxVersion: version}),
    say: {text: requestText(trial), until: '\r\n', maxBytes: 16 * 1024},
    timeoutMs: trial.limitMs(),
    signal: context.signal,
  });
  return byTls(answer, trial);
}
