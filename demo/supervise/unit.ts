// One supervised process: start until it says ready, stop with grace, notice a crash, restart it only when the policy says so.
import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, openSync} from 'node:fs';
import {join} from 'node:path';
import type {Folder, UnitName, UnitRecord, UnitState} from '../shared/folder.ts';
import {logTail, type Log} from '../shared/log.ts';
import {DemoError} from '../shared/text.ts';

const startLimitMs = 20_000;
const maxRestarts = 3;
const restartWindowMs = 30_000;
const restartPauseMs = 500;

export type StopResult = {
  readonly was: 'stopped' | 'running';
  readonly tookMs: number;
  readonly forced: boolean;
};
export type Unit = {
  record(): UnitRecord;
  /** Resolves when the process has said that it serves; START_FAILED with the end of its log otherwise. */
  start(): Promise<'started' | 'already running'>;
  /** Asks, waits for the grace, then forces when told to; STOP_IGNORED when it still runs. */
  stop(options: {graceMs: number; force: boolean}): Promise<StopResult>;
  kill(): Promise<void>;
  /** Sends a message and resolves when the process has answered with the other one. */
  ask(type: string, answer: string): Promise<void>;
};

export type UnitParts = {
  readonly name: UnitName;
  readonly port: number;
  readonly folder: Folder;
  readonly log: Log;
  readonly command: readonly [string, ...string[]];
  readonly env: () => Readonly<Record<string, string>>;
  readonly mayRestart: () => boolean;
  readonly changed: () => void;
};

export function makeUnit({name, port, folder, log, command, env, mayRestart, changed}: UnitParts): Unit {
  let state: UnitState = 'stopped';
  let child: ChildProcess | undefined;
  let since = new Date().toISOString();
  let isWanted = false;
  let lastExit: string | null = null;
  let restarts = 0;
  let recentRestarts: number[] = [];
  let turn: Promise<unknown> = Promise.resolve();

  const become = (next: UnitState): void => {
    state = next;
    since = new Date().toISOString();
    changed();
  };

  /** Actions on one unit take turns, so that a start never meets a half-done stop. */
  const inTurn = async <T>(action: () => Promise<T>): Promise<T> => {
    const mine = turn.then(action);
    turn = mine.catch(() => undefined);
    return await mine;
  };

  const ended = (which: ChildProcess, code: number | null, signal: string | null): void => {
    if (child !== which) return;
    child = undefined;
    lastExit = signal ?? `status ${String(code)}`;
    const isCrash = isWanted;
    log(isCrash ? 'error' : 'info', isCrash ? 'unit.crashed' : 'unit.stopped', {unit: name, exit: lastExit});
    become(isCrash ? 'crashed' : 'stopped');
    if (isCrash && mayRestart()) restartLater();
  };

  const restartLater = (): void => {
    const now = performance.now();
    recentRestarts = recentRestarts.filter(at => now - at < restartWindowMs);
    if (recentRestarts.length >= maxRestarts) {
      log('error', 'unit.given_up', {unit: name, restarts: recentRestarts.length});
      return;
    }
    recentRestarts.push(now);
    setTimeout(() => {
      void inTurn(async () => {
        if (state !== 'crashed' || !isWanted || !mayRestart()) return;
        restarts += 1;
        log('warn', 'unit.restarting', {unit: name});
        await launch().catch((error: unknown) => {
          log('error', 'unit.restart_failed', {unit: name, message: String(error)});
        });
      });
    }, restartPauseMs);
  };

  const launch = async (): Promise<void> => {
    isWanted = true;
    become('starting');
    const output = openSync(join(folder.logs, `${name}.out`), 'a', 0o600);
    const [program, ...args] = command;
    const started = spawn(program, args, {
      stdio: ['ignore', output, output, 'ipc'],
      env: {
        ...process.env,
        ...env(),
        QD_DEMO_DIR: folder.root,
        QD_DEMO_NAME: name,
        QD_DEMO_PORT: String(port),
      },
    });
    closeSync(output);
    child = started;
    const isReady = await new Promise<boolean>(resolve => {
      const timer = setTimeout(() => {
        resolve(false);
      }, startLimitMs);
      const settle = (ready: boolean): void => {
        clearTimeout(timer);
        resolve(ready);
      };
      started.on('message', message => {
        if (isMessage(message, 'ready')) settle(true);
      });
      started.once('error', error => {
        log('error', 'unit.spawn_failed', {unit: name, message: error.message});
        ended(started, null, 'could not be started');
        settle(false);
      });
      started.once('exit', (code, signal) => {
        if (state === 'starting') isWanted = false;
        ended(started, code, signal);
        settle(false);
      });
    });
    if (isReady && child === started) {
      become('running');
      log('info', 'unit.started', {unit: name, pid: started.pid, port});
      return;
    }
    isWanted = false;
    started.kill('SIGKILL');
    throw new DemoError(
      'START_FAILED',
      `${name} did not come up (${lastExit ?? 'no answer in 20 s'}).\n${logTail(folder, name)}`,
      {
        exit: 1,
        hint: `Read ${join(folder.logs, `${name}.ndjson`)}; then try again.`,
      },
    );
  };

  const waitForExit = async (which: ChildProcess, limitMs: number): Promise<boolean> => {
    if (child !== which) return true;
    return await new Promise(resolve => {
      const onExit = (): void => {
        clearTimeout(timer);
        resolve(true);
      };
      const timer = setTimeout(() => {
        which.off('exit', onExit);
        resolve(false);
      }, limitMs);
      which.once('exit', onExit);
    });
  };

  return {
    record: () => ({name, state, pid: child?.pid ?? null, port, since, restarts, lastExit}),
    start: () =>
      inTurn(async () => {
        if (state === 'running') return 'already running';
        await launch();
        return 'started';
      }),
    stop: ({graceMs, force}) =>
      inTurn(async () => {
        const startedMs = performance.now();
        isWanted = false;
        const current = child;
        if (current === undefined) {
          if (state !== 'stopped') become('stopped');
          return {was: 'stopped', tookMs: 0, forced: false};
        }
        become('stopping');
        current.kill('SIGTERM');
        const took = (): number => Math.round(performance.now() - startedMs);
        if (await waitForExit(current, graceMs)) return {was: 'running', tookMs: took(), forced: false};
        if (!force) {
          isWanted = true;
          become('running');
          throw new DemoError(
            'STOP_IGNORED',
            `${name} (pid ${String(current.pid)}) still runs ${String(graceMs)} ms after SIGTERM.`,
            {
              exit: 1,
              hint: 'Look at what it is doing; then `stop` it again with --force-after-grace.',
            },
          );
        }
        log('warn', 'unit.forced', {unit: name});
        current.kill('SIGKILL');
        await waitForExit(current, 5000);
        return {was: 'running', tookMs: took(), forced: true};
      }),
    kill: async () => {
      const current = child;
      if (current === undefined) return;
      current.kill('SIGKILL');
      await waitForExit(current, 5000);
    },
    ask: async (type, answer) => {
      const current = child;
      if (current === undefined) return;
      await new Promise<void>((resolve, reject) => {
        const done = (): void => {
          clearTimeout(timer);
          current.off('message', onMessage);
          current.off('exit', done);
          resolve();
        };
        const onMessage = (message: unknown): void => {
          if (isMessage(message, answer)) done();
        };
        const timer = setTimeout(() => {
          reject(new Error(`${name} did not answer "${type}" in 5 s.`));
        }, 5000);
        current.on('message', onMessage);
        current.once('exit', done);
        current.send({type});
      });
    },
  };
}

function isMessage(message: unknown, type: string): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === type;
}
