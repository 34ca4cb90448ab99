// A step that gets the real terminal: nothing of it is captured, and the outcome says so.
import {quoted, type Words} from '../../remote/quote.ts';
import {markOf, type Job} from './job.ts';
import type {Outcome, Scene, Try} from './scene.ts';
import {remoteTerminal} from '../../remote/ssh.ts';
import {asAccount, inLogin, namesOf, stepVariables} from './words.ts';

const notCaptured = 'what was on the terminal was not captured';

/** Limits of output mean nothing here; at a limit of time that ends it, it is ended as any command. */
export async function runTerminal(
  job: Job,
  scene: Scene,
  {act, ending}: Try & {readonly act: Extract<Job['act'], {at: 'terminal'}>},
): Promise<Outcome> {
  if (job.on !== undefined && Object.keys(job.secrets ?? {}).length > 0)
    return {
      verdict: 'fail',
      message: `nothing was started on ${job.on}: with a terminal, secrets could only be handed over where every account there can read them`,
    };
  const mark = markOf(job.run, job.step, job.attempt);
  const child = scene.children.onTerminal({
    argv: wordsOf(job, scene, {argv: act.argv, mark}),
    cwd: job.cwd,
    env: job.on === undefined ? {...scene.env, ...stepVariables(job)} : scene.env,
    mark,
  });
  const end = (): void => {
    child.stop(job.graceMs);
  };
  if (ending.signal.aborted) end();
  ending.signal.addEventListener('abort', end, {once: true});
  const answer = await child.ended;
  ending.signal.removeEventListener('abort', end);
  if (answer.at === 'spawn') return {verdict: 'unknown', message: answer.message};
  const {status, bySignal} = answer;
  const why = ending.why();
  const how = {
    ...(status === null ? {} : {status}),
    ...(bySignal === null ? {} : {signal: bySignal}),
    ...(why === undefined ? {} : {ended: why.ended}),
    survivors: child.survivors(),
  };
  if (why !== undefined) return {verdict: 'fail', message: `${why.message}; ${notCaptured}`, ...how};
  const {on} = job;
  if (on !== undefined && status === 255)
    return {
      verdict: 'unknown',
      message: `exit 255: the connection to ${on} failed, or the program ended so; ${notCaptured}`,
      ...how,
    };
  const wanted = typeof job.expect === 'number' ? job.expect : 0;
  const ended = status === null ? `ended by ${bySignal ?? 'a signal'}` : `exit ${status}`;
  const verdict = status === wanted ? 'pass' : 'fail';
  const expected = status === wanted || wanted === 0 ? '' : `, expected ${wanted}`;
  return {verdict, message: `${ended}${expected}; ${notCaptured}`, ...how};
}

function wordsOf(job: Job, scene: Scene, {argv, mark}: {readonly argv: Words; readonly mark: string}): Words {
  const {on, runAs, login} = job;
  const logged =
    login === true && (on === undefined || runAs !== undefined) ? inLogin(argv, scene.env['SHELL']) : argv;
  const words = runAs === undefined ? logged : asAccount(logged, runAs, {names: namesOf(job), ask: true});
  if (on === undefined) return words;
  const set = Object.entries({...stepVariables(job), QD_STEP: mark}).map(
    ([name, value]) => `${name}=${quoted(value)}; export ${name}; `,
  );
  const cwd = job.remoteCwd === undefined ? '' : `cd -- ${quoted(job.remoteCwd)} && `;
  const text = `${set.join('')}${cwd}exec ${words.map(quoted).join(' ')}`;
  return remoteTerminal(
    scene,
    on,
    `exec sh ${login === true && runAs === undefined ? '-l ' : ''}-c ${quoted(text)}`,
  );
}
