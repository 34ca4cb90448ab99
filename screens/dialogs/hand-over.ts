// Handing a run over: to whom (or to anyone), then why. The run then waits for whoever resumes it.
import type {DialogDefinition} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {paragraph, span} from '../parts/line.ts';
import {edited, field, titleRow} from './edit.ts';

export const handOver: DialogDefinition<Extract<Dialog, {at: 'hand-over'}>> = {
  keys: [
    {key: say`↵`, label: say`go on`},
    {key: say`esc`, label: say`do nothing`},
  ],
  view: (dialog, {size}) => {
    const {columns: cells} = size;
    const named = dialog.to === '' ? say`anyone` : say`${dialog.to}`;
    return [
      titleRow(say`Hand this run over`),
      ...(dialog.field === 'to'
        ? field(say`to whom`, dialog.text, {cells})
        : [[span(say` to whom  `, 'dim'), span(named, 'good')], ...field(say`why`, dialog.text, {cells})]),
      ...paragraph(
        dialog.field === 'to'
          ? say`A name, or just Enter: then anyone may take it.`
          : say`The run stands still and gives its lease back; the next console that opens it resumes it at this step.`,
        cells - 1,
        3,
        'dim',
      ),
    ];
  },
  key: (dialog, key, _look, desk) => {
    if (key.name !== 'enter') {
      const text = edited(dialog.text, key);
      if (text !== undefined) desk.open({...dialog, text});
      return;
    }
    const said = dialog.text.trim();
    if (dialog.field === 'to') {
      desk.open({...dialog, field: 'reason', to: said, text: ''});
      return;
    }
    if (said === '') {
      desk.tell('error', say`Type why, in a few words: they are kept with the entry.`);
      return;
    }
    desk.close();
    desk.answer({
      id: dialog.id,
      say: 'hand-over',
      reason: said,
      ...(dialog.to === '' ? {} : {to: dialog.to}),
    });
  },
};
