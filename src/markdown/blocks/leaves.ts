// What stands behind the marks of containers: paragraphs, headings, tables, and blocks that are kept as they are.
import {skipBlanks} from '../chars.ts';
import {Lines, oneLine} from '../content.ts';
import type {Content} from '../content.ts';
import type {Cursor} from './cursor.ts';
import {readParagraph} from './paragraphs.ts';
import {
  fenceLength,
  headingDepth,
  headingWords,
  htmlKind,
  isRule,
  tableColumns,
  underline,
} from './starts.ts';
import {columnsOf, readRow} from './tables.ts';
import type {Block, Heading, ListItem, Paragraph, Table, TableCell} from '../tree.ts';
import {endsAtOnce, fence, finish, html, indented, take} from './verbatim.ts';
import type {Verbatim} from './verbatim.ts';

/** Words that are read once all definitions are known. */
export interface Waiting {
  readonly node: Paragraph | Heading | TableCell;
  readonly content: Content;
  /** The item whose box may stand at the beginning. */
  readonly item: ListItem | undefined;
}

/** Where blocks go. */
interface Place {
  append(block: Block): void;
  /** The innermost list item when nothing stands in it yet. */
  fresh(): ListItem | undefined;
}

interface OpenParagraph {
  readonly kind: 'paragraph';
  readonly lines: Lines;
  readonly item: ListItem | undefined;
  /** Whether the last line is indented so far that it can only be words. */
  deep: boolean;
}

interface OpenTable {
  readonly kind: 'table';
  readonly node: Table;
}

type Leaf = OpenParagraph | OpenTable | Verbatim;

export class Leaves {
  readonly waiting: Waiting[] = [];
  /** The keys of the links that are defined. */
  readonly links = new Set<string>();
  private readonly cursor: Cursor;
  private readonly place: Place;
  private leaf: Leaf | undefined;

  constructor(cursor: Cursor, place: Place) {
    this.cursor = cursor;
    this.place = place;
  }

  /** Whether nothing can begin inside of what is open. */
  get isClosed(): boolean {
    return this.leaf?.kind === 'fence' || this.leaf?.kind === 'html';
  }

  get isParagraph(): boolean {
    return this.leaf?.kind === 'paragraph';
  }

  /** Gives the line to what is open; what does not take it is closed. `lazy`: its container did not go on. */
  take(lazy: boolean): boolean {
    const {leaf} = this;
    if (leaf === undefined) return false;
    if (this.takes(leaf, lazy)) return true;
    this.close(lazy);
    return false;
  }

  close(lazy: boolean): void {
    const {leaf, cursor} = this;
    if (leaf === undefined) return;
    this.leaf = undefined;
    if (leaf.kind === 'paragraph') this.endParagraph(leaf);
    else if (leaf.kind !== 'table')
      finish(
        leaf,
        lazy
          ? {end: cursor.start - 1, line: cursor.line - 1, behind: false}
          : {end: cursor.start, line: cursor.line, behind: true},
      );
  }

  private takes(leaf: Leaf, lazy: boolean): boolean {
    if (leaf.kind === 'paragraph') return this.takesWords(leaf, lazy);
    if (leaf.kind === 'table') return !lazy && this.takesRow(leaf);
    const taken = take(leaf, this.cursor, lazy);
    if (taken === 'last') {
      finish(leaf, undefined);
      this.leaf = undefined;
    }
    return taken !== 'no';
  }

  private takesWords(leaf: OpenParagraph, lazy: boolean): boolean {
    const {cursor} = this;
    const {text, next, end, indent} = cursor;
    if (cursor.isBlank) return false;
    if (indent < 4) {
      const level = lazy ? 0 : underline(text, next, end);
      if (level > 0) return this.headingFrom(leaf, level);
      const columns = lazy || leaf.deep ? 0 : tableColumns(text, next, end);
      if (columns > 0 && this.tableFrom(leaf, columns)) return true;
      if (this.breaks(true)) return false;
    }
    leaf.lines.add(cursor.at, end, cursor.pad);
    leaf.deep = indent >= 4;
    return true;
  }

  /** Whether the line begins a block of its own; `words`: it would break into a paragraph. */
  private breaks(words: boolean): boolean {
    const {text, next, end, char} = this.cursor;
    switch (char) {
      case 35:
        return headingDepth(text, next, end) > 0;
      case 42:
      case 45:
      case 95:
        return isRule(text, next, end);
      case 60:
        return htmlKind(text, next, end, words) > 0;
      case 96:
      case 126:
        return fenceLength(text, next, end) > 0;
      default:
        return false;
    }
  }

  private takesRow({node}: OpenTable): boolean {
    const {cursor} = this;
    if (cursor.isBlank || cursor.indent >= 4 || this.breaks(false)) return false;
    this.addRow(node, cursor.next, cursor.end, cursor.line);
    return true;
  }

  private addRow(table: Table, from: number, to: number, line: number): void {
    const {node, words} = readRow(this.cursor.text, from, to, line);
    table.children.push(node);
    table.end = to;
    table.endLine = line;
    node.children.forEach((cell, i) => {
      const content = words[i];
      if (content !== undefined) this.waiting.push({node: cell, content, item: undefined});
    });
  }

  /** The last line of a paragraph is the head of a table when as many columns follow. */
  private tableFrom(leaf: OpenParagraph, columns: number): boolean {
    const {cursor} = this;
    const {text} = cursor;
    const {lastStart, end} = leaf.lines;
    const from = skipBlanks(text, lastStart, end);
    if (columnsOf(text, from, end) !== columns) return false;
    leaf.lines.pop();
    if (leaf.lines.size > 0) this.endParagraph(leaf);
    const line = cursor.line - 1;
    const node: Table = {type: 'table', start: from, end, line, endLine: line, children: []};
    this.addRow(node, from, end, line);
    node.end = cursor.end;
    node.endLine = cursor.line;
    this.place.append(node);
    this.leaf = {kind: 'table', node};
    return true;
  }

  /** Definitions and the words behind them; the words become a paragraph, or a heading when they are underlined. */
  private endParagraph(leaf: OpenParagraph, depth = 0): boolean {
    const {definitions, content, start, endLine} = readParagraph(leaf.lines, this.links);
    for (const each of definitions) this.place.append(each);
    if (content === undefined) return false;
    const {line} = content;
    const {end} = leaf.lines;
    const node: Paragraph | Heading =
      depth === 0
        ? {type: 'paragraph', start, end, line, endLine, children: [], plain: ''}
        : headingNode({start, end: this.cursor.end, line, endLine: this.cursor.line, depth});
    this.place.append(node);
    this.waiting.push({node, content, item: depth === 0 ? leaf.item : undefined});
    return true;
  }

  private headingFrom(leaf: OpenParagraph, depth: number): boolean {
    this.leaf = undefined;
    return this.endParagraph(leaf, depth);
  }

  /** Begins what stands on the line. */
  begin(): void {
    const {cursor} = this;
    const {text, next: from, end: to, char} = cursor;
    if (cursor.isBlank) return;
    if (cursor.indent >= 4) this.verbatim(indented(cursor));
    else if (char === 35 && headingDepth(text, from, to) > 0) this.heading();
    else if ((char === 42 || char === 45 || char === 95) && isRule(text, from, to))
      this.place.append({
        type: 'thematicBreak',
        start: from,
        end: to,
        line: cursor.line,
        endLine: cursor.line,
      });
    else if (!this.beginVerbatim(char)) {
      const lines = new Lines(text, cursor.line);
      lines.add(from, to, 0);
      this.leaf = {
        kind: 'paragraph',
        lines,
        item: cursor.indent === 0 ? this.place.fresh() : undefined,
        deep: false,
      };
    }
  }

  private heading(): void {
    const {text, next: start, end, line} = this.cursor;
    const depth = headingDepth(text, start, end);
    const {from, to} = headingWords(text, start + depth, end);
    const node = headingNode({start, end, line, endLine: line, depth});
    this.place.append(node);
    this.waiting.push({node, content: oneLine(text, from, to, line), item: undefined});
  }

  private beginVerbatim(char: number): boolean {
    const {cursor} = this;
    const {text, next, end} = cursor;
    if (char === 60) {
      const which = htmlKind(text, next, end, false);
      if (which > 0) this.verbatim(html(cursor, which));
      return which > 0;
    }
    const length = char === 96 || char === 126 ? fenceLength(text, next, end) : 0;
    if (length > 0) this.verbatim(fence(cursor, length));
    return length > 0;
  }

  private verbatim(leaf: Verbatim): void {
    this.place.append(leaf.node);
    if (leaf.kind === 'html' && endsAtOnce(leaf)) finish(leaf, undefined);
    else this.leaf = leaf;
  }
}

const headingNode = (place: Pick<Heading, 'start' | 'end' | 'line' | 'endLine' | 'depth'>): Heading => ({
  type: 'heading',
  ...place,
  children: [],
  plain: '',
});
