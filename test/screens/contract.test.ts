// What every screen promises, looped over the list: it fits, it leads back, its keys do not collide, help names them.
import type {Size} from '../../src/define-screen.ts';
import {describe, expect, test} from 'vitest';
import {everywhere} from '../../screens/everywhere.ts';
import {screens} from '../../screens/index.ts';
import {active, keyWord} from '../../screens/parts/bindings.ts';
import {lineWidth} from '../../screens/parts/line.ts';
import {say} from '../../src/domain/show.ts';
import type {AppState} from '../../src/state/model.ts';
import {createConsoleStore} from '../../src/state/store.ts';
import type {ConsoleState} from '../../src/state/store.ts';
import {firstUi, goBack, place} from '../../src/state/ui.ts';
import type {Dialog, Place, Ui} from '../../src/state/ui.ts';
import {ascii} from '../../src/terminal/ascii.ts';
import {compose} from '../../src/terminal/compose.ts';
import {asks, empty, entangled, hostile, huge, run, sample} from '../helpers/sample-state.ts';

const sizes: readonly Size[] = [
  {columns: 80, rows: 24},
  {columns: 120, rows: 40},
  {columns: 45, rows: 20},
  {columns: 20, rows: 5},
];

const states: Record<string, () => AppState> = {
  sample,
  empty,
  huge,
  hostile,
  entangled,
  'read-only': () => {
    const base = sample();
    return {...base, session: {...base.session, readOnly: say`the disk is full`}};
  },
  'anchors fail': () => {
    const base = sample();
    const last = {size: 123_456_789, atMs: base.nowMs - 60_000};
    const verify = {at: 'done', verified: true, size: 4_000, text: say`intact`} as const;
    return {...base, ledger: {...base.ledger, size: 987_654_321, verify, carried: {at: 'failed', last}}};
  },
  ...Object.fromEntries(
    Object.values(asks).map(ask => [ask.at, () => sample({run: run(ask, {watching: ask.at === 'watch'})})]),
  ),
};

const can = {suspend: true, fault: true};

/** Places worth looking at on a screen: without a subject, with the first, the last, and one that is gone. */
function places(id: string, app: AppState): readonly Place[] {
  const subjects =
    id === 'service' || id === 'why'
      ? app.services.map(one => one.id)
      : id === 'runbook'
        ? app.runbooks.map(one => one.id)
        : id === 'ledger' || id === 'entry'
          ? [undefined, 'x', '11']
          : [];
  const of = id === 'help' ? ['run'] : ['gone', ...new Set([subjects[0], subjects.at(-1)])];
  return of.flatMap(subject =>
    [0, 1, 2, 3].flatMap(pane => [
      {...place(id, subject), pane},
      {...place(id, subject), pane, scroll: 1_000_000, selected: 'gone', filter: 'e'},
    ]),
  );
}

const at = (where: Place, dialog?: Dialog): Ui => ({...firstUi, stack: [place('services'), where], dialog});

const dialogs: readonly Dialog[] = [
  {at: 'filter', text: 'x'.repeat(300), before: ''},
  {at: 'palette', text: '', chosen: 0},
  {at: 'palette', text: 'e', chosen: 1_000},
  {at: 'reason', say: 'abort', id: 'a-unknown', text: 'because '.repeat(100)},
  {at: 'escalate', text: 'because '.repeat(100)},
  {at: 'hand-over', id: 'a-unknown', field: 'to', to: '', text: 'x'.repeat(300)},
  {at: 'hand-over', id: 'a-unknown', field: 'reason', to: 'x'.repeat(300), text: 'because'},
  {at: 'value', id: 'a-input', text: 'x'.repeat(3_000), typed: '', row: 1, sent: undefined},
  {at: 'typed', id: 'a-typed', field: 'reason', name: 't-204', text: 'x'},
  {at: 'start', plan: {}, chosen: 0},
  {at: 'start', plan: {runbook: 'start-the-system'}, chosen: 0},
  {at: 'export', chosen: 0, scope: undefined, text: ''},
  {at: 'export', chosen: 9, scope: {at: 'all'}, text: 'x'.repeat(300)},
  {at: 'words', what: 'ack', of: 'x'.repeat(300), text: 'because '.repeat(100)},
  {at: 'silence', on: 'x'.repeat(300), field: 'for', forMs: 0, text: 'x'.repeat(300)},
  {at: 'silence', on: 'api', field: 'reason', forMs: 60_000, text: 'because '.repeat(100)},
  {at: 'job', what: 'run', job: 'rotation'},
  {at: 'job', what: 'resume', job: 'rotation'},
  {at: 'words', what: 'pause-job', of: 'rotation', text: 'because '.repeat(100)},
  {at: 'leave'},
  {at: 'interrupt'},
];

function fits(state: ConsoleState, size: Size, what: string): void {
  const {lines} = compose(state, size, can);
  expect(lines.length, `${what}: rows`).toBe(size.rows);
  for (const line of lines) {
    const text = line.map(span => span.text).join('');
    expect(lineWidth(line), `${what}: "${text}"`).toBeLessThanOrEqual(size.columns);
    expect(text, what).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
}

describe.each(screens.map(screen => [screen.id, screen] as const))('screen %s', (id, screen) => {
  test.each(Object.keys(states))(
    'is exactly as tall as the terminal and never wider, with state %s',
    name => {
      const app = (states[name] ?? sample)();
      for (const where of places(id, app)) {
        for (const size of sizes)
          fits(
            {app, ui: at(where)},
            size,
            `${id} ${where.of ?? ''} pane ${where.pane} ${size.columns}×${size.rows}`,
          );
      }
    },
  );

  test('fits with every dialog over it', () => {
    for (const app of [sample({run: run(asks.typed)}), sample({run: run(asks.input)}), hostile(), empty()]) {
      for (const dialog of dialogs) {
        for (const size of sizes)
          fits({app, ui: at(place(id), dialog)}, size, `${id} ${dialog.at} ${size.columns}×${size.rows}`);
      }
    }
  });

  test('a terminal without our signs still shows each of them as something', () => {
    for (const app of [sample(), entangled(), sample({run: run(asks.confirm)})])
      for (const where of places(id, app)) {
        const {lines} = compose({app, ui: at(where)}, {columns: 120, rows: 40}, can);
        const drawn = lines.flatMap(line => line.flatMap(({text}) => Array.from(text)));
        const lost = drawn.filter(cell => cell !== '?' && ascii(cell) === '?');
        expect([...new Set(lost)], `pane ${where.pane}`).toEqual([]);
      }
  });

  test('Esc leads back to the services, one level at a time', () => {
    let ui = at({...place(id), filter: 'x'}, {at: 'palette', text: '', chosen: 0});
    for (const [stack, filter] of [
      [2, 'x'],
      [2, ''],
      [1, ''],
    ] as const) {
      ui = goBack(ui);
      expect(ui.dialog).toBeUndefined();
      expect([ui.stack.length, ui.stack[ui.stack.length - 1]?.filter]).toEqual([stack, filter]);
    }
    expect(goBack(ui)).toEqual(ui);
  });

  test('no key means two things in any state', () => {
    for (const [name, make] of Object.entries(states)) {
      const app = make();
      for (const where of places(id, app)) {
        const {look} = compose({app, ui: at(where)}, {columns: 80, rows: 24}, can);
        const keys = active([...screen.keys, ...everywhere], look).flatMap(one => one.keys);
        const twice = keys.filter((key, i) => keys.indexOf(key) !== i);
        expect(twice, `state ${name}, pane ${where.pane}`).toEqual([]);
      }
    }
  });

  test('help lists every key of it, with the reason where one is disabled', () => {
    const app = sample();
    const ui: Ui = {...firstUi, stack: [place('services'), place(id), place('help', id)]};
    const {lines, look} = compose({app, ui}, {columns: 120, rows: 300}, can);
    const text = lines.map(line => line.map(span => span.text).join('')).join('\n');
    const there = {...look, place: place(id), body: screen.view({...look, place: place(id)})};
    const listed = id === 'help' ? everywhere : [...screen.keys, ...everywhere];
    for (const one of listed) {
      for (const key of one.keys) expect(text).toContain(keyWord(key));
      expect(text.replaceAll(/\s+/g, ' ')).toContain(one.does.slice(0, 40));
      if (one.when?.(there) === false) continue;
      const why = one.why?.(there);
      if (why !== undefined) expect(text.replaceAll(/\s+/g, ' ')).toContain(`disabled: ${why}`);
    }
  });
});

test('every place that a key can lead to has a screen', () => {
  const store = createConsoleStore(sample());
  for (const screen of [
    'service',
    'why',
    'slos',
    'schedule',
    'runbooks',
    'runbook',
    'run',
    'ledger',
    'entry',
    'help',
  ]) {
    store.go(place(screen, 'x'));
    expect(screens.map(one => one.id)).toContain(screen);
  }
});
