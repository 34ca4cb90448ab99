// What our Markdown parser does otherwise than mdast-util-from-markdown, case by case; and what only it says.
import {expect, test} from 'vitest';
import {parseMarkdown} from '../../src/markdown/index.ts';
import type {Node} from '../../src/markdown/index.ts';
import {outline} from './differences.ts';
import {ours, theirs, tree} from './oracle.ts';

const read = (text: string): string[] => outline(ours(text)).map(line => line.replace(/ \d.*?(?= "|$)/, ''));

test('a rule at the beginning of a file without a second one is a rule, and what follows is read', () => {
  const text = '---\n- a\n\n> b\n';
  expect(read(text)).toEqual([
    'thematicBreak',
    'list',
    '  listItem',
    '    paragraph',
    '      text "a"',
    'blockquote',
    '  paragraph',
    '    text "b"',
  ]);
  expect(outline(theirs(text)).some(line => line.startsWith('list'))).toBe(false);
});

test('any list item may follow indented code', () => {
  const text = '    code\n\n2. x\n';
  expect(ours(text).map(({type}) => type)).toEqual(['code', 'list']);
  expect(theirs(text).map(({type}) => type)).toEqual(['code', 'paragraph']);
});

test('indented code behind a quote is one block', () => {
  const text = '> # a\n    one\n    two\n';
  expect(ours(text).map(({type}) => type)).toEqual(['blockquote', 'code']);
  expect(theirs(text).map(({type}) => type)).toEqual(['blockquote', 'code', 'code']);
});

test('a tag alone on a line goes on with the words above it, in a quote too', () => {
  const text = '> a\n<b>\n';
  expect(read(text)).toEqual(['blockquote', '  paragraph', '    text "a\\n"', '    html "<b>"']);
  expect(outline(theirs(text)).some(line => line.startsWith('  html'))).toBe(true);
});

test('an underlined heading begins on its own line, not on that of the definition above it', () => {
  const text = '[a]: /u\nwords\n===\n';
  expect(ours(text).map(({type, line}) => [type, line])).toEqual([
    ['definition', 1],
    ['heading', 2],
  ]);
  expect(theirs(text).map(({type, line}) => [type, line])).toEqual([
    ['definition', 1],
    ['heading', 1],
  ]);
});

test('the last item does not reach into the next one when its fence is never closed', () => {
  const [list] = tree('- ```\n  x\n- b\n').children;
  expect(list?.type === 'list' ? list.children.map(({start, end}) => [start, end]) : []).toEqual([
    [0, 10],
    [10, 13],
  ]);
});

test('marks that nest deeper than a hundred are characters', () => {
  const deep = 150;
  const text = '*a '.repeat(deep) + 'a* '.repeat(deep);
  const depthOf = (node: Node): number =>
    1 + Math.max(0, ...('children' in node ? node.children.map(depthOf) : []));
  const [paragraph] = tree(text).children;
  expect(paragraph === undefined ? 0 : depthOf(paragraph)).toBe(102);
  expect(paragraph?.type === 'paragraph' ? paragraph.plain : '').toContain('a*');
});

test('containers that nest deeper than a hundred are refused with their line', () => {
  expect(parseMarkdown(`a\n\n${'> '.repeat(101)}b\n`)).toEqual({at: 'too-deep', line: 3});
  expect(parseMarkdown(`a\n\n${'> '.repeat(100)}b\n`).at).toBe('tree');
  expect(parseMarkdown(`${' '.repeat(3000)}b\n\n${'* '.repeat(2000)}\n`).at).toBe('tree');
});

test('code says what stands behind its marks as it is written, and whether its end came', () => {
  const code = (text: string): unknown => {
    const [node] = tree(text).children;
    return node?.type === 'code' ? [node.info, node.closed, node.value] : undefined;
  };
  expect(code('```sh {"re":"\\\\d &amp;"}  \nx\n```\n')).toEqual(['sh {"re":"\\\\d &amp;"}', true, 'x']);
  expect(code('~~~\nx\n')).toEqual(['', false, 'x']);
  expect(code('    x\n')).toEqual([undefined, true, 'x']);
});

test('words are there in one line too, without marks, links and HTML', () => {
  const [paragraph, heading] = tree(
    '**a**  b\n`c  d` <i>e</i>\\\n[f](g) ![h](i) [^1]\n\n# T \u00a0 u\n',
  ).children;
  expect(paragraph?.type === 'paragraph' ? paragraph.plain : '').toBe('a b c d e f h [^1]');
  expect(heading?.type === 'heading' ? heading.plain : '').toBe('T u');
});
