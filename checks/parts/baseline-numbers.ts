// Where a number and its own past come from: a query, the lines of a file, a program.
import type {CheckContext} from '../../src/define.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import {childEnv} from '../../src/domain/child-env.ts';
import type {Given} from './condition.ts';
import {excerpt} from './expect.ts';
import {parseJson} from './json.ts';
import {valuesAt} from './json-path.ts';
import {meetsAt, timeOf} from './operators.ts';
import {notesOf, query, type PrometheusGiven} from './prometheus.ts';
import {couldNot, type Found} from './reference.ts';
import {wholeLines} from './stream-lines.ts';

export interface Window {
  /** How long each number counts. */
  readonly lengthMs: number;
  /** How many of them there were before. */
  readonly count: number;
}

/** One thing that is counted: what it was in each window before, oldest first, and what it is now. */
export interface Numbers {
  readonly name: string;
  readonly past: readonly number[];
  readonly now: number;
}

export interface Counted {
  readonly all: readonly Numbers[];
  /** What is to be said about where they come from. */
  readonly note: string;
  /** They may be incomplete. */
  readonly isDoubtful: boolean;
  readonly isInsecure: boolean;
  readonly secrets: readonly SecretValue[];
}

const plain = {note: '', isDoubtful: false, isInsecure: false, secrets: []};

/** One range, whose last point is now. A series that is not there any more is left out. */
export async function fromQuery(
  given: PrometheusGiven & {readonly query: string},
  {lengthMs, count}: Window,
  context: CheckContext,
): Promise<Found<Counted>> {
  const toMs = context.clock.nowMs();
  const range = {fromMs: toMs - lengthMs * count, toMs, stepMs: lengthMs};
  const found = await query(given, context, {text: given.query, range, timeoutMs: context.timeoutMs});
  if (!found.ok) return found;
  const {series, warnings, secrets, isInsecure} = found.value;
  const all = series.flatMap(({name, points}): Numbers[] => {
    const last = points.at(-1);
    if (last === undefined || last.atMs < toMs - lengthMs / 2) return [];
    const past = points.slice(0, -1).flatMap(({value}) => (Number.isFinite(value) ? [value] : []));
    return [{name, past, now: last.value}];
  });
  const note = notesOf(found.value);
  return {ok: true, value: {all, note, isDoubtful: warnings.length > 0, isInsecure, secrets}};
}

export interface LinesGiven {
  readonly path: string;
  readonly timeField: string;
  readonly where?: Readonly<Record<string, Given>> | undefined;
}

/** How many records there were in each window. Windows from before the first record are no past, and not zero. */
export async function fromLines(
  {path, timeField, where}: LinesGiven,
  {lengthMs, count}: Window,
  {files, clock, signal}: CheckContext,
): Promise<Found<Counted>> {
  const nowMs = clock.nowMs();
  const buckets = Array.from({length: count + 1}, () => 0);
  let oldestMs = Infinity;
  let records = 0;
  let broken = 0;
  try {
    for await (const line of wholeLines(files.stream(path))) {
      if (signal.aborted) return couldNot('timeout', `${path} was not read to its end in time`);
      if (line.trim() === '') continue;
      const record = parseJson(line)?.value;
      const atMs = record === undefined ? undefined : timeOf(valuesAt(record, timeField).values[0]);
      if (atMs === undefined) {
        broken += 1;
        continue;
      }
      records += 1;
      oldestMs = Math.min(oldestMs, atMs);
      const bucket = Math.floor((nowMs - atMs) / lengthMs);
      const isMeant = where === undefined || meetsAt(record, where, nowMs).every(({ok}) => ok === true);
      if (isMeant && bucket >= 0 && bucket <= count) buckets[bucket] = (buckets[bucket] ?? 0) + 1;
    }
  } catch (error) {
    return couldNot('noData', `${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (records === 0)
    return couldNot(
      'noData',
      broken === 0 ? `${path} is empty` : `no line of ${path} is JSON with a time at ${timeField}`,
    );
  const known = Math.min(count, Math.floor((nowMs - oldestMs) / lengthMs));
  const past = buckets.slice(1, known + 1).reverse();
  const note = broken === 0 ? '' : `; lines that were not understood: ${broken}`;
  return {ok: true, value: {...plain, all: [{name: '', past, now: buckets[0] ?? 0}], note}};
}

const maxOutputBytes = 64 * 1024;

/** A program prints a number in each line, the oldest first; the last one is now. */
export async function fromProgram(
  argv: readonly [string, ...string[]],
  context: CheckContext,
): Promise<Found<Counted>> {
  if (!context.trusted) return couldNot('permission', 'a program is not run for a site that is not trusted');
  const answer = await context.exec.run({
    argv,
    env: childEnv(name => context.env.get(name)),
    ...(context.siteDir === undefined ? {} : {cwd: context.siteDir}),
    timeoutMs: context.timeoutMs,
    graceMs: 2_000,
    maxOutputBytes,
    signal: context.signal,
  });
  if (answer.at === 'spawn') return couldNot(answer.kind, answer.message);
  if (answer.at === 'hang') return couldNot('hang', `it did not end within ${context.timeoutMs} ms`);
  const text = new TextDecoder().decode(answer.stdout);
  if (answer.status !== 0) {
    const said = new TextDecoder().decode(answer.stderr).trim();
    return couldNot(
      'noData',
      `it ended with ${answer.status ?? answer.bySignal ?? '?'}${said === '' ? '' : `: ${excerpt(said)}`}`,
    );
  }
  const lines = text
    .split('\n')
    .map(line => line.trim())
    .filter(Boolean);
  const numbers = lines.map(Number);
  const wrong = lines.find((_, i) => !Number.isFinite(numbers[i]));
  if (answer.cut || wrong !== undefined)
    return couldNot(
      'noData',
      answer.cut
        ? 'it prints more than 64 KiB'
        : `it prints ${JSON.stringify(excerpt(wrong ?? '', 60))}, which is no number`,
    );
  const now = numbers.pop();
  return now === undefined
    ? couldNot('noData', 'it prints nothing')
    : {ok: true, value: {...plain, all: [{name: '', past: numbers, now}]}};
}
