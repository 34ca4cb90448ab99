// What holds blocks: quotes, list items, footnotes; and how a line goes on with each of them or begins one.
import type {Cursor} from './cursor.ts';
import {labelKey, noteEnd} from '../words/references.ts';
import {listMark} from './starts.ts';
import type {ListMark} from './starts.ts';
import type {Blockquote, FootnoteDefinition, List, ListItem} from '../tree.ts';

export interface Item {
  readonly kind: 'item';
  readonly list: List;
  readonly mark: number;
  node: ListItem;
  /** Columns before what stands in it. */
  width: number;
  /** Its first line held nothing, or the lines after that did too. */
  empty: 'no' | 'first' | 'more';
}

export type Container =
  | Item
  | {readonly kind: 'quote'; readonly node: Blockquote}
  | {readonly kind: 'note'; readonly node: FootnoteDefinition};

/** How a line goes on with a container; `marked` when it bears a mark of its own for it, `next` for the next item. */
export type Goes = 'on' | 'marked' | 'next' | 'not';

export function goesOn(container: Container, cursor: Cursor): Goes {
  if (container.kind === 'quote') {
    if (cursor.indent >= 4 || cursor.char !== 62) return 'not';
    takeQuote(cursor);
    return 'marked';
  }
  if (container.kind === 'note') {
    if (cursor.isBlank) return 'on';
    if (cursor.indent < 4) return 'not';
    cursor.skip(4);
    return 'marked';
  }
  if (cursor.isBlank) {
    if (container.empty === 'first') container.empty = 'more';
    cursor.skip(container.width);
    return 'on';
  }
  const isOver = container.empty === 'more';
  container.empty = 'no';
  if (!isOver && cursor.indent >= container.width) {
    cursor.skip(container.width);
    return 'on';
  }
  return nextMark(container, cursor) === undefined ? 'not' : 'next';
}

/** The mark of the next item of the same list. */
function nextMark({mark, list}: Item, cursor: Cursor): ListMark | undefined {
  if (cursor.indent >= 4 || !mayMarkItem(cursor.char)) return undefined;
  const found = listMark(cursor.text, cursor.next, cursor.end, false);
  return found?.mark === mark && (found.first !== undefined) === list.ordered ? found : undefined;
}

/** Begins the next item of a list, whose mark stands here. */
export function beginNext(container: Item, cursor: Cursor): void {
  const found = nextMark(container, cursor);
  if (found !== undefined) beginItem(container, found, cursor);
}

function beginItem(container: Item, found: ListMark, cursor: Cursor): void {
  container.node = item(cursor);
  container.list.children.push(container.node);
  const before = cursor.indent + found.length;
  cursor.take(found.length);
  container.empty = cursor.isBlank ? 'first' : 'no';
  // Five columns or more behind the mark are one, and an indented block of code.
  const behind = cursor.isBlank || cursor.indent > 4 ? 1 : cursor.indent;
  container.width = before + behind;
  if (!cursor.isBlank) cursor.skip(behind);
}

const item = ({line, next}: Cursor): ListItem => ({
  type: 'listItem',
  start: next,
  end: next,
  line,
  endLine: line,
  checked: undefined,
  children: [],
});

/** The container that begins here, if any; `breaks` when it would break into a paragraph. */
export function begin(cursor: Cursor, breaks: boolean): Container | undefined {
  if (cursor.indent >= 4 || cursor.isBlank) return undefined;
  const {char, next: start, line, text, end} = cursor;
  if (char === 62) {
    takeQuote(cursor);
    return {kind: 'quote', node: {type: 'blockquote', start, end: start, line, endLine: line, children: []}};
  }
  if (char === 91) return beginNote(cursor);
  const found = mayMarkItem(char) ? listMark(text, start, end, breaks) : undefined;
  if (found === undefined) return undefined;
  const {mark, first} = found;
  const list: List = {
    type: 'list',
    start,
    end: start,
    line,
    endLine: line,
    ordered: first !== undefined,
    first,
    children: [],
  };
  const container: Item = {kind: 'item', list, mark, node: item(cursor), width: 0, empty: 'no'};
  beginItem(container, found, cursor);
  return container;
}

const mayMarkItem = (char: number): boolean =>
  char === 45 || char === 42 || char === 43 || (char >= 48 && char <= 57);

function takeQuote(cursor: Cursor): void {
  cursor.take(1);
  if (cursor.indent > 0) cursor.skip(1);
}

function beginNote(cursor: Cursor): Container | undefined {
  const {text, next: start, end: lineEnd, line} = cursor;
  const end = noteEnd(text, start, lineEnd);
  if (end === undefined || end >= lineEnd || text.charCodeAt(end) !== 58) return undefined;
  const identifier = labelKey(text.slice(start + 2, end - 1)).toLowerCase();
  cursor.take(end + 1 - start);
  cursor.skip(cursor.indent);
  return {
    kind: 'note',
    node: {type: 'footnoteDefinition', start, end: start, line, endLine: line, identifier, children: []},
  };
}
