// Comparing JSON: what is expected must be there, more may be.
import type {Assertion} from './expect.ts';
import {excerpt} from './expect.ts';

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Deeper than any answer that means something; what is deeper could exhaust the stack of whoever walks it. */
const deepest = 200;

function isTooDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const one = text.charCodeAt(at);
    if (one === 0x22) {
      for (at++; at < text.length && text.charCodeAt(at) !== 0x22; at++)
        if (text.charCodeAt(at) === 0x5c) at++;
    } else if (one === 0x5b || one === 0x7b) {
      depth += 1;
      if (depth > deepest) return true;
    } else if (one === 0x5d || one === 0x7d) depth -= 1;
  }
  return false;
}

/** The value as JSON, or undefined where the text is none, or is nested more than 200 deep. */
export function parseJson(text: string): {readonly value: unknown} | undefined {
  if (isTooDeep(text)) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return {value};
  } catch {
    return undefined;
  }
}

const said = (value: unknown): string => (value === undefined ? 'nothing' : excerpt(JSON.stringify(value)));

/**
 * One assertion for each leaf of `expected`: objects may hold more keys, arrays must have the same length, everything
 * else must be equal. `path` is where we are, such as `json $.data.status`.
 */
export function subset(expected: unknown, actual: unknown, path: string): Assertion[] {
  if (isObject(expected)) {
    if (!isObject(actual)) return [{what: path, ok: false, expected: 'an object', actual: said(actual)}];
    return Object.entries(expected).flatMap(([key, value]) =>
      subset(value, Object.hasOwn(actual, key) ? actual[key] : undefined, `${path}.${key}`),
    );
  }
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual) || actual.length !== expected.length)
      return [{what: path, ok: false, expected: `a list of ${expected.length}`, actual: said(actual)}];
    const items: readonly unknown[] = actual;
    return expected.flatMap((value, i) => subset(value, items[i], `${path}[${i}]`));
  }
  return [{what: path, ok: expected === actual, expected: said(expected), actual: said(actual)}];
}

export {isObject};
