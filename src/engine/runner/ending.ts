// What ends a step from outside: its limit of time or of output, the operator, a console that is gone.
import type {Job} from './job.ts';
import type {Scene} from './scene.ts';

export type Ended = 'limit' | 'operator' | 'disconnect';

export interface Ending {
  /** Aborted when the step must end. */
  readonly signal: AbortSignal;
  /** Why, and in words; undefined while nothing ends it. */
  why(): {readonly ended: Ended; readonly message: string} | undefined;
  /** Counts output. */
  bytes(count: number): void;
  close(): void;
}

/** A read that says nothing of it ends here; a write is never ended for what it prints. */
const defaultMaxBytes = 10_000_000_000;
/** How often it is looked whether the console lives. */
const consoleMs = 500;

export function endingOf(job: Job, scene: Scene): Ending {
  const {clock} = scene;
  const controller = new AbortController();
  let why: {ended: Ended; message: string} | undefined;
  let size = 0;
  let isNoted = false;
  const end = (ended: Ended, message: string): void => {
    why ??= {ended, message};
    controller.abort();
  };
  const maxBytes = job.maxOutputBytes ?? (job.effect === 'read' ? defaultMaxBytes : undefined);

  const cancelLimit = clock.after(job.timeoutMs, () => {
    if (job.atLimit === 'kill') end('limit', `ended at its limit of ${job.timeoutMs / 1000} s`);
    else void noteLimit(job, scene, {});
  });
  const onStop = (): void => {
    end('operator', 'stopped by the operator');
  };
  if (scene.stop.aborted) onStop();
  scene.stop.addEventListener('abort', onStop, {once: true});

  const {console: owner} = job;
  let cancelLook = (): void => undefined;
  const look = (): void => {
    if (owner === undefined) return;
    if (scene.processes.alive(owner)) cancelLook = clock.after(consoleMs, look);
    else end('disconnect', 'ended because the console was gone, as the runbook says');
  };
  if (job.onDisconnect === 'abort') look();

  return {
    signal: controller.signal,
    why: () => why,
    bytes: count => {
      size += count;
      if (maxBytes === undefined || size <= maxBytes) return;
      if (job.effect === 'read' || job.atLimit === 'kill')
        end('limit', `ended because it printed more than ${maxBytes} bytes`);
      else if (!isNoted) void noteLimit(job, scene, {limitBytes: maxBytes});
      isNoted = true;
    },
    close: () => {
      cancelLimit();
      cancelLook();
      scene.stop.removeEventListener('abort', onStop);
    },
  };
}

/** A write over its limit keeps running; the entry lets every console ask what to do. */
async function noteLimit(job: Job, {ledger}: Scene, more: {readonly limitBytes?: number}): Promise<void> {
  const {run, step, attempt, timeoutMs} = job;
  const what = more.limitBytes === undefined ? '' : `it printed more than ${more.limitBytes} bytes; `;
  const body = {attempt, limitMs: timeoutMs, ...more, note: `${what}it keeps running`};
  await ledger.append({entries: [{kind: 'step.limit', run, step, body}]});
}
