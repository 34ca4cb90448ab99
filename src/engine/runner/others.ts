// Ending what runs as another account: this account may not signal it, so that account is asked to, or its scope is.
import type {Child} from '../../ports.ts';
import type {Job} from './job.ts';
import type {Scene} from './scene.ts';

/** Name of the scope of one attempt; another attempt of the step may still be there. */
export const unitOf = ({run, attempt}: Job, {random}: Scene): string =>
  `quarterdeck-${run.replace(/[^\w-]/g, '_')}-${attempt}-${Buffer.from(random.bytes(4)).toString('hex')}`;

const pollMs = 100;

/** TERM, the job's grace, KILL; what could not be ended, in words. */
export async function endOthers(
  job: Job,
  scene: Scene,
  {child, unit}: {readonly child: Child; readonly unit: string | undefined},
): Promise<string | undefined> {
  const account = job.runAs ?? '';
  const {scopes, clock} = scene;
  const pids = (): number[] => [
    ...new Set([
      ...child.survivors().map(({pid}) => pid),
      ...(unit === undefined ? [] : (scopes?.processes(unit) ?? [])),
    ]),
  ];
  const signal = async (name: 'TERM' | 'KILL'): Promise<void> => {
    const all = pids().map(String);
    if (all.length === 0) return;
    const kill = ['kill', `-${name}`, ...all];
    await scene.exec.run({
      argv:
        scene.uid === 0 ? ['sh', '-c', '"$@"', 'sh', ...kill] : ['sudo', '-n', '-u', account, '--', ...kill],
      env: scene.env,
      timeoutMs: 5_000,
      graceMs: 100,
      maxOutputBytes: 4096,
      signal: new AbortController().signal,
    });
  };
  const untilGone = async (ms: number): Promise<void> => {
    const until = clock.monoMs() + ms;
    while (pids().length > 0 && clock.monoMs() < until)
      await new Promise<void>(resolve => void clock.after(pollMs, resolve));
  };
  await signal('TERM');
  await untilGone(job.graceMs);
  if (pids().length > 0) {
    if (unit === undefined || scopes?.kill(unit) !== true) await signal('KILL');
    await untilGone(1_000);
  }
  const left = pids().length;
  if (left > 0) return `${left} processes of ${account} could not be ended`;
  return unit === undefined
    ? `what ${account} started and let go of may go on, because without systemd it cannot be found`
    : undefined;
}
