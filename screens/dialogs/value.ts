// The value of a variable: typed or pasted, or taken from earlier runs with the arrows; Enter gives it to the run.
import type {DialogDefinition, Line, Look} from '../../src/define-screen.ts';
import {say, show} from '../../src/domain/show.ts';
import type {AskView} from '../../src/state/model.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {fit, paragraph, span} from '../parts/line.ts';
import {edited, field} from './edit.ts';

type Value = Extract<Dialog, {at: 'value'}>;
type Input = Extract<AskView, {at: 'input'}>;

const asked = ({app}: Look): Input | undefined => (app.run?.ask.at === 'input' ? app.run.ask : undefined);

/** Values of earlier runs around the chosen one. */
function historyLines({row}: Value, {history}: Input, {size}: Look): readonly Line[] {
  if (history.length === 0) return [];
  const page = Math.max(1, Math.min(5, size.rows - 9));
  const from = Math.max(0, Math.min(row - page + 1, history.length - page));
  return [
    [span(say`   earlier values: ↑ ↓`, 'dim')],
    ...history
      .slice(from, from + page)
      .map((value, i) =>
        fit(
          [
            span(from + i === row ? say` > ` : say`   `, 'accent'),
            span(show(value), from + i === row ? 'strong' : 'dim'),
          ],
          size.columns,
        ),
      ),
  ];
}

export const value: DialogDefinition<Value> = {
  keys: [
    {key: say`↵`, label: say`use it`},
    {key: say`↑↓`, label: say`earlier values`},
    {key: say`esc`, label: say`not now`},
  ],
  view: (dialog, look) => {
    const ask = asked(look);
    if (ask === undefined) return [];
    const {columns: cells} = look.size;
    const usual =
      ask.default === undefined ? [] : [say`Enter with nothing typed takes the default: ${ask.default}`];
    const must = ask.pattern === undefined ? [] : [say`must match ${ask.pattern}`];
    return [
      ...paragraph(ask.question, cells - 1, 1, 'accent'),
      ...field(ask.name, dialog.text, {cells}),
      ...[...must, ...usual].flatMap(text => paragraph(text, cells - 1, 3, 'dim')),
      ...historyLines(dialog, ask, look),
      ...paragraph(
        say`The value is kept with the run; it never becomes part of a command’s text.`,
        cells - 1,
        3,
        'dim',
      ),
    ];
  },
  key: (dialog, key, look, desk) => {
    const ask = asked(look);
    if (ask === undefined) {
      desk.close();
      return;
    }
    if (key.name === 'up' || key.name === 'down') {
      const last = ask.history.length - 1;
      const row = Math.max(-1, Math.min(last, dialog.row + (key.name === 'up' ? 1 : -1)));
      const typed = dialog.row === -1 ? dialog.text : dialog.typed;
      desk.open({...dialog, row, typed, text: ask.history[row] ?? typed});
      return;
    }
    if (key.name !== 'enter') {
      const text = edited(dialog.text, key);
      if (text !== undefined) desk.open({...dialog, text, typed: text, row: -1});
      return;
    }
    if (dialog.text === '' && ask.default === undefined) {
      desk.tell('error', say`Type a value first; Esc leaves it for later.`);
      return;
    }
    // The dialog stays until the run has taken the value: a refused one can be mended.
    if (dialog.sent === dialog.text) return;
    desk.open({...dialog, sent: dialog.text});
    desk.answer({id: dialog.id, say: 'value', text: dialog.text});
  },
};
