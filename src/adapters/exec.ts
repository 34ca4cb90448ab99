// The real Exec port: argv without a shell, in a session of its own, with limits that hold for everything it starts.
import {spawn} from 'node:child_process';
import type {ChildProcess} from 'node:child_process';
import {randomUUID} from 'node:crypto';
import {existsSync} from 'node:fs';
import type {Readable} from 'node:stream';
import type {Exec, ExecAnswer, ExecRequest} from '../ports.ts';
import {family, killFamily, markName, rootOf, signalOne} from './exec-tree.ts';
import {isTimeLimit} from './failure.ts';

/** How long output may still arrive after the command itself ended (a child in the background holds the pipe). */
const drainMs = 200;

/** When the monitor stops, a command gets less time to end than at its own limit. */
const stopGraceMs = 1_000;

/** Keeps the first bytes and goes on reading, so that a chatty command is cut and not blocked. */
function collect(stream: Readable | null, limit: number) {
  const chunks: Buffer[] = [];
  const kept = {size: 0, cut: false};
  stream?.on('error', () => undefined);
  stream?.on('data', (chunk: Buffer) => {
    const part = chunk.subarray(0, limit - kept.size);
    if (part.length < chunk.length) kept.cut = true;
    if (part.length > 0) chunks.push(part);
    kept.size += part.length;
  });
  return {bytes: (): Uint8Array => Buffer.concat(chunks), isCut: (): boolean => kept.cut};
}

function spawnProblem(error: Error, {argv, cwd}: ExecRequest): ExecAnswer {
  const code: unknown = 'code' in error ? error.code : undefined;
  const program = argv[0];
  if (cwd !== undefined && !existsSync(cwd))
    return {at: 'spawn', kind: 'config', message: `the working directory ${cwd} does not exist`};
  if (code === 'ENOENT')
    return {at: 'spawn', kind: 'notInstalled', message: `${program} is not on this machine`};
  if (code === 'EACCES' || code === 'EPERM')
    return {at: 'spawn', kind: 'permission', message: `${program} may not be executed`};
  return {at: 'spawn', kind: 'config', message: `${program} could not be started: ${error.message}`};
}

function begin(request: ExecRequest, mark: string): ChildProcess | Error {
  const [program, ...args] = request.argv;
  try {
    return spawn(program, args, {
      detached: true,
      stdio: [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      env: {...request.env, [markName]: mark},
      ...(request.cwd === undefined ? {} : {cwd: request.cwd}),
    });
  } catch (error) {
    // A NUL byte in an argument is thrown, everything else is an event.
    return error instanceof Error ? error : new Error(String(error));
  }
}

async function run(request: ExecRequest): Promise<ExecAnswer> {
  const {timeoutMs, graceMs, maxOutputBytes, signal} = request;
  if (signal.aborted) return {at: 'spawn', kind: 'noData', message: 'stopped before it was started'};
  const mark = randomUUID();
  const began = performance.now();
  const child = begin(request, mark);
  if (child instanceof Error) return spawnProblem(child, request);
  // A command that ends before it has read everything is judged by how it ended, not by the broken pipe.
  child.stdin?.on('error', () => undefined).end(request.input);
  const out = collect(child.stdout, maxOutputBytes);
  const err = collect(child.stderr, maxOutputBytes);
  const root = child.pid === undefined ? undefined : rootOf(child.pid);

  return await new Promise<ExecAnswer>(resolve => {
    let limited = false;
    let killTimer: NodeJS.Timeout | undefined;
    let drainTimer: NodeJS.Timeout | undefined;

    const end = (answer: ExecAnswer): void => {
      clearTimeout(limitTimer);
      clearTimeout(killTimer);
      clearTimeout(drainTimer);
      signal.removeEventListener('abort', stop);
      child.stdout?.destroy();
      child.stderr?.destroy();
      resolve(answer);
    };
    const hang = (): void => {
      const durationMs = Math.round(performance.now() - began);
      end({at: 'hang', stdout: out.bytes(), stderr: err.bytes(), durationMs});
    };
    const kill = (): void => {
      if (root !== undefined) killFamily(root, mark);
      else child.kill('SIGKILL');
    };
    const terminate = (): void => {
      if (killTimer !== undefined) return;
      if (root === undefined) child.kill('SIGTERM');
      else for (const seen of family(root, mark)) signalOne(seen, 'SIGTERM');
      killTimer = setTimeout(
        () => {
          kill();
          // Where even KILL does not end it (a process stuck in the kernel), the answer does not wait for it.
          drainTimer = setTimeout(hang, drainMs);
        },
        limited ? graceMs : Math.min(graceMs, stopGraceMs),
      );
    };
    const stop = (): void => {
      if (isTimeLimit(signal)) limited = true;
      terminate();
    };
    const limitTimer = setTimeout(() => {
      limited = true;
      terminate();
    }, timeoutMs);
    signal.addEventListener('abort', stop, {once: true});

    child.on('error', error => {
      if (child.pid === undefined) end(spawnProblem(error, request));
    });
    let exited = false;
    const finish = (status: number | null, bySignal: string | null): void => {
      if (exited) return;
      exited = true;
      // The command itself is gone; at a limit, whatever it left behind goes too.
      if (killTimer !== undefined) kill();
      if (limited) {
        hang();
        return;
      }
      const durationMs = Math.round(performance.now() - began);
      const cut = out.isCut() || err.isCut();
      end({at: 'exited', status, bySignal, stdout: out.bytes(), stderr: err.bytes(), cut, durationMs});
    };
    child.on('exit', (status, bySignal) => {
      if (limited) finish(status, bySignal);
      else
        drainTimer = setTimeout(() => {
          finish(status, bySignal);
        }, drainMs);
    });
    child.on('close', finish);
  });
}

/** The Exec port. Nothing is thrown: a command that cannot be started is an answer too. */
export const createExec = (): Exec => ({run});
