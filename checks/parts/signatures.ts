// Detached signatures, judged by node's own means: Ed25519, RSA and ECDSA over a file, and minisign's format.
import {constants, createHash, createPublicKey, verify} from 'node:crypto';
import type {KeyObject} from 'node:crypto';
import {decoded} from './keys.ts';

export const signatureForms = ['raw', 'base64', 'hex'] as const;
export type SignatureForm = (typeof signatureForms)[number];

/** The bytes of a signature file; text forms may have a newline at their end. Undefined where it is not of the form. */
export function signatureBytes(file: Uint8Array, form: SignatureForm): Uint8Array | undefined {
  if (form === 'raw') return file;
  return decoded(new TextDecoder('latin1').decode(file).replaceAll(/\s/g, ''), form);
}

export interface DetachedForm {
  readonly digest: 'sha256' | 'sha384' | 'sha512';
  readonly padding: 'pkcs1' | 'pss';
  readonly dsaEncoding: 'der' | 'ieee-p1363';
}

export interface Signed {
  readonly message: Uint8Array;
  readonly signature: Uint8Array;
}

/** Whether the key signed these bytes. A signature that cannot even be read did not. */
export function isSigned(key: KeyObject, {message, signature}: Signed, form: DetachedForm): boolean {
  const isEdwards = key.asymmetricKeyType?.startsWith('ed') === true;
  const padding =
    key.asymmetricKeyType === 'rsa'
      ? {
          padding: form.padding === 'pss' ? constants.RSA_PKCS1_PSS_PADDING : constants.RSA_PKCS1_PADDING,
          ...(form.padding === 'pss' ? {saltLength: constants.RSA_PSS_SALTLEN_AUTO} : {}),
        }
      : {};
  try {
    const options = {key, ...padding, dsaEncoding: form.dsaEncoding};
    return verify(isEdwards ? null : form.digest, message, options, signature);
  } catch {
    return false;
  }
}

export interface MinisignKey {
  readonly id: string;
  readonly key: KeyObject;
}

const spkiHead = Buffer.from('302a300506032b6570032100', 'hex');
const keyBytes = 42;
const signatureSize = 74;

/** The last line that is base64; the first one is a comment that nobody signed. */
const lastLine = (text: string): Buffer =>
  Buffer.from(
    text
      .split('\n')
      .map(line => line.trim())
      .findLast(line => /^[A-Za-z0-9+/]+=*$/.test(line)) ?? '',
    'base64',
  );

/** A minisign public key (jedisct1.github.io/minisign): `Ed`, 8 bytes of id, 32 bytes of key; undefined when it is none. */
export function minisignKey(text: string): MinisignKey | undefined {
  const bytes = lastLine(text);
  if (bytes.length !== keyBytes || bytes.toString('latin1', 0, 2) !== 'Ed') return undefined;
  const key = createPublicKey({
    key: Buffer.concat([spkiHead, bytes.subarray(10)]),
    format: 'der',
    type: 'spki',
  });
  return {id: bytes.toString('hex', 2, 10), key};
}

/** Why a minisign signature does not hold for these bytes; undefined when it does, with its trusted comment. */
export function minisignProblem(
  {id, key}: MinisignKey,
  {message, signatureFile}: {readonly message: Uint8Array; readonly signatureFile: string},
): string | undefined {
  const [, first = '', comment = '', second = ''] = signatureFile
    .split('\n')
    .map(line => line.replace(/\r$/, ''));
  const bytes = Buffer.from(first, 'base64');
  const algorithm = bytes.toString('latin1', 0, 2);
  if (bytes.length !== signatureSize || (algorithm !== 'Ed' && algorithm !== 'ED'))
    return 'it is no minisign signature';
  if (bytes.toString('hex', 2, 10) !== id) return 'another key signed it';
  const signature = bytes.subarray(10);
  const signed = algorithm === 'ED' ? createHash('blake2b512').update(message).digest() : message;
  if (!verify(null, signed, key, signature)) return 'the signature does not hold';
  const prefix = 'trusted comment: ';
  if (!comment.startsWith(prefix)) return 'it has no trusted comment';
  const whole = Buffer.concat([signature, Buffer.from(comment.slice(prefix.length))]);
  return verify(null, whole, key, Buffer.from(second, 'base64'))
    ? undefined
    : 'the trusted comment was changed';
}
