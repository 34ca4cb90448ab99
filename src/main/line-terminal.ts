// Lending the terminal of a line-by-line run to a program of a step, and taking it back as it was.
import {startOnTerminal} from '../adapters/runners.ts';
import {keepTerminalModes} from '../adapters/terminal-keeper.ts';
import {paths} from './paths.ts';

/** Keys that reach every process in the foreground: they are meant for the program that has the terminal. */
const keys = ['SIGINT', 'SIGQUIT', 'SIGTSTP'] as const;

/** Runs the job in the foreground; `said` is why nothing was started, else empty. */
export async function lendTerminal(dir: string, job: string): Promise<{readonly said: string}> {
  const restore = await keepTerminalModes(process.execPath);
  const own = keys.map(key => ({key, listeners: process.listeners(key)}));
  const ignore = (): void => undefined;
  for (const {key} of own) process.removeAllListeners(key).on(key, ignore);
  try {
    return await startOnTerminal(job, {node: process.execPath, entry: paths.runner, dir});
  } finally {
    await restore();
    for (const {key, listeners} of own) {
      process.off(key, ignore);
      for (const listener of listeners) process.on(key, listener);
    }
    const {resetModes} = await import('../terminal/lifecycle.ts');
    // The cursor is saved first: leaving an alternate screen that was never entered would move it.
    if (process.env['TERM'] !== 'dumb') process.stdout.write(`\x1b7${resetModes}`);
  }
}
