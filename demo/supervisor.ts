// The supervisor process: starts the parts of one demo, keeps its state directory, obeys its control socket, ends with its parent.
import {randomBytes} from 'node:crypto';
import {existsSync, mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {parseArgs} from 'node:util';
import {entryFile, ownFolder} from './entry.ts';
import {serveControl} from './shared/control.ts';
import {makeFleet} from './supervise/fleet.ts';
import {
  type DemoState,
  type Folder,
  type UnitName,
  configSchema,
  folderAt,
  prepareFolder,
  rememberLatest,
  unitNames,
  writeWhole,
} from './shared/folder.ts';
import {openLog} from './shared/log.ts';
import {codeHeads} from './service/migrations.ts';
import {choosePorts} from './supervise/ports.ts';
import {runMain} from './shared/child.ts';
import {ensureCredentials} from './service/credentials.ts';
import {ensureSigningKey} from './service/signing.ts';
import {messageOf, usage} from './shared/text.ts';

const parentLookMs = 400;
const longestSocketPath = 100; // the kernel allows 107 bytes

async function main(): Promise<void> {
  const {values} = parseArgs({
    options: {
      dir: {type: 'string'},
      parent: {type: 'string'},
      'base-port': {type: 'string'},
      'entry-dir': {type: 'string'},
      restart: {type: 'string', default: 'on-crash'},
    },
  });
  if (values.dir === undefined)
    throw usage('--dir DIR is needed.', 'Give the folder in which this demo keeps its state.');
  const folder = folderAt(values.dir);
  const entryDir = values['entry-dir'] ?? ownFolder();
  prepareFolder(folder);
  ensureSigningKey(folder);
  ensureCredentials(folder);
  writeWhole(folder.controlToken, `${randomBytes(24).toString('hex')}\n`);
  writeCtl(folder, entryDir);
  const log = openLog(folder, 'supervisor');
  const basePort = values['base-port'] === undefined ? undefined : Number(values['base-port']);
  const [gateway = 0, upstreamA = 0, upstreamB = 0, database = 0] = await choosePorts(
    unitNames.length,
    basePort,
  );
  const ports: Record<UnitName, number> = {
    gateway,
    'upstream-a': upstreamA,
    'upstream-b': upstreamB,
    database,
  };
  const config = configSchema.parse({
    expectedHead: process.env['QD_DEMO_EXPECTED_HEAD'] ?? codeHeads()[0] ?? null,
    restart: {
      database: 'never',
      'upstream-a': values.restart,
      'upstream-b': values.restart,
      gateway: values.restart,
    },
  });
  writeWhole(folder.configFile, `${JSON.stringify(config, null, 2)}\n`);

  const control = controlPath(folder);
  const startedAt = new Date().toISOString();
  const fleet = makeFleet({
    folder,
    log,
    entryDir,
    ports,
    config,
    outsideDatabase: process.env['QD_DEMO_DATABASE_URL'],
    changed: () => {
      writeState();
    },
  });
  let isEnding = false;
  const writeState = (): void => {
    if (isEnding) return;
    const state: DemoState = {
      v: 1,
      pid: process.pid,
      startedAt,
      control,
      databaseUrl: fleet.databaseUrl,
      processes: fleet.records(),
    };
    writeWhole(folder.stateFile, `${JSON.stringify(state, null, 2)}\n`);
  };

  const end = async (reason: string): Promise<void> => {
    if (isEnding) return;
    isEnding = true;
    log('info', 'stopping', {reason});
    await fleet.shutdown();
    server.close();
    rmSync(control, {force: true});
    if (dirname(control) !== folder.root) rmSync(dirname(control), {recursive: true, force: true});
    rmSync(folder.stateFile, {force: true});
    log('info', 'stopped');
    process.exit(0);
  };
  const endSoon = (reason: string): void => {
    end(reason).catch((error: unknown) => {
      log('error', 'stop.failed', {message: messageOf(error)});
      process.exit(2);
    });
  };

  const server = await serveControl(control, async request => {
    if (request.op !== 'shutdown') return await fleet.act(request);
    setImmediate(() => {
      endSoon('asked over the control socket');
    });
    return {lines: ['stopping'], exit: 0, data: null};
  });
  writeState();
  rememberLatest(folder.root);
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      endSoon(signal);
    });
  }
  if (values.parent !== undefined)
    followParentPid(Number(values.parent), () => {
      endSoon('parent gone');
    });

  log('info', 'startup', {pid: process.pid, ports});
  try {
    await fleet.boot();
    log('info', 'booted');
  } catch (error) {
    // The parts that are up stay up: whoever waits for readiness tells which one is missing, and `ctl` can try again.
    log('error', 'boot.failed', {message: messageOf(error)});
  }
}

/** Calls back once the process with this id is gone or the id belongs to another one. */
function followParentPid(pid: number, gone: () => void): void {
  const born = birthMark(pid);
  const timer = setInterval(() => {
    if (isAlive(pid) && birthMark(pid) === born) return;
    clearInterval(timer);
    gone();
  }, parentLookMs);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** The start time of a process (proc(5), field 22 of stat), where there is a /proc: an id that was given out again shows. */
function birthMark(pid: number): string | undefined {
  const path = `/proc/${String(pid)}/stat`;
  try {
    const text = existsSync(path) ? readFileSync(path, 'utf8') : '';
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined; // it ended while we looked
  }
}

function controlPath(folder: Folder): string {
  const inside = join(folder.root, 'control.sock');
  rmSync(inside, {force: true});
  if (Buffer.byteLength(inside) <= longestSocketPath) return inside;
  return join(mkdtempSync(join(tmpdir(), 'qd-demo-')), 'control.sock');
}

/** Writes bin/ctl, so that a runbook can say `ctl start database` with that folder on its PATH. */
function writeCtl(folder: Folder, entryDir: string): void {
  const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;
  const lines = [
    '#!/bin/sh',
    `QD_DEMO_DIR=\${QD_DEMO_DIR:-${quoted(folder.root)}}`,
    'export QD_DEMO_DIR',
    `exec "\${QD_NODE:-${process.execPath}}" ${quoted(entryFile('ctl', entryDir))} "$@"`,
  ];
  writeWhole(join(folder.bin, 'ctl'), `${lines.join('\n')}\n`, 0o700);
}

runMain(main);
