// Which keys of a definition mean something right now, and how they read.
import {say, show} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import type {Binding, Look} from '../../src/define-screen.ts';
import type {BarKey} from './frame.ts';

const names: Record<string, Shown> = {
  enter: say`↵`,
  escape: say`esc`,
  backspace: say`⌫`,
  up: say`↑`,
  down: say`↓`,
  left: say`←`,
  right: say`→`,
  space: say`space`,
  tab: say`tab`,
  'shift-tab': say`shift-tab`,
  pageup: say`pgup`,
  pagedown: say`pgdn`,
  home: say`home`,
  end: say`end`,
};

/** `↵`, `esc`, `^L`, `r`. */
export const keyWord = (name: string): Shown =>
  names[name] ?? (name.startsWith('ctrl-') ? show(`^${name.slice(5).toUpperCase()}`) : show(name));

export const labelOf = ({label}: Binding, look: Look): Shown =>
  typeof label === 'function' ? label(look) : label;

/** Those that mean something in this state; a disabled one is among them, with its reason. */
export const active = (keys: readonly Binding[], look: Look): readonly Binding[] =>
  keys.filter(({when}) => when?.(look) ?? true);

/** For the key bar: by rank. */
export const barKeys = (keys: readonly Binding[], look: Look): readonly BarKey[] =>
  active(keys, look)
    .filter(({bar}) => bar !== undefined)
    .sort((a, b) => (a.bar ?? 0) - (b.bar ?? 0))
    .map(one => ({
      key: keyWord(one.keys[0]),
      label: labelOf(one, look),
      disabled: one.why?.(look) !== undefined,
    }));
