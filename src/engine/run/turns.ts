// What happens in an open run happens one after the other; and whoever looks at it is told of changes.
import type {Cancel} from '../../ports.ts';

export interface Turns {
  /** Does the work when everything before it is done. */
  readonly next: <T>(work: () => Promise<T>) => Promise<T>;
  /** The same, unless it waits for its turn already: then that one does for both. */
  readonly once: (work: () => Promise<void>) => Promise<void>;
  readonly tell: () => void;
  readonly onChange: (changed: () => void) => Cancel;
  /** Nobody is told any more. */
  readonly close: () => void;
}

export function createTurns(): Turns {
  let queue: Promise<unknown> = Promise.resolve();
  let waiting: Promise<void> | undefined;
  const listeners = new Set<() => void>();
  const next = async <T>(work: () => Promise<T>): Promise<T> => {
    const turn = queue.then(work, work);
    queue = turn.catch(() => undefined);
    return turn;
  };
  return {
    next,
    once: async work =>
      (waiting ??= next(async () => {
        waiting = undefined;
        await work();
      })),
    tell: () => {
      for (const listener of listeners) listener();
    },
    onChange: changed => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    close: () => {
      listeners.clear();
    },
  };
}
