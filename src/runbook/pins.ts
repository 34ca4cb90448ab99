// Prohibitions that stand anywhere: every bullet, label or sentence that forbids something is pinned with its line.
import type {ListItem, Nodes, RootContent} from 'mdast';
import {readAlert} from './alert.ts';
import {beginsForbidding, forbiddingSentences, forbidsSomewhere} from './ban.ts';
import type {Section, Source} from './draft.ts';
import {quietly} from './draft.ts';
import {commentAnnotation} from './items.ts';
import {lineOf, plain} from './markdown.ts';

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
  const pinned = new Set(section.prohibitions.map(({line}) => line));
  const pin = (text: string, node: Nodes, patterns: readonly string[] = []): void => {
    const line = lineOf(node);
    if (pinned.has(line)) return;
    pinned.add(line);
    section.prohibitions.push({text, line, patterns});
  };
  const visit = (node: Nodes): void => {
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
  section.prohibitions.sort((a, b) => a.line - b.line);
}
