// What the kernel writes under /proc, read the same way wherever it came from.
import ipaddr from 'ipaddr.js';
import type {HostProcess, Listener, Protocol} from '../../host-ports.ts';

/** What a process list needs to know of its kernel. */
export interface ProcClock {
  /** When it was started, in seconds since 1970: `btime` of /proc/stat. */
  readonly bootSeconds: number;
  readonly ticksPerSecond: number;
}

/** `btime` of /proc/stat; undefined when it is not there. */
export function bootSeconds(stat: string): number | undefined {
  const [, seconds] = /^btime (\d+)$/m.exec(stat) ?? [];
  return seconds === undefined ? undefined : Number(seconds);
}

/** The innermost service or scope in the text of /proc/PID/cgroup; empty where there is none. */
export function unitOf(cgroup: string): string {
  const lines = cgroup.split('\n');
  const unit = (begin: RegExp): string | undefined =>
    lines
      .find(line => begin.test(line))
      ?.replace(begin, '')
      .split('/')
      .findLast(part => /.\.(?:service|scope)$/.test(part));
  // Where there are several hierarchies systemd has one of its own, unless it uses the common one beside them.
  return unit(/^\d+:name=systemd:/) ?? unit(/^0::/) ?? '';
}

/** proc_pid_stat(5): the name may hold anything, also brackets and newlines, so what follows it is looked for. */
const statLine = /^(\d+) \(([\s\S]{0,64}?)\) ([A-Za-z]) (-?\d+(?: -?\d+)*)\n?$/;

export interface ProcTexts {
  readonly status: string;
  readonly stat: string;
  readonly cmdline: string;
  /** Undefined where it could not be read. */
  readonly cgroup: string | undefined;
}

/** The process, or undefined where the texts are those of one that was just ending. */
export function processOf(
  {status, stat, cmdline, cgroup}: ProcTexts,
  {bootSeconds: boot, ticksPerSecond}: ProcClock,
): HostProcess | undefined {
  const [, pid, name, state, rest] = statLine.exec(stat) ?? [];
  const [, , uid] = /^Uid:\t(\d+)\t(\d+)\t/m.exec(status) ?? [];
  const numbers = (rest ?? '').split(' ');
  const [parent] = numbers;
  const start = numbers[18];
  if (pid === undefined || uid === undefined || start === undefined || parent === undefined) return undefined;
  const words = cmdline.split('\0');
  if (words.at(-1) === '') words.pop();
  return {
    pid: Number(pid),
    parent: Number(parent),
    uid: Number(uid),
    name: name ?? '',
    argv: words,
    startedMs: Math.floor(boot + Number(start) / ticksPerSecond) * 1000,
    isZombie: state === 'Z' || state === 'X',
    unit: cgroup === undefined ? undefined : unitOf(cgroup),
  };
}

/** States of /proc/net: a TCP socket that listens, a UDP socket that is connected to nobody. */
const listening: Record<Protocol, string> = {tcp: '0A', udp: '07'};

export interface NetSocket extends Omit<Listener, 'pids'> {
  readonly inode: string;
}

/** Listening sockets in the text of /proc/net/{tcp,tcp6,udp,udp6}. */
export function socketsOf(text: string, protocol: Protocol): NetSocket[] {
  return text.split('\n').flatMap(line => {
    const [, local, , state, , , , uid, , inode] = line.trim().split(/\s+/);
    const [hex, port] = local?.split(':') ?? [];
    if (state !== listening[protocol] || hex === undefined || port === undefined) return [];
    const address = addressOf(hex);
    if (address === undefined || inode === undefined) return [];
    return [{protocol, address, port: Number.parseInt(port, 16), uid: Number(uid), inode}];
  });
}

/** Words of 32 bits in the order of a little-endian machine, which all that run systemd here are. */
function addressOf(hex: string): string | undefined {
  if (!/^(?:[0-9A-F]{8}){1,4}$/.test(hex)) return undefined;
  const bytes = hex.match(/.{8}/g)?.flatMap(word => [...Buffer.from(word, 'hex')].reverse()) ?? [];
  return bytes.length === 4 || bytes.length === 16 ? ipaddr.fromByteArray(bytes).toString() : undefined;
}

/** Listeners with the processes that hold their sockets, in a fixed order. */
export function listenersOf(
  sockets: readonly NetSocket[],
  holders: ReadonlyMap<string, ReadonlySet<number>>,
): Listener[] {
  return sockets
    .map(({inode, ...socket}) => ({
      ...socket,
      pids: [...(holders.get(inode) ?? [])].sort((a, b) => a - b),
    }))
    .sort(
      (a, b) => a.port - b.port || a.protocol.localeCompare(b.protocol) || a.address.localeCompare(b.address),
    );
}

/** `NAME=value` with NUL between them; the first of a name counts, as for getenv(3). */
export function variablesOf(bytes: Uint8Array): Record<string, string> {
  const variables = new Map<string, string>();
  for (const each of new TextDecoder().decode(bytes).split('\0')) {
    const at = each.indexOf('=');
    if (at > 0 && !variables.has(each.slice(0, at))) variables.set(each.slice(0, at), each.slice(at + 1));
  }
  return Object.fromEntries(variables);
}
