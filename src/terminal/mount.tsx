// Ink and React are loaded with this file, and only with it: after the colour variables are set.
import {PassThrough} from 'node:stream';
import {render} from 'ink';
import type {Frames} from './frames.ts';
import {Root} from './root.tsx';
import type {ScreenStream} from './screen.ts';

export interface Mounted {
  unmount(): void;
  /** Rejects with what a screen threw. */
  readonly ended: Promise<unknown>;
}

/** Draws the settled frames on `screen`. */
export function mount(screen: ScreenStream, frames: Frames['settled']): Mounted {
  const instance = render(<Root frames={frames} />, {
    stdout: screen,
    // Input, alternate screen and signals are the console's: Ink only draws.
    stdin: new PassThrough(),
    exitOnCtrlC: false,
    patchConsole: false,
    interactive: true,
    isScreenReaderEnabled: false,
    maxFps: 30,
  });
  return {unmount: () => instance.unmount(), ended: instance.waitUntilExit()};
}
