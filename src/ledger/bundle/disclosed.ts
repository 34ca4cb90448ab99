// The values of a bundle, taken entry by entry from a file that need not fit into memory.
import type {EvidenceDisclosure} from '../../domain/evidence.ts';
import {fromBase64, fromHex} from '../bytes.ts';
import {isFields} from '../form.ts';
import {isCount, isHex, jsonOf, linesOf} from './lines.ts';
import type {BundleSource} from './source.ts';

const disclosuresPath = 'disclosures.jsonl';

interface Line {
  readonly seq: number;
  readonly ptr: string;
  readonly salt: Uint8Array;
  readonly value: Uint8Array | undefined;
  readonly artifact: string | undefined;
}

function parseLine(bytes: Uint8Array): Line | undefined {
  const json = jsonOf(bytes);
  if (json === undefined || !isFields(json.value)) return undefined;
  const {seq, ptr, salt: salted, value: encoded, artifact} = json.value;
  if (!isCount(seq) || typeof ptr !== 'string' || !/^[\x20-\x7e]*$/.test(ptr) || !isHex(salted, 16))
    return undefined;
  const salt = fromHex(salted) ?? new Uint8Array();
  const rest = `"ptr":${JSON.stringify(ptr)},"salt":"${salted}","seq":${seq}`;
  if (isHex(artifact, 32)) {
    const line = {seq, ptr, salt, artifact, value: undefined};
    return json.text === `{"artifact":"${artifact}",${rest}}` ? line : undefined;
  }
  const value = typeof encoded === 'string' ? fromBase64(encoded) : undefined;
  if (value === undefined || json.text !== `{${rest},"value":"${String(encoded)}"}`) return undefined;
  return {seq, ptr, salt, value, artifact: undefined};
}

export interface BundleDisclosure extends EvidenceDisclosure {
  /** The name of its file, when it is one. */
  readonly artifact: string | undefined;
}

/** Hands the disclosures out in order. `problem` says why the file cannot be read; it is whole after `end`. */
export class Disclosures {
  readonly #source: BundleSource;
  readonly #pages: AsyncGenerator<readonly Uint8Array[], undefined>;
  readonly #files: ReadonlySet<string>;
  readonly #named = new Set<string>();
  #page: readonly Uint8Array[] = [];
  #at = 0;
  #next: Line | undefined;
  #last: {readonly seq: number; readonly ptr: string} = {seq: -1, ptr: ''};
  #isOver: boolean;
  #count = 0;
  problem: string | undefined;

  constructor(source: BundleSource) {
    this.#source = source;
    const paths = source.items.map(({path}) => path);
    this.#files = new Set(paths.filter(path => path.startsWith('artifacts/')));
    this.#isOver = !paths.includes(disclosuresPath);
    const unended = (): void => {
      this.problem = `the last line of ${disclosuresPath} has no end`;
    };
    this.#pages = linesOf(source.stream(disclosuresPath), unended);
  }

  /** The disclosures of this and earlier entries that were not taken yet. */
  async upTo(seq: number): Promise<readonly BundleDisclosure[]> {
    const found: BundleDisclosure[] = [];
    for (;;) {
      this.#next ??= await this.#read();
      if (this.#next === undefined || this.#next.seq > seq) return found;
      const {artifact, ...line} = this.#next;
      this.#next = undefined;
      const value = artifact === undefined ? line.value : await this.#artifact(artifact);
      found.push({...line, artifact, value});
    }
  }

  /** Reads what is left; the first disclosure of an entry after the last one. */
  async end(): Promise<{readonly seq: number} | undefined> {
    this.#next ??= await this.#read();
    const first = this.#next;
    while (this.#next !== undefined) this.#next = await this.#read();
    return first;
  }

  /** A file of `artifacts/` that no disclosure names. */
  stray(): string | undefined {
    return [...this.#files].find(path => !this.#named.has(path));
  }

  #artifact(sd: string): Promise<Uint8Array | undefined> {
    const path = `artifacts/${sd}`;
    return this.#files.has(path) ? this.#source.read(path) : Promise.resolve(undefined);
  }

  async #read(): Promise<Line | undefined> {
    while (!this.#isOver && this.#at >= this.#page.length) {
      const {value} = await this.#pages.next();
      this.#isOver = value === undefined;
      this.#page = value ?? [];
      this.#at = 0;
    }
    const bytes = this.#page[this.#at];
    if (this.#isOver || bytes === undefined || this.problem !== undefined) return undefined;
    this.#at += 1;
    this.#count += 1;
    const line = parseLine(bytes);
    const {seq, ptr} = this.#last;
    if (line === undefined || line.seq < seq || (line.seq === seq && line.ptr <= ptr)) {
      this.problem = `line ${this.#count} of ${disclosuresPath} is not what it must be, or out of order`;
      return undefined;
    }
    this.#last = line;
    if (line.artifact !== undefined) this.#named.add(`artifacts/${line.artifact}`);
    return line;
  }
}
