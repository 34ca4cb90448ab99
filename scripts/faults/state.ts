// What is true of a data directory after a fault: whether the chain verifies, and which acknowledged entries are there.
import {openEvidence} from '../../src/store/evidence.ts';
import {verify} from '../../src/ledger/verify.ts';
import type {Place} from './program.ts';

export interface After {
  readonly verdict: string;
  readonly entries: number;
  /** Acknowledged entries that are not there. */
  readonly lost: readonly number[];
}

/** Holds are what these cases write; an acknowledged one must stand at its `seq`. */
export async function after({home}: Place, acked: readonly number[]): Promise<After> {
  const {evidence, close} = openEvidence(home);
  try {
    const {report} = await verify(evidence);
    const kinds = new Map<number, string>();
    for await (const page of evidence.pages())
      for (const {seq, line} of page)
        kinds.set(seq, /"kind":"([^"]+)"/.exec(Buffer.from(line).toString())?.[1] ?? '');
    return {
      verdict: report.verdict,
      entries: report.entries,
      lost: acked.filter(seq => kinds.get(seq) !== 'hold.set'),
    };
  } finally {
    close();
  }
}
