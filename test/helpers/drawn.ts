// A frame of the console as text, for tests of screens.
import type {Size} from '../../src/define-screen.ts';
import type {AppState} from '../../src/state/model.ts';
import {firstUi, place} from '../../src/state/ui.ts';
import type {Place, Ui} from '../../src/state/ui.ts';
import {compose} from '../../src/terminal/compose.ts';

export interface Drawn {
  readonly app: AppState;
  readonly screen: string;
  readonly of?: string;
  readonly at?: Partial<Place>;
  readonly size?: Size;
  readonly dialog?: Ui['dialog'];
}

const can = {suspend: true, fault: false};

/** The rows of the frame, 80×24 unless said otherwise. */
export function rowsOf({
  app,
  screen,
  of,
  at,
  size = {columns: 80, rows: 24},
  dialog,
}: Drawn): readonly string[] {
  const stack: Ui['stack'] = [place('services'), {...place(screen, of), ...at}];
  const {lines} = compose({app, ui: {...firstUi, stack, dialog}}, size, can);
  return lines.map(line => line.map(({text}) => text).join(''));
}

export const drawn = (what: Drawn): string => rowsOf(what).join('\n');
