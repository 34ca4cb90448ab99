import {expect, test} from 'vitest';
import {announced} from '../../src/cli/announced.ts';
import type {Window} from '../../src/domain/maintenance.ts';

const hourMs = 3_600_000;
const beginMs = Date.UTC(2026, 2, 1, 10);

const window = (more: Partial<Window> = {}): Window => ({
  window: 'w1',
  on: ['api'],
  fromMs: beginMs,
  untilMs: beginMs + hourMs,
  recordedMs: beginMs - hourMs,
  seq: 1,
  operator: 'ada',
  endedMs: undefined,
  ...more,
});

const services = [
  {id: 'api', title: 'API', labels: ['edge'], runbooks: [], checks: []},
  {id: 'db', title: 'DB', labels: [], runbooks: [], checks: []},
];
const live = {service: 'api', check: 'live'};

test('a window counts from its beginning until it ends or is ended, for what it covers', () => {
  const excluded = announced({services}, () => [window({endedMs: beginMs + hourMs / 2})]);
  expect(excluded(live, beginMs - 1)).toBe(false);
  expect(excluded(live, beginMs)).toBe(true);
  expect(excluded(live, beginMs + hourMs / 2)).toBe(false);
  expect(excluded({service: 'db', check: 'port'}, beginMs)).toBe(false);
  expect(announced({services}, () => [window({on: ['label:edge']})])(live, beginMs)).toBe(true);
});

test('one that was recorded once it had begun counts for nothing, and one that is set meanwhile is seen', () => {
  const windows = [window({recordedMs: beginMs + 1})];
  const excluded = announced({services}, () => windows);
  expect(excluded(live, beginMs + 2)).toBe(false);
  windows.push(window({window: 'w2'}));
  expect(excluded(live, beginMs + 2)).toBe(true);
});

test('what repeats in the site file counts each time, over the end of a day too', () => {
  const patching = {
    name: 'patching',
    on: ['*'],
    reason: 'patches',
    when: {days: ['sunday'], at: '23:30', zone: 'UTC', ends: {at: '00:30'}},
  } as const;
  // 2026-03-01 is a Sunday.
  const excluded = announced({services, maintenance: [patching]}, () => []);
  const at = (day: number, clock: string): number => Date.parse(`2026-03-0${day}T${clock}:00Z`);
  expect(
    [at(1, '23:29'), at(1, '23:30'), at(2, '00:29'), at(2, '00:30')].map(ms => excluded(live, ms)),
  ).toEqual([false, true, true, false]);
  expect([at(8, '23:30'), at(9, '23:30')].map(ms => excluded(live, ms))).toEqual([true, false]);
});
