// Checks a block of entries in one pass: leaf hashes, places, predecessors, columns and form. It only ever says that
// nothing is wrong; what is wrong, and in which words, is found entry by entry.
import type {EvidencePack} from '../domain/evidence-scan.ts';
import {hexDigit} from './canonical.ts';
import {sha256Into} from './hash.ts';
import {LineReader} from './line-reader.ts';

export interface ReadPack {
  /** The leaf hashes, 32 bytes each; overwritten by the next block. */
  readonly hashes: Buffer;
  /** `prev` of the first line. */
  readonly firstPrev: string;
  /** Lines about which more must be known than that their form is good. */
  readonly wanted: readonly {readonly seq: number; readonly line: Uint8Array}[];
}

const newline = 0x0a;

/** Whether the 64 hex digits at `at` are the 32 bytes of `hash` from `from` on. */
function isHexOf(bytes: Uint8Array, at: number, hash: Uint8Array, from: number): boolean {
  for (let i = 0; i < 32; i++) {
    const high = hexDigit(bytes[at + 2 * i] ?? 0);
    if (high * 16 + hexDigit(bytes[at + 2 * i + 1] ?? 0) !== hash[from + i]) return false;
  }
  return true;
}

/** Goes along a column beside the lines; a text in a good line holds no newline, so each ends at its own. */
class Column {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** Whether the next bytes are these. */
  repeats(lines: Uint8Array, from: number, to: number): boolean {
    const at = this.#at - from;
    for (let i = from; i < to; i++) if (this.#bytes[at + i] !== lines[i]) return false;
    this.#at = at + to;
    return true;
  }

  take(byte: number): boolean {
    if (this.#bytes[this.#at] !== byte) return false;
    this.#at += 1;
    return true;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }
}

export class PackReader {
  readonly #reader: LineReader;
  #hashes = Buffer.alloc(0);

  constructor(log: string) {
    this.#reader = new LineReader(log);
  }

  /** Undefined: something may be wrong. `last` is the hash of the line before, undefined when it is not known. */
  read(
    pack: EvidencePack,
    last: Buffer | undefined,
    isWanted: (seq: number) => boolean,
  ): ReadPack | undefined {
    const reader = this.#reader;
    const {from, lines, lengths, leaves} = pack;
    if (this.#hashes.length !== lengths.length * 32) this.#hashes = Buffer.alloc(lengths.length * 32);
    const hashes = this.#hashes;
    const kinds = new Column(pack.kinds);
    const runs = new Column(pack.runs);
    const wanted: {seq: number; line: Uint8Array}[] = [];
    let firstPrev = '';
    let at = 0;
    for (let i = 0; i < lengths.length; i++) {
      const end = at + 1 + (lengths[i] ?? 0);
      if (lines[at] !== 0 || end > lines.length || !reader.read(lines, at + 1, end)) return undefined;
      const seq = from + i;
      if (reader.seq !== seq || !this.#repeats(lines, kinds, runs)) return undefined;
      sha256Into(lines.subarray(at, end), hashes, i * 32);
      if (i > 0) {
        if (!isHexOf(lines, reader.prevAt, hashes, i * 32 - 32)) return undefined;
      } else {
        if (last !== undefined && !isHexOf(lines, reader.prevAt, last, 0)) return undefined;
        firstPrev = Buffer.from(lines.subarray(reader.prevAt, reader.prevAt + 64)).toString();
      }
      if (reader.isWanted || isWanted(seq)) wanted.push({seq, line: lines.subarray(at + 1, end)});
      at = end;
    }
    const isWhole = at === lines.length && kinds.isAtEnd && runs.isAtEnd && hashes.equals(leaves);
    return isWhole ? {hashes, firstPrev, wanted} : undefined;
  }

  /** Whether the columns repeat the line that was read last. */
  #repeats(lines: Uint8Array, kinds: Column, runs: Column): boolean {
    const {kindAt, kindEnd, runAt, runEnd} = this.#reader;
    if (!kinds.repeats(lines, kindAt, kindEnd) || !kinds.take(newline)) return false;
    if (runAt >= 0 && (!runs.take(0x3d) || !runs.repeats(lines, runAt, runEnd))) return false;
    return runs.take(newline);
  }
}
