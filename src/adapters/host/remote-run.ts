// A program of a check on another host: how it ended is told by that host, and at the limit it is ended there.
import type {Clock, Exec, ExecAnswer} from '../../ports.ts';
import type {HostFailure, HostPlace, HostRun} from '../../host-ports.ts';
import {endScript, remoteScript, telling, type Told} from '../../remote/script.ts';
import {lastLine, remoteShell, type SshWay} from '../../remote/ssh.ts';
import {isTimeLimit} from '../failure.ts';
import {isOver} from './local.ts';
import {reachKind} from './reach.ts';

/** How long the end of a program there is waited for beyond its own time to end. */
const endMs = 3_000;

/** The telling lines that stand on standard error beside what the program says. */
const tellingBytes = 4096;

interface Way {
  readonly exec: Exec;
  readonly clock: Clock;
  readonly way: SshWay;
  readonly place: HostPlace;
  readonly draw: () => string;
}

interface Request extends HostRun {
  readonly signal: AbortSignal;
  /** Of the whole look. */
  readonly limitMs: number;
  readonly reach: () => Promise<HostFailure | undefined>;
}

const spawnFailure = ({kind, message}: Pick<HostFailure, 'kind' | 'message'>): ExecAnswer => ({
  at: 'spawn',
  kind,
  message,
});

export async function remoteRun(there: Way, request: Request): Promise<ExecAnswer> {
  const {exec, way, place, draw} = there;
  const {argv, cwd, env = {}, signal, limitMs, graceMs, maxOutputBytes, reach} = request;
  const timeoutMs = Math.min(request.timeoutMs ?? limitMs, limitMs);
  const stoppedEarly = {kind: 'noData', message: 'stopped before it was started'} as const;
  if (signal.aborted) return spawnFailure(stoppedEarly);
  const cannot = await reach();
  if (cannot !== undefined) return spawnFailure(cannot);
  const [nonce, id] = [draw(), draw()];
  const answer = await exec.run({
    argv: remoteShell(way, place.ssh),
    env: way.env,
    input: new TextEncoder().encode(
      // What a login prints stands before the mark.
      `printf '\\n%s\\n' ${nonce}\n${remoteScript({
        argv,
        variables: {LC_ALL: 'C', ...env},
        cwd,
        login: false,
        nonce,
        mark: 'check',
        id,
        seek: true,
      })}`,
    ),
    timeoutMs,
    graceMs: 500,
    maxOutputBytes: maxOutputBytes + tellingBytes,
    signal,
  });
  if (answer.at === 'spawn') return answer;
  const told: {-readonly [K in keyof Told]: Told[K]} = {};
  const filter = telling(nonce, news => Object.assign(told, news));
  const stderr = Buffer.concat([filter.push(answer.stderr), filter.end()]);
  const {durationMs} = answer;
  const stdout = behind(answer.stdout, `\n${nonce}\n`);
  const hasEnded = told.status !== undefined;
  if ((answer.at === 'hang' || isOver(signal)) && told.pid !== undefined && !hasEnded)
    await endThere(there, {pid: told.pid, id, graceMs});
  const said = lastLine(stderr);
  if (answer.at === 'hang') {
    if (told.pid !== undefined) return {at: 'hang', stdout, stderr, durationMs};
    const message = `${place.name} did not answer within ${timeoutMs} ms`;
    return spawnFailure({kind: 'timeout', message});
  }
  if (isOver(signal) && !hasEnded && !isTimeLimit(signal)) return spawnFailure(stoppedEarly);
  if (told.noDir === true)
    return spawnFailure({
      kind: 'config',
      message: `the working directory ${cwd ?? ''} is not there on ${place.name}`,
    });
  if (told.noProgram === true)
    return spawnFailure({kind: 'notInstalled', message: `${argv[0]} is not on ${place.name}`});
  const status = told.status ?? (answer.cut && answer.status !== 255 ? answer.status : undefined);
  if (told.pid === undefined || status === undefined || status === null) {
    const why = said ?? `ssh ended with ${answer.status ?? answer.bySignal ?? 'a signal'}`;
    const how = told.pid === undefined ? 'cannot be reached' : 'was lost while the program ran there';
    return spawnFailure({kind: reachKind(why), message: `${place.name} ${how}: ${why}`});
  }
  const cut = answer.cut || stdout.length > maxOutputBytes || stderr.length > maxOutputBytes;
  return {
    at: 'exited',
    status,
    bySignal: null,
    stdout: stdout.subarray(0, maxOutputBytes),
    stderr: stderr.subarray(0, maxOutputBytes),
    cut,
    durationMs,
  };
}

function behind(bytes: Uint8Array, mark: string): Uint8Array {
  const at = Buffer.from(bytes).indexOf(mark);
  return at === -1 ? bytes : bytes.subarray(at + mark.length);
}

/** What cannot be ended there is not waited for: the look is over either way. */
async function endThere(
  {exec, way, place}: Way,
  {pid, id, graceMs}: {readonly pid: number; readonly id: string; readonly graceMs: number},
): Promise<void> {
  await exec.run({
    argv: remoteShell(way, place.ssh),
    env: way.env,
    input: new TextEncoder().encode(endScript({pid, id, graceMs, account: undefined})),
    timeoutMs: graceMs + endMs,
    graceMs: 500,
    maxOutputBytes: 4096,
    signal: new AbortController().signal,
  });
}
