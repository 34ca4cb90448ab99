// The units of one demo together: their order, what is done to several, and the faults that the supervisor makes.
import {readFileSync} from 'node:fs';
import {entryFile} from '../entry.ts';
import type {ControlRequest, ControlResult} from './control.ts';
import {type Sql, openSql} from './db.ts';
import {gatewayStatus, setRotation, waitForIdle} from './drain.ts';
import {type FaultName, type FaultTarget, faultList, isStruck, readFault, setFault} from './faults.ts';
import {makeFilter} from './filter.ts';
import {type DemoConfig, type Folder, type UnitName, type UnitRecord, unitNames} from './folder.ts';
import type {Log} from './log.ts';
import {codeHeads, databaseHead, migrateForward} from './migrations.ts';
import {DemoError, messageOf, oneOf} from './text.ts';
import {type Unit, makeUnit} from './unit.ts';

export type FleetParts = {
  readonly folder: Folder;
  readonly log: Log;
  readonly entryDir: string;
  readonly ports: Readonly<Record<UnitName, number>>;
  readonly config: DemoConfig;
  /** The URL of a PostgreSQL that runs elsewhere; undefined when the demo runs its own database. */
  readonly outsideDatabase: string | undefined;
  changed(): void;
};

export type Fleet = {
  readonly databaseUrl: string;
  records(): UnitRecord[];
  boot(): Promise<void>;
  act(request: Exclude<ControlRequest, {op: 'shutdown'}>): Promise<ControlResult>;
  shutdown(): Promise<void>;
};

const shutdownGraceMs = 2000;

export function makeFleet({folder, log, entryDir, ports, config, outsideDatabase, changed}: FleetParts): Fleet {
  const databaseUrl = outsideDatabase ?? `postgres://postgres@127.0.0.1:${String(ports.database)}/postgres`;
  const gatewayUrl = `http://127.0.0.1:${String(ports.gateway)}`;
  const drained = new Set<string>();
  const sql: Sql = openSql(databaseUrl);
  const command = (name: 'database' | 'upstream' | 'gateway' | 'blackhole'): [string, string] => [
    process.execPath,
    entryFile(name, entryDir),
  ];
  const filter = makeFilter({command: command('blackhole'), port: ports.database, env: {}});

  const unit = (name: UnitName, program: 'database' | 'upstream' | 'gateway'): Unit =>
    makeUnit({
      name, port: ports[name], folder, log, command: command(program), changed,
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
  const own = unitNames.filter((name) => name !== 'database' || outsideDatabase === undefined);

  const mine = (names: readonly UnitName[]): UnitName[] => {
    if (outsideDatabase !== undefined && names.length === 1 && names[0] === 'database') {
      throw new DemoError('NOT_OURS', 'The database is not run by the demo: it was given by $QD_DEMO_DATABASE_URL.', {
        exit: 2,
        hint: 'Start and stop it where it runs.',
      });
    }
    return own.filter((name) => names.includes(name));
  };

  const start = async (name: UnitName): Promise<string> => {
    const how = await units[name].start();
    forgetFaultsOf(name);
    const {pid, port} = units[name].record();
    return `${name}: ${how} (pid ${String(pid)}, port ${String(port)})`;
  };

  /** A unit that was started again is no longer the victim of the fault that had taken it down. */
  const forgetFaultsOf = (name: UnitName): void => {
    if (name === 'database') setFault(folder, 'database-stopped', undefined);
    const down = readFault(folder, 'process-down');
    if (down === undefined || !isStruck(folder, 'process-down', name)) return;
    const other: FaultTarget | null = name === 'upstream-a' ? 'upstream-b' : name === 'upstream-b' ? 'upstream-a' : null;
    if (other !== null) setFault(folder, 'process-down', down.target === 'both' ? {...down, target: other} : undefined);
  };

  const stop = async (name: UnitName, options: {graceMs: number; force: boolean}): Promise<string> => {
    const {was, tookMs, forced} = await units[name].stop(options);
    if (was === 'stopped') return `${name}: already stopped`;
    return `${name}: ${forced ? 'killed after the grace' : 'stopped'} (${String(tookMs)} ms)`;
  };

  const status = async (): Promise<ControlResult> => {
    const upstreams = await gatewayStatus(gatewayUrl).catch(() => null); // a gateway that is down has nothing to say
    const records = own.map((name) => units[name].record());
    const faults = faultList.flatMap(({name}) => (readFault(folder, name) === undefined ? [] : [name]));
    const lines = records.map(({name, state, pid, port}) => {
      const seen = upstreams?.find((upstream) => upstream.name === name);
      const rotation = seen === undefined ? '' : `  ${seen.drained ? 'drained' : 'in rotation'}, in flight ${String(seen.inFlight)}`;
      return `${name.padEnd(11)} ${state.padEnd(9)} pid ${String(pid ?? '-').padEnd(8)} port ${String(port)}${rotation}`;
    });
    return {
      lines: faults.length === 0 ? lines : [...lines, `faults on: ${faults.join(', ')}`],
      exit: records.every(({state}) => state === 'running') ? 0 : 1,
      data: {v: 1, dir: folder.root, processes: records, gateway: upstreams === null ? null : {upstreams}, faults},
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

  const heads = async (): Promise<ControlResult> => {
    const expected = config.expectedHead;
    const code = codeHeads().join(',');
    const asked = await databaseHead(sql).then(
      (head) => ({head, problem: null}),
      (error: unknown) => ({head: null, problem: messageOf(error)}),
    );
    const agree = asked.problem === null && code === (expected ?? code) && asked.head === code;
    return {
      lines: [
        `expected  ${expected ?? '(not configured)'}`,
        `code      ${code}`,
        `database  ${asked.problem === null ? (asked.head ?? '(nothing applied)') : `could not be asked: ${asked.problem}`}`,
        agree ? 'all agree' : asked.problem === null ? 'they do NOT agree' : 'cannot tell',
      ],
      exit: agree ? 0 : asked.problem === null ? 1 : 2,
      data: {expected, code: codeHeads(), database: asked.head, problem: asked.problem, agree},
    };
  };

  const migrate = async (target: string | null): Promise<ControlResult> => {
    const known = ['head', ...codeHeads()];
    const id = target === null || target === 'head' ? undefined : target;
    if (id !== undefined && !/^\d{4}_/.test(id)) oneOf(id, known, 'migration');
    try {
      const applied = await migrateForward(sql, id);
      const lines = applied.length === 0 ? ['nothing to apply'] : applied.map((name) => `applied ${name}`);
      return {lines, exit: 0, data: {applied}};
    } catch (error) {
      if (error instanceof DemoError) throw error;
      throw new DemoError('DB_UNAVAILABLE', `The migration did not run: ${messageOf(error)}`, {
        exit: 2,
        hint: 'Bring the database up first: `ctl start database`.',
        cause: error,
      });
    }
  };

  const struckUnits = (target: FaultTarget | null): UnitName[] =>
    target === 'upstream-a' || target === 'upstream-b' ? [target] : ['upstream-a', 'upstream-b'];

  /** What happens besides the flag. Faults that only the upstreams act on need nothing here: they look at the flag. */
  const strike: Partial<Record<FaultName, {on(target: FaultTarget | null): Promise<void>; off(target: FaultTarget | null): Promise<void>}>> = {
    'database-stopped': {
      on: async () => void (await stop('database', {graceMs: 3000, force: true})),
      off: async () => void (await start('database')),
    },
    'database-filtered': {
      on: async () => {
        await units.database.ask('hide', 'hidden');
        await filter.on();
      },
      off: async () => {
        await filter.off();
        await units.database.ask('show', 'shown');
      },
    },
    'process-down': {
      on: async (target) => void (await Promise.all(struckUnits(target).map((name) => units[name].kill()))),
      off: async (target) => void (await Promise.all(struckUnits(target).map(start))),
    },
  };

  const setFaultTo = async (name: FaultName, on: boolean, wanted: FaultTarget | null): Promise<ControlResult> => {
    if (outsideDatabase !== undefined && name.startsWith('database-')) mine(['database']);
    const definition = faultList.find((fault) => fault.name === name);
    const flag = readFault(folder, name);
    const said = (what: string): ControlResult => ({lines: [`${name}: ${what}`], exit: 0, data: {name, on}});
    if (!on) {
      if (flag === undefined) return said('is off already');
      setFault(folder, name, undefined);
      await strike[name]?.off(flag.target);
      log('warn', 'fault.off', {fault: name});
      return said('off');
    }
    if (flag !== undefined) return said('is on already');
    const byDefault = definition !== undefined && 'target' in definition ? definition.target : null;
    if (wanted !== null && byDefault === null) {
      throw new DemoError('USAGE', `${name} strikes one thing only; it takes no --target.`, {exit: 64, hint: 'Leave --target out.'});
    }
    const target = wanted ?? byDefault;
    setFault(folder, name, {since: new Date().toISOString(), target});
    try {
      await strike[name]?.on(target);
    } catch (error) {
      setFault(folder, name, undefined);
      throw error;
    }
    log('warn', 'fault.on', {fault: name, target});
    return said(target === null ? 'on' : `on (${target})`);
  };

  const inOrder = async (names: readonly UnitName[], action: (name: UnitName) => Promise<string>): Promise<ControlResult> => {
    const lines: string[] = [];
    for (const name of names) lines.push(await action(name));
    return {lines, exit: 0, data: {names}};
  };

  return {
    databaseUrl,
    records: () => own.map((name) => units[name].record()),
    boot: async () => {
      for (const {name} of faultList) setFault(folder, name, undefined);
      const upstreams = Promise.all([start('upstream-a'), start('upstream-b')]);
      upstreams.catch(() => undefined); // awaited below; the database's failure is told first
      if (outsideDatabase === undefined) await start('database');
      await migrate(config.expectedHead);
      await upstreams;
      await start('gateway');
    },
    act: async (request) => {
      switch (request.op) {
        case 'status':
          return await status();
        case 'start':
          return await inOrder(mine(request.names), start);
        case 'stop':
          return await inOrder(mine(request.names).reverse(), (name) => stop(name, request));
        case 'restart': {
          const names = mine(request.names);
          const stopped = await inOrder([...names].reverse(), (name) => stop(name, request));
          const started = await inOrder(names, start);
          return {...started, lines: [...stopped.lines, ...started.lines]};
        }
        case 'drain':
        case 'undrain':
          return await rotate(request.op, request.name, request.waitMs);
        case 'heads':
          return await heads();
        case 'migrate':
          return await migrate(request.target);
        case 'fault':
          return await setFaultTo(request.name, request.on, request.target);
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
