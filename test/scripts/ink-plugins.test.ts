import {expect, test} from 'vitest';
import {
  lazySegmenter,
  patched,
  quickWidth,
  splitYoga,
  withoutDevtools,
} from '../../scripts/build/ink-plugins.mjs';

test('a patch whose text is gone stops the build and names the file', () => {
  expect(() => patched('other text', {file: 'lib/a.js', what: 'the thing', find: 'gone', put: ''})).toThrow(
    /lib\/a\.js.*the thing/,
  );
  for (const patch of [lazySegmenter, quickWidth, withoutDevtools, splitYoga]) {
    expect(() => patch('const nothing = 1;', 'lib/b.js')).toThrow(/lib\/b\.js/);
  }
});

test('a Segmenter made at load time is made when first used', () => {
  const out = lazySegmenter('const segmenter = new Intl.Segmenter();\nsegmenter.segment("x");', 'a.js');
  expect(out).toContain('made_segmenter ??= new Intl.Segmenter()');
  expect(out).not.toMatch(/^const segmenter = new/);
});
