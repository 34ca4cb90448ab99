// Lines → blocks: each line goes on with the blocks that are open, closes them, or begins others.
import {skipBlanks} from './chars.ts';
import {begin, beginNext, goesOn} from './containers.ts';
import type {Container, Goes, Item} from './containers.ts';
import {Lines, oneLine} from './content.ts';
import type {Content} from './content.ts';
import {Cursor} from './cursor.ts';
import {frontMatter} from './front.ts';
import {readParagraph} from './paragraphs.ts';
import {labelKey} from './references.ts';
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
import type {Block, Heading, List, ListItem, Paragraph, Root, Table, TableCell} from './tree.ts';
import {endsAtOnce, fence, finish, html, indented, take} from './verbatim.ts';
import type {Verbatim} from './verbatim.ts';

/** Words that are read once all definitions are known. */
export interface Waiting {
  readonly node: Paragraph | Heading | TableCell;
  readonly content: Content;
  /** The item whose box may stand at the beginning. */
  readonly item: ListItem | undefined;
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

/** An end of something: its offset and its line. */
interface End {
  readonly at: number;
  readonly line: number;
}

/** Containers in containers that no document needs; what reads the tree calls itself. */
export const maxDepth = 100;

export class Blocks {
  readonly root: Root = {type: 'root', children: []};
  readonly waiting: Waiting[] = [];
  /** The keys of what is defined. */
  readonly links = new Set<string>();
  readonly notes = new Set<string>();
  /** The line on which containers nest too deep; nothing behind it is read. */
  tooDeep: number | undefined;
  private readonly text: string;
  private readonly cursor: Cursor;
  private readonly open: Container[] = [];
  private leaf: Leaf | undefined;
  /** Where the last line with words or with the mark of an item ends; `marked`: or with the mark of a quote. */
  private worded: End = {at: 0, line: 1};
  private marked: End = {at: 0, line: 1};

  constructor(text: string) {
    this.text = text;
    this.cursor = new Cursor(text);
  }

  read(): void {
    const {text, cursor} = this;
    const front = frontMatter(text);
    if (front !== undefined) {
      this.root.children.push(front);
      cursor.jump(front.end, front.endLine);
    }
    while (this.tooDeep === undefined && cursor.advance()) this.line();
    cursor.pass();
    // A line feed at the end of the file is a last, empty line, with which a quote does not go on.
    this.closeLeaf(!text.endsWith('\n') || this.open.some(({kind}) => kind === 'quote'));
    this.closeContainers(0, undefined);
  }

  private line(): void {
    const {cursor, open} = this;
    const {line, end} = cursor;
    let goes: Goes = 'on';
    let depth = 0;
    let isMarked = false;
    let isWorded = false;
    for (; depth < open.length; depth++) {
      const container = open[depth];
      if (container === undefined) break;
      goes = goesOn(container, cursor);
      if (goes === 'marked') isMarked = true;
      else if (goes === 'next' && container.kind === 'item') {
        this.nextItem(container, depth);
        isWorded = true;
        break;
      } else if (goes === 'not') break;
    }
    const isNew = goes !== 'next' && this.newContainers(depth, isMarked);
    if (isNew) isWorded = true;
    isWorded ||= !cursor.isBlank;
    this.flow(goes === 'not' && !isNew, depth);
    if (isWorded) this.worded = {at: end, line};
    if (isWorded || isMarked) this.marked = {at: end, line};
  }

  private nextItem(container: Item, depth: number): void {
    this.closeLeaf(false);
    this.closeContainers(depth + 1, undefined);
    endAt(container.node, this.worded);
    beginNext(container, this.cursor);
    this.beginMore(false);
  }

  /** Begins what containers begin here; false when none does. */
  private newContainers(depth: number, isMarked: boolean): boolean {
    const {cursor, leaf} = this;
    const isWithin = depth === this.open.length;
    // Nothing begins inside of fences and HTML.
    if (isWithin && (leaf?.kind === 'fence' || leaf?.kind === 'html')) return false;
    const here = {at: cursor.at, line: cursor.line};
    // What breaks into a paragraph holds words at every depth: `* *` below a sentence is no item in an item.
    const breaks = isWithin && leaf?.kind === 'paragraph';
    const container = begin(cursor, breaks);
    if (container === undefined) return false;
    this.closeLeaf(false);
    this.closeContainers(depth, isMarked ? here : undefined);
    this.push(container);
    this.beginMore(breaks);
    return true;
  }

  private beginMore(breaks: boolean): void {
    for (let more = begin(this.cursor, breaks); more !== undefined; more = begin(this.cursor, breaks))
      this.push(more);
  }

  private push(container: Container): void {
    this.append(container.kind === 'item' ? container.list : container.node);
    this.open.push(container);
    if (container.kind === 'note') this.notes.add(labelKey(container.node.identifier));
    if (this.open.length > maxDepth) this.tooDeep ??= this.cursor.line;
  }

  private append(block: Block): void {
    (this.open.at(-1)?.node ?? this.root).children.push(block);
  }

  /** Closes the containers behind the first `depth`; they end with the last line that says something, or `here`. */
  private closeContainers(depth: number, here: End | undefined): void {
    for (
      let container = this.open[this.open.length - 1];
      this.open.length > depth;
      container = this.open.at(-1)
    ) {
      this.open.pop();
      if (container === undefined) return;
      if (container.kind === 'item') {
        endAt(container.node, this.worded);
        endAt(container.list, here ?? this.marked);
      } else endAt(container.node, here ?? this.marked);
    }
  }

  private closeLeaf(lazy: boolean): void {
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

  /** What stands behind the marks of containers; `lazy` when the line did not go on with all that were open. */
  private flow(lazy: boolean, depth: number): void {
    const {leaf} = this;
    if (leaf !== undefined) {
      if (this.takes(leaf, lazy)) return;
      this.closeLeaf(lazy);
    }
    if (lazy) this.closeContainers(depth, undefined);
    this.begin();
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
    const {node, words} = readRow(this.text, from, to, line);
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
    const {text, cursor} = this;
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
    this.append(node);
    this.leaf = {kind: 'table', node};
    return true;
  }

  /** Definitions and the words behind them; the words become a paragraph, or a heading when they are underlined. */
  private endParagraph(leaf: OpenParagraph, depth = 0): boolean {
    const {definitions, content, start, endLine} = readParagraph(leaf.lines, this.links);
    for (const each of definitions) this.append(each);
    if (content === undefined) return false;
    const {line} = content;
    const {end} = leaf.lines;
    const node: Paragraph | Heading =
      depth === 0
        ? {type: 'paragraph', start, end, line, endLine, children: [], plain: ''}
        : headingNode({start, end: this.cursor.end, line, endLine: this.cursor.line, depth});
    this.append(node);
    this.waiting.push({node, content, item: depth === 0 ? leaf.item : undefined});
    return true;
  }

  private headingFrom(leaf: OpenParagraph, depth: number): boolean {
    this.leaf = undefined;
    return this.endParagraph(leaf, depth);
  }

  private begin(): void {
    const {cursor} = this;
    const {text, next: from, end: to, char} = cursor;
    if (cursor.isBlank) return;
    if (cursor.indent >= 4) this.verbatim(indented(cursor));
    else if (char === 35 && headingDepth(text, from, to) > 0) this.heading();
    else if ((char === 42 || char === 45 || char === 95) && isRule(text, from, to))
      this.append({type: 'thematicBreak', start: from, end: to, line: cursor.line, endLine: cursor.line});
    else if (!this.beginVerbatim(char)) {
      const lines = new Lines(text, cursor.line);
      lines.add(from, to, 0);
      this.leaf = {kind: 'paragraph', lines, item: this.fresh(), deep: false};
    }
  }

  /** The list item whose first words stand here. */
  private fresh(): ListItem | undefined {
    const container = this.open.at(-1);
    const isFirst = container?.kind === 'item' && container.node.children.length === 0;
    return isFirst && this.cursor.indent === 0 ? container.node : undefined;
  }

  private heading(): void {
    const {text, next: start, end, line} = this.cursor;
    const depth = headingDepth(text, start, end);
    const {from, to} = headingWords(text, start + depth, end);
    const node = headingNode({start, end, line, endLine: line, depth});
    this.append(node);
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
    this.append(leaf.node);
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

/** Ends a node, not before what it holds. */
function endAt(node: Container['node'] | List, {at, line}: End): void {
  const last = node.children.at(-1);
  const isInside = last !== undefined && last.end > at;
  node.end = isInside ? last.end : at;
  node.endLine = isInside ? last.endLine : line;
}
