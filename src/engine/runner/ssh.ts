// Stock OpenSSH: the user's own configuration with its jump hosts, one connection that later steps use again.
import {join} from 'node:path';
import type {Scene} from './scene.ts';
import type {Words} from './words.ts';

const connectSeconds = 10;

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

const ssh = (scene: Scene, more: readonly string[]): [string, ...string[]] => [
  'ssh',
  ...options.flatMap(option => ['-o', option]),
  '-o',
  `ControlPath=${scene.sockets === undefined ? 'none' : join(scene.sockets, '%C')}`,
  ...more,
];

/** Runs `sh` there, which reads its script from standard input. */
export const remoteShell = (scene: Scene, host: string): Words =>
  ssh(scene, ['-o', 'ControlMaster=no', '-T', '-e', 'none', '--', host, 'exec sh']);

/** With a terminal there; the text is read by the account's shell. */
export const remoteTerminal = (scene: Scene, host: string, text: string): Words =>
  ssh(scene, ['-o', 'ControlMaster=no', '-tt', '--', host, text]);

/** Makes the connection, unless there is one already; why the host cannot be reached, else undefined. */
export async function connect(scene: Scene, host: string, signal: AbortSignal): Promise<string | undefined> {
  if (scene.sockets === undefined) return undefined;
  const call = async (more: readonly string[]) =>
    scene.exec.run({
      argv: ssh(scene, [...more, '--', host]),
      env: scene.env,
      timeoutMs: (connectSeconds + 20) * 1000,
      graceMs: 500,
      maxOutputBytes: 8192,
      signal,
    });
  const there = await call(['-O', 'check']);
  if (there.at === 'exited' && there.status === 0) return undefined;
  if (there.at === 'spawn') return there.message;
  const made = await call(['-o', 'ControlMaster=yes', '-o', 'ControlPersist=60', '-f', '-N']);
  if (made.at === 'spawn') return made.message;
  if (made.at === 'hang') return `no connection within ${connectSeconds + 20} s`;
  if (made.status === 0) return undefined;
  return lastLine(made.stderr) ?? `ssh ended with ${made.status ?? made.bySignal ?? 'a signal'}`;
}

/** The last line that says anything, for a message. */
export function lastLine(bytes: Uint8Array): string | undefined {
  const lines = new TextDecoder().decode(bytes).split(/\r?\n/);
  return lines.findLast(line => line.trim() !== '')?.trim();
}
