// Files of this machine, as checks look at them.
import {createHash} from 'node:crypto';
import {constants, type Stats} from 'node:fs';
import {lstat, open, readdir, readlink, stat, statfs, type FileHandle} from 'node:fs/promises';
import path from 'node:path';
import type {
  FileKind,
  Host,
  HostEntry,
  HostFailure,
  HostFile,
  Missing,
  ReadAnswer,
} from '../../host-ports.ts';

/** More entries than this are not listed: a folder of that size is no place to look at one by one. */
export const mostEntries = 20_000;

const chunkBytes = 256 * 1024;

const kinds: readonly (readonly [FileKind, (info: Stats) => boolean])[] = [
  ['file', info => info.isFile()],
  ['directory', info => info.isDirectory()],
  ['link', info => info.isSymbolicLink()],
  ['fifo', info => info.isFIFO()],
  ['socket', info => info.isSocket()],
];

const kindOf = (info: Stats): FileKind => kinds.find(([, is]) => is(info))?.[0] ?? 'device';

const fileOf = (info: Stats, target?: string): HostFile => ({
  kind: kindOf(info),
  sizeBytes: info.size,
  mode: info.mode & 0o7777,
  uid: info.uid,
  gid: info.gid,
  modifiedMs: Math.floor(info.mtimeMs / 1000) * 1000,
  inode: info.ino,
  ...(target === undefined ? {} : {target}),
});

const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : '';

/** A name that leads nowhere is an answer; anything else is a reason why it could not be looked. */
export function couldNot(error: unknown, path: string): Missing | HostFailure {
  const code = codeOf(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return {at: 'missing'};
  if (code === 'EACCES' || code === 'EPERM')
    return {at: 'failed', kind: 'permission', message: `${path}: permission denied`};
  if (code === 'ELOOP')
    return {at: 'failed', kind: 'config', message: `${path}: its links go round in a circle`};
  const why = error instanceof Error ? error.message : String(error);
  return {at: 'failed', kind: 'noData', message: `${path}: ${why}`};
}

async function statPath(name: string, follow: boolean): Promise<HostFile> {
  const info = await (follow ? stat(name) : lstat(name));
  return fileOf(info, info.isSymbolicLink() ? await readlink(name) : undefined);
}

/** Opens what is a regular file, without ever waiting for the other end of a FIFO. */
async function withFile<T>(
  name: string,
  use: (file: FileHandle, info: Stats) => Promise<T>,
): Promise<T | {readonly at: 'special'; readonly kind: FileKind}> {
  // A socket cannot be opened at all, and opening a device may do something.
  const before = await stat(name);
  if (!before.isFile()) return {at: 'special', kind: kindOf(before)};
  const file = await open(name, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const info = await file.stat();
    return info.isFile() ? await use(file, info) : {at: 'special', kind: kindOf(info)};
  } finally {
    await file.close();
  }
}

/** Up to `most` bytes; a file may grow or shrink meanwhile, so what counts is what is read. */
async function bytesAt(file: FileHandle, from: number, most: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  while (size < most) {
    const buffer = Buffer.allocUnsafe(Math.min(chunkBytes, most - size));
    const {bytesRead} = await file.read(buffer, 0, buffer.length, from + size);
    if (bytesRead === 0) break;
    parts.push(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
  return new Uint8Array(Buffer.concat(parts));
}

const read = async (name: string, maxBytes: number, given: number): Promise<ReadAnswer> =>
  withFile(name, async (file, info) => {
    const from = given < 0 ? Math.max(0, info.size + given) : given;
    const bytes = await bytesAt(file, from, maxBytes + 1);
    const cut = bytes.length > maxBytes;
    return {
      at: 'read',
      bytes: bytes.subarray(0, maxBytes),
      from,
      sizeBytes: info.size,
      inode: info.ino,
      cut,
    };
  });

async function list(folder: string): Promise<Awaited<ReturnType<Host['list']>>> {
  const names = await readdir(folder);
  if (names.length > mostEntries) return tooMany(folder);
  const entries: HostEntry[] = [];
  for (const name of names) {
    // What is gone by now was not there.
    const info = await lstat(path.join(folder, name)).catch(() => undefined);
    if (info !== undefined) entries.push({name, ...fileOf(info)});
  }
  return {at: 'listed', entries: sorted(entries)};
}

export const tooMany = (folder: string): HostFailure => ({
  at: 'failed',
  kind: 'config',
  message: `${folder} holds more than ${mostEntries} names`,
});

export const sorted = (entries: readonly HostEntry[]): readonly HostEntry[] =>
  [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));

/** The longest part of a file that is hashed at all is the caller's to say; a larger one was not looked at. */
export const tooBig = (name: string, sizeBytes: number, maxBytes: number): HostFailure => ({
  at: 'failed',
  kind: 'config',
  message: `${name} has ${sizeBytes} bytes, and ${maxBytes} is the most that is hashed`,
});

export const localFiles = (signal: AbortSignal): Pick<Host, 'stat' | 'read' | 'hash' | 'list' | 'space'> => ({
  stat: async (name, {follow}) => {
    try {
      return {at: 'found', file: await statPath(name, follow)};
    } catch (error) {
      return couldNot(error, name);
    }
  },
  read: async (name, {maxBytes, from = 0}) => {
    try {
      return await read(name, maxBytes, from);
    } catch (error) {
      return couldNot(error, name);
    }
  },
  hash: async (name, {maxBytes}) => {
    try {
      return await withFile(name, async (file, info) => {
        if (info.size > maxBytes) return tooBig(name, info.size, maxBytes);
        const hash = createHash('sha256');
        const buffer = Buffer.allocUnsafe(chunkBytes);
        for (let at = 0; at < maxBytes && !signal.aborted;) {
          const {bytesRead} = await file.read(buffer, 0, Math.min(chunkBytes, maxBytes - at), at);
          if (bytesRead === 0) break;
          hash.update(buffer.subarray(0, bytesRead));
          at += bytesRead;
        }
        return {at: 'hashed', sha256: hash.digest('hex')} as const;
      });
    } catch (error) {
      return couldNot(error, name);
    }
  },
  list: async folder => {
    try {
      return await list(folder);
    } catch (error) {
      return couldNot(error, folder);
    }
  },
  space: async name => {
    try {
      const {bsize, blocks, bfree, bavail, files, ffree} = await statfs(name);
      return {
        at: 'measured',
        space: {
          totalBytes: blocks * bsize,
          usedBytes: (blocks - bfree) * bsize,
          freeBytes: bavail * bsize,
          inodes: files === 0 ? undefined : {total: files, free: ffree},
        },
      };
    } catch (error) {
      return couldNot(error, name);
    }
  },
});
