// Runs the real program to its end, under strace or bare, and says what it said.
import {spawn} from 'node:child_process';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

export interface Said {
  readonly status: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

export interface Place {
  /** A private folder; the data directory is `home` in it. */
  readonly dir: string;
  readonly home: string;
}

export const placeIn = (dir: string): Place => ({dir, home: path.join(dir, 'data')});

/** The words of a command line on the data directory of `place`. */
export const quarterdeck = ({home}: Place, ...words: readonly string[]): [string, ...string[]] => [
  process.execPath,
  path.join(root, 'bin/quarterdeck'),
  '--home',
  home,
  ...words,
];

export const holdSet = (place: Place, reason: string): [string, ...string[]] =>
  quarterdeck(place, 'ledger', 'hold', 'set', '--all', '--reason', reason, '--json');

const limitMs = 60_000;

export async function run([command, ...args]: readonly [string, ...string[]], {dir}: Place): Promise<Said> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: dir,
      env: {PATH: process.env['PATH'] ?? '', HOME: dir, LANG: 'C.UTF-8', QUARTERDECK_SITE: dir},
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: limitMs,
      killSignal: 'SIGKILL',
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.on('error', reject);
    child.on('close', (status, signal) => {
      resolve({status, signal, out, err});
    });
  });
}

/** The `seq` that the program acknowledged, from what it printed; undefined when it acknowledged nothing. */
export function acknowledged({out}: Said): number | undefined {
  const match = /"seq":(\d+)/.exec(out);
  return match?.[1] === undefined ? undefined : Number(match[1]);
}

/** What a failure says: the message of the error object with --json, else the first line on standard error. */
const complaint = ({out, err}: Said): string =>
  /"error":\{.*?"message":"((?:[^"\\]|\\.)*)"/.exec(out)?.[1] ??
  err.split('\n').find(text => text.trim() !== '') ??
  '';

/** Whether it said why it did not do it. */
export const complained = (said: Said): boolean => complaint(said) !== '';

/** What went wrong in one line, without what differs between runs. */
export const message = (said: Said, {dir}: Place): string =>
  complaint(said)
    .replaceAll(dir, 'DIR')
    .replaceAll(/\bpid \d+/g, 'pid N')
    .replace(/^quarterdeck: /, '')
    .trim();
