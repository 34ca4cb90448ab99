// What the console needs of its process and terminal; the adapter makes it from the real ones, tests from fakes.
import type {Cancel, Clock} from '../ports.ts';

export type EndSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

export interface InputStream {
  readonly isTTY?: boolean | undefined;
  setRawMode?(isRaw: boolean): unknown;
  on(event: 'data', listener: (chunk: Uint8Array) => void): unknown;
  on(event: 'end' | 'close', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  removeAllListeners(event: 'data' | 'end' | 'close'): unknown;
  resume(): unknown;
  pause(): unknown;
}

export interface OutputStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  write(data: string): unknown;
  on(event: 'resize', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'resize', listener: () => void): unknown;
}

export interface ConsoleHost {
  readonly stdin: InputStream;
  readonly stdout: OutputStream;
  /** The live environment: colour variables are set in it while Ink loads, and put back. */
  readonly env: Record<string, string | undefined>;
  readonly clock: Clock;
  /** False for a session leader: stopping it would leave nobody to continue it. */
  readonly canSuspend: boolean;
  /** `crash` is before an uncaught error is printed, `exit` the last moment of the process. */
  on(event: EndSignal | 'SIGCONT' | 'exit' | 'crash', listener: () => void): Cancel;
  /** Stops this process as Ctrl-Z does. */
  stop(): void;
}
