// The derived files as a whole: golden files, determinism, what is written when.
import {expect, test} from 'vitest';
import {Deriver, derivedPaths} from '../../src/report/derive.ts';
import {derive, origin, rowOf, sd, story, type Said} from './sample.ts';

for (const path of derivedPaths)
  test(`the story's ${path} is the golden file`, async () => {
    await expect(derive(story, {size: 40})[path]).toMatchFileSnapshot(`golden/${path}`);
  });

const entryText = (html: string, seq: number): string =>
  html.slice(html.indexOf(`id="e${seq}"`), html.indexOf('</article>', html.indexOf(`id="e${seq}"`)));

test('the order in which a parser keeps members changes no byte', () => {
  const body = {'2': 'b', '10': 'a', a: {z: 1, b: 2}};
  const other = {a: {b: 2, z: 1}, '10': 'a', '2': 'b'};
  expect(derive([{kind: 'odd', body}])['report.md']).toBe(derive([{kind: 'odd', body: other}])['report.md']);
});

test('every entry has one row in each table and one place in each page', () => {
  const files = derive(story);
  expect(files['population.csv'].split('\n')).toHaveLength(story.length + 2);
  expect(files['timeline.csv'].split('\n')).toHaveLength(story.length + 2);
  for (const seq of story.keys()) {
    expect(files['report.html'].split(`id="e${seq}"`)).toHaveLength(2);
    expect(files['report.md'].split(`**#${seq}** `)).toHaveLength(2);
  }
});

test('refusals and unknown outcomes carry a word and a glyph in both pages', () => {
  const files = derive(story);
  expect(entryText(files['report.html'], 12)).toContain('✖ refused');
  expect(entryText(files['report.html'], 14)).toContain('? unknown');
  expect(files['report.md']).toContain('✖ **refused** · Refused by the prohibition');
  expect(files['report.md']).toContain('? **unknown** · Outcome of');
});

test('an erased value names the entry that erased it, and links there only inside the slice', () => {
  const html = derive(story)['report.html'];
  expect(entryText(html, 7)).toContain('<a href="#e16">erased (see entry 16)</a>');
  expect(entryText(html, 11)).toContain('<span class="x">erased (see entry 30)</span>');
});

test('a slice that begins within a run says so', () => {
  const md = derive(story.slice(4, 7), {from: 4, size: 40})['report.md'];
  expect(md).toContain('- Started: `before this slice`');
  expect(md).toContain('- Result: `not finished in this slice`');
  expect(md).toContain('- Entries: `4 to 6: 3 of 40, a slice of the log`');
});

test('a body that is not what its kind says falls back to kind and members', () => {
  const md = derive([{kind: 'session.close', body: {why: ['late'], sumMs: -5, x: {sd: 1}}}])['report.md'];
  expect(md).toContain('`session.close`: `sumMs=-5`');
  expect(md).toContain('- why: `late`\n- x `{"sd":1}`');
});

test('an unknown kind with a name of the language is generic', () => {
  const md = derive([
    {
      kind: 'constructor',
      body: Object.fromEntries<unknown>([
        ['__proto__', 'p'],
        ['toString', 1],
      ]),
    },
    {kind: '__proto__', body: {}},
  ])['report.md'];
  expect(md).toContain('`constructor`: `__proto__=p` `toString=1`');
  expect(md).toContain('`__proto__`');
});

function manyEntries(n: number): Record<string, string> {
  const deriver = new Deriver({origin, from: 0, to: n, size: n, root: ''});
  const files: Record<string, string> = {};
  const seal = rowOf(0, {kind: 'ledger.seal', body: {}});
  const keep = ({path, text}: {path: string; text: string}): void => {
    files[path] = (files[path] ?? '') + text;
  };
  for (let seq = 0; seq < n; seq += 1) deriver.add({...seal, seq}).forEach(keep);
  deriver.end().forEach(keep);
  return files;
}

test('20,000 entries have a timeline, one more has none, and the tables hold them all', () => {
  const most = manyEntries(20_000);
  expect(most['report.html']).toContain('id="e19999"');
  const more = manyEntries(20_001);
  expect(more['report.html']).toContain('holds no timeline');
  expect(more['report.html']).not.toContain('<article');
  expect(more['report.md']).not.toContain('**#');
  expect(more['report.md']).toContain('- `ledger.seal`: 20001');
  expect(more['population.csv']?.split('\n')).toHaveLength(20_003);
});

test('the tables go out while entries come in', () => {
  const deriver = new Deriver({origin, from: 0, to: 9999, size: 9999, root: ''});
  const row = rowOf(0, {kind: 'ledger.seal', body: {}});
  const lengths = Array.from({length: 3000}, (_, seq) => deriver.add({...row, seq}).length);
  expect(lengths.filter(length => length > 0).length).toBeGreaterThan(3);
});

test('a page that is full names every further entry without details', () => {
  const long = Array.from({length: 250}, () => 'x'.repeat(1000)).join('\n');
  const said: Said = {kind: 'note', body: {text: sd}, values: {'/body/text': long}};
  const files = derive(Array.from({length: 80}, () => said));
  expect(entryText(files['report.html'], 10)).toContain('<pre>');
  expect(entryText(files['report.html'], 79)).toContain('Details left out, the page is full');
  expect(files['report.md'].length).toBeLessThan(18_000_000);
});

test('runs after the first ten thousand are counted, not listed', () => {
  const md = derive(
    Array.from({length: 10_002}, (_, i): Said => ({kind: 'run.pause', run: `r${i}`, body: {why: 'x'}})),
  )['report.md'];
  expect(md).toContain('### Run 10000: `r9999`');
  expect(md).not.toContain('### Run 10001');
  expect(md).toContain('- `entries of runs that are not listed`: 2');
});
