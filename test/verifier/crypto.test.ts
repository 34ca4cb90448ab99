import {
  createHash as nodeCreateHash,
  createPublicKey as nodePublicKey,
  hash as nodeHash,
  sign,
  verify as nodeVerify,
} from 'node:crypto';
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {signerFrom} from '../../src/ledger/note.ts';
import {createHash, createPublicKey, hash, verify} from '../../src/verifier/crypto.ts';

const spki = Buffer.from('302a300506032b6570032100', 'hex');
const der = (raw: Uint8Array) => Buffer.concat([spki, raw]);

const byNode = (message: Uint8Array, raw: Uint8Array, signature: Uint8Array): boolean => {
  try {
    const key = nodePublicKey({key: der(raw), format: 'der', type: 'spki'});
    return nodeVerify(null, message, key, signature);
  } catch {
    return false;
  }
};
const byPage = (message: Uint8Array, raw: Uint8Array, signature: Uint8Array): boolean =>
  verify(null, message, createPublicKey({key: der(raw)}), signature);

const signer = signerFrom('quarterdeck/a/b/0123456789abcdef', new Uint8Array(32).fill(7));
const publicKey = Buffer.from(signer.vkey.split('+').slice(2).join('+'), 'base64').subarray(1);

test('hashes are those of Node, whole and in pieces', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({maxLength: 300}), {maxLength: 5}), pieces => {
      const whole = Buffer.concat(pieces);
      expect(hash('sha256', whole, 'binary')).toBe(nodeHash('sha256', whole, 'binary'));
      const ours = createHash('sha256');
      const theirs = nodeCreateHash('sha256');
      for (const piece of pieces) {
        ours.update(piece);
        theirs.update(piece);
      }
      expect(ours.digest('hex')).toBe(theirs.digest('hex'));
    }),
  );
});

test('signatures are judged as Node judges them, good and with any bit flipped', () => {
  fc.assert(
    fc.property(fc.uint8Array({maxLength: 100}), fc.nat(96 * 8), (message, bit) => {
      const signature = sign(null, message, signer.secret);
      expect(byPage(message, publicKey, signature)).toBe(true);
      const both = Buffer.concat([publicKey, signature]);
      both[bit >> 3] = (both[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      const [key, other] = [both.subarray(0, 32), both.subarray(32)];
      expect(byPage(message, key, other)).toBe(byNode(message, key, other));
    }),
    {numRuns: 60},
  );
});

test('a signature of another length, and a key that is no point, are wrong', () => {
  const message = Buffer.from('m');
  const signature = sign(null, message, signer.secret);
  expect(byPage(message, publicKey, signature.subarray(0, 63))).toBe(false);
  expect(byPage(message, publicKey, Buffer.concat([signature, Buffer.alloc(1)]))).toBe(false);
  expect(byPage(message, Buffer.alloc(32, 2), signature)).toBe(
    byNode(message, Buffer.alloc(32, 2), signature),
  );
});
