// Checkpoints kept elsewhere, from the files given with --checkpoint; and which of them a bundle is compared with.
import path from 'node:path';
import type {CommandContext} from '../define.ts';
import type {EvidenceNote} from '../domain/evidence.ts';
import {QdError} from '../domain/error.ts';
import {say, type Shown} from '../domain/show.ts';
import {parseCheckpoint} from '../ledger/checkpoint.ts';
import {parseRange} from '../ledger/bundle/container.ts';
import {notesIn} from '../ledger/bundle/notes-file.ts';
import type {BundleSource} from '../ledger/bundle/source.ts';

/** Years of notes in one file. */
const maxNotesBytes = 64 * 1024 * 1024;

/** More is no range.json. */
const maxRangeBytes = 1024 * 1024;

export interface KeptFile {
  readonly name: string;
  readonly notes: readonly EvidenceNote[];
}

export const notesOf = (kept: readonly KeptFile[]): readonly EvidenceNote[] =>
  kept.flatMap(({notes}) => notes);

export async function readKept(
  names: readonly string[],
  {files, cwd}: Pick<CommandContext, 'files' | 'cwd'>,
): Promise<readonly KeptFile[]> {
  return Promise.all(
    names.map(async name => {
      const answer = await files.read(path.resolve(cwd, name), maxNotesBytes);
      if (answer.at !== 'read') {
        throw new QdError('LEDGER_UNREADABLE', `The checkpoint ${name} cannot be read.`, {
          hint: 'Give the file that holds the signed note, or several one after another, as it was kept.',
          file: name,
        });
      }
      const notes = notesIn(answer.bytes);
      const where = (i: number): string => (notes.length === 1 ? name : `${name} (note ${i + 1})`);
      return {name, notes: notes.map((raw, i) => ({where: where(i), raw}))};
    }),
  );
}

/** The size of the log that a bundle says it is of; undefined when it does not say so as it must. */
async function sizeOf(source: BundleSource): Promise<number | undefined> {
  const item = source.items.find(({path: name}) => name === 'range.json');
  if (item?.kind !== 'file' || item.sizeBytes > maxRangeBytes) return undefined;
  try {
    return parseRange(await source.read('range.json'))?.size;
  } catch {
    // The verification reads it again and says what is wrong.
    return undefined;
  }
}

function sizeIn({raw}: EvidenceNote): number {
  const parsed = parseCheckpoint(raw);
  return 'problem' in parsed ? 0 : parsed.size;
}

function told(name: string, sizes: readonly number[]): Shown {
  const upTo = sizes.reduce((a, b) => Math.max(a, b));
  return sizes.length === 1
    ? say`1 note in ${name} is of a later state of the log (size ${upTo}) and was not compared`
    : say`${sizes.length} notes in ${name} are of a later state of the log (up to size ${upTo}) and were not compared`;
}

/**
 * The notes that a bundle is compared with. An anchor's file grows with its log, so it holds notes that no older bundle
 * can bear out: those are left out, and `tell` hears it. A note that is given alone is meant, and always compared.
 */
export async function comparable(
  source: BundleSource,
  kept: readonly KeptFile[],
  tell: (line: Shown) => void,
): Promise<readonly EvidenceNote[]> {
  const size = kept.some(({notes}) => notes.length > 1) ? await sizeOf(source) : undefined;
  if (size === undefined) return notesOf(kept);
  return kept.flatMap(({name, notes}) => {
    if (notes.length === 1) return notes;
    const later = notes.map(sizeIn).filter(covered => covered > size);
    if (later.length > 0) tell(told(name, later));
    return notes.filter(note => sizeIn(note) <= size);
  });
}
