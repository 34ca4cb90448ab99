// Where links lead: destinations and titles, as they stand behind a label or in a definition.
import {isControl, isSpace, newline, skipBlanks, skipSpace} from '../chars.ts';
import {decoded, labelEnd, labelKey} from './references.ts';
import type {Missing} from './tags.ts';

interface Target {
  /** Behind it. */
  readonly end: number;
  readonly url: string;
}

const maxParentheses = 32;

/** `(url "title")` behind a label, from its `(`. */
export function resource(src: string, open: number, to: number, missing: Missing): Target | undefined {
  let at = skipSpace(src, open + 1, to);
  if (src.charCodeAt(at) === 41 && at < to) return {end: at + 1, url: ''};
  const found = destination(src, at, to, maxParentheses);
  if (found === undefined) return undefined;
  at = skipSpace(src, found.end, to);
  if (at > found.end && at < to) {
    const behind = title(src, at, to, missing);
    if (behind === 'never') return undefined;
    if (behind !== undefined) at = skipSpace(src, behind, to);
  }
  return at < to && src.charCodeAt(at) === 41 ? {end: at + 1, url: found.url} : undefined;
}

interface Defined extends Target {
  readonly key: string;
}

/** `[label]: url "title"` with nothing behind it, from its `[`; its end is the end of its last line. */
export function definition(src: string, open: number, to: number): Defined | undefined {
  const close = labelEnd(src, open, to);
  if (close === undefined || src.charCodeAt(close) !== 58 || close >= to) return undefined;
  const found = destination(src, skipSpace(src, close + 1, to), to, Number.POSITIVE_INFINITY);
  if (found === undefined) return undefined;
  const key = labelKey(src.slice(open + 1, close - 1));
  const at = skipSpace(src, found.end, to);
  if (at > found.end) {
    const behind = title(src, at, to, new Set());
    const end = typeof behind === 'number' ? lineEnd(src, behind, to) : undefined;
    if (end !== undefined) return {key, url: found.url, end};
  }
  // What looked like a title on the next line is none when something follows it; the definition ends before it.
  const end = lineEnd(src, found.end, to);
  return end === undefined ? undefined : {key, url: found.url, end};
}

/** The end of the line when only blanks are left on it. */
function lineEnd(src: string, from: number, to: number): number | undefined {
  const at = skipBlanks(src, from, to);
  return at >= to || src.charCodeAt(at) === newline ? at : undefined;
}

function destination(src: string, from: number, to: number, depth: number): Target | undefined {
  if (from >= to) return undefined;
  if (src.charCodeAt(from) === 60) return enclosed(src, from, to);
  let at = from;
  let open = 0;
  for (; at < to; at++) {
    const char = src.charCodeAt(at);
    if (open === 0 && (char === 41 || isSpace(char))) break;
    if (char === 40) {
      if (open >= depth) return undefined;
      open++;
    } else if (char === 41) open--;
    else if (char === 32 || isControl(char)) return undefined;
    else if (char === 92 && at + 1 < to && isParenthesisOrBackslash(src.charCodeAt(at + 1))) at++;
  }
  return at === from || open > 0 ? undefined : {end: at, url: decoded(src.slice(from, at))};
}

/** `<url>`. */
function enclosed(src: string, from: number, to: number): Target | undefined {
  for (let at = from + 1; at < to; at++) {
    const char = src.charCodeAt(at);
    if (char === 62) return {end: at + 1, url: decoded(src.slice(from + 1, at))};
    if (char === 60 || char === newline) return undefined;
    if (char === 92 && isAngleOrBackslash(src.charCodeAt(at + 1))) at++;
  }
  return undefined;
}

/** Where the title at `from` ends; `undefined` when none begins there, `never` when it is not closed. */
function title(src: string, from: number, to: number, missing: Missing): number | 'never' | undefined {
  const open = src.charCodeAt(from);
  if (open !== 34 && open !== 39 && open !== 40) return undefined;
  const close = open === 40 ? 41 : open;
  const mark = `title ${close}`;
  if (missing.has(mark)) return 'never';
  for (let at = from + 1; at < to; at++) {
    const char = src.charCodeAt(at);
    if (char === close) return at + 1;
    if (char === 92 && (src.charCodeAt(at + 1) === close || src.charCodeAt(at + 1) === 92)) at++;
  }
  missing.add(mark);
  return 'never';
}

const isParenthesisOrBackslash = (char: number): boolean => char === 40 || char === 41 || char === 92;

const isAngleOrBackslash = (char: number): boolean => char === 60 || char === 62 || char === 92;
