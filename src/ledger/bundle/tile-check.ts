// The tiles of a whole log, held to the entries file by file.
import {equal} from '../bytes.ts';
import {maxEntryBytes} from '../../domain/limits.ts';
import type {BundleSource} from './source.ts';
import {tilePath, TileWriter, type TileFile} from './tiles.ts';

const width = 256;

/** Takes every leaf and line in order, then `end`. `problem` is the first file that does not fit. */
export class TileCheck {
  readonly #source: BundleSource;
  readonly #size: number;
  readonly #sizes: ReadonlyMap<string, number>;
  #writer: TileWriter | undefined = new TileWriter();
  #stored: Uint8Array | undefined;
  #fitting = 0;
  #seen = 0;
  problem: string | undefined;

  constructor(source: BundleSource, size: number) {
    this.#source = source;
    this.#size = size;
    const tiles = source.items.filter(({path}) => path.startsWith('tile/'));
    this.#sizes = new Map(tiles.map(({path, sizeBytes}) => [path, sizeBytes]));
  }

  /** The leaf hash that is stored for the next entry, when its tile has the right length. */
  async stored(): Promise<Uint8Array | undefined> {
    const at = this.#seen % width;
    if (at === 0) {
      const hashes = Math.min(width, this.#size - this.#seen);
      const path = tilePath(0, this.#seen / width, hashes);
      this.#stored = this.#sizes.get(path) === 32 * hashes ? await this.#source.read(path) : undefined;
    }
    return this.#stored?.subarray(32 * at, 32 * at + 32);
  }

  async add(leaf: Uint8Array, line: Uint8Array): Promise<void> {
    this.#seen += 1;
    if (line.length > maxEntryBytes) {
      this.problem ??= `entry ${this.#seen - 1} is too long for a tile`;
      this.#writer = undefined;
    }
    for (const file of this.#writer?.add(leaf, line) ?? []) await this.#compare(file);
  }

  async end(): Promise<string | undefined> {
    for (const file of this.#writer?.end() ?? []) await this.#compare(file);
    if (this.#fitting !== this.#sizes.size) this.problem ??= 'a file in tile/ is none of this log';
    return this.problem;
  }

  async #compare({path, bytes}: TileFile): Promise<void> {
    const fits = this.#sizes.get(path) === bytes.length && equal(await this.#source.read(path), bytes);
    if (fits) this.#fitting += 1;
    else this.problem ??= `${path} is missing, or not what the entries give`;
  }
}
