// Patterns of guards held against facts: yes, no, or maybe where the fact has a gap.
import {envPattern, patternWords} from '../domain/guard-pattern.ts';
import {normalPath, type Fact} from './facts.ts';
import {readOptions, type ReadOptions} from './options.ts';
import {hasHole, hole, overlaps, wildcard, type Pattern} from './overlap.ts';
import {located} from './scope.ts';
import type {StandingGuard} from './types.ts';

export type Match = 'yes' | 'maybe' | 'no';

export interface Matcher {
  readonly guard: StandingGuard;
  /** The pattern as it is written, with its kind: `argv: rm -rf /data`. */
  readonly pattern: string;
  readonly match: (fact: Fact) => Match;
}

/** Every pattern of every guard, ready to be held against facts; a fact that matches any of them is refused. */
export const matchersOf = (guards: readonly StandingGuard[]): readonly Matcher[] =>
  guards.flatMap(guard => {
    const known = prepared.get(guard) ?? prepare(guard);
    prepared.set(guard, known);
    return known;
  });

/** Patterns are read once for each guard: the shipped ones are many, and the same for every step. */
const prepared = new WeakMap<StandingGuard, readonly Matcher[]>();

const prepare = (guard: StandingGuard): readonly Matcher[] => [
  ...guard.argv.map(text => ({guard, pattern: `argv: ${text}`, match: argvMatch(text)})),
  ...guard.sql.map(text => ({guard, pattern: `sql: ${text}`, match: sqlMatch(text)})),
  ...guard.path.map(text => ({guard, pattern: `path: ${text}`, match: pathMatch(text)})),
  ...guard.env.map(text => ({guard, pattern: `env: ${text}`, match: envMatch(text)})),
];

/** Where a text with a gap can be what the pattern wants, nobody can say that it is. */
const certainty = (matches: boolean, ...texts: readonly string[]): Match =>
  matches ? (texts.some(hasHole) ? 'maybe' : 'yes') : 'no';

/** Short options that are known by a long name, or by two letters. */
const sameOption: Readonly<Record<string, readonly string[]>> = {
  r: ['R', 'recursive'],
  R: ['r', 'recursive'],
  recursive: ['r', 'R'],
  f: ['force'],
  force: ['f'],
  i: ['in-place', 'interactive'],
  'in-place': ['i'],
  n: ['namespace', 'dry-run'],
  namespace: ['n'],
  a: ['all'],
  all: ['a'],
  q: ['quiet'],
  v: ['verbose'],
};

/** Programs that only show text: a pattern for any program does not mean these, since what they name is not done. */
const showing =
  /^(?:echo|printf|cat|less|more|head|tail|grep|egrep|fgrep|rg|ag|ls|ll|tree|stat|file|wc|sort|uniq|cut|diff|cmp|test|\[|true|false|:|which|type|man|info|history|cd|pwd|read|sha256sum|md5sum|jq|yq|logger)$/;

/** The program first; options anywhere and in any spelling; the other words in this order, with others between. */
function argvMatch(text: string): Matcher['match'] {
  const [first = '', ...rest] = patternWords(text);
  const program = wildcard(first, 'text');
  const byName = !first.includes('/');
  const isAny = /^\*+$/.test(first);
  const wanted = readOptions(
    rest.filter(word => /^-./.test(word)),
    {},
  );
  const names = [...wanted.options.entries()].map(([name, [value = '']]) => ({
    name,
    value: wildcard(value === '' ? '*' : value, 'text'),
  }));
  const operands = rest.filter(word => !/^-./.test(word)).map(word => wildcard(normalPath(word), 'text'));
  return fact => {
    if (fact.at !== 'command') return 'no';
    const [word = '', ...args] = fact.words;
    if (word === hole) return 'no';
    const called = byName ? word.slice(word.lastIndexOf('/') + 1) : word;
    if (!overlaps(program, called) || (isAny && (fact.starts === true || showing.test(called)))) return 'no';
    const gaps: string[] = hasHole(called) ? [called] : [];
    const found = readOf(fact, args);
    const whole = args.find(arg => arg === hole);
    for (const {name, value} of names) {
      const values = optionValues(name, found.options);
      const single = args.some(arg => arg === `-${name}`) ? [''] : [];
      const has = [...values, ...single].some(one => overlaps(value, one));
      if (!has && whole === undefined) return 'no';
      if (!has) gaps.push(hole);
    }
    const used = operands.length === 0 ? [] : inOrder(operands, found.words);
    const match = used === undefined ? 'no' : certainty(true, ...gaps, ...used);
    // A pattern for any program means words that are there: else every unknown argument would be a doubt.
    return isAny && match === 'maybe' ? 'no' : match;
  };
}

/** Values of an option under each of its names; a name may have wildcards. */
function optionValues(name: string, options: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const names = [name, ...(Object.hasOwn(sameOption, name) ? (sameOption[name] ?? []) : [])];
  if (!/[*?]/.test(name)) return names.flatMap(one => options.get(one) ?? []);
  const pattern = wildcard(name, 'text');
  return [...options].flatMap(([one, values]) => (overlaps(pattern, one) ? values : []));
}

interface Word {
  readonly word: string;
  /** As it stands, and as the path that it may be. */
  readonly spellings: readonly string[];
}

interface Read extends ReadOptions {
  readonly words: readonly Word[];
}

/** Read once for each command, not for each pattern. */
const read = new WeakMap<Fact, Read>();

function readOf(fact: Fact & {readonly at: 'command'}, args: readonly string[]): Read {
  const known = read.get(fact);
  if (known !== undefined) return known;
  const options = readOptions(args, {});
  const words = options.operands.map(word => ({word, spellings: spellings(word, fact.cwd)}));
  const found = {...options, words};
  read.set(fact, found);
  return found;
}

/** The words that the patterns found, each after the one before; undefined when one finds none. */
function inOrder(patterns: readonly Pattern[], words: readonly Word[]): string[] | undefined {
  const exact = words.filter(({word}) => !hasHole(word));
  const found = search(patterns, exact);
  return found ?? (exact.length === words.length ? undefined : search(patterns, words));
}

function search(patterns: readonly Pattern[], words: readonly Word[]): string[] | undefined {
  const used: string[] = [];
  let from = 0;
  for (const pattern of patterns) {
    const start = from;
    const at = words.findIndex((word, i) => i >= start && word.spellings.some(one => overlaps(pattern, one)));
    if (at === -1) return undefined;
    used.push(words[at]?.word ?? '');
    from = at + 1;
  }
  return used;
}

function spellings(word: string, cwd: string | undefined): readonly string[] {
  if (!word.includes('/') && cwd === undefined) return [word];
  const place = normalPath(word);
  const there = cwd === undefined || word.startsWith('/') ? place : located(word, cwd);
  return [...new Set([word, place, there])];
}

function sqlMatch(text: string): Matcher['match'] {
  const [verb = '', table = ''] = text.trim().split(/\s+/);
  const bare = table.replaceAll(/["`]/g, '');
  const dot = bare.lastIndexOf('.');
  const name = wildcard(bare.slice(dot + 1), 'name');
  const schema = dot === -1 ? undefined : wildcard(bare.slice(0, dot), 'name');
  return fact => {
    if (fact.at !== 'sql' || (verb !== '*' && verb.toUpperCase() !== fact.verb)) return 'no';
    const {name: found, schema: inside} = fact.table;
    // A table that names no schema may be in the one that is meant.
    const isThere = schema === undefined || inside === undefined || overlaps(schema, inside);
    return certainty(isThere && overlaps(name, found), found);
  };
}

function pathMatch(text: string): Matcher['match'] {
  const pattern = wildcard(normalPath(text) + (text.endsWith('/') ? '/' : ''), 'path');
  const folder = pattern.literal.slice(0, pattern.literal.lastIndexOf('/') + 1);
  return fact => {
    if (fact.at !== 'write' || fact.path === hole) return 'no';
    const {path, deep} = fact;
    // A gap at the front may be any folder: only what follows is known, and that proves too little.
    if (path.startsWith(hole)) return 'no';
    const holds =
      deep &&
      (path === '/' || pattern.literal === path || pattern.literal.startsWith(`${path}/`)) &&
      folder !== '';
    return holds ? 'yes' : certainty(overlaps(pattern, path), path);
  };
}

function envMatch(text: string): Matcher['match'] {
  const {name, values, not} = envPattern(text) ?? {name: '', values: [], not: false};
  const called = wildcard(name, 'text');
  const wanted = values?.map(value => wildcard(value, 'text'));
  return fact => {
    if (fact.at !== 'assign' || !overlaps(called, fact.name)) return 'no';
    if (wanted === undefined) return 'yes';
    if (fact.value.includes(hole)) return 'maybe';
    const isOne = wanted.some(value => overlaps(value, fact.value));
    return isOne === not ? 'no' : 'yes';
  };
}
