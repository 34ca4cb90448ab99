import fc from 'fast-check';
import {describe, expect, test} from 'vitest';
import {ends, fit, lineWidth, span} from '../../screens/parts/line.ts';
import {clampScroll, listWindow, moved} from '../../screens/parts/list.ts';
import {status} from '../../screens/parts/status.ts';
import {blockPage} from '../../screens/parts/blocks.ts';
import type {Block} from '../../screens/parts/blocks.ts';
import {spark, strip} from '../../screens/parts/strip.ts';
import {cut, width, wrap} from '../../screens/parts/text.ts';
import {age, clock, elapsed} from '../../screens/parts/time.ts';
import {say, show} from '../../src/domain/show.ts';
import type {Verdict} from '../../src/domain/verdict.ts';

const anyText = fc.oneof(
  fc.string(),
  fc.string({unit: 'grapheme'}),
  fc.constantFrom('漢字 かな', '✔ pass ▇▁', 'a b c d e f'),
);

describe('text', () => {
  test('wrapping loses nothing but the spaces at the breaks, and no row is too wide', () => {
    fc.assert(
      fc.property(anyText, fc.integer({min: 2, max: 40}), (raw, cells) => {
        const text = show(raw);
        const rows = wrap(text, cells);
        expect(rows.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
        for (const row of rows) expect(width(row)).toBeLessThanOrEqual(cells);
      }),
    );
  });

  test('cutting gives at most that many cells, and says that it cut', () => {
    fc.assert(
      fc.property(anyText, fc.integer({min: 1, max: 20}), (raw, cells) => {
        const text = show(raw);
        const shown = cut(text, cells);
        expect(width(shown)).toBeLessThanOrEqual(cells);
        if (shown !== text) expect(shown.endsWith('…')).toBe(true);
      }),
    );
  });

  test('a line of a megabyte is cut without measuring it', () => {
    expect(cut(show('x'.repeat(1_000_000)), 10)).toBe('xxxxxxxxx…');
  });

  test('the right end of a row is kept, the left one cut', () => {
    const line = ends([span(say`a long beginning`)], [span(say`end`)], 12);
    expect(line.map(part => part.text).join('')).toBe('a long…  end'.replace('…  ', '…  ').slice(0, 12));
    expect(lineWidth(fit(line, 5))).toBe(5);
  });
});

describe('time', () => {
  test.each([
    [0, 'now'],
    [59_999, 'now'],
    [60_000, '1m'],
    [299_000, '4m'],
    [300_000, '5m'],
    [3_599_000, '45m'],
    [7_200_000, '2h'],
    [86_400_000, '1d'],
    [90 * 86_400_000, '30d+'],
  ])('an age of %d ms is %s', (ms, word) => {
    expect(age(1_000_000_000_000, 1_000_000_000_000 - ms)).toBe(word);
  });

  test('what was never looked at is never, and a clock that went back is now', () => {
    expect([age(5, undefined), age(5, 900_000)]).toEqual(['never', 'now']);
  });

  test('the clock shows minutes of UTC', () => {
    expect(clock(Date.UTC(2026, 10, 21, 4, 7, 59))).toBe('04:07');
  });

  test.each([
    [9_999, '9s'],
    [19_000, '10s'],
    [61_000, '1m'],
    [3_700_000, '1h 1m'],
  ])('%d ms of waiting are %s', (ms, word) => {
    expect(elapsed(ms)).toBe(word);
  });
});

describe('status', () => {
  test('a stale pass is a question, a stale failure still fails, no checks are a dash', () => {
    expect(status({verdict: 'pass', stale: true})).toEqual({text: '? stale', tone: 'unknown'});
    expect(status({verdict: 'fail', stale: true}).text).toBe('✖ fail');
    expect(status(undefined).text).toBe('–');
  });
});

describe('the strip of the last hour', () => {
  const text = (minutes: readonly (Verdict | undefined)[], nowMinute: number, cells = 20): string =>
    strip(minutes, {nowMs: nowMinute * 60_000, cells})
      .map(part => part.text)
      .join('');
  const hour = (...tail: (Verdict | undefined)[]): readonly (Verdict | undefined)[] => [
    ...Array.from({length: 60 - tail.length}, (): Verdict => 'pass'),
    ...tail,
  ];

  test('shows the worst of each bucket, newest last', () => {
    expect(text(hour('fail'), 59)).toBe(`${'▇'.repeat(19)}▁`);
    expect(text(hour('warn', 'pass', 'pass'), 59)).toBe(`${'▇'.repeat(19)}▅`);
  });

  test('a steady hour does not change from minute to minute', () => {
    for (let minute = 100; minute < 110; minute++) expect(text(hour(), minute)).toBe('▇'.repeat(20));
  });

  test('a failure stays in its bucket as long as the bucket is there', () => {
    const first = text(hour('fail', 'pass'), 59);
    const later = text(hour('fail', 'pass', 'pass', 'pass', 'pass'), 62);
    expect(later.indexOf('▁')).toBe(first.indexOf('▁') - 1);
  });

  test('minutes without a sample are gaps', () => {
    expect(text([undefined, 'pass'], 1, 60)).toBe(' ▇');
  });
});

describe('lists', () => {
  const ids = Array.from({length: 25}, (_, i) => String(i));

  test('the window turns by pages and contains the choice', () => {
    expect(listWindow(ids, '11', 10)).toEqual({from: 10, to: 20, chosen: 11});
    expect(listWindow(ids, 'gone', 10)).toEqual({from: 0, to: 10, chosen: 0});
    expect(listWindow([], undefined, 10)).toEqual({from: 0, to: 0, chosen: -1});
  });

  test('moving stays inside', () => {
    expect([
      moved(ids, undefined, 1),
      moved(ids, '24', 1),
      moved(ids, '3', -9),
      moved([], undefined, 1),
    ]).toEqual(['1', '24', '0', undefined]);
    expect([clampScroll(99, 30, 10), clampScroll(-1, 30, 10), clampScroll(5, 3, 10)]).toEqual([20, 0, 0]);
  });
});

describe('columns over time', () => {
  const drawn = (values: readonly (number | undefined)[], most: number, cells = 60): string =>
    spark(values, {nowMs: 59 * 60_000, cells, most})
      .map(({text}) => text)
      .join('');

  test('the largest of each bucket counts, and what has no value has no height', () => {
    expect(drawn([0, 4, 8, undefined], 8)).toBe('▁▅█·');
    expect(drawn([0, 8, undefined, 2, undefined, undefined], 8, 3)).toBe('█▃·');
  });

  test('where everything took no time, nothing is high', () => {
    expect(drawn([0, 0, undefined], 0)).toBe('▁▁·');
  });
});

describe('blocks of several rows', () => {
  const block = (id: string | undefined, rows: number): Block => ({
    id,
    lines: Array.from({length: rows}, (_, i) => [span(show(`${id ?? 'text'} ${i}`))]),
  });
  const blocks = [block('a', 3), block('b', 3), block(undefined, 1), block('c', 3), block('d', 9)];
  const page = (selected: string | undefined, rows = 7) => {
    const {lines, before, after, chosen} = blockPage(blocks, {selected, rows, columns: 80});
    return {first: lines[0]?.[0]?.text, rows: lines.length, before, after, chosen};
  };

  test('a page holds whole blocks, and the chosen one is on it', () => {
    expect(page(undefined)).toEqual({first: 'a 0', rows: 7, before: 0, after: 2, chosen: 'a'});
    expect(page('b')).toMatchObject({first: 'a 0', chosen: 'b'});
    expect(page('c')).toEqual({first: 'c 0', rows: 3, before: 3, after: 1, chosen: 'c'});
  });

  test('a block that is taller than the page is cut, and an id that is gone means the first', () => {
    expect(page('d')).toEqual({first: 'd 0', rows: 7, before: 4, after: 0, chosen: 'd'});
    expect(page('gone')).toMatchObject({first: 'a 0', chosen: 'a'});
    expect(blockPage([], {selected: undefined, rows: 5, columns: 80})).toMatchObject({
      lines: [],
      chosen: undefined,
    });
  });
});
