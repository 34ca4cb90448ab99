// What the ledger's rules need of node:crypto, for a browser: synchronous, so that it also works from file:// and in
// browsers whose WebCrypto knows no Ed25519. The rules themselves are the same code as everywhere.
import {ed25519} from '@noble/curves/ed25519.js';
import {sha256, sha512} from '@noble/hashes/sha2.js';

const {Point} = ed25519;

type Bytes = Uint8Array | string;

const bytesOf = (data: Bytes): Uint8Array =>
  typeof data === 'string' ? new TextEncoder().encode(data) : data;

/** One-shot SHA-256 as a string with a character for each byte. */
export const hash = (_algorithm: 'sha256', data: Bytes, form: 'binary'): string =>
  Buffer.from(sha256(bytesOf(data))).toString(form);

/** SHA-256 of what comes in pieces. */
export function createHash(_algorithm: 'sha256'): {
  update(data: Bytes): ReturnType<typeof createHash>;
  digest(): Buffer;
  digest(form: 'hex'): string;
} {
  const state = sha256.create();
  function digest(): Buffer;
  function digest(form: 'hex'): string;
  function digest(form?: 'hex'): Buffer | string {
    const bytes = Buffer.from(state.digest());
    return form === undefined ? bytes : bytes.toString(form);
  }
  const self = {
    update: (data: Bytes) => {
      state.update(bytesOf(data));
      return self;
    },
    digest,
  };
  return self;
}

interface PublicKey {
  readonly raw: Uint8Array;
}

/** The last 32 bytes of an Ed25519 key in SPKI form are the key. */
export const createPublicKey = ({key}: {readonly key: Uint8Array}): PublicKey => ({raw: key.slice(-32)});

export const createPrivateKey = (): never => {
  throw new Error('nothing is signed in a browser');
};
export const sign = (): never => createPrivateKey();

/** A number from little-endian bytes. */
function numberOf(bytes: Uint8Array): bigint {
  let value = 0n;
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte);
  return value;
}

const same = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, i) => byte === b[i]);

/** The equation without cofactor, compared bytewise, as OpenSSL does it (RFC 8032 §5.1.7, second form of the check). */
export function verify(
  _algorithm: null,
  message: Uint8Array,
  {raw}: PublicKey,
  signature: Uint8Array,
): boolean {
  if (signature.length !== 64) return false;
  const r = signature.slice(0, 32);
  const s = numberOf(signature.slice(32));
  const {n: order} = Point.CURVE();
  if (s >= order) return false;
  try {
    const key = Point.fromBytes(raw, false);
    const digest = sha512.create().update(r).update(raw).update(message).digest();
    const k = numberOf(digest) % order;
    const left = s === 0n ? Point.ZERO : Point.BASE.multiplyUnsafe(s);
    const right = k === 0n ? Point.ZERO : key.multiplyUnsafe(k);
    return same(left.subtract(right).toBytes(), r);
  } catch {
    return false; // the key is no point
  }
}
