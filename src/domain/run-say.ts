// What an operator may say to a run, and the choices that are offered.

/**
 * What an operator can say to a run. `id` is the ask's, or the run's where nothing is asked (busy, watch). Times are
 * monotonic milliseconds: when the dialog was painted, when the key came.
 */
export type RunAnswer = {
  readonly id: string;
  readonly shownAtMs: number;
  readonly answeredAtMs: number;
} & (
  | {readonly say: 'yes'; readonly typed?: string; readonly reason?: string}
  | {readonly say: 'done'; readonly note?: string}
  | {readonly say: 'fails'; readonly reason: string}
  | {readonly say: 'skip'; readonly reason: string}
  | {readonly say: 'retry'}
  | {readonly say: 'undo'}
  | {readonly say: 'safe'; readonly key: string}
  | {readonly say: 'option'; readonly key: string}
  | {readonly say: 'happened' | 'did-not-happen'; readonly reason: string}
  | {readonly say: 'stop'; readonly reason: string}
  | {readonly say: 'escalate'; readonly reason: string}
  | {readonly say: 'abort'; readonly reason: string}
  | {readonly say: 'take-over'; readonly reason: string}
  /** The value of the variable that is asked for; an empty text takes the default, where there is one. */
  | {readonly say: 'value'; readonly text: string}
  /** The run stands still and gives its lease back; anybody may resume it. */
  | {readonly say: 'pause'; readonly reason: string}
  | {readonly say: 'hand-over'; readonly to?: string; readonly reason: string}
  /** Goes on with a paused run. */
  | {readonly say: 'resume'}
  /** The newest answer to a question is taken back; possible until something acted after it. */
  | {readonly say: 'take-back'}
  | {readonly say: 'finish'; readonly reason?: string}
);

export type Say = RunAnswer['say'];

/** An answer that could be given now, or why it cannot. */
export interface Choice {
  readonly say: Say;
  /** The key on the keyboard. */
  readonly key: string;
  readonly label: string;
  /** `note`: what was found, in words; `value`: a text, or nothing where there is a default. */
  readonly needs: 'nothing' | 'reason' | 'typed' | 'note' | 'value';
  /** For `option` and `safe`: which one. */
  readonly option?: string;
  readonly disabled?: string;
}
