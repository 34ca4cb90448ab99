// Which looks run at the same time: what hangs or works hard has places of its own, so that nothing waits behind it.
import PQueue from 'p-queue';
import type {Severity} from '../../domain/verdict.ts';

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
  /** Runs the look when a place is free; among those that wait, the most severe first. */
  add<T>(waiting: Waiting, look: () => Promise<T>): Promise<T>;
}

const rank: Record<Severity, number> = {sev1: 4, sev2: 3, sev3: 2, sev4: 1};

export function createLanes(): Lanes {
  const queues = {
    quick: new PQueue({concurrency: places.quick}),
    slow: new PQueue({concurrency: places.slow}),
    heavy: new PQueue({concurrency: places.heavy}),
  };
  return {
    add: async ({severity, isHeavy, lastMs}, look) => {
      const lane = isHeavy ? 'heavy' : lastMs > slowMs ? 'slow' : 'quick';
      return queues[lane].add(look, {priority: rank[severity]});
    },
  };
}
