// The one way tests wait: on a condition, with a deadline.

export interface WaitLimits {
  readonly timeoutMs?: number;
  /** Named in the error when the deadline passes; a function is asked then, so it can tell what was seen last. */
  readonly what: string | (() => string);
}

/** Resolves with the first value of `condition` that is neither undefined, null nor false; throws naming `what`. */
export async function waitFor<T>(
  condition: () => T | Promise<T>,
  {timeoutMs = 5000, what}: WaitLimits,
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs;
  for (let round = 0; ; round += 1) {
    const value = await condition();
    if (isThere(value)) return value;
    if (performance.now() > deadline) {
      throw new Error(`waited ${timeoutMs} ms for ${typeof what === 'string' ? what : what()}`);
    }
    await (round < 20 ? nextTurn() : pollPause());
  }
}

const isThere = <T>(value: T): value is NonNullable<Exclude<T, false>> & T =>
  value !== undefined && value !== null && value !== false;

/** Lets everything that is ready run once. */
export const nextTurn = async (): Promise<void> => new Promise(resolve => void setImmediate(resolve));

const pollPause = async (): Promise<void> => new Promise(resolve => void setTimeout(resolve, 10));
