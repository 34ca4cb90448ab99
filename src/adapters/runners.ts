// Starts step runners: detached from the terminal and the console, with the job on a pipe.
import {spawn} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {join} from 'node:path';
import type {Runners} from '../ports.ts';

export interface RunnerProgram {
  /** The Node that runs it, and the entry: src/runner.ts in development, dist/runner.cjs when bundled. */
  readonly node: string;
  readonly entry: string;
  /** Data directory: what a runner prints in despair goes to `runner.log` in it. */
  readonly dir: string;
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
      });
      child.stdout?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
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
