// Verdicts of checks as other tools read them. Pure: what was seen goes in, lines come out.
import type {Kind, Panel, Severity, Verdict} from '../domain/verdict.ts';

/** One check in a report; texts are raw. */
export interface ReportRow {
  readonly service: string;
  readonly check: string;
  readonly type: string;
  readonly panel: Panel;
  /** What counts now: a stale pass is `unknown` here. */
  readonly verdict: Verdict;
  readonly kind: Kind;
  readonly severity: Severity;
  readonly checked: number;
  readonly message: string;
  /** Whether it counts for the whole. */
  readonly rollup: boolean;
  /** Undefined where it was never looked at. */
  readonly durationMs?: number;
  readonly atMs?: number;
}

export interface Report {
  readonly site: string;
  readonly atMs: number;
  readonly verdict: Verdict;
  readonly rows: readonly ReportRow[];
}

export const nameOf = ({service, check}: Pick<ReportRow, 'service' | 'check'>): string =>
  `${service}/${check}`;

export const seconds = (ms: number): string => (ms / 1000).toFixed(3);
