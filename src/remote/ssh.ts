// Stock OpenSSH: the user's own configuration with its jump hosts, one connection that everything later uses again.
import {join} from 'node:path';
import type {Exec} from '../ports.ts';
import type {Words} from './quote.ts';

const connectSeconds = 10;

/** A connection that nothing used for so long ends; one look a minute keeps it. */
const persistSeconds = 90;

/** Longer than this nothing waits for a connection. */
const connectLimitMs = (connectSeconds + 20) * 1000;

/** Nothing is asked, nothing is forwarded, and a line that is dead is noticed. */
const options = [
  'BatchMode=yes',
  `ConnectTimeout=${connectSeconds}`,
  'ServerAliveInterval=15',
  'ServerAliveCountMax=3',
  'ClearAllForwardings=yes',
  'ForwardX11=no',
  'PermitLocalCommand=no',
  'RemoteCommand=none',
  'LogLevel=ERROR',
];

/** How ssh is started here. */
export interface SshWay {
  readonly exec: Exec;
  readonly env: Readonly<Record<string, string>>;
  /** A folder of this account alone for sockets; undefined: every call connects anew. */
  readonly sockets: string | undefined;
}

const ssh = ({sockets}: Pick<SshWay, 'sockets'>, more: readonly string[]): [string, ...string[]] => [
  'ssh',
  ...options.flatMap(option => ['-o', option]),
  '-o',
  `ControlPath=${sockets === undefined ? 'none' : join(sockets, '%C')}`,
  ...more,
];

/** Runs `sh` there, which reads its script from standard input. */
export const remoteShell = (way: Pick<SshWay, 'sockets'>, host: string): Words =>
  ssh(way, ['-o', 'ControlMaster=no', '-T', '-e', 'none', '--', host, 'exec sh']);

/** With a terminal there; the text is read by the account's shell. */
export const remoteTerminal = (way: Pick<SshWay, 'sockets'>, host: string, text: string): Words =>
  ssh(way, ['-o', 'ControlMaster=no', '-tt', '--', host, text]);

/**
 * Makes the connection, unless there is one already; why the host cannot be reached, else undefined. Two that do this at
 * once leave one connection: the other ends with its command, which one that only waits would never do.
 */
export async function connect(way: SshWay, host: string, signal: AbortSignal): Promise<string | undefined> {
  if (way.sockets === undefined) return undefined;
  const call = async (more: readonly string[]) =>
    way.exec.run({
      argv: ssh(way, more),
      env: way.env,
      timeoutMs: connectLimitMs,
      graceMs: 500,
      maxOutputBytes: 8192,
      signal,
    });
  const there = await call(['-O', 'check', '--', host]);
  if (there.at === 'exited' && there.status === 0) return undefined;
  if (there.at === 'spawn') return there.message;
  const persist = ['-o', 'ControlMaster=auto', '-o', `ControlPersist=${persistSeconds}`];
  const made = await call([...persist, '-n', '-T', '--', host, 'exec true']);
  if (made.at === 'spawn') return made.message;
  if (made.at === 'hang') return `no connection within ${connectLimitMs / 1000} s`;
  if (made.status === 0) return undefined;
  return (
    lastLine(made.stderr) ??
    lastLine(made.stdout) ??
    `ssh ended with ${made.status ?? made.bySignal ?? 'a signal'}`
  );
}

/** The last line that says anything, for a message. */
export function lastLine(bytes: Uint8Array): string | undefined {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  return lines.findLast(line => line.trim() !== '')?.trim();
}
