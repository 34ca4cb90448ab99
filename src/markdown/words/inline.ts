// Words → inline nodes: one pass from left to right, as CommonMark and GFM (without bare addresses) say.
import {isBlank, isPunctuation, newline, skipBlanks, space} from '../chars.ts';
import {sourceOf} from '../content.ts';
import type {Content} from '../content.ts';
import {isOneLine, oneLine, plainOf} from '../plain.ts';
import type {Inline} from '../tree.ts';
import {Brackets} from './brackets.ts';
import {Gatherer} from './gatherer.ts';
import {pairRuns, runAt} from './marks.ts';
import type {Run} from './marks.ts';
import {isInline, nested} from './nested.ts';
import {characterOf} from './references.ts';
import type {References} from './references.ts';
import {addressEnd, htmlEnd} from './tags.ts';

/** Characters that may be more than themselves. */
const special = new Uint8Array(128);
for (const char of '\n!&*<[\\]_`~') special[char.charCodeAt(0)] = 1;

export interface Words {
  readonly children: Inline[];
  /** The words in one line. */
  readonly plain: string;
  /** Whether the box at the beginning is ticked; `undefined` without a box. */
  readonly checked: boolean | undefined;
}

/** Where words stand: in a cell, at the beginning of a list item (`[ ]` is a box), or elsewhere. */
export type Where = 'cell' | 'item' | 'block';

/** The inline nodes of a paragraph, heading or cell. */
export function readWords(content: Content, references: References, where: Where): Words {
  const {src, from, line, pieces} = content;
  let to = content.to;
  while (to > from && isBlank(src.charCodeAt(to - 1))) to--;
  const first = nextSpecial(src, from, to);
  if (first < to) {
    const reader = new Reader(content, to, references, where);
    const children = reader.all(first);
    return {children, plain: plainOf(children), checked: reader.checked};
  }
  const value = src.slice(from, to);
  const plain = isOneLine(src, from, to) ? value : oneLine(value);
  const start = sourceOf(pieces, from);
  const end = start + value.length;
  return {children: from < to ? [{type: 'text', start, end, line, value}] : [], plain, checked: undefined};
}

function nextSpecial(src: string, from: number, to: number): number {
  let at = from;
  for (; at < to; at++) {
    const char = src.charCodeAt(at);
    if (char < 128 && special[char] === 1) break;
  }
  return at;
}

class Reader {
  checked: boolean | undefined;
  private readonly content: Content;
  private readonly where: Where;
  private readonly out: Gatherer;
  private readonly brackets: Brackets;
  /** Runs that are not paired yet, and the character of the first run. */
  private readonly runs: Run[] = [];
  private firstRun = 0;
  private readonly missing = new Set<string>();
  /** Where a run of so many backticks stands last, once that was looked for. */
  private ticks: Map<number, number> | undefined;

  constructor(content: Content, to: number, references: References, where: Where) {
    this.content = content;
    this.where = where;
    this.out = new Gatherer(content, to);
    this.brackets = new Brackets(this.out, references, this.runs);
  }

  /** All nodes, when the first character that may be more than itself is known. */
  all(first: number): Inline[] {
    const {out} = this;
    const {src, to, items} = out;
    let begin = out.from;
    for (let at = first; at < to; at = nextSpecial(src, begin, to)) {
      const char = src.charCodeAt(at);
      if (char === newline) begin = this.lineBreak(begin, at);
      else {
        if (at > begin) out.text(begin, at);
        begin = this.one(char, at);
      }
    }
    if (begin < to) out.text(begin, to);
    out.flush();
    pairRuns(this.runs, this.firstRun === tilde);
    return out.isFlat ? items.filter(isInline) : nested(items, this.content);
  }

  private one(char: number, at: number): number {
    const {out} = this;
    const {src, to} = out;
    switch (char) {
      case 33:
        return src.charCodeAt(at + 1) === 91 && at + 1 < to
          ? this.brackets.begin(at, 2)
          : out.text(at, at + 1);
      case 38:
        return this.reference(at);
      case 60:
        return this.angle(at);
      case 91:
        return this.brackets.note(at) ?? this.box(at) ?? this.brackets.begin(at, 1);
      case 92:
        return this.escape(at);
      case 93:
        return this.brackets.end(at);
      case 96:
        return this.code(at);
      default:
        return this.run(char, at);
    }
  }

  /** A line end: blanks before it go, two of them or more break the line; blanks after it go too. */
  private lineBreak(begin: number, at: number): number {
    const {out} = this;
    const {src} = out;
    let end = at;
    let isTabbed = false;
    while (end > begin && isBlank(src.charCodeAt(end - 1)))
      if (src.charCodeAt(--end) !== space) isTabbed = true;
    if (end > begin) out.text(begin, end);
    if (at - end > 1 && !isTabbed) this.hardBreak(end, at);
    else out.text(at, at + 1);
    out.line++;
    return skipBlanks(src, at + 1, out.to);
  }

  private hardBreak(from: number, at: number): void {
    const {out} = this;
    out.push({type: 'break', start: out.source(from), end: out.source(at) + 1, line: out.line});
  }

  private escape(at: number): number {
    const {out} = this;
    const {src, to} = out;
    const next = at + 1 < to ? src.charCodeAt(at + 1) : Number.NaN;
    if (next === newline) {
      this.hardBreak(at, at + 1);
      out.line++;
      return skipBlanks(src, at + 2, to);
    }
    return isPunctuation(next) ? out.as(src.charAt(at + 1), at, at + 2) : out.text(at, at + 1);
  }

  private reference(at: number): number {
    const {out} = this;
    reference.lastIndex = at;
    const name = reference.exec(out.src)?.[1];
    const char = name === undefined ? undefined : characterOf(name);
    const end = at + (name?.length ?? 0) + 2;
    return char === undefined || end > out.to ? out.text(at, at + 1) : out.as(char, at, end);
  }

  /** Code between two runs of backticks of the same length; a run without a partner is itself. */
  private code(at: number): number {
    const {out} = this;
    const open = runEnd(out.src, at, out.to);
    const close = this.closingTicks(open, open - at);
    if (close === undefined) return out.text(at, open);
    let value = out.src.slice(open, close);
    const isPadded = isPadding(value.charCodeAt(0)) && isPadding(value.charCodeAt(value.length - 1));
    if (isPadded && /[^ \n]/.test(value)) value = value.slice(1, -1);
    // In a table a backslash keeps a bar from ending its cell, in code too.
    if (this.where === 'cell' && value.includes('\\'))
      value = value.replace(/\\([\\|])/g, (pair, char) => (char === '|' ? '|' : pair));
    const end = close + open - at;
    out.push({type: 'inlineCode', ...out.span(at, end), value});
    return end;
  }

  private closingTicks(from: number, length: number): number | undefined {
    const {src, to} = this.out;
    if (this.ticks !== undefined && (this.ticks.get(length) ?? -1) < from) return undefined;
    for (let at = src.indexOf('`', from); at >= 0 && at < to;) {
      const end = runEnd(src, at, to);
      if (end - at === length) return at;
      at = src.indexOf('`', end);
    }
    this.ticks ??= lastTicks(src, from, to);
    return undefined;
  }

  /** An address or a piece of HTML in angle brackets. */
  private angle(at: number): number {
    const {out} = this;
    const {src, to} = out;
    const address = addressEnd(src, at, to);
    if (address > 0) {
      const value = src.slice(at + 1, address - 1);
      const words = {type: 'text', ...out.span(at + 1, address - 1), value} as const;
      const url = /^[a-zA-Z][a-zA-Z\d+.-]+:/.test(value) ? value : `mailto:${value}`;
      out.push({type: 'link', ...out.span(at, address), url, children: [words]});
      return address;
    }
    const end = htmlEnd(src, at, to, this.missing);
    if (end < 0) return out.text(at, at + 1);
    const raw = src.slice(at, end);
    // Up to three columns in front of a line are not its own; a tab among them leaves one.
    const value = raw.includes('\n')
      ? raw.replace(/\n(?: {0,2}\t| {1,3})/g, blanks => (blanks.endsWith('\t') ? '\n ' : '\n'))
      : raw;
    const span = out.span(at, end);
    out.push({type: 'html', ...span, endLine: out.line, value});
    return end;
  }

  /** `[ ]` or `[x]` with words behind it, at the beginning of an item. */
  private box(at: number): number | undefined {
    const {out} = this;
    const {src, to, from} = out;
    if (this.where !== 'item' || at !== from) return undefined;
    const mark = src.charAt(at + 1);
    const end = at + 3;
    if (!' \t\nxX'.includes(mark) || src.charAt(at + 2) !== ']' || end >= to) return undefined;
    const behind = src.charCodeAt(end);
    if (behind !== newline && (!isBlank(behind) || skipBlanks(src, end, to) >= to)) return undefined;
    this.checked = mark === 'x' || mark === 'X';
    if (mark === '\n') out.line++;
    return end;
  }

  private run(char: number, at: number): number {
    const {out} = this;
    const {src, from, to, line} = out;
    let end = at + 1;
    while (end < to && src.charCodeAt(end) === char) end++;
    const length = end - at;
    if (char === tilde && length > 2) return out.text(at, end);
    if (this.firstRun === 0) this.firstRun = char;
    const run = runAt(src, {at, length, from, to, line});
    if (!run.opens && !run.closes) return out.text(at, end);
    out.push(run);
    this.runs.push(run);
    return end;
  }
}

const tilde = 126;

/** Where the last run of each length of backticks begins. */
function lastTicks(src: string, from: number, to: number): Map<number, number> {
  const seen = new Map<number, number>();
  for (let at = src.indexOf('`', from); at >= 0 && at < to;) {
    const end = runEnd(src, at, to);
    seen.set(end - at, at);
    at = src.indexOf('`', end);
  }
  return seen;
}

const reference = /&(#[xX][\da-fA-F]{1,6}|#\d{1,7}|[\da-zA-Z]{1,31});/y;

/** Where a run of backticks ends. */
function runEnd(src: string, at: number, to: number): number {
  while (at < to && src.charCodeAt(at) === 96) at++;
  return at;
}

const isPadding = (char: number): boolean => char === space || char === newline;
