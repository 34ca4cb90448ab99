// Making the faults happen and undoing them: the flag that programs look at, and what the supervisor itself does.
import type {ControlResult} from '../shared/control.ts';
import {type FaultName, type FaultTarget, faultList, readFault, setFault} from '../shared/faults.ts';
import type {Folder, UnitName} from '../shared/folder.ts';
import type {Log} from '../shared/log.ts';
import {DemoError} from '../shared/text.ts';
import type {Sql} from '../service/db.ts';
import type {Filter} from './filter.ts';
import {restoreEvents, tamper, truncate} from './tampering.ts';
import type {Unit} from './unit.ts';

type Effect = {
  readonly on: (target: FaultTarget | null) => Promise<unknown>;
  readonly off: (target: FaultTarget | null) => Promise<unknown>;
};

export type BreakageParts = {
  readonly folder: Folder;
  readonly log: Log;
  readonly units: Readonly<Record<UnitName, Unit>>;
  readonly filter: Filter;
  readonly start: (name: UnitName) => Promise<string>;
  readonly sql: Sql;
};

export type Breakage = (
  name: FaultName,
  wanted: {on: boolean; target: FaultTarget | null},
) => Promise<ControlResult>;

/** Switches faults on and off. Switching off restores what the fault took away, and is done when that works again. */
export function makeBreakage({folder, log, units, filter, start, sql}: BreakageParts): Breakage {
  const struck = (target: FaultTarget | null): UnitName[] =>
    target === 'upstream-a' || target === 'upstream-b' ? [target] : ['upstream-a', 'upstream-b'];

  /** Faults that only the upstreams act on need nothing here: they look at the flag. */
  const effects: Partial<Record<FaultName, Effect>> = {
    'database-stopped': {
      on: () => units.database.stop({graceMs: 3000, force: true}),
      off: () => start('database'),
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
      on: target => Promise.all(struck(target).map(name => units[name].kill())),
      off: target => Promise.all(struck(target).map(start)),
    },
    'tampered-event': {on: () => tamper(sql), off: () => restoreEvents(sql)},
    'truncated-ledger': {on: () => truncate(sql), off: () => restoreEvents(sql)},
  };

  const switchOff = async (name: FaultName): Promise<string> => {
    const flag = readFault(folder, name);
    if (flag === undefined) return `${name}: is off already`;
    setFault(folder, name, undefined);
    await effects[name]?.off(flag.target);
    log('warn', 'fault.off', {fault: name});
    return `${name}: off`;
  };

  const switchOn = async (name: FaultName, wanted: FaultTarget | null): Promise<string> => {
    if (readFault(folder, name) !== undefined) return `${name}: is on already`;
    const target = chooseTarget(name, wanted);
    setFault(folder, name, {since: new Date().toISOString(), target});
    try {
      await effects[name]?.on(target);
    } catch (error) {
      setFault(folder, name, undefined);
      throw error;
    }
    log('warn', 'fault.on', {fault: name, target});
    return target === null ? `${name}: on` : `${name}: on (${target})`;
  };

  return async (name, {on, target}) => {
    const line = on ? await switchOn(name, target) : await switchOff(name);
    return {lines: [line], exit: 0, data: {name, on}};
  };
}

function chooseTarget(name: FaultName, wanted: FaultTarget | null): FaultTarget | null {
  const definition = faultList.find(fault => fault.name === name);
  const byDefault = definition !== undefined && 'target' in definition ? definition.target : null;
  if (wanted !== null && byDefault === null) {
    throw new DemoError('USAGE', `${name} strikes one thing only; it takes no --target.`, {
      exit: 64,
      hint: 'Leave --target out.',
    });
  }
  return wanted ?? byDefault;
}

/** A unit that was started again is no longer the victim of the fault that had taken it down. */
export function forgetFaultsOf(folder: Folder, name: UnitName): void {
  if (name === 'database') setFault(folder, 'database-stopped', undefined);
  const flag = readFault(folder, 'process-down');
  if (flag === undefined || (name !== 'upstream-a' && name !== 'upstream-b')) return;
  const other = name === 'upstream-a' ? 'upstream-b' : 'upstream-a';
  if (flag.target === 'both') setFault(folder, 'process-down', {...flag, target: other});
  if (flag.target === name) setFault(folder, 'process-down', undefined);
}
