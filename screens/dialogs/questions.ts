// Leaving, and what to do with a running step. Ctrl-C never kills silently.
import type {DialogDefinition, Line} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {askId} from '../../src/state/store.ts';
import {isBusy} from '../../src/state/select.ts';
import {paragraph, span} from '../parts/line.ts';
import {titleRow} from './edit.ts';

const option = (key: ReturnType<typeof say>, text: ReturnType<typeof say>): Line => [
  span(say`   ${key}`, 'accent'),
  span(say`  ${text}`),
];

export const leave: DialogDefinition<Extract<Dialog, {at: 'leave'}>> = {
  keys: [
    {key: say`y`, label: say`leave`},
    {key: say`esc`, label: say`stay`},
  ],
  view: (_dialog, {app, size}) => [
    titleRow(say`Leave the console?`),
    ...paragraph(
      isBusy(app.run)
        ? say`The running step goes on without it, to its end; the next console shows the run at this step.`
        : say`Nothing is running. An open run waits at its step for the next console.`,
      size.columns - 1,
      1,
      'dim',
    ),
  ],
  key: (_dialog, key, _look, desk) => {
    if (key.name === 'y' && !key.pasted) {
      desk.leave();
      return;
    }
    if (key.name === 'n') desk.close();
  },
};

export const interrupt: DialogDefinition<Extract<Dialog, {at: 'interrupt'}>> = {
  keys: [
    {key: say`w`, label: say`wait`},
    {key: say`l`, label: say`leave it running`},
    {key: say`z`, label: say`stop it`},
  ],
  view: (_dialog, {size}) => [
    titleRow(say`A step is running. Nothing was stopped.`, 'warn'),
    ...[
      option(say`w`, say`go on waiting`),
      option(say`l`, say`leave the console; the step goes on to its end`),
      option(say`z`, say`stop it: asks why, then TERM, then KILL; the run stays at this step`),
    ].map(line => line.slice(0, size.columns)),
  ],
  key: (_dialog, key, {app}, desk) => {
    if (key.pasted) return;
    const id = app.run === undefined ? '' : askId(app.run);
    switch (key.name) {
      case 'w':
      case 'n': {
        desk.close();
        return;
      }
      case 'l': {
        desk.leave();
        return;
      }
      case 'z': {
        desk.open({at: 'reason', say: 'stop', id, text: ''});
        return;
      }
      default:
        return;
    }
  },
};
