// C2SP signed notes (c2sp.org/signed-note) with Ed25519 keys: format, keys, signing, checking.
import {createPrivateKey, createPublicKey, sign, type KeyObject} from 'node:crypto';
import {concat, fromBase64, fromHex, hexOf, textOf, toBase64, utf8} from './bytes.ts';
import {isEd25519} from './ed25519.ts';
import {sha256} from './hash.ts';

const ed25519 = Uint8Array.of(0x01);
const pkcs8 = fromHex('302e020100300506032b657004220420') ?? new Uint8Array();
const maxSignatures = 64;
const dash = '— ';

export interface Verifier {
  readonly name: string;
  /** 8 hex digits. */
  readonly id: string;
  /** 32 bytes; whether they are a strict point is asked when something is checked with it. */
  readonly publicKey: Uint8Array;
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
  readonly signatures: readonly {readonly name: string; readonly id: string; readonly bytes: Uint8Array}[];
}

/** Go's list of what is white space, spelled out so that every language means the same. */
const notInName = /[\0-\x20+\x7f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
const isName = (name: string): boolean => name !== '' && !notInName.test(name);

function verifierOf(name: string, publicKey: Uint8Array): Verifier {
  const typed = concat([ed25519, publicKey]);
  const id = hexOf(sha256(concat([utf8(`${name}\n`), typed])).subarray(0, 4));
  return {name, id, publicKey, vkey: `${name}+${id}+${toBase64(typed)}`};
}

/** A signing key from 32 random bytes; its name is the log's origin. */
export function signerFrom(name: string, seed: Uint8Array): Signer {
  const secret = createPrivateKey({key: Buffer.from(concat([pkcs8, seed])), format: 'der', type: 'pkcs8'});
  const publicKey = createPublicKey(secret).export({format: 'der', type: 'spki'}).subarray(-32);
  const verifier = verifierOf(name, new Uint8Array(publicKey));
  return {
    ...verifier,
    secret,
    text: `PRIVATE+KEY+${name}+${verifier.id}+${toBase64(concat([ed25519, seed]))}`,
  };
}

function typedKey(encoded: string): Uint8Array | undefined {
  const bytes = fromBase64(encoded);
  return bytes?.length === 33 && bytes[0] === ed25519[0] ? bytes.subarray(1) : undefined;
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
  const [name = '', id = '', ...encoded] = text.split('+');
  // Base64 may hold a plus itself.
  const publicKey = typedKey(encoded.join('+'));
  if (publicKey === undefined || !isName(name)) return undefined;
  const verifier = verifierOf(name, publicKey);
  return verifier.id === id ? verifier : undefined;
}

/** Reads a note without checking its signatures; a sentence when it cannot be read as specified. */
export function parseNote(raw: Uint8Array): Note | {readonly problem: string} {
  const whole = textOf(raw);
  if (whole === undefined) return {problem: 'it is not UTF-8'};
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
    signatures.push({name, id: hexOf(bytes.subarray(0, 4)), bytes: bytes.subarray(4)});
  }
  return {text: whole.slice(0, split + 1), signatures};
}

/** True when a known key signed it and no signature of a known key is wrong. */
export function isSigned(note: Note, known: readonly Verifier[]): boolean {
  const message = utf8(note.text);
  let good = false;
  for (const {name, id, bytes} of note.signatures) {
    const key = known.find(verifier => verifier.name === name && verifier.id === id);
    if (key === undefined) continue;
    if (!isEd25519({publicKey: key.publicKey, message, signature: bytes})) return false;
    good = true;
  }
  return good;
}

/** True when that key signed it, every signature of that key holds, and no other key of the log signed. */
export const isSignedBy = (note: Note, key: Verifier, keys: readonly Verifier[]): boolean =>
  isSigned(note, [key]) &&
  !note.signatures.some(
    ({name, id}) => id !== key.id && keys.some(other => other.name === name && other.id === id),
  );

/** The note as it is stored and sent: text, blank line, one signature line. */
export function signNote(text: string, signer: Signer): string {
  const signature = sign(null, utf8(text), signer.secret);
  const bytes = concat([fromHex(signer.id) ?? new Uint8Array(), signature]);
  return `${text}\n${dash}${signer.name} ${toBase64(bytes)}\n`;
}

/** What the old key signs to introduce the next one, in entry `seq` (docs/formats/ledger.md, Rotation). */
export const rotationText = (origin: string, seq: number, vkey: string): string =>
  `quarterdeck-key-rotation-v1\n${origin}\n${seq}\n${vkey}\n`;
