// Certificates made in the test: authorities, intermediates, servers, clients, expired ones.
import type {webcrypto} from 'node:crypto';
import './metadata.ts';
import * as x509 from '@peculiar/x509';

const algorithm = {name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256'};
const dayMs = 86_400_000;
let serial = 0;

export interface Made {
  readonly cert: string;
  readonly key: string;
  /** SHA-256 of the certificate, in lower-case hex. */
  readonly fingerprint: string;
}

export interface Authority extends Made {
  /** Makes a certificate that this authority signed. */
  readonly leaf: (wish?: Wish) => Promise<Made>;
  /** Makes an authority that this one signed. */
  readonly intermediate: (name: string, wish?: Pick<Wish, 'days' | 'sinceDays'>) => Promise<Authority>;
}

export interface Wish {
  readonly name?: string;
  readonly dns?: readonly string[];
  readonly ips?: readonly string[];
  readonly uris?: readonly string[];
  /** Days until it expires; negative: it has. */
  readonly days?: number;
  /** Days since it became valid; negative: it is not yet. */
  readonly sinceDays?: number;
}

interface Issuer {
  readonly certificate: x509.X509Certificate;
  readonly keys: webcrypto.CryptoKeyPair;
}

async function pemOf(keys: webcrypto.CryptoKeyPair, certificate: x509.X509Certificate): Promise<Made> {
  const pkcs8 = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const lines = pkcs8.match(/.{1,64}/g) ?? [];
  return {
    cert: `${certificate.toString('pem')}\n`,
    key: `-----BEGIN PRIVATE KEY-----\n${lines.join('\n')}\n-----END PRIVATE KEY-----\n`,
    fingerprint: Buffer.from(await certificate.getThumbprint('SHA-256')).toString('hex'),
  };
}

const pair = async (): Promise<webcrypto.CryptoKeyPair> =>
  crypto.subtle.generateKey({name: 'ECDSA', namedCurve: 'P-256'}, true, ['sign', 'verify']);

interface Issue {
  readonly name: string;
  readonly issuer: Issuer | undefined;
  readonly keys: webcrypto.CryptoKeyPair;
  readonly extensions: x509.Extension[];
  readonly wish: Wish;
}

async function issue({name, issuer, keys, extensions, wish}: Issue): Promise<x509.X509Certificate> {
  const {days = 90, sinceDays = Math.max(1, 1 - days)} = wish;
  serial += 1;
  return x509.X509CertificateGenerator.create({
    serialNumber: serial.toString(16).padStart(4, '0'),
    subject: `CN=${name}`,
    issuer: issuer?.certificate.subject ?? `CN=${name}`,
    notBefore: new Date(Date.now() - sinceDays * dayMs),
    // A minute more, so that a whole number of days is left.
    notAfter: new Date(Date.now() + days * dayMs + 60_000),
    signingAlgorithm: algorithm,
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    extensions,
  });
}

async function authorityOf(name: string, issuer: Issuer | undefined, wish: Wish): Promise<Authority> {
  const keys = await pair();
  const extensions = [
    new x509.BasicConstraintsExtension(true, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
  ];
  const certificate = await issue({name, issuer, keys, extensions, wish});
  const own: Issuer = {certificate, keys};
  return {
    ...(await pemOf(keys, certificate)),
    leaf: async (leafWish = {}) => leafOf(own, leafWish),
    intermediate: async (inner, more = {}) => authorityOf(inner, own, more),
  };
}

async function leafOf(issuer: Issuer | undefined, wish: Wish): Promise<Made> {
  const keys = await pair();
  const {dns = ['localhost'], ips = ['127.0.0.1'], uris = []} = wish;
  const names: x509.JsonGeneralName[] = [
    ...dns.map(value => ({type: 'dns' as const, value})),
    ...ips.map(value => ({type: 'ip' as const, value})),
    ...uris.map(value => ({type: 'url' as const, value})),
  ];
  const {serverAuth, clientAuth} = x509.ExtendedKeyUsage;
  const extensions = [
    new x509.BasicConstraintsExtension(false),
    new x509.ExtendedKeyUsageExtension([serverAuth, clientAuth]),
    ...(names.length === 0 ? [] : [new x509.SubjectAlternativeNameExtension(names)]),
  ];
  return pemOf(keys, await issue({name: wish.name ?? 'leaf', issuer, keys, extensions, wish}));
}

/** A certificate that nobody but itself signed. */
export const selfSigned = async (wish: Wish = {}): Promise<Made> => leafOf(undefined, wish);

/** A root that trusts only itself. */
export const authority = async (
  name = 'Test Root',
  wish: Pick<Wish, 'days' | 'sinceDays'> = {},
): Promise<Authority> => authorityOf(name, undefined, wish);
