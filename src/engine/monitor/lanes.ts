// Which looks run at the same time: what hangs or works hard has places of its own, so that nothing waits behind it.
import {severities, type Severity} from '../../domain/verdict.ts';

/** Places for checks that answered quickly the last time, for the others, and for those that read whole backups. */
const places = {quick: 16, slow: 16, heavy: 1} as const;
/** A check whose last look took longer than this, in milliseconds, is slow. */
const slowMs = 1_000;

export interface Waiting {
  readonly severity: Severity;
  readonly isHeavy: boolean;
  /** How long its last look took; 0 before the first. */
  readonly lastMs: number;
}

export interface Lanes {
  /** Runs the look when a place is free; among those that wait, the most severe first, then the one that came first. */
  add<T>(waiting: Waiting, look: () => Promise<T>): Promise<T>;
}

export function createLanes(): Lanes {
  const lanes = {
    quick: new Lane(places.quick),
    slow: new Lane(places.slow),
    heavy: new Lane(places.heavy),
  };
  return {
    add: async ({severity, isHeavy, lastMs}, look) =>
      lanes[isHeavy ? 'heavy' : lastMs > slowMs ? 'slow' : 'quick'].run(severity, look),
  };
}

class Lane {
  #free: number;
  readonly #waiting = severities.map(severity => ({severity, line: new Line()}));

  constructor(count: number) {
    this.#free = count;
  }

  async run<T>(severity: Severity, look: () => Promise<T>): Promise<T> {
    // Whoever leaves hands its place to the next, so that a free one means that nobody waits.
    if (this.#free > 0) this.#free -= 1;
    else
      await new Promise<void>(resolve => {
        this.#waiting.find(one => one.severity === severity)?.line.push(resolve);
      });
    try {
      return await look();
    } finally {
      this.#leave();
    }
  }

  #leave(): void {
    for (const {line} of this.#waiting) {
      const next = line.shift();
      if (next === undefined) continue;
      next();
      return;
    }
    this.#free += 1;
  }
}

/** First in, first out, without moving the others when one leaves. */
class Line {
  #items: (() => void)[] = [];
  #head = 0;

  push(item: () => void): void {
    this.#items.push(item);
  }

  shift(): (() => void) | undefined {
    const item = this.#items[this.#head];
    if (item === undefined) return undefined;
    this.#head += 1;
    if (this.#head * 2 > this.#items.length) {
      this.#items = this.#items.slice(this.#head);
      this.#head = 0;
    }
    return item;
  }
}
