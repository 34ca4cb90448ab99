// One command by its words: what it writes, assigns and says to databases, and every command that it starts.
import {statementsOf} from './clients.ts';
import {quote} from './facts.ts';
import {isNamed} from './expand.ts';
import {hasHole, hole} from './overlap.ts';
import {nothing, outputOf, type Stream} from './output.ts';
import {copyOf, deepest, elsewhere, emitAssign, emitWrite, moveTo, type Desk, type Scope} from './scope.ts';
import {runProgram, runScript, sourced} from './scripts.ts';
import {split} from './options.ts';
import {appendedTo, executedByFind, innerOf, isPosixShell, isShell, type Inner} from './wrappers.ts';
import {startsOfFind, writesOf} from './writes.ts';

/** What reads a text as commands, or appends words to one. */
const starters = /^(?:eval|trap|alias|xargs|parallel)$/;

/** Reads one command; what it prints. The words may hold gaps. */
export function command(words: readonly string[], scope: Scope, desk: Desk): Stream {
  const [word, ...args] = words;
  if (word === undefined) return nothing;
  const shown = quote(words.join(' '));
  if (!desk.spend()) return nothing;
  if (scope.depth > deepest) {
    desk.doubt('it is nested too deeply to be read', shown);
    return nothing;
  }
  const program = word.slice(word.lastIndexOf('/') + 1);
  const inner = innerOf(program, args);
  desk.emit({
    at: 'command',
    words,
    shown,
    ...(scope.cwd === undefined ? {} : {cwd: scope.cwd}),
    ...((inner === undefined || inner.at === 'script') && !starters.test(program) ? {} : {starts: true}),
  });
  if (!isNamed(word)) {
    desk.doubt('which command it runs stands in a variable or comes out of another command', shown);
    if (word === hole && args.length > 0) command(args, {...scope, depth: scope.depth + 1}, desk);
    return {at: 'unknown', decoded: false};
  }
  const called = scope.functions.get(word);
  if (called !== undefined) return desk.call(called, args, scope);
  for (const write of writesOf(program, args)) emitWrite(desk, scope, write, shown);
  for (const [name, value] of assignmentsOf(program, args)) {
    emitAssign(desk, name, value);
    if (isBuiltin(program)) scope.vars.set(name, value);
  }
  const statements = statementsOf(program, args);
  if (statements !== undefined) {
    for (const sql of statements.sql) desk.sql(sql, scope);
    for (const file of statements.files) sqlFromFile(file, scope, desk);
    if (statements.readsStdin) sqlFromStdin(scope, desk, shown);
  }
  return (
    builtin(program, args, scope, desk) ??
    (inner === undefined ? runProgram(word, args, {scope, desk}) : undefined) ??
    started(program, args, {scope, desk, shown, inner})
  );
}

function sqlFromFile(file: string, scope: Scope, desk: Desk): void {
  const source = desk.file(file, scope);
  if (source !== undefined) desk.statements(source, scope);
}

function sqlFromStdin({input, ...scope}: Scope, desk: Desk, shown: string): void {
  if (input.at === 'text') {
    if (input.from === undefined) desk.sql(input.text, {...scope, input});
    else desk.statements(input.from, {...scope, input});
  }
  if (input.at === 'unknown') desk.doubt('its statements come out of another command', shown);
}

const isBuiltin = (program: string): boolean => /^(?:export|declare|typeset|local|readonly)$/.test(program);

/** Programs with `NAME=value` among their arguments, or behind `-e` and `--env`. */
const settersOfEnv =
  /^(?:docker|podman|nerdctl|docker-compose|kubectl|oc|systemctl|systemd-run|heroku|dokku|fly|flyctl|make|gmake|launchctl|export|declare|typeset|local|readonly|setenv)$/;

function assignmentsOf(program: string, args: readonly string[]): [string, string][] {
  if (!settersOfEnv.test(program)) return [];
  const found = args.flatMap((arg): [string, string][] => {
    const text = /^(?:-[eE]|--(?:env|setenv)=)([A-Za-z_].*)$/s.exec(arg)?.[1] ?? arg;
    const [name, value] = split(text);
    return /^[A-Za-z_]\w*$/.test(name) && value !== undefined ? [[name, value]] : [];
  });
  const verb = args.findIndex(arg => /^setenv$/.test(arg));
  const pair = program === 'setenv' ? args : verb === -1 ? [] : args.slice(verb + 1);
  const [name, value] = pair;
  return name !== undefined && value !== undefined ? [...found, [name, value]] : found;
}

/** What changes the shell itself, or makes it read a text; undefined for every other program. */
function builtin(program: string, args: readonly string[], scope: Scope, desk: Desk): Stream | undefined {
  const shown = quote([program, ...args].join(' '));
  const inner = {...scope, depth: scope.depth + 1};
  switch (program) {
    case 'cd':
    case 'pushd': {
      moveTo(scope, args.findLast(arg => !/^-./.test(arg)) ?? '~');
      return nothing;
    }
    case 'popd':
      moveTo(scope, undefined);
      return nothing;
    case 'unset':
    case 'read':
    case 'mapfile':
    case 'readarray':
      for (const name of args) scope.vars.delete(name);
      return nothing;
    case 'eval':
      desk.doubt('it uses eval', shown);
      return desk.text(args.join(' '), inner);
    case 'trap':
      if (args.length > 1) desk.text(args[0] ?? '', copyOf(inner));
      return nothing;
    case 'alias':
      for (const arg of args) desk.text(split(arg)[1] ?? '', copyOf(inner));
      return nothing;
    case '.':
    case 'source':
      if (args[0] !== undefined && hasHole(args[0])) desk.doubt('which script it reads is not known', shown);
      if (args[0] === '/dev/stdin') return run({at: 'stdin', elsewhere: false}, {scope, desk, shown});
      return sourced(args[0] ?? '', args.slice(1), {scope, desk}) ?? {at: 'unknown', decoded: false};
    default:
      return undefined;
  }
}

interface Started {
  readonly inner?: Inner | undefined;
  readonly scope: Scope;
  readonly desk: Desk;
  readonly shown: string;
}

/** Commands inside this one; what the whole prints. */
function started(program: string, args: readonly string[], {scope, desk, shown, inner}: Started): Stream {
  const next = {...scope, depth: scope.depth + 1};
  if (program === 'find') {
    const found = startsOfFind(args).flatMap(path => [path, `${path.replace(/\/+$/, '')}/${hole}`]);
    for (const words of executedByFind(args, found)) command(words, copyOf(next), desk);
  }
  if (program === 'xargs' || program === 'parallel') return appended(args, {scope: next, desk, shown});
  if (program === 'at' || program === 'batch')
    return run({at: 'stdin', elsewhere: false}, {scope: next, desk, shown});
  if (inner?.at === 'script') {
    const reading = isPosixShell(program)
      ? runScript(inner.file, inner.args, {scope: next, desk})
      : undefined;
    return reading ?? outputOf(program, args, scope.input);
  }
  return inner === undefined ? outputOf(program, args, scope.input) : run(inner, {scope: next, desk, shown});
}

function run(inner: Exclude<Inner, {at: 'script'}>, {scope, desk, shown}: Started): Stream {
  if (inner.at === 'words') {
    for (const assignment of inner.assigns) {
      const [name, value] = split(assignment);
      emitAssign(desk, name, value ?? '');
    }
    return command(inner.words, copyOf(scope, inner.apart ? {here: undefined} : {}), desk);
  }
  const there = inner.elsewhere ? elsewhere(scope) : copyOf(scope);
  if (inner.at === 'stdin') {
    if (scope.input.at === 'unknown') {
      const from = scope.input.decoded ? 'a decoder, or comes from the network' : 'another command';
      desk.doubt(`what the shell runs comes out of ${from}`, shown);
    }
    if (scope.input.at !== 'text') return nothing;
    const {text, from} = scope.input;
    return from === undefined
      ? desk.text(text, {...there, input: nothing})
      : desk.script(from, {...there, input: nothing});
  }
  if (inner.text.trim() === hole) {
    desk.doubt('the text that the shell runs stands in a variable or comes out of another command', shown);
    return {at: 'unknown', decoded: false};
  }
  for (const [i, arg] of (inner.args ?? []).entries()) there.vars.set(String(i), arg);
  return desk.text(inner.text, there);
}

const mostAppended = 200;

/** `xargs rm -rf` with what it reads; where that is not known, with a gap. */
function appended(args: readonly string[], {scope, desk}: Started): Stream {
  const {words, replace} = appendedTo(args);
  const read =
    scope.input.at === 'text' ? scope.input.text.split(/[\s\0]+/).filter(word => word !== '') : [hole];
  const added = read.length > mostAppended ? [...read.slice(0, mostAppended), hole] : read;
  const inner = copyOf(scope, {input: nothing});
  const [program = ''] = words;
  if (replace === undefined) {
    const whole = [...words, ...added];
    // GNU parallel reads a single word with blanks as a text.
    return isShell(program) || !program.includes(' ')
      ? command(whole, inner, desk)
      : desk.text(whole.join(' '), inner);
  }
  for (const item of added)
    command(
      words.map(word => word.replaceAll(replace, item)),
      copyOf(inner),
      desk,
    );
  return {at: 'unknown', decoded: false};
}
