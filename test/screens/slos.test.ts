import {expect, onTestFinished, test} from 'vitest';
import {firstUi, place} from '../../src/state/ui.ts';
import {drawn, rowsOf} from '../helpers/drawn.ts';
import {steer} from '../helpers/fake-terminal.ts';
import {sample} from '../helpers/sample-state.ts';

const wide = {columns: 120, rows: 40};

test('promises stand the worst first, each with its state in words; one that nobody saw is unknown, not well', () => {
  const rows = rowsOf({app: sample(), screen: 'slos'}).filter(row => / % +|no data/.test(row));
  expect(rows[0]).toMatch(/> ✖ ledger-api +used up +99\.5 % +99\.41 % +-18\.0 % +41\.0 × {2}gone/);
  expect(rows[1]).toMatch(/ {3}\? tunnel +unknown +99\.5 % +no data +– +– {2}not known/);
  expect(rows[2]).toMatch(
    / {3}! Release manager +at risk +99\.5 % +99\.58 % +12\.0 % +3\.2 × {2}gone in 1d 3h/,
  );
  expect(rows[3]).toMatch(/ {3}✔ gateway +ok +99\.5 % +99\.97 % +94\.0 % +0\.2 × {2}lasts/);
});

test('the chosen promise says what was seen and how surely, each burn window with its limit, and what alerts', () => {
  const text = drawn({app: sample(), screen: 'slos', at: {selected: 'manager'}, size: wide});
  expect(text).toContain('promise    99.5 % over 30d, by live, ready');
  expect(text).toContain(
    'seen       99.58 %, between 99.90 % to 99.98 %, coverage 97.2 %, 61.0 % of the window recorded so far',
  );
  expect(text).toMatch(/budget {5}▇▇▁{18} 12\.0 % left: 190 of 216 bad minutes used/);
  expect(text).toContain('burn       3.2 ×, 10.7 % a day, where 3.3 % would last');
  expect(text).toMatch(/✖ 1d\/2h +ticket +3\.2 × +0\.0 × +3\.0 × {3}too fast/);
  expect(text).toMatch(/✔ 1h\/5m +page +3\.2 × +0\.0 × +14\.4 × {3}calm/);
  expect(text).toContain('alert      sev3  ticket: burns too fast over 1d/2h, since 2026-11-21 09:10 UTC');
});

test('where nothing was seen, nothing is said to be calm', () => {
  const text = drawn({app: sample(), screen: 'slos', at: {selected: 'tunnel'}, size: wide});
  expect(text).toContain('seen       no data');
  expect(text).toMatch(/\? 1h\/5m +page +– +– +14\.4 × {3}not known/);
  expect(text).toContain('burn       not known: nothing was seen in the last day');
  expect(text).toMatch(/budget {5}·{20} – left/);
});

test('before the first measurement nothing is known, and a site without promises says how to make one', () => {
  expect(drawn({app: sample({slos: undefined}), screen: 'slos'})).toContain(
    'Not measured yet: nothing is known.',
  );
  expect(drawn({app: sample({slos: []}), screen: 'slos'})).toContain('No service promises anything');
});

test('on a phone a row keeps name, state and what is left; Tab shows the promise in full', () => {
  const narrow = {columns: 45, rows: 20};
  const text = drawn({app: sample(), screen: 'slos', size: narrow});
  expect(text).toMatch(/> ✖ ledger-api +used up +-18\.0 %\n/);
  const full = drawn({app: sample(), screen: 'slos', at: {pane: 1, selected: 'manager'}, size: narrow});
  expect(full).toContain('! at risk');
  expect(full).toMatch(/✖ 1d\/2h +3\.2 × +0\.0 × +3\.0 × too fast/);
});

test('P leads to the promises from anywhere, Enter to the service, Esc back', async () => {
  const qd = steer({app: sample(), ui: {...firstUi, stack: [place('services'), place('ledger')]}});
  onTestFinished(async () => {
    qd.signal('SIGTERM');
    await qd.exit;
  });
  await qd.sees('ledger ');
  await qd.press('P');
  await qd.sees('service levels');
  await qd.press('down', 'down', 'enter');
  await qd.sees('service levels › Release manager');
  await qd.press('escape');
  await qd.advance(100);
  await qd.sees('> ! Release manager');
});
