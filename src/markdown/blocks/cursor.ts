// One line of the file at a time: where reading stands on it, and how wide its blanks are when tabs are among them.
import {newline, space, tab} from '../chars.ts';

export class Cursor {
  readonly text: string;
  /** The number of the line, 1-based. */
  line = 0;
  /** Offsets of the line: its end is its line feed or the end of the file. */
  start = 0;
  end = -1;
  /** Where reading stands. */
  at = 0;
  /** Columns of a tab before `at` that are still to be read. */
  pad = 0;
  /** The first character at or behind `at` that is no blank, and how many columns of blanks are before it. */
  next = 0;
  indent = 0;
  /** The column of `at`, 0-based, tabs counted up to multiples of four. */
  private column = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** Goes to the next line; false when there is none. */
  advance(): boolean {
    const start = this.end + 1;
    if (start >= this.text.length) return false;
    const end = this.text.indexOf('\n', start);
    this.line++;
    this.start = start;
    this.end = end < 0 ? this.text.length : end;
    this.at = start;
    this.pad = 0;
    this.column = 0;
    this.look();
    return true;
  }

  /** Goes behind the last line. */
  pass(): void {
    this.line++;
    this.start = this.end + 1;
  }

  /** Goes to the end of a line. */
  jump(end: number, line: number): void {
    this.end = end;
    this.line = line;
  }

  get isBlank(): boolean {
    return this.next >= this.end;
  }

  /** The first character that is no blank. */
  get char(): number {
    return this.next < this.end ? this.text.charCodeAt(this.next) : newline;
  }

  /** Reads so many characters that are no tabs, behind the blanks. */
  take(length: number): void {
    this.column += this.indent - this.pad + length;
    this.pad = 0;
    this.at = this.next + length;
    this.look();
  }

  /** Reads blanks, at most so many columns of them. */
  skip(columns: number): void {
    const {text} = this;
    let left = Math.min(columns, this.indent);
    if (left <= this.pad) this.pad -= left;
    else {
      left -= this.pad;
      this.pad = 0;
      while (left > 0) {
        const width = text.charCodeAt(this.at) === tab ? 4 - (this.column & 3) : 1;
        this.at++;
        this.column += width;
        if (width > left) this.pad = width - left;
        left -= width;
      }
    }
    this.look();
  }

  /** The rest of the line, with what is left of a tab as blanks. */
  rest(): string {
    const rest = this.text.slice(this.at, this.end);
    return this.pad === 0 ? rest : ' '.repeat(this.pad) + rest;
  }

  private look(): void {
    const {text, end} = this;
    let next = this.at;
    let column = this.column;
    for (; next < end; next++) {
      const char = text.charCodeAt(next);
      if (char === space) column++;
      else if (char === tab) column += 4 - (column & 3);
      else break;
    }
    this.next = next;
    this.indent = this.pad + column - this.column;
  }
}
