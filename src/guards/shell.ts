// Reads a text as a shell would, from top to bottom, and says what every simple command in it would do.
import {
  forEachChild,
  parse,
  type Assignment,
  type CommandNode,
  type CompoundCommand,
  type CompoundList,
  type Function as ShellFunction,
  type ParsedScript,
  type PipelineNode,
  type Redirection,
  type Command,
  type Script,
  type Statement,
  type SyntaxNode,
  type Word,
} from 'unbash';
import {command} from './command.ts';
import {expand, expandParts, expandWhole, type Expanding} from './expand.ts';
import {quote} from './facts.ts';
import {hole} from './overlap.ts';
import {nothing, textStream, together, type Stream} from './output.ts';
import {agree, copyOf, deepest, emitAssign, emitWrite, follow, type Desk, type Scope} from './scope.ts';

/** Nobody writes more than this into a step; the parser takes its time with some texts that are longer. */
const longestText = 256 * 1024;

/** Reads `text`; what it would print, where that can be told. */
export function readShell(text: string, scope: Scope, desk: Desk): Stream {
  if (scope.depth > deepest) {
    desk.doubt('it is nested too deeply to be read', quote(text));
    return nothing;
  }
  const before = new Set(scope.functions.values());
  const inner = {...scope, depth: scope.depth + 1};
  if (text.length > longestText) desk.doubt('it is too long to be read to its end', '');
  const start = text.slice(0, longestText);
  const output = script(parse(start), inner, desk, start);
  for (const body of inner.functions.values()) {
    // Somebody may call it later, with arguments that are not known.
    if (!before.has(body) && !desk.called.has(body)) desk.call(body, [], inner);
  }
  follow(scope, inner);
  return output;
}

function script(parsed: ParsedScript, scope: Scope, desk: Desk, source: string): Stream {
  const [error] = parsed.errors ?? [];
  if (error !== undefined)
    desk.doubt(`it cannot be parsed (${error.message})`, quote(source.slice(error.pos)));
  return list(parsed, scope, desk);
}

/** Reads the body of a function that was called, with its arguments. */
export function callFunction(
  called: ShellFunction,
  args: readonly string[],
  scope: Scope,
  desk: Desk,
): Stream {
  desk.called.add(called);
  const inner = copyOf(scope, {depth: scope.depth + 1});
  for (const [i, arg] of args.entries()) inner.vars.set(String(i + 1), arg);
  inner.vars.set('@', args.join(' ')).set('*', args.join(' '));
  // A function that calls itself is read once.
  for (const [name, body] of scope.functions) if (body === called) inner.functions.delete(name);
  return called.body.type === 'CompoundList'
    ? list(called.body, inner, desk)
    : node(called.body, inner, desk);
}

function list({commands}: CompoundList | Script, scope: Scope, desk: Desk): Stream {
  let output = nothing;
  for (const statement of commands) output = together(output, one(statement, scope, desk));
  return output;
}

const one = ({command: inner}: Statement, scope: Scope, desk: Desk): Stream => {
  if (inner.type !== 'AndOr') return pipelineOr(inner, scope, desk);
  let output = nothing;
  for (const part of inner.commands) output = together(output, pipelineOr(part, scope, desk));
  return output;
};

function pipelineOr(part: PipelineNode, scope: Scope, desk: Desk): Stream {
  if (part.type !== 'Pipeline') return node(part, scope, desk);
  const [only, ...more] = part.commands;
  if (only !== undefined && more.length === 0) return node(only, scope, desk);
  let {input} = scope;
  for (const stage of part.commands) input = node(stage, copyOf(scope, {input}), desk);
  return input;
}

function node(part: CommandNode, scope: Scope, desk: Desk): Stream {
  switch (part.type) {
    case 'Command':
      return simple(part, scope, desk);
    case 'Redirected': {
      desk.mark(part.pos);
      const input = redirected(part.redirects, scope, desk) ?? scope.input;
      return node(part.command, {...scope, input}, desk);
    }
    case 'Function':
      scope.functions.set(part.name.value, part);
      desk.define(part);
      return nothing;
    case 'Coproc':
      return part.body.type === 'CompoundList'
        ? list(part.body, copyOf(scope), desk)
        : node(part.body, copyOf(scope), desk);
    case 'If':
    case 'For':
    case 'Select':
    case 'While':
    case 'ArithmeticFor':
    case 'Case':
    case 'Subshell':
    case 'BraceGroup':
    case 'TestCommand':
    case 'ArithmeticCommand':
      return compound(part, scope, desk);
  }
}

function compound(part: CompoundCommand, scope: Scope, desk: Desk): Stream {
  switch (part.type) {
    case 'Subshell':
      return list(part.body, copyOf(scope), desk);
    case 'BraceGroup':
      return list(part.body, scope, desk);
    case 'If': {
      list(part.clause, scope, desk);
      const branches = [
        part.then,
        ...part.elif.map(({then}) => then),
        ...(part.else === undefined ? [] : [part.else]),
      ];
      for (const {clause} of part.elif) list(clause, scope, desk);
      return branch(branches, scope, desk, part.else === undefined);
    }
    case 'Case':
      expandWhole(part.word, expanding(scope, desk));
      return branch(
        part.items.map(({body}) => body),
        scope,
        desk,
        true,
      );
    case 'While':
      list(part.clause, scope, desk);
      return branch([part.body], scope, desk, true);
    case 'For':
    case 'Select':
      return loop(part.name, part.wordlist, part.body, {scope, desk});
    case 'ArithmeticFor':
      return branch([part.body], scope, desk, true);
    case 'TestCommand':
    case 'ArithmeticCommand':
      substitutions(part, scope, desk);
      return nothing;
  }
}

/** Each branch on its own; afterwards only what all of them say is known. */
function branch(bodies: readonly CompoundList[], scope: Scope, desk: Desk, mayBeNone: boolean): Stream {
  const sides = bodies.map(() => copyOf(scope));
  let output = nothing;
  for (const [i, body] of bodies.entries()) {
    const side = sides[i];
    if (side !== undefined) output = together(output, list(body, side, desk));
  }
  agree(scope, mayBeNone ? [...sides, copyOf(scope)] : sides);
  return output;
}

const mostRounds = 16;

function loop(
  name: Word,
  words: readonly Word[] | undefined,
  body: CompoundList,
  {scope, desk}: {scope: Scope; desk: Desk},
): Stream {
  const by = expanding(scope, desk);
  const values = words?.flatMap(word => expand(word, by)) ?? [hole];
  const rounds = values.length > mostRounds ? [hole] : values;
  const sides = rounds.map(() => copyOf(scope));
  let output = nothing;
  for (const [i, value] of rounds.entries()) {
    const side = sides[i];
    if (side === undefined) continue;
    if (value === hole) side.vars.delete(name.value);
    else side.vars.set(name.value, value);
    output = together(output, list(body, side, desk));
  }
  agree(scope, [...sides, copyOf(scope)]);
  return output;
}

function simple(part: Command, scope: Scope, desk: Desk): Stream {
  desk.mark(part.pos);
  const by = expanding(scope, desk);
  const words = [...(part.name === undefined ? [] : expand(part.name, by))];
  for (const arg of part.args) {
    if (arg.type === 'Word') words.push(...expand(arg, by));
    else words.push(`${arg.name}${arg.append === true ? '+' : ''}=${assigned(arg, by)}`);
  }
  for (const assignment of part.prefix) {
    if (assignment.type !== 'Assignment') continue;
    const value = assigned(assignment, by);
    emitAssign(desk, assignment.name, value);
    if (words.length > 0) continue;
    if (value.includes(hole) || assignment.append === true) scope.vars.delete(assignment.name);
    else scope.vars.set(assignment.name, value);
  }
  const before = redirected(part.redirects, scope, desk);
  if (words.length === 0) return nothing;
  if (before === undefined) return command(words, scope, desk);
  const inner = {...scope, input: before};
  const output = command(words, inner, desk);
  follow(scope, inner);
  return output;
}

function assigned({value}: Assignment, by: Expanding): string {
  if (value.type === 'Word') return expandWhole(value, by);
  for (const element of value.elements) expand(element, by);
  return hole;
}

/** Files that redirections write; what they give as standard input, when they do. */
function redirected(redirects: readonly Redirection[], scope: Scope, desk: Desk): Stream | undefined {
  const by = expanding(scope, desk);
  let input: Stream | undefined;
  for (const redirect of redirects) {
    if (redirect.type === 'HereDoc') {
      const {body, operator} = redirect;
      const text = body.parts === undefined ? body.text : expandParts(body.parts, by);
      input = textStream(operator === '<<-' ? text.replaceAll(/^\t+/gm, '') : text);
      continue;
    }
    const target = redirect.target === undefined ? '' : expandWhole(redirect.target, by);
    if (redirect.type === 'HereString') input = textStream(`${target}\n`);
    else if (redirect.operator === '<' || redirect.operator === '<&') {
      const from = redirect.operator === '<' ? desk.file(target, scope) : undefined;
      input =
        redirect.target?.parts?.some(({type}) => type === 'ProcessSubstitution') === true
          ? {at: 'unknown', decoded: false}
          : from === undefined
            ? nothing
            : {at: 'text', text: from.text, from};
    } else if (redirect.operator !== '>&' || !/^(?:\d+-?|-)$/.test(target)) {
      emitWrite(desk, scope, {path: target, deep: false}, quote(`${redirect.operator} ${target}`));
    }
  }
  return input;
}

function expanding(scope: Scope, desk: Desk): Expanding {
  return {
    vars: scope.vars,
    run: (inner, how) => {
      if (inner === undefined || scope.depth > deepest) {
        desk.doubt('a substitution in it cannot be parsed', '');
        return undefined;
      }
      const output = desk.inside(() =>
        script(
          inner,
          copyOf(scope, {depth: scope.depth + 1, ...(how === 'file' ? {input: nothing} : {})}),
          desk,
          '',
        ),
      );
      return output.at === 'text' ? output.text : output.at === 'none' ? '' : undefined;
    },
  };
}

/** Commands in `$( )` anywhere below a node that is no command itself. */
function substitutions(part: SyntaxNode, scope: Scope, desk: Desk): void {
  forEachChild(part, child => {
    if (
      child.type === 'CommandExpansion' ||
      child.type === 'ProcessSubstitution' ||
      child.type === 'ArithmeticCommandExpansion'
    ) {
      expanding(scope, desk).run(child.script, 'output');
    } else substitutions(child, scope, desk);
  });
}
