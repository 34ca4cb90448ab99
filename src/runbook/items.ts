// A list item → one step: its command, its detail, its sub-steps, its annotation.
import type {Block, List, ListItem, Node, Paragraph} from '../markdown/index.ts';
import type {DecideOption} from '../domain/runbook.ts';
import {raised, readAlert} from './alert.ts';
import type {Alert} from './alert.ts';
import {commentJson, readAnnotation} from './attributes.ts';
import type {Annotation} from './attributes.ts';
import {quietly} from './draft.ts';
import type {Draft, Source} from './draft.ts';
import {introducesOutput, readCode} from './fence.ts';
import {inlineSteps, manualEffect} from './inline.ts';
import {paragraphs} from './markdown.ts';
import {plain} from '../markdown/index.ts';

/** A manual step with nothing in it yet. */
export const manualStep = (title: string, line: number): Draft => ({
  type: 'manual',
  title,
  line,
  effect: manualEffect(title),
  certainty: 'guessed',
  detail: [],
  attributes: {},
  children: [],
});

/** The annotation in an HTML comment (block or inline), or undefined. */
export function commentAnnotation(node: Node, source: Source): Annotation | undefined {
  if (node.type === 'html') {
    const json = commentJson(node.value);
    return json === undefined ? undefined : readAnnotation(json, node.line, source.problems);
  }
  if (node.type !== 'paragraph') return undefined;
  for (const child of node.children) {
    const found = child.type === 'html' ? commentAnnotation(child, source) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Applies an annotation and an alert to a step; the annotation wins over every guess, the alert only raises. */
export function dress(step: Draft, annotation: Annotation | undefined, alert: Alert | undefined): Draft {
  const attributes =
    annotation === undefined ? step.attributes : {...step.attributes, ...annotation.attributes};
  const type = attributes.type ?? impliedType(step, attributes);
  const looks = lookingTypes.has(type);
  if (annotation === undefined && alert === undefined && type === step.type && !looks) {
    if (attributes.effect === undefined && attributes.title === undefined) return step;
  }
  const effect = attributes.effect ?? (looks ? 'read' : step.effect);
  return {
    ...step,
    type,
    title: attributes.title ?? step.title,
    attributes,
    effect: raised(effect, alert?.kind),
    certainty: annotation === undefined ? step.certainty : 'annotated',
    ...(alert === undefined ? {} : {alert: alert.kind}),
    detail: alert === undefined || alert.text === '' ? step.detail : [alert.text, ...step.detail],
  };
}

/** Types whose command may stand in the item's own words. */
const runs = new Set(['command', 'terminal', 'http']);

/** Types that change nothing, whatever their title says. */
const lookingTypes = new Set([
  'check',
  'decide',
  'wait',
  'note',
  'input',
  'attest',
  'collect',
  'gate',
  'promql',
  'approve',
]);

/** Without a `type`, `check` or `panel` makes a check step and `until` or `for` a wait, when there is no command. */
function impliedType(step: Draft, attributes: Draft['attributes']): string {
  if (step.type !== 'manual' && step.type !== 'note') return step.type;
  if (attributes.check !== undefined || attributes.panel !== undefined) return 'check';
  if (attributes.gate !== undefined) return 'gate';
  if (attributes.var !== undefined) return 'input';
  return attributes.until !== undefined || attributes.for !== undefined ? 'wait' : step.type;
}

/** One list item as a step. */
export function readItem(item: ListItem, source: Source): Draft {
  const first = item.children.find(child => child.type === 'paragraph');
  const title = first === undefined ? '' : plain(first);
  const parts = readParts(item.children, first, source);
  const options = parts.lists.map(decideOptions).find(found => found !== undefined);
  if (options !== undefined && title.endsWith('?'))
    return dress(
      {...manualStep(title, item.line), type: 'decide', effect: 'read', options, detail: parts.detail},
      parts.annotation,
      parts.alert,
    );

  const nested: Draft[] = [];
  const detail = [...parts.detail];
  for (const list of parts.lists) {
    if (list.children.some(each => holdsStep(each, source)))
      nested.push(...list.children.map(each => readItem(each, source)));
    else detail.push(...list.children.map(each => `- ${plain(each)}`));
  }
  const named = parts.annotation?.attributes;
  const typed = named?.type !== undefined && runs.has(named.type) ? undefined : (named?.type ?? named?.check);
  const offered =
    first === undefined || parts.codes.length > 0 || typed !== undefined ? [] : inlineSteps(first, title);
  const own = parts.codes.length > 0 ? parts.codes : offered;
  const [only] = own;
  let step: Draft;
  if (own.length === 1 && only !== undefined)
    step = {
      ...only,
      title: only.attributes.title ?? title,
      line: item.line,
      detail,
      children: nested,
      ...(parts.output === undefined ? {} : {expectedOutput: parts.output}),
    };
  else {
    const children = [
      ...own.map(each => ({...each, title: own === offered ? (each.command ?? title) : each.title || title})),
      ...nested,
    ];
    step = {...manualStep(title, item.line), detail, children};
    if (children.length > 0) step = {...step, type: 'note', effect: 'read'};
  }
  const expected = expectation(title);
  if (expected !== undefined) step = {...step, expected};
  if (step.title === '') step.title = step.command?.split('\n')[0] ?? detail[0] ?? '(no text)';
  return dress(step, parts.annotation, parts.alert);
}

/** `Load an unsigned bundle -> rejected`: what the author expects to happen. */
const expectation = (title: string): string | undefined =>
  /\s(?:->|=>|→|⇒|➜)\s+([^\s].{0,300}?)\.?\s*$/u.exec(title)?.[1];

interface Parts {
  readonly detail: string[];
  readonly codes: Draft[];
  readonly lists: List[];
  output: string | undefined;
  annotation: Annotation | undefined;
  alert: Alert | undefined;
}

function readParts(children: readonly Block[], first: Paragraph | undefined, source: Source): Parts {
  const parts: Parts = {
    detail: [],
    codes: [],
    lists: [],
    output: undefined,
    annotation: undefined,
    alert: undefined,
  };
  let intro = '';
  for (const child of children) {
    parts.annotation ??= commentAnnotation(child, source);
    if (child.type === 'list') parts.lists.push(child);
    else if (child.type === 'blockquote') {
      const alert = readAlert(child);
      if (alert === undefined) parts.detail.push(plain(child));
      else parts.alert ??= alert;
    } else if (child.type === 'code') {
      const fence = readCode(child, intro, source);
      if (fence.at === 'step') {
        parts.codes.push({...fence.step, title: fence.step.title || (child === children[1] ? '' : intro)});
        if (parts.detail.at(-1) === intro && intro !== '' && parts.codes.length > 1) parts.detail.pop();
      } else if (fence.at === 'output' && parts.codes.length > 0) parts.output = fence.text;
      else parts.detail.push(fence.text);
    } else if (child.type === 'paragraph' || child.type === 'heading') {
      intro = plain(child);
      if (child !== first && intro !== '' && !introducesOutput(intro)) parts.detail.push(intro);
    } else if (child.type !== 'html' && plain(child) !== '') parts.detail.push(...paragraphs(child));
  }
  return parts;
}

/** Whether an item holds something that can be done by the program: an annotation, a fence or an inline command. */
function holdsStep(item: ListItem, source: Source): boolean {
  return item.children.some(child => {
    if (child.type === 'code') return readCode(child, '', quietly(source)).at === 'step';
    if (child.type === 'list') return child.children.some(each => holdsStep(each, source));
    if (child.type === 'html') return commentJson(child.value) !== undefined;
    if (child.type !== 'paragraph') return false;
    return (
      child.children.some(each => each.type === 'html' && commentJson(each.value) !== undefined) ||
      inlineSteps(child, '').length > 0
    );
  });
}

/** Nested `**Yes** → [link](#anchor)` items as options; undefined when an item is no answer. */
function decideOptions(list: List): DecideOption[] | undefined {
  const options: DecideOption[] = [];
  for (const item of list.children) {
    const [paragraph] = item.children;
    if (paragraph?.type !== 'paragraph') return undefined;
    const [lead] = paragraph.children;
    const words = plain(paragraph);
    const answer = lead?.type === 'strong' ? plain(lead) : /^(?:yes|no)\b/i.exec(words)?.[0];
    if (answer === undefined) return undefined;
    const link = firstLink(paragraph);
    options.push({answer: answer.replace(/[:.]$/, ''), ...(link === undefined ? {} : {link}), text: words});
  }
  return options.length > 1 ? options : undefined;
}

function firstLink(node: Node): string | undefined {
  if (node.type === 'link') return node.url;
  if (!('children' in node)) return undefined;
  for (const child of node.children) {
    const found = firstLink(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
