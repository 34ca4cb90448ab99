// Programs for checks to find on their PATH.
import {spawn} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {onTestFinished} from 'vitest';
import type {CheckContext} from '../../src/define.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {tempDir} from '../helpers/temp.ts';

/** A folder with the given programs, each a Node script. */
export function withPrograms(scripts: Readonly<Record<string, string>>): string {
  const dir = tempDir();
  for (const [name, script] of Object.entries(scripts))
    writeFileSync(path.join(dir, name), `#!${process.execPath}\n${script}\n`, {mode: 0o755});
  return dir;
}

/** An environment whose PATH has only these. */
export const programs = (scripts: Readonly<Record<string, string>>): Partial<CheckContext> => ({
  env: fakeEnv({PATH: withPrograms(scripts)}),
});

export const nodePath = (): Partial<CheckContext> => ({env: fakeEnv({PATH: path.dirname(process.execPath)})});

/** A systemctl that answers with these properties. */
export const systemctl = (said: string): Partial<CheckContext> =>
  programs({systemctl: `process.stdout.write(${JSON.stringify(said)})`});

/** A process that waits for its input, with these words and this environment; it ends with the test. */
export async function waiting(
  words: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<number> {
  const child = spawn('sh', ['-c', 'echo up; read -r line', ...words], {
    env: {...env, PATH: process.env['PATH'] ?? ''},
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await new Promise(resolve => child.stdout.once('data', resolve));
  return child.pid ?? 0;
}

let names = 0;

/** A word that no other process on this machine has in its command line. */
export const ownName = (word: string): string => `${word}-${process.pid}-${(names += 1)}`;

/** A process of its own that listens on a free port of this machine. */
export async function listening(
  address = '127.0.0.1',
): Promise<{readonly program: string; readonly port: number; readonly pid: number}> {
  const program = ownName('listener');
  const script =
    'const s = require("net").createServer().listen(0, process.argv[2], () => console.log(s.address().port))';
  const child = spawn(process.execPath, ['-e', script, program, address], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const said = await new Promise<Buffer>(resolve => child.stdout.once('data', resolve));
  return {program, port: Number(said.toString()), pid: child.pid ?? 0};
}
