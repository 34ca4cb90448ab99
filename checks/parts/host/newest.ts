// A file by a name that may hold `*` and `?` in its last part: the one that was changed last.
import type {Host, HostEntry, HostFile} from '../../../src/host-ports.ts';
import type {Look} from '../../../src/domain/verdict.ts';
import {couldNot} from './could-not.ts';

export type Named = HostFile & {readonly path: string};

export type NamedAnswer =
  {readonly at: 'found'; readonly files: readonly Named[]} | {readonly at: 'look'; readonly look: Look};

const isWild = (name: string): boolean => /[*?]/.test(name);

/** Whether a name fits: `*` any characters, `?` one; a leading dot is fitted only by a dot, as a shell has it. */
export function fits(name: string, wanted: string): boolean {
  if (name.startsWith('.') && !wanted.startsWith('.')) return false;
  // Greedy with one place to go back to: linear in practice, quadratic at worst, never more.
  let [at, from, back, retry] = [0, 0, -1, 0];
  while (at < name.length) {
    const want = wanted[from];
    if (want === '*') [back, retry, from] = [from, at, from + 1];
    else if (want === '?' || want === name[at]) [at, from] = [at + 1, from + 1];
    else if (back >= 0) [retry, at, from] = [retry + 1, retry + 1, back + 1];
    else return false;
  }
  return /^\**$/.test(wanted.slice(from));
}

/** The regular files that the path names, newest first; none is an answer. */
export async function filesNamed(host: Host, path: string): Promise<NamedAnswer> {
  const cut = path.lastIndexOf('/');
  const [folder, name] = [path.slice(0, cut) || '/', path.slice(cut + 1)];
  if (!isWild(name)) {
    const found = await host.stat(path, {follow: true});
    if (found.at === 'failed') return {at: 'look', look: couldNot(found)};
    return {at: 'found', files: found.at === 'missing' ? [] : [{...found.file, path}]};
  }
  const listed = await host.list(folder);
  if (listed.at === 'failed') return {at: 'look', look: couldNot(listed)};
  const entries: readonly HostEntry[] = listed.at === 'missing' ? [] : listed.entries;
  const files = entries
    .filter(entry => entry.kind === 'file' && fits(entry.name, name))
    .map(entry => ({...entry, path: `${folder === '/' ? '' : folder}/${entry.name}`}))
    .sort((a, b) => b.modifiedMs - a.modifiedMs || (a.path < b.path ? 1 : -1));
  return {at: 'found', files};
}
