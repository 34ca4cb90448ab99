// What may begin where, by its first two bytes: most places are passed after one look.
import {formsOf, type Needle} from './forms.ts';
import {none, type Pattern, type View} from './view.ts';

export interface Start {
  readonly bytes: Uint8Array;
  readonly anyCase: boolean;
  readonly pattern: Pattern;
}

interface Group {
  /** Longest first. */
  readonly needles: Needle[];
  readonly starts: Start[];
}

export interface Table {
  /** By first byte: whether anything begins with it. */
  readonly first: Uint8Array;
  /** By the first two bytes: one more than an index into `groups`, or 0. */
  readonly pairs: Uint16Array;
  readonly groups: readonly Group[];
  /** Names that stand in placeholders. */
  readonly names: ReadonlySet<string>;
}

const encoder = new TextEncoder();
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

export interface TableRequest {
  readonly values: readonly {readonly name: string; readonly value: Uint8Array}[];
  readonly patterns: readonly Pattern[];
}

export function tableOf({values, patterns}: TableRequest): Table {
  const first = new Uint8Array(256);
  const pairs = new Uint16Array(65_536);
  const groups: Group[] = [];
  const groupAt = (a: number, b: number): Group => {
    first[a] = 1;
    const pair = (a << 8) | b;
    let group = groups[(pairs[pair] ?? 0) - 1];
    if (group === undefined) {
      group = {needles: [], starts: []};
      pairs[pair] = groups.push(group);
    }
    return group;
  };
  for (const {name, value} of values) {
    for (const needle of formsOf(name, value)) {
      const [a = 0, b = 0] = needle.bytes;
      const seconds = needle.wraps ? [b, lineFeed, carriageReturn] : [b];
      for (const second of seconds) groupAt(a, second).needles.push(needle);
    }
  }
  for (const {needles} of groups) needles.sort((x, y) => y.bytes.length - x.bytes.length);
  for (const pattern of patterns) {
    for (const text of pattern.starts) {
      const start = {bytes: encoder.encode(text), anyCase: pattern.anyCase, pattern};
      const [a = 0, b = 0] = start.bytes;
      for (const one of cases(a, pattern.anyCase))
        for (const two of cases(b, pattern.anyCase)) groupAt(one, two).starts.push(start);
    }
  }
  const names = new Set([...values.map(({name}) => name), ...patterns.flatMap(pattern => pattern.names)]);
  return {first, pairs, groups, names};
}

const isSmall = (byte: number): boolean => byte >= 0x61 && byte <= 0x7a;

const cases = (byte: number, anyCase: boolean): number[] =>
  anyCase && isSmall(byte) ? [byte, byte - 0x20] : [byte];

/** How many bytes at `at` are this form; 0 when it is not there. */
export function needleLength(view: View, at: number, {bytes, wraps}: Needle): number {
  let to = at;
  for (let i = 0; i < bytes.length; i += 1, to += 1) {
    // A line break for each character is more than any tool makes.
    if (wraps && i > 0)
      for (let skipped = 0; skipped < 2; skipped += 1) {
        const byte = view.at(to);
        if (byte !== lineFeed && byte !== carriageReturn) break;
        to += 1;
      }
    if (view.at(to) !== bytes[i]) return 0;
  }
  return to - at;
}

/** Whether the start of a pattern stands at `at`. */
export function startsAt(view: View, at: number, {bytes, anyCase}: Start): boolean {
  for (let i = 0; i < bytes.length; i += 1) {
    const wanted = bytes[i] ?? none;
    const byte = view.at(at + i);
    if (byte === wanted) continue;
    if (!anyCase || byte !== wanted - 0x20 || !isSmall(wanted)) return false;
  }
  return true;
}
