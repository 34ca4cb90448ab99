// Where in a runbook's text something about a step can be written without changing what the text means.
import type {ListItem, Node, RootContent} from '../markdown/index.ts';
import type {Problem, Runbook, Step} from '../domain/runbook.ts';
import {columnOf, readMarkdown} from './markdown.ts';

/** A block goes after this line (0: at the very beginning), indented by so many spaces. */
export interface Place {
  readonly after: number;
  readonly indent: number;
}

export interface Places {
  /** Before everything but the front matter. */
  readonly head: Place;
  /** By the id of the step: behind all that belongs to it. */
  readonly steps: ReadonlyMap<string, Place>;
}

/** The places of a runbook that was parsed from `source`. */
export function placesIn({source, procedures}: Pick<Runbook, 'source' | 'procedures'>): Places {
  const problems: Problem[] = [];
  const {text, root} = readMarkdown(new TextEncoder().encode(source), problems);
  const steps = new Map<string, Step>();
  const add = (step: Step): void => {
    steps.set(step.id, step);
    step.children.forEach(add);
  };
  for (const {phases} of procedures) for (const block of phases) block.steps.forEach(add);
  const starts = new Set([...steps.values()].map(({line}) => line));
  const places = new Map<string, Place>();
  for (const {id, line} of steps.values())
    places.set(id, placeOf(line, {children: root.children, text, starts}));
  const [first] = root.children;
  const front = first?.type === 'yaml' || first?.type === 'toml' ? first.endLine : 0;
  return {head: {after: front, indent: 0}, steps: places};
}

interface Text {
  readonly children: readonly RootContent[];
  readonly text: string;
  /** Lines where a step begins. */
  readonly starts: ReadonlySet<number>;
}

function placeOf(line: number, {children, text, starts}: Text): Place {
  const index = children.findIndex(node => node.line <= line && line <= node.endLine);
  const node = children[index];
  if (node === undefined) return {after: line, indent: 0};
  // Whatever stands in a quote is said behind the quote.
  if (node.type === 'blockquote') return {after: node.endLine, indent: 0};
  const item = innermostItem(node, line);
  if (item !== undefined) return inItem(item, line, text);
  // A step of its own reaches to the next step or heading; what stands between may be its output.
  let last = index;
  for (let i = index + 1; i < children.length; i += 1) {
    const next = children[i];
    if (next === undefined || next.type === 'heading' || isStart(next, children[i + 1], starts)) break;
    last = i;
  }
  return {after: (children[last] ?? node).endLine, indent: 0};
}

/** Whether a step begins in the node, or right behind it when it is a paragraph, which then introduces the step. */
function isStart(node: RootContent, next: RootContent | undefined, starts: ReadonlySet<number>): boolean {
  const within = (each: RootContent): boolean => {
    for (let line = each.line; line <= each.endLine; line += 1) if (starts.has(line)) return true;
    return false;
  };
  return within(node) || (node.type === 'paragraph' && next !== undefined && within(next));
}

function innermostItem(node: Node, line: number): ListItem | undefined {
  if (!('children' in node)) return undefined;
  for (const child of node.children) {
    if (child.line > line || !('endLine' in child) || child.endLine < line) continue;
    return innermostItem(child, line) ?? (child.type === 'listItem' ? child : undefined);
  }
  return undefined;
}

function inItem(item: ListItem, line: number, text: string): Place {
  const indent = contentColumn(item, text);
  if (item.line === line) return {after: item.endLine, indent};
  const own = item.children.find(child => child.line <= line && line <= child.endLine);
  return {after: (own ?? item).endLine, indent};
}

/** Spaces before what belongs to an item; the tree does not say it for task lists. */
function contentColumn(item: ListItem, text: string): number {
  const [, mark = '-', gap = ' '] =
    /^([-+*]|\d{1,9}[.)])( *)/.exec(text.slice(item.start, item.start + 20)) ?? [];
  return columnOf(text, item) + mark.length + (gap.length >= 1 && gap.length <= 4 ? gap.length : 1);
}
