// Another machine, for checks, through stock ssh: each look is one script for the `sh` there.
import type {Clock, Env, Exec, Random} from '../../ports.ts';
import type {Host, HostFailure, HostPlace} from '../../host-ports.ts';
import {connect, lastLine, remoteShell, type SshWay} from '../../remote/ssh.ts';
import {isTimeLimit} from '../failure.ts';
import * as read from './answers.ts';
import * as readProc from './answers-proc.ts';
import {isOver, stopped} from './local.ts';
import {reachKind} from './reach.ts';
import {remoteRun} from './remote-run.ts';
import * as scripts from './scripts.ts';

export interface RemotePorts {
  readonly exec: Exec;
  readonly env: Env;
  readonly clock: Clock;
  readonly random: Random;
  /** A folder of this account alone; undefined: every look connects anew. */
  readonly sockets: () => string | undefined;
}

/** What ssh gets of our environment. */
const passedOn = [
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'TZ',
  'SSH_AUTH_SOCK',
  'XDG_RUNTIME_DIR',
  'KRB5CCNAME',
] as const;

const sshEnv = (env: Env): Record<string, string> => ({
  PATH: '/usr/local/bin:/usr/bin:/bin',
  ...Object.fromEntries(
    passedOn.flatMap(name => {
      const value = env.get(name);
      return value === undefined ? [] : [[name, value] as const];
    }),
  ),
  LC_ALL: 'C',
});

/** Of everything but files, whose readers say how much they want. */
const mostBytes = 8 * 1024 * 1024;

interface Attempt {
  readonly made: Promise<string | undefined>;
  readonly stop: AbortController;
  waiting: number;
}

/** Connections that are being made, by alias: looks that begin at once wait for one. */
export type Connecting = Map<string, Attempt>;

function attemptFor(way: SshWay, ssh: string, connecting: Connecting): Attempt {
  const under = connecting.get(ssh);
  if (under !== undefined) return under;
  const stop = new AbortController();
  const made = connect(way, ssh, stop.signal).finally(() => connecting.delete(ssh));
  const attempt = {made, stop, waiting: 0};
  connecting.set(ssh, attempt);
  return attempt;
}

/** Why the host cannot be reached; undefined when it can. The last look that stops waiting ends the attempt. */
async function connectOnce(attempt: Attempt, signal: AbortSignal): Promise<string | undefined> {
  attempt.waiting += 1;
  let leave = (): void => undefined;
  const left = new Promise<string>(resolve => {
    leave = () => {
      attempt.waiting -= 1;
      if (attempt.waiting === 0) attempt.stop.abort(signal.reason);
      resolve('it did not answer within the time of the check');
    };
    signal.addEventListener('abort', leave, {once: true});
  });
  try {
    return await Promise.race([attempt.made, left]);
  } finally {
    signal.removeEventListener('abort', leave);
  }
}

export function remoteHost(
  ports: RemotePorts,
  place: HostPlace,
  {
    signal,
    timeoutMs,
    connecting,
  }: {readonly signal: AbortSignal; readonly timeoutMs: number; readonly connecting: Connecting},
): Host {
  const {exec, env, random} = ports;
  const way: SshWay = {exec, env: sshEnv(env), sockets: ports.sockets()};
  const {name} = place;
  const draw = (): string => Buffer.from(random.bytes(16)).toString('hex');

  const unreachable = (why: string): HostFailure => ({
    at: 'failed',
    kind: reachKind(why),
    message: `${name} cannot be reached: ${why}`,
  });
  let reached: Promise<HostFailure | undefined> | undefined;
  const reach = async (): Promise<HostFailure | undefined> =>
    (reached ??= connectOnce(attemptFor(way, place.ssh, connecting), signal).then(why => {
      if (why === undefined) return undefined;
      return signal.aborted && !isTimeLimit(signal) ? stopped(signal) : unreachable(why);
    }));

  /** The script's answer, or why there is none. */
  const ask = async (
    script: (mark: string) => string,
    maxBytes = mostBytes,
  ): Promise<(read.Said & {readonly mark: string}) | HostFailure> => {
    if (signal.aborted) return stopped(signal);
    const cannot = await reach();
    if (cannot !== undefined) return cannot;
    const mark = draw();
    const answer = await exec.run({
      argv: remoteShell(way, place.ssh),
      env: way.env,
      input: new TextEncoder().encode(scripts.wrapped(script(mark), mark)),
      timeoutMs,
      graceMs: 500,
      maxOutputBytes: maxBytes + 4096,
      signal,
    });
    if (isOver(signal) && !isTimeLimit(signal)) return stopped(signal);
    if (answer.at === 'spawn') return {at: 'failed', kind: answer.kind, message: answer.message};
    if (answer.at === 'hang')
      return {at: 'failed', kind: 'timeout', message: `${name} did not answer within ${timeoutMs} ms`};
    const out = Buffer.from(answer.stdout);
    const begin = out.indexOf(`\n${mark}\n`);
    const why = lastLine(answer.stderr) ?? `ssh ended with ${answer.status ?? answer.bySignal ?? 'a signal'}`;
    if (begin === -1) return answer.status === 255 ? unreachable(why) : noShell(why);
    const from = begin + mark.length + 2;
    const end = out.lastIndexOf(`\n${mark} end\n`);
    if (end < from - 1) return answer.cut ? tooMuch(maxBytes) : unreachable(why);
    const body = out.subarray(from, Math.max(from, end));
    const line = body.indexOf(10);
    const head = (line === -1 ? body : body.subarray(0, line)).toString();
    return {host: name, words: head.split(' '), rest: line === -1 ? empty : body.subarray(line + 1), mark};
  };
  const noShell = (why: string): HostFailure => ({
    at: 'failed',
    kind: 'config',
    message: `${name} was reached, but runs no sh for this account: ${why}`,
  });
  const tooMuch = (maxBytes: number): HostFailure => ({
    at: 'failed',
    kind: 'config',
    message: `${name} answered with more than ${maxBytes} bytes`,
  });

  return {
    name,
    run: async request =>
      remoteRun({...ports, way, place, draw}, {...request, signal, limitMs: timeoutMs, reach}),
    stat: async (path, {follow}) => {
      const said = await ask(() => scripts.statScript(path, follow));
      return 'at' in said ? said : read.statOf(said, path);
    },
    read: async (path, {maxBytes, from = 0}) => {
      const said = await ask(() => scripts.readScript(path, {maxBytes, from}), maxBytes);
      return 'at' in said ? said : read.readOf(said, path, maxBytes);
    },
    hash: async (path, {maxBytes}) => {
      const said = await ask(() => scripts.hashScript(path, maxBytes));
      return 'at' in said ? said : read.hashOf(said, path, maxBytes);
    },
    list: async path => {
      const said = await ask(mark => scripts.listScript(path, mark));
      return 'at' in said ? said : read.listOf(said, {path, mark: said.mark});
    },
    space: async path => {
      const said = await ask(() => scripts.spaceScript(path));
      return 'at' in said ? said : read.spaceOf(said, path);
    },
    processes: async () => {
      const said = await ask(mark => scripts.processesScript(mark));
      return 'at' in said ? said : readProc.processesOf(said, said.mark);
    },
    listeners: async () => {
      const said = await ask(() => scripts.listenersScript);
      return 'at' in said ? said : readProc.listenersOfAnswer(said);
    },
    environ: async pid => {
      const said = await ask(() => scripts.environScript(pid));
      return 'at' in said ? said : readProc.environOf(said, pid);
    },
    now: async () => {
      const said = await ask(() => scripts.nowScript);
      if ('at' in said) return said;
      const ms = Date.parse(said.words[1] ?? '');
      if (!Number.isNaN(ms)) return {at: 'now', ms};
      return {at: 'failed', kind: 'noData', message: `${name} does not say what time it is`};
    },
  };
}

const empty = new Uint8Array();
