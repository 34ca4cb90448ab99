// The manifest of a bundle, as `sha256sum -c` reads it, and the text of the note that signs it.

export const manifestPath = 'manifest-sha256.txt';
export const manifestNotePath = 'manifest.note';

const name = /^(?:README\.txt|[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)*)$/;

/** Whether a bundle may hold a file of this name. */
export const isBundleName = (path: string): boolean => name.test(path);

/** The order of paths in a manifest and in a tar: by code unit. */
export const byPath = (a: {readonly path: string}, b: {readonly path: string}): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0;

export interface Listed {
  readonly path: string;
  /** 64 hex digits. */
  readonly sha256: string;
}

export const manifestText = (files: readonly Listed[]): string =>
  files
    .toSorted(byPath)
    .map(({path, sha256}) => `${sha256}  ${path}\n`)
    .join('');

/** Hashes by path, or why the text is no manifest of a bundle. */
export function parseManifest(text: string): Map<string, string> | {readonly problem: string} {
  const found = new Map<string, string>();
  if (text === '') return found;
  if (!text.endsWith('\n')) return {problem: 'its last line has no end'};
  let before = '';
  for (const [i, line] of text.slice(0, -1).split('\n').entries()) {
    const sha256 = line.slice(0, 64);
    const path = line.slice(66);
    if (!/^[0-9a-f]{64}$/.test(sha256) || line.slice(64, 66) !== '  ' || !isBundleName(path)) {
      return {problem: `its line ${i + 1} is not a SHA-256, two spaces and a name`};
    }
    if (path === manifestPath || path === manifestNotePath)
      return {problem: `it lists ${path}, which it cannot`};
    if (path <= before) return {problem: `its line ${i + 1} is out of order`};
    before = path;
    found.set(path, sha256);
  }
  return found;
}

/** What `manifest.note` signs. `sha256`: of the manifest's bytes, hex. */
export const manifestNoteText = (origin: string, sha256: string): string =>
  `${origin}\nquarterdeck-manifest-v1\n${sha256}\n`;
