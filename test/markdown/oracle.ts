// The parser that ours is held against: mdast-util-from-markdown with the same extensions; both trees as lines of text.
import type {Nodes} from 'mdast';
import {fromMarkdown} from 'mdast-util-from-markdown';
import {frontmatterFromMarkdown} from 'mdast-util-frontmatter';
import {gfmFromMarkdown} from 'mdast-util-gfm';
import {frontmatter} from 'micromark-extension-frontmatter';
import {gfm} from 'micromark-extension-gfm';
import {parseMarkdown} from '../../src/markdown/index.ts';
import type {Node, Root} from '../../src/markdown/index.ts';

/** A node of either tree. */
export interface Plain {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** Only of blocks. */
  readonly endLine: number | undefined;
  readonly detail: string;
  readonly children: readonly Plain[];
}

const bareLinks: ReadonlySet<string | undefined> = new Set([
  'emailAutolink',
  'protocolAutolink',
  'wwwAutolink',
]);

/** GFM without bare addresses, which ours leaves alone. */
function syntax(): ReturnType<typeof gfm> {
  const extension = gfm();
  const text = Object.fromEntries(
    Object.entries(extension.text ?? {}).map(([code, found]) => [
      code,
      [found ?? []].flat().filter(({name}) => !bareLinks.has(name)),
    ]),
  );
  return {...extension, text};
}

const options = {
  extensions: [syntax(), frontmatter(['yaml', 'toml'])],
  mdastExtensions: [
    ...gfmFromMarkdown().filter(({transforms}) => transforms === undefined),
    frontmatterFromMarkdown(['yaml', 'toml']),
  ],
};

export const theirs = (text: string): readonly Plain[] =>
  fromMarkdown(text, options).children.map(child => ofTheirs(child));

export function ours(text: string): readonly Plain[] {
  const parsed = parseMarkdown(text);
  return parsed.at === 'tree' ? parsed.root.children.map(child => ofOurs(child)) : [];
}

export function tree(text: string): Root {
  const parsed = parseMarkdown(text);
  if (parsed.at !== 'tree') throw new Error(`too deep on line ${parsed.line}`);
  return parsed.root;
}

const isInline = (type: string): boolean =>
  [
    'text',
    'inlineCode',
    'break',
    'emphasis',
    'strong',
    'delete',
    'link',
    'linkReference',
    'image',
    'imageReference',
    'footnoteReference',
  ].includes(type);

const detailOf = (...values: readonly unknown[]): string =>
  values.map(value => JSON.stringify(value ?? null)).join(' ');

function ofTheirs(node: Nodes): Plain {
  const {position} = node;
  return {
    type: node.type,
    start: position?.start.offset ?? -1,
    end: position?.end.offset ?? -1,
    line: position?.start.line ?? -1,
    endLine: isInline(node.type) ? undefined : position?.end.line,
    detail: theirDetail(node),
    children: 'children' in node ? node.children.map(child => ofTheirs(child)) : [],
  };
}

function theirDetail(node: Nodes): string {
  if ('value' in node) return detailOf(node.value);
  if (node.type === 'heading') return detailOf(node.depth);
  if (node.type === 'list') return detailOf(node.ordered, node.start);
  if (node.type === 'listItem') return detailOf(node.checked);
  if (node.type === 'link' || node.type === 'definition') return detailOf(node.url);
  if (node.type === 'image') return detailOf(node.url, node.alt);
  if (node.type === 'imageReference') return detailOf(node.alt);
  const isNote = node.type === 'footnoteReference' || node.type === 'footnoteDefinition';
  return isNote ? detailOf(node.identifier) : '';
}

function ofOurs(node: Node): Plain {
  return {
    type: node.type,
    start: node.start,
    end: node.end,
    line: node.line,
    endLine: 'endLine' in node ? node.endLine : undefined,
    detail: ourDetail(node),
    children: 'children' in node ? node.children.map(child => ofOurs(child)) : [],
  };
}

function ourDetail(node: Node): string {
  if ('value' in node) return detailOf(node.value);
  if (node.type === 'heading') return detailOf(node.depth);
  if (node.type === 'list') return detailOf(node.ordered, node.first);
  if (node.type === 'listItem') return detailOf(node.checked);
  if (node.type === 'link' || node.type === 'definition') return detailOf(node.url);
  if (node.type === 'image') return detailOf(node.url, node.alt);
  if (node.type === 'imageReference') return detailOf(node.alt);
  const isNote = node.type === 'footnoteReference' || node.type === 'footnoteDefinition';
  return isNote ? detailOf(node.identifier) : '';
}
