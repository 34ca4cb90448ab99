// The verdict over a log: the first rule that matches, in their order.
import {QdError} from '../domain/error.ts';
import {parseCheckpoint, type SignedCheckpoint} from './checkpoint.ts';
import type {Evidence, EvidenceNote, Finding, Report, Verdict} from '../domain/evidence.ts';
import {isFields} from './form.ts';
import {isSigned, parseVkey, type Verifier} from './note.ts';
import {scan, type Scan} from './scan.ts';

export interface VerifyOptions {
  /** A verifier key from elsewhere; the keys beside the log are not believed then. */
  readonly vkey?: Verifier;
  /** Checkpoints that were kept elsewhere. */
  readonly notes?: readonly EvidenceNote[];
  readonly onProgress?: (done: number) => void;
}

interface Known extends SignedCheckpoint {
  readonly where: string;
  readonly raw: string;
}

interface Bad {
  readonly verdict: Exclude<Verdict, 'intact'>;
  readonly reason: string;
  readonly index?: number;
  readonly proof?: readonly [string, string];
}

const malformed = (reason: string): Bad => ({verdict: 'malformed', reason});

function verifiersOf(evidence: Evidence, given: Verifier | undefined): Verifier[] | Bad {
  if (given !== undefined) return [given];
  if (evidence.vkeys === undefined) return malformed('the file ledger.vkey is missing');
  const lines = evidence.vkeys.split('\n').filter(line => line !== '');
  const verifiers = lines.map(parseVkey).filter(verifier => verifier !== undefined);
  const good = verifiers.length > 0 && verifiers.length === lines.length;
  return good ? verifiers : malformed('the file ledger.vkey does not hold one verifier key a line');
}

function readNotes(notes: readonly EvidenceNote[]): Known[] | Bad {
  const known: Known[] = [];
  for (const {where, raw} of notes) {
    const parsed = parseCheckpoint(raw);
    if ('problem' in parsed) return malformed(`the checkpoint in ${where} cannot be read: ${parsed.problem}`);
    known.push({...parsed, where, raw: Buffer.from(raw).toString()});
  }
  return known;
}

function unsigned(notes: readonly Known[], verifiers: readonly Verifier[]): Bad | undefined {
  const bad = notes.find(
    ({note, origin}) => !isSigned(note, verifiers) || !verifiers.some(({name}) => name === origin),
  );
  if (bad === undefined) return undefined;
  return {
    verdict: 'bad-signature',
    reason: `the checkpoint of size ${bad.size} in ${bad.where} is not signed by a known key of its log`,
  };
}

/** Two notes of one size with different roots. */
function sameSizeFork(notes: readonly Known[]): Bad | undefined {
  const bySize = new Map<number, Known>();
  for (const note of notes) {
    const other = bySize.get(note.size);
    if (other !== undefined && !other.root.equals(note.root)) return fork(other, note);
    bySize.set(note.size, note);
  }
  return undefined;
}

const fork = (a: Known, b: Known): Bad => ({
  verdict: 'forked',
  reason: `two signed checkpoints contradict each other: size ${a.size} in ${a.where} and size ${b.size} in ${b.where}`,
  proof: [a.raw, b.raw],
});

const agrees = ({size, root}: Known, {roots}: Scan): boolean => roots.get(size)?.equals(root) ?? false;

/** A signed note that these entries bear out, and a smaller one that they do not: its signer told two stories. */
function deepFork(notes: readonly Known[], result: Scan): Bad | undefined {
  const within = notes.filter(({size}) => size <= result.size);
  const true_ = within.filter(note => agrees(note, result)).toSorted((a, b) => b.size - a.size)[0];
  const false_ = within.find(note => !agrees(note, result) && note.size < (true_?.size ?? 0));
  return true_ === undefined || false_ === undefined ? undefined : fork(true_, false_);
}

function truncated(notes: readonly Known[], {size}: Scan): Bad | undefined {
  const largest = notes.toSorted((a, b) => b.size - a.size)[0];
  if (largest === undefined || largest.size <= size) return undefined;
  return {
    verdict: 'truncated',
    reason: `there are ${size} entries, but the checkpoint in ${largest.where} covers ${largest.size}`,
  };
}

function modified(notes: readonly Known[], result: Scan): Bad | undefined {
  const {leaf, prev, place, beside} = result;
  const bytes = leaf ?? (place !== undefined && place.seq <= (prev?.seq ?? Infinity) ? place : prev);
  if (bytes !== undefined) return {verdict: 'modified', reason: bytes.reason, index: bytes.seq};
  const root = notes.find(note => !agrees(note, result));
  if (root !== undefined) {
    return {
      verdict: 'modified',
      reason: `the entries do not have the root that the checkpoint of size ${root.size} in ${root.where} signs`,
    };
  }
  if (beside !== undefined) return {verdict: 'modified', reason: beside.reason};
  const lost = result.missing.find(place => !wasErased(place, result));
  if (lost === undefined) return undefined;
  const reason = `the value behind ${lost.ptr} of entry ${lost.seq} is missing, and no redaction says so`;
  return {verdict: 'modified', reason};
}

/** Every value that an entry says was erased, as `seq ptr`. */
function erasedIn({said}: Scan): Set<string> {
  const places = said.flatMap(({kind, body}) => {
    if (kind === 'redact') return [body];
    const {erased} = body;
    return kind === 'retention.apply' && Array.isArray(erased) ? erased.filter(isFields) : [];
  });
  return new Set(places.map(({seq, ptr}) => `${String(seq)} ${String(ptr)}`));
}

const wasErased = ({seq, ptr}: {readonly seq: number; readonly ptr: string}, result: Scan): boolean =>
  erasedIn(result).has(`${seq} ${ptr}`);

function otherKey(result: Scan, evidence: Evidence, verifiers: readonly Verifier[]): Bad | undefined {
  const entryZeroHolds = result.leaf?.seq !== 0 && result.place?.seq !== 0 && result.prev?.seq !== 0;
  const [first] = evidence.vkeys === undefined ? [] : evidence.vkeys.split('\n');
  if (!entryZeroHolds || result.form?.seq === 0) return undefined;
  const named = parseVkey(result.genesisVkey);
  const given = verifiers.some(({vkey}) => vkey === named?.vkey);
  if (given || first === result.genesisVkey) return undefined;
  return {verdict: 'bad-signature', reason: 'the first key in ledger.vkey is not the one that entry 0 names'};
}

function judge(
  evidence: Evidence,
  verifiers: readonly Verifier[],
  notes: readonly Known[],
  result: Scan,
): Bad | undefined {
  const {form} = result;
  return (
    otherKey(result, evidence, verifiers) ??
    deepFork(notes, result) ??
    truncated(notes, result) ??
    modified(notes, result) ??
    (form === undefined ? undefined : {verdict: 'malformed', reason: form.reason, index: form.seq})
  );
}

function notProved(evidence: Evidence, options: VerifyOptions, size: number, checkpointed: number): string[] {
  return [
    ...(options.vkey === undefined
      ? [
          'who signed: the key was read from the directory that it vouches for (give one from elsewhere with --vkey)',
        ]
      : []),
    ...((options.notes ?? []).length === 0
      ? [
          'that the newest entries were not cut off together with their checkpoints (give one that was kept elsewhere with --checkpoint)',
        ]
      : []),
    ...(evidence.hasRemembered
      ? []
      : ['what the last checkpoint was: the file that remembers it is not there']),
    ...(size > checkpointed ? [`entries ${checkpointed} to ${size - 1}: no checkpoint covers them yet`] : []),
    'that everything that happened was written: an act can be kept from the log before it is recorded',
    'that the wall clock was right',
    'acts outside the console',
    'anything against a process of the same account, which could write a new log and sign it',
  ];
}

const redactedIn = (result: Scan): number => result.missing.filter(place => wasErased(place, result)).length;

/** Verifies a log. Never throws for what it finds; a damaged container is `malformed`. */
export async function verify(evidence: Evidence, options: VerifyOptions = {}): Promise<Finding> {
  const verifiers = verifiersOf(evidence, options.vkey);
  const notes = readNotes([...evidence.notes, ...(options.notes ?? [])]);
  const known = Array.isArray(notes) ? notes : [];
  const keys = Array.isArray(verifiers) ? verifiers : [];
  let result: Scan | undefined;
  let bad: Bad | undefined;
  if (evidence.count === 0) bad = {verdict: 'empty', reason: 'there are no entries'};
  else if (!Array.isArray(verifiers)) bad = verifiers;
  else if (!Array.isArray(notes)) bad = notes;
  else bad = unsigned(known, keys) ?? sameSizeFork(known);
  if (bad === undefined) {
    try {
      result = await scan(
        evidence,
        {sizes: new Set(known.map(({size}) => size))},
        options.onProgress ?? (() => undefined),
      );
      bad = judge(evidence, keys, known, result);
    } catch (error) {
      if (!(error instanceof QdError) || error.code !== 'LEDGER_UNREADABLE') throw error;
      bad = malformed(error.message);
    }
  }
  const size = result?.size ?? evidence.count;
  const checkpointed = Math.max(0, ...known.map(note => note.size).filter(noted => noted <= size));
  const report: Report = {
    verified: bad === undefined,
    verdict: bad?.verdict ?? 'intact',
    failure_index: bad?.index ?? null,
    failure_reason: bad?.reason ?? null,
    entries: size,
    checkpointed,
    witnessed: null,
    redacted: result === undefined ? 0 : redactedIn(result),
    head: {size, root: result?.root.toString('hex') ?? ''},
    checkpoints: evidence.notes.length,
    key: {id: keys.at(-1)?.id ?? '', source: options.vkey === undefined ? 'directory' : 'given'},
    not_proved: notProved(evidence, options, size, checkpointed),
  };
  return {report, proof: bad?.proof};
}
