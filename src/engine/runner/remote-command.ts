// A command on another host: whether it began, how it ended and what is left there is told by the host, not guessed.
import type {Child, Children} from '../../ports.ts';
import type {Words} from '../../remote/quote.ts';
import type {Ran} from './command.ts';
import type {Ending} from './ending.ts';
import type {Job} from './job.ts';
import {endScript, remoteScript, telling, type Told} from '../../remote/script.ts';
import type {Scene} from './scene.ts';
import {connect, lastLine, remoteShell} from '../../remote/ssh.ts';
import {lastBytes} from './output.ts';
import {stepVariables} from './words.ts';

/** What the other host may still say after the command ended there. */
const drainMs = 200;
/** How long the end of a command there is waited for beyond its own time to end. */
const endMs = 15_000;

interface Request {
  readonly argv: Words;
  readonly mark: string;
  readonly ending: Ending;
  readonly onOutput: Parameters<Children['start']>[0]['onOutput'];
}

type Remote =
  | {readonly at: 'unreachable'; readonly host: string; readonly why: string}
  | {
      readonly at: 'over';
      readonly host: string;
      readonly told: Told;
      readonly answer: Awaited<Child['ended']>;
      readonly stopped: boolean;
      /** Why what runs there could not be ended; undefined when it was, or when it ended by itself. */
      readonly left: string | undefined;
      /** The last thing that ssh, or the command, said on standard error. */
      readonly said: string | undefined;
    };

export async function startRemote(job: Job, scene: Scene, request: Request): Promise<Remote> {
  const {mark, ending} = request;
  const host = job.on ?? '';
  const why = await connect(scene, host, ending.signal);
  if (why !== undefined) return {at: 'unreachable', host, why};
  const draw = (): string => Buffer.from(scene.random.bytes(16)).toString('hex');
  const nonce = draw();
  const id = draw();
  const told: {-readonly [K in keyof Told]: Told[K]} = {};
  const last = lastBytes(1024);
  let over = (): void => undefined;
  const filter = telling(nonce, news => {
    Object.assign(told, news);
    // Something in the background may keep the connection open; the command itself is over.
    if (news.status !== undefined) scene.clock.after(drainMs, over);
  });
  const child = scene.children.start({
    argv: remoteShell(scene, host),
    cwd: job.cwd,
    env: scene.env,
    mark,
    input: remoteScript({
      argv: request.argv,
      variables: stepVariables(job),
      cwd: job.remoteCwd,
      login: job.login === true && job.runAs === undefined,
      nonce,
      mark,
      id,
    }),
    onOutput: (chunk, from) => {
      const clean = from === 'err' ? filter.push(chunk) : chunk;
      if (from === 'err') last.add(clean);
      request.onOutput(clean, from);
    },
  });
  over = () => {
    child.stop(0);
  };
  let left: Promise<string | undefined> = Promise.resolve(undefined);
  const end = (): void => {
    left = endThere(job, scene, {pid: told.pid, id, host}).finally(() => {
      scene.clock.after(told.status === undefined ? drainMs * 5 : drainMs, over);
    });
  };
  if (ending.signal.aborted) end();
  ending.signal.addEventListener('abort', end, {once: true});
  const answer = await child.ended;
  ending.signal.removeEventListener('abort', end);
  const stopped = ending.signal.aborted;
  const rest = filter.end();
  request.onOutput(rest, 'err');
  last.add(rest);
  const said = lastLine(Buffer.concat(last.bytes()));
  return {at: 'over', host, told, answer, stopped, left: await left, said};
}

/** Ends the step on its host; why that could not be done, else undefined. */
async function endThere(
  job: Job,
  scene: Scene,
  {pid, id, host}: {readonly pid: number | undefined; readonly id: string; readonly host: string},
): Promise<string | undefined> {
  if (pid === undefined) return undefined;
  const answer = await scene.exec.run({
    argv: remoteShell(scene, host),
    env: scene.env,
    input: new TextEncoder().encode(endScript({pid, id, graceMs: job.graceMs, account: job.runAs})),
    timeoutMs: job.graceMs + endMs,
    graceMs: 500,
    maxOutputBytes: 4096,
    signal: new AbortController().signal,
  });
  if (answer.at === 'spawn') return answer.message;
  if (answer.at === 'hang') return 'the host did not answer in time';
  const [, count] = /^left (\d+)$/m.exec(new TextDecoder().decode(answer.stdout)) ?? [];
  if (answer.status === 0)
    return count === undefined || count === '0' ? undefined : `${count} processes are left`;
  return lastLine(answer.stderr) ?? `ssh ended with ${answer.status ?? 'a signal'}`;
}

/** How the command ended, as far as that is known. An unreachable host, and a line that broke, leave it unknown. */
export function remoteEnd(remote: Remote): Ran {
  const {host} = remote;
  const not = (verdict: 'unknown' | 'fail', message: string): Ran => ({
    at: 'not',
    outcome: {verdict, message},
  });
  if (remote.at === 'unreachable')
    return not('unknown', `${host} cannot be reached, so nothing was started there: ${remote.why}`);
  const {told, answer, left, said} = remote;
  if (answer.at === 'spawn') return not('unknown', answer.message);
  if (told.noDir === true)
    return not('fail', `nothing was started on ${host}: ${said ?? 'its folder is not there'}`);
  if (told.pid === undefined) {
    const why = said ?? `ssh ended with ${answer.status ?? answer.bySignal ?? 'a signal'}`;
    return not('unknown', `${host} cannot be reached, so nothing was started there: ${why}`);
  }
  const note = left === undefined ? {} : {note: `on ${host} not everything could be ended: ${left}`};
  if (told.status !== undefined)
    return {at: 'ended', status: told.status, signal: null, left: {survivors: [], ...note}};
  if (remote.stopped && left === undefined)
    return {at: 'ended', status: null, signal: 'SIGKILL', left: {survivors: []}};
  const why = left ?? said;
  return not(
    'unknown',
    `the connection to ${host} was lost while it ran there, and what became of it is not known${why === undefined ? '' : `: ${why}`}`,
  );
}
