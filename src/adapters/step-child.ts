// The command of a step as a real process: own session, marked environment, ended with everything it started.
import {spawn} from 'node:child_process';
import type {ChildProcess, SpawnOptions} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {Readable} from 'node:stream';
import type {Child, Children} from '../ports.ts';
import {family, isStopped, killFamily, markName, rootOf, signalOne} from './exec-tree.ts';

/** How long output may still arrive after the command ended, while something it started holds the pipe. */
const drainMs = 200;
/** How long after KILL the end is waited for; a process stuck in the kernel is left behind. */
const lastWaitMs = 500;

type Ended = Awaited<Child['ended']>;
type Request = Parameters<Children['start']>[0];
type Program = Parameters<Children['onTerminal']>[0];

/** How often a program on the terminal is looked at: whether a key stopped it. */
const stoppedMs = 300;

function begin({argv, cwd, env, mark}: Program, how: SpawnOptions): ChildProcess | Error {
  const [program, ...args] = argv;
  try {
    return spawn(program, args, {...how, cwd, env: {...env, QD_STEP: mark, [markName]: mark}});
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const pipes = ({input, onReport}: Request): SpawnOptions => ({
  detached: true,
  stdio: [
    input === undefined ? 'ignore' : 'pipe',
    'pipe',
    'pipe',
    ...(onReport === undefined ? [] : ['pipe' as const]),
  ],
});

function notStarted(error: Error, {argv, cwd}: Program): Ended {
  const code: unknown = 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') {
    const message = `${argv[0]} is not on this machine (or ${cwd} does not exist)`;
    return {at: 'spawn', kind: 'notInstalled', message};
  }
  if (code === 'EACCES' || code === 'EPERM') {
    return {at: 'spawn', kind: 'permission', message: `${argv[0]} may not be executed`};
  }
  if (code === 'E2BIG') {
    const message = `${argv[0]} was not started: its text and its variables are longer than this system passes on`;
    return {at: 'spawn', kind: 'config', message};
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

const neverStarted = (error: Error, request: Program): Child => ({
  ended: Promise.resolve(notStarted(error, request)),
  stop: () => undefined,
  survivors: () => [],
});

function start(request: Request): Child {
  const child = begin(request, pipes(request));
  if (child instanceof Error) return neverStarted(child, request);
  for (const [stream, from] of [
    [child.stdout, 'out'],
    [child.stderr, 'err'],
  ] as const) {
    stream?.on('error', () => undefined);
    stream?.on('data', (chunk: Buffer) => {
      request.onOutput(chunk, from);
    });
  }
  const report = child.stdio[3];
  if (report instanceof Readable) {
    report.on('error', () => undefined);
    report.on('data', (chunk: Buffer) => request.onReport?.(chunk));
  }
  // A command that ends before it has read everything is judged by how it ended, not by the broken pipe.
  child.stdin?.on('error', () => undefined).end(request.input);
  return childOf(child, request);
}

/** How a started process is waited for, and ended with everything it started. */
function childOf(child: ChildProcess, request: Program): Child {
  const root = child.pid === undefined ? undefined : rootOf(child.pid);
  const left = () => (root === undefined ? [] : family(root, request.mark));
  let stopping = false;
  let giveUp: () => void = () => undefined;
  const ended = new Promise<Ended>(resolve => {
    let drain: NodeJS.Timeout | undefined;
    const end = (answer: Ended): void => {
      clearTimeout(drain);
      child.stdout?.destroy();
      child.stderr?.destroy();
      child.stdin?.destroy();
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

function onTerminal(request: Program): Child {
  const child = begin(request, {stdio: ['inherit', 'inherit', 'inherit']});
  if (child instanceof Error) return neverStarted(child, request);
  const continued = setInterval(() => {
    if (child.pid !== undefined && isStopped(child.pid)) child.kill('SIGCONT');
  }, stoppedMs);
  const one = childOf(child, request);
  void one.ended.then(() => {
    clearInterval(continued);
  });
  return one;
}

/** The Children port. */
export const createChildren = (): Children => ({start, onTerminal});
