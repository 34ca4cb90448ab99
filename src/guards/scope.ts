// What is known while a script is read from top to bottom: variables, functions, the working directory.
import type {Function as ShellFunction} from 'unbash';
import type {Emit} from './facts.ts';
import {normalPath, quote} from './facts.ts';
import {hole, star} from './overlap.ts';
import {nothing, type Stream} from './output.ts';

export interface Scope {
  readonly vars: Map<string, string>;
  readonly functions: Map<string, ShellFunction>;
  /** Absolute; undefined: not known. */
  cwd: string | undefined;
  readonly input: Stream;
  readonly depth: number;
}

/** What the parts of the reader share. */
export interface Desk {
  readonly emit: Emit;
  readonly doubt: (why: string, shown: string) => void;
  /** False when there was enough work for one text; a doubt says so then. */
  readonly spend: () => boolean;
  /** Reads a text as a shell would; what it prints. */
  readonly text: (text: string, scope: Scope) => Stream;
  readonly call: (called: ShellFunction, args: readonly string[], scope: Scope) => Stream;
  /** Every statement of a text in SQL. */
  readonly sql: (text: string, scope: Scope) => void;
  /** Functions that were called, so that the others are read as well. */
  readonly called: Set<ShellFunction>;
}

export const deepest = 24;

export const freshScope = (vars: Readonly<Record<string, string>>): Scope => ({
  vars: new Map(Object.entries(vars)),
  functions: new Map(),
  cwd: undefined,
  input: nothing,
  depth: 0,
});

/** A subshell's: what changes in it does not change here. */
export const copyOf = (scope: Scope, changed: Partial<Scope> = {}): Scope => ({
  vars: new Map(scope.vars),
  functions: new Map(scope.functions),
  cwd: scope.cwd,
  input: scope.input,
  depth: scope.depth,
  ...changed,
});

/** Another machine or another account's shell: nothing of here is known there. */
export const elsewhere = ({input, depth}: Scope): Scope => ({...freshScope({}), input, depth});

/** An absolute path where the working directory is known. */
export function located(path: string, cwd: string | undefined): string {
  return normalPath(
    path.startsWith('/') || cwd === undefined || path.startsWith(hole) ? path : `${cwd}/${path}`,
  );
}

/** Variables that a branch may have changed are known only where both sides agree. */
export function agree(scope: Scope, sides: readonly Scope[]): void {
  for (const name of new Set(sides.flatMap(side => [...side.vars.keys()]))) {
    const values = new Set(sides.map(side => side.vars.get(name)));
    const [value] = values;
    if (values.size === 1 && value !== undefined) scope.vars.set(name, value);
    else scope.vars.delete(name);
  }
  const places = new Set(sides.map(side => side.cwd));
  scope.cwd = places.size === 1 ? [...places][0] : undefined;
  for (const side of sides) for (const [name, body] of side.functions) scope.functions.set(name, body);
}

/** Emits a file that is written; what every program may write to is left out. */
export function emitWrite(
  desk: Desk,
  scope: Scope,
  {path, deep}: {path: string; deep: boolean},
  shown: string,
): void {
  if (path === '' || path === '-' || /^\/dev\/(?:null|zero|std\w+|tty|fd\/\d+)$/.test(path)) return;
  const remote = /^[\w.@-]+:(?=[/~.\w])/.exec(path);
  const place = remote === null ? located(path, scope.cwd) : normalPath(path.slice(remote[0].length));
  desk.emit({at: 'write', path: place, deep: deep || place.endsWith(`/${star}`), shown});
}

export function emitAssign(desk: Desk, name: string, value: string): void {
  desk.emit({at: 'assign', name, value, shown: quote(`${name}=${value}`)});
}
