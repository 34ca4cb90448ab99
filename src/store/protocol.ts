// What goes between the caller's thread and the worker.
import type {EntryQuery, LeaseHolder, Lease, LedgerHead} from '../domain/entry.ts';
import type {ErrorCode} from '../domain/error.ts';
import type {Disclosure} from '../ledger/commitment.ts';
import type {Draft, Stamp} from '../ledger/line.ts';

/** An entry ready to be written, with the values that lie beside it. */
export interface WireEntry extends Draft {
  readonly disclosures: readonly Disclosure[];
}

export interface WireAppend {
  readonly entries: readonly WireEntry[];
  readonly session: string;
  readonly operator: string;
  readonly ts: string;
  readonly ifRunHead?: {readonly run: string; readonly seq: number};
  readonly ifNewest?: {readonly kinds: readonly string[]; readonly seq: number};
  readonly lease?: Lease;
  /** Refused as `moved` when the run already has this outcome. */
  readonly once?: boolean;
}

export interface WireRow {
  readonly seq: number;
  /** Of an entry that was just written: leaf hash of the one before, hex. */
  readonly prev?: string;
  readonly line: string;
  readonly leaf: string;
}

export type WireResult =
  | {readonly ok: true; readonly rows: readonly WireRow[]}
  | {readonly ok: false; readonly why: 'moved'; readonly newest: number; readonly message: string}
  | {readonly ok: false; readonly why: 'lease'; readonly holder: LeaseHolder; readonly message: string}
  | {readonly ok: false; readonly why: 'stale-fence'; readonly message: string}
  | {readonly ok: false; readonly why: Trouble; readonly message: string; readonly hint: string};

export type Trouble = 'full' | 'read-only' | 'swapped' | 'locked' | 'invalid' | 'behind' | 'unknown';

/** How a ledger is opened; everything the worker cannot know by itself. */
export interface OpenSpec {
  readonly dir: string;
  readonly site: string;
  readonly host: string;
  readonly version: string;
  /** Owner that the data directory must have; the worker fills it in. -1: not asked. */
  readonly uid: number;
  readonly stamp: Stamp;
  readonly mode: 'write' | 'read';
  readonly adopt: boolean;
  /** 8 bytes for the log's id and 32 for its key, should it be created now. */
  readonly entropy: Uint8Array;
  readonly reserveBytes: number;
  readonly pragmas: readonly string[];
  /** Set for a new origin: what the genesis entry says about the log that it follows. */
  readonly follows?: WireFollows;
}

export interface WireFollows {
  readonly log: string;
  readonly size: number;
  readonly leaf?: string;
  readonly checkpoint?: {readonly size: number; readonly root: string};
  readonly reason: string;
  readonly salt: Uint8Array;
}

export interface Opened {
  readonly origin: string;
  readonly vkey: string;
  readonly readOnly: string | undefined;
  readonly head: LedgerHead;
}

/** What a new key is made of. */
export interface Rotation {
  readonly stamp: Stamp;
  readonly reason: string;
  /** 32 random bytes for the key, 16 for the commitment to the reason. */
  readonly seed: Uint8Array;
  readonly salt: Uint8Array;
}

export interface Place {
  readonly seq: number;
  readonly ptr: string;
}

export interface WireErased {
  readonly result: WireResult;
  /** Whether no byte of the values is left in the data directory. */
  readonly gone: boolean;
}

export type Request =
  | {readonly op: 'append'; readonly append: WireAppend}
  | {readonly op: 'head'}
  | {readonly op: 'room'}
  | {readonly op: 'read'; readonly query: EntryQuery}
  | {readonly op: 'checkpoint'}
  | {readonly op: 'disclosure'; readonly seq: number; readonly ptr: string}
  | {readonly op: 'sign'; readonly text: string}
  | {
      readonly op: 'erase';
      readonly append: WireAppend;
      readonly places: readonly Place[];
      readonly asOf: number;
    }
  | {readonly op: 'rotate'; readonly rotation: Rotation}
  | {readonly op: 'close'; readonly checkpoint: boolean};

export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
}

export interface Envelope {
  readonly id: number;
  /** Set by the worker on what came in columns, and is answered so. */
  readonly plain?: true;
  readonly request: Request;
}

/**
 * Appends of one entry each, of no run and with nothing beside, one column a field: most entries are such ones, and
 * columns pass between threads in a fraction of the time of as many objects.
 */
export interface PlainAppends {
  readonly ids: readonly number[];
  readonly kinds: readonly string[];
  readonly heads: readonly string[];
  readonly middles: readonly string[];
  readonly tails: readonly string[];
  readonly times: readonly string[];
  readonly session: string;
  readonly operator: string;
}

/** Where plain appends were written. Their lines follow from that and from what was sent. */
export interface PlainAnswers {
  readonly ids: readonly number[];
  readonly seqs: readonly number[];
  readonly prevs: readonly string[];
  readonly leaves: readonly string[];
}

export interface Placed {
  readonly seq: number;
  readonly prev: string;
  readonly leaf: string;
}

/** What one message to the worker holds, in order, and one from it. */
export type Sent = Envelope | PlainAppends;
export type Told = Reply | PlainAnswers;

/** What the worker answers, by operation. */
export type Answer =
  | {readonly op: 'placed'; readonly placed: Placed}
  | {readonly op: 'append'; readonly result: WireResult}
  | {readonly op: 'head'; readonly head: LedgerHead}
  | {readonly op: 'room'; readonly room: boolean}
  | {readonly op: 'rows'; readonly rows: readonly WireRow[]}
  | {readonly op: 'value'; readonly value: Uint8Array | undefined}
  | {readonly op: 'note'; readonly note: string}
  | {readonly op: 'erased'; readonly erased: WireErased}
  | {readonly op: 'rotated'; readonly vkey: string; readonly seq: number}
  | {readonly op: 'opened'; readonly opened: Opened}
  | {readonly op: 'closed'}
  | {readonly op: 'error'; readonly error: WireError};

export interface Reply {
  readonly id: number;
  readonly answer: Answer;
}
