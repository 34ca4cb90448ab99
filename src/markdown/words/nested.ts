// The flat list that the reader of words makes → nested nodes.
import {sourceOf} from '../content.ts';
import type {Content} from '../content.ts';
import type {Run} from './marks.ts';
import type {Inline, Span} from '../tree.ts';

/** What a pair of brackets turned out to be. */
export type Made = {readonly at: 'link'; readonly url: string} | {readonly at: 'reference'};

/** `[` or `![`. */
export interface Bracket {
  readonly kind: 'bracket';
  readonly at: number;
  readonly length: number;
  readonly line: number;
  /** How many items and runs there were before it. */
  readonly items: number;
  readonly runs: number;
  made: Made | undefined;
  /** Its `]` came and made nothing of it. */
  dead: boolean;
  /** A link stands inside it, so it cannot be one. */
  inactive: boolean;
  /** Another bracket stands inside it, so it is no label. */
  nests: boolean;
}

/** The end of what a bracket that was made something of encloses. */
interface Closing {
  readonly kind: 'closing';
  readonly end: number;
}

export type Item = Inline | Run | Bracket | Closing;

export const isInline = (item: Item): item is Inline => !('kind' in item);

/** What is open: its node when it ends, and where it began. */
interface Frame {
  readonly type: 'emphasis' | 'strong' | 'delete' | Bracket;
  readonly at: number;
  readonly line: number;
  readonly children: Inline[];
}

/** Marks nested deeper are plain characters: no text needs them, and what reads the tree calls itself. */
const maxDepth = 100;

export function nested(items: readonly Item[], content: Content): Inline[] {
  const nest = new Nest(content);
  for (const item of items) nest.add(item);
  return nest.children;
}

class Nest {
  children: Inline[] = [];
  private readonly content: Content;
  private readonly open: Frame[] = [];
  /** How many things are open that are too deep to be nodes. */
  private skipped = 0;

  constructor(content: Content) {
    this.content = content;
  }

  add(item: Item): void {
    if (isInline(item)) this.append(item);
    else if (item.kind === 'run') this.run(item);
    else if (item.kind === 'closing') this.end(item.end);
    else if (item.made === undefined || !this.begin(item, item.at, item.line))
      this.literal(item.at, item.length, item.line);
  }

  private run({char, at, length, line, left, begun, ended}: Run): void {
    let now = at;
    for (const used of ended) {
      if (!this.end(now + used)) this.literal(now, used, line);
      now += used;
    }
    // What is left of a run stands between what ends and what begins in it.
    if (left > 0) this.literal(now, left, line);
    now = at + length - begun.reduce((sum, used) => sum + used, 0);
    for (let i = begun.length - 1; i >= 0; i--) {
      const used = begun[i] ?? 0;
      const type = char === 126 ? 'delete' : used === 2 ? 'strong' : 'emphasis';
      if (!this.begin(type, now, line)) this.literal(now, used, line);
      now += used;
    }
  }

  private begin(type: Frame['type'], at: number, line: number): boolean {
    if (this.open.length >= maxDepth) {
      this.skipped++;
      return false;
    }
    this.open.push({type, at, line, children: this.children});
    this.children = [];
    return true;
  }

  /** Closes what is open, `end` being behind it; false when that was too deep to be a node. */
  private end(end: number): boolean {
    const frame = this.skipped > 0 ? undefined : this.open.pop();
    if (frame === undefined) {
      this.skipped--;
      return false;
    }
    const {type, line} = frame;
    const {children} = this;
    const span = {start: this.source(frame.at), end: this.source(end - 1) + 1, line};
    this.children = frame.children;
    if (typeof type === 'string') this.append({type, ...span, children});
    else if (type.length === 1) this.append(linkOf(type.made, span, children));
    else this.append(imageOf(type.made, span, children.map(textOf).join('')));
    return true;
  }

  private literal(at: number, length: number, line: number): void {
    const value = this.content.src.slice(at, at + length);
    const start = this.source(at);
    this.append({type: 'text', start, end: start + length, line, value});
  }

  private append(node: Inline): void {
    const last = node.type === 'text' ? this.children.at(-1) : undefined;
    if (node.type === 'text' && last?.type === 'text') {
      last.value += node.value;
      last.end = node.end;
    } else this.children.push(node);
  }

  private source(at: number): number {
    return sourceOf(this.content.pieces, at);
  }
}

const linkOf = (made: Made | undefined, span: Span, children: Inline[]): Inline =>
  made?.at === 'link'
    ? {type: 'link', ...span, url: made.url, children}
    : {type: 'linkReference', ...span, children};

const imageOf = (made: Made | undefined, span: Span, alt: string): Inline =>
  made?.at === 'link' ? {type: 'image', ...span, url: made.url, alt} : {type: 'imageReference', ...span, alt};

/** The words of an image's label. */
function textOf(node: Inline): string {
  if ('value' in node) return node.value;
  if ('alt' in node) return node.alt;
  return 'children' in node ? node.children.map(textOf).join('') : '';
}
