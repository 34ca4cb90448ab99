// Which process of a walk is killed, and at which sight.
import {childrenOf, withEnvironment, type Seen} from '../helpers/processes.ts';
import {waitFor} from '../helpers/wait.ts';
import type {LineWalk} from './line-walk.ts';

/** The ledger's worker is a thread of the console; it dies with it. */
export const victims = [
  'console',
  'runner',
  'command',
  'child of the command',
  'console that resumes',
] as const;
export type Victim = (typeof victims)[number];

/** From which sight on the moment is counted; each victim has those at which it can be alive. */
const sights = ['asked', 'answered', 'runner', 'command', 'trace'] as const;
export type Sight = (typeof sights)[number];
export const possible: Readonly<Record<Victim, readonly Sight[]>> = {
  console: sights,
  'console that resumes': sights,
  runner: ['runner', 'command', 'trace'],
  command: ['command', 'trace'],
  'child of the command': ['command', 'trace'],
};

/** Waits for the sight; false when the step is over before it was seen. */
export async function sight(
  wanted: Sight,
  {
    walk,
    mark,
    traces,
  }: {readonly walk: LineWalk; readonly mark: string; readonly traces: () => readonly string[]},
): Promise<boolean> {
  if (wanted === 'asked' || wanted === 'answered') return true;
  const isOver = walkIsAsking(walk);
  const isSeen = (): boolean => {
    if (wanted === 'trace') return traces().includes(mark);
    return (wanted === 'runner' ? runnerOf(walk) : commandOf(mark)) !== undefined;
  };
  return waitFor(() => (isSeen() ? 'seen' : isOver() ? 'over' : undefined), {
    what: () => `${wanted} of ${mark}; it says:\n${walk.on.written().slice(-2000)}`,
    timeoutMs: 30_000,
  }).then(found => found === 'seen');
}

function walkIsAsking({on}: LineWalk): () => boolean {
  const from = on.written().length;
  return () => /> $/.test(on.written().slice(from));
}

const runnerOf = ({pid}: LineWalk): Seen | undefined =>
  childrenOf(pid).find(({command}) => command.includes('runner.cjs'));

/** The shell of the step: the one with its mark that leads its session. */
const commandOf = (mark: string): Seen | undefined =>
  withEnvironment(`QD_STEP=${mark}`).find(({pid, session}) => pid === session);

export function pidOf(
  victim: Victim,
  {walk, mark}: {readonly walk: LineWalk; readonly mark: string},
): number | undefined {
  switch (victim) {
    case 'console':
    case 'console that resumes':
      return walk.pid;
    case 'runner':
      return runnerOf(walk)?.pid;
    case 'command':
      return commandOf(mark)?.pid;
    case 'child of the command':
      return childrenOf(commandOf(mark)?.pid ?? -1)[0]?.pid;
  }
}
