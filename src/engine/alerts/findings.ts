// From the states of checks to findings: what fires, what is undecided, and what is only down because of something else.
import type {Finding} from '../../domain/alert.ts';
import type {Dependency, Service} from '../../domain/site.ts';
import {timestamp} from '../../domain/time.ts';
import type {Severity, Verdict} from '../../domain/verdict.ts';
import {nameOf, type CheckState} from '../monitor/state.ts';

/** How long a finding waits for what it depends on to make up its mind. */
const longestDoubtMs = 5 * 60_000;

type Stand = 'up' | 'down' | 'undecided';

export const keyOfCheck = (service: string, check: string): string => `check ${service}/${check}`;

const isBad = (verdict: Verdict | undefined): boolean =>
  verdict === 'fail' || verdict === 'unknown' || verdict === 'warn';

/** What is too old says nothing: nothing opens or closes because of it. */
function atOf({phase, stale, last, hard, strikes}: CheckState): Finding['at'] {
  if (stale || last === undefined) return 'undecided';
  if (phase === 'firing') return 'firing';
  if (phase === 'ok' && !isBad(hard) && strikes.flapping === undefined)
    return hard === undefined ? 'undecided' : 'clear';
  return 'undecided';
}

/** A warning is nobody's night call, unless the look itself says how grave it is. */
function severityOf({spec, last, hard, strikes}: CheckState): Severity {
  if (last?.severity !== undefined && last.verdict === hard) return last.severity;
  if (hard !== 'warn' || strikes.flapping !== undefined) return spec.severity;
  return spec.severity === 'sev4' ? 'sev4' : 'sev3';
}

/** R23: `<name> UPTIME: N consecutive failures @ ts`. */
function titleOf({spec, hard, strikes, sinceMs}: CheckState): string {
  const name = nameOf(spec);
  const at = (ms: number | undefined): string => `${timestamp(ms ?? 0).slice(0, 19)}Z`;
  if (strikes.flapping !== undefined)
    return `${name} FLAPPING: its state changes too often @ ${at(strikes.flapping.sinceMs)}`;
  const verdict = hard ?? 'unknown';
  const count = strikes.counters[verdict];
  const {within, fail} = spec.strikes;
  const often =
    within !== undefined && count < fail ? `${within.bad} of ${within.of}` : `${count} consecutive`;
  switch (verdict) {
    case 'unknown':
      return `${name} UNKNOWN: ${often} looks could not tell @ ${at(sinceMs)}`;
    case 'warn':
      return `${name} WARNING: ${often} looks @ ${at(sinceMs)}`;
    case 'fail':
    case 'pass':
    case 'skipped':
      return `${name} UPTIME: ${often} failures @ ${at(sinceMs)}`;
  }
}

function standOf(state: CheckState | undefined): Stand {
  if (state === undefined) return 'up';
  const {phase, hard, strikes, stale} = state;
  if (strikes.flapping !== undefined) return 'down';
  if (hard === 'fail' && (phase === 'firing' || phase === 'recovering')) return 'down';
  // What it is about to be is known soon; what is stale never tells.
  return phase === 'pending' && strikes.counters.fail > 0 && !stale ? 'undecided' : 'up';
}

/** The checks behind a dependency: one, or all of a service that roll up. */
const behind = ({service, check}: Dependency, states: readonly CheckState[]): readonly CheckState[] =>
  states.filter(
    ({spec}) => spec.service === service && (check === undefined ? spec.rollup : spec.id === check),
  );

/** What a check is held up by: something that is down, that may be, or that has come back since it was looked at. */
function hindrance(
  state: CheckState,
  states: readonly CheckState[],
  nowMs: number,
): Pick<Finding, 'because'> & {readonly waits: boolean} {
  let waits = false;
  for (const dependency of state.spec.dependsOn ?? []) {
    for (const parent of behind(dependency, states)) {
      const stand = standOf(parent);
      if (stand === 'down') return {because: nameOf(parent.spec), waits: false};
      // Since then it may be well again; its next look tells.
      const isNewer = (parent.sinceMs ?? 0) > (state.seenMs ?? 0);
      if ((stand === 'undecided' && nowMs - (state.sinceMs ?? nowMs) < longestDoubtMs) || isNewer)
        waits = true;
    }
  }
  return {waits};
}

/** One finding for each check, in the order of the site. */
export function findingsOf(
  states: readonly CheckState[],
  services: readonly Service[],
  nowMs: number,
): readonly Finding[] {
  const labels = new Map(services.map(service => [service.id, service.labels]));
  return states.map(state => {
    const {spec, last, sinceMs, strikes} = state;
    const at = atOf(state);
    const {because, waits} =
      at === 'firing' ? hindrance(state, states, nowMs) : {because: undefined, waits: false};
    return {
      key: keyOfCheck(spec.service, spec.id),
      service: spec.service,
      check: spec.id,
      labels: labels.get(spec.service) ?? [],
      at: waits && because === undefined ? 'undecided' : at,
      severity: severityOf(state),
      // Most are clear, and nobody reads the title of what is well.
      title: at === 'clear' ? nameOf(spec) : titleOf(state),
      message: last?.message ?? '',
      sinceMs: strikes.flapping?.sinceMs ?? sinceMs ?? nowMs,
      ...(because === undefined ? {} : {because}),
    };
  });
}
