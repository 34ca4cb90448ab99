import {expect, onTestFinished, test} from 'vitest';
import {say} from '../../src/domain/show.ts';
import type {AppState, CheckView} from '../../src/state/model.ts';
import {firstUi, place} from '../../src/state/ui.ts';
import {drawn} from '../helpers/drawn.ts';
import {steer} from '../helpers/fake-terminal.ts';
import {noon, sample} from '../helpers/sample-state.ts';

const wide = {columns: 120, rows: 40};
const narrow = {columns: 45, rows: 20};

/** The sample with one check of the ledger API as it is said. */
function withReady(patch: Partial<CheckView>): AppState {
  const app = sample();
  const services = app.services.map(one => ({
    ...one,
    checks: one.checks.map(check => (check.id === 'ready' ? {...check, ...patch} : check)),
  }));
  return {...app, services};
}

test('a service shows what it promises: state in words, budget, burn, coverage and when it is gone', () => {
  const text = drawn({app: sample(), screen: 'service', of: 'manager'});
  expect(text).toMatch(/SLO {8}! at risk {2}▇▇▁{18} 12\.0 % left/);
  expect(text).toContain('99.58 % of 99.5 %   burn 3.2 ×   seen 97.2 %   gone in 1d 3h');
  expect(drawn({app: sample(), screen: 'service', of: 'tunnel'})).toMatch(
    /\? unknown {2}·{20} – left\n +no data of 99\.5 % {3}burn – {3}seen –/,
  );
  expect(drawn({app: sample({slos: []}), screen: 'service', of: 'manager'})).not.toContain('SLO');
});

test('the chosen check has its last hour and how long looks took, on one scale; what was not seen has no height', () => {
  const text = drawn({app: sample(), screen: 'service', of: 'ledger-api', size: wide});
  expect(text).toMatch(/last hour {2}▇{58}▁▁/);
  expect(text).toMatch(/p50 {8}▁{58}·· {2}13 ms, most 18 ms/);
  expect(text).toMatch(/p95 {8}▂▃▃▄▅▅▆▇▇██.*·· {2}76 ms, most 220 ms/);
  const unread = drawn({app: sample({history: undefined}), screen: 'service', of: 'ledger-api', size: wide});
  expect(unread).toContain('last hour  being read …');
});

test('what was loaded of another service is not shown', () => {
  const text = drawn({app: sample(), screen: 'service', of: 'gateway', size: wide});
  expect(text).toContain('last hour  being read …');
  expect(text).not.toContain('firing  db failed');
});

test('changes stand newest first with the day where it is another one, and a verdict in words', () => {
  const at = {pane: 2};
  const text = drawn({app: sample(), screen: 'service', of: 'ledger-api', at});
  expect(text).toMatch(/> 14:01 +ready +✖ fail +firing {2}db failed/);
  expect(text).toMatch(/11-20 14:03 {2}ready +✔ pass +ok/);
  const none = sample({history: {service: 'ledger-api', atMs: noon, checks: [], changes: []}});
  expect(drawn({app: none, screen: 'service', of: 'ledger-api', at})).toContain(
    'Nothing about this service is in the newest entries.',
  );
});

test('a state that the looks have not confirmed has no time since when', () => {
  const first = (app: AppState): string =>
    drawn({app, screen: 'service', of: 'ledger-api'}).match(/^ ready {2}.*$/m)?.[0] ?? '';
  expect(first(withReady({phase: 'firing'}))).toContain('✖ fail since 14:01 (1m)');
  expect(first(withReady({phase: 'pending'}))).toContain('✖ fail not confirmed yet');
  expect(first(withReady({phase: 'firing', flapping: true}))).toContain('flapping');
});

test('a check says what it depends on, and why nobody is alerted about it', () => {
  const app = withReady({dependsOn: [{service: 'database', check: 'port'}], heldBy: say`database/port`});
  const text = drawn({app, screen: 'service', of: 'ledger-api', size: wide});
  expect(text).toContain('no alert   database/port is down, which it depends on');
  expect(text).toContain('depends on database/port');
});

test('on a phone each pane is a page, and the promise stays above them', () => {
  const page = (pane: number): string =>
    drawn({app: sample(), screen: 'service', of: 'ledger-api', at: {pane}, size: narrow});
  for (const pane of [0, 1, 2, 3]) expect(page(pane)).toContain('✖ used up  -18.0 % left');
  expect(page(0)).toContain('>checks');
  expect(page(1)).toContain('expected');
  expect(page(2)).toContain('> 14:01');
  expect(page(3)).toContain('> Incident: Database Unavailable');
});

test('Enter leads to the check in full, to the entry and to the runbook; the choice stays while one goes through the panes', async () => {
  const qd = steer({
    app: sample(),
    ui: {...firstUi, stack: [place('services'), place('service', 'ledger-api')]},
  });
  onTestFinished(async () => {
    qd.signal('SIGTERM');
    await qd.exit;
  });
  await qd.sees('>checks 3');
  await qd.press('down', 'enter');
  await qd.sees('>in full');
  await qd.sees(' live  ✔ pass');
  await qd.press('tab');
  await qd.sees('> 14:01');
  await qd.press('enter');
  await qd.sees('ledger-api › entry 4180');
  expect(qd.actions.asked).toContainEqual(['showEntry', 4_180]);
  await qd.press('escape');
  await qd.advance(100);
  await qd.sees('>changes 3');
  await qd.press('tab', 'down', 'enter');
  await qd.sees('Verify Readiness');
  await qd.press('escape');
  await qd.advance(100);
  await qd.sees('>runbooks 2');
});
