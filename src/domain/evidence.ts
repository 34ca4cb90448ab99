// What a verification reads, wherever it is stored, and what it says about it.
import type {EvidencePack, PieceJob, PieceScan} from './evidence-scan.ts';

export interface EvidenceRow {
  readonly seq: number;
  /** The leaf hash as it is stored; undefined where none is kept beside the line. */
  readonly leaf: Uint8Array | undefined;
  readonly line: Uint8Array;
  /** What the store repeats from the line for its queries; undefined in a bundle. */
  readonly repeats: {readonly kind: string; readonly run: string | null} | undefined;
}

export interface EvidenceDisclosure {
  readonly seq: number;
  readonly ptr: string;
  readonly salt: Uint8Array;
  /** Undefined: its file is not there. */
  readonly value: Uint8Array | undefined;
}

export interface EvidenceNote {
  readonly where: string;
  readonly raw: Uint8Array;
}

export interface Evidence {
  readonly count: number;
  /** Verifier keys that lie beside the entries, one a line; undefined: none are there. */
  readonly vkeys: string | undefined;
  /** Stored checkpoints, smallest first, then the remembered one. */
  readonly notes: readonly EvidenceNote[];
  readonly hasRemembered: boolean;
  /** Rows in the order of `seq`, a page at a time. Throws LEDGER_UNREADABLE when the container is damaged. */
  readonly pages: () => AsyncIterable<readonly EvidenceRow[]>;
  /** The same in blocks, where the store can make them; rows where it cannot. */
  readonly packs?: () => AsyncIterable<EvidencePack | readonly EvidenceRow[]>;
  /**
   * Has all entries read by several threads; the pieces in order, or undefined when that cannot be done now or is not
   * worth it. Throws LEDGER_UNREADABLE, and the signal's reason.
   */
  readonly pieces?: (job: PieceJob) => Promise<readonly PieceScan[] | undefined>;
  /** Disclosures of the entries `from` to before `to`. */
  readonly disclosures: (from: number, to: number) => readonly EvidenceDisclosure[];
}

export type Verdict =
  'empty' | 'malformed' | 'bad-signature' | 'forked' | 'truncated' | 'modified' | 'intact';

/** The answer, with the names that `--json` prints. */
export interface Report {
  readonly verified: boolean;
  readonly verdict: Verdict;
  readonly failure_index: number | null;
  readonly failure_reason: string | null;
  readonly entries: number;
  readonly checkpointed: number;
  /** The largest checkpoint that a receipt says was carried off the host. */
  readonly witnessed: {readonly size: number; readonly where: string; readonly at: string} | null;
  /** Values that were erased, as a redact or retention entry says. */
  readonly redacted: number;
  readonly head: {readonly size: number; readonly root: string};
  readonly checkpoints: number;
  readonly key: {readonly id: string; readonly source: 'given' | 'directory' | 'bundle'};
  readonly not_proved: readonly string[];
}

export interface Finding {
  readonly report: Report;
  /** Two signed notes that cannot both be true. */
  readonly proof: readonly [string, string] | undefined;
}
