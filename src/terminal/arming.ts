// When a key may confirm: not before the dialog has been on the operator's screen long enough to be read.

/** A key this soon after the painting was typed for something else. */
const readMs = 400;

/** Added to the round trip, which is how long the screen takes to arrive and the key to come back. */
const afterRoundTripMs = 250;

/** A terminal that answered before but does not now is waited for no longer than this. */
const patienceMs = 10_000;

export interface Arming {
  /** A frame with this dialog is on its way to the terminal; returns true when it is a new one. */
  painted(token: string | undefined, nowMs: number): boolean;
  /** The terminal answered the question that was sent behind the frame. */
  replied(nowMs: number): void;
  /** Whether a key that arrives now may decide what `token` asks. */
  isArmed(token: string | undefined, nowMs: number): boolean;
  /** When the dialog was painted, monotonic milliseconds; `nowMs` when there is none. */
  shownAtMs(nowMs: number): number;
  /** The newest measurement; 0 while there is none. */
  readonly roundTripMs: () => number;
}

export function createArming(): Arming {
  let shown: {readonly token: string; readonly atMs: number} | undefined;
  let roundTripMs: number | undefined;
  let isAnswered = false;
  return {
    painted(token, nowMs) {
      if (token === shown?.token) return false;
      shown = token === undefined ? undefined : {token, atMs: nowMs};
      isAnswered = false;
      return token !== undefined;
    },
    replied(nowMs) {
      if (shown === undefined || isAnswered) return;
      isAnswered = true;
      roundTripMs = nowMs - shown.atMs;
    },
    isArmed(token, nowMs) {
      if (shown === undefined || token !== shown.token) return false;
      const waited = nowMs - shown.atMs;
      if (waited < readMs) return false;
      if (roundTripMs === undefined) return true;
      if (!isAnswered) return waited >= patienceMs;
      return waited >= roundTripMs + afterRoundTripMs;
    },
    shownAtMs: nowMs => shown?.atMs ?? nowMs,
    roundTripMs: () => roundTripMs ?? 0,
  };
}
