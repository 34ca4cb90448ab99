// Whether everything is signed by the key that was in force for it (docs/formats/ledger.md, Rotation).
import {utf8} from '../bytes.ts';
import {isSigned, isSignedBy, parseNote, rotationText, type Note, type Verifier} from '../note.ts';
import type {Said} from '../scan.ts';
import {formFault, type Bad, type Facts} from './facts.ts';

const badSignature = (reason: string): Bad => ({verdict: 'bad-signature', reason});

/** The entries that introduce a key, in order. */
const rotationsIn = ({context, scan}: Facts): readonly Said[] =>
  [...context, ...scan.said].filter(({kind}) => kind === 'key.rotate').toSorted((a, b) => a.seq - b.seq);

/** Which key, counted from the first, is in force for a checkpoint of `size`. */
export const epochOf = (rotations: readonly {readonly seq: number}[], size: number): number =>
  rotations.filter(({seq}) => seq + 1 < size).length;

/** The given key when it is none of the log's. */
const foreignKey = ({keys, given}: Facts): Verifier | undefined =>
  given === undefined || keys.some(({vkey}) => vkey === given.vkey) ? undefined : given;

/** The key in force for all that is there; the given one when that is none of the log's. */
export const keyInForce = (facts: Facts): Verifier =>
  foreignKey(facts) ?? facts.keys[epochOf(rotationsIn(facts), facts.size)] ?? facts.keys[0];

function isIntroduced({seq, body}: Said, key: Verifier, before: Verifier): boolean {
  const {vkey, note: text} = body;
  if (vkey !== key.vkey || typeof text !== 'string' || !text.isWellFormed()) return false;
  const note = parseNote(utf8(text));
  if ('problem' in note || note.text !== rotationText(key.name, seq, key.vkey)) return false;
  return isSigned(note, [before]);
}

function rotationProblem(keys: Facts['keys'], rotations: readonly Said[]): Bad | undefined {
  if (rotations.length !== keys.length - 1) {
    return badSignature(
      `ledger.vkey holds ${keys.length} keys, but the entries introduce ${rotations.length} after the first`,
    );
  }
  let before = keys[0];
  for (const [i, rotation] of rotations.entries()) {
    const key = keys[i + 1];
    if (key === undefined || !isIntroduced(rotation, key, before))
      return badSignature(`entry ${rotation.seq} does not introduce key ${i + 2} of ledger.vkey`);
    before = key;
  }
  return undefined;
}

interface Signed {
  readonly what: string;
  readonly size: number;
  readonly note: Note;
}

const signedIn = ({notes, sealed, size}: Facts): readonly Signed[] => [
  ...notes.map(({where, note, size: covered}) => ({
    what: `the checkpoint of size ${covered} in ${where}`,
    size: covered,
    note,
  })),
  ...sealed.map(({where, note}) => ({what: where, size, note})),
];

/** Only the given key is known. */
function underForeign(facts: Facts, given: Verifier): Bad | undefined {
  if (given.name !== facts.keys[0].name) return badSignature('the given key is of another log');
  const bad = signedIn(facts).find(({note}) => !isSignedBy(note, given, [given]));
  return (
    bad &&
    badSignature(
      `${bad.what} is not signed by the given key, which ledger.vkey does not hold: if it came into force only after this was made, the key noted at that time is needed`,
    )
  );
}

function underOwn(facts: Facts): Bad | undefined {
  const {keys, given, size} = facts;
  const rotations = rotationsIn(facts);
  const problem = rotationProblem(keys, rotations);
  if (problem !== undefined) return problem;
  const bad = signedIn(facts).find(({note, size: covered}) => {
    const key = keys[epochOf(rotations, covered)];
    return key === undefined || !isSignedBy(note, key, keys);
  });
  if (bad !== undefined) {
    const later = bad.size > size ? '; it is newer than what is here, so a later key may have signed it' : '';
    return badSignature(`${bad.what} is not signed by the key of its log in force for it${later}`);
  }
  if (epochOf(rotations, size) < keys.findIndex(({vkey}) => vkey === given?.vkey))
    return badSignature(
      'the given key is newer than what is here: an earlier key of the log signed it, so the key noted at that time is needed',
    );
  return undefined;
}

/** The key that entry 0 names; undefined when it is not there or cannot be believed. */
function genesisVkey(facts: Facts): string | undefined {
  const {scan, from, lines} = facts;
  if (from > 0 || lines === 0) return facts.contextVkey;
  const faults = [scan.leaf, scan.place, scan.prev, formFault(facts)];
  return faults.some(fault => fault?.seq === 0) ? undefined : scan.genesisVkey;
}

/** Rule 3. */
export function signatureProblem(facts: Facts): Bad | undefined {
  const foreign = foreignKey(facts);
  const problem = foreign === undefined ? underOwn(facts) : underForeign(facts, foreign);
  if (problem !== undefined) return problem;
  const other = facts.notes.find(({origin}) => origin !== facts.keys[0].name);
  if (other !== undefined) return badSignature(`the checkpoint in ${other.where} is of another log`);
  const named = genesisVkey(facts);
  if (named === undefined || named === (foreign ?? facts.keys[0]).vkey) return undefined;
  return badSignature(
    foreign === undefined
      ? 'the first key in ledger.vkey is not the one that entry 0 names'
      : 'the given key is not the one that entry 0 names',
  );
}
