// Ed25519 as those services use it: raw keys and signatures in hex, a fingerprint that is the SHA-256 of the key bytes.
import {createPublicKey, verify} from 'node:crypto';
import {canonical, sha256} from './canonical.ts';
import type {JsonObject, JsonValue} from './strict-json.ts';

// The fixed head of a SubjectPublicKeyInfo that holds an Ed25519 key (RFC 8410).
const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');

const bytesOf = (value: JsonValue | undefined, count: number): Buffer | undefined =>
  typeof value === 'string' && value.length === count * 2 && /^[0-9a-fA-F]*$/.test(value)
    ? Buffer.from(value, 'hex')
    : undefined;

/** SHA-256 (hex) of a raw public key in hex; undefined when it is none. */
export function fingerprintOf(publicKey: JsonValue | undefined): string | undefined {
  const raw = bytesOf(publicKey, 32);
  return raw === undefined ? undefined : sha256(raw);
}

/** Whether `signature` over the canonical bytes of `signed` was made with `publicKey`. */
export function isSignedBy(
  publicKey: JsonValue | undefined,
  signed: JsonObject,
  signature: JsonValue | undefined,
): boolean {
  const raw = bytesOf(publicKey, 32);
  const made = bytesOf(signature, 64);
  if (raw === undefined || made === undefined) return false;
  try {
    const key = createPublicKey({key: Buffer.concat([spkiHead, raw]), format: 'der', type: 'spki'});
    return verify(null, Buffer.from(canonical(signed)), key, made);
  } catch {
    return false; // the bytes are no point of the curve
  }
}
