// C2SP signed notes (c2sp.org/signed-note) with Ed25519 keys: format, keys, signing, checking.
import {createPrivateKey, createPublicKey, sign, verify, type KeyObject} from 'node:crypto';
import {sha256} from './hash.ts';

const ed25519 = 0x01;
const pkcs8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const spki = Buffer.from('302a300506032b6570032100', 'hex');
const maxSignatures = 64;
const dash = '— ';

export interface Verifier {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  readonly key: KeyObject;
  /** The verifier key as text: name+id+base64(type ‖ public key). */
  readonly vkey: string;
}

export interface Signer extends Verifier {
  readonly secret: KeyObject;
  /** What is kept in the key file, in the encoding of Go's note package. */
  readonly text: string;
}

export interface Note {
  /** With its final newline. */
  readonly text: string;
  readonly signatures: readonly {readonly name: string; readonly id: string; readonly bytes: Buffer}[];
}

/** Bytes of standard base64, only when it is the one way to write them. */
export function fromBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64') === text ? bytes : undefined;
}

const isName = (name: string): boolean => name !== '' && !/[\s\p{Z}+]/u.test(name);

function verifierOf(name: string, publicKey: Buffer): Verifier {
  const typed = Buffer.concat([Buffer.from([ed25519]), publicKey]);
  const id = sha256(Buffer.concat([Buffer.from(`${name}\n`), typed]))
    .subarray(0, 4)
    .toString('hex');
  const key = createPublicKey({key: Buffer.concat([spki, publicKey]), format: 'der', type: 'spki'});
  return {name, id, key, vkey: `${name}+${id}+${typed.toString('base64')}`};
}

/** A signing key from 32 random bytes; its name is the log's origin. */
export function signerFrom(name: string, seed: Uint8Array): Signer {
  const secret = createPrivateKey({key: Buffer.concat([pkcs8, seed]), format: 'der', type: 'pkcs8'});
  const publicKey = createPublicKey(secret).export({format: 'der', type: 'spki'}).subarray(-32);
  const verifier = verifierOf(name, publicKey);
  const typed = Buffer.concat([Buffer.from([ed25519]), seed]).toString('base64');
  return {...verifier, secret, text: `PRIVATE+KEY+${name}+${verifier.id}+${typed}`};
}

function typedKey(encoded: string): Buffer | undefined {
  const bytes = fromBase64(encoded);
  return bytes?.length === 33 && bytes[0] === ed25519 ? bytes.subarray(1) : undefined;
}

/** Reads what `Signer.text` says; undefined when it is no such key. */
export function parseSigner(text: string): Signer | undefined {
  const match = /^PRIVATE\+KEY\+([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim());
  const [, name = '', id = '', encoded = ''] = match ?? [];
  const seed = typedKey(encoded);
  if (seed === undefined || !isName(name)) return undefined;
  const signer = signerFrom(name, seed);
  return signer.id === id ? signer : undefined;
}

/** Reads a verifier key; undefined when it is malformed or of another algorithm. */
export function parseVkey(text: string): Verifier | undefined {
  const match = /^([^+]+)\+([0-9a-f]{8})\+(\S+)$/.exec(text.trim());
  const [, name = '', id = '', encoded = ''] = match ?? [];
  const publicKey = typedKey(encoded);
  if (publicKey === undefined || !isName(name)) return undefined;
  const verifier = verifierOf(name, publicKey);
  return verifier.id === id ? verifier : undefined;
}

/** Reads a note without checking its signatures; a sentence when it cannot be read as specified. */
export function parseNote(raw: Uint8Array): Note | {readonly problem: string} {
  let whole: string;
  try {
    whole = new TextDecoder('utf-8', {fatal: true, ignoreBOM: true}).decode(raw);
  } catch {
    return {problem: 'it is not UTF-8'};
  }
  if (/[\0-\x09\x0b-\x1f]/.test(whole)) return {problem: 'it holds a control character'};
  const split = whole.lastIndexOf('\n\n');
  if (split < 0 || !whole.endsWith('\n')) return {problem: 'it has no signature block'};
  const lines = whole.slice(split + 2, -1).split('\n');
  if (lines.length > maxSignatures) return {problem: `it has more than ${maxSignatures} signatures`};
  const signatures = [];
  for (const line of lines) {
    const [name = '', encoded = '', ...rest] = line.slice(dash.length).split(' ');
    const bytes = fromBase64(encoded);
    if (
      !line.startsWith(dash) ||
      rest.length > 0 ||
      !isName(name) ||
      bytes === undefined ||
      bytes.length < 5
    ) {
      return {problem: 'a signature line is malformed'};
    }
    signatures.push({name, id: bytes.subarray(0, 4).toString('hex'), bytes: bytes.subarray(4)});
  }
  return {text: whole.slice(0, split + 1), signatures};
}

/** True when a known key signed it and no signature of a known key is wrong. */
export function isSigned(note: Note, known: readonly Verifier[]): boolean {
  let good = false;
  for (const {name, id, bytes} of note.signatures) {
    const key = known.find(verifier => verifier.name === name && verifier.id === id);
    if (key === undefined) continue;
    if (!verify(null, Buffer.from(note.text), key.key, bytes)) return false;
    good = true;
  }
  return good;
}

/** The note as it is stored and sent: text, blank line, one signature line. */
export function signNote(text: string, signer: Signer): string {
  const signature = sign(null, Buffer.from(text), signer.secret);
  const bytes = Buffer.concat([Buffer.from(signer.id, 'hex'), signature]);
  return `${text}\n${dash}${signer.name} ${bytes.toString('base64')}\n`;
}
