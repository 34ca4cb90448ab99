// How blocks begin on a line: every question is asked of `text[from, to)`, `from` being the first character that is no blank.
import {isBlank, isDigit, isLetter, skipBlanks} from '../chars.ts';
import {tagEnd} from '../words/tags.ts';

/** `***`, `- - -`, `___`: three or more of one mark and nothing else. */
export function isRule(text: string, from: number, to: number): boolean {
  const mark = text.charCodeAt(from);
  let count = 0;
  for (let at = from; at < to; at++) {
    const char = text.charCodeAt(at);
    if (char === mark) count++;
    else if (!isBlank(char)) return false;
  }
  return count >= 3;
}

/** The level that a line of `=` or `-` gives to the words above it; 0 for any other line. */
export function underline(text: string, from: number, to: number): 0 | 1 | 2 {
  const mark = text.charCodeAt(from);
  if (mark !== 61 && mark !== 45) return 0;
  let at = from;
  while (at < to && text.charCodeAt(at) === mark) at++;
  return skipBlanks(text, at, to) < to ? 0 : mark === 61 ? 1 : 2;
}

/** How many `#` begin a heading; 0 when none begins. */
export function headingDepth(text: string, from: number, to: number): number {
  let at = from;
  while (at < to && text.charCodeAt(at) === 35) at++;
  const depth = at - from;
  return depth > 6 || (at < to && !isBlank(text.charCodeAt(at))) ? 0 : depth;
}

/** The words of a heading, without the marks that may close it. */
export function headingWords(
  text: string,
  from: number,
  to: number,
): {readonly from: number; readonly to: number} {
  const begin = skipBlanks(text, from, to);
  const end = trimmed(text, begin, to);
  let marks = end;
  while (marks > begin && text.charCodeAt(marks - 1) === 35) marks--;
  if (marks === end || (marks > begin && !isBlank(text.charCodeAt(marks - 1)))) return {from: begin, to: end};
  return {from: begin, to: trimmed(text, begin, marks)};
}

function trimmed(text: string, from: number, to: number): number {
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return to;
}

/** How many marks open a fence; 0 when none opens. */
export function fenceLength(text: string, from: number, to: number): number {
  const mark = text.charCodeAt(from);
  let at = from;
  while (at < to && text.charCodeAt(at) === mark) at++;
  const length = at - from;
  if (length < 3) return 0;
  // A backtick behind backticks makes code among words of them.
  if (mark === 96) for (; at < to; at++) if (text.charCodeAt(at) === 96) return 0;
  return length;
}

/** Whether a line closes a fence of so many marks. */
export function closesFence(text: string, from: number, to: number, mark: number, length: number): boolean {
  let at = from;
  while (at < to && text.charCodeAt(at) === mark) at++;
  return at - from >= length && skipBlanks(text, at, to) >= to;
}

export interface ListMark {
  /** `-`, `+`, `*`, or what stands behind a number. */
  readonly mark: number;
  readonly length: number;
  /** The number; undefined for a bullet. */
  readonly first: number | undefined;
}

/** The mark of a list item. One that breaks into a paragraph (`breaks`) must hold words and be a bullet or `1`. */
export function listMark(text: string, from: number, to: number, breaks: boolean): ListMark | undefined {
  const char = text.charCodeAt(from);
  let at = from;
  let first: number | undefined;
  if (isDigit(char)) {
    while (at < to && at - from < 9 && isDigit(text.charCodeAt(at))) at++;
    const behind = at < to ? text.charCodeAt(at) : 0;
    if (behind !== 46 && behind !== 41) return undefined;
    if (breaks && (char !== 49 || at - from > 1)) return undefined;
    first = Number(text.slice(from, at));
  } else if (char !== 45 && char !== 43 && char !== 42) return undefined;
  const mark = text.charCodeAt(at);
  at++;
  if (at < to && !isBlank(text.charCodeAt(at))) return undefined;
  if (breaks && skipBlanks(text, at, to) >= to) return undefined;
  if (first === undefined && mark !== 43 && isRule(text, from, to)) return undefined;
  return {mark, length: at - from, first};
}

const rawNames = /^<(?:pre|script|style|textarea)(?=[ \t>]|$)/i;
const blockNames = new RegExp(
  `^</?(?:${[
    'address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details|dialog|dir|div|dl|dt',
    'fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header|hr|html|iframe|legend|li|link|main|menu',
    'menuitem|nav|noframes|ol|optgroup|option|p|param|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr',
    'track|ul',
  ].join('|')})(?:/?>|[ \\t]|$)`,
  'i',
);

/** Which of CommonMark's seven kinds of HTML blocks begins; 0 for none. The seventh breaks into no paragraph. */
export function htmlKind(text: string, from: number, to: number, breaks: boolean): number {
  const next = text.charCodeAt(from + 1);
  if (next === 33) {
    if (text.startsWith('--', from + 2)) return 2;
    if (text.startsWith('[CDATA[', from + 2)) return 5;
    return isLetter(text.charCodeAt(from + 2)) ? 4 : 0;
  }
  if (next === 63) return 3;
  const line = text.slice(from, to);
  if (rawNames.test(line)) return 1;
  if (blockNames.test(line)) return 6;
  if (breaks) return 0;
  const end = tagEnd(text, from, to, true);
  return end > 0 && skipBlanks(text, end, to) >= to ? 7 : 0;
}

const ends: readonly RegExp[] = [/$^/, /<\/(?:pre|script|style|textarea)>/i, /-->/, /\?>/, />/, /\]\]>/];

/** Whether a block of HTML of the first five kinds ends on a line; on its first line, behind what opened it. */
export function htmlEnds(kind: number, line: string, isFirst: boolean): boolean {
  const behind = isFirst ? (kind === 2 || kind === 4 ? 2 : kind === 3 ? 1 : 0) : 0;
  const text = isFirst ? line.trimStart().slice(behind) : line;
  return ends[kind]?.test(text) ?? false;
}

/** The number of columns that a row of dashes (`|---|:-:|`) announces; 0 when it is none. */
export function tableColumns(text: string, from: number, to: number): number {
  const char = text.charCodeAt(from);
  if (char !== 124 && char !== 45 && char !== 58) return 0;
  const line = text.slice(from, to);
  if (!/[|:]/.test(line) || !dashes.test(line)) return 0;
  return line.split('|').filter(each => each.trim() !== '').length;
}

const dashes = /^\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*(?:\|[ \t]*)?$/;
