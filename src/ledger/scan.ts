// One pass over the rows: every leaf, `seq`, `prev`, disclosure and form, and the root at each size asked for.
import {commitmentTo, commitmentsOf, saltBytes} from './commitment.ts';
import type {Evidence, EvidenceDisclosure, EvidenceRow} from '../domain/evidence.ts';
import {fieldsOf, formProblem, isFields, type Fields} from './form.ts';
import {firstPrev, leafHash} from './hash.ts';
import {Tree} from './tree.ts';

export interface Fault {
  readonly seq: number;
  readonly reason: string;
}

/** What a line of a kind that verification itself needs says; `body` as it was parsed. */
export interface Said {
  readonly seq: number;
  readonly kind: string;
  readonly ts: string;
  readonly body: Readonly<Record<string, unknown>>;
}

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
  missing: {readonly seq: number; readonly ptr: string}[];
}

/** Kinds whose bodies a verification reads: keys, erasures, receipts. */
const needed = new Set(['key.rotate', 'redact', 'retention.apply', 'anchor.receipt']);

export interface ScanStart {
  /** Sizes at which the root is wanted. */
  readonly sizes: ReadonlySet<number>;
  /** The tree of everything before the first line; empty for a whole log. */
  readonly tree?: Tree;
}

const textOf = (fields: Fields | undefined, name: string): string | undefined => {
  const value = fields?.[name];
  return typeof value === 'string' ? value : undefined;
};

function bodyVkey(fields: Fields | undefined): string {
  const body = fields?.['body'];
  const vkey = typeof body === 'object' && body !== null && 'vkey' in body ? body.vkey : undefined;
  return typeof vkey === 'string' ? vkey : '';
}

/** Why what lies beside an entry does not fit it. */
function besideProblem(
  row: EvidenceRow,
  fields: Fields,
  disclosures: readonly EvidenceDisclosure[],
  missing: (ptr: string) => void,
): string | undefined {
  const {repeats} = row;
  if (
    repeats !== undefined &&
    (repeats.kind !== fields['kind'] || (repeats.run ?? undefined) !== fields['run'])
  ) {
    return `the columns of entry ${row.seq} do not repeat what its line says`;
  }
  const commitments = commitmentsOf(fields['body']);
  for (const {ptr, salt, value} of disclosures) {
    const sd = commitments.get(ptr);
    if (sd === undefined) return `entry ${row.seq} has a disclosure for ${ptr}, where it commits to nothing`;
    if (value === undefined) return `the artifact behind ${ptr} of entry ${row.seq} is missing`;
    if (salt.length !== saltBytes || commitmentTo({salt, ptr}, value) !== sd) {
      return `the value behind ${ptr} of entry ${row.seq} is not the one that was committed to`;
    }
    commitments.delete(ptr);
  }
  for (const ptr of commitments.keys()) missing(ptr);
  return undefined;
}

/** Takes lines in order; the first is the one after `start.tree`. */
export class Scanner {
  readonly result: Scan;
  readonly #tree: Tree;
  readonly #sizes: ReadonlySet<number>;
  readonly #from: number;
  #last: Buffer | undefined;

  constructor({sizes, tree = new Tree()}: ScanStart) {
    this.#sizes = sizes;
    this.#tree = tree;
    this.#from = tree.size;
    this.result = {
      size: tree.size,
      root: tree.root(),
      roots: new Map(),
      origin: '',
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

  add(row: EvidenceRow, disclosures: readonly EvidenceDisclosure[]): void {
    const {result} = this;
    const place = this.#tree.size;
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
    if (place === this.#from) {
      result.origin = textOf(fields, 'log') ?? '';
      if (place === 0) result.genesisVkey = bodyVkey(fields);
    }
    if (place === 0 || this.#last !== undefined) this.#checkPrev(row.seq, textOf(fields, 'prev'));
    if (fields !== undefined) {
      const beside = besideProblem(row, fields, disclosures, ptr => {
        result.missing.push({seq: row.seq, ptr});
      });
      if (beside !== undefined) result.beside ??= {seq: row.seq, reason: beside};
      this.#remember(row.seq, fields);
    }
    const form = result.form === undefined ? formProblem(row.line, result.origin) : undefined;
    if (form !== undefined)
      result.form = {seq: row.seq, reason: `the form of entry ${row.seq} is wrong: ${form}`};
    this.#last = hash;
    this.#tree.push(hash);
    if (this.#sizes.has(this.#tree.size)) result.roots.set(this.#tree.size, this.#tree.root());
  }

  #remember(seq: number, fields: Fields): void {
    const kind = textOf(fields, 'kind') ?? '';
    const {body} = fields;
    if (needed.has(kind) && isFields(body))
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

  end(): Scan {
    this.result.size = this.#tree.size;
    this.result.root = this.#tree.root();
    return this.result;
  }
}

/** Reads everything once. `onProgress` hears how many entries were read. */
export async function scan(
  evidence: Evidence,
  start: ScanStart,
  onProgress: (done: number) => void,
): Promise<Scan> {
  const scanner = new Scanner(start);
  let done = 0;
  for await (const page of evidence.pages()) {
    const from = page[0]?.seq ?? 0;
    const to = (page.at(-1)?.seq ?? -1) + 1;
    const bySeq = Map.groupBy(evidence.disclosures(from, to), ({seq}) => seq);
    for (const row of page) scanner.add(row, bySeq.get(row.seq) ?? []);
    done += page.length;
    onProgress(done);
  }
  return scanner.end();
}
