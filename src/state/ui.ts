// Where the operator is: the stack of places, and the one dialog that may lie over it. Plain data.
import type {Scope} from '../domain/kinds-ledger.ts';
import type {RunAnswer, RunStart} from './model.ts';
import type {Shown} from '../domain/show.ts';

/** A screen, what of it, and what the operator picked there. */
export interface Place {
  readonly screen: string;
  /** The service, runbook or screen that the place is about. */
  readonly of: string | undefined;
  /** Id of the chosen item; undefined = the first. */
  readonly selected: string | undefined;
  readonly scroll: number;
  readonly pane: number;
  readonly filter: string;
}

/** Answers that need a sentence from the operator before they are given. */
export type Reasoned = Extract<
  RunAnswer['say'],
  | 'skip'
  | 'fails'
  | 'stop'
  | 'abort'
  | 'happened'
  | 'did-not-happen'
  | 'take-over'
  | 'finish'
  | 'done'
  | 'pause'
>;

/** What `startRun` is asked for, once all of it is chosen. */
export interface StartPlan {
  readonly runbook: string;
  readonly procedure: string | undefined;
  readonly service: string | undefined;
}

export type Dialog =
  | {readonly at: 'filter'; readonly text: string; readonly before: string}
  | {readonly at: 'palette'; readonly text: string; readonly chosen: number}
  | {readonly at: 'reason'; readonly say: Reasoned; readonly id: string; readonly text: string}
  | {
      /** Typed confirmation: the target's name, then (when asked for) the reason. */
      readonly at: 'typed';
      readonly id: string;
      readonly field: 'name' | 'reason';
      readonly name: string;
      readonly text: string;
    }
  | {
      /** The value of a variable; `row` is the one of the history, -1 = what is typed. */
      readonly at: 'value';
      readonly id: string;
      readonly text: string;
      readonly typed: string;
      readonly row: number;
      /** What was sent to the engine last, so that Enter twice does not answer twice. */
      readonly sent: string | undefined;
    }
  /** Whom to call and what to say stays in view whatever the run does meanwhile. */
  | {readonly at: 'escalate'; readonly text: string}
  /** To whom, then why. */
  | {
      readonly at: 'hand-over';
      readonly id: string;
      readonly field: 'to' | 'reason';
      readonly to: string;
      readonly text: string;
    }
  | {
      readonly at: 'start';
      readonly plan: Partial<StartPlan>;
      readonly chosen: number;
      /** Left out: live. */
      readonly mode?: RunStart['mode'];
    }
  | {
      /** What to export is chosen first, then where to is typed. */
      readonly at: 'export';
      readonly chosen: number;
      readonly scope: Scope | undefined;
      readonly text: string;
    }
  /** A job that is run, or resumed, once that is confirmed. */
  | {readonly at: 'job'; readonly what: 'run' | 'resume'; readonly job: string}
  /** For how long nobody is told about something, then why. */
  | {
      readonly at: 'silence';
      readonly on: string;
      readonly field: 'for' | 'reason';
      readonly forMs: number;
      readonly text: string;
    }
  /** Something that needs a sentence: why a job is paused, what is done about an alert. */
  | {readonly at: 'words'; readonly what: 'pause-job' | 'ack'; readonly of: string; readonly text: string}
  | {readonly at: 'leave'}
  | {readonly at: 'interrupt'};

export interface Ui {
  readonly stack: readonly [Place, ...Place[]];
  readonly dialog: Dialog | undefined;
  /** Something the console itself has to say, until a key is pressed. */
  readonly notice: {readonly level: 'error' | 'info'; readonly text: Shown} | undefined;
  /** Rows of the text to be confirmed that have been on the screen. */
  readonly seen: {readonly token: string; readonly rows: number} | undefined;
  /** A run was asked for; its screen opens when it is there. */
  readonly expecting: boolean;
}

export const place = (screen: string, of?: string): Place => ({
  screen,
  of,
  selected: undefined,
  scroll: 0,
  pane: 0,
  filter: '',
});

export const firstUi: Ui = {
  stack: [place('services')],
  dialog: undefined,
  notice: undefined,
  seen: undefined,
  expecting: false,
};

export const here = (ui: Ui): Place => ui.stack[ui.stack.length - 1] ?? ui.stack[0];

function rebuild(places: readonly Place[]): Ui['stack'] {
  const [first, ...rest] = places;
  return first === undefined ? [place('services')] : [first, ...rest];
}

/** The same with the current place changed. */
export const change = (ui: Ui, patch: Partial<Place>): Ui => ({
  ...ui,
  stack: rebuild([...ui.stack.slice(0, -1), {...here(ui), ...patch}]),
});

/** One place further in; going where one already is changes nothing. */
export function goIn(ui: Ui, to: Place): Ui {
  const {screen, of} = here(ui);
  if (screen === to.screen && of === to.of) return {...ui, dialog: undefined};
  const known = ui.stack.findIndex(at => at.screen === to.screen && at.of === to.of);
  const below = known === -1 ? ui.stack : ui.stack.slice(0, known);
  return {...ui, dialog: undefined, stack: rebuild([...below, known === -1 ? to : (ui.stack[known] ?? to)])};
}

/** One level back: the dialog, else the filter, else the place. */
export function goBack(ui: Ui): Ui {
  if (ui.dialog?.at === 'filter') return change({...ui, dialog: undefined}, {filter: ui.dialog.before});
  if (ui.dialog !== undefined) return {...ui, dialog: undefined};
  if (here(ui).filter !== '') return change(ui, {filter: '', selected: undefined});
  return ui.stack.length === 1 ? ui : {...ui, stack: rebuild(ui.stack.slice(0, -1))};
}
