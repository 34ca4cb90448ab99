// Certificates as bytes, and what of them an operator wants to know.
import {X509Certificate} from 'node:crypto';
import {z} from 'zod';
import type {Assertion} from './expect.ts';

export interface Certificate {
  /** The common name, else the whole subject. */
  readonly name: string;
  readonly issuer: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  readonly dns: readonly string[];
  readonly uris: readonly string[];
  readonly ips: readonly string[];
  /** SHA-256 in lower-case hex. */
  readonly fingerprint: string;
  /** Signed by itself, as roots are. */
  readonly isRoot: boolean;
  /** Whether it is for that host name or address; names are looked for among its alternative names only. */
  readonly isFor: (host: string) => boolean;
}

const commonName = (subject: string): string =>
  /(?:^|\n)CN=([^\n]+)/.exec(subject)?.[1] ?? subject.replaceAll('\n', ', ');

/** Entries of the text that OpenSSL makes of alternative names; values with unusual characters are JSON strings. */
function alternatives(text: string | undefined): {readonly kind: string; readonly value: string}[] {
  const entry = /([A-Za-z][A-Za-z ]*):("(?:[^"\\]|\\.)*"|[^,]*)(?:, |$)/g;
  return [...(text ?? '').matchAll(entry)].map(([, kind = '', value = '']) => ({
    kind,
    value: value.startsWith('"') ? z.string().catch(value).parse(jsonOf(value)) : value,
  }));
}

function jsonOf(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

const isAddress = (host: string): boolean =>
  z.ipv4().safeParse(host).success || z.ipv6().safeParse(host).success;

/** Reads one certificate, DER or PEM; undefined where it is none. */
export function readCertificate(bytes: Uint8Array | string): Certificate | undefined {
  let read: X509Certificate;
  try {
    read = new X509Certificate(bytes);
  } catch {
    return undefined;
  }
  const names = alternatives(read.subjectAltName);
  const of = (kind: string): string[] => names.filter(one => one.kind === kind).map(({value}) => value);
  return {
    name: commonName(read.subject),
    issuer: commonName(read.issuer),
    notBeforeMs: read.validFromDate.getTime(),
    notAfterMs: read.validToDate.getTime(),
    dns: of('DNS'),
    uris: of('URI'),
    ips: of('IP Address'),
    fingerprint: read.fingerprint256.replaceAll(':', '').toLowerCase(),
    isRoot: read.checkIssued(read),
    isFor: host =>
      (isAddress(host) ? read.checkIP(host) : read.checkHost(host, {subject: 'never'})) !== undefined,
  };
}

/** SHA-256 of a certificate as people write it, with or without colons. */
export const fingerprint = z
  .string()
  .regex(/^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/, 'expected a SHA-256 of 64 hex digits');

export const plainFingerprint = (text: string): string => text.replaceAll(':', '').toLowerCase();

const trustDomain = /^[a-z0-9._-]{1,255}$/;

export const spiffe = z
  .strictObject({
    id: z
      .string()
      .regex(
        /^spiffe:\/\/[a-z0-9._-]+(?:\/[A-Za-z0-9._-]+)*$/,
        'expected an id such as spiffe://example.org/api',
      )
      .optional()
      .describe('The SPIFFE ID that the certificate must have.'),
    trustDomain: z
      .string()
      .regex(trustDomain, 'expected a trust domain such as example.org')
      .optional()
      .describe('The trust domain that its SPIFFE ID must be of.'),
    exactlyOneUri: z
      .boolean()
      .default(true)
      .describe('The certificate must have one URI and no more, as SPIFFE demands.'),
  })
  .describe('What its SPIFFE ID must be; the name of the host is then no matter unless `hostname: true`.');

/** Assertions on the SPIFFE ID of a certificate. */
export function spiffeAssertions(given: z.infer<typeof spiffe>, {uris}: Certificate): Assertion[] {
  const ids = uris.filter(uri => uri.startsWith('spiffe://'));
  const actual = uris.length === 0 ? 'no URI' : uris.join(' and ');
  const {id, trustDomain: domain} = given;
  return [
    ...(given.exactlyOneUri
      ? [{what: 'URIs of the certificate', ok: uris.length === 1, expected: 'exactly one', actual}]
      : []),
    ...(id === undefined ? [] : [{what: 'SPIFFE ID', ok: ids.includes(id), expected: id, actual}]),
    ...(domain === undefined
      ? []
      : [
          {
            what: 'trust domain',
            // Every ID must be of it: one that is not could be the one that a peer goes by.
            ok:
              ids.length > 0 &&
              ids.every(one => one === `spiffe://${domain}` || one.startsWith(`spiffe://${domain}/`)),
            expected: domain,
            actual,
          },
        ]),
    ...(id === undefined && domain === undefined
      ? [{what: 'SPIFFE ID', ok: ids.length > 0, expected: 'one', actual}]
      : []),
  ];
}
