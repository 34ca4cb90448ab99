// Lines → blocks: each line goes on with the containers that are open, closes them, or begins others.
import {begin, beginNext, goesOn} from './containers.ts';
import type {Container, Goes, Item} from './containers.ts';
import {Cursor} from './cursor.ts';
import {frontMatter} from './front.ts';
import {Leaves} from './leaves.ts';
import {labelKey} from '../words/references.ts';
import type {Block, List, ListItem, Root} from '../tree.ts';

/** An end of something: its offset and its line. */
interface End {
  readonly at: number;
  readonly line: number;
}

/** Containers in containers that no document needs; what reads the tree calls itself. */
export const maxDepth = 100;

export class Blocks {
  readonly root: Root = {type: 'root', children: []};
  /** The keys of the footnotes that are defined. */
  readonly notes = new Set<string>();
  /** The line on which containers nest too deep; nothing behind it is read. */
  tooDeep: number | undefined;
  readonly leaves: Leaves;
  private readonly text: string;
  private readonly cursor: Cursor;
  private readonly open: Container[] = [];
  /** Where the last line with words or with the mark of an item ends; `marked`: or with the mark of a quote. */
  private worded: End = {at: 0, line: 1};
  private marked: End = {at: 0, line: 1};

  constructor(text: string) {
    this.text = text;
    this.cursor = new Cursor(text);
    this.leaves = new Leaves(this.cursor, this);
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
    this.leaves.close(!text.endsWith('\n') || this.open.some(({kind}) => kind === 'quote'));
    this.close(0, undefined);
  }

  append(block: Block): void {
    (this.open.at(-1)?.node ?? this.root).children.push(block);
  }

  fresh(): ListItem | undefined {
    const container = this.open.at(-1);
    return container?.kind === 'item' && container.node.children.length === 0 ? container.node : undefined;
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
    const isLazy = goes === 'not' && !isNew;
    if (!this.leaves.take(isLazy)) {
      if (isLazy) this.close(depth, undefined);
      this.leaves.begin();
    }
    if (isWorded) this.worded = {at: end, line};
    if (isWorded || isMarked) this.marked = {at: end, line};
  }

  private nextItem(container: Item, depth: number): void {
    this.leaves.close(false);
    this.close(depth + 1, undefined);
    endAt(container.node, this.worded);
    beginNext(container, this.cursor);
    this.beginMore(false);
  }

  /** Begins what containers begin here; false when none does. */
  private newContainers(depth: number, isMarked: boolean): boolean {
    const {cursor, leaves} = this;
    const isWithin = depth === this.open.length;
    // Nothing begins inside of fences and HTML.
    if (isWithin && leaves.isClosed) return false;
    const here = {at: cursor.at, line: cursor.line};
    // What breaks into a paragraph holds words at every depth: `* *` below a sentence is no item in an item.
    const breaks = isWithin && leaves.isParagraph;
    const container = begin(cursor, breaks);
    if (container === undefined) return false;
    this.leaves.close(false);
    this.close(depth, isMarked ? here : undefined);
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

  /** Closes the containers behind the first `depth`; they end with the last line that says something, or `here`. */
  private close(depth: number, here: End | undefined): void {
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
}

/** Ends a node, not before what it holds. */
function endAt(node: Container['node'] | List, {at, line}: End): void {
  const last = node.children.at(-1);
  const isInside = last !== undefined && last.end > at;
  node.end = isInside ? last.end : at;
  node.endLine = isInside ? last.endLine : line;
}
