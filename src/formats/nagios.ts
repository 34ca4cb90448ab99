// The output of a Nagios plugin: one line with performance data, then a line a check; the status is 0, 1, 2 or 3.
import {say, show, type Shown} from '../domain/show.ts';
import {worseFirst, type Verdict} from '../domain/verdict.ts';
import {nameOf, seconds, type Report} from './report.ts';

const states: Record<Verdict, {readonly word: string; readonly status: number}> = {
  pass: {word: 'OK', status: 0},
  skipped: {word: 'OK', status: 0},
  warn: {word: 'WARNING', status: 1},
  fail: {word: 'CRITICAL', status: 2},
  unknown: {word: 'UNKNOWN', status: 3},
};

/** The status by which that world's tools go. */
export const nagiosStatus = (verdict: Verdict): number => states[verdict].status;

/** The bar begins performance data wherever it stands. */
const words = (text: string): string => show(text).replaceAll('|', '¦');
/** A label in quotes has no equals sign, and a quote in it is doubled. */
const label = (text: string): string => `'${words(text).replaceAll('=', '_').replaceAll("'", "''")}'`;

export function nagios({site, verdict, rows}: Report): readonly Shown[] {
  const sorted = [...rows].sort((a, b) => worseFirst(a.verdict, b.verdict));
  const bad = sorted.filter(row => row.verdict !== 'pass' && row.verdict !== 'skipped');
  const [first] = bad;
  const {word} = states[verdict];
  const what =
    first === undefined
      ? `${rows.length} checks are well`
      : `${bad.length} of ${rows.length} checks are not well: ${nameOf(first)} ${first.verdict}: ${first.message}`;
  const figures = sorted.flatMap(row =>
    row.durationMs === undefined ? [] : [`${label(nameOf(row))}=${seconds(row.durationMs)}s;;;0`],
  );
  const counted = [
    ...figures,
    ...(['fail', 'unknown', 'warn'] as const).map(
      each => `${each}=${rows.filter(row => row.verdict === each).length};;;0;${rows.length}`,
    ),
  ];
  return [
    show(`${word} - ${words(site)}: ${words(what)} | ${counted.join(' ')}`),
    ...sorted.map(row => say`${states[row.verdict].word} ${words(nameOf(row))}: ${words(row.message)}`),
  ];
}
