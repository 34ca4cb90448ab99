// A checkpoint (c2sp.org/tlog-checkpoint): origin, size and root of the tree, as a signed note.
import {fromBase64, toBase64} from './bytes.ts';
import {parseNote, signNote, type Note, type Signer} from './note.ts';

export interface Checkpoint {
  readonly origin: string;
  readonly size: number;
  readonly root: Buffer;
}

export interface SignedCheckpoint extends Checkpoint {
  readonly note: Note;
}

export function signCheckpoint({size, root}: {size: number; root: Uint8Array}, signer: Signer): string {
  return signNote(`${signer.name}\n${size}\n${toBase64(root)}\n`, signer);
}

/** Reads a checkpoint without checking signatures; a sentence when it is not one. */
export function parseCheckpoint(raw: Uint8Array): SignedCheckpoint | {readonly problem: string} {
  const note = parseNote(raw);
  if ('problem' in note) return note;
  const [origin = '', digits = '', encoded = '', ...rest] = note.text.slice(0, -1).split('\n');
  const root = fromBase64(encoded);
  const size = Number(digits);
  if (origin === '' || rest.includes('')) return {problem: 'it has an empty line'};
  if (!/^(0|[1-9]\d*)$/.test(digits) || !Number.isSafeInteger(size))
    return {problem: 'its size is not a number'};
  if (root?.length !== 32) return {problem: 'its root is not 32 bytes of base64'};
  return {origin, size, root: Buffer.from(root), note};
}
