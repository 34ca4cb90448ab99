// Results as text and as JSON, for `check` and `status`.
import {cellsOf} from '../domain/cells.ts';
import {exit} from '../domain/error.ts';
import {say, show} from '../domain/show.ts';
import type {Shown} from '../domain/show.ts';
import type {CheckSpec} from '../domain/site.ts';
import {rollUp, worseFirst} from '../domain/verdict.ts';
import type {CheckResult, Verdict} from '../domain/verdict.ts';

const glyphs: Record<Verdict, string> = {pass: '✔', warn: '!', fail: '✖', unknown: '?', skipped: '–'};

export interface Row {
  readonly spec: CheckSpec;
  readonly verdict: Verdict;
  /** `stale` where the verdict is one that was seen too long ago. */
  readonly word: string;
  readonly message: string;
  readonly age: string;
  readonly result: CheckResult | undefined;
}

/** Ages in steps, so that they change seldom: now, 1m, 2m, 5m, 10m, 30m, hours, days. */
export function ageOf(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 1) return 'now';
  if (minutes >= 2 * 24 * 60) return `${Math.floor(minutes / (24 * 60))}d`;
  if (minutes >= 60) return `${Math.floor(minutes / 60)}h`;
  return `${[30, 10, 5, 2, 1].find(step => minutes >= step) ?? 1}m`;
}

const pad = (text: string, cells: number): string => text + ' '.repeat(Math.max(0, cells - cellsOf(text)));
const widest = (texts: readonly string[]): number => Math.max(0, ...texts.map(cellsOf));

/** Aligned lines, the worst first; below each, the parts that are not well. */
export function linesOf(rows: readonly Row[]): Shown[] {
  const sorted = [...rows].sort((a, b) => worseFirst(a.verdict, b.verdict));
  const names = widest(rows.map(({spec}) => show(`${spec.service}/${spec.id}`)));
  const panels = widest(rows.map(({spec}) => spec.panel));
  const words = widest(rows.map(({word}) => word));
  const ages = widest(rows.map(({age}) => age));
  return sorted.flatMap(({spec, verdict, word, message, age, result}) => {
    const name = pad(show(`${spec.service}/${spec.id}`), names);
    const head = say`${glyphs[verdict]} ${pad(word, words)}  ${name}  ${pad(spec.panel, panels)}  ${pad(age, ages)}  ${message}`;
    const parts = (result?.parts ?? []).filter(part => part.verdict !== 'pass');
    const width = widest(parts.map(part => show(part.name)));
    return [
      head,
      ...parts.map(
        part =>
          say`    ${glyphs[part.verdict]} ${pad(show(part.name), width)}  ${part.verdict}: ${part.message}`,
      ),
    ];
  });
}

/** Over the checks that roll up; over all, when none of these does. */
export function overall(rows: readonly Row[]): Verdict {
  const counted = rows.filter(({spec}) => spec.rollup);
  return rollUp((counted.length > 0 ? counted : rows).map(({verdict}) => verdict));
}

const exits: Record<Verdict, number> = {
  pass: exit.good,
  warn: exit.good,
  skipped: exit.good,
  fail: exit.no,
  unknown: exit.could_not,
};

/** The exit status of an overall verdict; `strict` makes a warning a no. */
export const exitOf = (verdict: Verdict, strict: boolean): number =>
  strict && verdict === 'warn' ? exit.no : exits[verdict];

/** The fields of one result that `--json` promises, in their order. */
export const resultJson = (result: CheckResult): Record<string, unknown> => ({
  service: result.service,
  check: result.check,
  type: result.type,
  panel: result.panel,
  verdict: result.verdict,
  kind: result.kind,
  checked: result.checked,
  durationMs: result.durationMs,
  at: result.at,
  ...(result.expected === undefined ? {} : {expected: result.expected}),
  ...(result.actual === undefined ? {} : {actual: result.actual}),
  ...(result.retried === undefined ? {} : {retried: result.retried}),
  message: result.message,
});

/** `3 pass, 1 fail`, the worst first. */
export function countsOf(rows: readonly Row[]): string {
  const counts = new Map<Verdict, number>();
  for (const {verdict} of rows) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts]
    .sort(([a], [b]) => worseFirst(a, b))
    .map(([verdict, count]) => `${count} ${verdict}`)
    .join(', ');
}
