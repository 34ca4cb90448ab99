// What link labels, escapes and character references stand for.
import {decodeNamedCharacterReference} from 'decode-named-character-reference';

/** The names that a file defines; a reference to anything else is plain text. */
export interface References {
  readonly links: ReadonlySet<string>;
  readonly notes: ReadonlySet<string>;
}

/** Labels are the same when this is: white space and case do not count. */
export const labelKey = (label: string): string =>
  label
    .replace(/[\t\n\r ]+/g, ' ')
    .replace(/^ | $/g, '')
    .toLowerCase()
    .toUpperCase();

const escapeOrReference = /\\([!-/:-@[-`{-~])|&(#\d{1,7}|#[xX][\da-fA-F]{1,6}|[\da-zA-Z]{1,31});/g;

/** A target as it is meant: without its escapes, with its character references resolved. */
export const decoded = (text: string): string =>
  text.includes('\\') || text.includes('&')
    ? text.replace(escapeOrReference, (whole: string, escaped?: string, name?: string) =>
        escaped !== undefined ? escaped : (characterOf(name ?? '') ?? whole),
      )
    : text;

/** What `&name;` stands for; undefined for a name that means nothing. */
export function characterOf(name: string): string | undefined {
  if (name.startsWith('#')) {
    const isHex = name[1] === 'x' || name[1] === 'X';
    return numbered(Number.parseInt(name.slice(isHex ? 2 : 1), isHex ? 16 : 10));
  }
  const found = decodeNamedCharacterReference(name);
  return found === false ? undefined : found;
}

/** A character by its number; one that no text may hold becomes the replacement character. */
function numbered(code: number): string {
  const isForbidden =
    code < 9 ||
    code === 11 ||
    (code > 13 && code < 32) ||
    (code > 126 && code < 160) ||
    (code >= 0xd800 && code <= 0xdfff) ||
    (code >= 0xfdd0 && code <= 0xfdef) ||
    (code & 0xfffe) === 0xfffe ||
    code > 0x10ffff;
  return isForbidden ? '\uFFFD' : String.fromCodePoint(code);
}

/** Where the label that opens at `[` ends, its bracket included; undefined when it is none. */
export function labelEnd(src: string, open: number, to: number): number | undefined {
  let seen = false;
  const limit = Math.min(to, open + 1 + maxLabel + 2);
  for (let at = open + 1; at < limit; at++) {
    const char = src.charCodeAt(at);
    if (char === 93) return seen && at - open - 1 <= maxLabel ? at + 1 : undefined;
    if (char === 91) return undefined;
    if (char !== 32 && char !== 9 && char !== 10) seen = true;
    if (char === 92 && isBracketOrBackslash(src.charCodeAt(at + 1))) at++;
  }
  return undefined;
}

/** The same for a footnote's label, which begins with `^` and holds no white space. */
export function noteEnd(src: string, open: number, to: number): number | undefined {
  if (src.charCodeAt(open + 1) !== 94) return undefined;
  const limit = Math.min(to, open + 2 + maxLabel + 2);
  for (let at = open + 2; at < limit; at++) {
    const char = src.charCodeAt(at);
    if (char === 93) return at > open + 2 && at - open - 2 <= maxLabel ? at + 1 : undefined;
    if (char === 91 || char === 32 || char === 9 || char === 10) return undefined;
    if (char === 92 && isBracketOrBackslash(src.charCodeAt(at + 1))) at++;
  }
  return undefined;
}

/** No label is longer. */
export const maxLabel = 999;

const isBracketOrBackslash = (char: number): boolean => char === 91 || char === 92 || char === 93;
