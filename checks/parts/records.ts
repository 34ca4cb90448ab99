// The records of a log, from a file or a table, walked along their chain.
import type {CheckContext} from '../../src/define.ts';
import type {SecretValue} from '../../src/domain/secret.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {isList, isObject, readStrictJson, type JsonObject} from '../../src/foreign/strict-json.ts';
import {Chain} from './chain.ts';
import type {ChainForm, ChainState} from './chain.ts';
import {askDatabase, databaseFailure, findDatabase} from './database.ts';
import {linesOf} from './lines.ts';

/** Where the records are: one of the three. */
export interface RecordsFrom extends ChainForm {
  readonly jsonl?: string | undefined;
  readonly json?: string | undefined;
  readonly database?:
    | {
        readonly source?: string | undefined;
        readonly dsn?: string | undefined;
        readonly sqlite?: string | undefined;
        readonly statementTimeout: string;
        readonly query: string;
      }
    | undefined;
}

const maxFileBytes = 64 * 1024 * 1024;
const maxLineBytes = 1024 * 1024;
const maxRows = 200_000;

export interface Walked {
  readonly state: ChainState;
  /** Stored hashes of the anchored records. */
  readonly found: ReadonlyMap<number, string>;
  /** The file ends in the middle of a record. */
  readonly torn: boolean;
}

class Stopped extends Error {}

const failed = (verdict: 'fail' | 'unknown', kind: Look['kind'], message: string): Look => ({
  verdict,
  kind,
  checked: verdict === 'fail' ? 1 : 0,
  message,
});

function walker(given: RecordsFrom, wanted: ReadonlySet<number>, signal: AbortSignal) {
  const chain = new Chain(given);
  const found = new Map<number, string>();
  return {
    /** False once the chain is broken. */
    take(record: Parameters<Chain['add']>[0]): boolean {
      if (signal.aborted) throw new Stopped();
      const index = chain.state.count;
      const added = chain.add(record);
      if (wanted.has(index) && added.hash !== undefined) found.set(index, added.hash);
      return added.ok;
    },
    walked: (torn = false): Walked => ({state: chain.state, found, torn}),
  };
}
type Walker = ReturnType<typeof walker>;

async function fromLines(path: string, walk: Walker, {files}: CheckContext): Promise<Walked> {
  for await (const {bytes, whole} of linesOf(files.stream(path), {maxLineBytes})) {
    if (!whole && readStrictJson(bytes, maxLineBytes).at === 'refused') return walk.walked(true);
    if (!walk.take({bytes})) break;
  }
  return walk.walked();
}

async function fromJson(path: string, walk: Walker, {files}: CheckContext): Promise<Walked | Look> {
  const read = await files.read(path, maxFileBytes);
  if (read.at === 'failed') return failed('unknown', 'noData', `${path}: ${read.message}`);
  const parsed = readStrictJson(read.bytes, maxFileBytes);
  if (parsed.at === 'refused')
    return failed('fail', 'assertion', `${path} is not strict JSON: ${parsed.why}`);
  const {value} = parsed;
  const records = isObject(value) ? value.get('events') : value;
  if (records === undefined || !isList(records))
    return failed('fail', 'assertion', `${path} holds no list of records`);
  for (const record of records) {
    if (!isObject(record)) return failed('fail', 'assertion', `${path} holds a record that is no object`);
    if (!walk.take({members: record})) break;
  }
  return walk.walked();
}

async function fromDatabase(
  database: NonNullable<RecordsFrom['database']>,
  walk: Walker,
  context: CheckContext,
): Promise<{readonly walked: Walked | Look; readonly secrets: readonly SecretValue[]}> {
  const found = await findDatabase(database, context);
  if (!found.ok) return {walked: found.look, secrets: []};
  const {target, secrets} = found;
  const {statementTimeout, query} = database;
  const answer = await askDatabase(
    {target, statementTimeout},
    {text: query, maxRows, maxBytes: maxFileBytes},
    context,
  );
  if (answer.at === 'failed') return {walked: databaseFailure(answer, secrets), secrets};
  for (const row of answer.rows) {
    const members: JsonObject = new Map(answer.columns.map((name, i) => [name, row[i] ?? null]));
    if (!walk.take({members})) return {walked: walk.walked(), secrets};
  }
  const walked = answer.cut
    ? failed(
        'unknown',
        'noData',
        `the first ${answer.rows.length} records hold; there are more than are read`,
      )
    : walk.walked();
  return {walked, secrets};
}

/** Takes every record through the chain, up to where it breaks; the look says why they could not be read. */
export async function walkRecords(
  given: RecordsFrom,
  wanted: ReadonlySet<number>,
  context: CheckContext,
): Promise<{readonly walked: Walked | Look; readonly secrets: readonly SecretValue[]}> {
  const walk = walker(given, wanted, context.signal);
  if (given.database !== undefined) return fromDatabase(given.database, walk, context);
  const path = given.jsonl ?? given.json ?? '';
  const real = await context.files.real(path);
  if (real === undefined) return {walked: failed('fail', 'noData', `${path} is not there`), secrets: []};
  try {
    const done =
      given.jsonl === undefined ? await fromJson(real, walk, context) : await fromLines(real, walk, context);
    return {walked: done, secrets: []};
  } catch (error) {
    if (error instanceof Stopped)
      return {walked: failed('unknown', 'noData', 'stopped before the end'), secrets: []};
    const message = error instanceof Error ? error.message : String(error);
    return {walked: failed('unknown', 'noData', `${path} cannot be read: ${message}`), secrets: []};
  }
}
