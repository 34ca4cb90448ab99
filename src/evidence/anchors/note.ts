// The checkpoint that is carried, and whether the other end shows it again.
import type {Anchor} from '../../domain/anchor.ts';
import {fromHex, textOf, toBase64} from '../../ledger/bytes.ts';
import {notesIn} from '../../ledger/bundle/notes-file.ts';
import {parseNote} from '../../ledger/note.ts';

/** The newest signed checkpoint, and what was carried to this place before. */
export interface Cargo {
  readonly origin: string;
  /** The note, byte for byte as the data directory has it. */
  readonly raw: Uint8Array;
  readonly before: {readonly size: number; readonly root: string} | undefined;
}

/** What became of one sending; `readBack` and `lost` as receipts say them. */
export type Carried =
  | {readonly ok: true; readonly message: string; readonly readBack?: true; readonly lost?: number}
  | {readonly ok: false; readonly message: string};

export type Carry<A extends Anchor, P> = (
  anchor: A,
  cargo: Cargo,
  ports: P,
  signal: AbortSignal,
) => Promise<Carried>;

export const failed = (message: string): Carried => ({ok: false, message});

/** So much of the end of a file is looked at: some fifty notes. */
export const tailBytes = 16_384;

const latin1 = (bytes: Uint8Array): string => Array.from(bytes, byte => String.fromCharCode(byte)).join('');

/** What the end of the file says after the note was added; `tailBytes` of it, or the whole file when that is shorter. */
export function compared(tail: Uint8Array, {origin, raw, before}: Cargo): Carried {
  const shown = `\n${latin1(tail)}`;
  if (!shown.includes(`\n${latin1(raw)}`))
    return failed('what was read back is not what was sent: something else stands there');
  const root = before === undefined ? undefined : fromHex(before.root);
  if (before === undefined || root === undefined || tail.length >= tailBytes)
    return {ok: true, readBack: true, message: 'added and read back'};
  if (shown.includes(`\n${origin}\n${before.size}\n${toBase64(root)}\n`))
    return {ok: true, readBack: true, message: 'added and read back'};
  const lost = `the checkpoint of ${before.size} entries that was sent before is gone: the file was replaced or cut`;
  return {ok: true, readBack: true, lost: before.size, message: `added and read back, but ${lost}`};
}

/** Whether a note may follow: the end of a file that is empty or ends with a whole note. */
export function endsWhole(tail: Uint8Array): boolean {
  const last = notesIn(tail).at(-1);
  return (
    tail.length === 0 || (last !== undefined && textOf(last) !== undefined && !('problem' in parseNote(last)))
  );
}
