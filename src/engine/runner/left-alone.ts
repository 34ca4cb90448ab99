// After a step that goes on unattended: whether whoever walks the run goes away before anybody has moved it.
import {issuesIn, type Shape} from '../../domain/shape.ts';
import type {ProcessName} from '../../ports.ts';
import type {Job} from './job.ts';
import type {Scene} from './scene.ts';

const processShape: Shape = {
  is: 'object',
  fields: {pid: {is: 'int', min: 2}, start: {is: 'text'}, boot: {is: 'text'}},
};
const isProcess = (value: unknown): value is ProcessName => issuesIn(processShape, value).length === 0;

/** How often it is looked whether the console lives. */
const lookMs = 1_000;

/**
 * Resolves true once nobody is there any more, while the step's last entry `last` is still the newest of the run; false
 * as soon as somebody has moved it, or the runner is told to stop. A console whose line is dead lives on for a while, so
 * this may take as long as the next answer does.
 */
export async function isLeftAlone(
  {run, console: owner}: Job,
  last: number,
  {ledger, processes, clock, stop}: Pick<Scene, 'ledger' | 'processes' | 'clock' | 'stop'>,
): Promise<boolean> {
  const walker = (await walkerOf(run, ledger)) ?? owner;
  if (walker === undefined) return false;
  while (!stop.aborted) {
    const isAlive = processes.alive(walker);
    const [newest] = await ledger.read({run, reverse: true, limit: 1});
    if (newest?.seq !== last) return false;
    if (!isAlive) return true;
    await pause({clock, stop});
  }
  return false;
}

/** The process of the session that walks the run now, which may be another console's by now. */
async function walkerOf(run: string, ledger: Scene['ledger']): Promise<ProcessName | undefined> {
  const kinds = ['run.start', 'run.resume', 'run.handover'];
  const [granted] = await ledger.read({run, kinds, reverse: true, limit: 1});
  if (granted === undefined) return undefined;
  const {session} = granted.entry;
  const holding = [`"session":${JSON.stringify(session)}`];
  const [opened] = await ledger.read({kinds: ['session.open'], holding, reverse: true, limit: 1});
  const named = opened?.entry.body['process'];
  return isProcess(named) ? named : undefined;
}

async function pause({clock, stop}: Pick<Scene, 'clock' | 'stop'>): Promise<void> {
  await new Promise<void>(resolve => {
    const end = (): void => {
      cancel();
      stop.removeEventListener('abort', end);
      resolve();
    };
    const cancel = clock.after(lookMs, end);
    stop.addEventListener('abort', end);
  });
}
