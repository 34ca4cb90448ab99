// docs/formats/ledger.md says the rules; this code must be what it says.
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {expect, test} from 'vitest';
import {rows, tones, type Mark} from '../../src/report/kinds.ts';
import {caution, noTimeline} from '../../src/report/page.ts';
import {style, styleHash} from '../../src/report/style.ts';
import {shown} from '../../src/report/text.ts';
import {entryKinds} from '../../src/domain/kinds.ts';

const page = readFileSync(new URL('../../docs/formats/ledger.md', import.meta.url), 'utf8');

function markText(mark: Mark | undefined): string {
  if (mark === undefined) return '';
  if ('word' in mark) return mark.word;
  return 'yes' in mark ? `\`${mark.key}\` ? ${mark.yes} : ${mark.no}` : `=\`${mark.key}\``;
}

test('the page holds the table of sentences, row by row', () => {
  const table = Object.entries(rows).map(
    ([kind, {says, mark}]) =>
      `| \`${kind}\` | ${says.map(text => `\`${text}\``).join(' else ')} | ${markText(mark)} |`,
  );
  expect(page).toContain(`| kind | sentence | mark |\n|---|---|---|\n${table.join('\n')}\n\n`);
  const words = Object.entries(tones).map(
    ([tone, {glyph, words: some}]) => `| ${tone} | ${glyph} | ${some.join(', ')} |`,
  );
  expect(page).toContain(`| tone | glyph | words |\n|---|---|---|\n${words.join('\n')}\n\n`);
});

test('the page holds the style sheet and our sentences', () => {
  expect(page).toContain(`\`\`\`css${style}\`\`\``);
  for (const text of [...caution, noTimeline]) expect(page).toContain(text);
});

test('the policy names the style sheet by its hash', () => {
  expect(createHash('sha256').update(style).digest('base64')).toBe(styleHash);
});

test('the characters that are shown by number are those of the page', () => {
  const list =
    /characters? of this list becomes .*?: ([0-9A-F–, ]+), and the last two of each plane/.exec(page)?.[1] ??
    '';
  const named = new Set<number>();
  for (const range of list.split(', ')) {
    const [from = '', to = from] = range.split('–');
    for (let code = Number.parseInt(from, 16); code <= Number.parseInt(to, 16); code += 1) named.add(code);
  }
  for (let plane = 1; plane <= 16; plane += 1)
    named.add(plane * 0x10000 + 0xfffe).add(plane * 0x10000 + 0xffff);
  const found: number[] = [];
  for (let code = 0; code <= 0x10ffff; code += 1) {
    const text = String.fromCodePoint(code);
    if (shown(text) !== text) found.push(code);
  }
  expect(found).toEqual([...named].sort((a, b) => a - b));
});

test('every kind that is written has its sentence', () => {
  expect(Object.keys(entryKinds).filter(kind => !Object.hasOwn(rows, kind))).toEqual([]);
});
