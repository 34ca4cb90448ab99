// Verifying a long log without holding up everything else.
import type {Evidence} from '../domain/evidence.ts';
import type {Clock} from '../ports.ts';

/** So long one turn of the event loop may take. */
const turnMs = 10;

/**
 * The same evidence with a turn of the event loop between pages, often enough; throws there once `signal` is aborted.
 * Threads that read it end then, too.
 */
export function breathing(evidence: Evidence, clock: Clock, signal?: AbortSignal): Evidence {
  const {packs, pieces} = evidence;
  async function* inTurns<T>(pages: AsyncIterable<T>): AsyncIterable<T> {
    let since = clock.monoMs();
    for await (const page of pages) {
      yield page;
      if (clock.monoMs() - since < turnMs) continue;
      await new Promise<void>(resolve => void clock.after(0, resolve));
      signal?.throwIfAborted();
      since = clock.monoMs();
    }
  }
  return {
    ...evidence,
    pages: () => inTurns(evidence.pages()),
    ...(packs === undefined ? {} : {packs: () => inTurns(packs())}),
    ...(pieces === undefined
      ? {}
      : {pieces: async job => pieces({...job, ...(signal === undefined ? {} : {signal})})}),
  };
}
