// Answers that need a sentence: skip, pause, abort, take over, what happened, a note.
import type {DialogDefinition} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {Dialog, Reasoned} from '../../src/state/ui.ts';
import {span} from '../parts/line.ts';
import {edited, field, titleRow} from './edit.ts';

const words: Record<Reasoned, {readonly title: Shown; readonly ask: Shown}> = {
  skip: {title: say`Skip this step`, ask: say`why`},
  fails: {title: say`It does not hold, or was not done`, ask: say`what you saw`},
  stop: {title: say`Stop the running step: TERM, then KILL`, ask: say`why`},
  abort: {title: say`Abort: end the run here`, ask: say`why`},
  happened: {title: say`The step did happen`, ask: say`seen by`},
  'did-not-happen': {title: say`The step did not happen`, ask: say`seen by`},
  'take-over': {title: say`Take this run over`, ask: say`why`},
  finish: {title: say`Finish the run as it stands`, ask: say`why`},
  done: {title: say`What you did or saw, in your words`, ask: say`note`},
  pause: {title: say`Pause: the run stands still and gives its lease back`, ask: say`why`},
};

export const reason: DialogDefinition<Extract<Dialog, {at: 'reason'}>> = {
  keys: [
    {key: say`↵`, label: say`do it`},
    {key: say`esc`, label: say`do nothing`},
  ],
  view: ({say: kind, text}, look) => [
    titleRow(words[kind].title, kind === 'abort' ? 'bad' : 'accent'),
    ...field(words[kind].ask, text, {cells: look.size.columns}),
    [span(say`   The reason is kept; it can be erased later.`, 'dim')],
  ],
  key: (dialog, key, _look, desk) => {
    if (key.name !== 'enter') {
      const text = edited(dialog.text, key);
      if (text !== undefined) desk.open({...dialog, text});
      return;
    }
    const {id, say: kind} = dialog;
    const typed = dialog.text.trim();
    if (typed === '') {
      desk.tell('error', say`Type a few words first: they are kept with the entry.`);
      return;
    }
    desk.close();
    desk.answer(kind === 'done' ? {id, say: kind, note: typed} : {id, say: kind, reason: typed});
  },
};
