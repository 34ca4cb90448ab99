// What people attested about a check: for what no machine can see.

export interface Attestation {
  readonly seq: number;
  /** When it was recorded, RFC 3339 UTC. */
  readonly at: string;
  readonly operator: string;
  /** How it is known who that is, such as `local` or `claimed`. */
  readonly via: string;
  readonly role: string | undefined;
  readonly untilMs: number;
  readonly evidence: {readonly file: string; readonly sha256: string; readonly sizeBytes: number} | undefined;
}

/** Those of this very check, or of another of its service, newest first; a sentence when the ledger cannot be read. */
export type Attestations = (check?: string) => Promise<readonly Attestation[] | {readonly problem: string}>;
