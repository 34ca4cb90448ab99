// What an export reads: a ledger at one moment, while others go on writing.

export interface SnapshotRow {
  readonly seq: number;
  readonly leaf: Uint8Array;
  readonly line: Uint8Array;
}

export interface SnapshotValue {
  readonly seq: number;
  readonly ptr: string;
  /** The commitment, hex. */
  readonly sd: string;
  readonly salt: Uint8Array;
  /** Whether it lies in a file of its own. */
  readonly isFile: boolean;
  /** Reads the value; undefined when its file is gone. */
  readonly bytes: () => Uint8Array | undefined;
}

/** One read transaction. Everything is read a page at a time, so that a long log needs little memory. */
export interface LedgerSnapshot {
  readonly size: number;
  /** Verifier keys, one a line, oldest first. */
  readonly vkeys: string;
  /** Stored checkpoints up to this size, smallest first. */
  checkpoints(upTo: number): readonly {readonly size: number; readonly note: Uint8Array}[];
  /** Leaf hashes of the entries `from` to before `to`. */
  leaves(from: number, to: number): Iterable<readonly Uint8Array[]>;
  rows(from: number, to: number): Iterable<readonly SnapshotRow[]>;
  /** Entries of these kinds below `to`, oldest first. */
  ofKinds(kinds: readonly string[], to: number): Iterable<readonly SnapshotRow[]>;
  /** Values of the entries `from` to before `to`, by `seq`, then pointer; all rows at once, so ask for few entries. */
  values(from: number, to: number): readonly SnapshotValue[];
  /** From the first entry of a run to after its last one; undefined when there is none. */
  runRange(run: string): {readonly from: number; readonly to: number} | undefined;
  /** The lowest `seq` whose `ts` is not before this; undefined when all are. Times are compared as entries write them. */
  firstNotBefore(ts: string): number | undefined;
  /** The highest `seq` whose `ts` is before this. */
  lastBefore(ts: string): number | undefined;
  close(): void;
}
