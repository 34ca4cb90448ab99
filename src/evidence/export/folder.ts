// The files of a bundle while it is written: each is hashed on its way to the disk, and is there once.
import path from 'node:path';
import {QdError} from '../../domain/error.ts';
import {utf8} from '../../ledger/bytes.ts';
import {Digest} from '../../ledger/bundle/digest.ts';
import type {FileFailure, Files} from '../../ports.ts';

export interface WrittenFile {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
}

/** Evidence is for whoever it is handed to, not for every account of the machine. */
const folderMode = 0o700;
const fileMode = 0o444;
/** Pieces are handed to the disk when there is about this much. */
const pieceBytes = 262_144;
/** So many small files are on their way to the disk at most. */
const mostSoon = 32;

export const unwritable = (file: string, {message}: FileFailure): QdError =>
  new QdError('FILE_UNWRITABLE', `${file} cannot be written: ${message}.`, {
    hint: 'Nothing was handed over. Make room, or name another place, and export again.',
    file,
  });

/** Hands pieces from who writes to who reads, one at a time. */
class Channel {
  #offered: {readonly piece: Uint8Array; readonly taken: () => void} | undefined;
  #wanted: (() => void) | undefined;
  #isEnded = false;

  /** Resolves when the piece has been used. */
  async offer(piece: Uint8Array): Promise<void> {
    await new Promise<void>(taken => {
      this.#offered = {piece, taken};
      this.#wanted?.();
    });
  }

  end(): void {
    this.#isEnded = true;
    this.#wanted?.();
  }

  async *pieces(): AsyncIterable<Uint8Array> {
    for (;;) {
      if (this.#offered !== undefined) {
        const {piece, taken} = this.#offered;
        this.#offered = undefined;
        yield piece;
        taken();
      } else if (this.#isEnded) return;
      else await new Promise<void>(wanted => (this.#wanted = wanted));
    }
  }
}

/** A file that grows. */
export class GrowingFile {
  readonly #channel = new Channel();
  readonly #digest = new Digest();
  readonly #file: string;
  readonly #done: ReturnType<Files['create']>;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #sizeBytes = 0;

  constructor(files: Files, file: string) {
    this.#file = file;
    this.#done = files.create(file, this.#channel.pieces(), {mode: fileMode});
  }

  get sizeBytes(): number {
    return this.#sizeBytes;
  }

  async write(...pieces: readonly (Uint8Array | string)[]): Promise<void> {
    for (const given of pieces) {
      const piece = typeof given === 'string' ? utf8(given) : given;
      this.#digest.update(piece);
      this.#pending.push(piece);
      this.#pendingBytes += piece.length;
      this.#sizeBytes += piece.length;
    }
    if (this.#pendingBytes >= pieceBytes) await this.#flush();
  }

  async #flush(): Promise<void> {
    const whole = new Uint8Array(this.#pendingBytes);
    let at = 0;
    for (const piece of this.#pending) {
      whole.set(piece, at);
      at += piece.length;
    }
    this.#pending = [];
    this.#pendingBytes = 0;
    // Before `end` the file is done only when it could not be written.
    const answer = await Promise.race([this.#channel.offer(whole), this.#done]);
    if (typeof answer === 'object' && answer.at === 'failed') throw unwritable(this.#file, answer);
  }

  /** On disk when it resolves. */
  async end(): Promise<{readonly sha256: string; readonly sizeBytes: number}> {
    if (this.#pendingBytes > 0) await this.#flush();
    this.#channel.end();
    const answer = await this.#done;
    if (answer.at === 'failed') throw unwritable(this.#file, answer);
    return {sha256: this.#digest.hex(), sizeBytes: this.#sizeBytes};
  }

  /** Stops writing; what is there is thrown away with its folder. */
  async abandon(): Promise<void> {
    this.#channel.end();
    await this.#done;
  }
}

export class BundleFolder {
  readonly written: WrittenFile[] = [];
  readonly dir: string;
  readonly #files: Files;
  readonly #folders = new Set<string>();
  readonly #growing = new Map<string, GrowingFile>();
  readonly #soon = new Set<Promise<void>>();
  #failure: {readonly error: unknown} | undefined;

  constructor(files: Files, dir: string) {
    this.#files = files;
    this.dir = dir;
  }

  /** The file of this name of the bundle, with its folders made. */
  async #place(name: string): Promise<string> {
    const file = path.join(this.dir, name);
    const folder = path.dirname(file);
    if (!this.#folders.has(folder)) {
      const made = await this.#files.makeDir(folder, folderMode);
      if (made.at === 'failed') throw unwritable(folder, made);
      this.#folders.add(folder);
    }
    return file;
  }

  async put(name: string, content: Uint8Array | string): Promise<WrittenFile> {
    const file = await this.open(name);
    await file.write(content);
    return this.close(name);
  }

  /** The same without waiting for the disk, which takes many small files at once far sooner than one by one. */
  async putSoon(name: string, content: Uint8Array): Promise<void> {
    while (this.#soon.size >= mostSoon) await Promise.race(this.#soon);
    this.#assertGood();
    const writing = this.put(name, content).then(
      () => void this.#soon.delete(writing),
      (error: unknown) => {
        this.#failure ??= {error};
        this.#soon.delete(writing);
      },
    );
    this.#soon.add(writing);
  }

  #assertGood(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  async open(name: string): Promise<GrowingFile> {
    const growing = new GrowingFile(this.#files, await this.#place(name));
    this.#growing.set(name, growing);
    return growing;
  }

  /** Everything is on disk when this resolves. */
  async close(name: string): Promise<WrittenFile> {
    const growing = this.#growing.get(name);
    if (growing === undefined) throw new RangeError(`${name} is not being written`);
    const file = {path: name, ...(await growing.end())};
    this.#growing.delete(name);
    this.written.push(file);
    return file;
  }

  async closeAll(): Promise<void> {
    await Promise.all(this.#soon);
    this.#assertGood();
    for (const name of [...this.#growing.keys()]) await this.close(name);
  }

  /** Takes everything away again. */
  async abandon(): Promise<void> {
    await Promise.all(this.#soon);
    for (const growing of this.#growing.values()) await growing.abandon();
    this.#growing.clear();
    await this.#files.removeTree(this.dir);
  }
}
