// Irreversible steps: the name of the target typed by hand, then a reason. Pasted text is refused.
import type {DialogDefinition, Look} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {paragraph, span} from '../parts/line.ts';
import {edited, field, titleRow} from './edit.ts';

const wanted = ({app}: Look): {readonly expected: Shown; readonly reason: boolean} | undefined =>
  app.run?.ask.at === 'typed' ? app.run.ask : undefined;

export const typed: DialogDefinition<Extract<Dialog, {at: 'typed'}>> = {
  keys: [
    {key: say`↵`, label: say`go on`},
    {key: say`esc`, label: say`leave without doing anything`},
  ],
  view: (dialog, look) => {
    const ask = wanted(look);
    if (ask === undefined) return [];
    const {app, size} = look;
    const cells = size.columns;
    return [
      titleRow(
        say`This cannot be undone: ${app.session.site}, ${app.session.environment.toUpperCase()}.`,
        'bad',
      ),
      ...(app.run?.detail?.command ?? [])
        .slice(0, 3)
        .flatMap(line => paragraph(line, cells - 1, 3, 'accent').slice(0, 2)),
      ...paragraph(say`Type the name to go on: ${ask.expected}`, cells - 1, 1),
      ...field(say`name`, dialog.field === 'name' ? dialog.text : dialog.name, {cells}).map((line, i) =>
        dialog.field === 'name' || i > 0
          ? line
          : [span(say` name  `, 'dim'), span(say`${dialog.name} ✔`, 'good')],
      ),
      ...(dialog.field === 'reason' ? field(say`reason`, dialog.text, {cells}) : []),
    ];
  },
  key: (dialog, key, look, desk) => {
    const ask = wanted(look);
    if (ask === undefined) {
      desk.close();
      return;
    }
    if (key.pasted && dialog.field === 'name') {
      desk.tell('error', say`Type the name by hand: pasted text confirms nothing.`);
      return;
    }
    if (key.name !== 'enter') {
      const text = edited(dialog.text, key);
      if (text !== undefined) desk.open({...dialog, text});
      return;
    }
    const {id} = dialog;
    const said = dialog.text.trim();
    if (dialog.field === 'reason') {
      if (said === '') {
        desk.tell('error', say`Type the reason: it is kept with the entry.`);
        return;
      }
      desk.close();
      desk.answer({id, say: 'yes', typed: dialog.name, reason: said});
      return;
    }
    if (said !== ask.expected) {
      desk.tell('error', say`That is not the name. Nothing was done.`);
      return;
    }
    if (ask.reason) {
      desk.open({...dialog, field: 'reason', name: said, text: ''});
      return;
    }
    desk.close();
    desk.answer({id, say: 'yes', typed: said});
  },
};
