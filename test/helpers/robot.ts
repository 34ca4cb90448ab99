// A robot that uses a program as an operator does: keys in, and what a real terminal would show out.
import {spawn} from '@lydell/node-pty';
import xterm from '@xterm/headless';
import {waitFor} from './wait.ts';

const {Terminal} = xterm;

export interface RobotCell {
  readonly chars: string;
  readonly fg: number | undefined;
  readonly bg: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
}

export interface Robot {
  /** Presses keys by name (`enter`, `escape`, `up`, `ctrl-c`, `y`), one write each. */
  press(...keys: string[]): Promise<Robot>;
  /** Types a text, one character a write. */
  type(text: string): Promise<Robot>;
  /** Sends exactly these bytes in one write. */
  send(data: string): Promise<Robot>;
  /** Waits until the screen contains the text; the error shows the screen. */
  sees(text: string | RegExp, timeoutMs?: number): Promise<Robot>;
  /** Waits until it does not. */
  seesNot(text: string | RegExp, timeoutMs?: number): Promise<Robot>;
  /** The rows of the screen, right ends trimmed. */
  screen(): readonly string[];
  /** Each cell: its text, palette colours (undefined = the terminal's own) and weight. */
  cells(): readonly (readonly RobotCell[])[];
  /** Everything the program wrote so far, in order. */
  written(): string;
  /** Bytes since `mark` (a value that `bytes()` returned earlier). */
  bytesSince(mark: number): number;
  bytes(): number;
  /**
   * When the program's next writing contained the text, by `performance.now()`; taken as it arrived, without looking
   * again and again, so that whoever measures does not take a core from what is measured.
   */
  echoes(text: string, timeoutMs?: number): Promise<number>;
  /** Waits until nothing was written for `quietMs`. */
  settles(quietMs?: number): Promise<Robot>;
  resize(cols: number, rows: number): void;
  isAlternate(): boolean;
}

export interface PtyRobot extends Robot {
  readonly pid: number;
  kill(signal?: string): void;
  /** Closes the terminal, as a dropped SSH connection does. */
  hangUp(): void;
  /** The exit status and signal number, when it has ended. */
  ended(timeoutMs?: number): Promise<{readonly exitCode: number; readonly signal: number | undefined}>;
}

const names: Record<string, string> = {
  enter: '\r',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  right: '\x1b[C',
  left: '\x1b[D',
  pageup: '\x1b[5~',
  pagedown: '\x1b[6~',
  home: '\x1b[H',
  end: '\x1b[F',
  tab: '\t',
  space: ' ',
  backspace: '\x7f',
};

/** The bytes that a terminal sends for a key. */
const keyBytes = (name: string): string =>
  names[name] ?? (/^ctrl-[a-z]$/.test(name) ? String.fromCharCode(name.charCodeAt(5) - 96) : name);

const contains = (rows: readonly string[], text: string | RegExp): boolean =>
  typeof text === 'string' ? rows.some(row => row.includes(text)) : text.test(rows.join('\n'));

export interface Wires {
  readonly cols: number;
  readonly rows: number;
  readonly send: (data: string) => void;
  readonly onResize: (cols: number, rows: number) => void;
}

/** The robot over any wires; `feed` is called with what the program writes. */
export function makeRobot(wires: Wires): {
  robot: Robot;
  feed: (data: string) => void;
  term: InstanceType<typeof Terminal>;
} {
  const term = new Terminal({
    cols: wires.cols,
    rows: wires.rows,
    allowProposedApi: true,
    scrollback: 1_000,
    convertEol: true,
  });
  let all = '';
  let lastMs = performance.now();
  let listener: ((data: string) => void) | undefined;
  term.onData(data => wires.send(data));
  const screen = (): readonly string[] => {
    const {active} = term.buffer;
    return Array.from(
      {length: term.rows},
      (_, y) => active.getLine(active.viewportY + y)?.translateToString(true) ?? '',
    );
  };
  const drawn = (text: string | RegExp): string =>
    `${String(text)}; the screen shows:\n${screen()
      .map(row => `|${row}`)
      .join('\n')}`;
  const robot: Robot = {
    async press(...keys) {
      for (const key of keys) {
        wires.send(keyBytes(key));
        await turn();
      }
      return robot;
    },
    async type(text) {
      for (const char of text) {
        wires.send(char);
        await turn();
      }
      return robot;
    },
    async send(data) {
      wires.send(data);
      await turn();
      return robot;
    },
    async sees(text, timeoutMs = 10_000) {
      await waitFor(() => contains(screen(), text), {timeoutMs, what: () => `the text ${drawn(text)}`});
      return robot;
    },
    async seesNot(text, timeoutMs = 10_000) {
      await waitFor(() => !contains(screen(), text), {
        timeoutMs,
        what: () => `the text to go: ${drawn(text)}`,
      });
      return robot;
    },
    screen,
    cells: () => {
      const {active} = term.buffer;
      return Array.from({length: term.rows}, (_, y) => {
        const line = active.getLine(active.viewportY + y);
        return Array.from({length: term.cols}, (__, x): RobotCell => {
          const at = line?.getCell(x);
          return {
            chars: at?.getChars() ?? '',
            fg: at?.isFgPalette() === true ? at.getFgColor() : undefined,
            bg: at?.isBgPalette() === true ? at.getBgColor() : undefined,
            bold: (at?.isBold() ?? 0) !== 0,
            dim: (at?.isDim() ?? 0) !== 0,
          };
        });
      });
    },
    written: () => all,
    bytes: () => Buffer.byteLength(all),
    bytesSince: mark => Buffer.byteLength(all) - mark,
    echoes: async (text, timeoutMs = 5_000) =>
      new Promise((resolve, reject) => {
        let heard = '';
        const timer = setTimeout(() => {
          listener = undefined;
          reject(new Error(`waited ${timeoutMs} ms for the echo of ${drawn(text)}`));
        }, timeoutMs);
        listener = data => {
          heard += data;
          if (!heard.includes(text)) return;
          clearTimeout(timer);
          listener = undefined;
          resolve(performance.now());
        };
      }),
    async settles(quietMs = 150) {
      // A program that has not read the last key yet is not quiet.
      const fromMs = performance.now();
      await waitFor(() => performance.now() - Math.max(lastMs, fromMs) > quietMs, {
        timeoutMs: 10_000,
        what: 'the program to be quiet',
      });
      return robot;
    },
    resize(cols, rows) {
      term.resize(cols, rows);
      wires.onResize(cols, rows);
    },
    isAlternate: () => term.buffer.active.type === 'alternate',
  };
  const feed = (data: string): void => {
    all += data;
    lastMs = performance.now();
    listener?.(data);
    term.write(data);
  };
  return {robot, feed, term};
}

const turn = async (): Promise<void> => new Promise(resolve => void setImmediate(resolve));

export interface RobotOptions {
  readonly command: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly cols?: number;
  readonly rows?: number;
}

/** Starts a program on a real pseudo-terminal. The caller ends it (`kill`) when the test is over. */
export function robot({command, args = [], env = {}, cwd, cols = 80, rows = 24}: RobotOptions): PtyRobot {
  const pty = spawn(command, [...args], {
    name: env['TERM'] ?? 'xterm-256color',
    cols,
    rows,
    ...(cwd === undefined ? {} : {cwd}),
    env: {
      PATH: process.env['PATH'] ?? '/usr/bin:/bin',
      HOME: '/nonexistent',
      LANG: 'C.UTF-8',
      TERM: 'xterm-256color',
      ...env,
    },
  });
  let end: {readonly exitCode: number; readonly signal: number | undefined} | undefined;
  const made = makeRobot({
    cols,
    rows,
    send: data => {
      if (end === undefined) pty.write(data);
    },
    onResize: (width, height) => pty.resize(width, height),
  });
  pty.onData(made.feed);
  pty.onExit(({exitCode, signal}) => {
    end = {exitCode, signal: signal === 0 ? undefined : signal};
  });
  return {
    ...made.robot,
    pid: pty.pid,
    kill: (signal = 'SIGKILL') => {
      if (end === undefined) pty.kill(signal);
    },
    hangUp: () => {
      // Not in the type, but what closes the master side.
      if ('destroy' in pty && typeof pty.destroy === 'function') Reflect.apply(pty.destroy, pty, []);
    },
    ended: async (timeoutMs = 10_000) =>
      waitFor(() => end, {
        timeoutMs,
        what: () => `the program to end; the screen shows:\n${made.robot.screen().join('\n')}`,
      }),
  };
}
