// THE list of dialogs: they lie over the bottom of a screen and have all keys while they are open.
import type {Desk, Key, Line, Look, ScreenDefinition} from '../../src/define-screen.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {Dialog} from '../../src/state/ui.ts';
import {escalate} from './escalate.ts';
import {exportDialog} from './export.ts';
import {filter} from './filter.ts';
import {handOver} from './hand-over.ts';
import {paletteFor} from './palette.ts';
import {job} from './job.ts';
import {interrupt, leave} from './questions.ts';
import {reason} from './reason.ts';
import {silence} from './silence.ts';
import {start} from './start.ts';
import {typed} from './typed.ts';
import {value} from './value.ts';
import {words} from './words.ts';

/** A dialog that is open, with what it shows and what its keys do. */
export interface OpenDialog {
  readonly keys: readonly {readonly key: Shown; readonly label: Shown}[];
  readonly view: (look: Look) => readonly Line[];
  readonly key: (key: Key, look: Look, desk: Desk) => void;
}

/** Binds the definition of a dialog to its state. */
export function dialogsFor(screens: readonly ScreenDefinition[]): (dialog: Dialog) => OpenDialog {
  const palette = paletteFor(screens);
  const bound = <D>(
    dialog: D,
    definition: {
      keys: OpenDialog['keys'];
      view: (dialog: D, look: Look) => readonly Line[];
      key: (dialog: D, key: Key, look: Look, desk: Desk) => void;
    },
  ): OpenDialog => ({
    keys: definition.keys,
    view: look => definition.view(dialog, look),
    key: (key, look, desk) => definition.key(dialog, key, look, desk),
  });
  return dialog => {
    switch (dialog.at) {
      case 'filter':
        return bound(dialog, filter);
      case 'palette':
        return bound(dialog, palette);
      case 'reason':
        return bound(dialog, reason);
      case 'typed':
        return bound(dialog, typed);
      case 'value':
        return bound(dialog, value);
      case 'escalate':
        return bound(dialog, escalate);
      case 'hand-over':
        return bound(dialog, handOver);
      case 'start':
        return bound(dialog, start);
      case 'export':
        return bound(dialog, exportDialog);
      case 'job':
        return bound(dialog, job);
      case 'silence':
        return bound(dialog, silence);
      case 'words':
        return bound(dialog, words);
      case 'leave':
        return bound(dialog, leave);
      case 'interrupt':
        return bound(dialog, interrupt);
    }
  };
}
