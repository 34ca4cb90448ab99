// A command's end compared with what the runbook expects, in words.
import type {Ran} from './command.ts';
import type {Job} from './job.ts';
import type {Ending} from './ending.ts';
import type {Outcome} from './scene.ts';

export interface Seen {
  readonly ending: Ending;
  /** Whether the text that is expected was in the output. */
  readonly found: boolean;
  /** The first line on standard error. */
  readonly complaint: string | undefined;
}

/** `expect` of the job was masked, as the output was. */
export function judged(job: Job, ran: Ran, {ending, found, complaint}: Seen): Outcome {
  const why = ending.why();
  if (ran.at === 'not') return {...ran.outcome, ...(why === undefined ? {} : {ended: why.ended})};
  const {status, signal, left} = ran;
  const how = {
    ...(status === null ? {} : {status}),
    ...(signal === null ? {} : {signal}),
    ...(why === undefined ? {} : {ended: why.ended}),
    survivors: left.survivors,
  };
  const {verdict, message} = verdictOf(job, {status, signal, why: why?.message, found, complaint});
  const note = left.note === undefined ? '' : `; ${left.note}`;
  return {verdict, message: `${message}${note}`, ...how};
}

interface Facts {
  readonly status: number | null;
  readonly signal: string | null;
  readonly why: string | undefined;
  readonly found: boolean;
  readonly complaint: string | undefined;
}

function verdictOf(
  {expect, runAs}: Job,
  {status, signal, why, found, complaint}: Facts,
): Pick<Outcome, 'verdict' | 'message'> {
  if (why !== undefined) return {verdict: 'fail', message: why};
  if (status === null) return {verdict: 'fail', message: `ended by ${signal ?? 'a signal'}`};
  const wanted = typeof expect === 'number' ? expect : 0;
  if (status !== wanted) {
    if (runAs !== undefined && status === 1 && complaint?.startsWith('sudo: ') === true)
      return {
        verdict: 'fail',
        message: `it did not run as ${runAs}, because sudo refused: ${complaint.slice(6)}. Allow it without a password in sudoers (with SETENV for variables)`,
      };
    return {verdict: 'fail', message: wanted === 0 ? `exit ${status}` : `exit ${status}, expected ${wanted}`};
  }
  if (typeof expect === 'string' && !found)
    return {
      verdict: 'fail',
      message: `exit ${status}, but the output does not contain ${JSON.stringify(expect)}`,
    };
  return {verdict: 'pass', message: `exit ${status}`};
}
