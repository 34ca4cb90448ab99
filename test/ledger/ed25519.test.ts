import {createHash, sign} from 'node:crypto';
import {expect, test} from 'vitest';
import {concat, fromHex, hexOf, utf8} from '../../src/ledger/bytes.ts';
import {isEd25519} from '../../src/ledger/ed25519.ts';
import {signerFrom} from '../../src/ledger/note.ts';

// Points of the curve in affine coordinates, slow and plain: what the vectors below are made of.
type Point = readonly [x: bigint, y: bigint];
const prime = 2n ** 255n - 19n;
const order = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (a: bigint, n = prime): bigint => ((a % n) + n) % n;
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  for (let b = mod(base), e = exponent; e > 0n; e >>= 1n, b = mod(b * b))
    if (e & 1n) result = mod(result * b);
  return result;
}
const inverse = (a: bigint): bigint => power(a, prime - 2n);
const d = mod(-121665n * inverse(121666n));
const add = ([x1, y1]: Point, [x2, y2]: Point): Point => {
  const k = mod(d * x1 * x2 * y1 * y2);
  return [mod((x1 * y2 + x2 * y1) * inverse(1n + k)), mod((y1 * y2 + x1 * x2) * inverse(1n - k))];
};
const zero: Point = [0n, 1n];
function times(scalar: bigint, point: Point): Point {
  let sum = zero;
  for (let s = scalar, p = point; s > 0n; s >>= 1n, p = add(p, p)) if (s & 1n) sum = add(sum, p);
  return sum;
}
function root(square: bigint): bigint | undefined {
  let x = power(square, (prime + 3n) / 8n);
  if (mod(x * x) !== square) x = mod(x * power(2n, (prime - 1n) / 4n));
  return mod(x * x) === square ? x : undefined;
}
const pointOf = (y: bigint): Point | undefined => {
  const x = root(mod((y * y - 1n) * inverse(d * y * y + 1n)));
  return x === undefined ? undefined : [x, y];
};

const little = (value: bigint): Uint8Array =>
  (fromHex(value.toString(16).padStart(64, '0')) ?? new Uint8Array()).reverse();
const encoded = (y: bigint, sign: bigint): Uint8Array => little(y | (sign << 255n));
const bytesOf = ([x, y]: Point): Uint8Array => encoded(y, x & 1n);

const basePoint = (): Point => {
  const [x, y] = pointOf(mod(4n * inverse(5n))) ?? zero;
  return [x % 2n === 0n ? x : prime - x, y];
};
const base = basePoint();

/** Every point of order 1, 2, 4 or 8: the multiples of a generator of that group. */
const smallPoints = (): readonly Point[] => {
  for (let y = 2n; ; y++) {
    const point = pointOf(y);
    const small = point === undefined ? zero : times(order, point);
    const multiples = [0n, 1n, 2n, 3n, 4n, 5n, 6n, 7n].map(n => times(n, small));
    if (new Set(multiples.map(String)).size === 8) return multiples;
  }
};

/** All encodings of them: both sign bits where x is 0, and y + p where that still fits 255 bits. */
const smallEncodings = smallPoints().flatMap(([x, y]) =>
  [y, y + prime]
    .filter(value => value < 2n ** 255n)
    .flatMap(value => (x === 0n ? [0n, 1n] : [x & 1n]).map(sign => encoded(value, sign))),
);

const message = utf8('hello\n');
const signer = signerFrom('quarterdeck/acme/bastion/0011223344556677', new Uint8Array(32).fill(9));
const good = new Uint8Array(sign(null, message, signer.secret));
const {publicKey} = signer;
const [r, s] = [good.subarray(0, 32), good.subarray(32)];
const challenge = (rBytes: Uint8Array, key: Uint8Array): bigint =>
  mod(
    BigInt(
      `0x${hexOf(createHash('sha512').update(rBytes).update(key).update(message).digest().toReversed())}`,
    ),
    order,
  );

test('a signature holds for its message and key, and for no other', () => {
  expect(isEd25519({publicKey, message, signature: good})).toBe(true);
  expect(isEd25519({publicKey, message: utf8('hello'), signature: good})).toBe(false);
  for (let bit = 0; bit < 512; bit += 7) {
    const signature = good.slice();
    signature[bit >> 3] = (signature[bit >> 3] ?? 0) ^ (1 << (bit & 7));
    expect(isEd25519({publicKey, message, signature}), String(bit)).toBe(false);
  }
  for (const length of [0, 63, 65]) {
    expect(isEd25519({publicKey, message, signature: new Uint8Array(length)})).toBe(false);
  }
  expect(isEd25519({publicKey: publicKey.subarray(1), message, signature: good})).toBe(false);
});

test('there are fourteen encodings of points of small order, and none is a key or an R', () => {
  expect(new Set(smallEncodings.map(hexOf)).size).toBe(14);
  for (const small of smallEncodings) {
    // With A of small order, S = 0 and R = −[k]A satisfies the equation for one message in eight at least.
    expect(isEd25519({publicKey: small, message, signature: concat([small, new Uint8Array(32)])})).toBe(
      false,
    );
    expect(isEd25519({publicKey: small, message, signature: good})).toBe(false);
    expect(isEd25519({publicKey, message, signature: concat([small, s])})).toBe(false);
  }
});

test('a forgery under the neutral element, which the equation alone lets pass, is refused', () => {
  // A = (0, 1): any R = [S]B will do, whatever the message says.
  const [secret, neutral] = [12345n, bytesOf(zero)];
  const forged = concat([bytesOf(times(secret, base)), little(secret)]);
  expect(isEd25519({publicKey: neutral, message, signature: forged})).toBe(false);
});

test('an R of small order that fits the equation is refused', () => {
  // R = 0 and S = k·a: only who has the key can make it, and verifiers disagree about it.
  const secret = 777n;
  const key = bytesOf(times(secret, base));
  const neutral = bytesOf(zero);
  const fits = concat([neutral, little(mod(challenge(neutral, key) * secret, order))]);
  expect(isEd25519({publicKey: key, message, signature: fits})).toBe(false);
});

test('what holds only with the cofactor is refused', () => {
  const [secret, nonce] = [777n, 4242n];
  const key = bytesOf(times(secret, base));
  const small = smallPoints()[1] ?? zero;
  const signed = (at: Point): Uint8Array =>
    concat([bytesOf(at), little(mod(nonce + challenge(bytesOf(at), key) * secret, order))]);
  expect(isEd25519({publicKey: key, message, signature: signed(times(nonce, base))})).toBe(true);
  expect(isEd25519({publicKey: key, message, signature: signed(add(times(nonce, base), small))})).toBe(false);
});

test('a key of mixed order is allowed where the equation holds without the cofactor', () => {
  const [secret, small] = [777n, smallPoints()[1] ?? zero];
  const key = bytesOf(add(times(secret, base), small));
  const holds = Array.from({length: 64}, (_, i) => BigInt(i + 1)).filter(nonce => {
    const at = bytesOf(times(nonce, base));
    const k = challenge(at, key);
    const signature = concat([at, little(mod(nonce + k * secret, order))]);
    const isRight = isEd25519({publicKey: key, message, signature});
    expect(isRight).toBe(k % 8n === 0n);
    return isRight;
  });
  expect(holds.length).toBeGreaterThan(0);
});

test('an S that is not below the order is refused', () => {
  const value = BigInt(`0x${hexOf(s.toReversed())}`);
  for (const same of [value + order, value + 2n * order, value + 7n * order]) {
    expect(isEd25519({publicKey, message, signature: concat([r, little(same)])})).toBe(false);
  }
});

test('a y that is not below the prime is refused', () => {
  for (let more = 0n; more < 19n; more++) {
    for (const sign of [0n, 1n]) {
      const point = encoded(prime + more, sign);
      expect(isEd25519({publicKey: point, message, signature: good})).toBe(false);
      expect(isEd25519({publicKey, message, signature: concat([point, s])})).toBe(false);
    }
  }
});
