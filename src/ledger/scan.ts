// One pass over the rows: every leaf, `seq`, `prev`, disclosure and form, and the root at each size asked for.
import {commitmentTo, commitmentsOf, saltBytes} from './commitment.ts';
import type {Evidence, EvidenceDisclosure, EvidenceRow} from '../domain/evidence.ts';
import {fieldsOf, formProblem, type Fields} from './form.ts';
import {firstPrev, leafHash} from './hash.ts';
import {Tree} from './tree.ts';

export interface Fault {
  readonly seq: number;
  readonly reason: string;
}

/** The first fault of each sort, lowest `seq` first. */
export interface Scan {
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
): string | undefined {
  if (row.kind !== fields['kind'] || (row.run ?? undefined) !== fields['run']) {
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
  const [missing] = commitments.keys();
  return missing === undefined
    ? undefined
    : `the value behind ${missing} of entry ${row.seq} is missing, and no redaction says so`;
}

class Scanner {
  readonly result: Scan;
  readonly #tree = new Tree();
  readonly #sizes: ReadonlySet<number>;
  #last: Buffer | undefined;

  constructor(sizes: ReadonlySet<number>) {
    this.#sizes = sizes;
    this.result = {
      size: 0,
      root: this.#tree.root(),
      roots: new Map(),
      origin: '',
      genesisVkey: '',
      leaf: undefined,
      prev: undefined,
      place: undefined,
      beside: undefined,
      form: undefined,
    };
  }

  add(row: EvidenceRow, disclosures: readonly EvidenceDisclosure[]): void {
    const {result} = this;
    const place = this.#tree.size;
    const hash = leafHash(row.line);
    const fields = fieldsOf(row.line)?.fields;
    if (!hash.equals(row.leaf)) {
      result.leaf ??= {seq: row.seq, reason: `the bytes of entry ${row.seq} are not those that were written`};
    }
    if (row.seq !== place) result.place ??= {seq: place, reason: `entry ${place} is missing`};
    if (fields !== undefined && Number.isSafeInteger(fields['seq']) && fields['seq'] !== row.seq) {
      result.place ??= {
        seq: row.seq,
        reason: `entry ${row.seq} says that it is entry ${String(fields['seq'])}`,
      };
    }
    if (place === 0) {
      result.origin = textOf(fields, 'log') ?? '';
      result.genesisVkey = bodyVkey(fields);
    }
    this.#checkPrev(row.seq, textOf(fields, 'prev'));
    if (fields !== undefined) {
      const beside = besideProblem(row, fields, disclosures);
      if (beside !== undefined) result.beside ??= {seq: row.seq, reason: beside};
    }
    const form = result.form === undefined ? formProblem(row.line, result.origin) : undefined;
    if (form !== undefined)
      result.form = {seq: row.seq, reason: `the form of entry ${row.seq} is wrong: ${form}`};
    this.#last = hash;
    this.#tree.push(hash);
    if (this.#sizes.has(this.#tree.size)) result.roots.set(this.#tree.size, this.#tree.root());
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
  sizes: ReadonlySet<number>,
  onProgress: (done: number) => void,
): Promise<Scan> {
  const scanner = new Scanner(sizes);
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
