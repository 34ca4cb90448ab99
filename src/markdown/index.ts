// Markdown → tree: CommonMark, GFM without bare addresses, front matter. Imports nothing but the names of characters.
import {Blocks} from './blocks/blocks.ts';
import type {Waiting} from './blocks/leaves.ts';
import {readWords} from './words/inline.ts';
import type {ListItem, Root} from './tree.ts';

export {maxDepth} from './blocks/blocks.ts';
export {plain} from './plain.ts';
export type {
  Block,
  Blockquote,
  Code,
  Heading,
  Html,
  List,
  ListItem,
  Node,
  Paragraph,
  Root,
  RootContent,
  Table,
  TableRow,
} from './tree.ts';

export type Parsed =
  | {readonly at: 'tree'; readonly root: Root}
  /** Containers nest deeper than anything is read for. */
  | {readonly at: 'too-deep'; readonly line: number};

/** The tree of a text with LF line ends, in time linear in its length; any text has one. */
export function parseMarkdown(text: string): Parsed {
  const blocks = new Blocks(text);
  blocks.read();
  if (blocks.tooDeep !== undefined) return {at: 'too-deep', line: blocks.tooDeep};
  const {root, notes, leaves} = blocks;
  const {waiting, links} = leaves;
  const references = {links, notes};
  for (const {node, content, item} of waiting) {
    const where = node.type === 'tableCell' ? 'cell' : item === undefined ? 'block' : 'item';
    const {children, plain, checked} = readWords(content, references, where);
    node.children = children;
    node.plain = plain;
    if (item !== undefined && checked !== undefined) tick(item, node, checked);
  }
  return {at: 'tree', root};
}

/** A box is no word: the paragraph begins behind it and its blank. */
function tick(item: ListItem, node: Waiting['node'], checked: boolean): void {
  item.checked = checked;
  const [first] = node.children;
  if (node.type !== 'paragraph' || first?.type !== 'text') return;
  first.value = first.value.slice(1);
  if (first.value === '') node.children.shift();
  else {
    first.start++;
    node.start = first.start;
  }
}
