import {expect, test} from 'vitest';
import {firstUi, place} from '../../src/state/ui.ts';
import {say} from '../../src/domain/show.ts';
import type {AppState} from '../../src/state/model.ts';
import {compose} from '../../src/terminal/compose.ts';
import {asks, noon, run, sample} from '../helpers/sample-state.ts';

const rowsOf = (app: AppState, screen: string, columns = 80): readonly string[] =>
  compose(
    {app, ui: {...firstUi, stack: [place('services'), place(screen)]}},
    {columns, rows: 24},
    {suspend: true, fault: false},
  ).lines.map(line => line.map(({text}) => text).join(''));

test('a rehearsal in hand is framed above and below, on every screen and at every width', () => {
  const app = sample({run: run(asks.confirm, {isRehearsal: true})});
  for (const screen of ['run', 'services', 'ledger', 'runbooks'])
    for (const columns of [45, 80, 120]) {
      const rows = rowsOf(app, screen, columns).filter(
        row => row.startsWith(' DRILL ') && row.endsWith(' DRILL '),
      );
      expect(rows, `${screen} at ${columns}`).toHaveLength(2);
    }
  expect(rowsOf(sample({run: run(asks.over, {isRehearsal: true})}), 'run').join('')).not.toContain('DRILL');
  expect(rowsOf(sample({run: run(asks.confirm)}), 'run').join('')).not.toContain('DRILL');
});

test('an open break-glass is said on every screen: what is open, how long, by whom, and how it is closed', () => {
  const glass = {id: 'g-1', guards: say`event-ledger`, operator: say`mara`, untilMs: noon + 11.5 * 60_000};
  const app = sample({glasses: [glass, {...glass, id: 'g-2'}, {...glass, id: 'g-3'}]});
  for (const screen of ['run', 'services', 'ledger']) {
    const text = rowsOf(app, screen, 120).join('\n');
    expect(text).toMatch(
      / BREAK-GLASS {2}event-ledger open, 12m left, by mara +quarterdeck breakglass close g-1/,
    );
    expect(text).toContain('and 1 more');
  }
  expect(rowsOf(app, 'run', 45).join('\n')).toContain(' close: quarterdeck breakglass close g-1');
});
