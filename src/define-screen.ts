// One definition per screen: its keys and how its state reads as lines. Key bar, help and palette are made from it.
import type {Shown} from './domain/show.ts';
import type {Look} from './state/look.ts';
import type {Desk} from './state/desk.ts';

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
  /** How many panes `Tab` goes through. */
  readonly panes?: number;
  /** What `c` copies. */
  readonly copy?: readonly Shown[];
  /** What must have been on the screen before it may be confirmed: rows shown so far of all there are. */
  readonly mustSee?: {readonly token: string; readonly shown: number; readonly total: number};
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
