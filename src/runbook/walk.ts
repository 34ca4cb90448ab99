// The content under one heading → phase blocks with steps, prose and prohibitions.
import type {Html, List, ListItem, Node, Paragraph, RootContent, Table} from '../markdown/index.ts';
import {matchPhase, phaseRole} from './phases.ts';
import type {Phase} from '../domain/runbook.ts';
import {readAlert} from './alert.ts';
import type {Alert} from './alert.ts';
import type {Annotation} from './attributes.ts';
import {quietly} from './draft.ts';
import type {Block, Draft, Section, Source} from './draft.ts';
import {readCode} from './fence.ts';
import {inlineSteps} from './inline.ts';
import {commentAnnotation, dress, manualStep, readItem} from './items.ts';
import {holdsLabel, isAside, isLink, labelPhase, readLabel} from './ahead.ts';
import {beginsForbidding} from './ban.ts';
import {htmlText, summaryText} from './html.ts';
import {plain} from '../markdown/index.ts';
import {ownWords, patternsOf, pinProhibitions} from './pins.ts';
import {tableRows} from './tables.ts';

export interface Opening {
  readonly phase: Phase;
  readonly title: string;
  readonly line: number;
  /** Nobody named the phase: paragraphs are prose, lists and fences are steps. */
  readonly implicit: boolean;
  /** `Step 2: …`: when nothing under it is a step, the heading is one. */
  readonly numbered?: boolean;
}

/** Walks the nodes under one heading, adding blocks and prohibitions to `section`. */
export function walk(
  nodes: readonly RootContent[],
  opening: Opening,
  section: Section,
  source: Source,
): void {
  const labelled = holdsLabel(nodes, source);
  // What comes before the first label of a labelled section describes it (`Goal:` …).
  const first: Opening = opening.implicit && labelled ? {...opening, phase: 'reference'} : opening;
  new Walk(first, section, source).all(nodes);
  pinProhibitions(nodes, section, source);
}

/** Phases whose paragraphs introduce or close their list, when there is one. */
const framing: readonly Phase[] = ['preconditions', 'verify', 'exit-criteria', 'safe-actions', 'rollback'];

const silent: readonly string[] = ['thematicBreak', 'definition', 'yaml', 'toml', 'heading'];

/** Phases in which a person only looks, unless the file says otherwise. */
const looking: readonly Phase[] = ['preconditions', 'verify', 'exit-criteria', 'diagnose'];

class Walk {
  private readonly section: Section;
  private readonly source: Source;
  private opening: Opening;
  private block: Block | undefined;
  private intro: {text: string; node: Paragraph; pushed: Draft | undefined} | undefined;
  private annotation: {value: Annotation; line: number} | undefined;
  private alert: Alert | undefined;
  private lastCommand: Draft | undefined;
  private listed = false;
  /** The list under a label that forbids everything in it. */
  private banned: List | undefined;
  /** The last item of the list that ended right before, for a fence that was meant to stand inside it. */
  private lastItem: Draft | undefined;

  constructor(opening: Opening, section: Section, source: Source) {
    this.opening = opening;
    this.section = section;
    this.source = source;
  }

  all(nodes: readonly RootContent[]): void {
    this.listed = nodes.some(node => node.type === 'list' || node.type === 'code');
    for (const [i, node] of nodes.entries()) this.one(node, nodes[i + 1], i > 0 ? nodes[i - 1] : undefined);
    this.dropPending();
    const {numbered, title, line} = this.opening;
    if (numbered === true && this.block?.steps.length === 0 && this.block.prose.length > 0)
      this.push({...manualStep(title, line), detail: this.block.prose.splice(0)});
    if (this.opening.implicit && this.block?.steps.length === 0) this.block.phase = 'reference';
    // A named phase is kept even when it is empty, so that the outline shows what the author meant.
    if (!this.opening.implicit && this.block === undefined) this.current();
  }

  private current(): Block {
    if (this.block === undefined) {
      const {phase, title, line} = this.opening;
      this.block = {phase, title, line, steps: [], prose: []};
      this.section.blocks.push(this.block);
    }
    return this.block;
  }

  private open(opening: Opening): void {
    this.dropPending();
    this.opening = opening;
    this.block = undefined;
    this.current();
  }

  private dropPending(): void {
    if (this.alert !== undefined) this.current().prose.push(this.alert.text);
    if (this.annotation !== undefined) {
      const message =
        'This annotation belongs to no step; put it inside the list item or right before the step.';
      this.source.problems.push({
        code: 'annotation-alone',
        line: this.annotation.line,
        level: 'warning',
        message,
      });
    }
    this.alert = undefined;
    this.annotation = undefined;
    this.intro = undefined;
    this.lastCommand = undefined;
  }

  private push(step: Draft): Draft {
    const calm = looking.includes(this.opening.phase) ? calmed(step) : step;
    const dressed = dress(calm, this.annotation?.value, this.alert);
    this.annotation = undefined;
    this.alert = undefined;
    this.current().steps.push(dressed);
    return dressed;
  }

  private one(node: RootContent, next: RootContent | undefined, before: RootContent | undefined): void {
    if (node.type !== 'code' && node.type !== 'html') this.lastItem = undefined;
    if (node.type === 'paragraph') this.paragraph(node, next);
    else if (node.type === 'code') this.code(node, before);
    else if (node.type === 'list') this.list(node);
    else if (node.type === 'table') this.table(node);
    else if (node.type === 'html') this.html(node, next, before);
    else if (node.type === 'blockquote') {
      const alert = readAlert(node);
      if (alert !== undefined) this.alert = alert;
      else
        for (const [i, child] of node.children.entries())
          this.one(child, node.children[i + 1], node.children[i - 1]);
    } else if (!silent.includes(node.type)) {
      const text = plain(node);
      if (text !== '') this.current().prose.push(text);
    }
  }

  private html(node: Html, next: RootContent | undefined, before: RootContent | undefined): void {
    const found = commentAnnotation(node, this.source);
    if (found !== undefined) {
      const target = before?.type === 'paragraph' && next?.type !== 'code' ? this.intro?.pushed : undefined;
      if (target === undefined) this.annotation = {value: found, line: node.line};
      else Object.assign(target, dress(target, found, undefined));
      return;
    }
    const summary = summaryText(node.value);
    const text = htmlText(node.value);
    if (summary !== undefined) {
      const phase = matchPhase(summary, this.source.phases);
      if (phase !== undefined) this.open({phase, title: summary, line: node.line, implicit: false});
    }
    if (text !== '' && !node.value.trimStart().startsWith('<!--')) this.current().prose.push(text);
  }

  private table(node: Table): void {
    const acts = !this.prosePhase();
    for (const row of tableRows(node)) {
      if (typeof row === 'string') this.current().prose.push(row);
      else if (acts) for (const step of row) this.push(step);
      else this.current().prose.push(...row.map(({title, command}) => `- ${title}: ${command ?? ''}`));
    }
  }

  private paragraph(node: Paragraph, next: RootContent | undefined): void {
    const words = plain(node);
    const own = commentAnnotation(node, this.source);
    if (own !== undefined) this.annotation = {value: own, line: node.line};
    if (words === '') return;
    // Shortcodes of site generators are no words of the author's.
    if (/^(?:\{\{[<%].*[>%]\}\}|:::.*|!!!.*|\?\?\?.*|\[\[?[\w-]+\]?\])$/.test(words)) {
      this.current().prose.push(words);
      return;
    }
    const label = readLabel(node);
    const phase = label === undefined ? undefined : labelPhase(label, this.source);
    if (label !== undefined && phase !== undefined) {
      this.open({phase, title: label.label, line: node.line, implicit: false});
      if (label.rest !== '') this.sentence(label.rest, node);
      else if (next?.type === 'code') this.intro = {text: label.label, node, pushed: undefined};
      return;
    }
    if (label !== undefined && isAside(label.label)) {
      this.intro = next?.type === 'code' ? {text: label.rest || words, node, pushed: undefined} : undefined;
      if (next?.type !== 'code') this.current().prose.push(words);
      return;
    }
    if (label?.rest === '' && next?.type === 'list' && forbidsAll(label.label)) {
      this.banned = next;
      return;
    }
    this.intro = {text: words, node, pushed: undefined};
    if (
      next?.type === 'code' ||
      (next?.type === 'html' &&
        commentAnnotation(next, quietly(this.source)) !== undefined &&
        !this.prosePhase())
    ) {
      // The paragraph is the title of what follows; `code` takes it. With a comment after it, it is a step itself.
      if (next.type === 'code') return;
      this.intro.pushed = this.push(this.sentenceStep(words, node));
      return;
    }
    if (
      (words.endsWith(':') || label?.rest === '') &&
      (next?.type === 'list' || next?.type === 'table' || label?.strong === true)
    ) {
      this.current().prose.push(words);
      return;
    }
    this.sentence(words, node);
  }

  private prosePhase(): boolean {
    return phaseRole[this.opening.phase] !== 'act';
  }

  private sentence(words: string, node: Paragraph): void {
    const role = phaseRole[this.opening.phase];
    const {phase, implicit} = this.opening;
    const isStep = this.annotation !== undefined || (!implicit && !(this.listed && framing.includes(phase)));
    if (role === 'forbid' && phase === 'dont') this.forbid(words, node);
    else if (role === 'act' && isStep && !beginsForbidding(words)) {
      const pushed = this.push(this.sentenceStep(words, node));
      if (this.intro !== undefined) this.intro.pushed = pushed;
    } else this.current().prose.push(words);
  }

  private sentenceStep(words: string, node: Paragraph): Draft {
    const offered = inlineSteps(node, words);
    const [only] = offered;
    return offered.length === 1 && only !== undefined && this.annotation === undefined
      ? only
      : manualStep(words, node.line);
  }

  private forbid(text: string, node: Node, patterns: readonly string[] = []): void {
    this.section.prohibitions.push({
      text,
      line: node.line,
      patterns: [...patterns, ...(this.annotation?.value.patterns ?? [])],
    });
    this.annotation = undefined;
    this.current();
  }

  private code(node: Extract<RootContent, {type: 'code'}>, before: RootContent | undefined): void {
    const intro =
      this.intro !== undefined &&
      this.intro.pushed === undefined &&
      (before === this.intro.node || before?.type === 'html')
        ? this.intro
        : undefined;
    this.intro = undefined;
    const fence = readCode(node, intro?.text ?? '', this.source);
    const item = before?.type === 'list' ? this.lastItem : undefined;
    this.lastItem = undefined;
    if (fence.at === 'step' && intro === undefined && item !== undefined && canTake(item)) {
      // The author forgot to indent the fence: it belongs to the item right above it.
      const {title, line, detail} = item;
      Object.assign(item, fence.step, {title: fence.step.title || title, line, detail});
      this.lastCommand = item;
    } else if (fence.at === 'step') {
      const title = fence.step.title || intro?.text || this.fallbackTitle(fence.step);
      const line = intro === undefined ? node.line : intro.node.line;
      this.lastCommand = this.push({...fence.step, title, line});
    } else if (fence.at === 'output' && this.lastCommand !== undefined) {
      this.lastCommand.expectedOutput ??= fence.text;
    } else if (this.prosePhase() || this.opening.implicit || fence.at === 'output') {
      if (intro !== undefined) this.current().prose.push(intro.text);
      this.current().prose.push(fence.text);
    } else if (intro !== undefined) {
      this.push({...manualStep(intro.text, intro.node.line), detail: [fence.text]});
    } else if (fence.text.trim() !== '') {
      const title = `Shown, not run${fence.lang === '' ? '' : ` (${fence.lang})`}`;
      this.push({...manualStep(title, node.line), type: 'note', effect: 'read', detail: [fence.text]});
    }
  }

  /** The comment that the block begins with, else the heading or label above it. */
  private fallbackTitle({command = '', attributes: {name}}: Draft): string {
    const comment = /^\s*#+\s*([^\n!]*[\p{L}\p{N}][^\n]*)/u.exec(command)?.[1]?.trim();
    return (
      comment ??
      name ??
      this.alert?.text ??
      (this.opening.title || `Run ${command.trim().split(/\s+/)[0] ?? ''}`.trim())
    );
  }

  private list(list: List): void {
    this.intro = undefined;
    this.lastCommand = undefined;
    this.lastItem = undefined;
    if (list === this.banned) {
      this.banned = undefined;
      for (const item of list.children) this.ban(item, '');
      return;
    }
    const outer = this.opening;
    const isIndex = list.children.every(isLink);
    for (const item of list.children) {
      if (this.labelledItem(item)) continue;
      // A labelled item (`- Verify:`) holds for its own nested items; the next item is back in the phase around it.
      if (this.opening !== outer) {
        this.opening = outer;
        this.block = undefined;
      }
      this.item(item, isIndex);
    }
    if (this.opening !== outer) {
      this.opening = outer;
      this.block = undefined;
    }
  }

  private labelledItem(item: ListItem): boolean {
    const [lead, ...rest] = item.children;
    if (lead?.type !== 'paragraph') return false;
    const label = readLabel(lead);
    const phase = label === undefined ? undefined : labelPhase(label, this.source);
    if (label === undefined || phase === undefined || (rest.length === 0 && label.rest === '')) return false;
    this.open({phase, title: label.label, line: item.line, implicit: false});
    if (label.rest !== '') this.sentence(label.rest, lead);
    for (const [i, child] of rest.entries()) this.one(child, rest[i + 1], i > 0 ? rest[i - 1] : lead);
    return true;
  }

  /** `isIndex`: the list holds nothing but links. */
  private item(item: ListItem, isIndex: boolean): void {
    const role = phaseRole[this.opening.phase];
    const isTask = item.checked !== undefined;
    if (role === 'forbid' && !isTask) {
      this.ban(item, '');
      return;
    }
    if (
      !isTask &&
      beginsForbidding(ownWords(item)) &&
      !item.children.some(child => holdsCommand(child, quietly(this.source)))
    ) {
      this.current().prose.push(`- ${plain(item)}`);
      return;
    }
    const last = this.block?.steps.at(-1);
    if (!isTask && isRecord(ownWords(item)) && last !== undefined && !item.children.some(hasAnnotation)) {
      // What was found when it was done, not something to do.
      last.detail.push(`- ${plain(item)}`);
      return;
    }
    const step = readItem(item, this.source);
    const acts = isTask || (role === 'act' && !isIndex);
    if (acts || step.certainty === 'annotated' || holdsCommand(item, quietly(this.source)))
      this.lastItem = this.push(step);
    else this.current().prose.push(`- ${plain(item)}`);
  }

  /** An item under a heading or label that forbids, with the words above it; nested items forbid one by one. */
  private ban(item: ListItem, above: string): void {
    const words = ownWords(item) || plain(item);
    const nested = item.children.filter(child => child.type === 'list').flatMap(({children}) => children);
    for (const child of item.children) commentAnnotation(child, this.source);
    if (nested.length > 0 && /[:：]$/.test(words)) {
      for (const each of nested) this.ban(each, `${above}${words} `);
      return;
    }
    this.forbid(`${above}${plain(item)}`, item, patternsOf(item, this.source));
  }
}

/** Whether a label forbids all that is listed under it; "do not go on until:" only sets conditions. */
const forbidsAll = (label: string): boolean =>
  beginsForbidding(label) &&
  !/\b(?:until|unless|before|if|when|while|without|except|bis|wenn|bevor)\b/i.test(label);

/** `Result: 401`, `Status: Pass`: the record of a drill. */
const isRecord = (words: string): boolean =>
  /^(?:(?:token\s+\w+\s+)?results?|status|outcome|observed(?: result)?|actual(?: result)?|verdict|finding|evidence|risk|duration|ergebnis|résultat|resultado|結果|结果)\s*[:：]\s*\S/i.test(
    words,
  );

const hasAnnotation = (node: Node): boolean => node.type === 'html';

/** Whether an item has nothing of its own to run, so that the fence below it can be its command. */
const canTake = (item: Draft): boolean =>
  item.type === 'manual' &&
  item.certainty === 'guessed' &&
  item.children.length === 0 &&
  item.command === undefined;

/** A guessed manual step of a looking phase changes nothing. */
function calmed(step: Draft): Draft {
  const isGuess = step.type === 'manual' && step.attributes.effect === undefined && step.alert === undefined;
  if (step.children.length === 0 && (!isGuess || step.effect === 'read')) return step;
  return {...step, children: step.children.map(calmed), effect: isGuess ? 'read' : step.effect};
}

/** Whether a node holds a block that can be run. */
const holdsCommand = (node: Node, source: Source): boolean =>
  node.type === 'code'
    ? readCode(node, '', source).at === 'step'
    : 'children' in node && node.children.some(child => holdsCommand(child, source));
