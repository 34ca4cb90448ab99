// Writes a starter site and trusts it: nobody else has touched it yet.
import {basename, dirname, join, resolve} from 'node:path';
import {QdError} from '../domain/error.ts';
import type {FileFailure} from '../ports.ts';
import {siteFileName} from './find.ts';
import {readSite} from './read.ts';
import {starterName, starterRunbook, starterRunbookPath, starterSite} from './starter.ts';
import {pin, type TrustPlace} from './trust.ts';

export interface Written {
  readonly dir: string;
  /** Absolute, the site file first. */
  readonly files: readonly string[];
  /** Why it could not be trusted right away, when it could not. */
  readonly untrusted: string | undefined;
}

/** Throws FILE_EXISTS when there is a site already, FILE_UNWRITABLE when it cannot be written. */
export async function writeStarter({
  dir,
  cwd,
  ...place
}: TrustPlace & {readonly dir: string; readonly cwd: string}): Promise<Written> {
  const {files} = place;
  const folder = resolve(cwd, dir);
  const starters: readonly (readonly [string, string])[] = [
    [join(folder, siteFileName), starterSite(starterName(basename(folder)))],
    [join(folder, starterRunbookPath), starterRunbook],
  ];
  for (const [path] of starters) if ((await files.stat(path)) !== undefined) throw taken(path);
  for (const [path, text] of starters) {
    const made = await files.makeDir(dirname(path), 0o755);
    if (made.at === 'failed') throw unwritable(dirname(path), made);
    const answer = await files.write(path, new TextEncoder().encode(text), {mode: 0o644, exclusive: true});
    if (answer.at === 'failed') throw answer.why === 'exists' ? taken(path) : unwritable(path, answer);
  }
  const real = (await files.real(folder)) ?? folder;
  return {dir: folder, files: starters.map(([path]) => path), untrusted: await pinned(real, place)};
}

async function pinned(dir: string, place: TrustPlace): Promise<string | undefined> {
  try {
    await pin(dir, await readSite(dir, place.files), place);
    return undefined;
  } catch (error) {
    if (error instanceof QdError) return `${error.message} ${error.hint ?? ''}`.trim();
    throw error;
  }
}

const taken = (path: string): QdError =>
  new QdError('FILE_EXISTS', `${path} is there already, and nothing is written over it.`, {
    hint: 'Name another folder: `quarterdeck init DIR`.',
    file: path,
  });

const unwritable = (path: string, {message}: FileFailure): QdError =>
  new QdError('FILE_UNWRITABLE', `${path} cannot be written: ${message}.`, {
    hint: 'Name a folder that this account may write to: `quarterdeck init DIR`.',
    file: path,
  });
