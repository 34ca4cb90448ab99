// Ink and React are loaded with this file, and only with it: after the colour variables are set.
import type {Look} from '../define-screen.ts';
import {PassThrough} from 'node:stream';
import {render} from 'ink';
import type {ConsoleStore} from '../state/store.ts';
import type {Frame} from './compose.ts';
import {Root} from './root.tsx';
import type {ScreenStream} from './screen.ts';

export interface Mounted {
  unmount(): void;
  /** Rejects with what a screen threw. */
  readonly ended: Promise<unknown>;
}

/** Draws the console on `screen`; `onPainted` is called after each frame went out. */
export function mount(opts: {
  store: ConsoleStore;
  can: Look['can'];
  screen: ScreenStream;
  onPainted: (frame: Frame) => void;
}): Mounted {
  let latest: Frame | undefined;
  const onFrame = (frame: Frame): void => {
    latest = frame;
  };
  const instance = render(<Root store={opts.store} can={opts.can} onFrame={onFrame} />, {
    stdout: opts.screen,
    // Input, alternate screen and signals are the console's: Ink only draws.
    stdin: new PassThrough(),
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    isScreenReaderEnabled: false,
    // A key must be echoed at once, also right after a step's output was drawn; only cells that changed are sent.
    maxFps: 120,
    onRender: () => {
      if (latest !== undefined) opts.onPainted(latest);
    },
  });
  return {unmount: () => instance.unmount(), ended: instance.waitUntilExit()};
}
