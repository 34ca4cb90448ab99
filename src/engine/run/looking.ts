// Steps that only look: a check, a wait until a check passes, a pause. Done by the console itself, repeatable.
import type {Json} from '../../domain/entry.ts';
import {rollUp, type CheckResult, type Verdict} from '../../domain/verdict.ts';
import type {StepPlan} from '../../define.ts';
import type {RunWorld} from './world.ts';

export interface Looked {
  readonly verdict: Verdict;
  readonly message: string;
  readonly durationMs: number;
  readonly results: readonly CheckResult[];
}

/** Between two looks while waiting until a check passes. */
const againMs = 1000;

/** Looks until it is done, its limit is over, or `signal` aborts (then undefined: nothing is to be recorded). */
export async function lookStep(
  plan: StepPlan,
  {
    world,
    service,
    signal,
  }: {
    readonly world: Pick<RunWorld, 'clock' | 'look'>;
    readonly service: string;
    readonly signal: AbortSignal;
  },
): Promise<Looked | undefined> {
  const {act} = plan;
  const {clock} = world;
  const began = clock.monoMs();
  const since = (): number => Math.max(0, Math.round(clock.monoMs() - began));
  if (act.at === 'pause') {
    await pause(act.forMs, {world, signal});
    return signal.aborted
      ? undefined
      : {verdict: 'pass', message: `waited ${act.forMs / 1000} s`, durationMs: since(), results: []};
  }
  if (act.at !== 'look')
    return {verdict: 'unknown', message: 'nothing to look at', durationMs: 0, results: []};
  const want = wanted(act, service);
  if (want.service === '') {
    return {verdict: 'unknown', message: 'the run has no service to look at', durationMs: 0, results: []};
  }
  const isStopped = (): boolean => signal.aborted;
  for (;;) {
    const results = await world.look(want, signal);
    if (isStopped()) return undefined;
    const verdict = rollUp(results.map(result => result.verdict));
    const good = verdict === 'pass' || verdict === 'warn';
    if (!act.until || good) return {verdict, message: summary(results, want), durationMs: since(), results};
    if (since() + againMs > plan.timeoutMs) {
      const message = `not within ${plan.timeoutMs / 1000} s: ${summary(results, want)}`;
      return {verdict, message, durationMs: since(), results};
    }
    await pause(againMs, {world, signal});
    if (isStopped()) return undefined;
  }
}

interface Want {
  readonly service: string;
  readonly check?: string;
  readonly panel?: string;
}

function wanted(act: StepPlan['act'] & {at: 'look'}, own: string): Want {
  if (act.check === undefined) return {service: own, ...(act.panel === undefined ? {} : {panel: act.panel})};
  const slash = act.check.indexOf('/');
  if (slash === -1) return {service: own, check: act.check};
  return {service: act.check.slice(0, slash), check: act.check.slice(slash + 1)};
}

function summary(results: readonly CheckResult[], {service, check, panel}: Want): string {
  if (results.length === 0) {
    return check === undefined
      ? `${service} has no checks in panel ${panel ?? ''}`
      : `${service} has no check ${check}`;
  }
  const bad = results.filter(({verdict}) => verdict !== 'pass' && verdict !== 'skipped');
  const told = bad.length === 0 ? results : bad;
  if (bad.length === 0 && results.length > 1) return `all ${results.length} pass`;
  return told
    .map(result => `${result.check}: ${result.message}`)
    .join('; ')
    .slice(0, 2000);
}

/** What an outcome records of a look. */
export const resultsBody = (results: readonly CheckResult[]): Json[] =>
  results.slice(0, 50).map(({service, check, verdict, message}) => ({
    service,
    check,
    verdict,
    message: message.slice(0, 500),
  }));

async function pause(
  forMs: number,
  {world, signal}: {readonly world: Pick<RunWorld, 'clock' | 'look'>; readonly signal: AbortSignal},
): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>(resolve => {
    const end = (): void => {
      cancel();
      signal.removeEventListener('abort', end);
      resolve();
    };
    const cancel = world.clock.after(forMs, end);
    signal.addEventListener('abort', end, {once: true});
  });
}
