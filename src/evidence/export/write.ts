// Writes a bundle into a fresh folder: content, frame, notes, verifiers, manifest and its signature.
import {QdError} from '../../domain/error.ts';
import type {LedgerSnapshot} from '../../domain/snapshot.ts';
import {
  byPath,
  manifestNotePath,
  manifestNoteText,
  manifestPath,
  manifestText,
} from '../../ledger/bundle/manifest.ts';
import {rangeText} from '../../ledger/bundle/written-lines.ts';
import {hexOf} from '../../ledger/bytes.ts';
import {parseCheckpoint} from '../../ledger/checkpoint.ts';
import {readmeText} from '../../report/readme.ts';
import {writeContent} from './content.ts';
import type {BundleFolder} from './folder.ts';
import {frameOf, type Slice} from './frame.ts';
import type {Guard} from './guard.ts';

export interface Verifiers {
  readonly python: Uint8Array;
  readonly html: Uint8Array;
}

export interface WriteRequest {
  readonly snapshot: LedgerSnapshot;
  readonly slice: Slice;
  readonly run: string | undefined;
  readonly origin: string;
  readonly folder: BundleFolder;
  readonly guard: Guard;
  readonly verifiers: Verifiers;
  readonly signText: (text: string) => Promise<string>;
  /** Hears what was read and written so far, of `total` pages' entries; throws to stop. */
  readonly onPage: (done: number, total: number) => Promise<void>;
}

const broken = (message: string): QdError =>
  new QdError('EVIDENCE_REFUSED', message, {
    hint: 'Nothing was handed over. Look at it with: quarterdeck ledger verify',
  });

/** Keys that rotations up to `size` put in force; a newer one is no part of this log yet. */
function vkeysOf(text: string, count: number): readonly string[] {
  const keys = text.split('\n').filter(line => line !== '');
  if (keys.length < count)
    throw broken(`The ledger names ${count} keys, and ledger.vkey holds ${keys.length}.`);
  return keys.slice(0, count);
}

/** The hash of the manifest, hex. Throws SECRET_FOUND, EVIDENCE_REFUSED, FILE_UNWRITABLE. */
export async function writeBundle(request: WriteRequest): Promise<string> {
  const {snapshot, slice, origin, folder, guard, verifiers, onPage} = request;
  const {from, to, size} = slice;
  const total = to - from + (from === 0 && to === size ? 0 : size);
  const notes = snapshot.checkpoints(size);
  const newest = notes.at(-1);
  const signed = newest === undefined ? undefined : parseCheckpoint(newest.note);
  if (newest?.size !== size || signed === undefined || 'problem' in signed) {
    throw broken(`The checkpoint of ${size} entries is missing or cannot be read.`);
  }
  const frame = await frameOf(snapshot, slice, async done => onPage(done, total));
  const read = total - (to - from);
  const keys = vkeysOf(snapshot.vkeys, frame.rotations + 1);
  const root = hexOf(signed.root);
  await writeContent({
    ...{snapshot, slice, origin, root, folder, guard, erased: frame.erased},
    onPage: async done => onPage(read + done, total),
  });
  await folder.put('range.json', rangeText({...slice, ...frame}));
  await folder.put('checkpoint', newest.note);
  for (const {size: at, note} of notes) {
    if (at >= Math.max(from, 1) && at <= to && at !== size) await folder.put(`checkpoints/${at}`, note);
  }
  await folder.put('ledger.vkey', keys.map(key => `${key}\n`).join(''));
  if (frame.context.length > 0) await folder.put('context.jsonl', frame.context.join(''));
  await folder.put('README.txt', readmeText({origin, ...slice, run: request.run, vkey: keys.at(-1) ?? ''}));
  await folder.put('verify.py', verifiers.python);
  await folder.put('verify.html', verifiers.html);
  const {sha256} = await folder.put(manifestPath, manifestText(folder.written.toSorted(byPath)));
  await folder.put(manifestNotePath, await request.signText(manifestNoteText(origin, sha256)));
  return sha256;
}
