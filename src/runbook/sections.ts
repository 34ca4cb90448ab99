// Headings → sections: which heading is a phase, a procedure, a chapter, or a part of the one above it.
import type {Heading, Root, RootContent} from '../markdown/index.ts';
import type {Phase} from '../domain/runbook.ts';
import type {Section, Source} from './draft.ts';
import {plain} from '../markdown/index.ts';
import {matchPhase} from './phases.ts';
import {beginsForbidding} from './ban.ts';
import {holdsLabel, holdsSteps} from './ahead.ts';
import {walk} from './walk.ts';

interface Part {
  readonly heading: Heading | undefined;
  readonly title: string;
  readonly depth: number;
  readonly line: number;
  readonly anchor: string;
  readonly nodes: RootContent[];
  readonly phase: Phase | undefined;
}

export interface Outline {
  /** The first level-1 heading, if any. */
  readonly title: string | undefined;
  /** Everything outside the procedures. */
  readonly file: Section;
  readonly procedures: readonly Section[];
}

/** `Step 2: …`, `3. …`: a numbered heading is a part of the heading above it, not a procedure of its own. */
const isNumbered = (title: string): boolean => /^(?:step\s+\d+|\d+(?:\.\d+)*[.):])(?:\s|:|$)/i.test(title);

/** Splits a tree at its headings and sorts every part into the file or one of its procedures. */
export function readOutline(root: Root, source: Source): Outline {
  const parts = withChapters(split(root, source), source);
  const titleAt = parts.findIndex(part => part.depth === 1);
  const title = parts[titleAt];
  const file: Section = section(title?.title ?? '', title?.line ?? 1, undefined, title?.anchor ?? '');
  const procedures: Section[] = [];
  let procedure: {section: Section; depth: number} | undefined;
  let phase: {phase: Phase; depth: number} | undefined;
  const chapters: {title: string; depth: number}[] = [];
  // `## 1. Stop`, `## 2. Copy` right under the title: the file is the procedure and these are its parts.
  const isNumberedFile =
    titleAt >= 0 &&
    parts.every(each => each.depth !== 2 || isNumbered(each.title) || each.phase !== undefined);

  for (const [i, part] of parts.entries()) {
    const isTitle = part.heading === undefined || i === titleAt;
    if (procedure !== undefined && part.depth <= procedure.depth) procedure = undefined;
    if (phase !== undefined && part.depth <= phase.depth) phase = undefined;
    while (chapters.length > 0 && (chapters.at(-1)?.depth ?? 0) >= part.depth) chapters.pop();
    const line = part.line;
    const target = procedure?.section ?? file;
    if (part.phase === undefined && beginsForbidding(part.title))
      target.prohibitions.push({text: part.title, line, patterns: []});

    if (!isTitle && part.phase !== undefined) {
      phase = {phase: part.phase, depth: part.depth};
      walk(part.nodes, {phase: part.phase, title: part.title, line, implicit: false}, target, source);
    } else if (!isTitle && phase !== undefined) {
      walk(part.nodes, {phase: phase.phase, title: part.title, line, implicit: false}, target, source);
    } else if (
      !isTitle &&
      procedure === undefined &&
      isProcedure(part, parts[i + 1], source) &&
      !(isNumberedFile && part.depth === 2 && isNumbered(part.title))
    ) {
      const made = section(part.title, line, chapters.at(-1)?.title, part.anchor);
      procedures.push(made);
      procedure = {section: made, depth: part.depth};
      walk(part.nodes, {phase: 'procedure', title: part.title, line, implicit: true}, made, source);
    } else if (
      !isTitle &&
      procedure !== undefined &&
      !isNumbered(part.title) &&
      holdsSteps(part.nodes, source)
    ) {
      // A deeper heading with steps of its own is a procedure too; the one above it stays its chapter.
      const made = section(part.title, line, procedure.section.title, part.anchor);
      procedures.push(made);
      procedure = {section: made, depth: part.depth};
      walk(part.nodes, {phase: 'procedure', title: part.title, line, implicit: true}, made, source);
    } else {
      if (!isTitle && procedure === undefined) chapters.push({title: part.title, depth: part.depth});
      walk(
        part.nodes,
        {phase: 'procedure', title: part.title, line, implicit: true, numbered: isNumbered(part.title)},
        target,
        source,
      );
    }
  }
  return {title: title?.title, file, procedures};
}

function isProcedure(part: Part, next: Part | undefined, source: Source): boolean {
  if (holdsSteps(part.nodes, source)) return true;
  return (
    next !== undefined &&
    next.depth > part.depth &&
    (next.phase !== undefined || isNumbered(next.title)) &&
    next.phase !== 'reference'
  );
}

const section = (title: string, line: number, chapter: string | undefined, anchor: string): Section => ({
  title,
  line,
  chapter,
  anchor,
  blocks: [],
  prohibitions: [],
});

/** A phase word over sub-headings that have phases of their own (`## Recovery`) names a chapter, not a phase. */
function withChapters(parts: readonly Part[], source: Source): Part[] {
  return parts.map((part, i) => {
    if (part.phase === undefined || holdsSteps(part.nodes, source)) return part;
    for (let j = i + 1; j < parts.length; j++) {
      const below = parts[j];
      if (below === undefined || below.depth <= part.depth) break;
      const holdsPhases =
        below.phase === undefined && (holdsLabel(below.nodes, source) || isAbove(below, parts[j + 1]));
      if (holdsPhases) return {...part, phase: undefined};
    }
    return part;
  });
}

const isAbove = (part: Part, next: Part | undefined): boolean =>
  next !== undefined && next.depth > part.depth && next.phase !== undefined;

function split(root: Root, source: Source): Part[] {
  const parts: Part[] = [];
  const used = new Map<string, number>();
  let nodes: RootContent[] = [];
  parts.push({heading: undefined, title: '', depth: 0, line: 1, anchor: '', nodes, phase: undefined});
  for (const node of root.children) {
    if (node.type !== 'heading') {
      nodes.push(node);
      continue;
    }
    const title = plain(node).replace(/\s*\{#[\w-]+\}$/, '');
    nodes = [];
    parts.push({
      heading: node,
      title,
      depth: node.depth,
      line: node.line,
      anchor: unique(slug(title), used),
      nodes,
      phase: matchPhase(title, source.phases),
    });
  }
  return parts;
}

/** The anchor that Git hosts give a heading. */
const slug = (title: string): string =>
  title
    .toLowerCase()
    .trim()
    .replace(isAscii.test(title) ? /[^a-z\d_\- ]+/g : /[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
    .replaceAll(' ', '-');

const isAscii = /^[\x20-\x7e]*$/;

function unique(base: string, used: Map<string, number>): string {
  const count = used.get(base);
  used.set(base, (count ?? 0) + 1);
  return count === undefined ? base : `${base}-${count}`;
}
