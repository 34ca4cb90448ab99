// Silencing: for how long, then why. Nobody is told meanwhile; it is looked at and recorded all the same.
import type {DialogDefinition} from '../../src/define-screen.ts';
import {duration, durationMs} from '../../src/domain/duration.ts';
import {longestSilenceMs} from '../../src/domain/limits.ts';
import {say} from '../../src/domain/show.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {paragraph, span} from '../parts/line.ts';
import {edited, field, titleRow} from './edit.ts';

const leastMs = 60_000;

export const silence: DialogDefinition<Extract<Dialog, {at: 'silence'}>> = {
  keys: [
    {key: say`↵`, label: say`go on`},
    {key: say`esc`, label: say`do nothing`},
  ],
  view: (dialog, {size}) => {
    const cells = size.columns;
    return [
      titleRow(say`Silence ${dialog.on}: nobody is told about it`),
      ...(dialog.field === 'for'
        ? field(say`how long`, dialog.text, {cells})
        : [
            [span(say` how long  `, 'dim'), span(say`${duration(dialog.forMs)}`, 'good')],
            ...field(say`why`, dialog.text, {cells}),
          ]),
      ...paragraph(
        dialog.field === 'for'
          ? say`Between 1m and ${duration(longestSilenceMs)}, such as 30m or 2h.`
          : say`It is looked at and recorded all the same. Everybody sees the reason; it can be erased later.`,
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
    const typed = dialog.text.trim();
    if (dialog.field === 'for') {
      const forMs = durationMs(typed);
      if (forMs === undefined || forMs < leastMs || forMs > longestSilenceMs)
        desk.tell('error', say`That is no time between 1m and ${duration(longestSilenceMs)}, such as 2h.`);
      else desk.open({...dialog, field: 'reason', forMs, text: ''});
      return;
    }
    if (typed === '') {
      desk.tell('error', say`Type why, in a few words: they are kept with the entry.`);
      return;
    }
    desk.close();
    desk.actions.silence({on: dialog.on, forMs: dialog.forMs, reason: typed});
  },
};
