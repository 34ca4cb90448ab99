// What a key may do: change the place, open a dialog, ask the engine. Handed to every binding.
import type {Actions, RunAnswer} from './model.ts';
import type {Dialog, Place} from './ui.ts';
import type {Shown} from '../domain/show.ts';

/** A run answer without the times; the desk adds when the dialog was painted and when the key arrived. */
export type Untimed<T = RunAnswer> = T extends RunAnswer ? Omit<T, 'shownAtMs' | 'answeredAtMs'> : never;

export interface Desk {
  readonly actions: Actions;
  go(to: Place): void;
  back(): void;
  change(patch: Partial<Place>): void;
  open(dialog: Dialog): void;
  /** Closes the dialog. */
  close(): void;
  tell(level: 'error' | 'info', text: Shown): void;
  answer(answer: Untimed): void;
  /** Asks for a run; its screen opens when it has begun. */
  start(runbook: string, procedure: string | undefined, service: string): void;
  copy(lines: readonly Shown[]): void;
  repaint(): void;
  suspend(): void;
  leave(): void;
}
