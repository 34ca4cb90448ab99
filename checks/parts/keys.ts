// Keys and certificates as files and variables hold them: read, paired, and named by their fingerprints.
import {
  createHash,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  sign,
  verify,
  X509Certificate,
} from 'node:crypto';
import type {JsonWebKey, KeyObject} from 'node:crypto';
import {z} from 'zod';
import {parseJson} from './json.ts';

export const keyKinds = ['pem', 'jwk', 'x509', 'raw'] as const;
export type KeyKind = (typeof keyKinds)[number];
export const encodings = ['hex', 'base64'] as const;

export interface KeyForm {
  readonly kind: KeyKind;
  readonly holds: 'private' | 'public' | 'secret';
  /** Of raw keys. */
  readonly encoding: (typeof encodings)[number];
  readonly passphrase?: string | undefined;
}

export interface Keys {
  /** The half that was read; the public one of a certificate. */
  readonly key: KeyObject;
  /** Undefined for a secret that has no halves. */
  readonly publicKey: KeyObject | undefined;
  /** Those of the file, the first one first. */
  readonly chain: readonly X509Certificate[];
}

export type ReadKeys = Keys | {readonly problem: string; readonly ours?: boolean};

// Fixed heads around the 32 bytes of an Ed25519 key (RFC 8410).
const pkcs8Head = Buffer.from('302e020100300506032b657004220420', 'hex');
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');
const ed25519Bytes = 32;

const jwk = z.looseObject({kty: z.string()});
const octets = z.looseObject({kty: z.literal('oct'), k: z.string()});
const pemCertificate = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The bytes behind hex or base64 text; undefined where it is neither. */
export function decoded(text: string, encoding: (typeof encodings)[number]): Buffer | undefined {
  const bare = text.trim();
  if (encoding === 'hex')
    return bare.length % 2 === 0 && /^[0-9a-fA-F]+$/.test(bare) ? Buffer.from(bare, 'hex') : undefined;
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(bare) ? Buffer.from(bare, 'base64') : undefined;
}

/** OpenSSL's words without its codes; it never quotes what it read. */
const reason = (error: unknown): string =>
  error instanceof Error ? error.message.replace(/^error:[0-9A-F]+:/i, '') : String(error);

/** The keys in a text, or what is wrong with it (`ours`: a passphrase is missing or wrong). */
export function readKeys(text: string, form: KeyForm): ReadKeys {
  try {
    return read(text, form);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const isLocked =
      code === 'ERR_MISSING_PASSPHRASE' || (/ENCRYPTED/.test(text) && form.passphrase === undefined);
    if (isLocked) return {problem: 'it is encrypted, and no passphrase is named', ours: true};
    if (form.passphrase !== undefined && /ENCRYPTED/.test(text))
      return {problem: 'the passphrase does not open it', ours: true};
    return {problem: `it is no ${form.holds} key of this format (${reason(error)})`};
  }
}

function read(text: string, {kind, holds, encoding, passphrase}: KeyForm): ReadKeys {
  if (kind === 'x509') {
    const found = text.match(pemCertificate) ?? [];
    const chain = (found.length > 0 ? found : [text]).map(one => new X509Certificate(one));
    const [first] = chain;
    if (first === undefined) return {problem: 'it holds no certificate'};
    return {key: first.publicKey, publicKey: first.publicKey, chain};
  }
  if (kind === 'raw') return readRaw(text, holds, encoding);
  if (kind === 'jwk') {
    const parsed = jwk.safeParse(parseJson(text)?.value);
    if (!parsed.success) return {problem: 'it is no JSON Web Key'};
    const symmetric = octets.safeParse(parsed.data);
    if (symmetric.success) return secret(decoded(symmetric.data.k, 'base64'));
    const given: JsonWebKey = parsed.data;
    if (holds === 'public') return halves(createPublicKey({key: given, format: 'jwk'}));
    if (given.d === undefined) return {problem: 'it holds no private half'};
    return halves(createPrivateKey({key: given, format: 'jwk'}));
  }
  if (holds === 'public') {
    if (/PRIVATE KEY-----/.test(text)) return {problem: 'it holds a private key where a public one belongs'};
    return halves(createPublicKey(text));
  }
  return halves(createPrivateKey({key: text, ...(passphrase === undefined ? {} : {passphrase})}));
}

function readRaw(text: string, holds: KeyForm['holds'], encoding: KeyForm['encoding']): ReadKeys {
  const bytes = decoded(text, encoding);
  if (bytes === undefined) return {problem: `it is no ${encoding} text`};
  if (holds === 'secret') return secret(bytes);
  if (bytes.length !== ed25519Bytes)
    return {problem: `it has ${bytes.length} bytes, and a raw Ed25519 key has ${ed25519Bytes}`};
  const der = Buffer.concat([holds === 'private' ? pkcs8Head : spkiHead, bytes]);
  return halves(
    holds === 'private'
      ? createPrivateKey({key: der, format: 'der', type: 'pkcs8'})
      : createPublicKey({key: der, format: 'der', type: 'spki'}),
  );
}

const secret = (bytes: Buffer | undefined): ReadKeys =>
  bytes === undefined || bytes.length === 0
    ? {problem: 'it holds no key'}
    : {key: createSecretKey(bytes), publicKey: undefined, chain: []};

const halves = (key: KeyObject): Keys => ({
  key,
  publicKey: key.type === 'private' ? createPublicKey(key) : key,
  chain: [],
});

const der = (key: KeyObject): Buffer => key.export({format: 'der', type: 'spki'});
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

export const fingerprints = ['spki', 'raw', 'certificate'] as const;
export type FingerprintOf = (typeof fingerprints)[number];

/** SHA-256 in hex: of the certificate, of the raw 32 bytes (Ed25519), or of the SubjectPublicKeyInfo. */
export function fingerprint256({publicKey, chain}: Keys, of: FingerprintOf): string | undefined {
  if (of === 'certificate') return chain[0]?.fingerprint256.replaceAll(':', '').toLowerCase();
  if (publicKey === undefined) return undefined;
  if (of === 'spki') return sha256(der(publicKey));
  return publicKey.asymmetricKeyType === 'ed25519'
    ? sha256(der(publicKey).subarray(-ed25519Bytes))
    : undefined;
}

const curves: Readonly<Record<string, number>> = {
  prime256v1: 256,
  secp256k1: 256,
  secp384r1: 384,
  secp521r1: 521,
};

/** Bits of the modulus, the curve or the secret. */
export function bitsOf({key, publicKey}: Keys): number | undefined {
  if (publicKey === undefined) return (key.symmetricKeySize ?? 0) * 8;
  const {modulusLength, namedCurve} = publicKey.asymmetricKeyDetails ?? {};
  if (modulusLength !== undefined) return modulusLength;
  if (namedCurve !== undefined) return curves[namedCurve];
  const type = publicKey.asymmetricKeyType ?? '';
  return type.endsWith('25519') ? 256 : type.endsWith('448') ? 448 : undefined;
}

const challenge = new TextEncoder().encode('quarterdeck: do these two belong together?');
const digestOf = (key: KeyObject): string | null =>
  key.asymmetricKeyType?.startsWith('ed') === true ? null : 'sha256';
const signs = new Set(['rsa', 'rsa-pss', 'ec', 'ed25519', 'ed448', 'dsa']);

/** Whether two halves are of one pair: what one signs the other verifies, where the kind of key can sign. */
export function isPair(a: Keys, b: Keys): boolean {
  const [one, other] = a.key.type === 'private' ? [a, b] : [b, a];
  if (one.publicKey === undefined || other.publicKey === undefined)
    return one.key.type === 'secret' && other.key.type === 'secret' && one.key.equals(other.key);
  if (!der(one.publicKey).equals(der(other.publicKey))) return false;
  if (one.key.type !== 'private' || !signs.has(one.key.asymmetricKeyType ?? '')) return true;
  const digest = digestOf(one.key);
  return verify(digest, challenge, other.publicKey, sign(digest, challenge, one.key));
}

export const isSameKey = (a: Keys, b: Keys): boolean => a.key.type === b.key.type && a.key.equals(b.key);
