import {expect, test} from 'vitest';
import {runKeys} from '../../screens/run-keys.ts';
import {firstUi, place} from '../../src/state/ui.ts';
import type {Look} from '../../src/define-screen.ts';
import {asks, run, sample} from '../helpers/sample-state.ts';

const lookAt = (pane: number, ask: keyof typeof asks): Look => ({
  app: sample({run: run(asks[ask])}),
  ui: firstUi,
  place: {...place('run'), pane},
  size: {columns: 80, rows: 20},
  body: undefined,
  can: {suspend: true, fault: false},
});

const answering = (look: Look): readonly string[] =>
  runKeys
    .filter(({keys}) => !['e', 'x', 'E'].includes(keys[0]))
    .filter(({when}) => when?.(look) ?? true)
    .map(({keys}) => keys[0]);

test.each(Object.keys(asks) as readonly (keyof typeof asks)[])(
  'a question (%s) is answered only in the pane that draws it',
  ask => {
    expect(answering(lookAt(1, ask))).toEqual([]);
    expect(answering(lookAt(2, ask))).toEqual([]);
  },
);

test('in its own pane a question has its key', () => {
  expect(answering(lookAt(0, 'confirm'))).toContain('y');
  expect(answering(lookAt(0, 'read'))).toContain('enter');
});
