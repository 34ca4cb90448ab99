// The command of a step as a real process: own session, marked environment, ended with everything it started.
import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {readFileSync} from 'node:fs';
import type {Child, Children} from '../ports.ts';
import {family, killFamily, markName, rootOf, signalOne} from './exec-tree.ts';

/** How long output may still arrive after the command ended, while something it started holds the pipe. */
const drainMs = 200;
/** How long after KILL the end is waited for; a process stuck in the kernel is left behind. */
const lastWaitMs = 500;

type Ended = Awaited<Child['ended']>;
type Request = Parameters<Children['start']>[0];

function begin({argv, cwd, env, mark}: Request): ChildProcess | Error {
  const [program, ...args] = argv;
  try {
    return spawn(program, args, {
      detached: true,
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {...env, QD_STEP: mark, [markName]: mark},
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function notStarted(error: Error, {argv, cwd}: Request): Ended {
  const code: unknown = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    const message = `${argv[0]} is not on this machine (or ${cwd} does not exist)`;
    return {at: 'spawn', kind: 'notInstalled', message};
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return {at: 'spawn', kind: 'permission', message: `${argv[0]} may not be executed`};
  }
  return {at: 'spawn', kind: 'config', message: `${argv[0]} could not be started: ${error.message}`};
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).join(' ');
  } catch {
    return `process ${pid}`;
  }
}

function start(request: Request): Child {
  const child = begin(request);
  if (child instanceof Error) {
    return {
      ended: Promise.resolve(notStarted(child, request)),
      stop: () => undefined,
      survivors: () => [],
    };
  }
  const root = child.pid === undefined ? undefined : rootOf(child.pid);
  const left = () => (root === undefined ? [] : family(root, request.mark));
  let stopping = false;
  let giveUp: () => void = () => undefined;
  for (const [stream, from] of [
    [child.stdout, 'out'],
    [child.stderr, 'err'],
  ] as const) {
    stream?.on('error', () => undefined);
    stream?.on('data', (chunk: Buffer) => {
      request.onOutput(chunk, from);
    });
  }
  const ended = new Promise<Ended>(resolve => {
    let drain: NodeJS.Timeout | undefined;
    const end = (answer: Ended): void => {
      clearTimeout(drain);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(answer);
    };
    giveUp = () => {
      end({at: 'exited', status: child.exitCode, bySignal: child.signalCode ?? 'SIGKILL'});
    };
    child.on('error', error => {
      if (child.pid === undefined) end(notStarted(error, request));
    });
    child.on('exit', (status, bySignal) => {
      // At a stop, whatever the command left behind goes with it.
      if (stopping && root !== undefined) killFamily(root, request.mark);
      drain = setTimeout(() => {
        end({at: 'exited', status, bySignal});
      }, drainMs);
    });
    child.on('close', (status, bySignal) => {
      end({at: 'exited', status, bySignal});
    });
  });
  return {
    ended,
    stop: graceMs => {
      if (stopping) return;
      stopping = true;
      for (const seen of left()) signalOne(seen, 'SIGTERM');
      const timer = setTimeout(() => {
        if (root !== undefined) killFamily(root, request.mark);
        setTimeout(giveUp, lastWaitMs);
      }, graceMs);
      void ended.then(() => {
        clearTimeout(timer);
        if (root !== undefined) killFamily(root, request.mark);
      });
    },
    survivors: () => left().map(({pid}) => ({pid, command: commandOf(pid)})),
  };
}

/** The Children port. */
export const createChildren = (): Children => ({start});
