// The real process and terminal for the console.
import {readFileSync} from 'node:fs';
import process from 'node:process';
import type {Clock, ConsoleHost} from '../ports.ts';
import {keepTerminalModes} from './terminal-keeper.ts';

/** A session leader has no shell above it that could continue it (ForceCommand, login shell). */
function isSessionLeader(): boolean {
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const session = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[3]);
    return session === process.pid;
  } catch {
    // Without /proc it is not known: better no Ctrl-Z than a console that nobody can wake.
    return true;
  }
}

/** The host of `openConsole` on this process. */
export function consoleHost(clock: Clock): ConsoleHost {
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    env: process.env,
    clock,
    canSuspend: !isSessionLeader(),
    on(event, listener) {
      const name = event === 'crash' ? 'uncaughtExceptionMonitor' : event;
      process.on(name, listener);
      return () => void process.off(name, listener);
    },
    stop: () => void process.kill(process.pid, 'SIGTSTP'),
    keepModes: async () => keepTerminalModes(process.execPath),
  };
}
