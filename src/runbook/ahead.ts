// Looking ahead without reading: labels, and whether there is anything to walk under a heading.
import type {ListItem, Node, Paragraph, RootContent} from '../markdown/index.ts';
import type {Phase} from '../domain/runbook.ts';
import {quietly} from './draft.ts';
import type {Source} from './draft.ts';
import {readCode} from './fence.ts';
import {commentAnnotation} from './items.ts';
import {plain} from '../markdown/index.ts';
import {matchLabel, matchPhase} from './phases.ts';

export interface Label {
  readonly label: string;
  readonly rest: string;
  /** The paragraph is nothing but bold words: a heading in all but name. */
  readonly strong: boolean;
}

/** Label text of a paragraph that is nothing but a label (`Verify:`, `**Verify**`, `**Verify:** rest`). */
export function readLabel(node: Paragraph): Label | undefined {
  const [lead] = node.children;
  if (lead?.type === 'strong' || lead?.type === 'emphasis') {
    const words = plain(lead);
    const label = words.replace(colon, '').trim();
    const after = node.children.slice(1).map(plain).join(' ').trim();
    const isStrong = lead.type === 'strong';
    if (after === '' || (after.length < 2 && colon.test(after))) return {label, rest: '', strong: isStrong};
    if (isStrong && (colon.test(words) || /^[:：]/.test(after)))
      return {label, rest: after.replace(/^[:：]\s*/, ''), strong: false};
  }
  const words = plain(node);
  return colon.test(words) ? {label: words.slice(0, -1).trim(), rest: '', strong: false} : undefined;
}

const colon = /[:：]$/;

/** `Note:`, `Warning:`: said beside the steps, whatever phase it stands in. */
export const isAside = (label: string): boolean =>
  /^\W*(?:notes?|n\.?b\.?|warnings?|cautions?|important|attention|tips?|hints?|info|danger|remember|please note|examples?|e\.?g\.?|for example|hinweise?|achtung|wichtig|warnung|remarques?|avertissement|nota|advertencia|aviso|注意|注|备注)\W*$/iu.test(
    label,
  );

/** The phase that a label opens. Bold words alone are a heading, so the words for headings count too. */
export const labelPhase = ({label, strong}: Label, {phases}: Source): Phase | undefined =>
  isAside(label) ? undefined : strong ? matchPhase(label, phases) : matchLabel(label, phases);

const nodePhase = (node: Node, source: Source): Phase | undefined => {
  const label = node.type === 'paragraph' ? readLabel(node) : undefined;
  return label === undefined ? undefined : labelPhase(label, source);
};

/** Whether an item is nothing but a link, as in a table of contents. */
export const isLink = (item: ListItem): boolean => {
  const [paragraph, ...more] = item.children;
  if (paragraph?.type !== 'paragraph') return false;
  const words = paragraph.children.filter(child => child.type !== 'text' || child.value.trim() !== '');
  return (
    words.length > 0 &&
    words.every(
      child =>
        child.type === 'link' ||
        (child.type === 'text' && /^(?:<?https?:\/\/\S+|www\.\S+)$/.test(child.value.trim())),
    ) &&
    more.every(child => child.type === 'list' && child.children.every(isLink))
  );
};

/** Whether a phase label (`Verify:`) stands among the nodes as a paragraph. */
export const holdsLabel = (nodes: readonly RootContent[], source: Source): boolean =>
  nodes.some(node => nodePhase(node, source) !== undefined);

/** Whether the nodes under a heading hold steps: a list (not of links only), a command, an annotation, or a phase label. */
export function holdsSteps(nodes: readonly RootContent[], source: Source): boolean {
  const quiet = quietly(source);
  return nodes.some(node => {
    if (node.type === 'list') return !node.children.every(isLink);
    if (node.type === 'code') return readCode(node, '', quiet).at === 'step';
    if (node.type === 'blockquote') return holdsSteps(node.children, quiet);
    return nodePhase(node, source) !== undefined || commentAnnotation(node, quiet) !== undefined;
  });
}
