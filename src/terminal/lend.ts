// Lending the terminal to a program of a step: whoever runs the steps asks, the console that has the terminal lends it.
import {QdError} from '../domain/error.ts';
import type {Shown} from '../domain/show.ts';
import type {Cancel, ConsoleHost} from '../ports.ts';
import type {TakenTerminal} from './lifecycle.ts';

/** Gives the terminal up while `work` goes on, under `words`; it comes back however that ends. */
export type Lend = <T>(work: () => Promise<T>, words: readonly Shown[]) => Promise<T>;

export interface Lender {
  /** Throws NOT_A_TERMINAL while no console has attached itself. */
  readonly lend: Lend;
  attach(lend: Lend): void;
}

export function createLender(): Lender {
  let attached: Lend | undefined;
  return {
    lend: async (work, words) => {
      if (attached === undefined) {
        throw new QdError('NOT_A_TERMINAL', 'There is no terminal here that a program could take.');
      }
      return attached(work, words);
    },
    attach: lend => {
      attached = lend;
    },
  };
}

/** What a terminal is asked, and answers at once: everything typed before has arrived by then. */
export const statusQuestion = '\x1b[5n';
export const statusReply = '\x1b[0n';

/** How long keys are thrown away after a program had the terminal, when the terminal does not answer. */
const swallowMs = 400;

/** How long keys, and answers of the terminal, may take to come in before a program gets it; at most so much longer. */
const drainMs = 50;
const patienceMs = 1_000;

const note = '\r\n\r\nThe program has ended. Any key goes back to the console.\r\n';

export interface Lending {
  readonly lend: Lend;
  readonly isLent: () => boolean;
  /** Whether this input was not meant for the console: typed for the program, or before it. */
  readonly swallows: (chunk: Uint8Array) => boolean;
}

/** `onAway` is called when the console must stop drawing; a key that is not swallowed may draw it again. */
export function createLending({
  host,
  terminal,
  onAway,
  roundTripMs,
}: {
  readonly host: Pick<ConsoleHost, 'clock' | 'keepModes'>;
  readonly terminal: Pick<TakenTerminal, 'yield' | 'drain' | 'lend' | 'regain'>;
  readonly onAway: () => void;
  readonly roundTripMs: () => number;
}): Lending {
  const {clock} = host;
  let isLent = false;
  let swallowing: Cancel | undefined;
  const stopSwallowing = (): void => {
    swallowing?.();
    swallowing = undefined;
  };
  const pause = async (ms: number): Promise<void> =>
    new Promise(resolve => {
      clock.after(ms, resolve);
    });
  return {
    isLent: () => isLent,
    swallows: chunk => {
      if (isLent) return true;
      if (swallowing === undefined) return false;
      if (Buffer.from(chunk).toString('latin1').includes(statusReply)) stopSwallowing();
      return true;
    },
    lend: async (work, words) => {
      if (isLent) throw new QdError('NOT_A_TERMINAL', 'Another program has this terminal right now.');
      isLent = true;
      onAway();
      // What the terminal still answers to the console must not become input of the program.
      await pause(Math.min(patienceMs, drainMs + roundTripMs()));
      terminal.yield();
      const restore = await host.keepModes();
      try {
        terminal.drain();
        await pause(drainMs);
        terminal.lend(`\r\n${words.join('\r\n')}\r\n\r\n`);
        return await work();
      } finally {
        await restore();
        swallowing = clock.after(swallowMs, stopSwallowing);
        isLent = false;
        terminal.regain(`${note}${statusQuestion}`);
      }
    },
  };
}
