// Steps that only look: a check, a gate, a wait until a check passes, a pause. Done by the console itself, repeatable.
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
  if (act.at === 'gate' && act.checks.length === 0) return nothing(`the gate ${act.gate} names no checks`);
  const wants =
    act.at === 'gate' ? act.checks.map(check => checkNamed(check, service)) : wantedBy(plan, service);
  if (wants.length === 0) return nothing('nothing to look at');
  if (wants.some(want => want.service === '')) return nothing('the run has no service to look at');
  const isStopped = (): boolean => signal.aborted;
  const isUntil = act.at === 'look' && act.until;
  for (let retries = plan.retries ?? 0; ; retries -= 1) {
    const seen = await Promise.all(
      wants.map(async want => ({want, results: await world.look(want, signal)})),
    );
    if (isStopped()) return undefined;
    const results = seen.flatMap(one => one.results);
    const {verdict, message} = act.at === 'gate' ? throughGate(seen) : together(seen);
    const good = verdict === 'pass' || verdict === 'warn';
    if (good || (!isUntil && retries <= 0)) return {verdict, message, durationMs: since(), results};
    if (since() + againMs > plan.timeoutMs) {
      const within = isUntil ? `not within ${plan.timeoutMs / 1000} s: ` : '';
      return {verdict, message: `${within}${message}`, durationMs: since(), results};
    }
    await pause(againMs, {world, signal});
    if (isStopped()) return undefined;
  }
}

const nothing = (message: string): Looked => ({verdict: 'unknown', message, durationMs: 0, results: []});

interface Seen {
  readonly want: Want;
  readonly results: readonly CheckResult[];
}

function together(seen: readonly Seen[]): {readonly verdict: Verdict; readonly message: string} {
  const results = seen.flatMap(one => one.results);
  const [{want} = {want: {service: ''}}] = seen;
  const verdict = rollUp(results.map(result => result.verdict));
  // Checks that were all passed over say nothing about what was to be seen.
  return verdict === 'skipped'
    ? {verdict: 'unknown', message: `nothing was looked at: ${summary(results, want)}`}
    : {verdict, message: summary(results, want)};
}

/** Every check must pass: a warning holds a gate, and what was not looked at, or says nothing, is no pass. */
function throughGate(seen: readonly Seen[]): {readonly verdict: Verdict; readonly message: string} {
  const each = seen.map(({want, results}) => ({
    verdict: rollUp(results.map(result => result.verdict)),
    text: `${want.service}/${summary(results, want)}`,
  }));
  const against = each.filter(({verdict}) => verdict !== 'pass');
  if (against.length === 0) return {verdict: 'pass', message: `all ${each.length} checks of the gate pass`};
  const verdict = against.some(one => one.verdict === 'fail' || one.verdict === 'warn') ? 'fail' : 'unknown';
  return {
    verdict,
    message: against
      .map(({text}) => text)
      .join('; ')
      .slice(0, 2000),
  };
}

/** Looks whether commands are there, on this host. */
export async function lookForCommands(
  names: readonly string[],
  {files, path}: {readonly files: RunWorld['files']; readonly path: string | undefined},
): Promise<Looked> {
  if (path === undefined) return nothing('the search path (PATH) is not known here');
  const missing: string[] = [];
  for (const name of names) if (!(await isCommand(name, {files, path}))) missing.push(name);
  const [verdict, message] =
    missing.length === 0
      ? (['pass', `found: ${names.join(', ')}`] as const)
      : (['fail', `not found: ${missing.join(', ')}; install what is missing, or look at PATH`] as const);
  return {verdict, message, durationMs: 0, results: []};
}

/** A program that may be run, under its own path or in a folder of the search path. */
async function isCommand(
  name: string,
  {files, path}: {readonly files: RunWorld['files']; readonly path: string},
): Promise<boolean> {
  const places = name.includes('/')
    ? [name]
    : path
        .split(':')
        .filter(Boolean)
        .map(dir => `${dir}/${name}`);
  for (const place of places) {
    const real = await files.real(place);
    const stat = real === undefined ? undefined : await files.stat(real);
    if (stat?.kind === 'file' && (stat.mode & 0o111) !== 0) return true;
  }
  return false;
}

interface Want {
  readonly service: string;
  readonly check?: string;
  readonly panel?: string;
}

function wantedBy({act}: StepPlan, own: string): readonly Want[] {
  if (act.at !== 'look') return [];
  if (act.check !== undefined) return [checkNamed(act.check, own)];
  return [{service: own, ...(act.panel === undefined ? {} : {panel: act.panel})}];
}

/** `service/check`, or a check of the run's own service. */
export function checkNamed(name: string, own: string): Want & {readonly check: string} {
  const slash = name.indexOf('/');
  return slash === -1
    ? {service: own, check: name}
    : {service: name.slice(0, slash), check: name.slice(slash + 1)};
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
