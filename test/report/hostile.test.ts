// Text of strangers in every place: no page, table or terminal takes it for anything but text.
import fc from 'fast-check';
import {expect, test} from 'vitest';
import {code} from '../../src/report/markdown.ts';
import {derive, sd, type Said} from './sample.ts';

/** The same hostile text wherever an entry takes text. */
const everywhere = (evil: string): Said[] => [
  {
    kind: 'run.start',
    run: evil,
    body: {title: evil, procedureTitle: evil, service: evil, environment: evil, source: sd},
    actor: {operator: evil, uid: -1, user: evil, via: evil, from: evil, key: evil},
    values: {'/body/source': evil},
  },
  {
    kind: evil,
    run: evil,
    step: evil,
    body: {argv: [evil, 'x'], shown: [evil, evil], list: [[evil], {a: evil}], why: evil},
  },
  {kind: 'note', body: {text: sd}, values: {'/body/text': `${evil}\n${evil}\n`}},
  {kind: 'step.unknown', run: evil, step: evil, body: {why: evil, survivors: [{pid: 1, command: evil}]}},
];

/** The tags of a page, read as a browser would: `<` begins one, quotes hold `>`; text holds no `<` at all. */
function tagsOf(html: string): string[] {
  const tags: string[] = [];
  let rest = html;
  for (let at = rest.indexOf('<'); at !== -1; at = rest.indexOf('<')) {
    const tag = /^<(?:!DOCTYPE html|\/?[a-z][a-z0-9]*(?: [a-z-]+(?:="[^"<]*")?)*)>/.exec(rest.slice(at))?.[0];
    if (tag === undefined) throw new Error(`A stray < stands at: ${rest.slice(at, at + 60)}`);
    tags.push(tag);
    rest = rest.slice(at + tag.length);
  }
  return tags;
}

const hostile = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='x",
  '&lt;b&gt; &amp;',
  '</pre></details></style><style>*{display:none}',
  '<!-- ',
  ']]>',
  '`````` ``` ` <b>',
  '| a | b |\n---|---\n# Head\n- item\n[x](javascript:alert(1)) ![i](http://e.example/i)',
  '=HYPERLINK("http://e.example","x")',
  '\u202egnp.exe\u2066 \u200b\ufeff',
  '\u001b]0;title\u0007\u001b[31mred\u001b[0m\r\n\t\u0000',
  '𝒳'.repeat(2000),
  '',
  ' ',
];

const nameOf = (tag: string): string => /^<\/?[!a-zA-Z0-9]+/.exec(tag)?.[0] ?? '';
const known = new Set(tagsOf(derive(everywhere('plain\n'.repeat(300)))['report.html']).map(nameOf));

test.each(hostile)('%j adds no tag of its own to the page', evil => {
  const tags = tagsOf(derive(everywhere(evil))['report.html']).map(nameOf);
  for (const tag of tags) expect(known).toContain(tag);
  expect(tags.filter(tag => tag === '<style')).toHaveLength(1);
});

test('no text, whatever it is, leaves a stray < or an unknown attribute', () => {
  const attributes = / (lang|charset|http-equiv|content|name|href|class|id|open)\b/;
  fc.assert(
    fc.property(
      fc.string({unit: 'binary', maxLength: 60}),
      fc.string({unit: 'grapheme', maxLength: 20}),
      (a, b) => {
        const html = derive(everywhere(`${a}<${b}`))['report.html'];
        for (const tag of tagsOf(html))
          if (tag.includes(' ') && tag !== '<!DOCTYPE html>') expect(tag).toMatch(attributes);
      },
    ),
    {numRuns: 100},
  );
});

test('every href and id holds a place of the page and nothing of the log', () => {
  for (const evil of hostile)
    for (const tag of tagsOf(derive(everywhere(evil))['report.html'])) {
      const [, value] = / (?:href|id)="([^"]*)"/.exec(tag) ?? [];
      if (value !== undefined) expect(value).toMatch(/^#?([er]\d+|runs|timeline|totals)$/);
    }
});

test('no file holds a control, bidi or hidden character', () => {
  for (const evil of hostile)
    for (const text of Object.values(derive(everywhere(evil))))
      // Tabs stay within the blocks of the reports.
      expect(
        /[\0-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/.exec(text),
      ).toBeNull();
});

test('hidden characters are shown by their number, and a change of colour as one mark', () => {
  const csv = derive([{kind: 'a\u202eb\u001b[1;31mc\u{e0041}\n', body: {}}])['population.csv'];
  expect(csv).toContain(',a\\u{202e}b\\ec\\u{e0041}\\u{a},');
});

/** Cells of a table as RFC 4180 reads them. */
const cellsOf = (line: string): string[] =>
  [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^",]*))(?=,|$)/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
  );

test.each([...hostile, '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '＝1', 'a,"b"', '"'])(
  '%j stays one cell that no spreadsheet computes',
  evil => {
    for (const path of ['population.csv', 'timeline.csv'] as const) {
      const [head = '', ...lines] = derive(everywhere(evil))[path].trimEnd().split('\n');
      expect(lines).toHaveLength(4);
      for (const line of lines) {
        const cells = cellsOf(line);
        expect(cells).toHaveLength(head.split(',').length);
        // A number below zero is a number.
        for (const cell of cells)
          expect(cell === '-1' && path === 'population.csv' ? '' : cell).not.toMatch(/^[=+\-@＝＋－＠\t\r]/);
      }
    }
  },
);

test('a code span is closed by nothing that it holds', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[` a]{1,20}$/), text => {
      const span = code(text);
      const ticks = /^`+/.exec(span)?.[0] ?? '';
      const inside = span.slice(ticks.length, -ticks.length);
      expect(inside.match(/`+/g) ?? []).not.toContain(ticks);
      expect(inside.startsWith('`') || inside.endsWith('`')).toBe(false);
    }),
  );
});

test('outside of code, the Markdown page holds only our own words', () => {
  for (const evil of hostile) {
    const md = derive(everywhere(`${evil} zzz`))['report.md'];
    const lines: string[] = [];
    let fence = '';
    for (const line of md.split('\n')) {
      const ticks = /^ {2}(`{3,})(?:text)?$/.exec(line)?.[1] ?? '';
      if (fence === '' && ticks !== '') fence = ticks;
      else if (fence !== '' && ticks === fence) fence = '';
      else if (fence === '') lines.push(line);
    }
    const bare = lines.join('\n').replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');
    expect(bare).not.toContain('zzz');
  }
});
