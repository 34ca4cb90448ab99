// The rules after the signatures, in their order: forked, truncated, modified, malformed.
import {equal} from '../bytes.ts';
import {isFields} from '../form.ts';
import {formFault, type Bad, type Facts, type Known} from './facts.ts';
import {signatureProblem} from './keys.ts';

const fork = (a: Known, b: Known): Bad => ({
  verdict: 'forked',
  reason: `two signed checkpoints contradict each other: size ${a.size} in ${a.where} and size ${b.size} in ${b.where}`,
  proof: [a.raw, b.raw],
});

/** Two notes of one size with different roots. */
function sameSizeFork({notes}: Facts): Bad | undefined {
  const bySize = new Map<number, Known>();
  for (const note of notes) {
    const other = bySize.get(note.size);
    if (other !== undefined && !equal(other.root, note.root)) return fork(other, note);
    bySize.set(note.size, note);
  }
  return undefined;
}

const isKnown = ({size}: Known, {roots}: Facts): boolean => roots.has(size);
const agrees = ({size, root}: Known, {roots}: Facts): boolean =>
  equal(root, roots.get(size) ?? new Uint8Array());
const largest = (notes: readonly Known[]): Known | undefined => notes.toSorted((a, b) => b.size - a.size)[0];

/** A signed note that these entries bear out, and a smaller one that they do not: its signer told two stories. */
function deepFork(facts: Facts): Bad | undefined {
  const right = largest(facts.notes.filter(note => agrees(note, facts)));
  const wrong = facts.notes.find(
    note => isKnown(note, facts) && !agrees(note, facts) && note.size < (right?.size ?? 0),
  );
  return right === undefined || wrong === undefined ? undefined : fork(right, wrong);
}

function truncated({notes, sealed, from, to, size, lines}: Facts): Bad | undefined {
  if (lines < to - from) {
    return {verdict: 'truncated', reason: `there are ${lines} lines, not the ${to - from} of the slice`};
  }
  const newest = largest(notes);
  if (newest === undefined || newest.size <= size) return undefined;
  // Only a bundle is sealed; it was made at one moment, and an honest log goes on.
  const reason =
    sealed.length > 0
      ? `the checkpoint in ${newest.where} covers ${newest.size} entries, this bundle ${size}: either the log went on after the bundle was made, or its end was cut off`
      : `there are ${size} entries, but the checkpoint in ${newest.where} covers ${newest.size}`;
  return {verdict: 'truncated', reason};
}

/** Every value that an entry says was erased, as `seq ptr`, with the lowest entry that says it. */
export function erasedIn({scan, context}: Pick<Facts, 'scan' | 'context'>): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const {seq: by, kind, body} of [...context, ...scan.said].toSorted((a, b) => a.seq - b.seq)) {
    const {erased} = body;
    const listed: readonly unknown[] = kind === 'retention.apply' && Array.isArray(erased) ? erased : [];
    for (const place of kind === 'redact' ? [body] : listed) {
      if (!isFields(place)) continue;
      const {seq, ptr} = place;
      if (typeof seq !== 'number' || typeof ptr !== 'string') continue;
      const name = `${seq} ${ptr}`;
      if (!found.has(name)) found.set(name, by);
    }
  }
  return found;
}

/** How many values were erased as an entry says, and the first that is missing without that. */
export function missingIn(facts: Facts): {
  readonly redacted: number;
  readonly lost: {readonly seq: number; readonly ptr: string} | undefined;
} {
  const erased = erasedIn(facts);
  const lost = facts.scan.missing.filter(({seq, ptr}) => !erased.has(`${seq} ${ptr}`));
  return {redacted: facts.scan.missing.length - lost.length, lost: lost[0]};
}

/** What does not fit and has no index. */
function looseProblem(facts: Facts): string | undefined {
  const {notes, scan, extraLines, beside} = facts;
  if (extraLines > 0) return `there are ${extraLines} lines after the last entry of the slice`;
  const root = notes.find(note => isKnown(note, facts) && !agrees(note, facts));
  if (root !== undefined)
    return `the entries do not have the root that the checkpoint of size ${root.size} in ${root.where} signs`;
  if (scan.beside !== undefined) return scan.beside.reason;
  const {lost} = missingIn(facts);
  if (lost === undefined) return beside;
  return `the value behind ${lost.ptr} of entry ${lost.seq} is missing, and no redaction says so`;
}

function modified(facts: Facts): Bad | undefined {
  const {leaf, prev, place} = facts.scan;
  const bytes = leaf ?? (place !== undefined && place.seq <= (prev?.seq ?? Infinity) ? place : prev);
  if (bytes !== undefined) return {verdict: 'modified', reason: bytes.reason, index: bytes.seq};
  const reason = looseProblem(facts);
  return reason === undefined ? undefined : {verdict: 'modified', reason};
}

function malformedEntry(facts: Facts): Bad | undefined {
  const fault = formFault(facts);
  return fault && {verdict: 'malformed', reason: fault.reason, index: fault.seq};
}

/** Rules 3 to 7. */
export const judge = (facts: Facts): Bad | undefined =>
  signatureProblem(facts) ??
  sameSizeFork(facts) ??
  deepFork(facts) ??
  truncated(facts) ??
  modified(facts) ??
  malformedEntry(facts);

/** The size of the largest checkpoint that the entries bear out. */
export const checkpointedIn = (facts: Facts): number =>
  largest(facts.notes.filter(note => agrees(note, facts)))?.size ?? 0;
