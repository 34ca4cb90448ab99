import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {timestamp} from '../src/domain/time.ts';
import type {Look, Part, Verdict} from '../src/domain/verdict.ts';
import type {TlsAnswer, TlsMeans, TlsVersion} from '../src/look/net.ts';
import {asInsecure, fromFailure} from './parts/ask.ts';
import {
  fingerprint,
  plainFingerprint,
  readCertificate,
  spiffe,
  spiffeAssertions,
  type Certificate,
} from './parts/certificate.ts';
import {excerpt, judge, type Assertion} from './parts/expect.ts';
import {hostName, portNumber} from './parts/fields.ts';
import {retries, withRetries} from './parts/retries.ts';
import {withoutSecrets} from './parts/secrets.ts';
import {bothOrNone, bothOrNoneMessage, rootsOf, tlsMeans, tlsShape} from './parts/tls-fields.ts';

const params = z
  .strictObject({
    host: hostName.describe('Host name or address.'),
    port: portNumber.default(443).describe('Port number.'),
    ...tlsShape,
    minDays: z
      .strictObject({
        warn: z.int().min(0).default(21).describe('Fewer days left are a warning.'),
        fail: z.int().min(0).default(7).describe('Fewer days left are a failure.'),
      })
      .default({warn: 21, fail: 7})
      .describe('How long every certificate of the chain must still be valid.'),
    minVersion: z
      .enum(['TLSv1.2', 'TLSv1.3'])
      .optional()
      .describe('The oldest version that the server may accept; a second handshake tries older ones.'),
    hostname: z
      .boolean()
      .optional()
      .describe('Whether the certificate must be for the name; true unless `spiffe` is given.'),
    sans: z
      .strictObject({
        dns: z
          .array(z.string().min(1))
          .default([])
          .describe('Host names, exactly as the certificate has them.'),
        uri: z.array(z.string().min(1)).default([]).describe('URIs.'),
      })
      .default({dns: [], uri: []})
      .describe('Alternative names that the certificate must have; it may have more.'),
    spiffe: spiffe.optional(),
    fingerprints: z
      .array(fingerprint)
      .min(1)
      .optional()
      .describe('SHA-256 of certificates, of which one must be in the chain.'),
    insecure: z
      .boolean()
      .default(false)
      .describe('Neither chain nor name are verified. Then the best that the check can be is a warning.'),
    retries,
  })
  .refine(bothOrNone, bothOrNoneMessage);
type Params = z.infer<typeof params>;
type Spoke = Extract<TlsAnswer, {at: 'spoke'}>;

const dayMs = 86_400_000;
const date = (ms: number): string => timestamp(ms).slice(0, 10);
const daysLeft = (one: Certificate, nowMs: number): number => Math.floor((one.notAfterMs - nowMs) / dayMs);

/** OpenSSL's names of what stands between a certificate and a root that is trusted, in words. */
const distrustWords: Readonly<Record<string, string>> = {
  UNABLE_TO_GET_ISSUER_CERT: 'a certificate of the chain is missing',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'a certificate of the chain is missing, or its root is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate of its issuer is missing, or not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is signed by itself',
  SELF_SIGNED_CERT_IN_CHAIN: 'its root is not trusted',
  CERT_HAS_EXPIRED: 'a certificate has expired',
  CERT_NOT_YET_VALID: 'a certificate is not valid yet',
};

function trustAssertions({distrust}: Spoke, leaf: Certificate, given: Params): Assertion[] {
  if (given.insecure) return [];
  const name = given.servername ?? given.host;
  const isNamed = given.hostname ?? given.spiffe === undefined;
  const names = [...leaf.dns, ...leaf.ips];
  return [
    {
      what: 'chain',
      ok: distrust === undefined,
      expected: 'to lead to a trusted root',
      actual: `${distrustWords[distrust ?? ''] ?? 'it does not'} (${distrust ?? ''}, issuer ${excerpt(leaf.issuer, 80)})`,
    },
    ...(isNamed
      ? [
          {
            what: 'name',
            ok: leaf.isFor(name.replace(/^\[|\]$/g, '')),
            expected: name,
            actual: names.length === 0 ? 'a certificate for no name' : excerpt(names.join(', ')),
          },
        ]
      : []),
  ];
}

function timeAssertions(chain: readonly Certificate[], {minDays}: Params, nowMs: number): Assertion[] {
  const limit = (one: Certificate, days: number, otherwise: 'warn' | 'fail'): Assertion => ({
    what: `time of ${excerpt(one.name, 60)}`,
    ok: one.notAfterMs - nowMs >= days * dayMs,
    expected: `at least ${days} days`,
    actual:
      one.notAfterMs < nowMs
        ? `expired on ${date(one.notAfterMs)}`
        : `${daysLeft(one, nowMs)} days, until ${date(one.notAfterMs)}`,
    otherwise,
  });
  return chain.flatMap(one => [
    limit(one, minDays.fail, 'fail'),
    ...(minDays.warn > minDays.fail ? [limit(one, minDays.warn, 'warn')] : []),
    ...(one.notBeforeMs > nowMs
      ? [
          {
            what: `time of ${excerpt(one.name, 60)}`,
            ok: false,
            expected: 'to have begun',
            actual: `valid from ${date(one.notBeforeMs)}`,
          },
        ]
      : []),
  ]);
}

function nameAssertions(chain: readonly Certificate[], leaf: Certificate, given: Params): Assertion[] {
  const {sans, fingerprints} = given;
  const among = (what: string, wanted: string, list: readonly string[]): Assertion => ({
    what,
    ok: list.includes(wanted),
    expected: wanted,
    actual: list.length === 0 ? 'none' : excerpt(list.join(', ')),
  });
  return [
    ...sans.dns.map(name => among('DNS names', name, leaf.dns)),
    ...sans.uri.map(uri => among('URIs', uri, leaf.uris)),
    ...(given.spiffe === undefined ? [] : spiffeAssertions(given.spiffe, leaf)),
    ...(fingerprints === undefined
      ? []
      : [
          {
            what: 'SHA-256 of the chain',
            ok: chain.some(one => fingerprints.map(plainFingerprint).includes(one.fingerprint)),
            expected: `one of ${fingerprints.length} that are known`,
            actual: chain.map(one => one.fingerprint).join(', '),
          },
        ]),
  ];
}

/** Each certificate of the chain, the server's own first, with the time that it has left. */
const partsOf = (chain: readonly Certificate[], {minDays}: Params, nowMs: number): Part[] =>
  chain.map(one => {
    const left = one.notAfterMs - nowMs;
    const verdict: Verdict =
      left < minDays.fail * dayMs || one.notBeforeMs > nowMs
        ? 'fail'
        : left < minDays.warn * dayMs
          ? 'warn'
          : 'pass';
    return {
      name: excerpt(one.name, 80),
      verdict,
      message:
        left < 0
          ? `expired on ${date(one.notAfterMs)}`
          : `until ${date(one.notAfterMs)}, ${daysLeft(one, nowMs)} days`,
    };
  });

const olderThan: Readonly<Record<'TLSv1.2' | 'TLSv1.3', TlsVersion>> = {
  'TLSv1.2': 'TLSv1.1',
  'TLSv1.3': 'TLSv1.2',
};

interface Handshake {
  readonly given: Params;
  readonly means: TlsMeans;
  readonly context: CheckContext;
  readonly timeoutMs: number;
}

/** What comes of a handshake that offers only versions that the server should not accept, at the same address. */
async function olderAssertions(
  address: string,
  {given, means, context, timeoutMs}: Handshake,
): Promise<Assertion[]> {
  const {minVersion} = given;
  if (minVersion === undefined) return [];
  const maxVersion = olderThan[minVersion];
  const {host, port} = given;
  const {signal} = context;
  const answer = await context.tls.talk({
    ...means,
    host,
    port,
    address,
    minVersion: 'TLSv1',
    maxVersion,
    timeoutMs,
    signal,
  });
  const what = `versions up to ${maxVersion}`;
  const expected = 'to be refused';
  if (answer.at === 'spoke') return [{what, ok: false, expected, actual: `${answer.version} is accepted`}];
  // Only the server's own refusal counts: silence, or a client that cannot speak them, proves nothing.
  const isRefused = answer.alert !== undefined || (answer.stage === 'handshake' && answer.reset);
  return [{what, ok: isRefused ? true : undefined, expected, actual: answer.message}];
}

async function look(handshake: Handshake): Promise<Look> {
  const {given, means, context, timeoutMs} = handshake;
  const {host, port} = given;
  const {signal, clock} = context;
  const answer = await context.tls.talk({...means, host, port, timeoutMs, signal});
  if (answer.at === 'failed') {
    const asks =
      /certificate_required|handshake_failure/.test(answer.alert ?? '') && given.clientCert === undefined;
    const hint = asks ? ' (it may want a client certificate: `clientCert`, `clientKey`)' : '';
    return fromFailure({...answer, message: answer.message + hint});
  }
  const chain = answer.chain.flatMap(der => readCertificate(der) ?? []);
  const [leaf] = chain;
  if (leaf === undefined || chain.length < answer.chain.length)
    return {
      verdict: 'unknown',
      kind: 'noData',
      checked: 0,
      message: 'the server showed no certificate that could be read',
    };
  const nowMs = clock.nowMs();
  const first = chain.reduce((soonest, one) => (one.notAfterMs < soonest.notAfterMs ? one : soonest));
  const left = `${excerpt(first.name, 60)} is valid for ${daysLeft(first, nowMs)} days`;
  const judged = judge(
    [
      ...trustAssertions(answer, leaf, given),
      ...timeAssertions(chain, given, nowMs),
      ...nameAssertions(chain, leaf, given),
      ...(await olderAssertions(answer.address, handshake)),
    ],
    `${answer.version}, ${chain.length} certificates, ${left}`,
  );
  const told = {...judged, parts: partsOf(chain, given, nowMs)};
  return given.insecure ? asInsecure(told) : told;
}

export const tls = defineCheck({
  type: 'tls',
  summary:
    'A server shows a certificate chain that is trusted, for the right names, and valid for long enough',
  example: `type: tls
host: localhost
port: 8443
caFile: ca.pem
minDays: {warn: 21, fail: 7}
minVersion: TLSv1.2
sans: {dns: [localhost]}`,
  needsTrust: false,
  everyMs: 3_600_000,
  timeoutMs: 10_000,
  params,
  run: async (given, context) => {
    const meant = await tlsMeans(given, context);
    if (!meant.ok) return meant.look;
    const {means, secrets} = meant.value;
    const own = {...means, ...(means.ca === undefined ? {} : {ca: rootsOf(means.ca)})};
    const seen = await withRetries(given.retries, context, async timeoutMs =>
      look({given, means: own, context, timeoutMs}),
    );
    return withoutSecrets(seen, secrets);
  },
});
