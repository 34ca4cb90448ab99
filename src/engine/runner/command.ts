// A command of a step: on this host or another, as this account or another, ended with everything that it started.
import type {Children} from '../../ports.ts';
import type {Words} from '../../remote/quote.ts';
import {markOf, type Job} from './job.ts';
import {remoteEnd, startRemote} from './remote-command.ts';
import type {Outcome, Scene, Try} from './scene.ts';
import {endOthers, unitOf} from './others.ts';
import {asAccount, inLogin, inScope, namesOf, stepVariables} from './words.ts';

/** How a command ended, before it is compared with what was expected. */
export type Ran =
  | {
      readonly at: 'ended';
      readonly status: number | null;
      readonly signal: string | null;
      readonly left: Left;
    }
  /** It was not started, or nobody knows what became of it. */
  | {readonly at: 'not'; readonly outcome: Outcome};

export interface Left {
  readonly survivors: NonNullable<Outcome['survivors']>;
  /** What could not be ended, in words. */
  readonly note?: string;
}

export interface CommandRequest {
  readonly argv: Words;
  /** What it reads on standard input; only here, not on other hosts. */
  readonly input?: string;
  readonly onOutput: Parameters<Children['start']>[0]['onOutput'];
  readonly onReport?: (chunk: Uint8Array) => void;
}

/** Runs it and waits; ends it when `ending` says so. */
export async function runCommand(
  job: Job,
  scene: Scene,
  {ending, ...request}: CommandRequest & Pick<Try, 'ending'>,
): Promise<Ran> {
  const mark = markOf(job.run, job.step, job.attempt);
  const argv = wrapped(job, request.argv, scene);
  if (job.on !== undefined) {
    const remote = await startRemote(job, scene, {argv, mark, ending, onOutput: request.onOutput});
    return remoteEnd(remote);
  }
  const {scopes} = scene;
  const unit = job.runAs === undefined || scopes === undefined ? undefined : unitOf(job, scene);
  const child = scene.children.start({
    argv: unit === undefined || scopes === undefined ? argv : inScope(argv, scopes, unit),
    cwd: job.cwd,
    env: {...scene.env, ...stepVariables(job)},
    mark,
    ...(request.input === undefined ? {} : {input: request.input}),
    onOutput: request.onOutput,
    ...(request.onReport === undefined ? {} : {onReport: request.onReport}),
  });
  let others: Promise<string | undefined> = Promise.resolve(undefined);
  const end = (): void => {
    if (job.runAs !== undefined) others = endOthers(job, scene, {child, unit});
    child.stop(job.graceMs);
  };
  if (ending.signal.aborted) end();
  ending.signal.addEventListener('abort', end, {once: true});
  const answer = await child.ended;
  ending.signal.removeEventListener('abort', end);
  const note = await others;
  if (answer.at === 'spawn')
    return {at: 'not', outcome: {verdict: 'unknown', message: spawnMessage(answer.message, job)}};
  const left = {survivors: child.survivors(), ...(note === undefined ? {} : {note})};
  return {at: 'ended', status: answer.status, signal: answer.bySignal, left};
}

const spawnMessage = (message: string, {runAs}: Job): string =>
  runAs !== undefined && message.startsWith('sudo is not')
    ? `it should run as ${runAs}, but sudo is not on this machine`
    : message;

/** A login shell, and another account around it; on another host the login shell is that account's own. */
function wrapped(job: Job, argv: Words, {env}: Scene): Words {
  const {login, runAs, on} = job;
  const logged =
    login === true && (on === undefined || runAs !== undefined) ? inLogin(argv, env['SHELL']) : argv;
  return runAs === undefined ? logged : asAccount(logged, runAs, {names: namesOf(job)});
}
