// Ed25519 of verify.py against that of src/ledger: honest signatures, damaged ones, and what verifiers disagree about.
import {createHash, sign} from 'node:crypto';
import {ed25519} from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import {afterAll, beforeAll, describe, expect, test} from 'vitest';
import {concat, fromHex, toBase64, utf8} from '../../src/ledger/bytes.ts';
import {isEd25519} from '../../src/ledger/ed25519.ts';
import {signerFrom} from '../../src/ledger/note.ts';
import {pythonProblem, startPython, type Python} from './python.ts';

const problem = pythonProblem();
let python: Python;

interface Claim {
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** What both say; throws when they differ. */
async function holds(claim: Claim): Promise<boolean> {
  const {publicKey, message, signature} = claim;
  const told = await python.ask({
    publicKey: toBase64(publicKey),
    message: toBase64(message),
    signature: toBase64(signature),
  });
  const ours = isEd25519(claim);
  expect(told['holds']).toBe(ours);
  return ours;
}

const {Point} = ed25519;
type Place = typeof Point.BASE;
const order = Point.Fn.ORDER;
const little = (value: bigint): Uint8Array =>
  (fromHex(value.toString(16).padStart(64, '0')) ?? new Uint8Array()).reverse();
const mod = (value: bigint): bigint => ((value % order) + order) % order;
const numberOf = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).reverse().toString('hex')}`);

const message = utf8('quarterdeck/acme/bastion/0011223344556677\n5\nroot\n');
const signer = signerFrom('quarterdeck/acme/bastion/0011223344556677', new Uint8Array(32).fill(9));
const {publicKey} = signer;
const signature = new Uint8Array(sign(null, message, signer.secret));
const [r, s] = [signature.subarray(0, 32), signature.subarray(32)];

/** The fourteen encodings of points of small order: the canonical ones, the other sign of 0, and y + p. */
const small = [
  '0100000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000080',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0000000000000000000000000000000000000000000000000000000000000080',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  'eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff',
].map(hex => fromHex(hex) ?? new Uint8Array());

/** A signature that fits the equation with this key and nonce, whatever their order. */
function fitted(key: Uint8Array, secret: bigint, at: Uint8Array, nonce: bigint): Uint8Array {
  const digest = createHash('sha512').update(at).update(key).update(message).digest();
  return concat([at, little(mod(nonce + numberOf(digest) * secret))]);
}

describe.skipIf(problem !== undefined)(
  `verify.py${problem === undefined ? '' : ` (skipped: ${problem})`}`,
  () => {
    beforeAll(() => {
      python = startPython();
    });
    afterAll(() => python.stop());

    test('what Node signs holds, and no bit of it can change', async () => {
      const seed = fc.uint8Array({minLength: 32, maxLength: 32});
      await fc.assert(
        fc.asyncProperty(seed, fc.uint8Array(), fc.nat(511), async (bytes, text, bit) => {
          const {publicKey: key, secret} = signerFrom(signer.name, bytes);
          const good = new Uint8Array(sign(null, text, secret));
          expect(await holds({publicKey: key, message: text, signature: good})).toBe(true);
          good[bit >> 3] = (good[bit >> 3] ?? 0) ^ (1 << (bit & 7));
          expect(await holds({publicKey: key, message: text, signature: good})).toBe(false);
        }),
        {numRuns: 40},
      );
    });

    test('other lengths are no signatures and no keys', async () => {
      for (const length of [0, 31, 32, 63, 65, 96])
        expect(await holds({publicKey, message, signature: new Uint8Array(length)})).toBe(false);
      expect(await holds({publicKey: publicKey.subarray(1), message, signature})).toBe(false);
    });

    test('a point of small order is no key and no R, in any encoding', async () => {
      for (const point of small) {
        expect(await holds({publicKey: point, message, signature})).toBe(false);
        expect(await holds({publicKey: point, message, signature: concat([point, new Uint8Array(32)])})).toBe(
          false,
        );
        expect(await holds({publicKey, message, signature: concat([point, s])})).toBe(false);
        const key = Point.BASE.multiply(777n).toBytes();
        expect(await holds({publicKey: key, message, signature: fitted(key, 777n, point, 0n)})).toBe(false);
      }
    });

    test('an S that is not below the order and a y that is not below the prime are refused', async () => {
      for (const more of [1n, 2n, 7n])
        expect(
          await holds({publicKey, message, signature: concat([r, little(numberOf(s) + more * order)])}),
        ).toBe(false);
      for (let more = 0n; more < 19n; more++) {
        const point = little(Point.Fp.ORDER + more);
        expect(await holds({publicKey: point, message, signature})).toBe(false);
        expect(await holds({publicKey, message, signature: concat([point, s])})).toBe(false);
      }
    });

    test('points of mixed order count as the equation without cofactor says', async () => {
      const torsion = Point.fromHex(Buffer.from(small[6] ?? []).toString('hex'));
      const place = (scalar: bigint, more: Place = Point.ZERO): Uint8Array =>
        Point.BASE.multiply(scalar).add(more).toBytes();
      const key = place(777n);
      expect(await holds({publicKey: key, message, signature: fitted(key, 777n, place(42n), 42n)})).toBe(
        true,
      );
      expect(
        await holds({publicKey: key, message, signature: fitted(key, 777n, place(42n, torsion), 42n)}),
      ).toBe(false);
      const mixed = place(777n, torsion);
      const answers = [];
      for (let nonce = 1n; nonce <= 48n; nonce++)
        answers.push(
          await holds({publicKey: mixed, message, signature: fitted(mixed, 777n, place(nonce), nonce)}),
        );
      expect(new Set(answers)).toEqual(new Set([true, false]));
    });

    test('bytes that are no point of the curve are no key', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({minLength: 32, maxLength: 32}), async point => {
          expect(await holds({publicKey: point, message, signature})).toBe(false);
          expect(await holds({publicKey, message, signature: concat([point, s])})).toBe(false);
        }),
        {numRuns: 40},
      );
    });
  },
);
