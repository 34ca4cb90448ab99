// The service's Ed25519 signing key and what is signed with it: session cookies.
import {
  type KeyObject,
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
} from 'node:crypto';
import {existsSync, readFileSync} from 'node:fs';
import {z} from 'zod';
import {type Folder, writeWhole} from '../shared/folder.ts';

const sessionSchema = z.object({sub: z.string(), exp: z.number()});
const sessionHours = 12;

/** Makes the signing key (0600) unless there is one. */
export function ensureSigningKey(folder: Folder): void {
  if (existsSync(folder.signingKey)) return;
  const {privateKey} = generateKeyPairSync('ed25519');
  writeWhole(folder.signingKey, privateKey.export({type: 'pkcs8', format: 'pem'}).toString());
}

export function loadSigningKey(folder: Folder): KeyObject {
  return createPrivateKey(readFileSync(folder.signingKey));
}

/** SHA-256 (hex) of the public key in SPKI form. */
export function fingerprint(key: KeyObject): string {
  return createHash('sha256')
    .update(createPublicKey(key).export({type: 'spki', format: 'der'}))
    .digest('hex');
}

/** Whether the key on disk is still the loaded one and a signature made with it verifies. */
export function canSign(folder: Folder, key: KeyObject | undefined): boolean {
  if (key === undefined) return false;
  try {
    const probe = Buffer.from('signing material check');
    const signature = sign(null, probe, key);
    return (
      fingerprint(loadSigningKey(folder)) === fingerprint(key) &&
      verify(null, probe, createPublicKey(key), signature)
    );
  } catch {
    return false; // gone, unreadable or no key: that is the answer
  }
}

/** A session cookie's value for a user, good for twelve hours: base64url(claims).base64url(signature). */
export function makeSession(key: KeyObject, user: string): string {
  const claims = Buffer.from(JSON.stringify({sub: user, exp: Date.now() + sessionHours * 3_600_000}));
  return `${claims.toString('base64url')}.${sign(null, claims, key).toString('base64url')}`;
}

/** The user of a session cookie, or undefined when it is missing, forged or past its time. */
export function sessionUser(key: KeyObject, cookieHeader: string | undefined): string | undefined {
  const value = cookieHeader
    ?.split(';')
    .map(part => part.trim())
    .find(part => part.startsWith('session='))
    ?.slice('session='.length);
  const [claims, signature] = value?.split('.') ?? [];
  if (claims === undefined || signature === undefined) return undefined;
  const bytes = Buffer.from(claims, 'base64url');
  if (!verify(null, bytes, createPublicKey(key), Buffer.from(signature, 'base64url'))) return undefined;
  const session = sessionSchema.safeParse(JSON.parse(bytes.toString('utf8')));
  return session.success && session.data.exp > Date.now() ? session.data.sub : undefined;
}
