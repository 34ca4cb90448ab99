// The slice itself in one pass: entries, values, artifacts, tiles and the files derived from them.
import {QdError} from '../../domain/error.ts';
import type {LedgerSnapshot, SnapshotRow, SnapshotValue} from '../../domain/snapshot.ts';
import {disclosureLine} from '../../ledger/bundle/written-lines.ts';
import {TileWriter} from '../../ledger/bundle/tiles.ts';
import {concat, hexOf, textOf, utf8} from '../../ledger/bytes.ts';
import {commitmentsOf} from '../../ledger/commitment.ts';
import {fieldsOf} from '../../ledger/form.ts';
import {Deriver, derivedPaths, type Piece, type Value} from '../../report/derive.ts';
import type {BundleFolder, GrowingFile} from './folder.ts';
import {isWhole, placeKey, type Slice} from './frame.ts';
import type {Guard} from './guard.ts';

export interface ContentRequest {
  readonly snapshot: LedgerSnapshot;
  readonly slice: Slice;
  readonly origin: string;
  /** Hex root at `size`. */
  readonly root: string;
  readonly erased: ReadonlyMap<string, number>;
  readonly folder: BundleFolder;
  readonly guard: Guard;
  readonly onPage: (done: number) => Promise<void>;
}

const newline = Uint8Array.of(0x0a);

const refused = (message: string): QdError =>
  new QdError('EVIDENCE_REFUSED', message, {
    hint: 'Nothing was handed over. Look at it with: quarterdeck ledger verify',
  });

/** Throws SECRET_FOUND when a line holds a secret: lines can never be changed. */
function guardLines(page: readonly SnapshotRow[], guard: Guard): void {
  guard.check(concat(page.flatMap(({line}) => [line, newline])), at => {
    let end = 0;
    const row = page.find(({line}) => (end += line.length + 1) > at);
    return {
      file: 'entries.jsonl',
      where: `entry ${row?.seq ?? 0}`,
      hint: 'It stands in the entry itself, which nobody can change. Change that secret where it is in use, and export the entries before and after it.',
    };
  });
}

function guardValue({seq, ptr, isFile, sd}: SnapshotValue, bytes: Uint8Array, guard: Guard): void {
  guard.check(bytes, () => ({
    file: isFile ? `artifacts/${sd}` : 'disclosures.jsonl',
    where: `the value ${ptr} of entry ${seq}`,
    hint: `Change that secret where it is in use, erase the value with: quarterdeck ledger redact ${seq} ${ptr} --reason "…", and export again.`,
  }));
}

/** The value behind each commitment of an entry, or who says that it was erased. Throws when neither is there. */
function valuesOf(
  seq: number,
  body: unknown,
  values: ReadonlyMap<string, Uint8Array>,
  erased: ReadonlyMap<string, number>,
): ReadonlyMap<string, Value> {
  const found = new Map<string, Value>();
  for (const ptr of commitmentsOf(body).keys()) {
    const bytes = values.get(ptr);
    const by = erased.get(placeKey(seq, ptr));
    if (bytes !== undefined) found.set(ptr, {bytes});
    else if (by !== undefined) found.set(ptr, {erased: true, by});
    else throw refused(`The value ${ptr} of entry ${seq} is missing, and no entry says that it was erased.`);
  }
  return found;
}

class Content {
  readonly #request: ContentRequest;
  readonly #entries: GrowingFile;
  readonly #disclosures: GrowingFile;
  readonly #derived: ReadonlyMap<string, GrowingFile>;
  readonly #deriver: Deriver;
  readonly #tiles: TileWriter | undefined;

  constructor(request: ContentRequest, open: ReadonlyMap<string, GrowingFile>) {
    const {origin, slice, root} = request;
    this.#request = request;
    this.#entries = opened(open, 'entries.jsonl');
    this.#disclosures = opened(open, 'disclosures.jsonl');
    this.#derived = open;
    this.#deriver = new Deriver({origin, ...slice, root});
    this.#tiles = isWhole(slice) ? new TileWriter() : undefined;
  }

  async #derive(pieces: readonly Piece[]): Promise<void> {
    for (const {path, text} of pieces) {
      const bytes = utf8(text);
      this.#request.guard.check(bytes, () => ({
        file: path,
        where: 'what it says of the entries',
        hint: 'Change that secret where it is in use, and export entries without it.',
      }));
      await opened(this.#derived, path).write(bytes);
    }
  }

  /** Writes the values of an entry and gives them back by pointer. */
  async #disclose(values: readonly SnapshotValue[]): Promise<ReadonlyMap<string, Uint8Array>> {
    const {folder, guard} = this.#request;
    const found = new Map<string, Uint8Array>();
    for (const value of values) {
      const {seq, ptr, sd, salt, isFile} = value;
      const bytes = value.bytes();
      if (bytes === undefined) {
        throw refused(`The file of the value ${ptr} of entry ${seq} is missing, or was erased just now.`);
      }
      guardValue(value, bytes, guard);
      if (isFile) await folder.put(`artifacts/${sd}`, bytes);
      await this.#disclosures.write(disclosureLine({seq, ptr, sd, salt, value: isFile ? undefined : bytes}));
      found.set(ptr, bytes);
    }
    return found;
  }

  async add(row: SnapshotRow, values: readonly SnapshotValue[]): Promise<void> {
    const {seq, leaf, line} = row;
    const {folder, erased} = this.#request;
    const entry = fieldsOf(line)?.fields;
    const text = textOf(line);
    if (entry === undefined || text === undefined) throw refused(`Entry ${seq} cannot be read.`);
    await this.#entries.write(line, newline);
    for (const tile of this.#tiles?.add(leaf, line) ?? []) await folder.putSoon(tile.path, tile.bytes);
    const bytes = await this.#disclose(values);
    const given = {seq, leaf: hexOf(leaf), line: text, entry};
    await this.#derive(this.#deriver.add({...given, values: valuesOf(seq, entry['body'], bytes, erased)}));
  }

  async end(): Promise<void> {
    for (const tile of this.#tiles?.end() ?? []) await this.#request.folder.putSoon(tile.path, tile.bytes);
    await this.#derive(this.#deriver.end());
  }
}

function opened(open: ReadonlyMap<string, GrowingFile>, path: string): GrowingFile {
  const file = open.get(path);
  if (file === undefined) throw new RangeError(`${path} is not being written`);
  return file;
}

/** Writes everything that depends on the entries of the slice. Throws SECRET_FOUND, EVIDENCE_REFUSED, FILE_UNWRITABLE. */
export async function writeContent(request: ContentRequest): Promise<void> {
  const {snapshot, slice, folder, guard, onPage} = request;
  const open = new Map<string, GrowingFile>();
  for (const path of ['entries.jsonl', 'disclosures.jsonl', ...derivedPaths]) {
    open.set(path, await folder.open(path));
  }
  const content = new Content(request, open);
  for (const page of snapshot.rows(slice.from, slice.to)) {
    guardLines(page, guard);
    const first = page[0]?.seq ?? 0;
    const values = Map.groupBy(snapshot.values(first, first + page.length), ({seq}) => seq);
    for (const row of page) await content.add(row, values.get(row.seq) ?? []);
    await onPage(first + page.length - slice.from);
  }
  await content.end();
  await folder.closeAll();
}
