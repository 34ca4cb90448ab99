// The database's files: creating them takes seconds, so a finished empty set is kept in the user's cache and copied.
import {PGlite} from '@electric-sql/pglite';
import {cpSync, existsSync, mkdirSync, renameSync, rmSync} from 'node:fs';
import {homedir} from 'node:os';
import {dirname, join} from 'node:path';

function cacheFolder(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'quarterdeck-demo', 'pgdata-18');
}

/** Opens the database in `path`, making its files first when there are none. */
export async function openDatabase(path: string): Promise<PGlite> {
  if (existsSync(path)) return await PGlite.create({dataDir: path});
  const fromCache = await openCopy(path);
  if (fromCache !== undefined) return fromCache;
  const fresh = await PGlite.create({dataDir: path});
  await fresh.close();
  keepCopy(path);
  return await PGlite.create({dataDir: path});
}

/** A cache that cannot be read or opened is dropped: the files are made anew. */
async function openCopy(path: string): Promise<PGlite | undefined> {
  const cache = cacheFolder();
  if (!existsSync(cache)) return undefined;
  try {
    cpSync(cache, path, {recursive: true});
    return await PGlite.create({dataDir: path});
  } catch {
    rmSync(path, {recursive: true, force: true});
    rmSync(cache, {recursive: true, force: true});
    return undefined;
  }
}

function keepCopy(path: string): void {
  const cache = cacheFolder();
  const temporary = `${cache}.${String(process.pid)}.tmp`;
  try {
    mkdirSync(dirname(cache), {recursive: true, mode: 0o700});
    cpSync(path, temporary, {recursive: true});
    renameSync(temporary, cache);
  } catch {
    rmSync(temporary, {recursive: true, force: true}); // another demo was first, or the cache cannot be written: the next start is slow, no more
  }
}
