// Starts step runners: detached from the terminal and the console, with the job on a pipe.
import {spawn} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {join} from 'node:path';
import {Readable, Writable} from 'node:stream';
import {stepOver} from '../domain/step-act.ts';
import type {Runners} from '../ports.ts';

export interface RunnerProgram {
  /** The Node that runs it, and the entry: src/runner.ts in development, dist/runner.cjs when bundled. */
  readonly node: string;
  readonly entry: string;
  /** Data directory: what a runner prints in despair goes to `runner.log` in it. */
  readonly dir: string;
}

/**
 * Runs a job whose act is `terminal` in the foreground of this process's terminal and waits for its end; `said` is why
 * nothing was started, else empty. The caller leaves the alternate screen, puts the terminal into cooked mode and stops
 * reading it before, ignores SIGINT, SIGQUIT and SIGTSTP meanwhile (keys reach every process of the foreground), and
 * takes everything back afterwards, whatever the step left behind.
 */
export async function startOnTerminal(
  job: string,
  {node, entry, dir}: RunnerProgram,
): Promise<{readonly said: string}> {
  // Not detached: only the foreground group of a terminal may read from it.
  const child = spawn(node, [entry, '--terminal'], {
    cwd: dir,
    stdio: ['inherit', 'inherit', 'inherit', 'pipe', 'pipe'],
  });
  const [, , , input, output] = child.stdio;
  let said = '';
  if (output instanceof Readable) output.setEncoding('utf8').on('data', (text: string) => (said += text));
  if (input instanceof Writable) input.on('error', () => undefined).end(job);
  return new Promise(resolve => {
    child.on('error', error => {
      resolve({said: `The step runner could not be started: ${error.message}`});
    });
    child.on('close', () => {
      resolve({said});
    });
  });
}

/** The Runners port. A runner that cannot even be started has ended, saying why. */
export const createRunners = ({node, entry, dir}: RunnerProgram): Runners => ({
  start: job => {
    const log = openSync(join(dir, 'runner.log'), 'a', 0o600);
    try {
      // A session of its own: a hang-up of the terminal and an end of the console do not reach it.
      const child = spawn(node, [entry], {detached: true, cwd: dir, stdio: ['pipe', 'pipe', log]});
      let said = '';
      const ended = new Promise<{readonly said: string}>(resolve => {
        child.on('error', error => {
          resolve({said: `The step runner could not be started: ${error.message}`});
        });
        child.on('close', () => {
          resolve({said});
        });
        child.stdout?.setEncoding('utf8').on('data', (text: string) => {
          said += text;
          if (!said.endsWith(stepOver)) return;
          // It stays on to see whether this process does, which therefore must not wait for it.
          child.stdout?.destroy();
          resolve({said: said.slice(0, -stepOver.length)});
        });
      });
      child.stdin?.on('error', () => undefined);
      child.stdin?.end(job);
      child.unref();
      return {ended};
    } finally {
      closeSync(log);
    }
  },
});
