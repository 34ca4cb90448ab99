// The verdict over the log of a data directory: facts first, then the rules that bundles share.
import {QdError} from '../domain/error.ts';
import type {Evidence, EvidenceNote, Finding} from '../domain/evidence.ts';
import {isBad, malformed, readKeys, readNotes, strayNote, type Bad, type Facts} from './judge/facts.ts';
import {findingOf, type Situation} from './judge/report.ts';
import {checkpointedIn, judge} from './judge/rules.ts';
import {parseVkey, type Verifier} from './note.ts';
import {scan, type Scan} from './scan.ts';

export interface VerifyOptions {
  /** A verifier key from elsewhere, as text; the keys beside the log are not believed then. */
  readonly vkey?: string;
  /** Checkpoints that were kept elsewhere. */
  readonly notes?: readonly EvidenceNote[];
  readonly onProgress?: (done: number, total: number) => void;
}

/** The key that was given; throws USAGE when it is none. */
export function givenKey(text: string | undefined): Verifier | undefined {
  if (text === undefined) return undefined;
  const verifier = parseVkey(text.trim());
  if (verifier !== undefined) return verifier;
  throw new QdError('USAGE', 'The value of --vkey is no verifier key.', {
    hint: 'It looks like NAME+8 hex digits+base64, as `quarterdeck ledger key` prints it.',
  });
}

type Small = Pick<Facts, 'keys' | 'notes'>;

function readSmall(evidence: Evidence, given: readonly EvidenceNote[]): Small | Bad {
  if (evidence.vkeys === undefined) return malformed('the file ledger.vkey is missing');
  const keys = readKeys(evidence.vkeys);
  if (isBad(keys)) return keys;
  const stored = readNotes(evidence.notes);
  if (isBad(stored)) return stored;
  const elsewhere = readNotes(given);
  if (isBad(elsewhere)) return elsewhere;
  return strayNote(stored, keys) ?? {keys, notes: [...stored, ...elsewhere]};
}

function factsOf({keys, notes}: Small, given: Verifier | undefined, result: Scan): Facts {
  const {size} = result;
  return {
    keys,
    given,
    notes,
    sealed: [],
    from: 0,
    to: size,
    size,
    lines: size,
    extraLines: 0,
    scan: result,
    context: [],
    contextVkey: undefined,
    roots: new Map([...result.roots, [size, result.root]]),
    beside: undefined,
  };
}

async function read(
  evidence: Evidence,
  small: Small,
  onProgress: VerifyOptions['onProgress'],
): Promise<Scan | Bad> {
  try {
    const sizes = new Set(small.notes.map(({size}) => size));
    return await scan(evidence, {sizes}, done => onProgress?.(done, evidence.count));
  } catch (error) {
    if (!(error instanceof QdError) || error.code !== 'LEDGER_UNREADABLE') throw error;
    return malformed(error.message);
  }
}

function openHere(evidence: Evidence, facts: Facts | undefined): readonly string[] {
  const covered = facts === undefined ? 0 : checkpointedIn(facts);
  const size = facts?.size ?? evidence.count;
  return [
    ...(evidence.hasRemembered
      ? []
      : ['what the last checkpoint was: the file that remembers it is not there']),
    ...(size > covered ? [`entries ${covered} to ${size - 1}: no checkpoint covers them yet`] : []),
  ];
}

/** Verifies a log. Never throws for what it finds; a damaged container is `malformed`. Throws USAGE for a bad key. */
export async function verify(evidence: Evidence, options: VerifyOptions = {}): Promise<Finding> {
  const given = givenKey(options.vkey);
  const notes = options.notes ?? [];
  const checkpoints = evidence.notes.length;
  const situation = (facts?: Facts): Situation => ({
    source: 'directory',
    given,
    hasNotes: notes.length > 0,
    open: openHere(evidence, facts),
  });
  const small = readSmall(evidence, notes);
  const unread = (bad: Bad): Finding => {
    const keyId = isBad(small) ? '' : small.keys[0].id;
    return findingOf(bad, {entries: evidence.count, checkpoints, keyId}, situation());
  };
  if (evidence.count === 0) return unread({verdict: 'empty', reason: 'there are no entries'});
  if (isBad(small)) return unread(small);
  const result = await read(evidence, small, options.onProgress);
  if (isBad(result)) return unread(result);
  const facts = factsOf(small, given, result);
  return findingOf(judge(facts), {facts, checkpoints}, situation(facts));
}
