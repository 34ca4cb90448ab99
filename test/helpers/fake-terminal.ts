// The console in this process on a made-up terminal: real Ink, real bytes, a screen that can be read. Quick.
import {EventEmitter} from 'node:events';
import type {Actions, AppState, RunAnswer} from '../../src/state/model.ts';
import {createConsoleStore} from '../../src/state/store.ts';
import type {ConsoleStore} from '../../src/state/store.ts';
import type {Ui} from '../../src/state/ui.ts';
import type {ConsoleHost} from '../../src/ports.ts';
import {createLender} from '../../src/terminal/lend.ts';
import type {Lend} from '../../src/terminal/lend.ts';
import {openConsole} from '../../src/terminal/open.ts';
import type {ConsoleExit} from '../../src/terminal/open.ts';
import {makeRobot} from './robot.ts';
import type {Robot} from './robot.ts';
import {nextTurn} from './wait.ts';

export interface Steered extends Robot {
  readonly store: ConsoleStore;
  readonly actions: Recorded;
  readonly exit: Promise<ConsoleExit>;
  /** Moves the monotonic clock; timers that fall due run. */
  advance(ms: number): Promise<void>;
  /** Delivers a signal or the end of the process to the console. */
  signal(name: string): void;
  readonly raw: () => boolean;
  /** Whether the console reads the keys. */
  readonly reads: () => boolean;
  /** Lends the terminal, as a step does. */
  readonly lend: Lend;
  /** What was done about the modes of the terminal. */
  readonly kept: readonly string[];
  /** How often the console asked to be stopped (Ctrl-Z). */
  readonly stops: () => number;
  /** The stream fails, as that of a terminal that is gone. */
  breakOutput(): void;
  /** Whether the terminal answers the question about its status, and how long after it is asked on the fake clock. */
  answersAfter(ms: number | undefined): void;
}

/** Actions that remember what they were asked. */
export interface Recorded extends Actions {
  readonly asked: (readonly [name: string, ...args: unknown[]])[];
  readonly answers: RunAnswer[];
}

function recordedActions(over: Partial<Actions> = {}): Recorded {
  const asked: (readonly [string, ...unknown[]])[] = [];
  const answers: RunAnswer[] = [];
  const note =
    (name: string) =>
    (...args: unknown[]): void =>
      void asked.push([name, ...args]);
  return {
    asked,
    answers,
    checkNow: note('checkNow'),
    openRun: note('openRun'),
    startRun: note('startRun'),
    answer: answer => void answers.push(answer),
    showEntry: note('showEntry'),
    ledgerWindow: note('ledgerWindow'),
    entriesOf: note('entriesOf'),
    exportEvidence: note('exportEvidence'),
    verify: note('verify'),
    runJob: note('runJob'),
    pauseJob: note('pauseJob'),
    resumeJob: note('resumeJob'),
    ackAlerts: note('ackAlerts'),
    silence: note('silence'),
    liftSilence: note('liftSilence'),
    dismissNotice: note('dismissNotice'),
    copy: note('copy'),
    ...over,
  };
}

class FakeInput extends EventEmitter {
  readonly isTTY = true;
  isRaw = false;
  setRawMode(isRaw: boolean): void {
    this.isRaw = isRaw;
  }
  isReading = false;
  resume(): void {
    this.isReading = true;
  }
  pause(): void {
    this.isReading = false;
  }
}

class FakeOutput extends EventEmitter {
  readonly isTTY = true;
  columns: number;
  rows: number;
  readonly feed: (data: string) => void;
  constructor(columns: number, rows: number, feed: (data: string) => void) {
    super();
    this.columns = columns;
    this.rows = rows;
    this.feed = feed;
  }
  write(data: string): boolean {
    this.feed(data);
    return true;
  }
}

export interface FakeOptions {
  readonly app: AppState;
  readonly ui?: Ui;
  readonly cols?: number;
  readonly rows?: number;
  readonly env?: Record<string, string>;
  readonly actions?: Partial<Actions>;
  readonly canSuspend?: boolean;
}

/** Opens the console on this state; the caller presses `q` or sends a signal to end it. */
export function steer(options: FakeOptions): Steered {
  const {app, ui, cols = 80, rows = 24, env = {}, canSuspend = true} = options;
  const store = createConsoleStore(app, ...(ui === undefined ? [] : [ui]));
  const actions = recordedActions(options.actions);
  const signals = new EventEmitter();
  const stdin = new FakeInput();
  let monoMs = 1_000;
  let stops = 0;
  let delayMs: number | undefined = 0;
  const kept: string[] = [];
  let timers: {atMs: number; fn: () => void}[] = [];
  const later = (afterMs: number, fn: () => void): (() => void) => {
    const timer = {atMs: monoMs + afterMs, fn};
    timers.push(timer);
    return () => {
      timers = timers.filter(other => other !== timer);
    };
  };
  const {robot, feed} = makeRobot({
    cols,
    rows,
    send: data => {
      // The answer to the status question travels as long as the test says; keys arrive at once.
      if (data !== '\x1b[0n') stdin.emit('data', Buffer.from(data));
      else if (delayMs === 0) stdin.emit('data', Buffer.from(data));
      else if (delayMs !== undefined) later(delayMs, () => stdin.emit('data', Buffer.from(data)));
    },
    onResize: (width, height) => {
      stdout.columns = width;
      stdout.rows = height;
      stdout.emit('resize');
    },
  });
  const stdout = new FakeOutput(cols, rows, feed);
  const host: ConsoleHost = {
    stdin,
    stdout,
    env: {TERM: 'xterm-256color', LANG: 'C.UTF-8', ...env},
    clock: {nowMs: () => app.nowMs, monoMs: () => monoMs, bootId: 'fake', after: later},
    canSuspend,
    on: (event, listener) => {
      signals.on(event, listener);
      return () => signals.off(event, listener);
    },
    stop: () => {
      stops++;
    },
    keepModes: () => {
      kept.push('noted');
      return Promise.resolve(() => {
        kept.push('put back');
        return Promise.resolve();
      });
    },
  };
  const lender = createLender();
  const exit = openConsole({store, actions, host, lender});
  return {
    ...robot,
    store,
    actions,
    exit,
    raw: () => stdin.isRaw,
    reads: () => stdin.isReading,
    lend: lender.lend,
    kept,
    stops: () => stops,
    signal: name => void signals.emit(name),
    breakOutput: () => void stdout.emit('error', new Error('write EIO')),
    answersAfter: ms => {
      delayMs = ms;
    },
    async advance(ms) {
      // What the terminal answers to the frames so far is answered at their time, not after the jump.
      await robot.settles(60);
      monoMs += ms;
      const due = timers.filter(({atMs}) => atMs <= monoMs);
      timers = timers.filter(({atMs}) => atMs > monoMs);
      for (const {fn} of due) fn();
      await nextTurn();
    },
  };
}
