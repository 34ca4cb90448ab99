// Looking ahead without reading: labels, and whether there is anything to walk under a heading.
import type {ListItem, Nodes, Paragraph, RootContent} from 'mdast';
import type {Phase} from '../domain/runbook.ts';
import type {Source} from './draft.ts';
import {readCode} from './fence.ts';
import {commentAnnotation} from './items.ts';
import {plain} from './markdown.ts';
import {matchPhase} from './phases.ts';

/** Label text of a paragraph that is nothing but a label (`Verify:`, `**Verify**`, `**Verify:** rest`). */
export function readLabel(node: Paragraph): {readonly label: string; readonly rest: string} | undefined {
  const [lead, ...others] = node.children;
  const words = plain(node);
  const strong = lead?.type === 'strong' || lead?.type === 'emphasis' ? plain(lead) : undefined;
  const after = others.map(plain).join(' ').trim();
  if (strong !== undefined && (after === '' || after === ':'))
    return {label: strong.replace(/:$/, ''), rest: ''};
  if (strong !== undefined && lead?.type === 'strong' && (strong.endsWith(':') || after.startsWith(':')))
    return {label: strong.replace(/:$/, ''), rest: after.replace(/^:\s*/, '')};
  return words.endsWith(':') ? {label: words.slice(0, -1), rest: ''} : undefined;
}

const labelPhase = (node: Nodes, source: Source): Phase | undefined => {
  const label = node.type === 'paragraph' ? readLabel(node) : undefined;
  return label === undefined ? undefined : matchPhase(label.label, source.phases);
};

/** Whether an item is nothing but a link, as in a table of contents. */
export const isLink = (item: ListItem): boolean => {
  const [paragraph, ...more] = item.children;
  if (paragraph?.type !== 'paragraph') return false;
  const words = paragraph.children.filter(child => child.type !== 'text' || child.value.trim() !== '');
  return (
    words.length > 0 &&
    words.every(child => child.type === 'link') &&
    more.every(child => child.type === 'list' && child.children.every(isLink))
  );
};

/** Whether a phase label (`Verify:`) stands among the nodes as a paragraph. */
export const holdsLabel = (nodes: readonly RootContent[], source: Source): boolean =>
  nodes.some(node => labelPhase(node, source) !== undefined);

/** Whether the nodes under a heading hold steps: a list (not of links only), a command, an annotation, or a phase label. */
export function holdsSteps(nodes: readonly RootContent[], source: Source): boolean {
  const quiet = {...source, problems: []};
  return nodes.some(node => {
    if (node.type === 'list') return !node.children.every(isLink);
    if (node.type === 'code') return readCode(node, '', quiet).at === 'step';
    if (node.type === 'blockquote') return holdsSteps(node.children, quiet);
    return labelPhase(node, source) !== undefined || commentAnnotation(node, quiet) !== undefined;
  });
}
