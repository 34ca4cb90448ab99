// What is known while a script is read from top to bottom: variables, functions, the working directory.
import type {Function as ShellFunction} from 'unbash';
import type {Emit} from './facts.ts';
import {normalPath, quote} from './facts.ts';
import {hole, star} from './overlap.ts';
import {nothing, type Stream} from './output.ts';

/** Where files are found by their names; `dir` is undefined where the working directory is not known. */
export interface Here {
  readonly dir: string | undefined;
}

export interface Scope {
  readonly vars: Map<string, string>;
  readonly functions: Map<string, ShellFunction>;
  /** Absolute, as the text itself says; undefined: it does not say. */
  cwd: string | undefined;
  /** Undefined on another machine, or in a container: nothing there can be looked at. */
  here: Here | undefined;
  readonly input: Stream;
  readonly depth: number;
}

/** A file of this machine that a command reads, under the name that the command has for it. */
export interface Source {
  readonly name: string;
  readonly path: string;
  readonly text: string;
}

/** What the parts of the reader share. */
export interface Desk {
  readonly emit: Emit;
  /** Something that cannot be told; nothing where it stands in a file. */
  readonly doubt: (why: string, shown: string) => void;
  /** False when there was enough work for one text; a doubt says so then. */
  readonly spend: () => boolean;
  /** Where in the text that lies in a file the reader stands. */
  readonly mark: (pos: number) => void;
  /** Reads a text as a shell would; what it prints. */
  readonly text: (text: string, scope: Scope) => Stream;
  /** Does work on a text whose positions mean nothing to the file around it. */
  readonly inside: <T>(work: () => T) => T;
  /** Notes where a function stands. */
  readonly define: (defined: ShellFunction) => void;
  readonly call: (called: ShellFunction, args: readonly string[], scope: Scope) => Stream;
  /** Every statement of a text in SQL. */
  readonly sql: (text: string, scope: Scope) => void;
  /** The file that a command names, when it is here and its text is known. */
  readonly file: (name: string, scope: Scope) => Source | undefined;
  /** Reads a file as a shell would. */
  readonly script: (source: Source, scope: Scope) => Stream;
  /** Reads a file of statements in SQL. */
  readonly statements: (source: Source, scope: Scope) => void;
  /** Functions that were called, so that the others are read as well. */
  readonly called: Set<ShellFunction>;
}

export const deepest = 24;

export const freshScope = (vars: Readonly<Record<string, string>>, here?: Here): Scope => ({
  vars: new Map(Object.entries(vars)),
  functions: new Map(),
  cwd: undefined,
  here,
  input: nothing,
  depth: 0,
});

/** A subshell's: what changes in it does not change here. */
export const copyOf = (scope: Scope, changed: Partial<Scope> = {}): Scope => ({
  vars: new Map(scope.vars),
  functions: new Map(scope.functions),
  cwd: scope.cwd,
  here: scope.here,
  input: scope.input,
  depth: scope.depth,
  ...changed,
});

/** Another machine or another account's shell: nothing of here is known there. */
export const elsewhere = ({input, depth}: Scope): Scope => ({...freshScope({}), input, depth});

/** The working directory of another scope becomes this one's. */
export function follow(scope: Scope, {cwd, here}: Scope): void {
  scope.cwd = cwd;
  scope.here = here;
}

/** `cd`, to a folder that may not be known. */
export function moveTo(scope: Scope, to: string | undefined): void {
  const known = (from: string | undefined): string | undefined => {
    const place = to === undefined ? '' : located(to, from);
    return place.startsWith('/') && !marked.test(place) ? place : undefined;
  };
  scope.cwd = known(scope.cwd);
  scope.here &&= {dir: to === undefined || /^[~-]/.test(to) ? undefined : known(scope.here.dir)};
}

const marked = /[\uE000-\uE002]/;

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
  const same = (places: readonly (string | undefined)[]): string | undefined =>
    new Set(places).size === 1 ? places[0] : undefined;
  scope.cwd = same(sides.map(({cwd}) => cwd));
  scope.here &&= {dir: same(sides.map(({here}) => here?.dir))};
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
