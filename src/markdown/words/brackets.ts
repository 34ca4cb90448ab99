// Brackets among words: links, images, references, footnotes. Each `]` is judged by what stands behind it.
import {lineEnds} from '../content.ts';
import type {Gatherer} from './gatherer.ts';
import {pairRuns} from './marks.ts';
import type {Run} from './marks.ts';
import type {Bracket, Made} from './nested.ts';
import {labelEnd, labelKey, maxLabel, noteEnd} from './references.ts';
import type {References} from './references.ts';
import {resource} from './targets.ts';

interface Found {
  readonly made: Made;
  readonly end: number;
}

export class Brackets {
  private readonly gatherer: Gatherer;
  private readonly references: References;
  /** Runs that are not paired yet; those inside of a link pair among themselves. */
  private readonly runs: Run[];
  private readonly open: Bracket[] = [];
  private readonly missing = new Set<string>();

  constructor(gatherer: Gatherer, references: References, runs: Run[]) {
    this.gatherer = gatherer;
    this.references = references;
    this.runs = runs;
  }

  /** Takes `[` or `![`; gives where reading goes on. */
  begin(at: number, length: number): number {
    const {gatherer, open} = this;
    gatherer.flush();
    const around = open.at(-1);
    if (around !== undefined) around.nests = true;
    const bracket: Bracket = {
      kind: 'bracket',
      at,
      length,
      line: gatherer.line,
      items: gatherer.items.length,
      runs: this.runs.length,
      made: undefined,
      dead: false,
      inactive: false,
      nests: false,
    };
    open.push(bracket);
    gatherer.push(bracket);
    return at + length;
  }

  /** Takes `]`; one that makes nothing is text. */
  end(at: number): number {
    const {gatherer, open} = this;
    while (open.at(-1)?.dead === true) open.pop();
    const bracket = open.at(-1);
    if (bracket === undefined) return gatherer.text(at, at + 1);
    const found = bracket.inactive ? undefined : this.target(bracket, at);
    if (found === undefined) {
      bracket.dead = true;
      return this.noteBehindMark(bracket, at) ?? gatherer.text(at, at + 1);
    }
    open.pop();
    bracket.made = found.made;
    gatherer.push({kind: 'closing', end: found.end});
    gatherer.line += lineEnds(gatherer.src, at, found.end);
    pairRuns(this.runs.splice(bracket.runs), true);
    if (bracket.length === 1) this.deactivate();
    return found.end;
  }

  /** The footnote `[^1]` that begins at `at`; undefined when none with that name is defined. */
  note(at: number): number | undefined {
    const {gatherer} = this;
    if (this.references.notes.size === 0) return undefined;
    const end = noteEnd(gatherer.src, at, gatherer.to);
    if (end === undefined) return undefined;
    const key = labelKey(gatherer.src.slice(at + 2, end - 1));
    if (!this.references.notes.has(key)) return undefined;
    gatherer.push({type: 'footnoteReference', ...gatherer.span(at, end), identifier: key.toLowerCase()});
    return end;
  }

  /** `![^1]` is no image, but a mark and a footnote. */
  private noteBehindMark({at: mark, length, items, runs}: Bracket, at: number): number | undefined {
    const {gatherer, references} = this;
    if (length === 1 || noteEnd(gatherer.src, mark + 1, gatherer.to) !== at + 1) return undefined;
    if (!references.notes.has(labelKey(gatherer.src.slice(mark + 3, at)))) return undefined;
    gatherer.drop(items);
    this.runs.length = runs;
    gatherer.text(mark, mark + 1);
    return this.note(mark + 1);
  }

  /** A link holds no other link. */
  private deactivate(): void {
    for (let i = this.open.length - 1; i >= 0; i--) {
      const around = this.open[i];
      if (around?.length !== 1) continue;
      if (around.inactive) break;
      around.inactive = true;
    }
  }

  /** What stands behind the `]` at `at`, and what it makes of the brackets. */
  private target(bracket: Bracket, at: number): Found | undefined {
    const {src, to} = this.gatherer;
    const {links} = this.references;
    const next = at + 1 < to ? src.charCodeAt(at + 1) : 0;
    if (next === 40) {
      const found = resource(src, at + 1, to, this.missing);
      if (found !== undefined) return {made: {at: 'link', url: found.url}, end: found.end};
    }
    if (links.size === 0) return undefined;
    if (next === 91) {
      const end = labelEnd(src, at + 1, to);
      if (end !== undefined && links.has(labelKey(src.slice(at + 2, end - 1)))) return reference(end);
      const isEmpty = src.charCodeAt(at + 2) === 93 && at + 2 < to;
      return isEmpty && this.isDefined(bracket, at) ? reference(at + 3) : undefined;
    }
    return this.isDefined(bracket, at) ? reference(at + 1) : undefined;
  }

  /** Whether what stands between the brackets is the name of a definition. */
  private isDefined({at: open, length, nests}: Bracket, at: number): boolean {
    const from = open + length;
    if (nests || at - from > maxLabel) return false;
    return this.references.links.has(labelKey(this.gatherer.src.slice(from, at)));
  }
}

const reference = (end: number): Found => ({made: {at: 'reference'}, end});
