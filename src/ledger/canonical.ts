// Whether bytes are one canonical JSON value (RFC 8785 without floats), in one pass and without making anything of them.

/** Deepest nesting of brackets in a line. */
export const maxBrackets = 64;

const quote = 0x22;
const comma = 0x2c;
const zero = 0x30;
const nine = 0x39;
const colon = 0x3a;
const backslash = 0x5c;
const open = 0x7b;
const close = 0x7d;

/** The ASCII bytes of a text. */
export const ascii = (text: string): Uint8Array => Uint8Array.from(text, char => char.charCodeAt(0));

const literals: Readonly<Record<number, Uint8Array>> = {
  0x74: ascii('true'),
  0x66: ascii('false'),
  0x6e: ascii('null'),
};

/** Bytes that may stand behind a backslash: each has only this way to be written. */
const shortEscapes = new Set(ascii('"\\bfnrt'));
/** Control characters with a short escape; the others are `\u00` and two lowercase digits. */
const shortControls = new Set(ascii('\b\f\n\r\t'));

/** The value of a lowercase hex digit, else -1. */
export function hexDigit(byte: number): number {
  if (byte >= zero && byte <= nine) return byte - zero;
  return byte >= 0x61 && byte <= 0x66 ? byte - 0x57 : -1;
}

const isTail = (byte: number): boolean => byte >= 0x80 && byte <= 0xbf;

/** Walks over bytes; what is past their end reads as 0x00, which stands nowhere in canonical JSON. */
export class CanonicalReader {
  protected bytes: Uint8Array = new Uint8Array();
  protected at = 0;
  /** The integer that was read last. */
  protected integer = 0;
  /** Whether more than the form of the line matters: an object had a member `sd`, so it may hold a commitment. */
  isWanted = false;

  protected byte(at: number): number {
    return this.bytes[at] ?? 0;
  }

  protected take(byte: number): boolean {
    if (this.bytes[this.at] !== byte) return false;
    this.at += 1;
    return true;
  }

  protected takeAll(expected: Uint8Array): boolean {
    const {bytes, at} = this;
    for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false;
    this.at = at + expected.length;
    return true;
  }

  /** A value inside `depth` brackets. */
  protected takeValue(depth: number): boolean {
    const first = this.byte(this.at);
    if (first === quote) return this.takeString();
    if (first === open) return depth < maxBrackets && this.takeObject(depth + 1);
    if (first === 0x5b) return depth < maxBrackets && this.takeArray(depth + 1);
    if (first === 0x2d || (first >= zero && first <= nine)) return this.takeInteger();
    const literal = literals[first];
    return literal !== undefined && this.takeAll(literal);
  }

  /** An integer in its one decimal form, of magnitude at most 2^53 − 1. */
  protected takeInteger(): boolean {
    const negative = this.take(0x2d);
    const start = this.at;
    let value = 0;
    let next = this.byte(start);
    if (next === zero) {
      this.at = start + 1;
      this.integer = 0;
      return !negative;
    }
    while (next >= zero && next <= nine) {
      value = value * 10 + (next - zero);
      this.at += 1;
      next = this.byte(this.at);
    }
    this.integer = negative ? -value : value;
    return this.at > start && this.at - start <= 16 && value <= Number.MAX_SAFE_INTEGER;
  }

  protected takeString(): boolean {
    const {bytes} = this;
    let at = this.at + 1;
    for (;;) {
      const next = bytes[at] ?? 0;
      if (next >= 0x20 && next < 0x80 && next !== quote && next !== backslash) at += 1;
      else if (next === quote) {
        this.at = at + 1;
        return true;
      } else {
        const length = next === backslash ? this.#escapeLength(at) : this.#characterLength(at);
        if (length === 0) return false;
        at += length;
      }
    }
  }

  /** Length of the escape at `at`; 0 when that is not how the character is written. */
  #escapeLength(at: number): number {
    const kind = this.byte(at + 1);
    if (shortEscapes.has(kind)) return 2;
    const [high, low] = [hexDigit(this.byte(at + 4)), hexDigit(this.byte(at + 5))];
    const isControl =
      kind === 0x75 && this.byte(at + 2) === zero && this.byte(at + 3) === zero && (high === 0 || high === 1);
    return isControl && low >= 0 && !shortControls.has(high * 16 + low) ? 6 : 0;
  }

  /** Length of the UTF-8 character at `at`, beyond ASCII; 0 when it is none (surrogates and long forms are none). */
  #characterLength(at: number): number {
    const lead = this.byte(at);
    const second = this.byte(at + 1);
    if (!isTail(second)) return 0;
    if (lead >= 0xc2 && lead <= 0xdf) return 2;
    if (!isTail(this.byte(at + 2))) return 0;
    if (lead >= 0xe0 && lead <= 0xef) {
      return (lead === 0xe0 && second < 0xa0) || (lead === 0xed && second > 0x9f) ? 0 : 3;
    }
    if (!isTail(this.byte(at + 3)) || lead < 0xf0 || lead > 0xf4) return 0;
    return (lead === 0xf0 && second < 0x90) || (lead === 0xf4 && second > 0x8f) ? 0 : 4;
  }

  protected takeArray(depth: number): boolean {
    this.at += 1;
    if (this.take(0x5d)) return true;
    do if (!this.takeValue(depth)) return false;
    while (this.take(comma));
    return this.take(0x5d);
  }

  protected takeObject(depth: number): boolean {
    this.at += 1;
    if (this.take(close)) return true;
    let before = -1;
    do {
      const key = this.at + 1;
      if (!this.takeKey(before) || !this.takeValue(depth)) return false;
      before = key;
    } while (this.take(comma));
    return this.take(close);
  }

  /** A key and its colon: printable ASCII, and greater than the key that starts at `before` (-1: there is none). */
  protected takeKey(before: number): boolean {
    if (!this.take(quote)) return false;
    const start = this.at;
    let at = start;
    for (let next = this.byte(at); next !== quote; next = this.byte(at)) {
      if (next < 0x20 || next > 0x7e) return false;
      if (next === backslash) {
        at += 1;
        const escaped = this.byte(at);
        if (escaped !== quote && escaped !== backslash) return false;
      }
      at += 1;
    }
    if (at - start === 2 && this.bytes[start] === 0x73 && this.bytes[start + 1] === 0x64)
      this.isWanted = true;
    this.at = at + 1;
    return this.take(colon) && (before < 0 || this.#isLess(before, start));
  }

  /** Whether the key at `a` sorts before the key at `b`; both were walked over before. */
  #isLess(a: number, b: number): boolean {
    for (let i = a, j = b; ; i++, j++) {
      const left = this.byte(i);
      const right = this.byte(j);
      if (right === quote) return false;
      if (left === quote) return true;
      const x = left === backslash ? this.byte(++i) : left;
      const y = right === backslash ? this.byte(++j) : right;
      if (x !== y) return x < y;
    }
  }
}
