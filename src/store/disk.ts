// The files around the database, durable: what is written is on disk when a function returns. One object, so that a
// test can make the n-th operation fail.
import fs from 'node:fs';
import path from 'node:path';

export interface FileName {
  readonly dev: number;
  readonly ino: number;
}

/** An open file of this process: its descriptor and the path under which the system knows it. */
export interface Held {
  readonly link: string;
  readonly path: string;
}

export interface Disk {
  read(file: string): Buffer | undefined;
  list(dir: string): string[];
  /** Writes a new file beside, syncs it, renames it into place and syncs the folder. */
  replace(file: string, content: Uint8Array | string): void;
  /** Device and inode of what the path names now, or undefined. */
  name(file: string): FileName | undefined;
  /**
   * The one descriptor under which this process holds the file open; undefined when there are several or the system
   * does not tell.
   */
  held(file: string): Held | undefined;
  /**
   * Whether that file still lies where it lay. Asked before each commit: unlike `name` this reads no times. Reading
   * them makes the next write update them on disk, which doubles the time of its sync (Linux >= 6.13, multigrain).
   */
  isInPlace(held: Held): boolean;
  remove(file: string): void;
  /** Overwrites the bytes of a file with zeros where they lie; nothing when it is not there. */
  wipe(file: string): void;
  /** Takes room on the disk: a file of that many bytes, really written. */
  reserve(file: string, bytes: number): void;
  makeDir(dir: string): void;
  /** Removes a folder when it is empty. */
  removeDir(dir: string): void;
  /** Bytes that this account may still write to the file system of `dir`. */
  free(dir: string): number;
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}

function orMissing<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Only a regular file: a pipe that was put in its place would be waited for without end. */
function readPlain(file: string): Buffer {
  const fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NONBLOCK);
  try {
    if (!fs.fstatSync(fd).isFile()) throw new Error(`${file} is not a regular file`);
    return fs.readFileSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function syncDir(dir: string): void {
  const fd = fs.openSync(dir, 'r');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function writeSynced(file: string, chunks: Iterable<Uint8Array>): void {
  const fd = fs.openSync(file, 'w', 0o600);
  try {
    for (const chunk of chunks) {
      for (let at = 0; at < chunk.length;) at += fs.writeSync(fd, chunk, at);
    }
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

function* zeros(bytes: number): Generator<Uint8Array> {
  const block = Buffer.alloc(1024 * 1024);
  for (let left = bytes; left > 0; left -= block.length)
    yield left < block.length ? block.subarray(0, left) : block;
}

/** Writes to `file.new` first, so that a crash or a full disk never leaves half a file under the name. */
function inPlace(file: string, chunks: Iterable<Uint8Array>): void {
  const beside = `${file}.new`;
  try {
    writeSynced(beside, chunks);
    fs.renameSync(beside, file);
  } catch (error) {
    fs.rmSync(beside, {force: true});
    throw error;
  }
  syncDir(path.dirname(file));
}

const descriptors = '/proc/self/fd';

function targetOf(link: string): string | undefined {
  try {
    return fs.readlinkSync(link);
  } catch {
    return undefined;
  }
}

export const realDisk: Disk = {
  read: file => orMissing(() => readPlain(file)),
  list: dir => (orMissing(() => fs.readdirSync(dir)) ?? []).toSorted(),
  replace: (file, content) => {
    inPlace(file, [Buffer.from(content)]);
  },
  name: file => {
    const found = orMissing(() => fs.lstatSync(file));
    return found === undefined ? undefined : {dev: found.dev, ino: found.ino};
  },
  held: file => {
    try {
      const path = fs.realpathSync(file);
      const [one, ...more] = fs
        .readdirSync(descriptors)
        .map(fd => `${descriptors}/${fd}`)
        .filter(link => targetOf(link) === path);
      return one === undefined || more.length > 0 ? undefined : {link: one, path};
    } catch {
      return undefined;
    }
  },
  isInPlace: ({link, path}) => targetOf(link) === path,
  remove: file => {
    fs.rmSync(file, {force: true});
    syncDir(path.dirname(file));
  },
  wipe: file => {
    const size = orMissing(() => fs.lstatSync(file))?.size;
    if (size === undefined) return;
    const fd = fs.openSync(file, 'r+');
    try {
      fs.writeSync(fd, Buffer.alloc(size), 0, size, 0);
      fs.fsyncSync(fd);
    } finally {
      fs.closeSync(fd);
    }
  },
  reserve: (file, bytes) => {
    try {
      inPlace(file, zeros(bytes));
    } catch (error) {
      // Another process that takes the room at the same moment may have put it into place already.
      if (!isMissing(error) || !fs.existsSync(file)) throw error;
    }
  },
  makeDir: dir => {
    fs.mkdirSync(dir, {recursive: true, mode: 0o700});
  },
  removeDir: dir => {
    if (fs.readdirSync(dir).length === 0) fs.rmdirSync(dir);
  },
  free: dir => {
    const {bavail, bsize} = fs.statfsSync(dir);
    return bavail * bsize;
  },
};
