// The stand-in for node:crypto of verify.html; what was said of a key, bytes and a signature is remembered, because a
// bit that is flipped elsewhere leaves all of them as they were.
import {verify as verifyOnce} from '../../src/verifier/crypto.ts';

export {createHash, createPrivateKey, createPublicKey, hash, sign} from '../../src/verifier/crypto.ts';

const known = new Map<string, boolean>();

export function verify(...claim: Parameters<typeof verifyOnce>): boolean {
  const [, message, {raw}, signature] = claim;
  const name = [message, raw, signature].map(bytes => bytes.join()).join('/');
  const found = known.get(name) ?? verifyOnce(...claim);
  if (known.size > 4096) known.clear();
  known.set(name, found);
  return found;
}
