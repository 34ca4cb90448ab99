// Scripts that lie in files of this machine: read as the shell that runs them would.
import type {Stream} from './output.ts';
import {copyOf, follow, type Desk, type Scope, type Source} from './scope.ts';
import {isPosixShell} from './wrappers.ts';

interface Reading {
  readonly scope: Scope;
  readonly desk: Desk;
}

/** `sh FILE args`: a shell of its own; undefined when the file is not known. */
export function runScript(file: string, args: readonly string[], {scope, desk}: Reading): Stream | undefined {
  const source = desk.file(file, scope);
  return source && run(source, args, {scope, desk});
}

/** A program by its path, when it is a script for a shell. */
export function runProgram(word: string, args: readonly string[], reading: Reading): Stream | undefined {
  if (!word.includes('/') || installed.test(word)) return undefined;
  const source = reading.desk.file(word, reading.scope);
  return source !== undefined && isForShell(source) ? run(source, args, reading) : undefined;
}

/** `. FILE args`: what it sets and where it goes is so afterwards. */
export function sourced(file: string, args: readonly string[], {scope, desk}: Reading): Stream | undefined {
  const source = desk.file(file, scope);
  if (source === undefined) return undefined;
  const inner = {...scope, depth: scope.depth + 1};
  if (args.length > 0) give(inner, args);
  const output = desk.script(source, inner);
  follow(scope, inner);
  return output;
}

function run(source: Source, args: readonly string[], {scope, desk}: Reading): Stream {
  const inner = copyOf(scope, {functions: new Map(), depth: scope.depth + 1});
  inner.vars.set('0', source.name);
  give(inner, args);
  return desk.script(source, inner);
}

function give({vars}: Scope, args: readonly string[]): void {
  for (const [i, arg] of args.entries()) vars.set(String(i + 1), arg);
  vars.set('@', args.join(' ')).set('*', args.join(' '));
}

/** What comes with the system is no script of the site. */
const installed = /^\/(?:usr\/)?s?bin\//;

/** By its first line, else by its name. */
function isForShell({name, text}: Source): boolean {
  const [, interpreter, word = ''] = /^#!\s*(\S+)(?:[ \t]+(?:-S[ \t]+)?(\S+))?/.exec(text) ?? [];
  if (interpreter === undefined) return /\.(?:sh|bash|ksh|zsh)$/.test(name);
  const program = baseOf(interpreter);
  return isPosixShell(program === 'env' ? baseOf(word) : program);
}

const baseOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
