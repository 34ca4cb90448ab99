// Inline Markdown as one line of text for reading: links with their targets, code in backticks, comments left out.
import type {Node} from '../markdown/index.ts';
import {isTag} from './placeholders.ts';

/** The text of a block; what a link leads to stands behind it. Raw text. */
export const inlineText = (node: Node): string => gather(node).replace(/\s+/g, ' ').trim();

function gather(node: Node): string {
  if (node.type === 'html') return htmlText(node.value).join(' ') || ' ';
  if (node.type === 'break') return ' ';
  if (node.type === 'inlineCode') return `\`${node.value}\``;
  if (node.type === 'image') return `[image: ${node.alt}]`;
  if (node.type === 'footnoteReference') return `[${node.identifier}]`;
  if (node.type === 'link') {
    const text = node.children.map(gather).join('');
    const isSame = text === node.url || `mailto:${text}` === node.url || node.url === '';
    return isSame ? text : `${text} (${node.url})`;
  }
  if ('value' in node) return node.value;
  return 'children' in node ? node.children.map(gather).join('') : '';
}

/** The readable parts of a piece of HTML: comments and tags are left out, `<placeholders>` stay. */
export function htmlText(html: string): readonly string[] {
  const bare = html
    .replace(/<!--[^]*?(?:-->|$)/g, ' ')
    .replace(/<\/?([A-Za-z][A-Za-z0-9-]*)\b[^>]*>/g, (tag: string, name: string) =>
      isTag(name) ? '\n' : tag,
    );
  return bare
    .split('\n')
    .map(line => line.trim())
    .filter(line => line !== '');
}
