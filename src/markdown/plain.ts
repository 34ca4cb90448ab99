// What nodes say in plain words.
import type {Node} from './tree.ts';

/** Plain text: inline code and link texts without their marks, line breaks as spaces, HTML left out. */
export const plain = (node: Node): string => ('plain' in node ? node.plain : oneLine(gather(node)));

/** The plain text of words that follow each other without a gap. */
export function plainOf(words: readonly Node[]): string {
  let text = '';
  for (const each of words) text += gather(each);
  return oneLine(text);
}

function gather(node: Node): string {
  switch (node.type) {
    case 'paragraph':
    case 'heading':
    case 'tableCell':
      return node.plain;
    case 'text':
    case 'inlineCode':
    case 'code':
    case 'yaml':
    case 'toml':
      return node.value;
    case 'emphasis':
    case 'strong':
    case 'delete':
    case 'link':
    case 'linkReference':
      return node.children.map(gather).join('');
    case 'break':
      return ' ';
    case 'image':
      return node.alt;
    case 'html':
    case 'footnoteReference':
    case 'imageReference':
    case 'definition':
    case 'thematicBreak':
      return '';
    case 'blockquote':
    case 'list':
    case 'listItem':
    case 'table':
    case 'tableRow':
    case 'footnoteDefinition':
      return node.children.map(gather).join(' ');
  }
}

/** A text with every stretch of white space as one space, and none at its ends. */
export const oneLine = (text: string): string =>
  (isOneLine(text, 0, text.length) ? text : text.replace(/\s{2,}|[^\S ]/g, ' ')).trim();

/** Whether all white space is single spaces, as far as a quick look tells. */
export function isOneLine(text: string, from: number, to: number): boolean {
  let before = 0;
  for (let at = from; at < to; at++) {
    const char = text.charCodeAt(at);
    if (char < 32 || (char === 32 && before === 32) || char === 0xa0 || char >= 0x1680) return false;
    before = char;
  }
  return true;
}
