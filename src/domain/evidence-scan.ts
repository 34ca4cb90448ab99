// What one pass over entries takes and finds, in plain data: a long log is read by several threads.
import type {EvidenceRow} from './evidence.ts';

export interface Fault {
  readonly seq: number;
  readonly reason: string;
}

/** What a line of a kind that verification itself needs says; `body` as it was parsed. */
export interface Said {
  readonly seq: number;
  readonly kind: string;
  readonly ts: string;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface Place {
  readonly seq: number;
  readonly ptr: string;
}

/** Entries `from`, `from` + 1, … as few large blocks: making an object of each would cost more than checking it. */
export interface EvidencePack {
  readonly from: number;
  /** Each line with a byte 0x00 before it, as its leaf hash takes it. */
  readonly lines: Uint8Array;
  /** Bytes of each line. */
  readonly lengths: readonly number[];
  /** 32 bytes each. */
  readonly leaves: Uint8Array;
  /** What the store repeats of each line, each ended by a newline; `=` before a run that there is. */
  readonly kinds: Uint8Array;
  readonly runs: Uint8Array;
  /** The same entries one by one, for when something is wrong with them. */
  readonly rows: () => readonly EvidenceRow[];
}

/** What was found in the entries `from` to before `to`; the first fault of each sort. */
export interface PieceScan {
  readonly from: number;
  readonly to: number;
  /** Compact range of these entries alone: `from` is a multiple of the next power of two above their number. */
  readonly range: Uint8Array;
  /** Compact ranges of the entries `from` to before a size that was asked for. */
  readonly ranges: readonly {readonly size: number; readonly range: Uint8Array}[];
  readonly origin: string;
  readonly genesisVkey: string;
  /** What the first line says about its predecessor; undefined: it cannot be read. */
  readonly firstPrev: string | undefined;
  readonly lastLeaf: Uint8Array;
  readonly leaf: Fault | undefined;
  readonly prev: Fault | undefined;
  readonly place: Fault | undefined;
  readonly beside: Fault | undefined;
  readonly form: Fault | undefined;
  readonly said: readonly Said[];
  readonly missing: readonly Place[];
}

export interface PieceJob {
  /** Sizes at which the root is wanted. */
  readonly sizes: readonly number[];
  /** Hears how many entries were read. */
  readonly onProgress: (done: number) => void;
  readonly signal?: AbortSignal;
}
