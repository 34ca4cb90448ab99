// Starting and stopping the reference service from another program (the demo command, tests).
import {type ChildProcess, spawn} from 'node:child_process';
import {closeSync, cpSync, existsSync, mkdirSync, openSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as sleep} from 'node:timers/promises';
import {entryFile, ownFolder} from './entry.ts';
import {askSupervisor} from './shared/control.ts';
import {
  type DemoState,
  type Folder,
  folderAt,
  prepareFolder,
  readState,
  unitNames,
  writeWhole,
} from './shared/folder.ts';
import {logTail} from './shared/log.ts';
import {DemoError, messageOf} from './shared/text.ts';

const readyLimitMs = 30_000;
const stopLimitMs = 15_000;

export type Reference = {
  readonly dir: string;
  readonly binDir: string;
  readonly gatewayUrl: string;
  readonly upstreamUrls: readonly [string, string];
  readonly databasePort: number;
  readonly databaseUrl: string;
  readonly supervisorPid: number;
  /** Stops every part and the supervisor; resolves when they are gone. */
  stop(): Promise<void>;
};

export type ReferenceOptions = {
  readonly dir: string;
  /** The demo ends by itself when this process is gone. */
  readonly parentPid: number;
  readonly node?: string;
  /** The folder of the programs: `demo/`, or the bundle's folder. */
  readonly entryDir?: string;
  /** Gateway, upstream a, upstream b and database take this port and the three after it; free ports otherwise. */
  readonly basePort?: number;
};

/** Starts the reference service and resolves when both upstreams are ready and the gateway forwards; else says which part is not up. */
export async function startReference(options: ReferenceOptions): Promise<Reference> {
  const folder = folderAt(options.dir);
  prepareFolder(folder);
  if (existsSync(folder.stateFile) && (await isRunning(folder))) {
    throw new DemoError('DEMO_RUNS', `A demo runs in ${folder.root} already.`, {
      exit: 2,
      hint: 'Stop it with `ctl shutdown`, or choose another folder.',
    });
  }
  const entryDir = options.entryDir ?? ownFolder();
  const args = ['--dir', folder.root, '--parent', String(options.parentPid), '--entry-dir', entryDir];
  if (options.basePort !== undefined) args.push('--base-port', String(options.basePort));
  const output = openSync(join(folder.logs, 'supervisor.out'), 'a', 0o600);
  // A session of its own: keys typed in the console's terminal never reach it.
  const supervisor = spawn(options.node ?? process.execPath, [entryFile('supervisor', entryDir), ...args], {
    stdio: ['ignore', output, output],
    detached: true,
  });
  closeSync(output);
  supervisor.unref();
  let failure: string | undefined;
  supervisor.once('error', error => {
    failure = error.message;
  });
  supervisor.once('exit', code => {
    failure ??= `it ended with status ${String(code)}`;
  });
  const stop = async (): Promise<void> => {
    await stopSupervisor(folder, supervisor, () => failure !== undefined);
  };

  try {
    const state = await waitUntilReady(folder, supervisor.pid, () => failure);
    const port = (name: string): number => state.processes.find(unit => unit.name === name)?.port ?? 0;
    const url = (name: string): string => `http://127.0.0.1:${String(port(name))}`;
    return {
      dir: folder.root,
      binDir: folder.bin,
      gatewayUrl: url('gateway'),
      upstreamUrls: [url('upstream-a'), url('upstream-b')],
      databasePort: port('database') || Number(new URL(state.databaseUrl).port || 5432),
      databaseUrl: state.databaseUrl,
      supervisorPid: state.pid,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function waitUntilReady(
  folder: Folder,
  pid: number | undefined,
  failure: () => string | undefined,
): Promise<DemoState> {
  const deadline = performance.now() + readyLimitMs;
  let seen = 'the supervisor has written nothing yet';
  while (performance.now() < deadline) {
    const reason = failure();
    if (reason !== undefined) throw notUp('supervisor', reason, folder);
    const state = currentState(folder, pid);
    if (state !== undefined) {
      const down = state.processes.find(
        unit => unit.state === 'crashed' || (unit.state === 'stopped' && unit.lastExit !== null),
      );
      if (down !== undefined) throw notUp(down.name, `it ended (${down.lastExit ?? down.state})`, folder);
      seen = await whatIsMissing(state);
      if (seen === '') return state;
    }
    await sleep(50);
  }
  const part = unitNames.find(name => seen.startsWith(name)) ?? 'supervisor';
  throw notUp(part, `${seen} after ${String(readyLimitMs / 1000)} s`, folder);
}

function currentState(folder: Folder, pid: number | undefined): DemoState | undefined {
  if (!existsSync(folder.stateFile)) return undefined;
  const state = readState(folder);
  return state.pid === pid ? state : undefined; // what an earlier demo left behind does not count
}

/** Empty when all is green, else a sentence about the first part that is not. */
async function whatIsMissing(state: DemoState): Promise<string> {
  const waiting = state.processes.find(unit => unit.state !== 'running');
  if (waiting !== undefined) return `${waiting.name} is ${waiting.state}`;
  for (const unit of state.processes) {
    if (unit.name === 'database') continue;
    try {
      const answer = await fetch(`http://127.0.0.1:${String(unit.port)}/ready`, {
        signal: AbortSignal.timeout(4000),
      });
      if (answer.status !== 200)
        return `${unit.name} answers ${String(answer.status)}: ${(await answer.text()).trim()}`;
      await answer.body?.cancel();
    } catch (error) {
      return `${unit.name} does not answer: ${messageOf(error)}`;
    }
  }
  return '';
}

function notUp(part: string, why: string, folder: Folder): DemoError {
  const tail = [logTail(folder, part), part === 'supervisor' ? '' : logTail(folder, 'supervisor', 3)].filter(
    text => text !== '',
  );
  return new DemoError('DEMO_NOT_UP', `The demo did not come up: ${part}: ${why}\n${tail.join('\n')}`, {
    exit: 2,
    hint: `Read the logs in ${folder.logs}.`,
  });
}

async function isRunning(folder: Folder): Promise<boolean> {
  return await askSupervisor(folder, {op: 'status'}).then(
    () => true,
    () => false,
  );
}

/** Asks the supervisor to end; one that does not within the limit is killed, and its children end with it. */
async function stopSupervisor(
  folder: Folder,
  supervisor: ChildProcess,
  isGone: () => boolean,
): Promise<void> {
  if (isGone()) return;
  void askSupervisor(folder, {op: 'shutdown'}).catch(() => supervisor.kill('SIGTERM'));
  const deadline = performance.now() + stopLimitMs;
  while (!isGone()) {
    if (performance.now() > deadline) supervisor.kill('SIGKILL');
    await sleep(20);
  }
}

export type DemoSiteOptions = {
  readonly reference: Reference;
  /** The folder of `quarterdeck.yaml`'s template (`demo/site`). */
  readonly templateDir: string;
  /** The shipped runbooks, copied into the site. */
  readonly runbooksDir: string;
  readonly node?: string;
};

/** Writes the demo's site folder (quarterdeck.yaml with this demo's addresses, and the runbooks); its path. */
export function writeDemoSite({
  reference,
  templateDir,
  runbooksDir,
  node = process.execPath,
}: DemoSiteOptions): string {
  const {site, bin} = folderAt(reference.dir);
  const values: Readonly<Record<string, string>> = {
    GATEWAY: reference.gatewayUrl,
    UPSTREAM_A: reference.upstreamUrls[0],
    UPSTREAM_B: reference.upstreamUrls[1],
    DB_PORT: String(reference.databasePort),
    CTL: JSON.stringify(join(bin, 'ctl')),
    NODE: JSON.stringify(node),
  };
  const template = readFileSync(join(templateDir, 'quarterdeck.yaml'), 'utf8');
  const text = template.replaceAll(/\$([A-Z][A-Z_]*)/g, (whole, name: string) => values[name] ?? whole);
  mkdirSync(site, {recursive: true, mode: 0o700});
  writeWhole(join(site, 'quarterdeck.yaml'), text);
  cpSync(runbooksDir, join(site, 'runbooks'), {recursive: true});
  return site;
}
