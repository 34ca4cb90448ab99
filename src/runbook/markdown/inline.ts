// Words → inline nodes: one pass from left to right, as CommonMark and GFM (without bare addresses) say.
import {isBlank, isPunctuation, newline, skipBlanks, space} from './chars.ts';
import {sourceOf} from './content.ts';
import type {Content} from './content.ts';
import {isInline, nested} from './nested.ts';
import type {Bracket, Item, Made} from './nested.ts';
import {pairRuns, runAt} from './marks.ts';
import type {Run} from './marks.ts';
import {lineEnds} from './paragraphs.ts';
import {characterOf, labelEnd, labelKey, maxLabel, noteEnd} from './references.ts';
import type {References} from './references.ts';
import {addressEnd, htmlEnd} from './tags.ts';
import type {Missing} from './tags.ts';
import {resource} from './targets.ts';
import type {Inline} from './tree.ts';

/** Characters that may be more than themselves. */
const special = new Uint8Array(128);
for (const char of '\n!&*<[\\]_`~') special[char.charCodeAt(0)] = 1;

export interface Words {
  readonly children: Inline[];
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
    return {children: reader.all(first), checked: reader.checked};
  }
  if (from >= to) return {children: [], checked: undefined};
  const span = {start: sourceOf(pieces, from), end: sourceOf(pieces, to - 1) + 1, line};
  return {children: [{type: 'text', ...span, value: src.slice(from, to)}], checked: undefined};
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
  private readonly src: string;
  private readonly from: number;
  private readonly to: number;
  private readonly content: Content;
  private readonly references: References;
  private readonly where: Where;
  private readonly items: Item[] = [];
  private readonly brackets: Bracket[] = [];
  /** Runs that are not paired yet, and which kind of run came first. */
  private readonly runs: Run[] = [];
  private firstRun = 0;
  private line: number;
  /** The text node that is being gathered: its words, and where it began (-1: there is none) and ends. */
  private words = '';
  private begun = -1;
  private begunLine = 0;
  private until = 0;
  private missing: Missing | undefined;
  private hasMarks = false;
  /** Where a run of so many backticks stands last, once that was looked for. */
  private ticks: Map<number, number> | undefined;

  constructor(content: Content, to: number, references: References, where: Where) {
    this.content = content;
    this.src = content.src;
    this.from = content.from;
    this.to = to;
    this.line = content.line;
    this.references = references;
    this.where = where;
  }

  /** All nodes, when the first character that may be more than itself is known. */
  all(first: number): Inline[] {
    const {src, to} = this;
    let begin = this.from;
    for (let at = first; ; at = nextSpecial(src, begin, to)) {
      if (at >= to) {
        if (at > begin) this.text(begin, at);
        break;
      }
      const char = src.charCodeAt(at);
      if (char === newline) begin = this.lineBreak(begin, at);
      else {
        if (at > begin) this.text(begin, at);
        begin = this.one(char, at);
      }
    }
    this.flush();
    pairRuns(this.runs, this.firstRun === 126);
    return this.hasMarks ? nested(this.items, this.content) : this.items.filter(isInline);
  }

  private one(char: number, at: number): number {
    switch (char) {
      case 33:
        return this.src.charCodeAt(at + 1) === 91 && at + 1 < this.to ? this.open(at, 2) : this.plain(at, 1);
      case 38:
        return this.reference(at);
      case 60:
        return this.angle(at);
      case 91:
        return this.bracket(at);
      case 92:
        return this.escape(at);
      case 93:
        return this.close(at);
      case 96:
        return this.code(at);
      default:
        return this.run(char, at);
    }
  }

  /** Adds what stands in the source to the text node. */
  private text(from: number, to: number): void {
    this.as(this.src.slice(from, to), from, to);
  }

  private as(words: string, from: number, to: number): void {
    if (this.begun < 0) {
      this.begun = from;
      this.begunLine = this.line;
      this.words = words;
    } else this.words += words;
    this.until = to;
  }

  private plain(at: number, length: number): number {
    this.text(at, at + length);
    return at + length;
  }

  private flush(): void {
    if (this.begun < 0) return;
    this.items.push({
      type: 'text',
      start: this.source(this.begun),
      end: this.source(this.until - 1) + 1,
      line: this.begunLine,
      value: this.words,
    });
    this.begun = -1;
  }

  private push(item: Item): void {
    this.flush();
    this.items.push(item);
  }

  /** A line end: blanks before it go, two of them or more break the line; blanks after it go too. */
  private lineBreak(begin: number, at: number): number {
    const {src} = this;
    let end = at;
    let tabs = false;
    while (end > begin && isBlank(src.charCodeAt(end - 1))) if (src.charCodeAt(--end) !== space) tabs = true;
    if (end > begin) this.text(begin, end);
    if (at - end > 1 && !tabs) this.hardBreak(end, at);
    else this.plain(at, 1);
    this.line++;
    return skipBlanks(src, at + 1, this.to);
  }

  private hardBreak(from: number, at: number): void {
    this.push({type: 'break', start: this.source(from), end: this.source(at) + 1, line: this.line});
  }

  private escape(at: number): number {
    const next = at + 1 < this.to ? this.src.charCodeAt(at + 1) : Number.NaN;
    if (next === newline) {
      this.hardBreak(at, at + 1);
      this.line++;
      return skipBlanks(this.src, at + 2, this.to);
    }
    if (!isPunctuation(next)) return this.plain(at, 1);
    this.as(this.src.charAt(at + 1), at, at + 2);
    return at + 2;
  }

  private reference(at: number): number {
    reference.lastIndex = at;
    const name = reference.exec(this.src)?.[1];
    const char = name === undefined ? undefined : characterOf(name);
    const end = at + (name?.length ?? 0) + 2;
    if (char === undefined || end > this.to) return this.plain(at, 1);
    this.as(char, at, end);
    return end;
  }

  /** Code between two runs of backticks of the same length; a run without a partner is itself. */
  private code(at: number): number {
    const {src, to} = this;
    const open = runEnd(src, at, to);
    const close = this.closingTicks(open, open - at);
    if (close === undefined) return this.plain(at, open - at);
    let value = src.slice(open, close);
    if (
      isPadding(value.charCodeAt(0)) &&
      isPadding(value.charCodeAt(value.length - 1)) &&
      /[^ \n]/.test(value)
    )
      value = value.slice(1, -1);
    // In a table a backslash keeps a bar from ending its cell, in code too.
    if (this.where === 'cell')
      value = value.replace(/\\([\\|])/g, (pair, char) => (char === '|' ? '|' : pair));
    const end = close + open - at;
    this.push({type: 'inlineCode', ...this.span(at, end), value});
    return end;
  }

  private closingTicks(from: number, length: number): number | undefined {
    if (this.ticks !== undefined && (this.ticks.get(length) ?? -1) < from) return undefined;
    const seen = new Map<number, number>();
    for (let at = this.src.indexOf('`', from); at >= 0 && at < this.to;) {
      const end = runEnd(this.src, at, this.to);
      if (end - at === length) return at;
      seen.set(end - at, at);
      at = this.src.indexOf('`', end);
    }
    this.ticks ??= seen;
    return undefined;
  }

  /** An address or a piece of HTML in angle brackets. */
  private angle(at: number): number {
    const {src, to} = this;
    const address = addressEnd(src, at, to);
    if (address > 0) {
      const value = src.slice(at + 1, address - 1);
      const words = {type: 'text', ...this.span(at + 1, address - 1), value} as const;
      const isMail = !/^[a-zA-Z][a-zA-Z\d+.-]+:/.test(value);
      const url = isMail ? `mailto:${value}` : value;
      this.push({type: 'link', ...this.span(at, address), url, children: [words]});
      return address;
    }
    const end = htmlEnd(src, at, to, (this.missing ??= new Set()));
    if (end < 0) return this.plain(at, 1);
    const raw = src.slice(at, end);
    // Up to three columns in front of a line are not its own; a tab among them leaves one.
    const value = raw.includes('\n')
      ? raw.replace(/\n(?: {0,2}\t| {1,3})/g, blanks => (blanks.endsWith('\t') ? '\n ' : '\n'))
      : raw;
    const span = this.span(at, end);
    this.push({type: 'html', ...span, endLine: this.line, value});
    return end;
  }

  private bracket(at: number): number {
    const {src, to} = this;
    const end = this.references.notes.size === 0 ? undefined : noteEnd(src, at, to);
    if (end !== undefined) {
      const key = labelKey(src.slice(at + 2, end - 1));
      if (this.references.notes.has(key)) return this.note(key, at, end);
    }
    return this.where === 'item' && at === this.from && this.box(at) ? at + 3 : this.open(at, 1);
  }

  private note(key: string, at: number, end: number): number {
    this.push({type: 'footnoteReference', ...this.span(at, end), identifier: key.toLowerCase()});
    return end;
  }

  /** `[ ]` or `[x]` with words behind it. */
  private box(at: number): boolean {
    const {src, to} = this;
    const mark = src.charAt(at + 1);
    const behind = src.charCodeAt(at + 3);
    if (!' \t\nxX'.includes(mark) || src.charAt(at + 2) !== ']' || at + 3 >= to) return false;
    if (behind !== newline && !(isBlank(behind) && skipBlanks(src, at + 3, to) < to)) return false;
    this.checked = mark === 'x' || mark === 'X';
    if (mark === '\n') this.line++;
    return true;
  }

  private open(at: number, length: number): number {
    this.flush();
    const around = this.brackets.at(-1);
    if (around !== undefined) around.nests = true;
    const bracket: Bracket = {
      kind: 'bracket',
      at,
      length,
      line: this.line,
      items: this.items.length,
      runs: this.runs.length,
      made: undefined,
      dead: false,
      inactive: false,
      nests: false,
    };
    this.hasMarks = true;
    this.brackets.push(bracket);
    this.items.push(bracket);
    return at + length;
  }

  private close(at: number): number {
    while (this.brackets.at(-1)?.dead === true) this.brackets.pop();
    const bracket = this.brackets.at(-1);
    if (bracket === undefined) return this.plain(at, 1);
    const found = bracket.inactive ? undefined : this.target(bracket, at);
    if (found === undefined) {
      bracket.dead = true;
      return this.noteBehindMark(bracket, at) ?? this.plain(at, 1);
    }
    this.brackets.pop();
    bracket.made = found.made;
    this.flush();
    this.line += lineEnds(this.src, at, found.end);
    this.items.push({kind: 'closing', end: found.end});
    pairRuns(this.runs.splice(bracket.runs), true);
    if (bracket.length === 1) this.deactivate();
    return found.end;
  }

  /** A link holds no other link. */
  private deactivate(): void {
    for (let i = this.brackets.length - 1; i >= 0; i--) {
      const around = this.brackets[i];
      if (around?.length !== 1) continue;
      if (around.inactive) break;
      around.inactive = true;
    }
  }

  /** What stands behind the `]` at `at`, and what it makes of the brackets. */
  private target(bracket: Bracket, at: number): {readonly made: Made; readonly end: number} | undefined {
    const {src, to} = this;
    const {links} = this.references;
    const next = at + 1 < to ? src.charCodeAt(at + 1) : 0;
    const reference = (end: number): {made: Made; end: number} => ({made: {at: 'reference'}, end});
    const isDefined = (): boolean => {
      const from = bracket.at + bracket.length;
      return (
        links.size > 0 && !bracket.nests && at - from <= maxLabel && links.has(labelKey(src.slice(from, at)))
      );
    };
    if (next === 40) {
      const found = resource(src, at + 1, to, (this.missing ??= new Set()));
      if (found !== undefined) return {made: {at: 'link', url: found.url}, end: found.end};
    } else if (next === 91 && links.size > 0) {
      const end = labelEnd(src, at + 1, to);
      if (end !== undefined && links.has(labelKey(src.slice(at + 2, end - 1)))) return reference(end);
      return src.charCodeAt(at + 2) === 93 && at + 2 < to && isDefined() ? reference(at + 3) : undefined;
    }
    return isDefined() ? reference(at + 1) : undefined;
  }

  /** `![^1]` is no image, but a mark and a footnote. */
  private noteBehindMark(bracket: Bracket, at: number): number | undefined {
    const from = bracket.at + 1;
    if (bracket.length === 1 || noteEnd(this.src, from, this.to) !== at + 1) return undefined;
    const key = labelKey(this.src.slice(from + 2, at));
    if (!this.references.notes.has(key)) return undefined;
    this.begun = -1;
    this.items.length = bracket.items;
    this.runs.length = bracket.runs;
    this.plain(bracket.at, 1);
    return this.note(key, from, at + 1);
  }

  private run(char: number, at: number): number {
    const {src, from, to, line} = this;
    let end = at + 1;
    while (end < to && src.charCodeAt(end) === char) end++;
    const length = end - at;
    if (char === 126 && length > 2) return this.plain(at, length);
    if (this.firstRun === 0) this.firstRun = char;
    const run = runAt(src, {at, length, from, to, line});
    if (!run.opens && !run.closes) return this.plain(at, length);
    this.hasMarks = true;
    this.push(run);
    this.runs.push(run);
    return end;
  }

  /** Where something of the file stands; what it holds of line ends counts. */
  private span(at: number, end: number): {start: number; end: number; line: number} {
    const {line} = this;
    this.line += lineEnds(this.src, at, end);
    return {start: this.source(at), end: this.source(end - 1) + 1, line};
  }

  private source(at: number): number {
    return sourceOf(this.content.pieces, at);
  }
}

const reference = /&(#[xX][\da-fA-F]{1,6}|#\d{1,7}|[\da-zA-Z]{1,31});/y;

/** Where a run of backticks ends. */
function runEnd(src: string, at: number, to: number): number {
  while (at < to && src.charCodeAt(at) === 96) at++;
  return at;
}

const isPadding = (char: number): boolean => char === space || char === newline;
