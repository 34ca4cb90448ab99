// Starts a program that goes on when this process has ended: a session of its own, nothing on its input.
import {spawn} from 'node:child_process';
import {closeSync, openSync, writeSync} from 'node:fs';

export interface Onward {
  readonly argv: readonly [string, ...string[]];
  readonly cwd: string;
  /** What it says on standard error, and why it could not be started, is put behind what this file holds. */
  readonly log: string;
}

/** Resolves once it runs, or could not be started. */
export async function startOnward({argv: [program, ...words], cwd, log}: Onward): Promise<void> {
  const out = openSync(log, 'a', 0o600);
  try {
    await new Promise<void>(resolve => {
      const child = spawn(program, words, {cwd, detached: true, stdio: ['ignore', 'ignore', out]});
      child.on('spawn', resolve);
      child.on('error', error => {
        writeSync(out, `${program} could not be started: ${error.message}\n`);
        resolve();
      });
      child.unref();
    });
  } finally {
    closeSync(out);
  }
}
