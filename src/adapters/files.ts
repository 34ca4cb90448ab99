// Real files: bounded reads, and writes that are all or nothing.
import {randomBytes} from 'node:crypto';
// Through node:fs, which loads them when one is first called: a step that touches no files does not wait for that.
import {constants, promises as fs} from 'node:fs';
import {dirname, join} from 'node:path';
import type {FileFailure, Files} from '../ports.ts';

export const realFiles: Files = {
  async read(path, maxBytes) {
    try {
      // Without O_NONBLOCK opening a FIFO would wait for its writer for ever.
      const file = await fs.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const info = await file.stat();
        if (info.isDirectory()) return failed('directory', 'it is a directory');
        if (!info.isFile()) return failed('special', 'it is not a regular file');
        if (info.size > maxBytes) return tooBig(info.size, maxBytes);
        const bytes = await readUpTo(file, maxBytes + 1);
        return bytes.length > maxBytes ? tooBig(bytes.length, maxBytes) : {at: 'read', bytes};
      } finally {
        await file.close();
      }
    } catch (error) {
      return failureOf(error);
    }
  },

  async list(path) {
    try {
      return {at: 'listed', names: (await fs.readdir(path)).sort()};
    } catch (error) {
      return failureOf(error);
    }
  },

  async stat(path) {
    try {
      const info = await fs.lstat(path);
      const kind = info.isFile()
        ? 'file'
        : info.isDirectory()
          ? 'directory'
          : info.isSymbolicLink()
            ? 'link'
            : 'other';
      return {kind, sizeBytes: info.size, mode: info.mode & 0o7777, uid: info.uid};
    } catch {
      return undefined;
    }
  },

  async real(path) {
    try {
      return await fs.realpath(path);
    } catch {
      return undefined;
    }
  },

  async write(path, bytes, {mode, exclusive = false}) {
    const draft = join(dirname(path), `.${randomBytes(6).toString('hex')}.tmp`);
    try {
      const file = await fs.open(draft, 'wx', mode);
      try {
        await file.chmod(mode);
        await file.writeFile(bytes);
        await file.sync();
      } finally {
        await file.close();
      }
      // A hard link fails when the name is taken; a rename would replace it.
      if (exclusive) await fs.link(draft, path);
      else await fs.rename(draft, path);
      await syncFolder(dirname(path));
      return {at: 'written'};
    } catch (error) {
      return failureOf(error);
    } finally {
      await fs.rm(draft, {force: true}).catch(() => undefined);
    }
  },

  async create(path, chunks, {mode}) {
    try {
      const file = await fs.open(path, 'wx', mode);
      let sizeBytes = 0;
      try {
        await file.chmod(mode);
        for await (const chunk of chunks) {
          for (let at = 0; at < chunk.length;) at += (await file.write(chunk, at)).bytesWritten;
          sizeBytes += chunk.length;
        }
        await file.sync();
      } catch (error) {
        await fs.rm(path, {force: true}).catch(() => undefined);
        throw error;
      } finally {
        await file.close();
      }
      await syncFolder(dirname(path));
      return {at: 'written', sizeBytes};
    } catch (error) {
      return failureOf(error);
    }
  },

  async append(path, bytes, {mode}) {
    const {O_WRONLY, O_APPEND, O_NOFOLLOW, O_NONBLOCK, O_CREAT, O_EXCL} = constants;
    const flags = O_WRONLY | O_APPEND | O_NOFOLLOW | O_NONBLOCK;
    try {
      const there = await fs.open(path, flags).catch((error: unknown) => {
        if (failureOf(error).why !== 'missing') throw error;
        return undefined;
      });
      const file = there ?? (await fs.open(path, flags | O_CREAT | O_EXCL, mode));
      try {
        if (!(await file.stat()).isFile()) return failed('special', 'it is not a regular file');
        const {bytesWritten} = await file.write(bytes);
        await file.sync();
        if (bytesWritten < bytes.length)
          return failed('other', `only ${bytesWritten} of ${bytes.length} bytes could be written`);
        if (there === undefined) await syncFolder(dirname(path));
        return {at: 'appended', sizeBytes: (await file.stat()).size};
      } finally {
        await file.close();
      }
    } catch (error) {
      const isLink = error instanceof Error && 'code' in error && error.code === 'ELOOP';
      return isLink ? failed('special', 'it is a link') : failureOf(error);
    }
  },

  async *stream(path) {
    const file = await fs.open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      if (!(await file.stat()).isFile()) throw new Error('it is not a regular file');
      for (;;) {
        const {bytesRead, buffer} = await file.read(Buffer.allocUnsafe(262_144));
        if (bytesRead === 0) return;
        yield buffer.subarray(0, bytesRead);
      }
    } finally {
      await file.close();
    }
  },

  async readAt(path, at, length) {
    const file = await fs.open(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW);
    try {
      if (!(await file.stat()).isFile()) throw new Error('it is not a regular file');
      const bytes = new Uint8Array(length);
      let done = 0;
      while (done < length) {
        const {bytesRead} = await file.read(bytes, done, length - done, at + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return bytes.subarray(0, done);
    } finally {
      await file.close();
    }
  },

  async remove(path) {
    try {
      await fs.unlink(path);
      return true;
    } catch {
      return false;
    }
  },

  async makeDir(path, mode) {
    try {
      await fs.mkdir(path, {recursive: true, mode});
      return {at: 'made'};
    } catch (error) {
      return failureOf(error);
    }
  },

  async move(from, to) {
    try {
      if ((await fs.lstat(from)).isDirectory()) {
        // Renaming a directory replaces only an empty one, never what somebody wrote.
        if (await isThere(to)) return failed('exists', 'it exists already');
        await fs.rename(from, to);
      } else {
        await fs.link(from, to);
        await fs.unlink(from);
      }
      await syncFolder(dirname(to));
      return {at: 'moved'};
    } catch (error) {
      return failureOf(error);
    }
  },

  async removeTree(path) {
    try {
      await fs.rm(path, {recursive: true, force: true});
      return {at: 'removed'};
    } catch (error) {
      return failureOf(error);
    }
  },
};

/** A file may grow between stat and read, so the limit holds for what is really read. */
async function readUpTo(file: Awaited<ReturnType<typeof fs.open>>, most: number): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  let size = 0;
  while (size < most) {
    const {bytesRead, buffer} = await file.read(Buffer.alloc(Math.min(65_536, most - size)));
    if (bytesRead === 0) break;
    parts.push(buffer.subarray(0, bytesRead));
    size += bytesRead;
  }
  return new Uint8Array(Buffer.concat(parts));
}

const isThere = async (path: string): Promise<boolean> =>
  fs.lstat(path).then(
    () => true,
    () => false,
  );

async function syncFolder(path: string): Promise<void> {
  const folder = await fs.open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

const failed = (why: FileFailure['why'], message: string): FileFailure => ({at: 'failed', why, message});

const tooBig = (sizeBytes: number, maxBytes: number): FileFailure =>
  failed('tooBig', `it has ${sizeBytes} bytes, and ${maxBytes} is the most that is read`);

const reasons: Readonly<Record<string, readonly [FileFailure['why'], string]>> = {
  ENOENT: ['missing', 'there is no such file'],
  ENOTEMPTY: ['exists', 'it exists already'],
  ENOTDIR: ['notDirectory', 'a part of the path is not a directory'],
  EISDIR: ['directory', 'it is a directory'],
  EACCES: ['permission', 'permission denied'],
  EPERM: ['permission', 'permission denied'],
  EROFS: ['permission', 'the file system is read-only'],
  EEXIST: ['exists', 'it exists already'],
  ENXIO: ['special', 'it is not a regular file'],
  ELOOP: ['other', 'its links go round in a circle'],
  ENOSPC: ['other', 'no space is left on the device'],
};

export function failureOf(error: unknown): FileFailure {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const [why, message] = reasons[code] ?? ['other', error instanceof Error ? error.message : String(error)];
  return failed(why, message);
}
