// Appending: many requests in one transaction, each with its own answer; and what is true after a failure.
import {parseJson} from '../ledger/json.ts';
import {afterEntry, grants, touchesLeases, type Leases} from '../ledger/lease.ts';
import {lineOf, sealed} from '../ledger/line.ts';
import {inlineValue, keepArtifacts} from './artifacts.ts';
import {isBusy, isFull, isReadOnly, sqliteCode} from './connect.ts';
import type {WireEntry, WireResult, WireRow} from './protocol.ts';
import {hasReserve, releaseReserve} from './reserve.ts';
import {
  begin,
  locked,
  refusal,
  reopen,
  rollback,
  swapped,
  type Refusal,
  type Store,
  type StoreAppend,
} from './state.ts';
import {loadLeases, saveLeases, select} from './statements.ts';

/** The transaction as it grows; lost as a whole when it is rolled back. */
interface Work {
  seq: number;
  /** Leaf hash of `seq`, hex. */
  prev: string;
  leases: Leases | undefined;
  leasesChanged: boolean;
}

const fullRefusal = (store: Store): Refusal =>
  refusal(
    'full',
    `The disk of ${store.paths.dir} is full: nothing new may be started, because it could not be recorded.`,
    'Free some room on that disk. What is running can still record its outcome.',
  );

const isOutcome = ({kind}: WireEntry): boolean =>
  kind === 'step.outcome' || kind === 'heal.outcome' || kind === 'run.finish' || kind.startsWith('ledger.');

/** What comes of something that was begun is written while there is any room; a value goes with the outcome that gives it. */
const tellsOutcome = (entries: readonly WireEntry[]): boolean =>
  entries.every(
    (entry, i) =>
      isOutcome(entry) || (entry.kind === 'step.value' && entries[i - 1]?.kind === 'step.outcome'),
  );

const leasesOf = (store: Store, work: Work): Leases => (work.leases ??= loadLeases(store.sql));

function hasOutcome(store: Store, {run, kind, of}: WireEntry): boolean {
  if (run === undefined) return false;
  return select(store.db, {run, kinds: [kind]}).some(({line}) => {
    const entry: unknown = parseJson(line.toString());
    const ofThat = typeof entry === 'object' && entry !== null && 'of' in entry ? entry.of : undefined;
    return ofThat === of;
  });
}

/** Why the request may not be written now; undefined when it may. */
function refused(store: Store, request: StoreAppend, work: Work): WireResult | undefined {
  const {ifRunHead, ifNewest, lease, session, entries} = request;
  if (ifRunHead !== undefined) {
    const newest = store.sql.runHead.get(ifRunHead.run) ?? -1;
    if (newest !== ifRunHead.seq) {
      const message = `The run ${ifRunHead.run} has moved: its newest entry is ${newest}, not ${ifRunHead.seq}.`;
      return {ok: false, why: 'moved', newest, message};
    }
  }
  if (ifNewest !== undefined) {
    const newest = Math.max(...ifNewest.kinds.map(kind => store.sql.newestOf.get(kind)?.seq ?? -1));
    if (newest !== ifNewest.seq) {
      const message = `There is something new: the newest entry of ${ifNewest.kinds.join(', ')} is ${newest}, not ${ifNewest.seq}.`;
      return {ok: false, why: 'moved', newest, message};
    }
  }
  const [first] = entries;
  if (request.once === true && first !== undefined && hasOutcome(store, first)) {
    return {ok: false, why: 'moved', newest: work.seq, message: 'The outcome is already there.'};
  }
  if (lease !== undefined && lease.how !== 'take-over') {
    const holder = leasesOf(store, work).holders.get(lease.service);
    const foreign =
      holder !== undefined &&
      (holder.run !== first?.run || (lease.how === 'take' && holder.session !== session));
    if (foreign) {
      const message = `${holder.operator} holds ${lease.service} since ${holder.since} with the run ${holder.run}.`;
      return {ok: false, why: 'lease', holder, message};
    }
  }
  if (lease !== undefined && lease.how !== 'release' && (first?.run === undefined || !grants(first.kind))) {
    return refusal(
      'invalid',
      `A ${first?.kind ?? ''} entry cannot take a lease.`,
      'Only run.start, run.resume and run.handover can.',
    );
  }
  for (const {fence, of, run} of entries) {
    // An outcome is always told, even by a runner that was fenced off meanwhile.
    if (fence === undefined || of !== undefined) continue;
    const current = run === undefined ? undefined : leasesOf(store, work).fences.get(run);
    if (current !== fence) {
      const now = current === undefined ? 'it holds none now' : `it is ${current} now`;
      return {
        ok: false,
        why: 'stale-fence',
        message: `The fence ${fence} of the run ${run ?? '(none)'} is stale: ${now}.`,
      };
    }
  }
  return request.inside?.refuse?.();
}

function insert(store: Store, request: StoreAppend, work: Work): WireRow[] {
  const rows: WireRow[] = [];
  const entries = request.inside?.entries?.(work.seq + 1) ?? request.entries;
  for (const [index, entry] of entries.entries()) {
    const {kind, run} = entry;
    const seq = work.seq + 1;
    const {prev} = work;
    const line = lineOf(entry, prev, seq);
    const {bytes, leaf} = sealed(line);
    store.sql.insert.run(seq, leaf, kind, run ?? null, bytes);
    for (const disclosure of entry.disclosures) {
      store.sql.disclose.run(seq, disclosure.ptr, disclosure.sd, disclosure.salt, inlineValue(disclosure));
    }
    const lease = index === 0 ? request.lease : undefined;
    if (run !== undefined && touchesLeases(kind, lease)) {
      const {session, operator, ts} = request;
      const event = {seq, kind, run, session, operator, ts, ...(lease === undefined ? {} : {lease})};
      work.leases = afterEntry(leasesOf(store, work), event);
      work.leasesChanged = true;
    }
    work.seq = seq;
    work.prev = leaf.toString('hex');
    rows.push({seq, prev, line, leaf: work.prev});
  }
  request.inside?.then?.(rows);
  return rows;
}

/** `apart`: with a savepoint, so that its neighbours can be written when it cannot; that costs time. */
function answer(store: Store, request: StoreAppend, work: Work, apart: boolean): WireResult {
  const no = refused(store, request, work);
  if (no !== undefined) return no;
  const before = apart ? {...work} : work;
  if (apart) store.sql.savepoint.run();
  try {
    const rows = insert(store, request, work);
    if (apart) store.sql.release.run();
    return {ok: true, rows};
  } catch (error) {
    if (!apart || !isRefusedRow(error)) throw error;
    store.sql.undo.run();
    store.sql.release.run();
    Object.assign(work, before);
    return invalid(error);
  }
}

const isRefusedRow = (error: unknown): boolean => /^SQLITE_(CONSTRAINT|TOOBIG)/.test(sqliteCode(error) ?? '');

const invalid = (error: unknown): Refusal =>
  refusal(
    'invalid',
    `The entry was refused: ${error instanceof Error ? error.message : String(error)}.`,
    'This is a bug: report it.',
  );

/** A COMMIT that failed: whether it happened is not known yet. */
class Doubt extends Error {
  readonly results: readonly WireResult[];
  constructor(results: readonly WireResult[], cause: unknown) {
    super('the commit failed', {cause});
    this.results = results;
  }
}

/** Adds what has arrived meanwhile to the requests that are being written. */
type More = () => void;

/** One transaction. Throws what SQLite threw, or `Doubt`. */
function transact(
  store: Store,
  requests: readonly StoreAppend[],
  more: More = () => undefined,
  apart = false,
): WireResult[] {
  if (!begin(store)) return requests.map(() => locked(store));
  const gone = swapped(store);
  if (gone !== undefined) {
    store.stopped = gone;
    rollback(store);
    return requests.map(() => gone);
  }
  const last = store.sql.last.get();
  if (last === undefined) throw new Error('the ledger has no genesis entry');
  const work: Work = {
    seq: last.seq,
    prev: last.leaf.toString('hex'),
    leases: undefined,
    leasesChanged: false,
  };
  const roomy = hasReserve(store);
  const results: WireResult[] = [];
  try {
    while (results.length < requests.length) {
      const late = requests.slice(results.length);
      // Those of the first turn are kept before the lock is taken.
      if (results.length > 0) keepAll(store, late);
      for (const request of late) {
        const isWritten = roomy || tellsOutcome(request.entries);
        results.push(isWritten ? answer(store, request, work, apart) : fullRefusal(store));
      }
      more();
    }
  } catch (error) {
    if (apart || requests.length === 1 || !isRefusedRow(error)) throw error;
    rollback(store);
    return transact(store, requests, undefined, true);
  }
  if (work.seq === last.seq) {
    rollback(store);
    return results;
  }
  if (work.leasesChanged && work.leases !== undefined) saveLeases(store.sql, work.leases);
  try {
    store.sql.commit.run();
  } catch (error) {
    throw new Doubt(results, error);
  }
  return results;
}

/** After a failed COMMIT: opens the file again and looks whether the entries are there. */
function settle(store: Store, doubt: Doubt): readonly WireResult[] | undefined {
  rollback(store);
  reopen(store);
  const rows = doubt.results.flatMap(result => (result.ok ? result.rows : []));
  const written = rows.every(({seq, leaf}) => store.sql.entry.get(seq)?.leaf.toString('hex') === leaf);
  if (!written) return undefined;
  // The failed sync may have lost what is only in memory: copying the log into the file syncs it anew.
  store.db.pragma('wal_checkpoint(FULL)');
  return doubt.results;
}

const unknown = (store: Store, error: unknown): Refusal => {
  const cause = error instanceof Error ? (error.cause instanceof Error ? error.cause : error) : undefined;
  return refusal(
    'unknown',
    `The disk failed while an entry was written to ${store.paths.db} (${cause?.message ?? String(error)}); whether it is there is not known.`,
    'Check the disk, then start again: the ledger is read anew and shows what is there.',
  );
};

const readOnly = (store: Store, error: unknown): Refusal =>
  refusal(
    'read-only',
    `The ledger ${store.paths.db} cannot be written (${error instanceof Error ? error.message : String(error)}).`,
    'Check the mount and the permissions of the data directory; reading goes on.',
  );

function keepAll({disk, paths}: Store, requests: readonly StoreAppend[]): void {
  for (const {entries} of requests)
    for (const {disclosures} of entries) if (disclosures.length > 0) keepArtifacts(disk, paths, disclosures);
}

/** One request at a time, with the reserve released: outcomes go through, new actions do not. */
function whenFull(store: Store, requests: readonly StoreAppend[]): WireResult[] {
  rollback(store);
  releaseReserve(store);
  return requests.flatMap(request => {
    if (!tellsOutcome(request.entries)) return [fullRefusal(store)];
    try {
      keepAll(store, [request]);
      return transact(store, [request]);
    } catch (error) {
      return [explain(store, error)];
    }
  });
}

function explain(store: Store, error: unknown): Refusal {
  if (error instanceof Doubt) rollback(store);
  const cause = error instanceof Doubt ? error.cause : error;
  rollback(store);
  if (isFull(cause)) return fullRefusal(store);
  if (isReadOnly(cause)) return readOnly(store, cause);
  if (isBusy(cause)) return locked(store);
  return unknown(store, cause);
}

function attempt(store: Store, requests: readonly StoreAppend[], again: boolean, more?: More): WireResult[] {
  try {
    keepAll(store, requests);
    return transact(store, requests, more);
  } catch (error) {
    const cause = error instanceof Doubt ? error.cause : error;
    if (isFull(cause)) return whenFull(store, requests);
    if (isReadOnly(cause) || isBusy(cause)) return requests.map(() => explain(store, error));
    rollback(store);
    if (sqliteCode(cause)?.startsWith('SQLITE_CONSTRAINT')) return requests.map(() => invalid(cause));
    if (sqliteCode(cause) === undefined) throw cause;
    try {
      const doubt = error instanceof Doubt ? error : undefined;
      const settled = doubt === undefined ? (reopen(store), undefined) : settle(store, doubt);
      if (settled !== undefined) return [...settled];
    } catch (failure) {
      store.stopped = unknown(store, failure);
      return requests.map(() => unknown(store, failure));
    }
    return again ? attempt(store, requests, false) : requests.map(() => readOnly(store, cause));
  }
}

/** Appends each request or says why not. One durable commit for all of them, and for those that `more` adds. */
export function appendAll(store: Store, requests: readonly StoreAppend[], more?: More): WireResult[] {
  const {stopped, readOnly: why} = store;
  if (stopped !== undefined) return requests.map(() => stopped);
  if (why !== undefined)
    return requests.map(() => refusal('read-only', why, 'Reading goes on; nothing is recorded or started.'));
  return attempt(store, requests, true, more);
}
