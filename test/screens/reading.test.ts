import {expect, test} from 'vitest';
import {runbook} from '../../screens/runbook.ts';
import {runbooks} from '../../screens/runbooks.ts';
import type {Look} from '../../src/define-screen.ts';
import {show} from '../../src/domain/show.ts';
import {firstUi, place} from '../../src/state/ui.ts';
import {runbookOrder} from '../../src/state/select.ts';
import {noon, sample} from '../helpers/sample-state.ts';

const look = (columns: number, patch: Partial<Look['place']> = {}, app = sample()): Look => ({
  app,
  ui: firstUi,
  place: {...place('runbook', 'database-unavailable'), ...patch},
  size: {columns, rows: 18},
  body: undefined,
  can: {suspend: true, fault: false},
});

const textOf = (lines: readonly (readonly {readonly text: string}[])[]): string =>
  lines.map(line => line.map(({text}) => text).join('')).join('\n');

const drawn = (at: Look): string => textOf(runbook.view(at).lines);

test('what must not be done stays in view wherever one reads, and a guessed command is said to be guessed', () => {
  for (const columns of [45, 80, 120])
    for (const scroll of [0, 1_000])
      expect(drawn(look(columns, {scroll}))).toContain('Do not   disable the database check');
  expect(drawn(look(80))).toContain('Confirm the symptom  ‹guessed command›');
});

test('the outline stands beside the text where there is room, and is a page of its own where there is none', () => {
  expect(drawn(look(120))).toMatch(/· ▶ Incident: Database.*Incident: Database/);
  expect(drawn(look(80))).not.toContain('▶');
  expect(drawn(look(80, {pane: 1}))).toMatch(/ > ▶ Incident: Database Unavailable/);
});

test('searching counts the places, marks them, and knows the rows to go to', () => {
  const body = runbook.view(look(80, {filter: 'Database'}));
  expect(body.finds).toHaveLength(5);
  expect(textOf([body.summary ?? []])).toContain('5 matches');
  const hits = body.lines.flatMap(line => line.filter(({tone}) => tone === 'staging').map(({text}) => text));
  expect(hits).toContain('Database');
  expect(textOf(body.lines)).toBe(drawn(look(80)));
});

test('an overdue review is said on the runbook and in the list', () => {
  const base = sample();
  const day = 24 * 60 * 60 * 1000;
  const app = {...base, runbooks: base.runbooks.map(one => ({...one, reviewDueMs: noon - 12 * day}))};
  expect(textOf([runbook.view(look(80, {}, app)).summary ?? []])).toContain('! review overdue 12d');
  const list = runbooks.view({...look(80, {}, app), place: place('runbooks')});
  expect(textOf(list.lines)).toContain('! review overdue');
});

test('the list is searched in all of the text and by field; what is called so comes first', () => {
  const app = sample();
  const [database, ...others] = app.runbooks;
  if (database === undefined) throw new Error('no runbook');
  const named = {...database, id: 'fallback', title: show('Fallback store'), tags: [show('edge')]};
  const all = {...app, runbooks: [database, named, ...others.map(one => ({...one, lines: []}))]};
  const ids = (filter: string): readonly string[] => runbookOrder(all, filter).map(({id}) => id);
  expect(ids('fallback store')).toEqual(['fallback', 'database-unavailable']);
  expect(ids('tag:edge')).toEqual(['fallback']);
  expect(ids('tag:edge nowhere')).toEqual([]);
  expect(ids('service:ledger tag:data')).toContain('database-unavailable');
});
