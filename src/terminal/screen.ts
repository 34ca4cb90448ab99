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
  #inks: Grid;
  /** The cells that are on the terminal: Ink's, or what was drawn ahead of it. */
  #current: Grid;
  #isInkBehind = false;
  /** Since it was handed its newest frame. */
  #hasInkDrawn = false;
  #shown: readonly Row[] | undefined;
  #pen: Pen = lostPen();
  #inFrame = false;
  #isPaused = false;

  constructor(terminal: Terminal, {isAscii}: {isAscii: boolean}) {
    super({decodeStrings: false});
    this.#terminal = terminal;
    this.#isAscii = isAscii;
    this.#inks = createGrid(terminal.columns, terminal.rows);
    this.#current = this.#inks;
  }

  get columns(): number {
    return this.#current.columns;
  }

  get rows(): number {
    return this.#current.rows.length;
  }

  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    const data = String(chunk);
    if (data === syncBegins) this.#inFrame = true;
    else if (data === syncEnds) {
      this.#inFrame = false;
      this.#inkDrew();
    } else {
      this.#inks.write(data);
      if (!this.#inFrame && data !== '') this.#inkDrew();
    }
    done();
  }

  /** What Ink draws of a frame that was left behind meanwhile never reaches the terminal. */
  #inkDrew(): void {
    this.#hasInkDrawn = true;
    if (this.#isInkBehind) return;
    this.#current = this.#inks;
    this.flush();
  }

  /** Sends what changed since the last time. Returns whether anything did. */
  flush(): boolean {
    if (this.#isPaused) return false;
    const rows = snapshot(this.#current.rows, this.#isAscii);
    const isFirst = this.#shown === undefined;
    const data = paint(this.#shown, rows, this.#pen);
    this.#shown = rows;
    if (data === '' && !isFirst) return false;
    this.#terminal.write(`${syncBegins}${isFirst ? '\x1b[m\x1b[2J' : ''}${data}${syncEnds}`);
    return true;
  }

  /** Draws a whole frame, without Ink; until Ink has drawn the same one, nothing of it counts. */
  ahead(frame: string): void {
    this.#isInkBehind = true;
    this.#current = createGrid(this.columns, this.rows);
    this.#current.write(frame);
    this.flush();
  }

  /** Ink is about to be handed the newest frame, or has it already (`hasIt`): what it draws of it counts. */
  letInkDraw({hasIt}: {readonly hasIt: boolean}): void {
    this.#isInkBehind = false;
    if (!hasIt) this.#hasInkDrawn = false;
    else if (this.#hasInkDrawn) this.#inkDrew();
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

  /** Takes the terminal's new size; the caller draws the frame again, and so does Ink when it hears `resize`. */
  resized(): void {
    const {columns, rows} = this.#terminal;
    if (columns === this.columns && rows === this.rows) return;
    this.#inks = createGrid(columns, rows);
    this.#current = createGrid(columns, rows);
    this.#isInkBehind = true;
    this.#hasInkDrawn = false;
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
