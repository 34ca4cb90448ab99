// The variable that takes a step's output.
import type {Job} from './job.ts';
import type {Outcome, Scene} from './scene.ts';

/** A variable may not be longer, as in words.ts. */
const maxBytes = 100 * 1024;

/** The value, when the step passed and the runbook wants one; a step without it has failed. */
export async function valueOf(
  job: Job,
  outcome: Outcome,
  scene: Scene,
): Promise<{readonly outcome: Outcome; readonly value?: string}> {
  const {capture} = job;
  const isGood = outcome.verdict === 'pass' || outcome.verdict === 'warn';
  if (capture === undefined || !isGood) return {outcome};
  const without = (why: string) => ({
    outcome: {...outcome, verdict: 'fail' as const, message: `${outcome.message}, but ${why}`},
  });
  const text = (outcome.value ?? '').trim();
  const {name, re, pattern} = capture;
  const match = re === undefined ? {found: text} : await scene.firstMatch(re, text);
  if ('problem' in match) return without(`${name} has no value: ${match.problem}`);
  const {found} = match;
  if (found === undefined)
    return without(`nothing in the output matches ${re ?? ''}, so ${name} has no value`);
  if (found === '') return without(`there was no output, so ${name} has no value`);
  if (found.includes('\0')) return without(`the output holds a NUL character, so ${name} has no value`);
  if (Buffer.byteLength(found) > maxBytes)
    return without(`the output has more than ${maxBytes} bytes, so ${name} has no value`);
  const unfit = pattern === undefined ? undefined : await scene.patternProblem(found, pattern);
  // The value is kept with the run, and is not repeated in a message that is not.
  if (unfit !== undefined) return without(`what was found is no value of ${name}: ${unfit}`);
  return {outcome, value: found};
}
