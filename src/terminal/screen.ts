// What Ink takes for its terminal: collects a frame in cells and sends the difference in one write.
import {Writable} from 'node:stream';
import {ascii} from './ascii.ts';
import {createGrid} from './grid.ts';
import type {Grid, Row} from './grid.ts';
import {lostPen, paint} from './paint.ts';
import type {Pen} from './paint.ts';

const syncBegins = '\x1b[?2026h';
const syncEnds = '\x1b[?2026l';

export interface Terminal {
  readonly columns: number;
  readonly rows: number;
  write(data: string): void;
}

/** A stream for `render({stdout})`. Nothing reaches the terminal while it is paused. */
export class ScreenStream extends Writable {
  readonly isTTY = true;
  readonly #terminal: Terminal;
  readonly #isAscii: boolean;
  #grid: Grid;
  #shown: readonly Row[] | undefined;
  #pen: Pen = lostPen();
  #inFrame = false;
  #isPaused = false;

  constructor(terminal: Terminal, {isAscii}: {isAscii: boolean}) {
    super({decodeStrings: false});
    this.#terminal = terminal;
    this.#isAscii = isAscii;
    this.#grid = createGrid(terminal.columns, terminal.rows);
  }

  get columns(): number {
    return this.#grid.columns;
  }

  get rows(): number {
    return this.#grid.rows.length;
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    const data = String(chunk);
    if (data === syncBegins) this.#inFrame = true;
    else if (data === syncEnds) {
      this.#inFrame = false;
      this.flush();
    } else {
      this.#grid.write(data);
      if (!this.#inFrame && data !== '') this.flush();
    }
    done();
  }

  /** Sends what changed since the last time. Returns whether anything did. */
  flush(): boolean {
    if (this.#isPaused) return false;
    const rows = snapshot(this.#grid.rows, this.#isAscii);
    const isFirst = this.#shown === undefined;
    const data = paint(this.#shown, rows, this.#pen);
    this.#shown = rows;
    if (data === '' && !isFirst) return false;
    this.#terminal.write(`${syncBegins}${isFirst ? '\x1b[m\x1b[2J' : ''}${data}${syncEnds}`);
    return true;
  }

  /** Draws a whole frame before anything else draws; the next writer starts on an empty screen of its own. */
  first(frame: string): void {
    this.#grid.write(frame);
    this.flush();
    this.#grid = createGrid(this.columns, this.rows);
  }

  /** Draws everything again: what is on the terminal is not known any more (resumed, `wall`, Ctrl-L). */
  repaint(): void {
    this.#forget();
    this.flush();
  }

  pause(): void {
    this.#isPaused = true;
    this.#forget();
  }

  resume(): void {
    this.#isPaused = false;
    this.repaint();
  }

  /** Takes the terminal's new size; Ink draws the frame again when it hears `resize`. */
  resized(): void {
    const {columns, rows} = this.#terminal;
    if (columns === this.columns && rows === this.rows) return;
    this.#grid = createGrid(columns, rows);
    this.#forget();
    this.emit('resize');
  }

  #forget(): void {
    this.#shown = undefined;
    this.#pen = lostPen();
  }
}

const snapshot = (rows: readonly Row[], isAscii: boolean): readonly Row[] =>
  rows.map(({text, style}) => ({
    text: isAscii ? text.map(ascii) : [...text],
    style: [...style],
  }));
