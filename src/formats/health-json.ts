// `application/health+json` (draft-inadarei-api-health-check-06). It has no word for unknown: what was not seen is no pass.
import {timestamp} from '../domain/time.ts';
import type {Verdict} from '../domain/verdict.ts';
import type {Report, ReportRow} from './report.ts';

const statuses: Record<Verdict, 'pass' | 'warn' | 'fail'> = {
  pass: 'pass',
  skipped: 'pass',
  warn: 'warn',
  fail: 'fail',
  unknown: 'fail',
};

const componentOf = (row: ReportRow): Record<string, unknown> => ({
  componentId: row.check,
  componentType: row.type,
  status: statuses[row.verdict],
  ...(row.durationMs === undefined ? {} : {observedValue: row.durationMs, observedUnit: 'ms'}),
  ...(row.atMs === undefined ? {} : {time: timestamp(row.atMs)}),
  // As the draft has it, what passes needs no words; `unknown` is said here, since the status cannot say it.
  ...(row.verdict === 'pass' ? {} : {output: `${row.verdict}: ${row.message}`}),
});

/** The document, to be printed as JSON. */
export const healthJson = ({site, verdict, rows}: Report): Record<string, unknown> => ({
  status: statuses[verdict],
  serviceId: site,
  ...(verdict === 'unknown' ? {output: 'unknown: something could not be looked at'} : {}),
  checks: Object.fromEntries(rows.map(row => [`${row.service}:${row.check}`, [componentOf(row)]])),
});
