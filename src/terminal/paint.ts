// The bytes that turn one screen of cells into another: only what changed, by the shortest way there.
import type {Row} from './grid.ts';
import {isSure} from '../domain/sure-cells.ts';
import {styleChange, styleOfSpace} from './style.ts';

/** Where the terminal's cursor and pen are; undefined = not known. */
export interface Pen {
  x: number | undefined;
  y: number | undefined;
  style: string;
}

export const lostPen = (): Pen => ({x: undefined, y: undefined, style: ''});

/** From the first cell that is blank to the end of the row. */
function blankFrom({text, style}: Row): number {
  let x = text.length;
  while (x > 0 && text[x - 1] === ' ' && style[x - 1] === '') x--;
  return x;
}

/** Whether the cell looks right when it is written with a pen of that style: on a space most of a style is not seen. */
const fits = (pen: string, cell: string, style: string): boolean =>
  pen === style || (cell === ' ' && styleOfSpace(pen) === style);

/** The cells between, written again, when that is shorter than moving over them. */
function rewritten(row: Row, from: number, to: number, style: string): string | undefined {
  if (to - from > 6) return undefined;
  let out = '';
  for (let x = from; x < to; x++) {
    const cell = row.text[x];
    if (cell === undefined || cell === '' || !isSure(cell)) return undefined;
    if (!fits(style, cell, row.style[x] ?? '')) return undefined;
    out += cell;
  }
  return out;
}

const bytes = (text: string): number => Buffer.byteLength(text);

function moveTo(pen: Pen, row: Row, x: number, y: number): string {
  if (pen.y === y && pen.x === x) return '';
  let best = x === 0 ? `\x1b[${y + 1}H` : `\x1b[${y + 1};${x + 1}H`;
  if (pen.y === y && pen.x !== undefined && x > pen.x) {
    const jump = x - pen.x === 1 ? '\x1b[C' : `\x1b[${x - pen.x}C`;
    if (jump.length < best.length) best = jump;
    const again = rewritten(row, pen.x, x, pen.style);
    if (again !== undefined && bytes(again) <= best.length) best = again;
  } else if (pen.y !== undefined && y > pen.y) {
    const lines = `\r${'\n'.repeat(Math.min(y - pen.y, best.length))}`;
    const again = rewritten(row, 0, x, pen.style);
    if (again !== undefined && lines.length + bytes(again) < best.length) best = lines + again;
  }
  return best;
}

/** The cell after the character that begins at `x`. */
function endOf({text}: Row, x: number): number {
  let end = x + 1;
  while (text[end] === '') end++;
  return end;
}

/** The changes of one row; `pen` is moved along. */
function paintRow(before: Row | undefined, after: Row, y: number, pen: Pen): string {
  const columns = after.text.length;
  const end = blankFrom(after);
  const had = before === undefined ? 0 : blankFrom(before);
  const isSameCell = (x: number): boolean =>
    before === undefined
      ? after.text[x] === ' ' && after.style[x] === ''
      : before.text[x] === after.text[x] && before.style[x] === after.style[x];
  const isSame = (from: number, to: number): boolean => {
    for (let x = from; x < to; x++) if (!isSameCell(x)) return false;
    return true;
  };
  let out = '';
  for (let x = 0; x < columns; x++) {
    const cell = after.text[x] ?? ' ';
    if (cell === '') continue;
    const reached = endOf(after, x);
    if (isSame(x, reached)) continue;
    if (x >= end && had - x > 3) {
      out += moveTo(pen, after, x, y);
      if (!fits(pen.style, ' ', '')) {
        out += styleChange(pen.style, '');
        pen.style = '';
      }
      out += '\x1b[K';
      Object.assign(pen, {x, y});
      break;
    }
    out += moveTo(pen, after, x, y);
    const style = after.style[x] ?? '';
    if (!fits(pen.style, cell, style)) {
      out += styleChange(pen.style, style);
      pen.style = style;
    }
    if (isSure(cell)) out += cell;
    // Terminals disagree about such a character: clear its cells first, and go to the next one by address.
    else out += `${' '.repeat(reached - x)}\x1b[${y + 1};${x + 1}H${cell}`;
    const isKnown = isSure(cell) && reached < columns;
    pen.x = isKnown ? reached : undefined;
    pen.y = isKnown ? y : undefined;
  }
  return out;
}

/** The bytes from `before` (undefined = a cleared screen) to `after`; `''` when nothing changed. */
export const paint = (before: readonly Row[] | undefined, after: readonly Row[], pen: Pen): string =>
  after.map((row, y) => paintRow(before?.[y], row, y, pen)).join('');
