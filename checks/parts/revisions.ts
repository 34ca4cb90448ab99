// Migrations as files: Alembic's `versions` folder, read without Python and without running anything of it.
import type {CheckContext} from '../../src/define.ts';

export interface Revisions {
  readonly heads: readonly string[];
  readonly all: ReadonlySet<string>;
}

const maxFileBytes = 1024 * 1024;
const assigned = (name: string): RegExp =>
  new RegExp(String.raw`^${name}\s*(?::[^=\n]*)?=\s*(\([^)]*\)|\[[^\]]*\]|[^\n#]*)`, 'm');
const revisionLine = assigned('revision');
const downLine = assigned('down_revision');

const quotedIn = (text: string): string[] =>
  Array.from(text.matchAll(/["']([^"']+)["']/g), found => found[1] ?? '');

/** Every revision of the folder, and those that no other one follows; a sentence when it cannot be read. */
export async function readRevisions(
  folder: string,
  {files}: Pick<CheckContext, 'files'>,
): Promise<Revisions | {readonly problem: string}> {
  const listed = await files.list(folder);
  if (listed.at === 'failed') return {problem: `${folder}: ${listed.message}`};
  const all = new Set<string>();
  const followed = new Set<string>();
  for (const name of listed.names.filter(one => one.endsWith('.py'))) {
    const read = await files.read(`${folder}/${name}`, maxFileBytes);
    if (read.at === 'failed') return {problem: `${folder}/${name}: ${read.message}`};
    const text = new TextDecoder().decode(read.bytes);
    const [revision] = quotedIn(revisionLine.exec(text)?.[1] ?? '');
    if (revision === undefined) continue;
    all.add(revision);
    for (const down of quotedIn(downLine.exec(text)?.[1] ?? '')) followed.add(down);
  }
  if (all.size === 0) return {problem: `${folder} holds no migration`};
  return {heads: [...all].filter(one => !followed.has(one)).sort(), all};
}
