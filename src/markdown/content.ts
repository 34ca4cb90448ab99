// The words of a paragraph, heading or cell: one stretch of the file, or its lines joined without what stands before them.

import {newline} from './chars.ts';

/** Where a joined line came from. */
interface Piece {
  /** Its offset in the joined text. */
  readonly at: number;
  /** Blanks in front of it that are what is left of a tab. */
  readonly pad: number;
  /** Its offset in the file. */
  readonly source: number;
}

export interface Content {
  readonly src: string;
  readonly from: number;
  readonly to: number;
  /** The line on which it begins. */
  readonly line: number;
  /** Undefined when offsets into `src` are offsets into the file. */
  readonly pieces: readonly Piece[] | undefined;
}

/** The offset in the file of an offset into `src`. */
export function sourceOf(pieces: readonly Piece[] | undefined, at: number): number {
  if (pieces === undefined) return at;
  let low = 0;
  let high = pieces.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.at ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  const piece = pieces[low];
  return piece === undefined ? at : piece.source + Math.max(0, at - piece.at - piece.pad);
}

/** How many line ends stand in a part of a text. */
export function lineEnds(src: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at++) if (src.charCodeAt(at) === newline) count++;
  return count;
}

/** One line of the file. */
export const oneLine = (src: string, from: number, to: number, line: number): Content => ({
  src,
  from,
  to,
  line,
  pieces: undefined,
});

/** Lines of a paragraph as they are met; each is the rest of a line behind its container's marks. */
export class Lines {
  readonly line: number;
  size = 0;
  private readonly text: string;
  /** Start, end and pad of each line, one after the other. */
  private readonly marks: number[] = [];
  private isJoined = false;

  constructor(text: string, line: number) {
    this.text = text;
    this.line = line;
  }

  /** Where the last line begins and ends. */
  get lastStart(): number {
    return this.marks.at(-3) ?? 0;
  }

  get end(): number {
    return this.marks.at(-2) ?? 0;
  }

  add(start: number, end: number, pad: number): void {
    if (pad > 0 || (this.size > 0 && start !== this.end + 1)) this.isJoined = true;
    this.marks.push(start, end, pad);
    this.size++;
  }

  /** Takes the last line away. */
  pop(): void {
    this.marks.length -= 3;
    this.size--;
  }

  content(): Content {
    const {text, line, marks} = this;
    if (!this.isJoined) return {src: text, from: marks[0] ?? 0, to: this.end, line, pieces: undefined};
    const pieces: Piece[] = [];
    let src = '';
    for (let i = 0; i < marks.length; i += 3) {
      if (i > 0) src += '\n';
      const [source = 0, end, pad = 0] = marks.slice(i, i + 3);
      pieces.push({at: src.length, pad, source});
      src += ' '.repeat(pad) + text.slice(source, end);
    }
    return {src, from: 0, to: src.length, line, pieces};
  }
}
