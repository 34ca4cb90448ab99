// The reading view: a runbook's own text as lines with a role, phase by phase. Raw text: brand it before it is shown.
import type {Heading, Node, RootContent, Table} from '../markdown/index.ts';
import {cellsOf} from '../domain/cells.ts';
import type {Phase, Problem, Runbook} from '../domain/runbook.ts';
import {readAlert} from './alert.ts';
import {commentJson} from './attributes.ts';
import {htmlText, inlineText} from './inline-text.ts';
import {readFence, readMarkdown} from './markdown.ts';
import {plain} from '../markdown/index.ts';
import {matchPhase} from './phases.ts';
import {readLabel} from './ahead.ts';

export interface ReadingLine {
  readonly role:
    | 'h1'
    | 'h2'
    | 'h3'
    | 'text'
    | 'item'
    | 'code'
    | 'fence'
    | 'head'
    | 'row'
    | 'caution'
    | 'warning'
    | 'note'
    | 'rule'
    | 'blank'
    | 'dont';
  readonly text: string;
  readonly indent: number;
  /** Source line, 1-based. */
  readonly line: number;
  readonly phase: Phase | undefined;
}

/** The lines of a runbook for reading; annotations and front matter are left out. */
export function readingLines(runbook: Runbook): ReadingLine[] {
  const problems: Problem[] = [];
  const {root} = readMarkdown(new TextEncoder().encode(runbook.source), problems);
  const reader = new Reader();
  for (const node of root.children) reader.block(node, 0);
  return reader.lines;
}

/** Cells of a column beyond which rows are not lined up. */
const widestColumn = 32;

class Reader {
  readonly lines: ReadingLine[] = [];
  private phase: Phase | undefined;
  private phaseDepth = 0;

  block(node: RootContent, indent: number): void {
    const line = node.line;
    if (node.type === 'heading') this.heading(node);
    else if (node.type === 'paragraph') {
      const label = readLabel(node);
      const phase = label === undefined ? undefined : matchPhase(label.label);
      if (phase !== undefined) this.phase = phase;
      const text = inlineText(node);
      if (text !== '')
        this.add(phase !== undefined && label?.rest === '' ? 'h3' : 'text', text, indent, line);
    } else if (node.type === 'list') this.list(node, indent);
    else if (node.type === 'code') {
      const {lang} = readFence(node);
      if (lang !== '') this.push('fence', lang, indent, line);
      for (const [i, each] of node.value.split('\n').entries()) this.push('code', each, indent, line + 1 + i);
      this.gap(line);
    } else if (node.type === 'blockquote') {
      const alert = readAlert(node);
      if (alert === undefined) for (const child of node.children) this.block(child, indent + 1);
      else
        this.add(
          alert.kind === 'caution' || alert.kind === 'warning' ? alert.kind : 'note',
          alert.text,
          indent,
          line,
        );
    } else if (node.type === 'table') {
      this.table(node, indent);
      this.gap(line);
    } else if (node.type === 'thematicBreak') this.add('rule', '', 0, line);
    else if (node.type === 'html') {
      for (const each of htmlText(node.value)) this.add('text', each, indent, line);
    } else if (node.type === 'footnoteDefinition')
      this.add('note', `[${node.identifier}] ${plain(node)}`, indent, line);
    else if (node.type !== 'yaml' && node.type !== 'definition' && plain(node) !== '')
      this.add('text', inlineText(node), indent, line);
  }

  /** Columns as wide as their widest cell; a wide one is left to the screen to break. */
  private table({children: rows}: Table, indent: number): void {
    const cells = rows.map(row => row.children.map(inlineText));
    const widths = (cells[0] ?? []).map((_, x) =>
      Math.min(widestColumn, Math.max(...cells.map(row => cellsOf(row[x] ?? '')))),
    );
    for (const [y, row] of cells.entries()) {
      const last = row.length - 1;
      const text = row
        .map((cell, x) =>
          x === last ? cell : cell + ' '.repeat(Math.max(0, (widths[x] ?? 0) - cellsOf(cell))),
        )
        .join('  ');
      const at = rows[y];
      this.push(y === 0 ? 'head' : 'row', text, indent, at === undefined ? 1 : at.line);
    }
  }

  private heading(node: Heading): void {
    const text = inlineText(node);
    const phase = matchPhase(plain(node));
    const inside = this.phaseDepth > 0 && node.depth > this.phaseDepth;
    if (phase !== undefined || !inside) {
      this.phase = phase;
      this.phaseDepth = phase === undefined ? 0 : node.depth;
    }
    this.add(node.depth === 1 ? 'h1' : node.depth === 2 ? 'h2' : 'h3', text, 0, node.line);
  }

  private list(list: Extract<RootContent, {type: 'list'}>, indent: number): void {
    const start = list.first ?? 1;
    for (const [i, item] of list.children.entries()) {
      const [lead, ...rest] = item.children;
      const before = this.phase;
      const label = lead?.type === 'paragraph' ? readLabel(lead) : undefined;
      const phase =
        label === undefined || (rest.length === 0 && label.rest === '') ? undefined : matchPhase(label.label);
      if (phase !== undefined) this.phase = phase;
      const mark = list.ordered
        ? `${start + i}. `
        : item.checked === true
          ? '[x] '
          : item.checked === false
            ? '[ ] '
            : '- ';
      const forbidden = this.phase === 'dont' || this.phase === 'safety';
      if (lead?.type === 'paragraph')
        this.push(forbidden ? 'dont' : 'item', mark + inlineText(lead), indent, item.line);
      for (const child of lead?.type === 'paragraph' ? rest : item.children)
        if (!isAnnotation(child)) this.nested(child, indent + 1);
      this.phase = before;
    }
    this.gap(list.line);
  }

  private nested(node: RootContent, indent: number): void {
    this.block(node, indent);
    if (this.lines.at(-1)?.role === 'blank') this.lines.pop();
  }

  private add(role: ReadingLine['role'], text: string, indent: number, line: number): void {
    this.push(role, text, indent, line);
    this.gap(line);
  }

  private push(role: ReadingLine['role'], text: string, indent: number, line: number): void {
    this.lines.push({role, text, indent, line, phase: this.phase});
  }

  private gap(line: number): void {
    this.push('blank', '', 0, line);
  }
}

const isAnnotation = (node: Node): boolean => node.type === 'html' && commentJson(node.value) !== undefined;
