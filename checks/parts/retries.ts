// Trying again inside one slot: only what the way to the target did wrong, never what the target answered.
import {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';
import {durationMs} from '../../src/domain/duration.ts';
import type {Kind, Look} from '../../src/domain/verdict.ts';
import {duration} from './fields.ts';

export const retries = z
  .strictObject({
    count: z.int().min(1).max(5).default(1).describe('So often at most.'),
    delay: duration.default('500ms').describe('After so long.'),
  })
  .optional()
  .describe('Try again, within the time of the check, when no connection came about; counted apart.');

export type Retries = z.infer<typeof retries>;

/** Kinds that the network is to blame for, and that may be gone a moment later. */
const transport: ReadonlySet<Kind> = new Set<Kind>(['connect', 'dns', 'timeout']);

/** Waits; whether it was not stopped meanwhile. */
export async function pause({clock, signal}: CheckContext, ms: number): Promise<boolean> {
  if (signal.aborted) return false;
  await new Promise<void>(resolve => {
    const cancel = clock.after(ms, resolve);
    signal.addEventListener(
      'abort',
      () => {
        cancel();
        resolve();
      },
      {once: true},
    );
  });
  return !signal.aborted;
}

/** Milliseconds that are left of the time of a check that began at `beganMs`; at least 1. */
export const leftMs = ({clock, timeoutMs}: CheckContext, beganMs: number): number =>
  Math.max(1, Math.round(timeoutMs - (clock.monoMs() - beganMs)));

/** The last look of as many as it took; `attempt` is told how many milliseconds are left. */
export async function withRetries(
  given: Retries,
  context: CheckContext,
  attempt: (timeoutMs: number) => Promise<Look>,
): Promise<Look> {
  const began = context.clock.monoMs();
  const count = given?.count ?? 0;
  const delayMs = durationMs(given?.delay ?? '') ?? 0;
  const first = await attempt(context.timeoutMs);
  let look = first;
  for (let retried = 1; retried <= count; retried += 1) {
    const isWorth = look.verdict === 'fail' && transport.has(look.kind) && !context.signal.aborted;
    if (!isWorth || leftMs(context, began) <= delayMs) break;
    if (!(await pause(context, delayMs))) break;
    const again = await attempt(leftMs(context, began));
    const times = retried === 1 ? 'once' : `${retried} times`;
    look = {
      ...again,
      retried,
      message: `${again.message} (tried again ${times}; at first: ${first.message})`,
    };
  }
  return look;
}
