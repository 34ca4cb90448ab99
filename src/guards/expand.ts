// Words of a shell as the program gets them: quotes taken off, known variables put in, gaps where nothing is known.
import {parse, type ParsedScript, type ParameterExpansionPart, type Word, type WordPart} from 'unbash';
import {hasHole, hole, single, star} from './overlap.ts';

export interface Expanding {
  /** Variables with known values; `1`, `2` … are the arguments of a function or script. */
  readonly vars: ReadonlyMap<string, string>;
  /** Judges the commands of a substitution; what it prints, where that is known. */
  readonly run: (script: ParsedScript | undefined, how: 'output' | 'file') => string | undefined;
}

/** Fields are cut off here: what is longer is no command that somebody wrote. */
const mostFields = 256;
const longestField = 1 << 18;
const mostPieces = 64;

/** The fields that a word becomes: one, or several where braces or unquoted values split it, or none. */
export function expand(word: Word, by: Expanding): string[] {
  const pieces = partsOf(word);
  if (pieces.length === 0) return [tilde(word.value, word.text, by)];
  let fields = [''];
  let isQuoted = false;
  for (const [i, part] of pieces.entries()) {
    isQuoted ||= /Quoted|Literal|Locale/.test(part.type);
    const values =
      i === 0 && part.type === 'Literal'
        ? [tilde(part.value, part.text, by)]
        : valuesOf(part, by, pieces.length);
    fields = join(fields, values, part.type === 'BraceExpansion');
  }
  return fields.length === 1 && fields[0] === '' && !isQuoted && pieces.length > 0 ? [] : fields;
}

/** One field, for places where nothing is split: assignments, redirections, here-documents. */
export const expandWhole = (word: Word, by: Expanding): string => {
  const pieces = partsOf(word);
  if (pieces.length === 0) return tilde(word.value, word.text, by);
  const [first, ...rest] = pieces;
  return first?.type === 'Literal'
    ? `${tilde(first.value, first.text, by)}${expandParts(rest, by)}`
    : expandParts(pieces, by);
};

/** What is longer than anybody writes is not known. */
export function expandParts(parts: readonly WordPart[], by: Expanding): string {
  const text = parts.map(part => textOf(part, by)).join('');
  return text.length > longestField ? hole : text;
}

const partsOf = (word: Word): readonly WordPart[] => word.parts ?? [];

function tilde(value: string, text: string, {vars}: Expanding): string {
  if (!text.startsWith('~')) return value;
  const home = text === '~' || text.startsWith('~/') ? vars.get('HOME') : undefined;
  return value.replace(/^~[^/]*/, () => home ?? hole);
}

/** Last field of the first, first field of the next belong together; braces multiply. */
function join(fields: readonly string[], values: readonly string[], multiplies: boolean): string[] {
  if (fields.length * values.length > mostFields) return [hole];
  if (multiplies) return fields.flatMap(field => values.map(value => `${field}${value}`));
  const [first = '', ...rest] = values;
  const glued = `${fields.at(-1) ?? ''}${first}`;
  return [...fields.slice(0, -1), glued.length > longestField ? hole : glued, ...rest];
}

/** What a part becomes: an unquoted known value is split at blanks, as the shell does, and `"$@"` into the arguments. */
function valuesOf(part: WordPart, by: Expanding, pieces: number): string[] {
  if (part.type === 'BraceExpansion') return pieces > mostPieces ? [star] : bracesOf(part.text, by);
  const value = textOf(part, by);
  const isOpen = /^(?:Simple|Parameter|Command)Expansion$/.test(part.type) || part.text === '"$@"';
  const isSplit = isOpen && /\s/.test(value);
  return isSplit ? value.trim().split(/\s+/) : [value];
}

function textOf(part: WordPart, by: Expanding): string {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return part.value;
    case 'DoubleQuoted':
    case 'LocaleString':
      return part.parts.map(inner => textOf(inner, by)).join('');
    case 'Glob':
      return part.kind === 'star' ? star : single;
    case 'ExtendedGlob':
      return star;
    case 'SimpleExpansion':
      return by.vars.get(part.text.slice(1)) ?? hole;
    case 'ParameterExpansion':
      return parameter(part, by);
    case 'CommandExpansion':
      return by.run(part.script, 'output')?.replace(/\n+$/, '') ?? hole;
    case 'ProcessSubstitution':
      by.run(part.script, 'file');
      return hole;
    case 'ArithmeticExpansion':
      return hole;
    case 'BraceExpansion':
      return part.text;
  }
}

/** `${NAME}` and `${NAME:-value}`; other operations give what nobody knows. */
function parameter(
  {parameter: name, prefix, index, operation}: ParameterExpansionPart,
  by: Expanding,
): string {
  const known = prefix === undefined && index === undefined ? by.vars.get(name) : undefined;
  if (operation === undefined) return known ?? hole;
  if (operation.type !== 'Default') return hole;
  const operand = expandWhole(operation.operand, by);
  if (operation.operator.endsWith('?')) return known ?? hole;
  if (operation.operator.endsWith('+')) return known === undefined ? hole : operand;
  return known === undefined || known === '' ? operand : known;
}

/** `{a,b}` as its alternatives; ranges and what is too deep as a gap that the shell fills. */
function bracesOf(text: string, by: Expanding): string[] {
  const inner = text.slice(1, -1);
  if (text.length > 4096 || !inner.includes(',')) return [star];
  const alternatives: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= inner.length; at++) {
    const char = inner.charAt(at);
    if (char === '{') depth++;
    else if (char === '}') depth--;
    else if ((char === ',' && depth === 0) || char === '') {
      alternatives.push(inner.slice(from, at));
      from = at + 1;
    }
  }
  if (depth > 0 || alternatives.length > 64) return [star];
  return alternatives.flatMap(alternative => {
    if (alternative === '') return [''];
    const [statement] = parse(`x ${alternative}`).commands;
    const command = statement?.command;
    if (command?.type !== 'Command') return [star];
    const fields = command.args.flatMap(arg => (arg.type === 'Word' ? expand(arg, by) : [arg.text]));
    return fields.length === 0 ? [''] : fields;
  });
}

/** Whether a program's name is known: one that holds a gap is not. */
export const isNamed = (word: string): boolean =>
  !hasHole(word) && !word.includes(star) && !word.includes(single);
