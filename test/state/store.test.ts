import {expect, test} from 'vitest';
import {say} from '../../src/domain/show.ts';
import {fuzzy, runOrder, serviceOrder} from '../../src/state/select.ts';
import {createConsoleStore} from '../../src/state/store.ts';
import {here, place} from '../../src/state/ui.ts';
import {asks, run, sample} from '../helpers/sample-state.ts';

test('services stand the worst first, a stale one before a warning', () => {
  expect(serviceOrder(sample(), '').map(({id}) => id)).toEqual([
    'ledger-api',
    'tunnel',
    'manager',
    'gateway',
  ]);
});

test('open runs stand before newer closed ones', () => {
  const app = sample();
  const [open, closed] = app.runs;
  const runs = [closed, open].flatMap(one => one ?? []).map(one => (one.open ? {...one, startedMs: 0} : one));
  expect(runOrder({...app, runs}, '').map(one => one.open)).toEqual([true, false]);
});

test('going to a place that one came through goes back to it', () => {
  const store = createConsoleStore(sample());
  for (const to of [place('runbooks'), place('runbook', 'a'), place('runbooks')]) store.go(to);
  expect(store.api.getState().ui.stack.map(at => at.screen)).toEqual(['services', 'runbooks']);
});

test('a run that was asked for opens its screen; one that was refused does not', () => {
  const store = createConsoleStore(sample());
  store.expectRun();
  store.notice({level: 'info', text: say`Starting …`});
  store.feed({notice: {level: 'error', text: say`mara walks it`}});
  expect(store.api.getState().ui.notice).toBeUndefined();
  store.feed({run: run(asks.watch)});
  expect(here(store.api.getState().ui).screen).toBe('services');
  store.expectRun();
  store.feed({run: run(asks.confirm, {run: 'another'})});
  expect(here(store.api.getState().ui).screen).toBe('run');
});

test('a dialog about a question that changed is closed', () => {
  const store = createConsoleStore(sample({run: run(asks.confirm)}));
  store.open({at: 'reason', say: 'skip', id: 'a-confirm', text: 'half a sent'});
  store.feed({nowMs: 1});
  expect(store.api.getState().ui.dialog).toBeDefined();
  store.feed({run: run(asks.failed)});
  expect(store.api.getState().ui.dialog).toBeUndefined();
});

test('rows that were seen stay seen, for that question only', () => {
  const store = createConsoleStore(sample());
  store.saw('a', 5);
  store.saw('a', 3);
  expect(store.api.getState().ui.seen).toEqual({token: 'a', rows: 5});
  store.saw('b', 1);
  expect(store.api.getState().ui.seen).toEqual({token: 'b', rows: 1});
});

test.each([
  ['read', 'verify readiness', true],
  ['vread', 'verify readiness', true],
  ['xyz', 'verify readiness', false],
  ['vr', 'verify readiness', true],
])('%s in %s: %s', (wanted, text, isFound) => {
  expect(fuzzy(wanted, text) !== undefined).toBe(isFound);
});

test('letters that stand close together are the better match', () => {
  expect(fuzzy('dbu', 'database unavailable') ?? 0).toBeLessThan(
    fuzzy('dbu', 'd somewhere b and far away u') ?? 0,
  );
});
