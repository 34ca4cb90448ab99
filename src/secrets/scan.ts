// One pass over bytes that come in pieces. Each place is decided by what follows it, never by how the pieces were cut.
import {isDoubled, takesBare} from './assignments.ts';
import {needleLength, startsAt, type Table} from './table.ts';
import {pemEndAt} from './tokens.ts';
import {lookBack, View, type Found, type Sureness, type ValueEnd} from './view.ts';

export interface Hit {
  readonly name: string;
  readonly sure: Sureness | 'declared';
  /** Offset in the stream. */
  readonly at: number;
}

/** An undeclared value is masked at most this far: whatever went wrong, what follows is shown again. */
const longestValue = 64 * 1024;
const longestName = 80;
const opening = '[secret ';
const encoder = new TextEncoder();
const openingBytes = encoder.encode(opening);

export const placeholder = (name: string): string => `${opening}${name}]`;

/** A value that is being left out. */
interface Masking {
  /** Bytes that go in any case. */
  sure: number;
  /** How the rest of it ends; undefined: with `sure`. */
  end: ValueEnd | undefined;
  left: number;
}

export class Scan {
  readonly #table: Table;
  readonly #onHit: (hit: Hit) => void;
  readonly #view = new View();
  /** Where the scan stands in the view's data, and the stream's offset of the data's first byte. */
  #at = 0;
  #base = 0;
  #masking: Masking | undefined;
  /** A value that was recognised and begins further on; `at` is an offset in the stream. */
  #ahead: {readonly at: number; readonly found: Found} | undefined;

  constructor(table: Table, onHit: (hit: Hit) => void = () => undefined) {
    this.#table = table;
    this.#onHit = onHit;
  }

  /** What can be told of everything so far, without what was told before. */
  push(chunk: Uint8Array): Uint8Array {
    return this.#take(chunk, false);
  }

  end(): Uint8Array {
    return this.#take(new Uint8Array(), true);
  }

  /** A whole text in one piece; the very same array when there is nothing to mask. */
  whole(bytes: Uint8Array): Uint8Array {
    return this.#take(bytes, true);
  }

  #take(chunk: Uint8Array, final: boolean): Uint8Array {
    const view = this.#view;
    if (view.data.length === 0) view.data = chunk;
    else {
      const back = Math.max(0, this.#at - lookBack);
      const joined = new Uint8Array(view.data.length - back + chunk.length);
      joined.set(view.data.subarray(back));
      joined.set(chunk, view.data.length - back);
      view.data = joined;
      view.floor = Math.max(0, view.floor - back);
      this.#at -= back;
      this.#base += back;
    }
    view.final = final;
    const out: Uint8Array[] = [];
    this.#run(out);
    // What the caller does with its own chunk afterwards must not change what is held.
    if (view.data === chunk && !final) view.data = chunk.slice();
    const [only] = out;
    return out.length === 1 && only !== undefined ? only : concat(out);
  }

  #run(out: Uint8Array[]): void {
    const view = this.#view;
    const {first, pairs} = this.#table;
    const {data, final} = view;
    const end = data.length;
    let copied = this.#at;
    let i = this.#at;
    const copy = (): void => {
      if (i > copied) out.push(data.subarray(copied, i));
    };
    for (;;) {
      if (this.#masking !== undefined) {
        const masked = this.#mask(this.#masking, i);
        i = masked.to;
        copied = i;
        view.floor = i;
        if (!masked.over) break;
        this.#masking = undefined;
      }
      let next = this.#ahead === undefined ? end : Math.min(end, this.#ahead.at - this.#base);
      while (i < next && first[data[i] ?? 0] === 0) i += 1;
      if (i >= end) break;
      if (i < next) {
        const byte = data[i] ?? 0;
        const second = data[i + 1];
        if (second === undefined && !final) break;
        const group = second === undefined ? 0 : (pairs[(byte << 8) | second] ?? 0);
        if (group === 0) {
          i += 1;
          continue;
        }
      }
      view.begin();
      const kept = this.#keptAt(i);
      if (kept > 0) {
        i += kept;
        continue;
      }
      if (this.#ahead === undefined) {
        const found = this.#patternAt(i);
        if (view.waits()) break;
        if (found !== undefined) this.#ahead = {at: this.#base + found.at, found};
        next = found === undefined ? end : found.at;
      }
      const needle = this.#needleAt(i);
      if (view.waits()) break;
      if (needle.length === 0 && i !== next) {
        i += 1;
        continue;
      }
      copy();
      this.#begin(i, needle, out);
      copied = i;
    }
    copy();
    this.#at = i;
  }

  /** The placeholder is told, and the value begins to be left out. */
  #begin(at: number, needle: {readonly length: number; readonly name: string}, out: Uint8Array[]): void {
    const ahead = this.#ahead;
    const here = this.#base + at;
    // A declared value may reach into one that was recognised further on: both go.
    const found = ahead !== undefined && ahead.at <= here + needle.length ? ahead.found : undefined;
    const name = needle.length > 0 ? needle.name : (found?.name ?? '');
    const sure = needle.length > 0 ? 'declared' : (found?.sure ?? 'guess');
    this.#onHit({name, sure, at: here});
    out.push(encoder.encode(placeholder(name)));
    const between = found === undefined ? 0 : Math.max(0, (ahead?.at ?? here) - here);
    const counted = found?.end.at === 'count' ? between + found.end.length : between;
    this.#masking = {
      sure: Math.max(needle.length, counted),
      end: found === undefined || found.end.at === 'count' ? undefined : found.end,
      left: longestValue,
    };
    if (found !== undefined) this.#ahead = undefined;
  }

  /** Leaves out what belongs to the value, and declared values that begin inside it; returns where it stopped. */
  #mask(masking: Masking, from: number): {readonly to: number; readonly over: boolean} {
    const view = this.#view;
    let i = from;
    while (i < view.data.length) {
      view.begin();
      const {length} = this.#needleAt(i);
      if (view.waits()) return {to: i, over: false};
      if (length > masking.sure) masking.sure = length;
      if (masking.sure === 0) {
        masking.sure = masking.left > 0 ? this.#restAt(masking, i) : 0;
        if (view.waits()) {
          masking.sure = 0;
          return {to: i, over: false};
        }
        if (masking.sure === 0) return {to: i, over: true};
      }
      masking.sure -= 1;
      masking.left -= 1;
      i += 1;
    }
    return {to: i, over: view.final};
  }

  /** How many bytes at `at` belong to the value that is being left out; 0: it is over. */
  #restAt(masking: Masking, at: number): number {
    const {end} = masking;
    const view = this.#view;
    switch (end?.at) {
      case undefined:
      case 'count':
        return 0;
      case 'set':
        return end.set[view.at(at)] ?? 0;
      case 'bare':
        return takesBare(view, at) ? 1 : 0;
      case 'quoted': {
        const byte = view.at(at);
        if (end.slashes === 0 && isDoubled(view, at, end.quote)) return 2;
        if (byte === end.quote || byte === 0x0a || byte === 0x0d) return 0;
        if (byte !== 0x5c) return 1;
        let to = at;
        while (to - at < 16 && view.at(to) === 0x5c) to += 1;
        const count = to - at;
        if (view.at(to) !== end.quote) return count;
        if (end.slashes === 0) return count % 2 === 1 ? count + 1 : count;
        return count <= end.slashes ? 0 : count + 1;
      }
      case 'pem': {
        const length = view.at(at) === 0x2d ? pemEndAt(view, at) : 0;
        if (length === 0) return 1;
        masking.end = undefined;
        return length;
      }
    }
  }

  #needleAt(at: number): {readonly length: number; readonly name: string} {
    const {data} = this.#view;
    const {first, pairs, groups} = this.#table;
    const byte = data[at] ?? 0;
    if (first[byte] === 0) return nothing;
    const second = data[at + 1];
    if (second === undefined) {
      this.#view.want(at + 1);
      return nothing;
    }
    const needles = groups[(pairs[(byte << 8) | second] ?? 0) - 1]?.needles ?? [];
    for (const needle of needles) {
      const length = needleLength(this.#view, at, needle);
      if (this.#view.waits()) return nothing;
      if (length > 0) return {length, name: needle.name};
    }
    return nothing;
  }

  #patternAt(at: number): Found | undefined {
    const view = this.#view;
    const {pairs, groups} = this.#table;
    const pair = ((view.data[at] ?? 0) << 8) | (view.data[at + 1] ?? 0);
    for (const start of groups[(pairs[pair] ?? 0) - 1]?.starts ?? []) {
      const isHere = startsAt(view, at, start);
      if (view.waits()) return undefined;
      if (!isHere) continue;
      const found = start.pattern.look(view, {from: at, after: at + start.bytes.length});
      if (view.waits() || found !== undefined) return found;
    }
    return undefined;
  }

  /** The length of one of our own placeholders, which stays as it is; else 0. */
  #keptAt(at: number): number {
    const view = this.#view;
    for (let i = 0; i < openingBytes.length; i += 1) if (view.at(at + i) !== openingBytes[i]) return 0;
    let to = at + openingBytes.length;
    while (to - at < longestName && view.at(to) !== 0x5d && view.at(to) < 0x80) to += 1;
    const name = view.text(at + openingBytes.length, to);
    return view.at(to) === 0x5d && this.#table.names.has(name) ? to + 1 - at : 0;
  }
}

const nothing = {length: 0, name: ''} as const;

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
