// Verifying a long log without holding up everything else.
import type {Evidence} from '../domain/evidence.ts';
import type {Clock} from '../ports.ts';

/** The same evidence with a turn of the event loop after each page; throws there once `signal` is aborted. */
export const breathing = (evidence: Evidence, clock: Clock, signal?: AbortSignal): Evidence => ({
  ...evidence,
  async *pages() {
    for await (const page of evidence.pages()) {
      yield page;
      await new Promise<void>(resolve => void clock.after(0, resolve));
      signal?.throwIfAborted();
    }
  },
});
