// Taking the terminal and giving it back: alternate screen, cursor, paste mode, raw mode, signals, a dropped line.
import type {BarePage} from './clipboard.ts';
import type {Cancel, ConsoleHost, EndSignal} from '../ports.ts';
import type {ConsoleExit} from './open.ts';
import type {Terminal} from './screen.ts';

const take = '\x1b[?1049h\x1b[?25l\x1b[?2004h';
const give = '\x1b[?2026l\x1b[m\x1b[?2004l\x1b[?25h\x1b[?1049l';

/**
 * Undoes what full-screen programs switch on: margins, mouse, paste and focus reports, key modes, colours, cursor, screen.
 * Leaving a screen that was never entered moves the cursor to where it was saved last, so it is saved just before.
 */
export const resetModes =
  '\x1b[?2026l\x1b[<u\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1006l\x1b[?1004l\x1b[?2004l\x1b[?1l\x1b>' +
  '\x1b[?6l\x1b[4l\x1b[?7h\x1b(B\x0f\x1b[m\x1b7\x1b[?1049l\x1b7\x1b[r\x1b8\x1b[?25h';

/** A terminal that does not know its size says 0. */
const sizeOr = (size: number | undefined, usual: number): number =>
  size === undefined || size === 0 ? usual : size;

export interface TakenTerminal extends Terminal {
  enter(): void;
  /** Gives the terminal back for a while. */
  leave(): void;
  /** After `leave`: prints a page as plain text and takes keys again, so that one of them can come back. */
  bare(page: BarePage): void;
  /** Gives the terminal back for a program; what keys mean to a process is not meant for this one until `regain`. */
  yield(): void;
  /** Keys that were typed for the console come in to be thrown away. */
  drain(): void;
  /** From now on the program reads the keys. */
  lend(words: string): void;
  /** Undoes what the program switched on, and takes keys again, so that one of them can come back. */
  regain(note: string): void;
  listen(handlers: {onData: (chunk: Uint8Array) => void; onResize: () => void; onContinue: () => void}): void;
  /** Gives the terminal back for good; everything after it is silent. */
  release(): void;
}

/** `onEnd` is told about signals and a line that was dropped; the terminal has been given back by then. */
export function takeTerminal(host: ConsoleHost, onEnd: (exit: ConsoleExit) => void): TakenTerminal {
  const {stdin, stdout} = host;
  let isTaken = false;
  let isReleased = false;
  const cancels: Cancel[] = [];
  let lent: Cancel[] = [];

  const write = (data: string): void => {
    try {
      stdout.write(data);
    } catch {
      hangUp();
    }
  };
  const raw = (isRaw: boolean): void => {
    try {
      stdin.setRawMode?.(isRaw);
    } catch {
      hangUp();
    }
  };
  const leave = (): void => {
    if (!isTaken) return;
    isTaken = false;
    write(give);
    raw(false);
  };
  const enter = (): void => {
    if (isTaken || isReleased) return;
    isTaken = true;
    raw(true);
    write(take);
  };
  const sizeNow = (): readonly [number | undefined, number | undefined] => {
    try {
      return stdout.getWindowSize?.() ?? [stdout.columns, stdout.rows];
    } catch {
      return [stdout.columns, stdout.rows];
    }
  };
  const unlend = (): void => {
    for (const cancel of lent) cancel();
    lent = [];
  };
  const hangUp = (): void => {
    if (isReleased) return;
    isReleased = true;
    onEnd({how: 'hangup'});
  };

  const ends: readonly EndSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];
  for (const signal of ends) {
    cancels.push(
      host.on(signal, () => {
        // Ctrl-C while a program has the terminal is that program's.
        if (signal === 'SIGINT' && lent.length > 0) return;
        leave();
        onEnd({how: 'signal', signal});
      }),
    );
  }
  cancels.push(host.on('exit', leave), host.on('crash', leave));
  // A terminal that is gone answers every write with EIO: unhandled, it would end the process before its work is done.
  stdout.on('error', hangUp);
  stdin.on('error', hangUp);

  return {
    get columns() {
      return sizeOr(sizeNow()[0], 80);
    },
    get rows() {
      return sizeOr(sizeNow()[1], 24);
    },
    write,
    enter,
    leave,
    bare({sequence, lines, note}) {
      write(`${sequence}\r\n${lines.join('\r\n')}\r\n\r\n${note}\r\n`);
      raw(true);
    },
    yield() {
      leave();
      if (isReleased) return;
      const ignore = (): void => undefined;
      lent = [host.on('SIGQUIT', ignore), host.on('SIGTSTP', ignore)];
    },
    drain() {
      // A line that is not ended is held back by the terminal until it is in raw mode.
      if (!isReleased) raw(true);
    },
    lend(words) {
      if (isReleased) return;
      raw(false);
      stdin.pause();
      write(words);
    },
    regain(note) {
      unlend();
      if (isReleased) return;
      raw(true);
      stdin.resume();
      write(`${resetModes}${note}`);
    },
    listen({onData, onResize, onContinue}) {
      stdin.on('data', onData);
      stdin.on('end', hangUp);
      stdin.on('close', hangUp);
      stdin.resume();
      stdout.on('resize', onResize);
      cancels.push(host.on('SIGCONT', onContinue), () => {
        stdout.off('resize', onResize);
      });
    },
    release() {
      leave();
      unlend();
      isReleased = true;
      raw(false);
      for (const cancel of cancels) cancel();
      for (const event of ['data', 'end', 'close'] as const) stdin.removeAllListeners(event);
      stdin.pause();
    },
  };
}
