import {expect, onTestFinished, test} from 'vitest';
import {firstUi, place} from '../../src/state/ui.ts';
import {drawn} from '../helpers/drawn.ts';
import {steer} from '../helpers/fake-terminal.ts';
import {entangled, sample} from '../helpers/sample-state.ts';

const wide = {columns: 120, rows: 40};

test('a root cause says which check, since when, what it said, what hangs on it, and that alerts are held back', () => {
  const text = drawn({app: entangled(), screen: 'why', of: 'ledger-api', size: wide});
  expect(text).toMatch(/root cause\n > ✖ fail {2}database\/port since 14:01 \(2m\) {3}sev2/);
  expect(text).toContain('connect ECONNREFUSED 127.0.0.1:5432');
  expect(text).toContain('1 of 2 that depend on it are down: ledger-api/ready');
  expect(text).toContain('for 1 of them no alert is opened while this is down');
  expect(text).toMatch(
    /✖ ledger-api\/ready {2}fail {2}needs database\/port {2}no alert: database\/port is down/,
  );
});

test('what cannot be seen is said to be not known, apart from what is down', () => {
  const text = drawn({app: entangled(), screen: 'why', of: 'ledger-api', size: wide});
  expect(text).toMatch(
    /may be behind it: not known\n {3}\? stale {2}host\/ping seen 20m ago.*\n.*\n +nobody knows whether it is up/,
  );
  expect(text).toMatch(/\? host\/ping {2}stale {2}nobody knows/);
});

test('a service that is well has nothing to explain, and one that is gone says so', () => {
  expect(drawn({app: sample(), screen: 'why', of: 'gateway'})).toContain(
    'Nothing about it is red, stale or unknown right now.',
  );
  expect(drawn({app: sample(), screen: 'why', of: 'nowhere'})).toContain('There is no such service');
});

test('a name that nothing answers to is told', () => {
  const text = drawn({app: entangled(), screen: 'why', of: 'gateway/live', size: wide});
  expect(text).toContain('gone/x: named in dependsOn, and nothing that is looked at answers to it');
});

test('w asks why; Enter leads to the cause, r to its runbook, Esc back', async () => {
  const qd = steer({app: entangled(), ui: firstUi, cols: 120, rows: 40});
  onTestFinished(async () => {
    qd.signal('SIGTERM');
    await qd.exit;
  });
  await qd.sees('ledger ');
  qd.store.change({selected: 'ledger-api'});
  await qd.press('w');
  await qd.sees('services › why ledger-api');
  await qd.press('enter');
  await qd.sees('why ledger-api › database');
  await qd.sees(' > ✖ port');
  await qd.press('escape');
  await qd.advance(100);
  await qd.press('r');
  await qd.sees('Incident: Database Unavailable');
  await qd.press('escape');
  await qd.advance(100);
  await qd.press('n');
  expect(qd.actions.asked).toEqual([
    ['checkNow', 'database'],
    ['checkNow', 'host'],
    ['checkNow', 'ledger-api'],
  ]);
  qd.store.go(place('service', 'ledger-api'));
  await qd.sees('>checks 3');
  await qd.press('down', 'w');
  await qd.sees('why ledger-api/live');
});
