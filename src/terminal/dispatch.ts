// A key to what it does: the dialog first, then the screen, then what every screen has.
import {everywhere} from '../../screens/everywhere.ts';
import {active} from '../../screens/parts/bindings.ts';
import type {Binding, Desk, Key} from '../define-screen.ts';
import {say} from '../domain/show.ts';
import {smallest} from './compose.ts';
import type {Dialog} from '../state/ui.ts';
import type {Frame} from './compose.ts';

/** The binding that a key has in this frame; undefined = none. */
function bindingOf({look, screen}: Frame, name: string): Binding | undefined {
  return active([...(screen?.keys ?? []), ...everywhere], look).find(({keys}) => keys.includes(name));
}

/** Keys that work over any dialog: they decide nothing. */
const always: readonly string[] = ['ctrl-l', 'ctrl-z'];

/** Whether Enter in it may answer the run, or start something. */
const answers = (open: Dialog): boolean => open.at === 'escalate' || open.at === 'job' || 'id' in open;

/** Does what the key means. `isArmed`: the question in view has been there long enough to be read. */
export function dispatch(frame: Frame, key: Key, {desk, isArmed}: {desk: Desk; isArmed: boolean}): void {
  const {look, dialog} = frame;
  const open = look.ui.dialog;
  if (open !== undefined && dialog !== undefined && !always.includes(key.name)) {
    if (key.name === 'escape' || key.name === 'ctrl-c') {
      desk.back();
      return;
    }
    // Typed ahead, before the dialog could be read: worth nothing.
    if (!isArmed && open.at === 'typed') return;
    if (!isArmed && key.name === 'enter' && answers(open)) {
      desk.tell(
        'info',
        say`Not yet: this was not on the screen long enough. Read it, then press Enter again.`,
      );
      return;
    }
    dialog.key(key, look, desk);
    return;
  }
  if (key.pasted) {
    desk.tell('info', say`Pasted text does nothing here: keys are typed.`);
    return;
  }
  const binding = bindingOf(frame, key.name);
  if (binding === undefined) return;
  const why = binding.why?.(look);
  if (why !== undefined) {
    desk.tell('error', say`${key.name}: ${why}`);
    return;
  }
  if (binding.confirms && isTooSmall(frame)) {
    desk.tell('error', say`Nothing is confirmed on a terminal too small to show it.`);
    return;
  }
  if (binding.confirms && !isArmed) {
    desk.tell(
      'info',
      say`Not yet: the question was not on the screen long enough. Read it, then press ${key.name} again.`,
    );
    return;
  }
  binding.run(look, desk);
}

const isTooSmall = ({look, lines}: Frame): boolean =>
  look.size.columns < smallest.columns || lines.length < smallest.rows;
