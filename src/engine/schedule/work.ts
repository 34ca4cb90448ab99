// What jobs do. A program acts, so its intent is on disk before it starts; what cannot be recorded is not done.
import {childEnv} from '../../domain/child-env.ts';
import type {Job, JobWork} from '../../domain/schedule.ts';
import {timestamp} from '../../domain/time.ts';
import {rollUp} from '../../domain/verdict.ts';
import type {CheckResult} from '../../domain/verdict.ts';
import type {Clock, Env, Exec, Ledger} from '../../ports.ts';
import {lastLine} from '../../remote/ssh.ts';
import {JobLimit, type JobDone} from './scheduler.ts';

export interface WorkRequest {
  readonly clock: Clock;
  readonly env: Env;
  readonly exec: Exec;
  readonly ledger: Ledger;
  /** Commands of a site that is not trusted are not run. */
  readonly trusted: boolean;
  readonly siteDir: string;
  /** What the program itself does under that name. */
  readonly own: Readonly<Record<'uptime' | 'slo', (signal: AbortSignal) => Promise<JobDone>>>;
  /** Looks at these checks now, and keeps what was seen as the monitor does; in any order. */
  readonly look: (work: Extract<JobWork, {at: 'checks'}>) => Promise<readonly CheckResult[]>;
  /** Takes secrets out of what a program said. */
  readonly masked: (text: string) => string;
}

type Slot = {readonly slotMs: number; readonly isLate: boolean};

const graceMs = 5_000;
const maxOutputBytes = 256 * 1024;

export function workOf(request: WorkRequest) {
  return async (job: Job, slot: Slot, signal: AbortSignal): Promise<JobDone> => {
    const {work} = job;
    switch (work.at) {
      case 'own':
        return request.own[work.name](signal);
      case 'checks':
        return lookAt(work, request);
      case 'command':
        return command({job, work, slot, signal}, request);
      case 'nothing':
        return {outcome: 'skipped', message: `not configured: ${work.why}`};
    }
  };
}

async function lookAt(work: Extract<JobWork, {at: 'checks'}>, {look}: WorkRequest): Promise<JobDone> {
  const results = await look(work);
  if (results.length === 0)
    return {outcome: 'skipped', message: `not configured: the site has no check of ${work.types.join(', ')}`};
  const verdict = rollUp(results.map(result => result.verdict));
  const bad = results.filter(result => result.verdict === verdict);
  const [first] = bad;
  const well = verdict === 'pass' || verdict === 'warn' || verdict === 'skipped';
  return {
    outcome: well ? 'passed' : verdict === 'fail' ? 'failed' : 'unknown',
    message:
      first === undefined || verdict === 'pass'
        ? `${results.length} checks pass`
        : `${bad.length} of ${results.length} ${verdict}: ${first.service}/${first.check}: ${first.message}`,
  };
}

interface Acting {
  readonly job: Job;
  readonly work: Extract<JobWork, {at: 'command'}>;
  readonly slot: Slot;
  readonly signal: AbortSignal;
}

async function command({job, work, slot, signal}: Acting, request: WorkRequest): Promise<JobDone> {
  const {clock, exec, env, ledger, trusted, siteDir, masked} = request;
  if (!trusted) return {outcome: 'skipped', message: 'not run: the site is not trusted'};
  const about = {job: job.id, slot: timestamp(slot.slotMs)};
  const intended = await recorded(ledger, {
    kind: 'job.intent',
    body: {...about, argv: [...work.argv], limitMs: job.limitMs, ...(slot.isLate ? {late: true} : {})},
  });
  if (intended !== undefined)
    return {outcome: 'skipped', message: `not run, since it could not be recorded: ${intended}`};
  const fromMs = clock.monoMs();
  const answer = await exec.run({
    argv: work.argv,
    cwd: work.cwd ?? siteDir,
    env: childEnv(name => env.get(name)),
    timeoutMs: job.limitMs,
    graceMs,
    maxOutputBytes,
    signal,
  });
  const done = masking(doneOf(answer, signal), masked);
  const lost = await recorded(ledger, {
    kind: 'job.outcome',
    body: {...about, outcome: done.outcome, durationMs: Math.round(clock.monoMs() - fromMs)},
    disclosed: [{ptr: '/body/message', value: done.message}],
  });
  return lost === undefined ? done : {...done, message: `${done.message} (not recorded: ${lost})`};
}

const masking = ({outcome, message}: Ended, masked: (text: string) => string): Ended => ({
  outcome,
  message: masked(message),
});

type Ended = {readonly outcome: 'passed' | 'failed' | 'unknown'; readonly message: string};

function doneOf(answer: Awaited<ReturnType<Exec['run']>>, signal: AbortSignal): Ended {
  if (answer.at === 'spawn') return {outcome: 'failed', message: `could not be started: ${answer.message}`};
  const said = lastLine(answer.stderr) ?? lastLine(answer.stdout);
  const words = said === undefined ? '' : `: ${said}`;
  if (answer.at === 'hang')
    return {outcome: 'failed', message: `was stopped at its limit after ${answer.durationMs} ms${words}`};
  if (signal.reason instanceof JobLimit)
    return {outcome: 'failed', message: `${signal.reason.message}${words}`};
  if (signal.aborted)
    return {outcome: 'unknown', message: `was stopped with the program that ran it${words}`};
  const ended = answer.status === null ? `signal ${answer.bySignal ?? '?'}` : `exit ${answer.status}`;
  return {outcome: answer.status === 0 ? 'passed' : 'failed', message: `${ended}${words}`};
}

/** Undefined when it is on disk, else why not. */
async function recorded(
  ledger: Ledger,
  entry: Parameters<Ledger['append']>[0]['entries'][number],
): Promise<string | undefined> {
  if (ledger.readOnly !== undefined) return ledger.readOnly;
  try {
    const result = await ledger.append({entries: [entry]});
    return result.ok ? undefined : result.message;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
