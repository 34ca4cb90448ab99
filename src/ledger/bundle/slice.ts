// One pass over the entries of a bundle with all that lies beside them.
import {commitmentsOf} from '../commitment.ts';
import {fieldsOf} from '../form.ts';
import {leafHash} from '../hash.ts';
import {Scanner, type Scan} from '../scan.ts';
import type {Tree} from '../tree.ts';
import type {Container} from './container.ts';
import {Disclosures, type BundleDisclosure} from './disclosed.ts';
import {linesOf} from './lines.ts';
import type {BundleSource} from './source.ts';
import {TileCheck} from './tile-check.ts';

export const entriesPath = 'entries.jsonl';

export interface Slice {
  readonly scan: Scan;
  readonly lines: number;
  readonly extraLines: number;
  /** The leaves of everything before `to`. */
  readonly tree: Tree;
  /** Why `entries.jsonl` or `disclosures.jsonl` cannot be read as specified. */
  readonly container: string | undefined;
  /** The first value, artifact or tile that does not fit. */
  readonly beside: string | undefined;
}

class Reader {
  readonly #range: Container['range'];
  readonly #scanner: Scanner;
  readonly #disclosures: Disclosures;
  readonly #tiles: TileCheck | undefined;
  readonly #strayTile: string | undefined;
  #lines = 0;
  #beside: string | undefined;

  constructor(source: BundleSource, {range, notes}: Container, sizes: ReadonlySet<number>) {
    const {from, to, size, left} = range;
    this.#range = range;
    this.#scanner = new Scanner({
      sizes: new Set([...sizes, from, ...notes.map(note => note.size)]),
      tree: left,
    });
    this.#disclosures = new Disclosures(source);
    const isWhole = from === 0 && to === size;
    this.#tiles = isWhole ? new TileCheck(source, size) : undefined;
    this.#strayTile = isWhole ? undefined : source.items.find(({path}) => path.startsWith('tile/'))?.path;
  }

  get isFull(): boolean {
    return this.#lines === this.#range.to - this.#range.from;
  }

  async add(line: Uint8Array): Promise<void> {
    const seq = this.#range.from + this.#lines;
    this.#lines += 1;
    const parsed = fieldsOf(line);
    const disclosures = await this.#valuesOf(seq, parsed?.fields['body'], parsed === undefined);
    const leaf = await this.#tiles?.stored();
    this.#scanner.add({seq, leaf, line, repeats: undefined}, disclosures);
    if (this.#tiles !== undefined) await this.#tiles.add(leafHash(line), line);
  }

  /** The disclosures of an entry; those of a line that cannot be parsed are not looked at. */
  async #valuesOf(seq: number, body: unknown, isSkipped: boolean): Promise<readonly BundleDisclosure[]> {
    const taken = await this.#disclosures.upTo(seq);
    const before = taken.find(disclosure => disclosure.seq < seq);
    if (before !== undefined)
      this.#misfit(`there is a value for entry ${before.seq}, which is not in the slice`);
    const own = isSkipped ? [] : taken.filter(disclosure => disclosure.seq === seq);
    if (own.length === 0) return own;
    const commitments = commitmentsOf(body);
    const misnamed = own.find(
      ({ptr, artifact}) => artifact !== undefined && artifact !== commitments.get(ptr),
    );
    if (misnamed !== undefined)
      this.#misfit(`the artifact behind ${misnamed.ptr} of entry ${seq} has another name`);
    return own;
  }

  #misfit(reason: string): void {
    this.#beside ??= reason;
  }

  async end(): Promise<Pick<Slice, 'scan' | 'lines' | 'tree' | 'container' | 'beside'>> {
    const after = await this.#disclosures.end();
    if (after !== undefined)
      this.#misfit(`there is a value for entry ${after.seq}, which is not in the slice`);
    const stray = this.#disclosures.stray();
    if (stray !== undefined) this.#misfit(`${stray} belongs to no value`);
    if (this.#strayTile !== undefined) this.#misfit(`${this.#strayTile} is there, but this is no whole log`);
    const tiles = await this.#tiles?.end();
    if (tiles !== undefined) this.#misfit(tiles);
    return {
      scan: this.#scanner.end(),
      lines: this.#lines,
      tree: this.#range.left,
      container: this.#disclosures.problem,
      beside: this.#beside,
    };
  }
}

/** Reads `entries.jsonl` and what belongs to it. `onProgress` hears how many lines were read. */
export async function readSlice(
  source: BundleSource,
  container: Container,
  {sizes, onProgress}: {readonly sizes: ReadonlySet<number>; readonly onProgress: (done: number) => void},
): Promise<Slice> {
  const reader = new Reader(source, container, sizes);
  const ends = {unended: false};
  let extraLines = 0;
  let done = 0;
  const pages = linesOf(source.stream(entriesPath), () => {
    ends.unended = true;
  });
  for await (const page of pages) {
    for (const line of page) {
      if (reader.isFull) extraLines += 1;
      else await reader.add(line);
    }
    done += page.length;
    onProgress(done);
  }
  const slice = await reader.end();
  const unended = ends.unended ? `the last line of ${entriesPath} has no end` : undefined;
  return {...slice, extraLines, container: unended ?? slice.container};
}
