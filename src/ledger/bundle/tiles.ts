// The files of a C2SP tlog-tiles log (c2sp.org/tlog-tiles): hash tiles 256 wide, and bundles of entries.
import {nodeHash} from '../hash.ts';

const width = 256;

export interface TileFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** Groups of three digits, all but the last marked with `x`: 1234067 is x001/x234/067. */
function indexPath(index: number): string {
  const last = String(index % 1000).padStart(3, '0');
  let rest = Math.floor(index / 1000);
  let path = last;
  for (; rest > 0; rest = Math.floor(rest / 1000)) path = `x${String(rest % 1000).padStart(3, '0')}/${path}`;
  return path;
}

/** Where a tile lies; `hashes` below 256 is a partial one. */
export function tilePath(level: number | 'entries', index: number, hashes: number = width): string {
  const partial = hashes < width ? `.p/${hashes}` : '';
  return `tile/${level}/${indexPath(index)}${partial}`;
}

/** Bytes that grow to a known largest size. */
class Growing {
  readonly #parts: Uint8Array[] = [];
  #length = 0;
  count = 0;

  add(...parts: readonly Uint8Array[]): void {
    for (const part of parts) {
      this.#parts.push(part);
      this.#length += part.length;
    }
    this.count += 1;
  }

  get parts(): readonly Uint8Array[] {
    return this.#parts;
  }

  take(): Uint8Array {
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const part of this.#parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#parts.length = 0;
    this.#length = 0;
    this.count = 0;
    return bytes;
  }
}

function rootOf(hashes: readonly Uint8Array[]): Uint8Array {
  const [left, right] = hashes;
  if (left === undefined) throw new RangeError('a tile without hashes has no root');
  if (right === undefined) return left;
  const half = hashes.length / 2;
  return nodeHash(rootOf(hashes.slice(0, half)), rootOf(hashes.slice(half)));
}

/** An entry in its bundle: its length in two bytes, big endian, then its bytes. */
function lengthOf(line: Uint8Array): Uint8Array {
  if (line.length > 0xffff) throw new RangeError(`an entry of ${line.length} bytes fits no entry bundle`);
  return Uint8Array.of(line.length >> 8, line.length & 0xff);
}

/** Takes leaves and lines in order and gives each tile when it is full; `end` gives the partial ones on the right. */
export class TileWriter {
  readonly #levels: Growing[] = [];
  readonly #entries = new Growing();
  #size = 0;

  add(leaf: Uint8Array, line: Uint8Array): readonly TileFile[] {
    const files: TileFile[] = [];
    this.#entries.add(lengthOf(line), line);
    this.#size += 1;
    if (this.#entries.count === width) {
      files.push({path: tilePath('entries', this.#size / width - 1), bytes: this.#entries.take()});
    }
    let hash = leaf;
    let before = this.#size;
    for (let level = 0; ; level++) {
      const tile = (this.#levels[level] ??= new Growing());
      tile.add(hash);
      if (tile.count < width) return files;
      hash = rootOf(tile.parts);
      before = Math.floor(before / width);
      files.push({path: tilePath(level, before - 1), bytes: tile.take()});
    }
  }

  end(): readonly TileFile[] {
    const files: TileFile[] = [];
    const {count} = this.#entries;
    if (count > 0) {
      const path = tilePath('entries', Math.floor(this.#size / width), count);
      files.push({path, bytes: this.#entries.take()});
    }
    let hashes = this.#size;
    for (const [level, tile] of this.#levels.entries()) {
      const index = Math.floor(hashes / width);
      if (tile.count > 0) files.push({path: tilePath(level, index, tile.count), bytes: tile.take()});
      hashes = index;
    }
    return files;
  }
}
