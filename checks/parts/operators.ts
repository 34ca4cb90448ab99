// One set of assertion operators for every check type: a value against a condition such as `{gte: 3, lt: 10}`.
import {createHash} from 'node:crypto';
import {durationMs} from '../../src/domain/duration.ts';
import {foreignInstant} from '../../src/domain/time.ts';
import {readPattern} from '../../src/pattern.ts';
import {excerpt} from './expect.ts';
import type {Assertion} from './expect.ts';
import {condition, type Given} from './condition.ts';
import {valuesAt} from './json-path.ts';
import {isObject} from './json.ts';
import {isVersionIn} from './version.ts';

function said(value: unknown): string {
  if (value === undefined) return 'nothing';
  // JSON has no word for it.
  return typeof value === 'number' && !Number.isFinite(value)
    ? String(value)
    : excerpt(JSON.stringify(value));
}

function same(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b)) {
    const [left, right]: readonly (readonly unknown[])[] = [a, b];
    return left?.length === right?.length && (left ?? []).every((each, i) => same(each, right?.[i]));
  }
  if (isObject(a) && isObject(b)) {
    const keys = Object.keys(a);
    return (
      keys.length === Object.keys(b).length &&
      keys.every(key => Object.hasOwn(b, key) && same(a[key], b[key]))
    );
  }
  return a === b;
}

const jsonType = (value: unknown): string =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

/** Texts that are numbers count as numbers, as `wc -l` answers; without end are only numbers. */
const numberOf = (value: unknown): number | undefined => {
  if (typeof value === 'number') return Number.isNaN(value) ? undefined : value;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : undefined;
  return Number.isFinite(number) ? number : undefined;
};

/** Milliseconds since 1970 of a time in JSON; plain numbers under 10^11 are seconds. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value < 1e11 ? value * 1000 : value;
  if (typeof value !== 'string') return undefined;
  if (/^\d{9,13}(?:\.\d+)?$/.test(value)) return timeOf(Number(value));
  return foreignInstant(value);
}

/** Whether the operator holds; one that cannot be asked of such a value does not. */
function holds(value: unknown, name: string, want: unknown, nowMs: number): boolean {
  const number = numberOf(value);
  const text = typeof value === 'string' ? value : undefined;
  switch (name) {
    case 'eq':
      return same(value, want);
    case 'ne':
      return value !== undefined && !same(value, want);
    case 'in':
      return Array.isArray(want) && want.some(each => same(each, value));
    case 'notIn':
      return value !== undefined && Array.isArray(want) && !want.some(each => same(each, value));
    case 'gt':
      return number !== undefined && number > Number(want);
    case 'gte':
      return number !== undefined && number >= Number(want);
    case 'lt':
      return number !== undefined && number < Number(want);
    case 'lte':
      return number !== undefined && number <= Number(want);
    case 'contains':
      return Array.isArray(value)
        ? value.some(each => same(each, want))
        : (text?.includes(String(want)) ?? false);
    case 'notContains':
      return Array.isArray(value)
        ? !value.some(each => same(each, want))
        : text !== undefined && !text.includes(String(want));
    case 'startsWith':
      return text?.startsWith(String(want)) ?? false;
    case 'endsWith':
      return text?.endsWith(String(want)) ?? false;
    case 'matches':
      return text !== undefined && foundIn(text, String(want));
    case 'notMatches':
      return text !== undefined && !foundIn(text, String(want));
    case 'exists':
      return value !== undefined;
    case 'absent':
      return value === undefined;
    case 'type':
      return jsonType(value) === want;
    case 'sha256':
      return text !== undefined && createHash('sha256').update(text).digest('hex') === want;
    case 'semver':
      return isVersionIn(value, String(want));
    case 'age': {
      const atMs = timeOf(value);
      if (atMs === undefined || !isObject(want)) return false;
      const ageMs = nowMs - atMs;
      return ageMs >= (limitMs(want['min']) ?? 0) && ageMs <= (limitMs(want['max']) ?? Infinity);
    }
    default:
      throw new TypeError(`no operator ${name}`);
  }
}

const limitMs = (text: unknown): number | undefined =>
  typeof text === 'string' ? durationMs(text) : undefined;

/** Items of a list, or values of an object. */
const itemsOf = (value: unknown): readonly unknown[] | undefined =>
  Array.isArray(value) ? value : isObject(value) ? Object.values(value) : undefined;

const isTwice = (items: readonly unknown[]): boolean =>
  items.some((item, i) => items.slice(0, i).some(before => same(before, item)));

/** Below zero: `a` stands before `b`; NaN where the two have no order. Texts compare by their code points. */
function order(a: unknown, b: unknown): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== 'string' || typeof b !== 'string') return NaN;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

/** What is said of a list as a whole: undecided where there is nothing that could be otherwise. */
function wholeList(what: string, value: unknown, name: 'distinct' | 'sorted', want: unknown): Assertion {
  const items = name === 'distinct' ? itemsOf(value) : Array.isArray(value) ? itemsOf(value) : undefined;
  const expected = name === 'distinct' ? 'no two alike' : `in ${String(want)} order`;
  const actual = said(value);
  if (items === undefined) return {what, ok: false, expected, actual};
  if (items.length < (name === 'distinct' ? 1 : 2)) return {what, ok: undefined, expected, actual};
  if (name === 'distinct') return {what, ok: !isTwice(items), expected, actual};
  const sign = want === 'descending' ? -1 : 1;
  const ok = items.every((item, i) => i === 0 || order(items[i - 1], item) * sign <= 0);
  return {what, ok, expected, actual};
}

function foundIn(text: string, source: string): boolean {
  const read = readPattern(source);
  return !('problem' in read) && read.first(text) !== undefined;
}

const lengthOf = (value: unknown): number | undefined =>
  typeof value === 'string' || Array.isArray(value)
    ? value.length
    : isObject(value)
      ? Object.keys(value).length
      : undefined;

const words: Readonly<Record<string, string>> = {
  eq: '',
  ne: 'not ',
  in: 'one of ',
  notIn: 'none of ',
  gt: 'above ',
  gte: 'at least ',
  lt: 'below ',
  lte: 'at most ',
  contains: 'to contain ',
  notContains: 'not to contain ',
  startsWith: 'to start with ',
  endsWith: 'to end with ',
  matches: 'to match ',
  notMatches: 'not to match ',
  type: 'of type ',
  sha256: 'SHA-256 ',
  semver: 'version ',
};

function expectedOf(name: string, want: unknown): string {
  if (name === 'exists') return 'a value';
  if (name === 'absent') return 'nothing';
  if (name === 'age' && isObject(want)) {
    const [min, max] = [want['min'], want['max']].map(each => (typeof each === 'string' ? each : undefined));
    return [min === undefined ? '' : `older than ${min}`, max === undefined ? '' : `at most ${max} old`]
      .filter(Boolean)
      .join(', ');
  }
  const shown = ['matches', 'notMatches', 'type', 'sha256', 'semver'].includes(name)
    ? String(want)
    : said(want);
  return `${words[name] ?? `${name} `}${shown}`;
}

function actualOf(name: string, value: unknown, nowMs: number): string {
  const atMs = name === 'age' ? timeOf(value) : undefined;
  if (atMs !== undefined) return `${said(value)} (${Math.round((nowMs - atMs) / 1000)} s ago)`;
  return said(value);
}

/** One assertion for each operator of the condition. `undefined` stands for no value. `nowMs` is for `age`. */
export function meets(what: string, value: unknown, given: Given, nowMs: number): Assertion[] {
  const wanted: Readonly<Record<string, unknown>> = isObject(given) ? given : {eq: given};
  return Object.entries(wanted).flatMap(([name, want]): Assertion[] => {
    if (want === undefined) return [];
    if (name === 'length') return meets(`length of ${what}`, lengthOf(value), asGiven(want), nowMs);
    if (name === 'distinct' || name === 'sorted') return [wholeList(what, value, name, want)];
    if (name === 'every' || name === 'some') return items(what, value, {name, want: asGiven(want), nowMs});
    return [
      {
        what,
        ok: holds(value, name, want, nowMs),
        expected: expectedOf(name, want),
        actual: actualOf(name, value, nowMs),
      },
    ];
  });
}

const asGiven = (want: unknown): Given => condition.parse(want);

function items(
  what: string,
  value: unknown,
  {name, want, nowMs}: {readonly name: 'every' | 'some'; readonly want: Given; readonly nowMs: number},
): Assertion[] {
  if (!Array.isArray(value)) return [{what, ok: false, expected: 'a list', actual: said(value)}];
  const list: readonly unknown[] = value;
  // Nothing is no proof of anything.
  if (list.length === 0) return [{what, ok: undefined, expected: 'items', actual: 'an empty list'}];
  const each = list.map((item, i) => meets(`${what}[${i}]`, item, want, nowMs));
  if (name === 'every') return each.flat();
  const isMet = each.some(assertions => assertions.every(({ok}) => ok === true));
  return [
    {
      what,
      ok: isMet,
      expected: `an item with ${each[0]?.map(({expected}) => expected).join(' and ') ?? '?'}`,
      actual: isMet ? 'one' : said(value),
    },
  ];
}

/** Conditions on a JSON document. A path with `[*]` that names nothing is undecided: nothing was checked there. */
export function meetsAt(
  document: unknown,
  conditions: Readonly<Record<string, Given>>,
  nowMs: number,
): Assertion[] {
  return Object.entries(conditions).flatMap(([path, given]): Assertion[] => {
    const {one, values} = valuesAt(document, path);
    if (one) return meets(path, values[0], given, nowMs);
    if (values.length === 0) {
      const wantsNone = isObject(given) && given['absent'] === true;
      return [{what: path, ok: wantsNone ? true : undefined, expected: 'values', actual: 'nothing there'}];
    }
    return values.flatMap((value, i) => meets(`${path} (${i + 1} of ${values.length})`, value, given, nowMs));
  });
}
