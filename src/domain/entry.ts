// Ledger entries: fields, limits and requests to append. The format is LEDGER.md's and binding.
import type {z} from 'zod';
import type {actorSchema, leaseSchema} from './entry-schema.ts';

export type Actor = z.infer<typeof actorSchema>;
export type Lease = z.infer<typeof leaseSchema>;

export type Json = string | number | boolean | null | readonly Json[] | {readonly [key: string]: Json};

/** An entry as it stands in the line, parsed. */
export interface Entry {
  readonly v: 1;
  readonly log: string;
  readonly seq: number;
  readonly prev: string;
  readonly ts: string;
  readonly mono: number;
  readonly boot: string;
  readonly session: string;
  readonly actor: Actor;
  readonly kind: string;
  readonly run?: string;
  readonly step?: string;
  readonly of?: number;
  readonly fence?: number;
  readonly body: Readonly<Record<string, Json>>;
}

/** A value that must be erasable later: the body gets a commitment, the value lies beside the entry. */
export interface Disclosed {
  /** RFC 6901 pointer, from the entry's root, of the object that will hold `sd`, such as `/body/reason`. */
  readonly ptr: string;
  readonly value: string | Uint8Array;
  /** 16 bytes, when the caller had to choose it (a stream hashed on the way); else the store draws it. */
  readonly salt?: Uint8Array;
  /** For cut output: hex commitment over the whole stream (same salt and pointer), and its size in bytes. */
  readonly whole?: {readonly full: string; readonly size: number};
}

/** What a caller says; the store adds v, log, seq, prev, ts, mono, boot, session and actor. */
export interface NewEntry {
  readonly kind: string;
  readonly body: Readonly<Record<string, Json>>;
  readonly run?: string;
  readonly step?: string;
  readonly of?: number;
  readonly fence?: number;
  readonly disclosed?: readonly Disclosed[];
}

export interface AppendRequest {
  readonly entries: readonly [NewEntry, ...NewEntry[]];
  /** Refused as `moved` unless the newest entry of the run is this one; -1: the run must not exist yet. */
  readonly ifRunHead?: {readonly run: string; readonly seq: number};
  /** Refused as `moved` unless the newest entry of these kinds is this one; -1: there is none. */
  readonly ifNewest?: {readonly kinds: readonly string[]; readonly seq: number};
  /**
   * The lease of a service, for the run and session of the first entry. `take` and `take-over` go with run.start,
   * run.resume or run.handover, whose `seq` becomes the fence; `take` is refused while any other run or another
   * session holds it. `release` goes with any entry of the run; run.finish releases everything by itself.
   */
  readonly lease?: Lease;
}

export interface LeaseHolder {
  readonly service: string;
  readonly run: string;
  readonly fence: number;
  readonly session: string;
  readonly operator: string;
  readonly since: string;
}

export type AppendResult =
  | {readonly ok: true; readonly entries: readonly StoredEntry[]}
  | {readonly ok: false; readonly why: 'moved'; readonly newest: number; readonly message: string}
  | {readonly ok: false; readonly why: 'lease'; readonly holder: LeaseHolder; readonly message: string}
  | {readonly ok: false; readonly why: 'stale-fence'; readonly message: string}
  | {
      readonly ok: false;
      /** `unknown`: the commit failed and even the tail could not be read back. */
      readonly why: 'full' | 'read-only' | 'swapped' | 'locked' | 'invalid' | 'behind' | 'unknown';
      readonly message: string;
      readonly hint: string;
    };

export interface StoredEntry {
  readonly seq: number;
  /** The exact bytes of the line. */
  readonly line: string;
  /** Leaf hash, hex. */
  readonly leaf: string;
  readonly entry: Entry;
}

export interface LedgerHead {
  /** Number of entries. */
  readonly size: number;
  /** Hex root over all entries of the newest checkpoint, and its size (0 when there is none). */
  readonly checkpointSize: number;
  readonly checkpointRoot: string;
}

export interface EntryQuery {
  /** First `seq`. */
  readonly from?: number;
  /** The `seq` after the last. */
  readonly to?: number;
  readonly run?: string;
  readonly kinds?: readonly string[];
  readonly limit?: number;
  /** Newest first. */
  readonly reverse?: boolean;
  /** Only lines that hold all of these texts. A line is canonical JSON, so `"operator":"ada"` finds that field. */
  readonly holding?: readonly string[];
  /** Only entries of one of these runs, and lines that hold the text. */
  readonly about?: {readonly text: string; readonly runs: readonly string[]};
  /** Only entries from this time on, and before that one, as `ts` is written; whatever the order of the clock was. */
  readonly since?: string;
  readonly until?: string;
}
