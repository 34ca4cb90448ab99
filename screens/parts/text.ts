// Dumb widgets: props in, lines out. This one measures, cuts and wraps text by terminal cells.
import stringWidth from 'string-width';
import {isSure} from '../../src/domain/sure-cells.ts';
import {show} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';

let made: Intl.Segmenter | undefined;
/** Made when first needed: it takes milliseconds, and most sites are ASCII. */
const segmenter = (): Intl.Segmenter => (made ??= new Intl.Segmenter());

/** Cells that the text takes. */
export const width = (text: string): number => (isSure(text) ? text.length : stringWidth(text));

/** The longest beginning that fits, and what is left. */
function split(text: string, cells: number): readonly [head: string, tail: string] {
  if (isSure(text)) return [text.slice(0, cells), text.slice(cells)];
  let used = 0;
  let head = '';
  for (const {segment: piece} of segmenter().segment(text)) {
    const wide = width(piece);
    if (used + wide > cells) break;
    used += wide;
    head += piece;
  }
  return [head, text.slice(head.length)];
}

/** At most `cells` wide; what was cut shows as `…`. */
export function cut(text: Shown, cells: number): Shown {
  if (cells <= 0) return show('');
  // A line of a megabyte is cut before it is measured.
  const near = text.length > cells * 16 ? text.slice(0, cells * 16) : text;
  if (near.length === text.length && width(text) <= cells) return text;
  return show(`${split(near, cells - 1)[0]}…`);
}

/** Lines of at most `cells`, broken at spaces where there are some; nothing is lost. Never empty. */
export function wrap(text: Shown, cells: number): readonly Shown[] {
  const room = Math.max(1, cells);
  const lines: Shown[] = [];
  let rest: string = text;
  while (rest.length > room * 16 || width(rest) > room) {
    // No grapheme that counts is longer than this: what is further on need not be measured for one row.
    const [head] = split(rest.slice(0, room * 16), room);
    const space = rest[head.length] === ' ' ? head.length : head.lastIndexOf(' ');
    // A character wider than the row is taken apart rather than lost.
    const first = (rest.codePointAt(0) ?? 0) > 0xffff ? 2 : 1;
    const end = space > 0 ? space : Math.max(first, head.length);
    lines.push(show(rest.slice(0, end)));
    rest = rest.slice(end).replace(/^ /, '');
  }
  return rest !== '' || lines.length === 0 ? [...lines, show(rest)] : lines;
}
