// What needs a sentence before it is done, and is recorded with it.
import type {Desk, DialogDefinition} from '../../src/define-screen.ts';
import {say} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {paragraph} from '../parts/line.ts';
import {edited, field, titleRow} from './edit.ts';

type Words = Extract<Dialog, {at: 'words'}>;

interface Kind {
  readonly title: (of: string) => Shown;
  readonly ask: Shown;
  readonly note: Shown;
  readonly act: (of: string, text: string, desk: Desk) => void;
}

const kinds: Record<Words['what'], Kind> = {
  'pause-job': {
    title: of => say`Pause the job ${of}`,
    ask: say`why`,
    note: say`It does not run until somebody resumes it. Everybody sees the reason; it can be erased later.`,
    act: (of, text, desk) => desk.actions.pauseJob(of, text),
  },
  ack: {
    title: of => say`Take what fires of ${of}`,
    ask: say`what you do about it`,
    note: say`It is not told again until it is over. Everybody sees who took it, and this; it can be erased later.`,
    act: (of, text, desk) => desk.actions.ackAlerts(of, text),
  },
};

export const words: DialogDefinition<Words> = {
  keys: [
    {key: say`↵`, label: say`do it`},
    {key: say`esc`, label: say`do nothing`},
  ],
  view: ({what, of, text}, {size}) => {
    const {title, ask, note} = kinds[what];
    const cells = size.columns;
    return [titleRow(title(of)), ...field(ask, text, {cells}), ...paragraph(note, cells - 1, 3, 'dim')];
  },
  key: (dialog, key, _look, desk) => {
    if (key.name !== 'enter') {
      const text = edited(dialog.text, key);
      if (text !== undefined) desk.open({...dialog, text});
      return;
    }
    const typed = dialog.text.trim();
    if (typed === '') {
      desk.tell('error', say`Type a few words first: they are kept with the entry.`);
      return;
    }
    desk.close();
    kinds[dialog.what].act(dialog.of, typed, desk);
  },
};
