// Lists of files with their SHA-256: as `sha256sum` writes them, or as JSON.
import {z} from 'zod';
import {parseJson} from './json.ts';

export interface Listed {
  readonly path: string;
  readonly sha256: string;
  /** Permission bits, where the list has them. */
  readonly mode?: number | undefined;
}

const hash = z
  .string()
  .regex(/^[0-9a-fA-F]{64}$/)
  .transform(text => text.toLowerCase());
const modeText = z
  .string()
  .regex(/^0?[0-7]{3,4}$/)
  .transform(text => Number.parseInt(text, 8));
const file = z.looseObject({path: z.string().min(1), sha256: hash, mode: modeText.optional()});
const form = z.union([
  z.array(file),
  z.looseObject({files: z.array(file)}).transform(({files}) => files),
  z
    .record(z.string(), hash)
    .transform(record => Object.entries(record).map(([path, sha256]) => ({path, sha256}))),
]);

const plain = (path: string): string => path.replace(/^(?:\.\/+)+/, '');

/** A line that begins with a backslash has `\n`, `\r` and `\\` in its name written out (coreutils). */
const unescaped = (path: string): string =>
  path.replaceAll(/\\([nr\\])/g, (_, letter: string) =>
    letter === 'n' ? '\n' : letter === 'r' ? '\r' : '\\',
  );

function fromLines(text: string): readonly Listed[] | {readonly problem: string} {
  const listed: Listed[] = [];
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const [, escaped, sha256, path] = /^(\\?)([0-9a-fA-F]{64}) [ *](.+)$/.exec(line.replace(/\r$/, '')) ?? [];
    if (sha256 === undefined || path === undefined)
      return {problem: `line ${i + 1} is no SHA-256 with a name`};
    listed.push({
      path: plain(escaped === '' ? path : unescaped(path)),
      sha256: sha256.toLowerCase(),
    });
  }
  return listed;
}

/** The files of a list, sorted by path; a sentence when it is none. An empty list is one: the caller judges it. */
export function readManifest(text: string): readonly Listed[] | {readonly problem: string} {
  const isJson = /^\s*[[{]/.test(text);
  const parsed = isJson ? form.safeParse(parseJson(text)?.value) : undefined;
  if (parsed?.success === false) return {problem: 'it is no JSON list of {path, sha256}'};
  const lines = parsed === undefined ? fromLines(text) : parsed.data;
  if ('problem' in lines) return lines;
  const files = lines.map(one => ({...one, path: plain(one.path)}));
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  const twice = files.find(({path}, i) => files[i - 1]?.path === path);
  return twice === undefined ? files : {problem: `${JSON.stringify(twice.path)} is in it twice`};
}
