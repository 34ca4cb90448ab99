// Prometheus text format 0.0.4, also for the textfile collector of node_exporter.
import {show, type Shown} from '../domain/show.ts';
import {verdicts} from '../domain/verdict.ts';
import type {Report, ReportRow} from './report.ts';

const escapes: Readonly<Record<string, string>> = {'\\': '\\\\', '"': '\\"', '\n': '\\n'};
const quoted = (text: string): string =>
  `"${show(text).replaceAll(/[\\"\n]/g, found => escapes[found] ?? '')}"`;

interface Metric {
  readonly name: string;
  readonly help: string;
  /** Undefined: nothing is said of this check, rather than something untrue. */
  readonly values: (row: ReportRow) => readonly {readonly more?: string; readonly value: string}[];
}

const one = (value: number | undefined, digits = 0): readonly {readonly value: string}[] =>
  value === undefined ? [] : [{value: digits === 0 ? String(value) : value.toFixed(digits)}];

const metrics: readonly Metric[] = [
  {
    name: 'quarterdeck_check_verdict',
    help: 'The verdict of the check: 1 for the one that holds now, 0 for the others. A stale one is unknown.',
    values: ({verdict}) =>
      verdicts.map(each => ({more: `,verdict="${each}"`, value: each === verdict ? '1' : '0'})),
  },
  {
    name: 'quarterdeck_check_duration_seconds',
    help: 'How long the newest look took.',
    values: ({durationMs}) => one(durationMs === undefined ? undefined : durationMs / 1000, 3),
  },
  {
    name: 'quarterdeck_check_last_look_timestamp_seconds',
    help: 'When the newest look was, in seconds since 1970.',
    values: ({atMs}) => one(atMs === undefined ? undefined : atMs / 1000, 3),
  },
  {
    name: 'quarterdeck_check_assertions',
    help: 'How many things the newest look checked.',
    values: ({checked}) => one(checked),
  },
];

export function prometheus({site, rows}: Report): readonly Shown[] {
  const labelsOf = ({service, check, type, panel, severity}: ReportRow): string =>
    `site=${quoted(site)},service=${quoted(service)},check=${quoted(check)},type=${quoted(type)},panel="${panel}",severity="${severity}"`;
  return metrics.flatMap(({name, help, values}) => {
    const samples = rows.flatMap(row =>
      values(row).map(({more = '', value}) => show(`${name}{${labelsOf(row)}${more}} ${value}`)),
    );
    return samples.length === 0
      ? []
      : [show(`# HELP ${name} ${help}`), show(`# TYPE ${name} gauge`), ...samples];
  });
}
