// Reads everything of a site that is trusted or not: the site file and its runbooks.
import {hash} from 'node:crypto';
import {join} from 'node:path';
import type {FileFailure, Files} from '../ports.ts';
import {siteFileName} from './find.ts';
import {maxSiteBytes} from './yaml.ts';

const runbookFolder = 'runbooks';
const maxRunbookBytes = 1024 * 1024;
/** The same endings as the runbook loader's: a file that can be run must be pinned. */
const markdown = /\.(?:md|markdown)$/i;
const maxRunbooks = 1000;
const maxFolders = 6;

export interface SiteBytes {
  /** Raw bytes by path relative to the site's folder. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  /** SHA-256 (hex) of the same bytes. */
  readonly hashes: Readonly<Record<string, string>>;
  /** Ids of the runbooks that lie in the site. */
  readonly runbookIds: readonly string[];
  /** Files that could not be read, by relative path. */
  readonly failures: ReadonlyMap<string, FileFailure>;
}

export const sha256 = (bytes: Uint8Array | string): string => hash('sha256', bytes, 'hex');

/** The site file and every Markdown file under runbooks/ (hidden ones and linked folders excepted), each read once. */
export async function readSite(dir: string, files: Files): Promise<SiteBytes> {
  const contents = new Map<string, Uint8Array>();
  const failures = new Map<string, FileFailure>();
  const take = async (path: string, most: number) => {
    const answer = await files.read(join(dir, path), most);
    if (answer.at === 'read') contents.set(path, answer.bytes);
    else failures.set(path, answer);
  };
  await take(siteFileName, maxSiteBytes);
  const runbooks = await runbooksIn(dir, runbookFolder, files, 0);
  for (const path of runbooks.slice(0, maxRunbooks)) await take(path, maxRunbookBytes);
  if (runbooks.length > maxRunbooks) {
    const message = `there are more than ${maxRunbooks} runbooks`;
    failures.set(runbookFolder, {at: 'failed', why: 'tooBig', message});
  }
  return {
    contents,
    failures,
    hashes: Object.fromEntries([...contents].map(([path, bytes]) => [path, sha256(bytes)])),
    runbookIds: [...contents].flatMap(([path, bytes]) =>
      path === siteFileName ? [] : runbookIdsOf(path, bytes),
    ),
  };
}

async function runbooksIn(dir: string, folder: string, files: Files, depth: number): Promise<string[]> {
  const listed = await files.list(join(dir, folder));
  if (listed.at === 'failed' || depth > maxFolders) return [];
  const found: string[] = [];
  for (const name of listed.names) {
    if (name.startsWith('.')) continue;
    const path = `${folder}/${name}`;
    const stat = await files.stat(join(dir, path));
    if (stat?.kind === 'directory') found.push(...(await runbooksIn(dir, path, files, depth + 1)));
    else if (markdown.test(name)) found.push(path);
  }
  return found;
}

/** The file's name without its ending, and the `id` it may declare at its top: either may be what a site says. */
function runbookIdsOf(path: string, bytes: Uint8Array): string[] {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(markdown, '');
  const top = new TextDecoder().decode(bytes.subarray(0, 4096));
  const [, id] = /^id:[ \t]*["']?([\w.-]+)["']?[ \t]*\r?$/im.exec(top) ?? [];
  return id === undefined ? [name] : [name, id];
}
