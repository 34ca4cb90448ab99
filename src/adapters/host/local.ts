// This machine, for checks.
import type {Clock, Env, Exec} from '../../ports.ts';
import type {Host, HostFailure} from '../../host-ports.ts';
import {childEnv} from '../../domain/child-env.ts';
import {isTimeLimit} from '../failure.ts';
import {localFiles} from './local-files.ts';
import {localProc} from './local-proc.ts';

/** What an answer is that did not come in time. */
export const stopped = (signal: AbortSignal): HostFailure =>
  isTimeLimit(signal)
    ? {at: 'failed', kind: 'timeout', message: 'it could not be looked at within the time of the check'}
    : {at: 'failed', kind: 'noData', message: 'stopped before it was looked at'};

/** Asked anew each time: it changes while something is waited for. */
export const isOver = (signal: AbortSignal): boolean => signal.aborted;

/** A file system that does not answer holds up a thread of Node, but not the look. */
async function within<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T | HostFailure> {
  if (signal.aborted) return stopped(signal);
  let stop = (): void => undefined;
  const end = new Promise<HostFailure>(resolve => {
    stop = () => {
      resolve(stopped(signal));
    };
    signal.addEventListener('abort', stop, {once: true});
  });
  try {
    const answer = await Promise.race([work(), end]);
    // Half a list is no answer.
    return isOver(signal) ? stopped(signal) : answer;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

export interface LocalPorts {
  readonly exec: Exec;
  readonly env: Env;
  readonly clock: Clock;
}

export function localHost(
  {exec, env, clock}: LocalPorts,
  {signal, timeoutMs}: {readonly signal: AbortSignal; readonly timeoutMs: number},
): Host {
  const files = localFiles(signal);
  const proc = localProc(signal);
  return {
    name: 'local',
    run: async ({argv, cwd, env: given = {}, inherit = [], timeoutMs: limitMs = timeoutMs, ...rest}) =>
      exec.run({
        argv,
        env: {...childEnv(name => env.get(name), inherit), ...given},
        ...(cwd === undefined ? {} : {cwd}),
        timeoutMs: Math.min(limitMs, timeoutMs),
        ...rest,
        signal,
      }),
    stat: async (path, options) => within(signal, async () => files.stat(path, options)),
    read: async (path, options) => within(signal, async () => files.read(path, options)),
    hash: async (path, options) => within(signal, async () => files.hash(path, options)),
    list: async path => within(signal, async () => files.list(path)),
    space: async path => within(signal, async () => files.space(path)),
    processes: async () => within(signal, async () => proc.processes()),
    listeners: async () => within(signal, async () => proc.listeners()),
    environ: async pid => within(signal, async () => proc.environ(pid)),
    now: async () => Promise.resolve({at: 'now', ms: clock.nowMs()}),
  };
}
