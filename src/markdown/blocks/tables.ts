// GFM tables: a row of text → its cells.
import {oneLine} from '../content.ts';
import type {Content} from '../content.ts';
import {isBlank, skipBlanks} from '../chars.ts';
import type {TableCell, TableRow} from '../tree.ts';

export interface Row {
  readonly node: TableRow;
  /** The words of each cell. */
  readonly words: readonly Content[];
}

/** The row that stands on `text[from, to)`; a cell reaches from its bar to the next, whatever its words. */
export function readRow(text: string, from: number, to: number, line: number): Row {
  const children: TableCell[] = [];
  const words: Content[] = [];
  const add = (start: number, end: number, begin: number, close: number): void => {
    children.push({type: 'tableCell', start, end, line, endLine: line, children: [], plain: ''});
    words.push(oneLine(text, begin, close, line));
  };
  let start = from;
  let at = text.charCodeAt(from) === 124 ? from + 1 : from;
  for (;;) {
    const bar = barFrom(text, at, to);
    const begin = skipBlanks(text, at, bar);
    let close = bar;
    while (close > begin && isBlank(text.charCodeAt(close - 1))) close--;
    const last = children.at(-1);
    if (bar >= to && begin >= close && last !== undefined) last.end = to;
    else add(start, bar, begin, close);
    if (bar >= to) break;
    start = bar;
    at = bar + 1;
  }
  return {node: {type: 'tableRow', start: from, end: to, line, endLine: line, children}, words};
}

/** The next bar that ends a cell. */
function barFrom(text: string, from: number, to: number): number {
  let at = from;
  for (; at < to; at++) {
    const char = text.charCodeAt(at);
    if (char === 124) break;
    if (char === 92 && (text.charCodeAt(at + 1) === 92 || text.charCodeAt(at + 1) === 124)) at++;
  }
  return Math.min(at, to);
}

/** How many columns a head has; a lone bar has none. */
export function columnsOf(text: string, from: number, to: number): number {
  const {words} = readRow(text, from, to, 0);
  return words.length === 1 && /^\|[ \t]*$/.test(text.slice(from, to)) ? 0 : words.length;
}
