// What a step printed → lines to show: its beginning and its newest end, however much there is between them.
import {say, showByteLines, type Shown} from '../../domain/show.ts';

/** Bytes that are made into lines at each end; more is never looked at, at any speed of output. */
const ends = {head: 8 * 1024, tail: 48 * 1024} as const;
const headLines = 40;
const tailLines = 400;

const known = new WeakMap<Uint8Array, readonly Shown[]>();

/** Safe lines; the same array for the same bytes. */
export function outputLines(bytes: Uint8Array): readonly Shown[] {
  const made = known.get(bytes) ?? linesOf(bytes);
  known.set(bytes, made);
  return made;
}

function linesOf(bytes: Uint8Array): readonly Shown[] {
  if (bytes.length <= ends.head + ends.tail) {
    const all = trimmed(showByteLines(bytes));
    const rest = all.length - headLines - tailLines;
    if (rest <= 0) return all;
    return [...all.slice(0, headLines), gapOf(say`${rest} lines`), ...all.slice(-tailLines)];
  }
  const head = showByteLines(bytes.subarray(0, ends.head)).slice(0, -1).slice(0, headLines);
  const from = afterLine(bytes, bytes.length - ends.tail);
  const tail = trimmed(showByteLines(bytes.subarray(from))).slice(-tailLines);
  return [...head, gapOf(say`about ${Math.round((from - ends.head) / 1024)} KiB`), ...tail];
}

const gapOf = (what: Shown): Shown => say`[… ${what} not shown here; what is kept is in the ledger …]`;

/** The first byte of a line at or after `from`; a line longer than 4 KiB is entered in its middle. */
function afterLine(bytes: Uint8Array, from: number): number {
  const at = bytes.subarray(from, from + 4096).indexOf(10);
  return at === -1 ? from : from + at + 1;
}

const trimmed = (lines: readonly Shown[]): readonly Shown[] =>
  lines.at(-1) === '' ? lines.slice(0, -1) : lines;
