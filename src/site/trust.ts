// Which sites this account trusts: path and hashes of what was read when somebody said yes.
import {dirname, isAbsolute, join} from 'node:path';
import {z} from 'zod';
import {QdError} from '../domain/error.ts';
import type {Trust} from '../domain/site.ts';
import type {Env, Files} from '../ports.ts';
import type {SiteFolder} from './find.ts';
import {sha256, type SiteBytes} from './read.ts';

const storeSchema = z.strictObject({
  v: z.literal(1),
  /** By absolute folder: SHA-256 (hex) of each file, by path relative to the folder. */
  sites: z.record(z.string(), z.record(z.string(), z.string().regex(/^[0-9a-f]{64}$/))),
});
type Store = z.infer<typeof storeSchema>;

const maxStoreBytes = 4 * 1024 * 1024;

export interface TrustPlace {
  readonly env: Env;
  readonly files: Files;
  readonly uid: number;
}

/** `$XDG_CONFIG_HOME/quarterdeck`, else `~/.config/quarterdeck`; undefined without a home. */
export function configDir(env: Env): string | undefined {
  const xdg = env.get('XDG_CONFIG_HOME');
  // The base directory specification says that a relative path is to be ignored.
  if (xdg !== undefined && isAbsolute(xdg)) return join(xdg, 'quarterdeck');
  const home = env.get('HOME');
  return home !== undefined && isAbsolute(home) ? join(home, '.config', 'quarterdeck') : undefined;
}

/**
 * A pinned site is trusted while nothing changed. One that was never pinned is trusted for this invocation only when it
 * was named (`--site`, `$QUARTERDECK_SITE`) and nobody else could have written it.
 */
export async function trustOf(folder: SiteFolder, bytes: SiteBytes, place: TrustPlace): Promise<Trust> {
  const store = await readStore(place);
  const why = 'why' in store ? `${store.why}; ` : '';
  const pinned = 'sites' in store ? store.sites[folder.dir] : undefined;
  if (pinned !== undefined) {
    const files = changedFiles(pinned, bytes.hashes);
    if (files.length === 0) return {at: 'trusted'};
    return {at: 'changed', files, why: `changed since it was trusted: ${files.join(', ')}`};
  }
  if (folder.how === 'found') {
    return {at: 'new', why: `${why}it was found in the current folder or above it, and was never trusted`};
  }
  const open = await openToOthers(folder.dir, Object.keys(bytes.hashes), place);
  return open === undefined ? {at: 'trusted'} : {at: 'new', why: `${why}it was never trusted, and ${open}`};
}

/** Relative paths that were added, removed or changed. */
export function changedFiles(
  before: Readonly<Record<string, string>>,
  after: Readonly<Record<string, string>>,
): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter(path => before[path] !== after[path])
    .sort();
}

/** Who but this account and root could have written it, as the rest of a sentence; undefined when nobody. */
async function openToOthers(
  dir: string,
  paths: readonly string[],
  {files, uid}: TrustPlace,
): Promise<string | undefined> {
  const inside = paths.flatMap(path => [path, ...foldersOf(path)]);
  for (const path of [dir, ...new Set(inside.map(relative => join(dir, relative)))]) {
    const stat = await files.stat(path);
    if (stat === undefined) return `${path} cannot be looked at`;
    if (stat.kind === 'link') return `${path} is a link`;
    if (stat.uid !== uid && stat.uid !== 0) return `${path} belongs to another account (uid ${stat.uid})`;
    if ((stat.mode & 0o022) !== 0) return `${path} can be written by others (mode ${stat.mode.toString(8)})`;
  }
  for (let above = dirname(dir); ; above = dirname(above)) {
    const stat = await files.stat(above);
    // A sticky folder such as /tmp lets nobody rename what is ours.
    const safe =
      stat !== undefined &&
      (stat.uid === uid || stat.uid === 0) &&
      ((stat.mode & 0o022) === 0 || (stat.mode & 0o1000) !== 0);
    if (!safe) return `${above} above it can be changed by others`;
    if (above === dirname(above)) return undefined;
  }
}

const foldersOf = (path: string): string[] =>
  path.includes('/') ? [dirname(path), ...foldersOf(dirname(path))] : [];

/** A file as it was pinned; `bytes` is undefined when its copy is gone or was altered. */
export interface PinnedFile {
  readonly bytes: Uint8Array | undefined;
}

export interface Pinned {
  readonly hashes: Readonly<Record<string, string>>;
  /** Undefined when the file was not part of the site then. */
  readonly copy: (path: string) => Promise<PinnedFile | undefined>;
}

/** What was pinned for a folder; undefined when nothing ever was. */
export async function pinnedFiles(dir: string, place: TrustPlace): Promise<Pinned | undefined> {
  const store = await readStore(place);
  const config = configDir(place.env);
  const hashes = 'sites' in store ? store.sites[dir] : undefined;
  if (hashes === undefined || config === undefined) return undefined;
  return {
    hashes,
    copy: async path => {
      const digest = hashes[path];
      if (digest === undefined) return undefined;
      const copy = await place.files.read(join(config, 'pinned', digest), maxStoreBytes);
      return {bytes: copy.at === 'read' && sha256(copy.bytes) === digest ? copy.bytes : undefined};
    },
  };
}

/** Pins exactly these bytes and keeps copies of them for the next diff; throws FILE_UNWRITABLE. */
export async function pin(dir: string, bytes: SiteBytes, place: TrustPlace): Promise<void> {
  const config = configDir(place.env);
  if (config === undefined) {
    throw new QdError('FILE_UNWRITABLE', 'There is no place to remember what is trusted.', {
      hint: 'Set HOME or XDG_CONFIG_HOME to an absolute path.',
    });
  }
  const {files} = place;
  const must = (path: string, answer: {readonly at: string; readonly message?: string}) => {
    if (answer.at !== 'failed') return;
    throw new QdError('FILE_UNWRITABLE', `${path}: ${answer.message ?? 'cannot be written'}`, {
      hint: 'What is trusted is remembered there; make it writable for this account.',
    });
  };
  const copies = join(config, 'pinned');
  must(copies, await files.makeDir(copies, 0o700));
  for (const [path, content] of bytes.contents) {
    const copy = join(copies, bytes.hashes[path] ?? '');
    must(copy, await files.write(copy, content, {mode: 0o600}));
  }
  const before = await readStore(place);
  const sites = {...('sites' in before ? before.sites : {}), [dir]: {...bytes.hashes}};
  const text = `${JSON.stringify({v: 1, sites} satisfies Store, undefined, 2)}\n`;
  const file = join(config, 'trust.json');
  must(file, await files.write(file, new TextEncoder().encode(text), {mode: 0o600}));
}

/** A store that others could have written trusts nothing. */
async function readStore({env, files, uid}: TrustPlace): Promise<Store | {readonly why: string}> {
  const config = configDir(env);
  if (config === undefined) return {why: 'neither HOME nor XDG_CONFIG_HOME is set'};
  const file = join(config, 'trust.json');
  for (const path of [config, file]) {
    const stat = await files.stat(path);
    if (stat === undefined) return {v: 1, sites: {}};
    if (stat.uid !== uid || (stat.mode & 0o022) !== 0)
      return {why: `${path} could have been written by others`};
  }
  const answer = await files.read(file, maxStoreBytes);
  if (answer.at === 'failed') return {why: `${file} cannot be read (${answer.message})`};
  try {
    return storeSchema.parse(JSON.parse(new TextDecoder().decode(answer.bytes)));
  } catch {
    return {why: `${file} is damaged; \`quarterdeck site trust\` writes it anew`};
  }
}
