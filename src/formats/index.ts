// What other tools read: verdicts in their formats. Imports domain, nothing else.
import type {Shown} from '../domain/show.ts';
import {healthJson} from './health-json.ts';
import {junit} from './junit.ts';
import {nagios, nagiosStatus} from './nagios.ts';
import {prometheus} from './prometheus.ts';
import type {Report} from './report.ts';
import {tap} from './tap.ts';

export type {Report, ReportRow} from './report.ts';
export {nagiosStatus};

export type Rendered =
  {readonly lines: readonly Shown[]} | {readonly json: Readonly<Record<string, unknown>>};

/** THE list of formats besides our own text and JSON. */
export const formats: Readonly<Record<string, (report: Report) => Rendered>> = {
  junit: report => ({lines: junit(report)}),
  tap: report => ({lines: tap(report)}),
  nagios: report => ({lines: nagios(report)}),
  prometheus: report => ({lines: prometheus(report)}),
  'health+json': report => ({json: healthJson(report)}),
};

/** Names for `--format`, our own two first. */
export const formatNames = ['text', 'json', ...Object.keys(formats)] as const;
