// One definition per screen: its keys and how its state reads as lines. Key bar, help and palette are made from it.
import type {Shown} from './domain/show.ts';
import type {Actions, AppState, RunAnswer, RunStart} from './state/model.ts';
import type {Dialog, Place, Ui} from './state/ui.ts';

/** What a stretch of text means; the theme turns it into colour, which never says more than the words do. */
export type Tone =
  | 'plain'
  | 'dim'
  | 'strong'
  | 'accent'
  | 'good'
  | 'warn'
  | 'bad'
  | 'unknown'
  | 'drill'
  | 'production'
  | 'staging'
  | 'development';

export interface Span {
  readonly text: Shown;
  readonly tone: Tone;
}

/** One row of the terminal, never wider than it was asked to be. */
export type Line = readonly Span[];

/** A key as it arrived: its name, the text it types (empty for keys that type nothing), and whether it was pasted. */
export interface Key {
  readonly name: string;
  readonly text: string;
  readonly pasted: boolean;
}

/** What a screen shows in the rows it was given, and what the keys need to know about it. */
export interface Body {
  readonly lines: readonly Line[];
  /** The right end of the breadcrumb row: counts, progress. */
  readonly summary?: Line;
  /** The items of the pane that has the keys, in order, and how many fit on a page. */
  readonly list?: {readonly ids: readonly string[]; readonly page: number};
  /** The text of the pane that has the keys: rows in all, rows visible. */
  readonly scroll?: {readonly total: number; readonly page: number};
  /** Set where `/` searches the text: the rows that hold what is searched for. */
  readonly finds?: readonly number[];
  /** How many panes `Tab` goes through. */
  readonly panes?: number;
  /** What `c` copies. */
  readonly copy?: readonly Shown[];
  /** What must have been on the screen before it may be confirmed: rows shown so far of all there are. */
  readonly mustSee?: {readonly token: string; readonly shown: number; readonly total: number};
}

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Everything a screen may look at when it draws or answers a key: a snapshot, nothing that acts. */
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

/** A run answer without the times; the desk adds when the dialog was painted and when the key arrived. */
export type Untimed<T = RunAnswer> = T extends RunAnswer ? Omit<T, 'shownAtMs' | 'answeredAtMs'> : never;

/** What a key may do: change the place, open a dialog, ask the engine. */
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
  start(run: RunStart): void;
  copy(lines: readonly Shown[]): void;
  repaint(): void;
  suspend(): void;
  leave(): void;
}

export interface Binding {
  /** As `keyName` says them: `enter`, `escape`, `up`, `ctrl-l`, `g`, `G`, `space`. */
  readonly keys: readonly [string, ...string[]];
  /** The word in the key bar. */
  readonly label: Shown | ((look: Look) => Shown);
  /** The sentence in help and palette. */
  readonly does: Shown;
  /** Place in the key bar, lowest first; without it the key stands in help only. */
  readonly bar?: number;
  /** False: the key means nothing in this state, and is not shown. */
  readonly when?: (look: Look) => boolean;
  /** Why it cannot be used now; shown next to the key. */
  readonly why?: (look: Look) => Shown | undefined;
  /** It decides something: refused until the dialog has been on the screen long enough to be read. */
  readonly confirms?: true;
  /** Left out of the command palette: moving about. */
  readonly plain?: true;
  readonly run: (look: Look, desk: Desk) => void;
}

export interface ScreenDefinition {
  readonly id: string;
  /** The breadcrumb of one place on this screen. */
  readonly title: (look: Look) => Shown;
  readonly summary: Shown;
  readonly keys: readonly Binding[];
  readonly view: (look: Look) => Body;
}

/** A dialog lies over the bottom of a screen and has all the keys while it is open. */
export interface DialogDefinition<D> {
  readonly view: (dialog: D, look: Look) => readonly Line[];
  /** For the key bar, in order. */
  readonly keys: readonly {readonly key: Shown; readonly label: Shown}[];
  /** What to type or choose; `decides` names what a key confirms, so that it is never confirmed unread. */
  readonly key: (dialog: D, key: Key, look: Look, desk: Desk) => void;
}

export const defineScreen = (definition: ScreenDefinition): ScreenDefinition => definition;
