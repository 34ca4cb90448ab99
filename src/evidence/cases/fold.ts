// What a case is: a fold over its entries. The folder holds bytes, the ledger says what they are.
import type {z} from 'zod';
import type {StoredEntry} from '../../domain/entry.ts';
import {caseAdd, caseOpen, caseVerify} from '../../domain/kinds-case.ts';

export const caseEntryKinds = ['case.open', 'case.add', 'case.verify', 'case.pack'];

export interface CaseFile extends z.infer<typeof caseAdd> {
  readonly seq: number;
  readonly operator: string;
}

export interface CaseRun extends z.infer<typeof caseVerify> {
  readonly seq: number;
  readonly at: string;
}

export interface Case {
  readonly id: string;
  readonly critical: boolean;
  /** The entry that opened it, when, and who did. */
  readonly seq: number;
  readonly openedAt: string;
  readonly operator: string;
  readonly files: readonly CaseFile[];
  readonly runs: readonly CaseRun[];
}

/** All cases, oldest first. Entries that do not parse are passed over: `ledger verify` names them. */
export function casesIn(rows: readonly StoredEntry[]): readonly Case[] {
  const cases = new Map<string, Case>();
  for (const {seq, entry} of rows) {
    const {kind, body, ts, actor} = entry;
    const opened = kind === 'case.open' ? caseOpen.safeParse(body).data : undefined;
    if (opened !== undefined && !cases.has(opened.case)) {
      const {case: id, critical} = opened;
      cases.set(id, {id, critical, seq, openedAt: ts, operator: actor.operator, files: [], runs: []});
    }
    const known = cases.get(typeof body['case'] === 'string' ? body['case'] : '');
    if (known === undefined) continue;
    const added = kind === 'case.add' ? caseAdd.safeParse(body).data : undefined;
    const run = kind === 'case.verify' ? caseVerify.safeParse(body).data : undefined;
    if (added !== undefined)
      cases.set(known.id, {...known, files: [...known.files, {...added, seq, operator: actor.operator}]});
    if (run !== undefined) cases.set(known.id, {...known, runs: [...known.runs, {...run, seq, at: ts}]});
  }
  return [...cases.values()];
}

/** How far a file is verified: by how many environments (hosts) of how many that are needed, and whether they agree. */
export type Standing =
  | {readonly at: 'unverified'; readonly needed: 1 | 2}
  | {readonly at: 'partly'; readonly have: 1; readonly needed: 2; readonly verified: boolean}
  | {readonly at: 'verified' | 'failed'; readonly hosts: readonly string[]}
  | {readonly at: 'disagreement'; readonly runs: readonly CaseRun[]};

type Outcome = Pick<CaseRun, 'verified' | 'failureIndex'>;
const isSame = (a: Outcome, b: Outcome): boolean =>
  a.verified === b.verified && a.failureIndex === b.failureIndex;

/** The runs about the same bytes that do not say what `run` says. */
export const against = (
  run: Outcome & {readonly sha256: string},
  runs: readonly CaseRun[],
): readonly CaseRun[] => runs.filter(other => other.sha256 === run.sha256 && !isSame(other, run));

export function standingOf(
  file: Pick<CaseFile, 'sha256'>,
  {runs, critical}: Pick<Case, 'runs' | 'critical'>,
): Standing {
  const needed = critical ? 2 : 1;
  const about = runs.filter(run => run.sha256 === file.sha256);
  const [first] = about;
  if (first === undefined) return {at: 'unverified', needed};
  if (about.some(run => !isSame(run, first))) return {at: 'disagreement', runs: about};
  const hosts = [...new Set(about.map(({host}) => host))].sort();
  if (critical && hosts.length < 2) return {at: 'partly', have: 1, needed: 2, verified: first.verified};
  return {at: first.verified ? 'verified' : 'failed', hosts};
}

export function standingWords(standing: Standing): string {
  switch (standing.at) {
    case 'unverified':
      return standing.needed === 2 ? 'not verified (0 of 2)' : 'not verified';
    case 'partly':
      return `${standing.verified ? 'verified' : 'NOT VERIFIED'} by 1 of 2`;
    case 'verified':
      return `verified${standing.hosts.length > 1 ? ' by 2 of 2' : ''} (${standing.hosts.join(', ')})`;
    case 'failed':
      return `NOT VERIFIED (${standing.hosts.join(', ')})`;
    case 'disagreement':
      return 'DISAGREEMENT between verifiers';
  }
}
