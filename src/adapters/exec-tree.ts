// Finding in /proc, and ending, everything that one command started, and nothing else.
import {readFileSync, readdirSync} from 'node:fs';

/** Every child inherits this variable, so that one that left session and parent behind is still recognised. */
export const markName = 'QUARTERDECK_EXEC_ID';

export interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** Clock ticks since boot; with the pid it names a process for good. */
  readonly start: string;
}

/** `/proc/PID/stat`: the name in brackets may hold anything, so fields are counted after the last bracket. */
function statOf(pid: number): (Seen & {readonly isOver: boolean; readonly isHeld: boolean}) | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, parent, , session] = fields;
    const start = fields[19];
    if (start === undefined) return undefined;
    const isOver = state === 'Z' || state === 'X';
    const isHeld = state === 'T';
    return {pid, parent: Number(parent), session: Number(session), start, isOver, isHeld};
  } catch {
    return undefined;
  }
}

/** A process that lives. */
function readStat(pid: number): Seen | undefined {
  const seen = statOf(pid);
  return seen?.isOver === false ? seen : undefined;
}

/** A child that was just started. On a busy machine it may be over already, but what it started has its name for a session. */
export const rootOf = (pid: number): Seen | undefined => statOf(pid);

/** Whether a signal of its terminal stopped it. */
export const isStopped = (pid: number): boolean => statOf(pid)?.isHeld === true;

function isMarked(pid: number, mark: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`${markName}=${mark}`);
  } catch {
    return false;
  }
}

function everything(): Seen[] {
  try {
    return readdirSync('/proc').flatMap(name => {
      const seen = /^\d+$/.test(name) ? readStat(Number(name)) : undefined;
      return seen === undefined ? [] : [seen];
    });
  } catch {
    return [];
  }
}

/** Live processes of the command: those of its session, those that descend from it, those with its mark. */
export function family(root: Seen, mark: string): Seen[] {
  const all = everything();
  const mine = new Set<number>();
  const isNotOlder = (seen: Seen): boolean => Number(seen.start) >= Number(root.start);
  for (const seen of all) {
    const isRoot = seen.pid === root.pid && seen.start === root.start;
    if (isRoot || (isNotOlder(seen) && (seen.session === root.pid || isMarked(seen.pid, mark))))
      mine.add(seen.pid);
  }
  for (let before = -1; before !== mine.size;) {
    before = mine.size;
    for (const seen of all) if (mine.has(seen.parent) && isNotOlder(seen)) mine.add(seen.pid);
  }
  return all.filter(seen => mine.has(seen.pid) && seen.pid !== process.pid);
}

/** Live processes with this mark, whoever started them, and everything that descends from them. */
export function markedFamily(mark: string): Seen[] {
  const all = everything();
  const mine = new Set(all.filter(({pid}) => isMarked(pid, mark)).map(({pid}) => pid));
  for (let before = -1; before !== mine.size;) {
    before = mine.size;
    for (const seen of all) if (mine.has(seen.parent)) mine.add(seen.pid);
  }
  return all.filter(({pid}) => mine.has(pid) && pid !== process.pid);
}

/** Sends a signal to that very process; a reused pid is left alone. */
export function signalOne(seen: Seen, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (readStat(seen.pid)?.start !== seen.start) return;
  try {
    process.kill(seen.pid, signal);
  } catch {
    // It ended in between, or belongs to somebody else by now.
  }
}

/** Kills the family until none is left; a process that forks faster than it dies is given up after 50 rounds. */
export function killFamily(root: Seen, mark: string): void {
  for (let round = 0; round < 50; round++) {
    const left = family(root, mark);
    if (left.length === 0) return;
    for (const seen of left) signalOne(seen, 'SIGKILL');
  }
}
