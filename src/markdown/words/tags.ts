// HTML among words: tags, comments, declarations; and addresses in angle brackets.
import {isAlphanumeric, isControl, isLetter, isSpace, newline, skipBlanks, skipSpace} from '../chars.ts';

/** Which ends do not stand in the rest of a text: looking for one again and again would take too long. */
export type Missing = Set<string>;

/** Where the piece of HTML that opens at `<` ends; -1 when it is none. */
export function htmlEnd(src: string, open: number, to: number, missing: Missing): number {
  const next = src.charCodeAt(open + 1);
  if (next === 33) return declarationEnd(src, open, to, missing);
  if (next === 63) return closed(src, '?>', open + 2, to, missing);
  return tagEnd(src, open, to, false);
}

function declarationEnd(src: string, open: number, to: number, missing: Missing): number {
  if (src.startsWith('--', open + 2)) return closed(src, '-->', open + 2, to, missing);
  if (src.startsWith('[CDATA[', open + 2)) return closed(src, ']]>', open + 9, to, missing);
  return isLetter(src.charCodeAt(open + 2)) ? closed(src, '>', open + 3, to, missing) : -1;
}

/** Behind the first `mark`; what is missing once is missing for all that follow. */
function closed(src: string, mark: string, from: number, to: number, missing: Missing): number {
  if (missing.has(mark)) return -1;
  const found = src.slice(from, to).indexOf(mark);
  if (found < 0) missing.add(mark);
  return found < 0 ? -1 : from + found + mark.length;
}

/** Where a tag ends. As a block of its own (`flow`) it stands on one line. */
export function tagEnd(src: string, open: number, to: number, flow: boolean): number {
  const isClosing = src.charCodeAt(open + 1) === 47;
  let at = open + (isClosing ? 2 : 1);
  if (at >= to || !isLetter(src.charCodeAt(at))) return -1;
  while (at < to && (isAlphanumeric(src.charCodeAt(at)) || src.charCodeAt(at) === 45)) at++;
  if (!isClosing && !endsValue(src.charCodeAt(at))) return -1;
  while (at < to) {
    at = skip(src, at, to, flow);
    const char = at < to ? src.charCodeAt(at) : 0;
    if (char === 62) return at + 1;
    if (isClosing) return -1;
    if (char === 47) return at + 1 < to && src.charCodeAt(at + 1) === 62 ? at + 2 : -1;
    if (!isNameStart(char)) return -1;
    at = attributeEnd(src, at, to, flow);
    if (at < 0) return -1;
  }
  return -1;
}

/** Behind `name`, `name=value` or `name="value"`; -1 when it is none. */
function attributeEnd(src: string, from: number, to: number, flow: boolean): number {
  let at = from;
  while (at < to && isName(src.charCodeAt(at))) at++;
  const equals = skip(src, at, to, flow);
  if (equals >= to || src.charCodeAt(equals) !== 61) return at;
  at = skip(src, equals + 1, to, flow);
  if (at >= to) return -1;
  const quote = src.charCodeAt(at);
  if (quote === 34 || quote === 39) {
    for (at++; at < to && src.charCodeAt(at) !== quote; at++)
      if (flow && src.charCodeAt(at) === newline) return -1;
    return at + 1 < to && endsValue(src.charCodeAt(at + 1)) ? at + 1 : -1;
  }
  if (isOutsideValue(quote) || isSpace(quote)) return -1;
  while (++at < to) {
    const char = src.charCodeAt(at);
    if (endsValue(char)) return at;
    if (isOutsideValue(char)) return -1;
  }
  return -1;
}

const skip = (src: string, at: number, to: number, flow: boolean): number =>
  flow ? skipBlanks(src, at, to) : skipSpace(src, at, to);

/** What may stand behind a name or a value: `/`, `>`, white space. */
const endsValue = (char: number): boolean => char === 47 || char === 62 || isSpace(char);

/** `"`, `'`, `<`, `=`, `>` and a backtick are no part of a value without quotes. */
const isOutsideValue = (char: number): boolean =>
  char === 34 || char === 39 || char === 60 || char === 61 || char === 62 || char === 96;

const isNameStart = (char: number): boolean => isLetter(char) || char === 58 || char === 95;

const isName = (char: number): boolean =>
  isAlphanumeric(char) || char === 45 || char === 46 || char === 58 || char === 95;

/** Where `<scheme:…>` or `<name@host>` ends; -1 when it is no address. */
export function addressEnd(src: string, open: number, to: number): number {
  const first = src.charCodeAt(open + 1);
  let at = open + 1;
  if (isLetter(first)) {
    at++;
    while (at < to && isSchemeChar(src.charCodeAt(at)) && at - open <= 32) at++;
    if (src.charCodeAt(at) === 58 && at - open >= 3 && at < to) return uriEnd(src, at + 1, to);
  }
  return mailEnd(src, open + 1, to);
}

function uriEnd(src: string, from: number, to: number): number {
  for (let at = from; at < to; at++) {
    const char = src.charCodeAt(at);
    if (char === 62) return at + 1;
    if (char === 32 || char === 60 || isControl(char)) return -1;
  }
  return -1;
}

const mail =
  /[\w.!#$%&'*+/=?^`{|}~-]+@[a-zA-Z\d](?:[a-zA-Z\d-]{0,62}[a-zA-Z\d])?(?:\.[a-zA-Z\d](?:[a-zA-Z\d-]{0,62}[a-zA-Z\d])?)*>/y;

function mailEnd(src: string, from: number, to: number): number {
  mail.lastIndex = from;
  return mail.test(src) && mail.lastIndex <= to ? mail.lastIndex : -1;
}

const isSchemeChar = (char: number): boolean =>
  isAlphanumeric(char) || char === 43 || char === 45 || char === 46;
