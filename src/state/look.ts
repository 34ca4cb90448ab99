// Everything a screen may look at when it draws or answers a key: a snapshot, nothing that acts.
import type {AppState} from './model.ts';
import type {Place, Ui} from './ui.ts';
import type {Body} from '../define-screen.ts';

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

export interface Look {
  readonly app: AppState;
  readonly ui: Ui;
  readonly place: Place;
  /** Rows and columns for the body of the screen. */
  readonly size: Size;
  /** What was drawn last; undefined while drawing. */
  readonly body: Body | undefined;
  /** What the terminal and the site allow. */
  readonly can: {readonly suspend: boolean; readonly fault: boolean};
}
