// The painter against a real terminal emulation: whatever Ink writes, the screen shows it, in few bytes.
import xterm from '@xterm/headless';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {createGrid} from '../../src/terminal/grid.ts';
import type {Row} from '../../src/terminal/grid.ts';
import {lostPen, paint} from '../../src/terminal/paint.ts';
import {ScreenStream} from '../../src/terminal/screen.ts';
import {styleAfter, styleChange} from '../../src/terminal/style.ts';

const {Terminal} = xterm;
type Term = InstanceType<typeof Terminal>;

const term = (cols: number, rows: number): Term =>
  new Terminal({cols, rows, allowProposedApi: true, scrollback: 0, convertEol: true});

const write = async (to: Term, data: string): Promise<void> =>
  new Promise(resolve => {
    to.write(data, resolve);
  });

/** Text and attributes of every cell, as far as they can be seen: a space shows no colour of text. */
function cells(of: Term): readonly string[] {
  return Array.from({length: of.rows}, (_, y) => {
    const line = of.buffer.active.getLine(y);
    return Array.from({length: of.cols}, (_unused, x) => {
      const cell = line?.getCell(x);
      if (cell === undefined || cell.getWidth() === 0) return '';
      const chars = cell.getChars() || ' ';
      const ground = [cell.getBgColorMode(), cell.getBgColor(), cell.isInverse(), cell.isUnderline()];
      const isInked = chars !== ' ' || cell.isInverse() !== 0 || cell.isUnderline() !== 0;
      const ink = isInked ? [cell.getFgColorMode(), cell.getFgColor(), cell.isBold(), cell.isDim()] : [];
      return `${chars}${[...ground, ...ink].join(',')}`;
    }).join('|');
  });
}

const styles = [
  '',
  '\x1b[31m',
  '\x1b[1m',
  '\x1b[2m',
  '\x1b[37m\x1b[41m\x1b[1m',
  '\x1b[7m',
  '\x1b[38;5;99m',
  '\x1b[38;2;1;2;3m',
  '\x1b[4m',
];
const words = ['ledger-api', '✔ pass', '▇▇▁▁', ' ', '   ', 'a', '漢字', 'é', '–', '…'];

const frame = (rows: number) =>
  fc.array(fc.array(fc.tuple(fc.constantFrom(...styles), fc.constantFrom(...words)), {maxLength: 6}), {
    minLength: rows,
    maxLength: rows,
  });

const text = (lines: readonly (readonly (readonly [string, string])[])[]): string =>
  lines.map(line => line.map(([style, word]) => `${style}${word}\x1b[0m`).join('')).join('\n');

describe('painting', () => {
  test('any frame after any frame looks as if it had been drawn on an empty terminal', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(frame(5), {minLength: 2, maxLength: 5}), async frames => {
        const painted = term(30, 5);
        let before: readonly Row[] | undefined;
        const pen = lostPen();
        await write(painted, '\x1b[m\x1b[2J');
        for (const lines of frames) {
          const grid = createGrid(30, 5);
          grid.write(text(lines));
          await write(painted, paint(before, grid.rows, pen));
          before = grid.rows;
          const plain = term(30, 5);
          // Without wrapping: the grid drops what does not fit, as a screen that never draws too wide would.
          await write(plain, `\x1b[?7l${clipped(text(lines), grid.rows)}`);
          expect(cells(painted)).toEqual(cells(plain));
        }
      }),
      {numRuns: 60},
    );
  });

  test('nothing changed is nothing written', () => {
    const grid = createGrid(20, 3);
    grid.write('one\ntwo\nthree');
    const pen = lostPen();
    paint(undefined, grid.rows, pen);
    expect(paint(grid.rows, grid.rows, pen)).toBe('');
  });

  test('a character about whose width terminals disagree cannot shift its row', async () => {
    const painted = term(20, 2);
    const grid = createGrid(20, 2);
    grid.write('👩‍👩‍👧‍👦 family end');
    await write(painted, paint(undefined, grid.rows, lostPen()));
    expect(painted.buffer.active.getLine(0)?.getCell(3)?.getChars()).toBe('f');
  });

  test('a wide character replaced by narrow ones leaves no half behind', async () => {
    const painted = term(10, 1);
    const pen = lostPen();
    const first = createGrid(10, 1);
    first.write('a漢字b');
    await write(painted, paint(undefined, first.rows, pen));
    const second = createGrid(10, 1);
    second.write('ax字b');
    await write(painted, paint(first.rows, second.rows, pen));
    expect(painted.buffer.active.getLine(0)?.translateToString(true).trimEnd()).toBe('ax字b');
  });
});

/** The same text, cut where the grid cut it. */
function clipped(whole: string, rows: readonly Row[]): string {
  return whole
    .split('\n')
    .map((line, y) => {
      const room = (rows[y]?.text ?? []).length;
      let used = 0;
      let isFull = false;
      return line.replaceAll(/\x1b\[[\d;]*m|[^\x1b]/gu, piece => {
        if (piece.startsWith('\x1b')) return piece;
        const wide = /\p{Script=Han}/u.test(piece) ? 2 : 1;
        isFull ||= used + wide > room;
        if (used + wide > room) return '';
        used += wide;
        return piece;
      });
    })
    .join('\n');
}

describe('styles', () => {
  test.each([
    ['', '31', '31'],
    ['31', '39', ''],
    ['1;31', '22', '31'],
    ['31', '0', ''],
    ['31', '', ''],
    ['', '1;37;41', '1;37;41'],
    ['31', '38;5;99', '38;5;99'],
    ['38;2;1;2;3', '1', '1;38;2;1;2;3'],
  ])('%j with SGR %j is %j', (from, parameters, to) => {
    expect(styleAfter(from, parameters)).toBe(to);
  });

  test('the change from one style to another gives that style', () => {
    const all = ['', '31', '1', '1;31', '2', '1;37;41', '7', '38;5;99'];
    for (const from of all) {
      for (const to of all) {
        const change = styleChange(from, to);
        const parameters = /^\x1b\[(.*)m$/.exec(change)?.[1];
        expect(parameters === undefined ? from : styleAfter(from, parameters)).toBe(to);
      }
    }
  });
});

describe('the screen stream', () => {
  function stream(columns = 20, rows = 3, isAscii = false) {
    const sent: string[] = [];
    const size = {columns, rows};
    const screen = new ScreenStream(
      {
        get columns() {
          return size.columns;
        },
        get rows() {
          return size.rows;
        },
        write: data => void sent.push(data),
      },
      {isAscii},
    );
    return {screen, sent, size};
  }

  test('sends a frame between its sync marks in one write', () => {
    const {screen, sent} = stream();
    for (const part of ['\x1b[?2026h', 'one\ntwo', '\x1b[?2026l']) screen.write(part);
    expect(sent).toHaveLength(1);
    expect(sent[0]).toMatch(/^\x1b\[\?2026h\x1b\[m\x1b\[2J.*one.*two.*\x1b\[\?2026l$/s);
  });

  test('erasing and drawing the same again sends nothing', () => {
    const {screen, sent} = stream();
    const frame = (text: string): void => {
      for (const part of ['\x1b[?2026h', text, '\x1b[?2026l']) screen.write(part);
    };
    frame('one\ntwo');
    frame('\x1b[2K\x1b[1A\x1b[2K\x1b[Gone\ntwo');
    expect(sent).toHaveLength(1);
  });

  test('says nothing while paused, and everything after', () => {
    const {screen, sent} = stream();
    screen.write('one');
    screen.pause();
    screen.write('\x1b[Gtwo');
    expect(sent).toHaveLength(1);
    screen.resume();
    expect(sent[1]).toContain('two');
  });

  test('a new size clears and tells Ink', () => {
    const {screen, size} = stream();
    let resized = 0;
    screen.on('resize', () => resized++);
    screen.resized();
    expect(resized).toBe(0);
    size.columns = 10;
    screen.resized();
    expect([resized, screen.columns]).toEqual([1, 10]);
  });

  test('on a terminal without our signs every cell is ASCII', () => {
    const {screen, sent} = stream(20, 1, true);
    screen.write('✔ pass ▇▁ … 漢');
    expect(sent.join('').replaceAll(/\x1b\[[?\d;]*[A-Za-z]/g, '')).toMatch(/^\+ pass #_ ~ [ ?]*$/);
  });
});
