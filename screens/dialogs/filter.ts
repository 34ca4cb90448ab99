// `/`: show only what contains the text; Enter keeps it, Esc takes it back.
import type {DialogDefinition} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {edited, field} from './edit.ts';

export const filter: DialogDefinition<Extract<Dialog, {at: 'filter'}>> = {
  keys: [
    {key: say`↵`, label: say`keep`},
    {key: say`esc`, label: say`show all again`},
  ],
  view: ({text}, {size}) => field(say`find`, text, {cells: size.columns}),
  key: (dialog, key, {body, place: at}, desk) => {
    if (key.name === 'enter') {
      // In a text: to the first place that holds it, from here on.
      const next = body?.finds?.find(row => row >= at.scroll) ?? body?.finds?.[0];
      if (next !== undefined) desk.change({scroll: next});
      desk.close();
      return;
    }
    const text = edited(dialog.text, key);
    if (text === undefined) return;
    desk.change({filter: text, selected: undefined});
    desk.open({...dialog, text});
  },
};
