// The one store behind the screens. Feeders write `app`; keys write `ui`; nothing else writes.
import {createStore} from 'zustand/vanilla';
import type {StoreApi} from 'zustand/vanilla';
import type {AppState} from './model.ts';
import {serviceOrder} from './select.ts';
import {change, firstUi, goBack, goIn, here, place} from './ui.ts';
import type {Dialog, Place, Ui} from './ui.ts';

export interface ConsoleState {
  readonly app: AppState;
  readonly ui: Ui;
}

/** Reading for screens, writing by named functions only. */
export interface ConsoleStore {
  readonly api: Pick<StoreApi<ConsoleState>, 'getState' | 'getInitialState' | 'subscribe'>;
  /** What feeders call: the parts of the state that changed. */
  feed(patch: Partial<AppState>): void;
  go(to: Place): void;
  back(): void;
  change(patch: Partial<Place>): void;
  open(dialog: Dialog | undefined): void;
  notice(notice: Ui['notice']): void;
  expectRun(): void;
  /** Rows of a text to be confirmed have been on the screen. */
  saw(token: string, rows: number): void;
}

/** When the question of the run changes, what was typed for the old one is worth nothing. */
function keepDialog(dialog: Dialog | undefined, app: AppState): Dialog | undefined {
  if (dialog === undefined || !('id' in dialog)) return dialog;
  return app.run !== undefined && askId(app.run) === dialog.id ? dialog : undefined;
}

/** Rows change places as services fail: the cursor stays on the service that it was on when all had been seen. */
function pinned(ui: Ui, app: AppState): Ui {
  const {screen, selected, filter} = here(ui);
  if (screen !== 'services' || selected !== undefined) return ui;
  if (app.services.some(({seenMs}) => seenMs === undefined)) return ui;
  const [first] = serviceOrder(app, filter);
  return first === undefined ? ui : change(ui, {selected: first.id});
}

/** Names the question that is open: the ask's id, else the run's. */
export const askId = (run: NonNullable<AppState['run']>): string => ('id' in run.ask ? run.ask.id : run.run);

/** A store with this application state, at the services screen. */
export function createConsoleStore(app: AppState, ui: Ui = firstUi): ConsoleStore {
  const api = createStore<ConsoleState>(() => ({app, ui}));
  const write = (next: (ui: Ui) => Ui): void => api.setState(state => ({ui: next(state.ui)}));
  return {
    api,
    feed: patch =>
      api.setState(state => {
        const next = {...state.app, ...patch};
        const opened = state.ui.expecting && next.run !== undefined && next.run.run !== state.app.run?.run;
        const dialog = keepDialog(state.ui.dialog, next);
        const refused = patch.notice?.level === 'error';
        const kept = pinned(
          dialog === state.ui.dialog && !refused
            ? state.ui
            : {
                ...state.ui,
                dialog,
                expecting: state.ui.expecting && !refused,
                // What went wrong is not covered by what was said before it.
                notice: refused ? undefined : state.ui.notice,
              },
          next,
        );
        return {
          app: next,
          ui: opened ? {...goIn(kept, place('run')), expecting: false, notice: undefined} : kept,
        };
      }),
    go: to => write(now => goIn(now, to)),
    back: () => write(goBack),
    change: patch => write(now => change(now, patch)),
    open: dialog => write(now => ({...now, dialog})),
    notice: notice => write(now => (now.notice === notice ? now : {...now, notice})),
    expectRun: () => write(now => ({...now, dialog: undefined, expecting: true})),
    saw: (token, rows) =>
      write(now =>
        now.seen?.token === token && now.seen.rows >= rows ? now : {...now, seen: {token, rows}},
      ),
  };
}
