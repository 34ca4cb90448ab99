// What both reports say, before either writes it: the head, an entry, a run, the totals.
import type {Detail} from './details.ts';
import {rules} from './kinds.ts';
import type {Marked, Sentence} from './sentence.ts';
import {count, duration, inline} from './text.ts';
import type {RunTotal, Totals} from './totals.ts';

export interface DerivedInput {
  readonly origin: string;
  /** The slice: entries `from` to before `to`, of a log of `size` entries with this root (hex). */
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly root: string;
}

/** A label and a value that is already shown; `code` is set in a fixed width. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly code?: true;
  readonly mark?: Marked | undefined;
  /** Entries of this slice that it points at. */
  readonly entries?: readonly number[];
}

export interface EntryView {
  readonly seq: number;
  /** `YYYY-MM-DD` and `HH:MM:SS.mmmZ`. */
  readonly day: string;
  readonly time: string;
  readonly operator: string;
  readonly via: string;
  readonly run: RunTotal | undefined;
  readonly mark: Marked | undefined;
  readonly sentence: Sentence;
  readonly details: readonly Detail[];
  /** Set when the page is full: only the sentence is shown. */
  readonly bare: boolean;
}

/** More entries than this, and the reports hold no timeline. */
const mostEntries = 20_000;

export const hasTimeline = ({from, to}: DerivedInput): boolean => to - from <= mostEntries;

export const isInside = ({from, to}: DerivedInput, seq: number): boolean => seq >= from && seq < to;

export function headFacts(input: DerivedInput, first: string, last: string): Fact[] {
  const {origin, from, to, size, root} = input;
  const whole = from === 0 && to === size ? 'the whole log' : 'a slice of the log';
  return [
    {label: 'Log', value: inline(origin).text, code: true},
    {label: 'Entries', value: `${from} to ${to - 1}: ${to - from} of ${size}, ${whole}`},
    {label: 'First entry', value: first},
    {label: 'Last entry', value: last},
    {label: `Root of ${size}`, value: root, code: true},
    {label: 'Rules', value: rules, code: true},
  ];
}

/** Our own sentences, without anything of the log in them. */
export const caution = [
  'This page was derived from the entries of the bundle in which it lies, for people to read. By itself it proves nothing.',
  'Before you rely on it, verify the bundle: run verify.py, open verify.html or run `quarterdeck evidence verify`, each from a copy, and with a verifier key, that you obtained elsewhere. A verifier derives this page again and compares it byte for byte. Then compare size and root above with a checkpoint that was kept elsewhere.',
  'Times are as the clock of the host said, in UTC; the order is that of the entry numbers. Characters that cannot be seen are shown as \\u{hex}, changes of colour as \\e. Long outputs are shortened here; the bundle holds them whole, in disclosures.jsonl and artifacts.',
] as const;

export const noTimeline = `The slice has more than ${mostEntries} entries, so this page holds no timeline. population.csv and timeline.csv hold every entry.`;
export const noRuns = 'No entry of this slice belongs to a run.';
export const bareNote = 'Details left out, the page is full: see entries.jsonl.';

export function runFacts(run: RunTotal, markOf: (word: string) => Marked | undefined): Fact[] {
  const facts: Fact[] = [];
  const add = (label: string, value: string | undefined): void => {
    if (value !== undefined) facts.push({label, value});
  };
  const {result} = run;
  if (result === undefined) add('Result', 'not finished in this slice');
  else facts.push({label: 'Result', value: result, mark: markOf(result)});
  add('Runbook', run.title);
  add('Procedure', run.procedure);
  add('Service', run.service);
  add('Environment', run.environment);
  add('Operators', run.operators.join(', ') + (run.moreOperators ? ' and more' : ''));
  add('Started', run.started ?? 'before this slice');
  add('Finished', run.finished);
  if (run.durationMs !== undefined && run.durationMs >= 0) add('Took', duration(run.durationMs));
  const said = [count(run.entries, 'entry', 'entries'), count(run.actions, 'action')];
  if (run.refused > 0) said.push(`${run.refused} refused`);
  if (run.unknown > 0) said.push(count(run.unknown, 'unknown outcome'));
  facts.push({
    label: 'Entries',
    value: said.join(', '),
    entries: run.first === run.last ? [run.first] : [run.first, run.last],
  });
  return facts;
}

/** Tables of the end: a heading and rows of name and number. */
export function totalTables(totals: Totals): {heading: string; rows: [string, number][]}[] {
  const unfinished = [...totals.runs.values()].filter(run => run.result === undefined).length;
  const results: [string, number][] = [...totals.results.counts];
  if (unfinished > 0) results.push(['not finished in this slice', unfinished]);
  const seen: [string, number][] = [
    ['values shown', totals.shown],
    ['values erased', totals.erased],
    ['refusals', totals.refused],
    ['unknown outcomes', totals.unknown],
  ];
  if (totals.unlisted > 0) seen.push(['entries of runs that are not listed', totals.unlisted]);
  return [
    {heading: 'Entries by kind', rows: [...totals.kinds.counts]},
    {heading: 'Entries by operator', rows: [...totals.operators.counts]},
    {heading: 'Runs by result', rows: results},
    {heading: 'Values and marks', rows: seen},
  ];
}
