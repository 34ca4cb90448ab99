// The real Folders port: walking without following links, and scratch folders that do not outlive their process for long.
import {randomBytes} from 'node:crypto';
import {chmod, lstat, mkdir, readdir, readlink, rm, statfs} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import type {FolderEntry, Folders, Walked} from '../look/folders.ts';
import {failureOf} from './files.ts';

const scratchName = /^quarterdeck-scratch-(\d+)-[0-9a-f]{12}$/;

async function entryAt(path: string, name: string): Promise<FolderEntry> {
  const info = await lstat(path);
  const kind = info.isFile()
    ? 'file'
    : info.isDirectory()
      ? 'directory'
      : info.isSymbolicLink()
        ? 'link'
        : 'other';
  return {
    path: name,
    kind,
    sizeBytes: info.size,
    mode: info.mode & 0o7777,
    uid: info.uid,
    mtimeMs: info.mtimeMs,
    ...(kind === 'link' ? {target: await readlink(path)} : {}),
  };
}

async function walk(
  root: string,
  {most, signal}: {readonly most: number; readonly signal: AbortSignal},
): Promise<Walked> {
  const entries: FolderEntry[] = [];
  const closed: string[] = [];
  let cut = false;
  const into = async (path: string, name: string): Promise<void> => {
    if (signal.aborted || entries.length >= most) {
      cut = true;
      return;
    }
    let entry: FolderEntry;
    let names: string[] = [];
    try {
      entry = await entryAt(path, name);
    } catch (error) {
      // What is gone by now was not there.
      if (failureOf(error).why !== 'missing' || name === '') closed.push(name);
      return;
    }
    entries.push(entry);
    if (entry.kind !== 'directory') return;
    try {
      names = (await readdir(path)).sort();
    } catch (error) {
      if (failureOf(error).why !== 'missing') closed.push(name);
    }
    for (const one of names) await into(join(path, one), name === '' ? one : `${name}/${one}`);
  };
  try {
    const top = await entryAt(root, '');
    if (top.kind !== 'directory')
      return {at: 'failed', why: 'notDirectory', message: 'it is not a directory'};
    await readdir(root);
  } catch (error) {
    return failureOf(error);
  }
  await into(root, '');
  entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  return {at: 'walked', entries, cut, closed};
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
};

/** `rm` cannot look into a folder without its own permission. */
async function removeAll(path: string): Promise<void> {
  const open = async (folder: string): Promise<void> => {
    await chmod(folder, 0o700);
    for (const one of await readdir(folder, {withFileTypes: true}))
      if (one.isDirectory()) await open(join(folder, one.name));
  };
  await open(path);
  await rm(path, {recursive: true, force: true});
}

/** Only what is ours by name and owner, and whose process is gone. */
async function removeLeftBehind(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, pid] = scratchName.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const entry = await entryAt(join(parent, name), name).catch(() => undefined);
    const isOurs = entry?.kind === 'directory' && entry.uid === process.getuid?.();
    // Somebody else may be removing it at the same time.
    if (isOurs) await removeAll(join(parent, name)).catch(() => undefined);
  }
}

export function createFolders(): Folders {
  const made = new Set<string>();
  return {
    walk,
    entry: async path => entryAt(path, '').catch(() => undefined),
    temporary: async () => Promise.resolve(tmpdir()),
    freeBytes: async path => {
      try {
        const {bavail, bsize} = await statfs(path);
        return bavail * bsize;
      } catch {
        return undefined;
      }
    },
    makeScratch: async parent => {
      const folder = parent ?? tmpdir();
      const path = join(folder, `quarterdeck-scratch-${process.pid}-${randomBytes(6).toString('hex')}`);
      try {
        await removeLeftBehind(folder);
        await mkdir(path, {mode: 0o700});
        await chmod(path, 0o700);
        made.add(path);
        return {at: 'made', path};
      } catch (error) {
        return failureOf(error);
      }
    },
    removeScratch: async path => {
      if (!made.has(path)) return {at: 'failed', why: 'other', message: 'it was not made by this program'};
      try {
        await removeAll(path);
        made.delete(path);
        return {at: 'removed'};
      } catch (error) {
        return failureOf(error);
      }
    },
  };
}
