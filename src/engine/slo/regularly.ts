// The job by the clock: soon after the start, then at every quarter of an hour, by whoever runs the monitor.
import {evaluateEveryMs} from '../../domain/slo-strict.ts';
import type {Cancel, Clock} from '../../ports.ts';
import type {SloJob, SloJobOutcome} from './job.ts';

/** The first looks of the monitor come before. */
const firstAfterMs = 20_000;
/** After the quarter: the looks of its last slot are in. */
const settleMs = 10_000;

export interface SloRegular {
  readonly clock: Clock;
  readonly job: SloJob;
  /** Whether it is for this process to do. */
  readonly isMine: () => boolean;
  readonly onOutcome: (outcome: SloJobOutcome) => void;
}

/** Returns what ends it. */
export function evaluateRegularly({clock, job, isMine, onOutcome}: SloRegular): Cancel {
  let ended = false;
  let cancel: Cancel = () => undefined;
  const isEnded = (): boolean => ended;
  const go = async (): Promise<void> => {
    const outcome = await job.run();
    if (!isEnded()) onOutcome(outcome);
  };
  const later = (delayMs: number): void => {
    if (isEnded()) return;
    cancel = clock.after(delayMs, () => {
      void (isMine() ? go() : Promise.resolve()).finally(() => {
        const nowMs = clock.nowMs() - settleMs;
        later((Math.floor(nowMs / evaluateEveryMs) + 1) * evaluateEveryMs - nowMs);
      });
    });
  };
  later(firstAfterMs);
  return () => {
    ended = true;
    cancel();
  };
}
