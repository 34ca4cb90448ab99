// TAP 14: a line a check, with what was seen as a YAML block. A warning is ok and says so.
import {say, show, type Shown} from '../domain/show.ts';
import {nameOf, type Report, type ReportRow} from './report.ts';

/** In a description `#` begins a directive and `\` escapes. */
const words = (text: string): string => text.replaceAll(/[\\#]/g, String.raw`\$&`);

function linesOf(row: ReportRow, number: number): readonly Shown[] {
  const {verdict, kind, checked, message, severity, durationMs} = row;
  const isOk = verdict === 'pass' || verdict === 'warn' || verdict === 'skipped';
  const skip = verdict === 'skipped' ? ` # SKIP ${words(message)}` : '';
  const head = show(`${isOk ? 'ok' : 'not ok'} ${number} - ${words(nameOf(row))}${skip}`);
  if (verdict === 'skipped') return [head];
  return [
    head,
    say`  ---`,
    say`  verdict: ${verdict}`,
    say`  kind: ${kind}`,
    say`  severity: ${severity}`,
    say`  checked: ${checked}`,
    // A JSON string is a YAML string.
    show(`  message: ${JSON.stringify(show(message))}`),
    ...(durationMs === undefined ? [] : [say`  duration_ms: ${durationMs}`]),
    say`  ...`,
  ];
}

export const tap = ({rows}: Report): readonly Shown[] => [
  say`TAP version 14`,
  say`1..${rows.length}`,
  ...rows.flatMap((row, i) => linesOf(row, i + 1)),
];
