// From looks to notices, for a state that changes all the time (reference checks.md §4.2 and §7).
import {expect, test} from 'vitest';
import type {Site} from '../../../src/domain/site.ts';
import {noStrikes, strike, type Strikes} from '../../../src/domain/strikes.ts';
import type {Verdict} from '../../../src/domain/verdict.ts';
import {findingsOf} from '../../../src/engine/alerts/index.ts';
import {statesOf} from '../../../src/engine/monitor/index.ts';
import {resultOf} from '../../checks/looking.ts';
import {siteOf, spec} from '../monitor/parts.ts';
import {bed} from './parts.ts';

const minuteMs = 60_000;

/** A check with so many strikes, and alerts that hear of each of its looks. */
async function watched(count = 2) {
  const on = await bed({
    plan: {group: {by: 'service', waitMs: 1_000, intervalMs: 1_000, repeatMs: 240 * minuteMs}},
  });
  const check = spec('live', {strikes: {fail: count, recover: count}});
  const site: Site = siteOf([check]);
  let strikes: Strikes = noStrikes;
  const look = async (...verdicts: readonly Verdict[]): Promise<void> => {
    for (const verdict of verdicts) {
      const seenMs = on.clock.nowMs();
      strikes = strike(strikes, {verdict, atMs: seenMs, limits: check.strikes});
      const result = {...resultOf(check.id, verdict), type: check.type};
      const looks = [{result, seenMs, slotMs: seenMs, strikes}];
      on.find(...findingsOf(statesOf(site, looks, seenMs), site.services, seenMs));
      await on.clock.advance(minuteMs);
    }
  };
  const titles = async (kind: string): Promise<string[]> =>
    (await on.ledger.read({kinds: [kind]})).map(({entry: {body}}) => {
      const said = body['title'] ?? body['why'];
      return typeof said === 'string' ? said : '';
    });
  return {...on, look, titles};
}

test('1-0-1-0 is told as flapping once, and once that it is over, with nothing in between', async () => {
  const {look, titles, told} = await watched();
  await look('pass');
  for (let i = 0; i < 10; i++) await look('fail', 'pass');
  expect(await titles('alert.open')).toEqual([expect.stringContaining('api/live FLAPPING')]);
  expect(told.map(({words}) => words)).toEqual(['firing live']);
  await look(...Array.from({length: 25}, (): Verdict => 'pass'));
  expect(await titles('alert.close')).toEqual(['recovered']);
  expect(told.map(({words}) => words)).toEqual(['firing live', 'resolved live']);
});

test('what was told as down before it flaps is held open, and not told again with each look', async () => {
  const {look, titles, told} = await watched(1);
  await look('pass');
  for (let i = 0; i < 4; i++) await look('fail', 'pass');
  const before = told.length;
  for (let i = 0; i < 10; i++) await look('fail', 'pass');
  expect(told.length).toBe(before);
  await look(...Array.from({length: 25}, (): Verdict => 'pass'));
  expect(told.slice(before).map(({words}) => words)).toEqual(['resolved live']);
  expect((await titles('alert.open')).length).toBe((await titles('alert.close')).length);
});

test('a restart in between makes no second notice of it', async () => {
  const {look, told, ledger, clock, outbox} = await watched();
  await look('pass');
  for (let i = 0; i < 10; i++) await look('fail', 'pass');
  expect(told.at(-1)?.words).toBe('firing live');
  expect(outbox.items().filter(({at}) => at === 'waiting')).toEqual([]);
  const again = await bed({ledger, clock, pid: 200});
  await clock.advance(10 * minuteMs);
  expect(again.told).toEqual([]);
});
