// Which maintenance leaves slots out of a promise: only what was recorded before it began.

/** A maintenance window, however it was set. */
export interface Announced {
  readonly fromMs: number;
  /** Until when it lasts, or when it was ended. */
  readonly untilMs: number;
  readonly recordedMs: number;
  readonly covers: (check: {readonly service: string; readonly check: string}) => boolean;
}

/** Whether a slot that begins at a moment is left out. A window that was recorded late is an annotation and no more. */
export const excludedBy =
  (windows: readonly Announced[]) =>
  (check: {readonly service: string; readonly check: string}, atMs: number): boolean =>
    windows.some(
      ({fromMs, untilMs, recordedMs, covers}) =>
        recordedMs <= fromMs && atMs >= fromMs && atMs < untilMs && covers(check),
    );
