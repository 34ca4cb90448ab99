// The verdict of one look, and how many verdicts roll up into one.

export const verdicts = ['pass', 'warn', 'fail', 'unknown', 'skipped'] as const;
export type Verdict = (typeof verdicts)[number];

/** What kind of evidence the verdict rests on; `assertion` is the ordinary one (it held, or it did not). */
export const kinds = [
  'assertion',
  'timeout',
  'hang',
  'dns',
  'connect',
  'tls',
  'auth',
  'permission',
  'notInstalled',
  'noData',
  'vacuous',
  'config',
  'notDue',
  'notConfigured',
] as const;
export type Kind = (typeof kinds)[number];

export const severities = ['sev1', 'sev2', 'sev3', 'sev4'] as const;
export type Severity = (typeof severities)[number];

/** One named part of a look, such as the `db` line of a readiness answer. */
export interface Part {
  readonly name: string;
  readonly verdict: Verdict;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
}

/** What a check's `run` returns. `checked` counts the assertions that were really made. */
export interface Look {
  readonly verdict: Verdict;
  readonly kind: Kind;
  readonly checked: number;
  readonly message: string;
  readonly expected?: string;
  readonly actual?: string;
  readonly severity?: Severity;
  readonly parts?: readonly Part[];
  /** How often it was tried again inside the slot before this came of it; such a pass is counted apart. */
  readonly retried?: number;
  /** What the target answered with, where that is a number: an HTTP status. */
  readonly code?: number;
  /** Where a look counts events, such as requests: how many were good, of how many. */
  readonly events?: {readonly good: number; readonly total: number};
}

export const panels = ['health', 'readiness', 'signals'] as const;
export type Panel = (typeof panels)[number];

/** A look with its place and time; `at` is RFC 3339 UTC. Untrusted text inside is raw: show it through `show()`. */
export interface CheckResult extends Look {
  readonly service: string;
  readonly check: string;
  readonly type: string;
  readonly panel: Panel;
  readonly at: string;
  readonly durationMs: number;
}

const rank: Record<Verdict, number> = {fail: 4, unknown: 3, warn: 2, pass: 1, skipped: 0};

/** Worst first: fail > unknown > warn > pass > skipped. Nothing at all is `unknown`: it was not looked at. */
export function rollUp(list: Iterable<Verdict>): Verdict {
  let worst: Verdict | undefined;
  for (const verdict of list) if (worst === undefined || rank[verdict] > rank[worst]) worst = verdict;
  return worst ?? 'unknown';
}

/** Negative when `a` is worse than `b`, for sorting the worst first. */
export const worseFirst = (a: Verdict, b: Verdict): number => rank[b] - rank[a];

/** A pass that checked nothing is no pass: it becomes `unknown`, kind `vacuous`. */
export function honest(look: Look): Look {
  if (look.verdict !== 'pass' || look.checked > 0) return look;
  return {...look, verdict: 'unknown', kind: 'vacuous', message: `checked nothing: ${look.message}`};
}
