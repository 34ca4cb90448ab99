// Which processes live, read from /proc.
import {readdirSync, readFileSync} from 'node:fs';
import type {ProcessName, Processes} from '../ports.ts';
import {markedFamily} from './exec-tree.ts';

interface Stat {
  readonly pid: number;
  readonly name: string;
  readonly state: string;
  readonly parent: number;
  readonly session: number;
  readonly start: string;
}

/** `boot` is the clock's boot id. Without /proc nothing but this process itself is known to be alive. */
export function realProcesses(boot: string, proc = '/proc'): Processes {
  const self = {pid: process.pid, start: readStat(proc, process.pid)?.start ?? '0', boot};
  const isAlive = (name: ProcessName): boolean => {
    if (name.boot !== boot) return false;
    const stat = readStat(proc, name.pid);
    return stat !== undefined && stat.start === name.start && isLive(stat);
  };
  return {
    self: () => self,
    alive: isAlive,
    survivors: session => {
      const live = readAll(proc).filter(isLive);
      // A child may have made a session of its own, so descent counts too.
      const found = new Set<number>([session]);
      for (let grew = true; grew;) {
        const before = found.size;
        for (const {pid, parent, session: its} of live) {
          if (its === session || found.has(parent)) found.add(pid);
        }
        grew = found.size > before;
      }
      return live
        .filter(({pid}) => found.has(pid) && pid !== process.pid)
        .map(({pid, name}) => ({pid, command: commandOf(proc, pid) ?? name}));
    },
    marked: mark =>
      markedFamily(mark).flatMap(({pid}) => {
        const command = commandOf(proc, pid);
        return command === undefined ? [] : [{pid, command}];
      }),
    terminate: name => {
      if (name.pid < 2 || !isAlive(name)) return false;
      try {
        return process.kill(name.pid, 'SIGTERM');
      } catch {
        return false;
      }
    },
  };
}

/** A zombie runs nothing any more; it only waits to be collected. */
const isLive = ({state}: Stat): boolean => state !== 'Z' && state !== 'X' && state !== 'x';

function readAll(proc: string): Stat[] {
  try {
    return readdirSync(proc)
      .filter(name => /^[0-9]+$/.test(name))
      .flatMap(name => readStat(proc, Number(name)) ?? []);
  } catch {
    return [];
  }
}

/** proc_pid_stat(5): the name in parentheses may itself hold spaces and parentheses, so the last one counts. */
function readStat(proc: string, pid: number): Stat | undefined {
  if (!Number.isInteger(pid) || pid < 1) return undefined;
  try {
    const text = readFileSync(`${proc}/${pid}/stat`, 'utf8');
    const end = text.lastIndexOf(')');
    const fields = text.slice(end + 2).split(' ');
    const [state, parent, , session] = fields;
    const start = fields[19];
    if (end < 0 || state === undefined || start === undefined) return undefined;
    const name = text.slice(text.indexOf('(') + 1, end);
    return {pid, name, state, parent: Number(parent), session: Number(session), start};
  } catch {
    return undefined;
  }
}

function commandOf(proc: string, pid: number): string | undefined {
  try {
    const words = readFileSync(`${proc}/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean);
    return words.length === 0 ? undefined : words.join(' ');
  } catch {
    return undefined;
  }
}
