// Break-glasses as a fold over entries.
import {expect, test} from 'vitest';
import {isOver, longestGlassMs, openGlasses, unclosedGlasses} from '../../src/domain/breakglass.ts';
import type {Entry, StoredEntry} from '../../src/domain/entry.ts';
import {instantOf} from '../../src/domain/time.ts';

const ts = '2026-01-01T10:00:00.000Z';
const startMs = instantOf(ts) ?? 0;
const stored = (seq: number, kind: string, body: Entry['body']): StoredEntry => ({
  seq,
  line: '',
  leaf: '',
  entry: {
    v: 1,
    log: 'l',
    seq,
    prev: '',
    ts,
    mono: 0,
    boot: 'b',
    session: 's',
    actor: {operator: 'ada', uid: 1, user: 'ada', via: 'local'},
    kind,
    body,
  },
});
const opened = (untilMs: number) =>
  stored(1, 'breakglass.open', {glass: 'g', guards: ['rule.auth'], untilMs, until: ts});

test('a glass is open until its end, and its uses are counted', () => {
  const entries = [
    opened(startMs + 60_000),
    stored(2, 'breakglass.use', {glass: 'g', guard: 'rule.auth', pattern: 'env: X'}),
  ];
  expect(openGlasses(entries, startMs + 59_999)).toMatchObject([{glass: 'g', used: 1, operator: 'ada'}]);
  expect(openGlasses(entries, startMs + 60_000)).toEqual([]);
  expect(unclosedGlasses(entries)).toHaveLength(1);
});

test('a glass that an entry closed stays closed', () => {
  const entries = [
    opened(startMs + 60_000),
    stored(2, 'breakglass.close', {glass: 'g', why: 'closed', used: 0}),
  ];
  expect(unclosedGlasses(entries)).toEqual([]);
});

test('nothing is open for longer than four hours, whatever the entry says', () => {
  const [glass] = unclosedGlasses([opened(startMs + 100 * longestGlassMs)]);
  expect(glass?.untilMs).toBe(startMs + longestGlassMs);
});

test('a clock before the opening proves nothing: the glass counts as over', () => {
  const [glass] = unclosedGlasses([opened(startMs + 60_000)]);
  expect(glass !== undefined && isOver(glass, startMs - 3_600_000)).toBe(true);
});
