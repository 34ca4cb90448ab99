// Small files in the habits of many authors; beside each `x.md` stands `x.txt`, how it must be read.
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {parseRunbook} from '../../src/runbook/parse.ts';
import {annotate} from '../../src/runbook/annotate.ts';
import {outline} from './outline.ts';

const dir = join(import.meta.dirname, 'fixtures');
const names = readdirSync(dir).filter(name => name.endsWith('.md'));

test('there are enough habits', () => {
  expect(names.length).toBeGreaterThanOrEqual(25);
});

test.each(names)('%s is read as its outline says', name => {
  const runbook = parseRunbook({file: name, bytes: readFileSync(join(dir, name))});
  expect(outline(runbook)).toBe(readFileSync(join(dir, name.replace(/\.md$/, '.txt')), 'utf8'));
});

test.each(names)(
  '%s can be imported: its copy reads as the same steps, every written guess an annotation',
  name => {
    const bytes = readFileSync(join(dir, name));
    const copy = annotate({file: name, bytes});
    const before = parseRunbook({file: name, bytes});
    const after = parseRunbook({file: name, bytes: new TextEncoder().encode(copy.text)});
    const bare = (text: string): string =>
      text
        .replace(/^(\s*|  ! |# \S+ |problem )\d+ /gm, '$1')
        .replace(/^(\s+\S+: .*) \d+$/gm, '$1')
        .replace(/^\s+@ .*\n/gm, '')
        .replace(/^(# \S+) \d+$/gm, '$1');
    expect(bare(outline(after))).toBe(bare(outline(before)));
    expect(copy.text.match(/"type":/g)?.length ?? 0).toBeGreaterThanOrEqual(copy.written);
  },
);
