// What the keys of a one-line field do. Dialogs lie over the bottom of a screen and have all keys while open.
import type {Key, Line, Tone} from '../../src/define-screen.ts';
import {say, show} from '../../src/domain/show.ts';
import type {Shown} from '../../src/domain/show.ts';
import {span} from '../parts/line.ts';
import {wrap} from '../parts/text.ts';

const limit = 2_000;

/** The text after this key; undefined when the key is not one of a field. */
export function edited(text: string, key: Key): string | undefined {
  if (key.text !== '') return (text + key.text).slice(0, limit);
  switch (key.name) {
    case 'backspace':
      return Array.from(text).slice(0, -1).join('');
    case 'ctrl-u':
      return '';
    case 'ctrl-w':
      return text.replace(/\S+\s*$/, '');
    default:
      return undefined;
  }
}

/** A label and the text with its cursor, wrapped so that the end is always in view. */
export function field(label: Shown, text: string, opts: {cells: number; tone?: Tone}): readonly Line[] {
  const at = Math.min(label.length + 2, Math.floor(opts.cells / 2));
  const rows = wrap(show(`${text}▌`), opts.cells - at - 2);
  const shown = rows.slice(Math.max(0, rows.length - 3));
  return shown.map((row, i) => [
    span(i === 0 ? show(` ${label} `.padEnd(at)) : show(' '.repeat(at)), 'dim'),
    span(row, opts.tone ?? 'strong'),
  ]);
}

/** The first row of a dialog. */
export const titleRow = (text: Shown, tone: Tone = 'accent'): Line => [span(say` `), span(text, tone)];
