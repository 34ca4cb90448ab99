// Processes as /proc shows them, for tests that watch and end what they started.
import {readFileSync, readdirSync} from 'node:fs';

export interface Seen {
  readonly pid: number;
  readonly parent: number;
  readonly session: number;
  /** Its arguments with blanks between them. */
  readonly command: string;
}

/** A live process; undefined when it is gone, or a zombie. */
function processOf(pid: number): Seen | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, parent, , session] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (state === 'Z' || state === 'X') return undefined;
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').filter(Boolean).join(' ');
    return {pid, parent: Number(parent), session: Number(session), command};
  } catch {
    return undefined;
  }
}

const everything = (): readonly Seen[] =>
  readdirSync('/proc').flatMap(name => {
    const seen = /^\d+$/.test(name) ? processOf(Number(name)) : undefined;
    return seen === undefined ? [] : [seen];
  });

export const childrenOf = (pid: number): readonly Seen[] => everything().filter(({parent}) => parent === pid);

/** Live processes whose environment holds this text, such as the mark that a step leaves on what it starts. */
export const withEnvironment = (text: string): readonly Seen[] =>
  everything().filter(({pid}) => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(text);
    } catch {
      return false;
    }
  });

/** KILL to one process; false when it was gone already. */
export function killed(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
