// Processes and sockets of this machine, from /proc.
import {readdirSync, readFileSync, readlinkSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import type {Host, HostFailure, HostProcess} from '../../host-ports.ts';
import {couldNot} from './local-files.ts';
import {bootSeconds, listenersOf, processOf, socketsOf, variablesOf, type ProcTexts} from './proc.ts';

/** The kernel tells programs its times in hundredths of a second on every machine that Node runs on (time(7)). */
const ticksPerSecond = 100;

/** So many processes are read before anything else gets a turn. */
const batch = 40;

const nextTurn = async (): Promise<void> => new Promise(resolve => void setImmediate(resolve));

export const noProc = (where: string): HostFailure => ({
  at: 'failed',
  kind: 'notInstalled',
  message: `${where} has no /proc, where processes and sockets are looked for`,
});

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function textsOf(proc: string, pid: string): ProcTexts | undefined {
  const status = text(`${proc}/${pid}/status`);
  const stat = text(`${proc}/${pid}/stat`);
  if (status === undefined || stat === undefined) return undefined;
  const cmdline = text(`${proc}/${pid}/cmdline`) ?? '';
  return {status, stat, cmdline, cgroup: text(`${proc}/${pid}/cgroup`)};
}

const pidsIn = (proc: string): readonly string[] => readdirSync(proc).filter(name => /^\d+$/.test(name));

async function eachPid(proc: string, signal: AbortSignal, use: (pid: string) => void): Promise<void> {
  for (const [i, pid] of pidsIn(proc).entries()) {
    if (signal.aborted) return;
    if (i % batch === batch - 1) await nextTurn();
    use(pid);
  }
}

/** The inode of a socket behind each open file of a process; none where they may not be seen. */
function socketsHeld(proc: string, pid: string): readonly string[] {
  try {
    return readdirSync(`${proc}/${pid}/fd`).flatMap(fd => {
      try {
        return /^socket:\[(\d+)\]$/.exec(readlinkSync(`${proc}/${pid}/fd/${fd}`))?.[1] ?? [];
      } catch {
        return [];
      }
    });
  } catch {
    return [];
  }
}

export const localProc = (
  signal: AbortSignal,
  proc = '/proc',
): Pick<Host, 'processes' | 'listeners' | 'environ'> => ({
  processes: async () => {
    const boot = bootSeconds(text(`${proc}/stat`) ?? '');
    if (boot === undefined) return noProc('this machine');
    const found: HostProcess[] = [];
    await eachPid(proc, signal, pid => {
      const texts = textsOf(proc, pid);
      const process = texts && processOf(texts, {bootSeconds: boot, ticksPerSecond});
      if (process !== undefined) found.push(process);
    });
    return {
      at: 'listed',
      processes: found.sort((a, b) => a.pid - b.pid),
      // The first process belongs to root: where it is hidden, so are others (`hidepid` of proc(5)).
      partial: !found.some(({pid}) => pid === 1),
    };
  },
  listeners: async () => {
    const tables = (['tcp', 'udp'] as const).flatMap(protocol =>
      ['', '6'].map(version => ({protocol, table: text(`${proc}/net/${protocol}${version}`)})),
    );
    if (tables.every(({table}) => table === undefined)) return noProc('this machine');
    const sockets = tables.flatMap(({protocol, table}) =>
      table === undefined ? [] : socketsOf(table, protocol),
    );
    const wanted = new Set(sockets.map(({inode}) => inode));
    const holders = new Map<string, Set<number>>();
    await eachPid(proc, signal, pid => {
      for (const inode of socketsHeld(proc, pid)) {
        if (!wanted.has(inode)) continue;
        holders.set(inode, (holders.get(inode) ?? new Set<number>()).add(Number(pid)));
      }
    });
    return {at: 'listed', listeners: listenersOf(sockets, holders)};
  },
  environ: async pid => {
    try {
      return {at: 'read', variables: variablesOf(await readFile(`${proc}/${pid}/environ`))};
    } catch (error) {
      return couldNot(error, `the environment of process ${pid}`);
    }
  },
});
