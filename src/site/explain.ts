// Says what zod found wrong: the place, what was expected, and what stands there.
import {z} from 'zod';
import {didYouMean} from '../domain/nearest.ts';
import type {SiteProblem} from './problem.ts';
import type {Path, Tree} from './yaml.ts';

type Issue = z.core.$ZodIssue;

export interface Explained {
  readonly tree: Tree;
  /** Where the parsed value stands in the tree. */
  readonly base: Path;
  readonly schema: unknown;
  /** More names that may stand beside those of the schema, at its top. */
  readonly alsoKnown?: readonly string[];
  /** A sentence about a key that is not known here, when there is more to say than that. */
  readonly aboutKey?: (path: Path, key: string) => string | undefined;
}

/** One problem for each thing that is wrong; a choice of shapes counts as one. */
export const explainIssues = (issues: readonly Issue[], explained: Explained): SiteProblem[] =>
  issues.flatMap(issue => explainIssue(issue, explained));

function explainIssue(issue: Issue, explained: Explained): SiteProblem[] {
  const {tree, base} = explained;
  const path: Path = [...base, ...issue.path];
  const name = nameOf(path);
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map(key => ({
        ...tree.atKey([...path, key]),
        message: `${prefix(path)}\`${key}\` is not known here.${aboutKey(key, issue.path, explained)}`,
      }));
    case 'invalid_key':
      return issue.issues.map(({message}) => ({...tree.atKey(path), message: `${name}: ${message}`}));
    case 'invalid_union': {
      if ('options' in issue)
        return [wrong(path, `expected one of ${issue.options.map(found).join(', ')}`, explained)];
      const branch = closest(issue.errors);
      if (branch !== undefined) {
        const nested = branch.map(inner => ({...inner, path: [...issue.path, ...inner.path]}));
        return explainIssues(nested, explained);
      }
      const wanted = [...new Set(issue.errors.flat().map(expectation))].join(' or ');
      return [wrong(path, `expected ${wanted}`, explained)];
    }
    case 'invalid_type':
    case 'invalid_value':
      return [wrong(path, `expected ${expectation(issue)}`, explained)];
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'not_multiple_of':
    case 'too_big':
    case 'too_small':
      return [
        {
          ...tree.at(path),
          message: `${name}: ${plain(issue.message)}, found ${found(valueAt(tree.value, path))}`,
        },
      ];
  }
}

function wrong(path: Path, expected: string, {tree}: Explained): SiteProblem {
  const value = valueAt(tree.value, path);
  const place = tree.at(path);
  if (value === undefined) return {...place, message: `${nameOf(path)} is missing: ${expected}`};
  const message = `${nameOf(path)}: ${expected}, found ${found(value)}`;
  const quotes = expected === 'expected text' && ['number', 'boolean'].includes(typeof value);
  return quotes ? {...place, message, hint: 'Put it in quotes.'} : {...place, message};
}

const plain = (message: string): string => message.replace(/^Invalid input: /, '');

/** The branch of a union that fits the value's own kind and only went wrong deeper inside it. */
function closest(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find(
    issues =>
      issues.length > 0 &&
      issues.every(({code, path}) => path.length > 0 || !['invalid_type', 'invalid_value'].includes(code)),
  );
}

const kinds: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
  null: 'nothing',
};

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return kinds[issue.expected] ?? issue.expected;
  if (issue.code === 'invalid_value') {
    const values = issue.values.map(value => `\`${String(value)}\``);
    return values.length === 1 ? values.join('') : `one of ${values.join(', ')}`;
  }
  return plain(issue.message).replace(/^expected /, '');
}

/** What stands in the file, short enough for a line. */
export function found(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'number' || typeof value === 'boolean') return `the ${typeof value} ${value}`;
  if (typeof value !== 'string') return `a ${typeof value}`;
  return `\`${value.length > 40 ? `${value.slice(0, 39)}…` : value}\``;
}

/** `services.api.checks.live.every`, as the file is read from the top. */
export const nameOf = (path: Path): string =>
  path.length === 0 ? 'the file' : `\`${path.map(String).join('.')}\``;

const prefix = (path: Path): string => (path.length === 0 ? '' : `${nameOf(path)}: `);

function aboutKey(
  key: string,
  inner: Path,
  {schema, base, alsoKnown = [], aboutKey: about}: Explained,
): string {
  const said = about?.([...base, ...inner], key);
  if (said !== undefined) return ` ${said}`;
  const known = [...keysAt(schema, inner), ...(inner.length === 0 ? alsoKnown : [])];
  const near = didYouMean(key, known);
  if (near !== '' || known.length === 0) return near;
  return ` Known: ${known.join(', ')}.`;
}

/** Names that a schema knows at `path`, seen through defaults, options and lists. */
function keysAt(schema: unknown, path: Path): string[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault || schema instanceof z.ZodNullable) {
    return keysAt(schema.unwrap(), path);
  }
  if (schema instanceof z.ZodPipe) return keysAt(schema.in, path);
  if (schema instanceof z.ZodUnion) return schema.options.flatMap(option => keysAt(option, path));
  const [step, ...rest] = path;
  if (schema instanceof z.ZodObject) {
    const shape: Readonly<Record<string, unknown>> = schema.shape;
    return step === undefined ? Object.keys(shape) : keysAt(shape[String(step)], rest);
  }
  if (step === undefined) return [];
  if (schema instanceof z.ZodRecord) return keysAt(schema.valueType, rest);
  if (schema instanceof z.ZodArray) return keysAt(schema.element, rest);
  return [];
}

function valueAt(value: unknown, path: Path): unknown {
  let inner = value;
  for (const step of path) {
    if (Array.isArray(inner)) inner = typeof step === 'number' ? inner[step] : undefined;
    else if (isMapping(inner)) inner = Object.hasOwn(inner, step) ? inner[String(step)] : undefined;
    else return undefined;
  }
  return inner;
}

export const isMapping = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
