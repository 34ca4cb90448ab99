// How many terminal cells a text takes.
import {isSure} from './sure-cells.ts';

/** East Asian Wide and Fullwidth, and emoji shown as pictures (Unicode 16, UAX #11): first and last code point. */
const wide: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x231a, 0x231b],
  [0x2329, 0x232a],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4dc0, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe10, 0xfe19],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x16fe0, 0x18dff],
  [0x1aff0, 0x1b2ff],
  [0x1d300, 0x1d37f],
  [0x1f200, 0x1f265],
  [0x20000, 0x3fffd],
];

const zero = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const picture = /^\p{Emoji_Presentation}$/u;
/** Made on first need: it costs milliseconds, and start-up has none to spare. */
let segmenter: Intl.Segmenter | undefined;

/**
 * Cells by parts: a joined emoji counts each picture in it, because some terminals draw them side by side. So the
 * real width is at most this.
 */
export function cellsOf(text: string): number {
  if (isSure(text)) return text.length;
  let cells = 0;
  let before = 0;
  for (const char of text) {
    // U+FE0F asks for the picture form, which is two cells wide.
    const own = char === '\ufe0f' ? Math.max(0, 2 - before) : charCells(char);
    cells += own;
    before = own;
  }
  return cells;
}

/** The longest start of `text` that fits in `cells`, cut between characters as people see them. */
export function startThatFits(text: string, cells: number): string {
  let used = 0;
  let out = '';
  for (const {segment} of (segmenter ??= new Intl.Segmenter('en', {granularity: 'grapheme'})).segment(text)) {
    used += cellsOf(segment);
    if (used > cells) break;
    out += segment;
  }
  return out;
}

function charCells(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (zero.test(char)) return 0;
  if (picture.test(char)) return 2;
  return wide.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}
