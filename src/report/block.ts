// Long values as blocks of lines: the first and the last, and how many lie between.
import {count, inline, lengthOf, shown, shownLine, startOf} from './text.ts';

export interface Block {
  /** Said above it, such as `12 lines, 340 bytes`. */
  readonly head: string;
  readonly first: readonly string[];
  /** Lines left out between `first` and `last`. */
  readonly left: number;
  readonly last: readonly string[];
}

/** What a value looks like: short ones on a line, others as a block. */
export type Look = {readonly line: string} | {readonly block: Block};

const firstLines = 200;
const lastLines = 50;
/** Code points of a line in a block. */
const longestLine = 1000;
/** Code points of a text that stands on a line. */
const longestInline = 120;

/** A line of a block: without the CR of a CRLF, cut, shown. */
function blockLine(raw: string): string {
  const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
  const start = startOf(line, longestLine);
  if (start.length === line.length) return shownLine(line);
  return `${shownLine(start)}… (${count(lengthOf(line) - lengthOf(start), 'more character')})`;
}

export function blockOf(lines: readonly string[], head: string): Block {
  const left = lines.length - firstLines - lastLines;
  if (left <= 0) return {head, first: lines.map(blockLine), left: 0, last: []};
  return {
    head,
    first: lines.slice(0, firstLines).map(blockLine),
    left,
    last: lines.slice(-lastLines).map(blockLine),
  };
}

/** The lines of a text: split at LF; one LF at its end ends the last line. */
const linesOf = (text: string): string[] => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');

/** A text: on a line when it is one line of at most 120 code points. */
export function lookOfText(text: string): Look {
  if (!text.includes('\n') && lengthOf(text) <= longestInline) return {line: inline(text).text};
  const lines = linesOf(text);
  return {block: blockOf(lines, `${count(lines.length, 'line')}, ${count(lengthOf(text), 'character')}`)};
}

const chunkBytes = 65_536;
const strict = () => new TextDecoder('utf-8', {fatal: true, ignoreBOM: true});

/** Strict UTF-8 without NUL; decoded piece by piece, so that a large value is never in memory twice. */
function isText(bytes: Uint8Array): boolean {
  if (bytes.includes(0)) return false;
  const decoder = strict();
  try {
    for (let at = 0; at < bytes.length; at += chunkBytes)
      decoder.decode(bytes.subarray(at, at + chunkBytes), {stream: true});
    decoder.decode();
    return true;
  } catch {
    return false;
  }
}

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

/** Where each line ends: the places of LF, and the end when the last line has none. */
function endsOf(bytes: Uint8Array): number[] {
  const ends: number[] = [];
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) ends.push(at);
  if (bytes[bytes.length - 1] !== 10) ends.push(bytes.length);
  return ends;
}

/** A value's bytes. `cut` says that more was there than was kept; such a value is a block. */
export function lookOfBytes(bytes: Uint8Array, cut: string): Look {
  if (bytes.length === 0) return {line: `(empty)${cut}`};
  if (!isText(bytes)) {
    const start = hexOf(bytes.subarray(0, 64));
    return {line: `binary, ${count(bytes.length, 'byte')}, first 64 as hex: ${start}${cut}`};
  }
  const decoder = strict();
  const ends = endsOf(bytes);
  if (cut === '' && ends.length === 1 && bytes.length <= 4 * longestInline) {
    const text = decoder.decode(bytes.at(-1) === 10 ? bytes.subarray(0, -1) : bytes);
    if (lengthOf(text) <= longestInline) return {line: inline(text).text};
  }
  const line = (i: number): string =>
    blockLine(decoder.decode(bytes.subarray(i === 0 ? 0 : (ends[i - 1] ?? 0) + 1, ends[i])));
  const range = (from: number, to: number): string[] =>
    Array.from({length: to - from}, (_, i) => line(from + i));
  const left = Math.max(0, ends.length - firstLines - lastLines);
  return {
    block: {
      head: `${count(ends.length, 'line')}, ${count(bytes.length, 'byte')}${cut}`,
      first: range(0, left === 0 ? ends.length : firstLines),
      left,
      last: left === 0 ? [] : range(ends.length - lastLines, ends.length),
    },
  };
}

const bare = /^[A-Za-z0-9_@%+=:,./-]+$/;

/** A command as a shell would take it: words that need no quotes as they are, others in single quotes. */
export function lookOfCommand(argv: readonly string[]): Look {
  const text = argv.map(word => (bare.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)).join(' ');
  return text.includes('\n') || lengthOf(text) > 400 ? lookOfText(text) : {line: shown(text)};
}
