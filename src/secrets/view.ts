// The bytes that a pattern may look at: those that are here. Asking for more says that the answer must wait.

/** What is read where nothing is, at the end or not yet. */
export const none = 256;
const closing = 0x5d;

export class View {
  data: Uint8Array = new Uint8Array();
  /** Whether nothing comes after `data`. */
  final = false;
  /** What lies before was masked: patterns see the end of a placeholder there, so that masking twice is masking once. */
  floor = 0;
  #wanted = false;

  at(index: number): number {
    if (index < this.floor) return closing;
    const byte = index < 0 ? none : this.data[index];
    if (byte !== undefined) return byte;
    if (!this.final) this.#wanted = true;
    return none;
  }

  /** Whether a byte was asked for that has not come yet, since `begin`. */
  waits(): boolean {
    return this.#wanted;
  }

  begin(): void {
    this.#wanted = false;
  }

  /** Asks for the byte at `index` without reading it. */
  want(index: number): void {
    this.at(index);
  }

  /** The text of some bytes, read one for one. */
  text(from: number, to: number): string {
    let out = '';
    for (let i = from; i < to; i += 1) out += String.fromCharCode(this.at(i));
    return out;
  }

  /** Where the bytes of `set` end, looking at most `most` far. */
  run(set: Uint8Array, from: number, most: number): number {
    let to = from;
    while (to - from < most && set[this.at(to)] === 1) to += 1;
    return to;
  }
}

/** A set of bytes, one flag each; `none` is in no set. */
export function setOf(members: string, rest: 'only' | 'allBut' = 'only'): Uint8Array {
  const set = new Uint8Array(none + 1).fill(rest === 'only' ? 0 : 1);
  for (const char of members) set[char.charCodeAt(0)] = rest === 'only' ? 1 : 0;
  set[none] = 0;
  return set;
}

const digits = '0123456789';
const letters = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const sets = {
  digit: setOf(digits),
  hex: setOf(`${digits}abcdefABCDEF`),
  letter: setOf(letters),
  upper: setOf(`${digits}ABCDEFGHIJKLMNOPQRSTUVWXYZ`),
  word: setOf(`${digits}${letters}_`),
  dashed: setOf(`${digits}${letters}_-`),
  dotted: setOf(`${digits}${letters}_-.`),
  path: setOf(`${digits}${letters}_-/`),
  token68: setOf(`${digits}${letters}-._~+/=`),
  base64: setOf(`${digits}${letters}+/=`),
  space: setOf(' \t'),
} as const;

/** Where a masked value ends: after so many bytes, with a set of bytes, at a quote, or with a PEM block. */
export type ValueEnd =
  | {readonly at: 'count'; readonly length: number}
  | {readonly at: 'set'; readonly set: Uint8Array}
  /** Printed text in which `\n` and `\"` may stand for what ends a value. */
  | {readonly at: 'bare'}
  | {readonly at: 'quoted'; readonly quote: number; readonly slashes: number}
  | {readonly at: 'pem'};

/** How sure it is: `form`: looks like nothing else; `guess`: stands where secrets stand. */
export type Sureness = 'form' | 'guess';

export interface Found {
  /** Where the value begins. */
  readonly at: number;
  readonly name: string;
  readonly sure: Sureness;
  readonly end: ValueEnd;
}

/** Something undeclared that is masked. `look` is called where one of `starts` stands, and reads a bounded way ahead. */
export interface Pattern {
  readonly names: readonly string[];
  readonly starts: readonly string[];
  readonly anyCase: boolean;
  readonly look: (view: View, place: {readonly from: number; readonly after: number}) => Found | undefined;
}

/** No pattern looks further back than this. */
export const lookBack = 64;

/** Whether a name may begin here: after no word, or after an escape (`\n`, `%3D`) whose last character looks like one. */
export function isEdge(view: View, at: number): boolean {
  const before = view.at(at - 1);
  if (sets.dashed[before] !== 1) return true;
  if ('nrt'.includes(String.fromCharCode(before)) && view.at(at - 2) === 0x5c) return true;
  return sets.hex[before] === 1 && sets.hex[view.at(at - 2)] === 1 && view.at(at - 3) === 0x25;
}
