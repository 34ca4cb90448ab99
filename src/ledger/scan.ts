// One pass over the rows: every leaf, `seq`, `prev`, disclosure and form, and the root at each size asked for.
import {commitmentTo, commitmentsOf, saltBytes} from './commitment.ts';
import type {Evidence, EvidenceDisclosure, EvidenceRow} from '../domain/evidence.ts';
import type {EvidencePack, Fault, PieceScan, Place, Said} from '../domain/evidence-scan.ts';
import {fieldsOf, formProblem, isFields, type Fields} from './form.ts';
import {firstPrev, leafHash} from './hash.ts';
import {neededKinds} from './line-reader.ts';
import {PackReader} from './pack.ts';
import {joined} from './pieces.ts';
import {Tree} from './tree.ts';

export type {Fault, Said} from '../domain/evidence-scan.ts';

/** The first fault of each sort, lowest `seq` first. */
export interface Scan {
  /** The `seq` after the last line: how many entries there are, for a whole log. */
  size: number;
  root: Buffer;
  /** Roots by size, for the sizes asked for that are not larger than the log. */
  roots: Map<number, Buffer>;
  origin: string;
  genesisVkey: string;
  /** Bytes against their stored leaf. */
  leaf: Fault | undefined;
  /** Bytes against the `prev` of the next entry. */
  prev: Fault | undefined;
  /** A missing row, or a `seq` that is not its place. */
  place: Fault | undefined;
  /** A disclosure, artifact or repeated column; nothing is wrong with the bytes of the entry itself. */
  beside: Fault | undefined;
  form: Fault | undefined;
  /** Lines of the kinds in `needed`, in order. */
  said: Said[];
  /** Commitments that have no disclosure; whether that is right depends on what was erased. */
  missing: Place[];
}

export interface ScanStart {
  /** Sizes at which the root is wanted. */
  readonly sizes: ReadonlySet<number>;
  /** The tree of everything before the first line; empty for a whole log. */
  readonly tree?: Tree;
  /** A piece of a log is read: from where on, and the origin that the log's first line says. */
  readonly piece?: {readonly from: number; readonly origin: string};
}

/** The origin that the first line of a log says. */
export const originIn = (line: Uint8Array): string => textOf(fieldsOf(line)?.fields, 'log') ?? '';

const textOf = (fields: Fields | undefined, name: string): string | undefined => {
  const value = fields?.[name];
  return typeof value === 'string' ? value : undefined;
};

function bodyVkey(fields: Fields | undefined): string {
  const body = fields?.['body'];
  const vkey = typeof body === 'object' && body !== null && 'vkey' in body ? body.vkey : undefined;
  return typeof vkey === 'string' ? vkey : '';
}

/** Why the first thing beside an entry that does not fit it does not; all of them are looked at. */
function besideProblem(
  row: EvidenceRow,
  fields: Fields,
  disclosures: readonly EvidenceDisclosure[],
  missing: (ptr: string) => void,
): string | undefined {
  const {repeats, seq} = row;
  const repeatsOther =
    repeats !== undefined &&
    (repeats.kind !== fields['kind'] || (repeats.run ?? undefined) !== fields['run']);
  let problem = repeatsOther ? `the columns of entry ${seq} do not repeat what its line says` : undefined;
  const commitments = commitmentsOf(fields['body']);
  for (const disclosure of disclosures) {
    problem ??= disclosureProblem(seq, disclosure, commitments.get(disclosure.ptr));
    commitments.delete(disclosure.ptr);
  }
  for (const ptr of commitments.keys()) missing(ptr);
  return problem;
}

function disclosureProblem(
  seq: number,
  {ptr, salt, value}: EvidenceDisclosure,
  sd: string | undefined,
): string | undefined {
  if (sd === undefined) return `entry ${seq} has a disclosure for ${ptr}, where it commits to nothing`;
  if (value === undefined) return `the artifact behind ${ptr} of entry ${seq} is missing`;
  return salt.length === saltBytes && commitmentTo({salt, ptr}, value) === sd
    ? undefined
    : `the value behind ${ptr} of entry ${seq} is not the one that was committed to`;
}

/** Takes lines in order; the first is the one after `start.tree`. */
export class Scanner {
  readonly result: Scan;
  readonly #tree: Tree;
  readonly #sizes: ReadonlySet<number>;
  readonly #from: number;
  /** The place of a line is this much more than the size of the tree; not 0 in a piece of a log. */
  readonly #before: number;
  readonly #isPiece: boolean;
  readonly #ranges: {readonly size: number; readonly range: Uint8Array}[] = [];
  #firstPrev: string | undefined;
  #last: Buffer | undefined;
  #packs: PackReader | undefined;

  constructor({sizes, tree = new Tree(), piece}: ScanStart) {
    this.#sizes = sizes;
    this.#tree = tree;
    this.#before = piece?.from ?? 0;
    this.#isPiece = piece !== undefined;
    this.#from = this.#place;
    this.result = {
      size: tree.size,
      root: tree.root(),
      roots: new Map(),
      origin: piece?.origin ?? '',
      genesisVkey: '',
      leaf: undefined,
      prev: undefined,
      place: undefined,
      beside: undefined,
      form: undefined,
      said: [],
      missing: [],
    };
    if (tree.size > 0 && sizes.has(tree.size)) this.result.roots.set(tree.size, tree.root());
  }

  get #place(): number {
    return this.#before + this.#tree.size;
  }

  add(row: EvidenceRow, disclosures: readonly EvidenceDisclosure[]): void {
    const {result} = this;
    const place = this.#place;
    const hash = leafHash(row.line);
    const fields = fieldsOf(row.line)?.fields;
    if (row.leaf !== undefined && !hash.equals(row.leaf)) {
      result.leaf ??= {seq: row.seq, reason: `the bytes of entry ${row.seq} are not those that were written`};
    }
    if (row.seq !== place) result.place ??= {seq: place, reason: `entry ${place} is missing`};
    if (fields !== undefined && Number.isSafeInteger(fields['seq']) && fields['seq'] !== row.seq) {
      result.place ??= {
        seq: row.seq,
        reason: `entry ${row.seq} says that it is entry ${String(fields['seq'])}`,
      };
    }
    const prev = textOf(fields, 'prev');
    if (place === this.#from) {
      this.#firstPrev = prev;
      if (!this.#isPiece) result.origin = textOf(fields, 'log') ?? '';
      if (place === 0) result.genesisVkey = bodyVkey(fields);
    }
    // Entry 0 follows from the name of its log; without one, that is a matter of form.
    const follows = place === 0 ? textOf(fields, 'log') !== undefined : this.#last !== undefined;
    if (follows) this.#checkPrev(row.seq, prev);
    if (fields !== undefined) this.#beside(row, fields, disclosures);
    const form = result.form === undefined ? formProblem(row.line, result.origin) : undefined;
    if (form !== undefined)
      result.form = {seq: row.seq, reason: `the form of entry ${row.seq} is wrong: ${form}`};
    this.#last = hash;
    this.#push(hash, 0);
  }

  /** Takes entries at once when nothing is wrong with their lines; else nothing, and `add` must take them. */
  addPack(pack: EvidencePack, disclosures: ReadonlyMap<number, readonly EvidenceDisclosure[]>): boolean {
    // The first line of a log says how the log is called.
    if (pack.from !== this.#place || this.#place === 0) return false;
    this.#packs ??= new PackReader(this.result.origin);
    const read = this.#packs.read(pack, this.#last, seq => disclosures.has(seq));
    if (read === undefined) return false;
    const {hashes, wanted} = read;
    if (this.#place === this.#from) this.#firstPrev = read.firstPrev;
    for (const {seq, line} of wanted) {
      const fields = fieldsOf(line)?.fields;
      const row = {seq, line, leaf: undefined, repeats: undefined};
      if (fields !== undefined) this.#beside(row, fields, disclosures.get(seq) ?? []);
    }
    for (let i = 0; i < pack.lengths.length; i++) this.#push(hashes, i * 32);
    this.#last = Buffer.from(hashes.subarray(pack.lengths.length * 32 - 32, pack.lengths.length * 32));
    return true;
  }

  #beside(row: EvidenceRow, fields: Fields, disclosures: readonly EvidenceDisclosure[]): void {
    const {seq} = row;
    const beside = besideProblem(row, fields, disclosures, ptr => {
      this.result.missing.push({seq, ptr});
    });
    if (beside !== undefined) this.result.beside ??= {seq, reason: beside};
    const kind = textOf(fields, 'kind') ?? '';
    const {body} = fields;
    if (neededKinds.has(kind) && isFields(body))
      this.result.said.push({seq, kind, ts: textOf(fields, 'ts') ?? '', body});
  }

  /** A line whose `prev` cannot be read at all is a matter of form. */
  #checkPrev(seq: number, prev: string | undefined): void {
    const {result} = this;
    const expected = this.#last?.toString('hex') ?? firstPrev(result.origin);
    if (prev === undefined || prev === expected) return;
    const from = Math.max(0, seq - 1);
    result.prev ??= {
      seq: from,
      reason: `entry ${seq} does not follow from ${seq === 0 ? 'the name of its log' : `the bytes of entry ${from}`}`,
    };
  }

  #push(from: Buffer, at: number): void {
    this.#tree.push(from, at);
    const size = this.#place;
    if (!this.#sizes.has(size)) return;
    if (this.#isPiece) this.#ranges.push({size, range: this.#tree.range()});
    else this.result.roots.set(size, this.#tree.root());
  }

  end(): Scan {
    this.result.size = this.#tree.size;
    this.result.root = this.#tree.root();
    return this.result;
  }

  /** What a scan that was started with `piece` found. */
  endOfPiece(): PieceScan {
    const {origin, genesisVkey, leaf, prev, place, beside, form, said, missing} = this.result;
    return {
      from: this.#from,
      to: this.#place,
      range: this.#tree.range(),
      ranges: this.#ranges,
      firstPrev: this.#firstPrev,
      lastLeaf: this.#last ?? new Uint8Array(),
      ...{origin, genesisVkey, leaf, prev, place, beside, form, said, missing},
    };
  }
}

const isPack = (page: EvidencePack | readonly EvidenceRow[]): page is EvidencePack => 'lines' in page;

const noDisclosures: ReadonlyMap<number, readonly EvidenceDisclosure[]> = new Map();

/** Takes a page of entries into a scan; returns how many they were. */
export function takePage(
  scanner: Scanner,
  page: EvidencePack | readonly EvidenceRow[],
  disclosures: Evidence['disclosures'],
): number {
  const count = isPack(page) ? page.lengths.length : page.length;
  const from = isPack(page) ? page.from : (page[0]?.seq ?? 0);
  const to = isPack(page) ? from + count : (page.at(-1)?.seq ?? -1) + 1;
  const found = disclosures(from, to);
  const bySeq = found.length === 0 ? noDisclosures : Map.groupBy(found, ({seq}) => seq);
  if (isPack(page) && scanner.addPack(page, bySeq)) return count;
  for (const row of isPack(page) ? page.rows() : page) scanner.add(row, bySeq.get(row.seq) ?? []);
  return count;
}

/** Reads everything once. `onProgress` hears how many entries were read. */
export async function scan(
  evidence: Evidence,
  start: ScanStart,
  onProgress: (done: number) => void,
): Promise<Scan> {
  const sizes = [...start.sizes];
  const pieces = start.tree === undefined ? await evidence.pieces?.({sizes, onProgress}) : undefined;
  if (pieces !== undefined) return joined(pieces);
  const scanner = new Scanner(start);
  let done = 0;
  for await (const page of evidence.packs?.() ?? evidence.pages()) {
    done += takePage(scanner, page, evidence.disclosures);
    onProgress(done);
  }
  return scanner.end();
}
