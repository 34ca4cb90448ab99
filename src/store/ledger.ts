// The ledger as the program uses it: checks and canonical form here, the database behind a client, mostly in a worker.
import type {
  Actor,
  AppendRequest,
  AppendResult,
  Entry,
  EntryQuery,
  LedgerHead,
  StoredEntry,
} from '../domain/entry.ts';
import {QdError} from '../domain/error.ts';
import {draftOf, lineOf} from '../ledger/line.ts';
import {parseJson} from '../ledger/json.ts';
import type {Cancel, Clock, Ledger, Random} from '../ports.ts';
import type {Client} from './client.ts';
import type {
  Answer,
  Opened,
  Placed,
  WireAppend,
  WireEntry,
  WireFollows,
  WireResult,
  WireRow,
} from './protocol.ts';
import {spooledIn, unspool} from './spool.ts';
import type {Spooled, SpooledEntry} from './spooled.ts';
import {specOf, stampOf, wireEntry} from './wire.ts';
import {WorkerClient} from './worker-client.ts';

export interface OpenLedgerOptions {
  /** The data directory: 0700, ours. */
  readonly dir: string;
  readonly site: string;
  readonly host: string;
  readonly actor: Actor;
  readonly session: string;
  readonly clock: Clock;
  readonly random: Random;
  /** Version of the program, for the genesis entry. */
  readonly version: string;
  /** Where the worker's code is: the `.ts` file in development, a bundle in production. */
  readonly worker: URL | string;
  /** How often `watch` looks for entries of other processes. */
  readonly pollMs: number;
  readonly mode: 'write' | 'read';
  /** Accept that the data directory was moved, and record it. */
  readonly adopt?: boolean;
  readonly reserveBytes?: number;
  /** Extra pragmas after opening; tests make a full or read-only disk with them. */
  readonly pragmas?: readonly string[];
  readonly follows?: WireFollows;
}

/** The same without a worker. */
export interface OpenHere extends Omit<OpenLedgerOptions, 'worker'> {
  /** Asked at closing: whether another process that has the ledger open makes the checkpoint that is due. */
  readonly isSealedElsewhere?: () => boolean;
}

const checkpointAfterMs = 5 * 60_000;

const isEntry = (value: unknown): value is Entry =>
  typeof value === 'object' && value !== null && 'kind' in value && 'body' in value && 'actor' in value;

const parsed = ({seq, line, leaf}: WireRow): StoredEntry => {
  const entry = parseJson(line);
  if (!isEntry(entry)) {
    throw new QdError('LEDGER_UNREADABLE', `Entry ${seq} is not an entry.`, {
      hint: 'Run: quarterdeck ledger verify',
    });
  }
  return {seq, line, leaf, entry};
};

/** An entry of our own, from where it was placed; parsed when somebody looks at it. */
function placedAt(wire: WireEntry, {seq, prev, leaf}: Placed): StoredEntry {
  const line = lineOf(wire, prev, seq);
  let entry: Entry | undefined;
  return {
    seq,
    line,
    leaf,
    get entry() {
      entry ??= parsed({seq, line, leaf}).entry;
      return entry;
    },
  };
}

export const stored = (result: WireResult): AppendResult =>
  result.ok ? {ok: true, entries: result.rows.map(parsed)} : result;

class ServedLedger implements Ledger {
  readonly origin: string;
  readonly dir: string;
  readonly readOnly: string | undefined;
  readonly #options: OpenHere;
  readonly #client: Client;
  readonly #watchers = new Map<(head: LedgerHead) => void, LedgerHead | undefined>();
  #pollTimer: Cancel | undefined;
  #checkpointTimer: Cancel | undefined;
  #troubled = false;
  #closing: Promise<void> | undefined;

  constructor(options: OpenHere, client: Client, {origin, readOnly}: Opened) {
    this.#options = options;
    this.#client = client;
    this.origin = origin;
    this.dir = options.dir;
    this.readOnly = readOnly;
  }

  async head(): Promise<LedgerHead> {
    return headIn(await this.#client.call({op: 'head'}));
  }

  async append(request: AppendRequest): Promise<AppendResult> {
    const wire = this.#wireAppend(request);
    if ('ok' in wire) return wire;
    const result = await this.#send(wire);
    if (result.ok) {
      if (this.#troubled) await this.absorb();
      this.#afterAppend();
    } else if (result.why === 'full' || result.why === 'unknown' || result.why === 'locked')
      this.#troubled = true;
    return result;
  }

  async hasRoom(): Promise<boolean> {
    const answer = await this.#client.call({op: 'room'});
    if (answer.op !== 'room') throw unexpected(answer);
    return answer.room;
  }

  async read(query: EntryQuery): Promise<readonly StoredEntry[]> {
    const answer = await this.#client.call({op: 'read', query});
    if (answer.op !== 'rows') throw unexpected(answer);
    return answer.rows.map(parsed);
  }

  async checkpoint(): Promise<LedgerHead> {
    return headIn(await this.#client.call({op: 'checkpoint'}));
  }

  async disclosure(seq: number, ptr: string): Promise<Uint8Array | undefined> {
    const answer = await this.#client.call({op: 'disclosure', seq, ptr});
    if (answer.op !== 'value') throw unexpected(answer);
    return answer.value;
  }

  watch(onChange: (head: LedgerHead) => void): Cancel {
    this.#watchers.set(onChange, undefined);
    if (this.#watchers.size === 1) void this.#look();
    return () => {
      this.#watchers.delete(onChange);
      if (this.#watchers.size === 0) this.#pollTimer?.();
    };
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Appends the outcomes that were kept in files while the ledger could not be written. */
  async absorb(): Promise<void> {
    this.#troubled = false;
    const files = spooledIn(this.dir);
    if (files.length === 0) return;
    const {readSpooled} = await import('./spooled.ts');
    for (const spooled of files.map(readSpooled)) {
      if (spooled === undefined) continue;
      const result = await this.#send(this.#lateAppend(spooled));
      if (!result.ok && result.why !== 'moved') {
        this.#troubled = true;
        return;
      }
      unspool(this.dir, spooled.file);
    }
  }

  async #close(): Promise<void> {
    this.#watchers.clear();
    this.#pollTimer?.();
    this.#checkpointTimer?.();
    try {
      const isSealedHere = this.readOnly === undefined && this.#options.isSealedElsewhere?.() !== true;
      await this.#client.call({op: 'close', checkpoint: isSealedHere});
    } finally {
      await this.#client.exited();
    }
  }

  async #send(append: WireAppend): Promise<AppendResult> {
    try {
      const answer = await this.#client.call({op: 'append', append});
      if (answer.op === 'placed')
        return {ok: true, entries: append.entries.map(entry => placedAt(entry, answer.placed))};
      if (answer.op !== 'append') throw unexpected(answer);
      return stored(answer.result);
    } catch (error) {
      if (!(error instanceof QdError)) throw error;
      return {
        ok: false,
        why: 'unknown',
        message: error.message,
        hint: error.hint ?? 'Start again: the ledger is read anew.',
      };
    }
  }

  #wireAppend({
    entries,
    ifRunHead,
    ifNewest,
    lease,
  }: AppendRequest): WireAppend | (AppendResult & {ok: false}) {
    const {actor, session} = this.#options;
    const stamp = stampOf(this.#options);
    const wired: WireEntry[] = [];
    for (const [index, entry] of entries.entries()) {
      const said = index === 0 && lease !== undefined ? {...entry, body: {...entry.body, lease}} : entry;
      const wire = wireEntry(said, stamp, {origin: this.origin, random: this.#options.random});
      if ('ok' in wire) return wire;
      wired.push(wire);
    }
    return {
      entries: wired,
      session,
      operator: actor.operator,
      ts: stamp.ts,
      ...(ifRunHead === undefined ? {} : {ifRunHead}),
      ...(ifNewest === undefined ? {} : {ifNewest}),
      ...(lease === undefined ? {} : {lease}),
    };
  }

  #lateAppend({actor, session, entries: [outcome, ...more]}: Spooled): WireAppend {
    const stamp = stampOf({...this.#options, actor, session});
    const wired = ({said, disclosures}: SpooledEntry): WireEntry => {
      const draft = draftOf(this.origin, stamp, said);
      if ('problem' in draft)
        throw new QdError('ENTRY_INVALID', `A kept outcome cannot be written: ${draft.problem}.`);
      return {...draft, disclosures};
    };
    const entries: WireAppend['entries'] = [wired(outcome), ...more.map(wired)];
    return {entries, session, operator: actor.operator, ts: stamp.ts, once: true};
  }

  #afterAppend(): void {
    this.#sealSoon();
    if (this.#watchers.size > 0) void this.#look();
  }

  #sealSoon(): void {
    this.#checkpointTimer ??= this.#options.clock.after(checkpointAfterMs, () => {
      this.#checkpointTimer = undefined;
      // A failure shows again at the next explicit checkpoint, which every close makes.
      this.checkpoint().catch(() => undefined);
    });
  }

  /** Tells the watchers what is new, and looks again later. */
  async #look(): Promise<void> {
    this.#pollTimer?.();
    try {
      const head = await this.head();
      // What a step runner appends is sealed by the console that watches it.
      if (this.readOnly === undefined && head.size > head.checkpointSize) this.#sealSoon();
      for (const [onChange, seen] of this.#watchers) {
        if (seen?.size === head.size && seen.checkpointSize === head.checkpointSize) continue;
        this.#watchers.set(onChange, head);
        if (seen !== undefined) onChange(head);
      }
    } catch {
      // The worker ended; whoever reads or appends next is told why.
      return;
    }
    if (this.#watchers.size === 0) return;
    this.#pollTimer?.();
    this.#pollTimer = this.#options.clock.after(this.#options.pollMs, () => void this.#look());
  }
}

export const unexpected = (answer: Answer): QdError =>
  new QdError('LEDGER_WORKER', `The ledger's worker gave an answer of the wrong kind (${answer.op}).`);

function headIn(answer: Answer): LedgerHead {
  if (answer.op !== 'head') throw unexpected(answer);
  return answer.head;
}

/**
 * Opens the ledger of a data directory, creating it when there is none. A ledger that cannot be written is opened for
 * reading and says why in `readOnly`. Throws HOME_UNSAFE, LEDGER_UNREADABLE, LEDGER_BEHIND, LEDGER_ELSEWHERE,
 * LEDGER_LOCKED, LEDGER_WORKER.
 */
export async function openLedger(options: OpenLedgerOptions): Promise<Ledger> {
  const {client, opened} = await WorkerClient.start(options.worker, specOf(options));
  return ledgerOver(client, opened, options);
}

/** The ledger that `client` has open, with the outcomes that were kept in files. */
export async function ledgerOver(client: Client, opened: Opened, options: OpenHere): Promise<Ledger> {
  const ledger = new ServedLedger(options, client, opened);
  try {
    if (opened.readOnly === undefined) await ledger.absorb();
  } catch (error) {
    await ledger.close();
    throw error;
  }
  return ledger;
}
