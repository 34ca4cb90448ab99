// What is counted while entries pass: runs, kinds, operators, results. Everything here has a limit.
import {member, numberIn, textIn, type Fields} from './json.ts';
import type {Marked} from './sentence.ts';
import {inline} from './text.ts';

const mostRuns = 10_000;
const mostNames = 1000;
const mostOperators = 20;

/** Counts by name, in the order of first appearance; names after the first 1000 are counted as `(others)`. */
class Tally {
  readonly counts = new Map<string, number>();

  add(name: string): void {
    const known = this.counts.has(name) || this.counts.size < mostNames;
    const key = known ? name : '(others)';
    this.counts.set(key, (this.counts.get(key) ?? 0) + 1);
  }
}

/** A run as this slice shows it. Every text is one line, shown and cut. */
export interface RunTotal {
  /** 1, 2, 3, … in the order of first appearance. */
  readonly number: number;
  readonly id: string;
  title?: string;
  procedure?: string;
  service?: string;
  environment?: string;
  started?: string;
  finished?: string;
  result?: string;
  durationMs?: number;
  readonly operators: string[];
  moreOperators: boolean;
  readonly first: number;
  last: number;
  entries: number;
  actions: number;
  refused: number;
  unknown: number;
}

const lineIn = (of: unknown, key: string): string | undefined => {
  const text = textIn(of, key);
  return text === undefined ? undefined : inline(text).text;
};

export class Totals {
  readonly kinds = new Tally();
  readonly operators = new Tally();
  readonly results = new Tally();
  readonly runs = new Map<string, RunTotal>();
  /** Entries of runs after the first 10,000, which are not listed. */
  unlisted = 0;
  shown = 0;
  erased = 0;
  refused = 0;
  unknown = 0;

  /** Counts an entry; the total of its run, when it has one that is listed. */
  add(entry: Fields, seq: number, mark: Marked | undefined): RunTotal | undefined {
    const kind = textIn(entry, 'kind') ?? '';
    this.kinds.add(inline(kind).text);
    const operator = lineIn(member(entry, 'actor'), 'operator') ?? '';
    this.operators.add(operator);
    if (mark?.word === 'refused') this.refused += 1;
    if (kind === 'step.unknown') this.unknown += 1;
    const run = this.#run(textIn(entry, 'run'), seq);
    if (run === undefined) return undefined;
    run.entries += 1;
    run.last = seq;
    if (!run.operators.includes(operator)) {
      if (run.operators.length < mostOperators) run.operators.push(operator);
      else run.moreOperators = true;
    }
    if (mark?.word === 'refused') run.refused += 1;
    if (kind === 'step.unknown') run.unknown += 1;
    if (kind === 'step.intent') run.actions += 1;
    if (kind === 'run.start') starts(run, entry);
    if (kind === 'run.finish') this.#finishes(run, entry);
    return run;
  }

  #run(id: string | undefined, seq: number): RunTotal | undefined {
    if (id === undefined) return undefined;
    const known = this.runs.get(id);
    if (known !== undefined) return known;
    if (this.runs.size >= mostRuns) {
      this.unlisted += 1;
      return undefined;
    }
    const counts = {entries: 0, actions: 0, refused: 0, unknown: 0};
    const place = {number: this.runs.size + 1, id: inline(id).text, first: seq, last: seq};
    const run: RunTotal = {...place, ...counts, operators: [], moreOperators: false};
    this.runs.set(id, run);
    return run;
  }

  #finishes(run: RunTotal, entry: Fields): void {
    const body = member(entry, 'body');
    const result = lineIn(body, 'result') ?? '(empty)';
    this.results.add(result);
    run.result = result;
    run.finished = textIn(entry, 'ts') ?? '';
    const durationMs = numberIn(body, 'durationMs');
    if (durationMs !== undefined) run.durationMs = durationMs;
  }
}

function starts(run: RunTotal, entry: Fields): void {
  const body = member(entry, 'body');
  run.started = textIn(entry, 'ts') ?? '';
  const title = lineIn(body, 'title');
  const procedure = lineIn(body, 'procedureTitle');
  const service = lineIn(body, 'service');
  const environment = lineIn(body, 'environment');
  if (title !== undefined) run.title = title;
  if (procedure !== undefined) run.procedure = procedure;
  if (service !== undefined) run.service = service;
  if (environment !== undefined) run.environment = environment;
}
