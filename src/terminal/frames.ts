// Frames go to the terminal as soon as they are known; Ink draws the same frame once nothing moves, and has the last word.
import type {Look, Size} from '../define-screen.ts';
import type {Cancel, Clock} from '../ports.ts';
import type {ConsoleState, ConsoleStore} from '../state/store.ts';
import {compose, looksSame} from './compose.ts';
import type {Frame} from './compose.ts';
import type {ScreenStream} from './screen.ts';
import {ansi} from './theme.ts';

/** Ink, which takes several milliseconds for a frame, draws when nothing has changed for so long. */
const quietMs = 300;

export interface Frames {
  /** Draws the frame of this moment, if it is another than the one on the screen. */
  now(): void;
  /** Draws it whatever is on the screen: the terminal has another size, or was somebody else's. */
  again(): void;
  /** The frame of this moment, drawn or not. */
  current(): Frame;
  /** The frame that Ink draws; it changes when the console is quiet. */
  readonly settled: {
    readonly get: () => Frame;
    readonly subscribe: (changed: () => void) => () => void;
  };
  stop(): void;
}

export interface FramesRequest {
  readonly store: ConsoleStore;
  readonly screen: ScreenStream;
  readonly can: Look['can'];
  readonly clock: Clock;
  readonly hasColour: boolean;
  /** Called after each frame went out. */
  readonly onPainted: (frame: Frame) => void;
  /** A screen threw: nothing more is drawn. */
  readonly onFailed: (error: unknown) => void;
}

/** Draws nothing before it is told to. */
export function drawFrames(request: FramesRequest): Frames {
  const {store, screen, can, clock, hasColour, onPainted, onFailed} = request;
  const listeners = new Set<() => void>();
  let isOver = false;
  let shown: Frame | undefined;
  let settled: Frame | undefined;
  let hasNews = false;
  let cancelQuiet: Cancel = () => undefined;

  let last: {readonly of: ConsoleState; readonly size: Size; readonly frame: Frame} | undefined;
  const made = (): Frame => {
    const state = store.api.getState();
    const {columns, rows} = screen;
    if (last?.of === state && last.size.columns === columns && last.size.rows === rows) return last.frame;
    const frame = compose(state, {columns, rows}, can);
    last = {of: state, size: {columns, rows}, frame};
    return frame;
  };
  const send = (next: Frame): void => {
    shown = next;
    screen.ahead(ansi(next.lines, hasColour));
    onPainted(next);
  };
  const settle = (): void => {
    if (isOver) return;
    screen.letInkDraw({hasIt: settled === shown});
    if (settled === shown) return;
    settled = shown;
    for (const changed of listeners) changed();
  };
  const draw = (isForced: boolean): void => {
    hasNews = false;
    if (isOver) return;
    try {
      const next = made();
      // Most news changes nothing that is in view.
      if (!isForced && shown !== undefined && looksSame(shown, next)) return;
      send(next);
      cancelQuiet();
      cancelQuiet = clock.after(quietMs, settle);
    } catch (error) {
      stop();
      onFailed(error);
    }
  };
  const stop = (): void => {
    isOver = true;
    cancelQuiet();
    unsubscribe();
  };

  // Whatever else this turn of the event loop brings goes into the same frame.
  const unsubscribe = store.api.subscribe(() => {
    if (hasNews || shown === undefined) return;
    hasNews = true;
    queueMicrotask(() => {
      if (hasNews) draw(false);
    });
  });
  return {
    now: () => draw(false),
    again: () => draw(true),
    current: made,
    settled: {
      get: () => (settled ??= shown ?? made()),
      subscribe: changed => {
        listeners.add(changed);
        return () => listeners.delete(changed);
      },
    },
    stop,
  };
}
