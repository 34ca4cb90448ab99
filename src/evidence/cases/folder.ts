// The folder of a case: `cases/ID` in the data directory, 0700; its files are 0444 with a `.sha256` beside them, never replaced.
import path from 'node:path';
import {QdError} from '../../domain/error.ts';
import {sha256} from '../../foreign/canonical.ts';
import type {Files} from '../../ports.ts';

/** Larger files do not go into a case. */
export const maxCaseBytes = 64 * 1024 * 1024;
const maxCopies = 10_000;

export interface CaseFolder {
  readonly files: Files;
  /** The data directory. */
  readonly home: string;
  readonly id: string;
}

export const idForm = /^[a-z0-9][a-z0-9-]{0,62}$/;

export const folderOf = ({home, id}: CaseFolder): string => path.join(home, 'cases', id);

/** Makes the folder when it is missing. Throws HOME_UNSAFE when something else lies there, or others can enter. */
async function ensureFolder(folder: CaseFolder): Promise<void> {
  for (const dir of [path.join(folder.home, 'cases'), folderOf(folder)]) {
    const made = await folder.files.makeDir(dir, 0o700);
    const found = await folder.files.stat(dir);
    if (made.at === 'failed' && found === undefined) {
      throw new QdError('FILE_UNWRITABLE', `The folder ${dir} cannot be made: ${made.message}.`, {file: dir});
    }
    if (found?.kind !== 'directory' || (found.mode & 0o077) !== 0) {
      throw new QdError('HOME_UNSAFE', `${dir} must be a directory of yours that nobody else can enter.`, {
        hint: `Look at what lies there; then: chmod 700 ${dir}`,
        file: dir,
      });
    }
  }
}

/** A name that every system and every bundle takes: lowercase ASCII, no path, no leading dot. */
export function safeName(given: string): string {
  const plain = path
    .basename(given)
    .toLowerCase()
    .replaceAll(/[^a-z0-9._-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 80);
  const name = plain.replace(/[.-]+$/, '');
  return name === '' ? 'file' : name.endsWith('.sha256') ? `${name}.txt` : name;
}

/** `export.json`, `export-2.json`, `export-3.json`, … */
function copyName(name: string, copy: number): string {
  if (copy === 1) return name;
  const dot = name.lastIndexOf('.');
  return dot <= 0 ? `${name}-${copy}` : `${name.slice(0, dot)}-${copy}${name.slice(dot)}`;
}

const unwritable = (file: string, message: string): QdError =>
  new QdError('FILE_UNWRITABLE', `${file} cannot be written: ${message}.`, {
    hint: 'Check the space and the permissions of the data directory.',
    file,
  });

/** Stores bytes under `name`, or the next free copy of it, with its hash beside; the name that it got. */
export async function store(folder: CaseFolder, name: string, bytes: Uint8Array): Promise<string> {
  await ensureFolder(folder);
  const dir = folderOf(folder);
  for (let copy = 1; copy < maxCopies; copy += 1) {
    const taken = copyName(name, copy);
    const file = path.join(dir, taken);
    const answer = await folder.files.write(file, bytes, {mode: 0o444, exclusive: true});
    if (answer.at === 'failed' && answer.why === 'exists') continue;
    if (answer.at === 'failed') throw unwritable(file, answer.message);
    const line = new TextEncoder().encode(`${sha256(bytes)}  ${taken}\n`);
    const beside = await folder.files.write(`${file}.sha256`, line, {mode: 0o444, exclusive: true});
    if (beside.at === 'written') return taken;
    await folder.files.remove(file);
    if (beside.why !== 'exists') throw unwritable(`${file}.sha256`, beside.message);
  }
  throw unwritable(path.join(dir, name), 'there are too many copies');
}

/** Takes back what was stored, because it could not be recorded. */
export async function unstore(folder: CaseFolder, name: string): Promise<void> {
  const file = path.join(folderOf(folder), name);
  await folder.files.remove(`${file}.sha256`);
  await folder.files.remove(file);
}

/** The bytes of a file of the case; undefined when it is not there or cannot be read. Links are not followed. */
export async function load(folder: CaseFolder, name: string): Promise<Uint8Array | undefined> {
  const file = path.join(folderOf(folder), name);
  if ((await folder.files.stat(file))?.kind !== 'file') return undefined;
  const answer = await folder.files.read(file, maxCaseBytes);
  return answer.at === 'read' ? answer.bytes : undefined;
}

/** Names in the folder, sorted; none when there is no folder. */
export async function names(folder: CaseFolder): Promise<readonly string[]> {
  const answer = await folder.files.list(folderOf(folder));
  return answer.at === 'listed' ? answer.names : [];
}

/** Rewrites `manifest.jsonl`, which repeats for people and tools what the ledger says. */
export async function writeManifest(folder: CaseFolder, lines: readonly object[]): Promise<void> {
  const file = path.join(folderOf(folder), 'manifest.jsonl');
  const text = lines.map(line => `${JSON.stringify(line)}\n`).join('');
  const answer = await folder.files.write(file, new TextEncoder().encode(text), {mode: 0o600});
  if (answer.at === 'failed') throw unwritable(file, answer.message);
}
