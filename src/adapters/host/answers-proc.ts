// Processes and sockets of another host, as the scripts of scripts.ts answer.
import type {HostFailure, HostProcess, Listener, Missing} from '../../host-ports.ts';
import {common, textOf, type Said} from './answers.ts';
import {noProc} from './local-proc.ts';
import {bootSeconds, listenersOf, processOf, socketsOf, variablesOf} from './proc.ts';

export function processesOf(
  said: Said,
  mark: string,
):
  | {readonly at: 'listed'; readonly processes: readonly HostProcess[]; readonly partial: boolean}
  | HostFailure {
  const [word, ticks] = said.words;
  const [head = '', ...records] = textOf(said).split(`\n${mark} `);
  const boot = bootSeconds(head);
  if (word !== 'listed' || boot === undefined) return noProc(said.host);
  const clock = {bootSeconds: boot, ticksPerSecond: Number(ticks)};
  const processes = records.flatMap(record => {
    const end = record.indexOf('\n');
    const pid = record.slice(0, end);
    const text = record.slice(end + 1);
    // `PID (` begins a line only in what stat says: status writes keys, cgroup numbers with colons.
    const at = text.indexOf(`\n${pid} (`) + 1;
    const [, stat = '', cmdline = ''] =
      /^(\d+ \([\s\S]{0,64}?\) [A-Za-z](?: -?\d+)+\n)([\s\S]*)$/.exec(text.slice(at)) ?? [];
    const status = text.slice(0, at);
    const cgroup = /^\d+:/m.test(status) ? status : undefined;
    return processOf({status, stat, cmdline, cgroup}, clock) ?? [];
  });
  return {
    at: 'listed',
    processes: processes.sort((a, b) => a.pid - b.pid),
    partial: !processes.some(({pid}) => pid === 1),
  };
}

export function listenersOfAnswer(
  said: Said,
): {readonly at: 'listed'; readonly listeners: readonly Listener[]} | HostFailure {
  if (said.words[0] !== 'listed') return noProc(said.host);
  const tables = new Map(
    textOf(said)
      .split(/^table /m)
      .map(part => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)] as const),
  );
  const sockets = (['tcp', 'udp'] as const).flatMap(protocol =>
    ['', '6'].flatMap(version => socketsOf(tables.get(`${protocol}${version}`) ?? '', protocol)),
  );
  const holders = new Map<string, Set<number>>();
  let pid = 0;
  for (const line of (tables.get('holders') ?? '').split('\n')) {
    const [, folder] = /^\/proc\/(\d+)\/fd:$/.exec(line) ?? [];
    if (folder !== undefined) pid = Number(folder);
    const [, inode] = / -> socket:\[(\d+)\]$/.exec(line) ?? [];
    if (inode !== undefined) holders.set(inode, (holders.get(inode) ?? new Set<number>()).add(pid));
  }
  return {at: 'listed', listeners: listenersOf(sockets, holders)};
}

export function environOf(
  said: Said,
  pid: number,
): {readonly at: 'read'; readonly variables: Readonly<Record<string, string>>} | Missing | HostFailure {
  if (said.words[0] === 'read') return {at: 'read', variables: variablesOf(said.rest)};
  return common(said, `the environment of process ${pid}`);
}
