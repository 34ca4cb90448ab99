import fc from 'fast-check';
import {expect, test} from 'vitest';
import {unifiedDiff} from '../../src/site/diff.ts';

/** Applies a diff that was made with all its context, the slow and obvious way. */
function applied(before: string, diff: readonly string[]): string {
  const old = before.split('\n').slice(0, -1);
  const out: string[] = [];
  let at = 0;
  for (const line of diff) {
    const range = /^@@ -(\d+),(\d+) \+\d+,\d+ @@$/.exec(line);
    if (range !== null) {
      const start = Number(range[1]) - (range[2] === '0' ? 0 : 1);
      out.push(...old.slice(at, start));
      at = start;
    } else if (line.startsWith('+')) out.push(line.slice(1));
    else {
      if (line.slice(1) !== old[at])
        throw new Error(`line ${at + 1} is ${String(old[at])}, not ${line.slice(1)}`);
      if (line.startsWith(' ')) out.push(line.slice(1));
      at += 1;
    }
  }
  return [...out, ...old.slice(at), ''].join('\n');
}

const text = fc
  .array(fc.constantFrom('a', 'b', 'c', ''), {maxLength: 40})
  .map(lines => lines.map(line => `${line}\n`).join(''));

test('a diff turns the old text into the new one', () => {
  fc.assert(
    fc.property(text, text, (before, after) => {
      expect(applied(before, unifiedDiff(before, after))).toBe(after === '' ? '' : after);
    }),
    {numRuns: 500},
  );
});

test('equal texts have none', () => {
  expect(unifiedDiff('a\nb\n', 'a\nb\n')).toEqual([]);
});

test('a new file is all plus, a removed one all minus', () => {
  expect(unifiedDiff(undefined, 'a\nb\n')).toEqual(['@@ -0,0 +1,2 @@', '+a', '+b']);
  expect(unifiedDiff('a\n', undefined)).toEqual(['@@ -1,1 +0,0 @@', '-a']);
});

test('changes far apart have a heading each', () => {
  const before = Array.from({length: 20}, (_, i) => `${i}\n`).join('');
  const after = before.replace('2\n', 'two\n').replace('17\n', 'seventeen\n');
  expect(unifiedDiff(before, after).filter(line => line.startsWith('@@'))).toHaveLength(2);
});

test('files that have nothing in common are diffed quickly', () => {
  const many = (word: string) => Array.from({length: 20_000}, (_, i) => `${word}${i}\n`).join('');
  expect(unifiedDiff(many('a'), many('b'))).toHaveLength(40_001);
});
