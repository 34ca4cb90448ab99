// Where ours and the oracle differ, and why; everything else must be the same, node by node.
import {ours} from './oracle.ts';
import type {Plain} from './oracle.ts';

const containers = ['list', 'listItem', 'blockquote', 'footnoteDefinition'];

/**
 * A tree as lines. Left out are places that nothing reads and that the oracle counts in odd ways: the end of a container
 * (its line is compared), of a break, and of words that end with a line feed (it may lie behind the marks of the next
 * line); the beginning of an underlined heading below a definition (the oracle takes the definition's); and the end of
 * a list in a footnote.
 */
export const outline = (nodes: readonly Plain[], indent = '', inNote = false): string[] =>
  nodes.flatMap((node, i) => {
    const {type, start, end, line, endLine, detail, children} = node;
    const below = type === 'heading' && nodes[i - 1]?.type === 'definition';
    const isOpen =
      containers.includes(type) || type === 'break' || (type === 'text' && detail.endsWith('\\n"'));
    const isNoted = inNote && (type === 'list' || type === 'listItem');
    return [
      [
        `${indent}${type}`,
        below ? '' : `${start}@${line}`,
        isOpen ? '' : String(end),
        isNoted ? '' : String(endLine ?? ''),
        detail,
      ].join(' '),
      ...outline(children, `${indent}  `, inNote || type === 'footnoteDefinition'),
    ];
  });

/** Why a text is read otherwise than the oracle reads it, in one word; undefined when it must be read the same. */
export function difference(text: string): string | undefined {
  const tree = ours(text);
  const [first] = tree;
  if (/^(?:---|\+\+\+)[ \t]*(?:\n|$)/.test(text) && first?.type !== 'yaml' && first?.type !== 'toml')
    return 'front matter that is never closed';
  if (!/(?:\n|[^\s>])$/.test(text)) return 'blanks or marks at the end of the file';
  if (tagBelowWords.test(text)) return 'a tag alone on a line below words';
  if (boxBelowMark.test(text)) return 'a box below the mark of its item';
  return within(tree, text, false);
}

/** HTML of the seventh kind never breaks into a paragraph; the oracle lets it, on a line that a container does not go on with. */
const tagBelowWords = /\S[ \t]*\n[ \t>]*(?:(?:[-+*]|\d+[.)])[ \t]+)*<\/?[a-z][^>\n]*>[ \t]*(?:\n|$)/i;
/** `-` and `[ ] words` on the next line: the oracle sees a box with blanks behind the mark or none, or breaks. */
const boxBelowMark = /^[ \t>]*(?:[-+*>]|\d+[.)]|\[\^\w+\]:)(?:.*[-+*>]|.*\d[.)])?[ \t]*\n[ \t>]*\[[ xX]\]/m;

function within(nodes: readonly Plain[], text: string, inContainer: boolean): string | undefined {
  for (const [i, node] of nodes.entries()) {
    const before = nodes[i - 1];
    // Code of several lines that begins where a container ends is one block; the oracle makes one of each line.
    if (isIndented(node, text) && before !== undefined && containers.includes(before.type))
      return 'indented code behind a container';
    // Indented code is no paragraph: any item may follow it.
    if (before !== undefined && isIndented(before, text) && holdsList(node))
      return 'a list behind indented code';
    const source = text.slice(node.start, node.end);
    // What is left of a tab before a line of code or HTML among words is counted from the line's own beginning.
    if (node.type === 'paragraph' && inContainer && /\n[ \t>]*\t/.test(source) && /[`<]/.test(source))
      return 'a tab before a line of a paragraph in a container';
    const found = within(node.children, text, inContainer || containers.includes(node.type));
    if (found !== undefined) return found;
  }
  return undefined;
}

const isIndented = ({type, start}: Plain, text: string): boolean =>
  type === 'code' && !/^(?:`{3}|~{3})/.test(text.slice(start, start + 3));

/** Whether the node is a list, or begins with one. */
const holdsList = ({type, children: [first]}: Plain): boolean =>
  type === 'list' || (containers.includes(type) && first !== undefined && holdsList(first));
