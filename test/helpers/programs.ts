// Programs that tests start: Node, and what sh builds in, are all that a machine must have. What is bundled is run bundled.
import {spawnSync} from 'node:child_process';
import {join, resolve} from 'node:path';

export const root = resolve(import.meta.dirname, '../..');

/** A file of dist/, which the global setup builds: it starts several times as fast as its source. */
export const bundle = (name: string): string => join(root, 'dist', name);

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** A shell line that runs a Node script; `$1` and so on are not expanded in it. */
export const nodeLine = (script: string): string => `${quoted(process.execPath)} -e ${quoted(script)}`;

/** A shell line that takes this long, as `sleep` would where it is installed. */
export const pauseLine = (ms: number): string => nodeLine(`setTimeout(() => {}, ${ms})`);

/** An argument vector that takes this long. */
export const pauseArgv = (ms: number): [string, ...string[]] => [
  process.execPath,
  '-e',
  `setTimeout(() => {}, ${ms})`,
];

/** Whether a program that a bare machine lacks is here; tests that cannot do without it are skipped by name. */
export const isInstalled = (program: string): boolean =>
  spawnSync(program, ['--version']).error === undefined;
