// Erasing values: rows and the entries that say so in one transaction, then every copy that the data directory holds.
import path from 'node:path';
import {commitmentsOf} from '../ledger/commitment.ts';
import {fieldsOf} from '../ledger/form.ts';
import {parseJson} from '../ledger/json.ts';
import {QdError} from '../domain/error.ts';
import {issuesIn, type Shape} from '../domain/shape.ts';
import {appendAll} from './append.ts';
import type {Place, WireAppend, WireErased} from './protocol.ts';
import {asError, begin, locked, refusal, rollback, type Refusal, type Store} from './state.ts';

/** What an erasure has to remove from `artifacts/`; written before the transaction ends, removed when all is done. */
interface Task {
  readonly v: 1;
  readonly places: readonly (Place & {readonly sd: string})[];
}

const placeShape: Shape = {
  is: 'object',
  fields: {seq: {is: 'int', min: 0}, ptr: {is: 'text'}, sd: {is: 'text', like: '^[0-9a-f]{64}$'}},
};
const taskShape: Shape = {
  is: 'object',
  fields: {v: {is: 'word', of: [1]}, places: {is: 'list', of: placeShape}},
};
const isTask = (value: unknown): value is Task => issuesIn(taskShape, value).length === 0;

/** How often, a quarter of a second each, readers are waited for; at opening nobody waits for long. */
const rounds = {erasing: 12, opening: 1} as const;

const no = (message: string, hint: string): Refusal => refusal('invalid', message, hint);

/** What may not be erased, looked at under the write lock; undefined when everything may. */
function problemOf(store: Store, places: readonly Place[], asOf: number): Refusal | undefined {
  const {sql} = store;
  for (const kind of ['hold.set', 'hold.lift']) {
    if ((sql.newestOf.get(kind)?.seq ?? -1) >= asOf)
      return no(
        'A hold was set or lifted just now; nothing was erased.',
        'Look again: quarterdeck ledger hold list',
      );
  }
  for (const {seq, ptr} of places) {
    const row = sql.entry.get(seq);
    if (row === undefined)
      return no(`There is no entry ${seq}; nothing was erased.`, 'Find it with: quarterdeck ledger tail');
    if (!commitmentsOf(fieldsOf(row.line)?.fields['body']).has(ptr)) {
      return no(
        `Entry ${seq} commits to no value at ${ptr}; nothing was erased.`,
        `See what it holds: quarterdeck ledger show ${seq}`,
      );
    }
    if (sql.disclosure.get(seq, ptr) === undefined) {
      return no(
        `The value at ${ptr} of entry ${seq} is not there any more; nothing was erased.`,
        `See what it holds: quarterdeck ledger show ${seq}`,
      );
    }
  }
  return undefined;
}

const taskFile = ({paths}: Store, seq: number): string => path.join(paths.erasing, `${seq}.json`);

function writeTask(store: Store, places: readonly Place[], seq: number): void {
  const named = places.map(({seq: of, ptr}) => ({
    seq: of,
    ptr,
    sd: store.sql.disclosure.get(of, ptr)?.sd ?? '',
  }));
  store.disk.makeDir(store.paths.erasing);
  store.disk.replace(taskFile(store, seq), JSON.stringify({v: 1, places: named}));
}

function readTask(file: string, raw: Buffer): Task {
  let content: unknown;
  try {
    content = parseJson(raw.toString());
  } catch {
    content = undefined;
  }
  if (isTask(content)) return content;
  throw new QdError('LEDGER_UNREADABLE', `The unfinished erasure ${file} cannot be read.`, {
    hint: 'It names values whose files may still be in artifacts/. Look at it, then move it out of that folder.',
    file,
  });
}

/** Removes the files of erased values. A row that is still there keeps its file: then the erasure never happened. */
function removeArtifacts(store: Store, {places}: Task): void {
  const {disk, paths, sql} = store;
  for (const {seq, ptr, sd} of places) {
    const file = path.join(paths.artifacts, sd);
    if (sql.disclosure.get(seq, ptr) === undefined && disk.name(file) !== undefined) disk.remove(file);
  }
}

/** Copies the log into the database and empties it, so that no older page stays there; false while readers need it. */
function emptyLog({db}: Store, most: number): boolean {
  for (let round = 0; round < most; round++) {
    // The first column says whether somebody was in the way.
    if (db.pragma('wal_checkpoint(TRUNCATE)', {simple: true}) === 0) return true;
  }
  return false;
}

/** Under the write lock, so that nobody is between a task and its transaction. */
function underLock(store: Store, act: () => void): void {
  if (!begin(store)) throw asError(locked(store));
  try {
    act();
  } finally {
    rollback(store);
  }
}

/** Finishes what is listed; returns whether nothing is left of the values. */
function finish(store: Store, files: readonly string[], when: keyof typeof rounds): boolean {
  const {disk, paths} = store;
  underLock(store, () => {
    for (const file of files) {
      const raw = disk.read(file);
      if (raw !== undefined) removeArtifacts(store, readTask(file, raw));
    }
  });
  if (!emptyLog(store, rounds[when])) return false;
  for (const file of files) disk.remove(file);
  underLock(store, () => {
    if (disk.name(paths.erasing) !== undefined) disk.removeDir(paths.erasing);
  });
  return true;
}

/** Does again what an erasure could not finish: after a crash, or while readers kept the log. Called at opening. */
export function finishErasures(store: Store): void {
  const {disk, paths} = store;
  const names = disk.list(paths.erasing).filter(name => name.endsWith('.json'));
  const files = names.map(name => path.join(paths.erasing, name));
  if (files.length > 0) finish(store, files, 'opening');
}

/** `gone` is false while a reader keeps pages with the values in the write-ahead log. */
export function erase(store: Store, append: WireAppend, places: readonly Place[], asOf: number): WireErased {
  let task = '';
  const inside = {
    refuse: () => problemOf(store, places, asOf),
    entries: (seq: number) => {
      task = taskFile(store, seq);
      writeTask(store, places, seq);
      return append.entries;
    },
    then: () => {
      for (const {seq, ptr} of places) store.sql.forget.run(seq, ptr);
    },
  };
  const [result] = appendAll(store, [{...append, inside}]);
  if (result === undefined) throw new Error('the append was not answered');
  if (!result.ok) return {result, gone: true};
  return {result, gone: finish(store, [task], 'erasing')};
}
