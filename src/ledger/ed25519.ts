// Ed25519 as strictly as the format asks: what implementations disagree about is refused before the equation.
import {createPublicKey, verify} from 'node:crypto';
import {concat, fromHex, hexOf} from './bytes.ts';

const spki = fromHex('302a300506032b6570032100') ?? new Uint8Array();

/** 2^255 − 19 and the order of the base point, as 64 hex digits, most significant first. */
const prime = `7f${'f'.repeat(60)}ed`;
const order = '1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed';

/**
 * The y of the eight points P with 8P = 0, most significant byte first. P = (0, 1); P = (0, −1); 2P = (0, −1) gives
 * y = 0; 4P = (0, −1) gives the two y with d·y⁴ + 2y² − 1 = 0. Every x that goes with them is covered, since the
 * sign bit is left out; other encodings have a y not below the prime, and are refused for that.
 */
const smallOrderY: ReadonlySet<string> = new Set([
  `${'0'.repeat(63)}1`,
  `7f${'f'.repeat(60)}ec`,
  '0'.repeat(64),
  '05fc536d880238b13933c6d305acdfd5f098eff289f4c345b027b2c28f95e826',
  '7a03ac9277fdc74ec6cc392cfa53202a0f67100d760b3cba4fd84d3d706a17c7',
]);

/** Hex of a little-endian number, most significant digit first: numbers of one length compare as text. */
const numberText = (bytes: Uint8Array): string => hexOf(bytes.toReversed());

/** Whether an encoded point is one that every implementation reads alike: y below the prime, not of small order. */
function isStrictPoint(point: Uint8Array): boolean {
  const withoutSign = point.slice();
  withoutSign[31] = (point[31] ?? 0) & 0x7f;
  const y = numberText(withoutSign);
  return y < prime && !smallOrderY.has(y);
}

/** Strict verification, then the equation without cofactor, R compared bytewise (as OpenSSL does). */
export function isEd25519(claim: {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}): boolean {
  const {publicKey, message, signature} = claim;
  if (publicKey.length !== 32 || signature.length !== 64) return false;
  if (!isStrictPoint(publicKey) || !isStrictPoint(signature.subarray(0, 32))) return false;
  if (numberText(signature.subarray(32)) >= order) return false;
  const key = createPublicKey({key: Buffer.from(concat([spki, publicKey])), format: 'der', type: 'spki'});
  return verify(null, message, key, signature);
}
