// What a reader of words has read so far: finished nodes, marks that may pair, and the text node that is being gathered.
import {lineEnds, sourceOf} from '../content.ts';
import type {Content} from '../content.ts';
import {isInline} from './nested.ts';
import type {Item} from './nested.ts';

export class Gatherer {
  readonly src: string;
  readonly from: number;
  readonly to: number;
  readonly items: Item[] = [];
  /** Whether nothing but finished nodes ever stood there. */
  isFlat = true;
  /** The line of the file on which reading stands. */
  line: number;
  private readonly pieces: Content['pieces'];
  /** The text node: its words, and where it began (-1: there is none) and ends. */
  private words = '';
  private begun = -1;
  private begunLine = 0;
  private until = 0;

  /** `to`: where the words end, without the blanks behind them. */
  constructor({src, from, line, pieces}: Content, to: number) {
    this.src = src;
    this.from = from;
    this.to = to;
    this.line = line;
    this.pieces = pieces;
  }

  /** Adds what stands in the source to the text node; gives its end. */
  text(from: number, to: number): number {
    return this.as(this.src.slice(from, to), from, to);
  }

  /** Adds what a part of the source stands for. */
  as(words: string, from: number, to: number): number {
    if (this.begun < 0) {
      this.begun = from;
      this.begunLine = this.line;
      this.words = words;
    } else this.words += words;
    this.until = to;
    return to;
  }

  /** Adds something that is no text. */
  push(item: Item): void {
    this.flush();
    this.items.push(item);
    if (!isInline(item)) this.isFlat = false;
  }

  /** Ends the text node. */
  flush(): void {
    if (this.begun < 0) return;
    const start = this.source(this.begun);
    const end = this.source(this.until - 1) + 1;
    this.items.push({type: 'text', start, end, line: this.begunLine, value: this.words});
    this.begun = -1;
  }

  /** Forgets everything behind the first `count` items. */
  drop(count: number): void {
    this.items.length = count;
    this.begun = -1;
  }

  /** Where something stands in the file; the line ends in it are counted. */
  span(at: number, end: number): {start: number; end: number; line: number} {
    const {line} = this;
    this.line += lineEnds(this.src, at, end);
    return {start: this.source(at), end: this.source(end - 1) + 1, line};
  }

  source(at: number): number {
    return sourceOf(this.pieces, at);
  }
}
