// Texts that are made to take long: a parser whose time grew with the square would need minutes for each.
import {describe, expect, test} from 'vitest';
import {parseRunbook} from '../../src/runbook/index.ts';
import {parseMarkdown} from '../../src/markdown/index.ts';

const size = 256 * 1024;
const fill = (piece: string): string => piece.repeat(Math.ceil(size / piece.length));
const half = (piece: string): string => piece.repeat(Math.ceil(size / 2 / piece.length));
const growing = (piece: string): string => {
  let text = '';
  for (let i = 1; text.length < size; i++) text += `${piece.repeat(i)} `;
  return text;
};
const deep = Array.from({length: 90}, (_, i) => `${' '.repeat(i * 2)}- a\n`).join('');
const defined = '\n\n[a]: /u\n[^1]: n\n';

const texts: Readonly<Record<string, string>> = {
  stars: fill('*'),
  'stars that open': fill('*a '),
  'stars that close': fill('a* '),
  'stars that pair': half('*a ') + half('a* '),
  'double stars that pair': half('**a ') + half('a** '),
  'stars and bars that cross': fill('*a_ '),
  'runs of three lengths': fill('a***b**c*'),
  'runs that grow': growing('*'),
  'tildes of two lengths': fill('~a ~~b '),
  'tildes that pair': half('~a ') + half('a~ '),
  'opening brackets': fill('['),
  'closing brackets': fill(']'),
  'bracket pairs in each other': half('[') + half(']') + defined,
  'images that never close': fill('!['),
  'links in links': half('[a') + half('](b)'),
  'links without an end': fill('[a]('),
  'titles without an end': fill('[a](b "'),
  'titles in parentheses without an end': fill('[a](b ('),
  'targets in angle brackets without an end': fill('[a](<b'),
  references: fill('[a][a') + defined,
  footnotes: fill('![^1') + defined,
  backticks: fill('`'),
  'backticks that never close': fill('`a '),
  'runs of backticks that grow': growing('`'),
  'angle brackets': fill('<'),
  'comments without an end': fill('a <!--'),
  'comments without an end, each in a paragraph': fill('a <!-- b\n\n'),
  'instructions without an end': fill('a <?'),
  'attributes without an end': fill('a <b c="'),
  'many attributes': `a <b${fill(' c')}`,
  ampersands: fill('&aaa'),
  backslashes: fill('\\'),
  'one long word': fill('a'),
  'quotes on one line': fill('>'),
  'deep quotes': fill(`${'>'.repeat(99)}a\n`),
  'a deep list before empty lines': deep + fill('\n'),
  'a list that nests ever deeper': growing('  - a\n'),
  'list marks on one line': fill('- '),
  'definitions without a target': fill('[a]:\n'),
  'definitions whose title never ends': fill("[a]: b\n'x\n"),
  'labels without an end': fill('[a\n'),
  'a wide table': `${half('|a')}|\n${half('|-')}|\n`,
  'rows of dashes': fill('|-|\n'),
  'cells with a backtick': `|a|\n|-|\n${fill('|`')}`,
  'a comment without an end': `<!--\n${fill('a\n')}`,
  'front matter without an end': `---\n${fill('a: b\n')}`,
  'empty lines': fill('\n'),
  blanks: fill(' '),
  tabs: fill('\t'),
};

describe('the tree of a quarter of a mebibyte of', () => {
  test.each(Object.entries(texts))('%s', {timeout: 10_000}, (_, text) => {
    const {at} = parseMarkdown(text);
    expect(at === 'tree' || text.includes('>>') || text.includes('- ')).toBe(true);
  });
});

const runbooks: Readonly<Record<string, string>> = {
  'stars that pair': texts['stars that pair'] ?? '',
  'headings without words': fill('## Recovery\n\na\n\n'),
  'numbered headings': `# T\n\n${fill('## 1. a\n\n- x\n\n')}`,
  'links in a list': fill('- [a](../../b.md)\n'),
  'sections that forbid': fill('## Never\n\n- a\n\n'),
  'commands in a list': fill('- Run `systemctl restart x`\n'),
  'fences in a list': fill('- ```\n'),
  'a quote that is never closed': `\`\`\`console\n$ echo '\n${fill('a\n')}\`\`\`\n`,
};

describe('the procedures of a quarter of a mebibyte of', () => {
  test.each(Object.entries(runbooks))('%s', {timeout: 10_000}, (_, text) => {
    expect(parseRunbook({file: 'x.md', bytes: new TextEncoder().encode(text)}).source).toBe(text);
  });
});
