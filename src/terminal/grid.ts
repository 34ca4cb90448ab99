// A small screen in memory: takes what Ink writes (text, colours, cursor moves, erasing) and holds the cells.
import {isSure} from '../domain/sure-cells.ts';
import {cellsOf} from './width.ts';
import {styleAfter, styleOfSpace} from './style.ts';

/** One row: text per cell (`''` = not the first cell of a wide character) and its style (SGR parameters, `''` = plain). */
export interface Row {
  readonly text: string[];
  readonly style: string[];
}

export interface Grid {
  readonly columns: number;
  readonly rows: readonly Row[];
  /** Applies what a program wrote to its terminal. */
  write(data: string): void;
}

const emptyRow = (columns: number): Row => ({
  text: new Array<string>(columns).fill(' '),
  style: new Array<string>(columns).fill(''),
});

const emptyRows = (columns: number, rows: number): readonly Row[] =>
  Array.from({length: rows}, () => emptyRow(columns));

const token =
  /\x1b\[([0-?]*)[ -/]*([@-~])|\x1b[\]P_^X](?:[^\x07\x1b]|\x1b(?!\\))*(?:\x07|\x1b\\)|\x1b.|[\r\n]|[^\x1b\r\n]+/gu;

let graphemes: Intl.Segmenter | undefined;

/** An empty grid of that size. */
export function createGrid(columns: number, height: number): Grid {
  const rows = [...emptyRows(columns, height)];
  let x = 0;
  let y = 0;
  let style = '';

  const put = (grapheme: string, cells: number): void => {
    const row = rows[y];
    if (row === undefined || x + cells > columns) return;
    // A wide character that is written over by half is gone.
    let head = x;
    while (head > 0 && row.text[head] === '') head--;
    if (head < x) row.text.fill(' ', head, x);
    row.text[x] = grapheme;
    row.style[x] = grapheme === ' ' ? styleOfSpace(style) : style;
    for (let rest = x + 1; rest < x + cells; rest++) {
      row.text[rest] = '';
      row.style[rest] = style;
    }
    for (let cut = x + cells; row.text[cut] === ''; cut++) row.text[cut] = ' ';
    x += cells;
  };

  const print = (text: string): void => {
    if (isSure(text)) {
      for (const char of text) put(char, 1);
      return;
    }
    for (const {segment} of (graphemes ??= new Intl.Segmenter()).segment(text)) {
      const cells = cellsOf(segment);
      if (cells > 0) put(segment, cells);
    }
  };

  const erase = (at: number, from: number, to: number): void => {
    const row = rows[at];
    if (row === undefined) return;
    row.text.fill(' ', from, to);
    row.style.fill('', from, to);
  };

  const eraseRows = (from: number, to: number): void => {
    for (let at = from; at < to; at++) erase(at, 0, columns);
  };

  const clamp = (value: number, limit: number): number => Math.max(0, Math.min(value, limit - 1));

  const control = (parameters: string, final: string): void => {
    const [first = 0, second = 0] = parameters.split(';').map(Number);
    const count = Math.max(1, first);
    switch (final) {
      case 'A':
        y = clamp(y - count, height);
        break;
      case 'B':
        y = clamp(y + count, height);
        break;
      case 'C':
        x = clamp(x + count, columns);
        break;
      case 'D':
        x = clamp(x - count, columns);
        break;
      case 'E':
        y = clamp(y + count, height);
        x = 0;
        break;
      case 'F':
        y = clamp(y - count, height);
        x = 0;
        break;
      case 'G':
        x = clamp(count - 1, columns);
        break;
      case 'H':
        y = clamp(count - 1, height);
        x = clamp(Math.max(1, second) - 1, columns);
        break;
      case 'J':
        if (first === 0) {
          erase(y, x, columns);
          eraseRows(y + 1, height);
        } else if (first === 1) {
          eraseRows(0, y);
          erase(y, 0, x + 1);
        } else eraseRows(0, height);
        break;
      case 'K':
        erase(y, first === 0 ? x : 0, first === 1 ? x + 1 : columns);
        break;
      case 'm':
        style = styleAfter(style, parameters);
        break;
      // Modes, queries and the rest are the console's own business, not Ink's.
      default:
        break;
    }
  };

  return {
    columns,
    rows,
    write(data) {
      for (const match of data.matchAll(token)) {
        const [text, parameters, final] = match;
        if (final !== undefined) control(parameters ?? '', final);
        else if (text === '\n') {
          x = 0;
          y = clamp(y + 1, height);
        } else if (text === '\r') x = 0;
        else if (!text.startsWith('\x1b')) print(text);
      }
    },
  };
}
