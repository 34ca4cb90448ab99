// JUnit XML, as CI systems draw it: a suite a service, a case a check. `unknown` is an error, not a failure.
import {say, show, type Shown} from '../domain/show.ts';
import {timestamp} from '../domain/time.ts';
import {seconds, type Report, type ReportRow} from './report.ts';

const marks: Readonly<Record<string, string>> = {'&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;'};

/** Safe text has no control characters, so that only the marks of XML itself are left to escape. */
const xml = (text: string): string => show(text).replaceAll(/[&<>"]/g, found => marks[found] ?? '');

function insideOf({verdict, kind, message, checked}: ReportRow): string {
  const said = `message="${xml(message)}" type="${kind}"`;
  switch (verdict) {
    case 'fail':
      return `<failure ${said}/>`;
    case 'unknown':
      return `<error ${said}/>`;
    case 'skipped':
      return `<skipped message="${xml(message)}"/>`;
    case 'warn':
      return `<system-out>warning: ${xml(message)}</system-out>`;
    case 'pass':
      return `<system-out>${xml(message)} (${checked} checked)</system-out>`;
  }
}

const timeOf = (rows: readonly ReportRow[]): string =>
  seconds(rows.reduce((sum, {durationMs}) => sum + (durationMs ?? 0), 0));

const countsOf = (rows: readonly ReportRow[]): string => {
  const count = (verdict: ReportRow['verdict']): number => rows.filter(row => row.verdict === verdict).length;
  return `tests="${rows.length}" failures="${count('fail')}" errors="${count('unknown')}" skipped="${count('skipped')}" time="${timeOf(rows)}"`;
};

export function junit({site, atMs, rows}: Report): readonly Shown[] {
  const services = [...new Set(rows.map(({service}) => service))];
  const at = timestamp(atMs).slice(0, 19);
  const suites = services.flatMap(service => {
    const mine = rows.filter(row => row.service === service);
    return [
      `  <testsuite name="${xml(service)}" timestamp="${at}" ${countsOf(mine)}>`,
      ...mine.map(
        row =>
          `    <testcase name="${xml(row.check)}" classname="${xml(`${site}.${service}`)}" time="${timeOf([row])}">${insideOf(row)}</testcase>`,
      ),
      '  </testsuite>',
    ];
  });
  return [
    say`<?xml version="1.0" encoding="UTF-8"?>`,
    show(`<testsuites name="${xml(site)}" ${countsOf(rows)}>`),
    ...suites.map(show),
    say`</testsuites>`,
  ];
}
