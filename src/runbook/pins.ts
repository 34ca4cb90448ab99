// Prohibitions that stand anywhere: every bullet, label or sentence that forbids something is pinned with its line.
import type {ListItem, Node, RootContent} from '../markdown/index.ts';
import {readAlert} from './alert.ts';
import {beginsForbidding, forbiddingSentences, forbidsSomewhere} from './ban.ts';
import type {Section, Source} from './draft.ts';
import {quietly} from './draft.ts';
import {commentAnnotation} from './items.ts';
import {plain} from '../markdown/index.ts';

/** The words of an item itself, without its nested blocks. */
export const ownWords = (item: ListItem): string => {
  const first = item.children.find(child => child.type === 'paragraph');
  return first === undefined ? '' : plain(first);
};

/** Guard patterns in a `qd:` comment of an item. */
export const patternsOf = (item: ListItem, source: Source): readonly string[] =>
  item.children.flatMap(child => commentAnnotation(child, quietly(source))?.patterns ?? []);

/** Pins what is not pinned yet; `nodes` are all blocks under one heading. */
export function pinProhibitions(nodes: readonly RootContent[], section: Section, source: Source): void {
  const {prohibitions} = section;
  const firstLine = nodes[0]?.line ?? Number.POSITIVE_INFINITY;
  // Only what was pinned under this heading can stand on the same lines.
  let before = prohibitions.length;
  while (before > 0 && (prohibitions[before - 1]?.line ?? 0) >= firstLine) before--;
  const here = prohibitions.splice(before);
  const pinned = new Set(here.map(({line}) => line));
  const pin = (text: string, node: Node, patterns: readonly string[] = []): void => {
    const line = node.line;
    if (pinned.has(line)) return;
    pinned.add(line);
    here.push({text, line, patterns});
  };
  const visit = (node: Node): void => {
    if (node.type === 'listItem') {
      const words = ownWords(node);
      if (forbidsSomewhere(words)) pin(words, node, patternsOf(node, source));
      const [first, ...rest] = node.children;
      if (first !== undefined && first.type !== 'paragraph') visit(first);
      rest.forEach(visit);
    } else if (node.type === 'paragraph') {
      const found = forbiddingSentences(plain(node));
      if (found.length > 0) pin(found.join(' '), node);
    } else if (node.type === 'blockquote') {
      const alert = readAlert(node);
      if (alert === undefined) node.children.forEach(visit);
      else {
        const found = forbiddingSentences(alert.text);
        if (found.length > 0) pin(found.join(' '), node);
      }
    } else if (node.type === 'tableRow') {
      const words = node.children.map(plain);
      if (words.some(beginsForbidding)) pin(words.filter(each => each !== '').join(': '), node);
    } else if ('children' in node) for (const child of node.children) visit(child);
  };
  nodes.forEach(visit);
  here.sort((a, b) => a.line - b.line);
  for (const each of here) prohibitions.push(each);
}
