// Seals of an idle daemon: an entry and a checkpoint once an hour say that somebody was there and nothing happened.
import {instantOf} from '../domain/time.ts';
import type {LedgerHead} from '../domain/entry.ts';
import type {Cancel, Clock, Ledger} from '../ports.ts';

export const sealAfterMs = 60 * 60_000;

export interface SealRequest {
  readonly ledger: Ledger;
  readonly clock: Clock;
  /** Told of each seal, and of what kept one from being made. */
  readonly onSeal: (sealed: LedgerHead) => void;
  readonly onProblem: (message: string) => void;
  readonly afterMs?: number;
}

/** Seals whenever nobody has appended anything for so long; cancelling does not wait for a seal that is being made. */
export function sealWhenIdle({ledger, clock, onSeal, onProblem, afterMs = sealAfterMs}: SealRequest): Cancel {
  let ended = false;
  let cancel: Cancel = () => undefined;
  const later = (delayMs: number): void => {
    if (!ended) cancel = clock.after(delayMs, () => void look());
  };
  /** How long ago the newest entry was written; a clock that went back counts from now. */
  const idleFor = async (): Promise<number> => {
    const [newest] = await ledger.read({reverse: true, limit: 1});
    const at = newest === undefined ? undefined : instantOf(newest.entry.ts);
    return at === undefined ? 0 : Math.max(0, clock.nowMs() - at);
  };
  const look = async (): Promise<void> => {
    try {
      const idleMs = await idleFor();
      if (ended || idleMs < afterMs) {
        later(Math.max(1, afterMs - idleMs));
        return;
      }
      const sealed = await ledger.append({entries: [{kind: 'ledger.seal', body: {idleMs}}]});
      if (sealed.ok) onSeal(await ledger.checkpoint());
      else onProblem(`no seal: ${sealed.message}`);
    } catch (error) {
      onProblem(`no seal: ${error instanceof Error ? error.message : String(error)}`);
    }
    later(afterMs);
  };
  later(afterMs);
  return () => {
    ended = true;
    cancel();
  };
}
