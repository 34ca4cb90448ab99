// The units of one demo together: their order, and what is done to several. (This folder: the supervisor's own code.)
import {readFileSync} from 'node:fs';
import {entryFile} from '../entry.ts';
import type {ControlRequest, ControlResult} from '../shared/control.ts';
import {openSql} from '../service/db.ts';
import {gatewayStatus, setRotation, waitForIdle, waitUntilSeen} from './drain.ts';
import {faultList, isStruck, readFault, setFault} from '../shared/faults.ts';
import {makeFilter} from './filter.ts';
import {type DemoConfig, type Folder, type UnitName, type UnitRecord, unitNames} from '../shared/folder.ts';
import type {Log} from '../shared/log.ts';
import {DemoError} from '../shared/text.ts';
import {forgetFaultsOf, makeBreakage} from './breakage.ts';
import {recordBoot, restoreEvents} from './tampering.ts';
import {migrateTo, showHeads} from './schema-answers.ts';
import {type Unit, makeUnit} from './unit.ts';

export type FleetParts = {
  readonly folder: Folder;
  readonly log: Log;
  readonly entryDir: string;
  readonly ports: Readonly<Record<UnitName, number>>;
  readonly config: DemoConfig;
  /** The URL of a PostgreSQL that runs elsewhere; undefined when the demo runs its own database. */
  readonly outsideDatabase: string | undefined;
  readonly changed: () => void;
};

export type Fleet = {
  readonly databaseUrl: string;
  records(): UnitRecord[];
  boot(): Promise<void>;
  act(request: Exclude<ControlRequest, {op: 'shutdown'}>): Promise<ControlResult>;
  shutdown(): Promise<void>;
};

const shutdownGraceMs = 2000;

export function makeFleet({
  folder,
  log,
  entryDir,
  ports,
  config,
  outsideDatabase,
  changed,
}: FleetParts): Fleet {
  const databaseUrl = outsideDatabase ?? `postgres://postgres@127.0.0.1:${String(ports.database)}/postgres`;
  const gatewayUrl = `http://127.0.0.1:${String(ports.gateway)}`;
  const drained = new Set<string>();
  const sql = openSql(databaseUrl, {queryLimitMs: 15_000}); // migrations may take a while
  // Without the optimising WebAssembly compiler the database starts as fast, and does not wait for it when it ends.
  const command = (name: 'database' | 'upstream' | 'gateway' | 'blackhole'): [string, ...string[]] => [
    process.execPath,
    ...(name === 'database' ? ['--liftoff-only'] : []),
    entryFile(name, entryDir),
  ];
  const filter = makeFilter({command: command('blackhole'), port: ports.database, env: {}});

  const unit = (name: UnitName, program: 'database' | 'upstream' | 'gateway'): Unit =>
    makeUnit({
      name,
      port: ports[name],
      folder,
      log,
      command: command(program),
      changed,
      mayRestart: () => config.restart[name] === 'on-crash' && !isStruck(folder, 'process-down', name),
      env: () => ({
        QD_DEMO_DATABASE_URL: databaseUrl,
        QD_DEMO_UPSTREAMS: `upstream-a=${String(ports['upstream-a'])},upstream-b=${String(ports['upstream-b'])}`,
        QD_DEMO_DRAINED: [...drained].join(','),
        QD_DEMO_FILTERED: readFault(folder, 'database-filtered') === undefined ? 'no' : 'yes',
      }),
    });
  const units: Readonly<Record<UnitName, Unit>> = {
    database: unit('database', 'database'),
    'upstream-a': unit('upstream-a', 'upstream'),
    'upstream-b': unit('upstream-b', 'upstream'),
    gateway: unit('gateway', 'gateway'),
  };
  const own = unitNames.filter(name => name !== 'database' || outsideDatabase === undefined);

  const mine = (names: readonly UnitName[]): UnitName[] => {
    if (outsideDatabase !== undefined && names.length === 1 && names[0] === 'database') {
      throw new DemoError(
        'NOT_OURS',
        'The database is not run by the demo: it was given by $QD_DEMO_DATABASE_URL.',
        {
          exit: 2,
          hint: 'Start and stop it where it runs.',
        },
      );
    }
    return own.filter(name => names.includes(name));
  };

  const start = async (name: UnitName): Promise<string> => {
    const how = await units[name].start();
    forgetFaultsOf(folder, name);
    if (name.startsWith('upstream') && units.gateway.record().state === 'running') {
      await waitUntilSeen(gatewayUrl, name); // a start is done when requests arrive there again
    }
    const {pid, port} = units[name].record();
    return `${name}: ${how} (pid ${String(pid)}, port ${String(port)})`;
  };

  const stop = async (name: UnitName, options: {graceMs: number; force: boolean}): Promise<string> => {
    const {was, tookMs, forced} = await units[name].stop(options);
    if (was === 'stopped') return `${name}: already stopped`;
    return `${name}: ${forced ? 'killed after the grace' : 'stopped'} (${String(tookMs)} ms)`;
  };

  const status = async (): Promise<ControlResult> => {
    const upstreams = await gatewayStatus(gatewayUrl).catch(() => null); // a gateway that is down has nothing to say
    const records = own.map(name => units[name].record());
    const faults = faultList.flatMap(({name}) => (readFault(folder, name) === undefined ? [] : [name]));
    const lines = records.map(({name, state, pid, port}) => {
      const seen = upstreams?.find(upstream => upstream.name === name);
      const rotation =
        seen === undefined
          ? ''
          : `  ${seen.drained ? 'drained' : seen.alive ? 'in rotation' : 'not answering'}, in flight ${String(seen.inFlight)}`;
      return `${name.padEnd(11)} ${state.padEnd(9)} pid ${String(pid ?? '-').padEnd(8)} port ${String(port)}${rotation}`;
    });
    return {
      lines: faults.length === 0 ? lines : [...lines, `faults on: ${faults.join(', ')}`],
      exit: records.every(({state}) => state === 'running') ? 0 : 1,
      data: {
        v: 1,
        dir: folder.root,
        processes: records,
        gateway: upstreams === null ? null : {upstreams},
        faults,
      },
    };
  };

  const rotate = async (verb: 'drain' | 'undrain', name: string, waitMs: number): Promise<ControlResult> => {
    const token = readFileSync(folder.controlToken, 'utf8').trim();
    await setRotation(gatewayUrl, {verb, name, token});
    if (verb === 'drain') drained.add(name);
    else drained.delete(name);
    if (verb === 'undrain') return {lines: [`${name}: in rotation`], exit: 0, data: {name, drained: false}};
    const inFlight = await waitForIdle(gatewayUrl, name, waitMs);
    const line = `${name}: drained, in flight ${String(inFlight)}`;
    return {lines: [line], exit: inFlight === 0 ? 0 : 1, data: {name, drained: true, inFlight}};
  };

  const breakage = makeBreakage({folder, log, units, filter, start, sql});

  const inOrder = async (
    names: readonly UnitName[],
    action: (name: UnitName) => Promise<string>,
  ): Promise<ControlResult> => {
    const lines: string[] = [];
    for (const name of names) lines.push(await action(name));
    return {lines, exit: 0, data: {names}};
  };

  return {
    databaseUrl,
    records: () => own.map(name => units[name].record()),
    boot: async () => {
      for (const {name} of faultList) setFault(folder, name, undefined);
      const upstreams = Promise.all([start('upstream-a'), start('upstream-b')]);
      upstreams.catch(() => undefined); // awaited below; the database's failure is told first
      if (outsideDatabase === undefined) await start('database');
      const {lines} = await migrateTo(sql, null);
      await restoreEvents(sql);
      await recordBoot(sql, lines);
      await upstreams;
      await start('gateway');
    },
    act: async request => {
      switch (request.op) {
        case 'status':
          return await status();
        case 'start':
          return await inOrder(mine(request.names), start);
        case 'stop':
          return await inOrder(mine(request.names).reverse(), name => stop(name, request));
        case 'restart': {
          const names = mine(request.names);
          const stopped = await inOrder([...names].reverse(), name => stop(name, request));
          const started = await inOrder(names, start);
          return {...started, lines: [...stopped.lines, ...started.lines]};
        }
        case 'drain':
        case 'undrain':
          return await rotate(request.op, request.name, request.waitMs);
        case 'heads':
          return await showHeads(sql, config.expectedHead);
        case 'migrate':
          return await migrateTo(sql, request.target);
        case 'fault':
          if (request.name.startsWith('database-')) mine(['database']);
          return await breakage(request.name, request);
      }
    },
    shutdown: async () => {
      await filter.off();
      const ending = {graceMs: shutdownGraceMs, force: true};
      await stop('gateway', ending);
      await Promise.all([stop('upstream-a', ending), stop('upstream-b', ending)]);
      await sql.close();
      await stop('database', ending);
    },
  };
}
