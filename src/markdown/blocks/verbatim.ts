// Blocks whose lines are kept as they are: fences, indented code, HTML. Each takes a line, or is over.
import type {Cursor} from './cursor.ts';
import {closesFence, htmlEnds} from './starts.ts';
import type {Code, Html} from '../tree.ts';

interface Fence {
  readonly kind: 'fence';
  readonly node: Code;
  readonly mark: number;
  readonly length: number;
  /** Columns before its first line, which are taken off the others too. */
  readonly indent: number;
  readonly lines: string[];
}

interface Indented {
  readonly kind: 'indented';
  readonly node: Code;
  readonly lines: string[];
  /** Blank lines that belong to it when more code follows. */
  waiting: number;
}

interface HtmlBlock {
  readonly kind: 'html';
  readonly node: Html;
  /** Which of the seven kinds. */
  readonly which: number;
  readonly lines: string[];
}

export type Verbatim = Fence | Indented | HtmlBlock;

/** What became of a line: taken, taken as the last one, or no part of the block. */
export type Taken = 'yes' | 'last' | 'no';

export function fence(cursor: Cursor, length: number): Fence {
  const {text, next: start, end, line, indent, char: mark} = cursor;
  const info = text.slice(start + length, end).trim();
  return {
    kind: 'fence',
    node: {type: 'code', start, end, line, endLine: line, info, closed: false, value: ''},
    mark,
    length,
    indent,
    lines: [],
  };
}

export function indented(cursor: Cursor): Indented {
  const {at: start, end, line} = cursor;
  cursor.skip(4);
  return {
    kind: 'indented',
    node: {type: 'code', start, end, line, endLine: line, info: undefined, closed: true, value: ''},
    lines: [cursor.rest()],
    waiting: 0,
  };
}

export function html(cursor: Cursor, which: number): HtmlBlock {
  const {at: start, end, line} = cursor;
  return {
    kind: 'html',
    node: {type: 'html', start, end, line, endLine: line, value: ''},
    which,
    lines: [cursor.rest()],
  };
}

/** Whether the first line of a block of HTML is its last one too. */
export const endsAtOnce = ({which, lines: [first = '']}: HtmlBlock): boolean => htmlEnds(which, first, true);

/** Gives a line to the block; `lazy` for one that its container did not go on with. */
export function take(leaf: Verbatim, cursor: Cursor, lazy: boolean): Taken {
  if (lazy) return 'no';
  switch (leaf.kind) {
    case 'fence':
      return takeFenced(leaf, cursor);
    case 'indented':
      return takeIndented(leaf, cursor);
    case 'html':
      return takeHtml(leaf, cursor);
  }
}

function takeFenced({node, mark, length, indent, lines}: Fence, cursor: Cursor): Taken {
  const {text, next, end, line} = cursor;
  if (cursor.indent < 4 && text.charCodeAt(next) === mark && closesFence(text, next, end, mark, length)) {
    node.end = end;
    node.endLine = line;
    node.closed = true;
    return 'last';
  }
  if (indent > 0) cursor.skip(indent);
  lines.push(cursor.rest());
  return 'yes';
}

function takeIndented(leaf: Indented, cursor: Cursor): Taken {
  if (cursor.indent >= 4) {
    cursor.skip(4);
    for (; leaf.waiting > 0; leaf.waiting--) leaf.lines.push('');
    leaf.lines.push(cursor.rest());
    leaf.node.end = cursor.end;
    leaf.node.endLine = cursor.line;
    return 'yes';
  }
  if (!cursor.isBlank) return 'no';
  leaf.waiting++;
  return 'yes';
}

function takeHtml({node, which, lines}: HtmlBlock, cursor: Cursor): Taken {
  if (which > 5 && cursor.isBlank) return 'no';
  const rest = cursor.rest();
  lines.push(rest);
  node.end = cursor.end;
  node.endLine = cursor.line;
  return which < 6 && htmlEnds(which, rest, false) ? 'last' : 'yes';
}

/** Where a block that nothing closed ends: behind the line feed of its last line, or before it. */
export interface Open {
  readonly end: number;
  readonly line: number;
  readonly behind: boolean;
}

/** Writes the block's text; `open` when its own end never came. */
export function finish(leaf: Verbatim, open: Open | undefined): void {
  const {node, lines} = leaf;
  const isShort = leaf.kind === 'indented' || (leaf.kind === 'fence' && open?.behind === false);
  const text = lines.join('\n');
  // The last line feed belongs to the block itself, not to its text.
  node.value = isShort && lines.length > 1 && text.endsWith('\n') ? text.slice(0, -1) : text;
  if (open === undefined || leaf.kind === 'indented' || (leaf.kind === 'html' && leaf.which > 5)) return;
  node.end = open.end;
  node.endLine = open.line;
  if (leaf.kind === 'html' && open.behind) node.value += '\n';
}
