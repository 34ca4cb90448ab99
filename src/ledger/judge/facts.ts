// The rules that give a verdict, the same for a data directory and a bundle. What they look at: facts, all read before.
import type {EvidenceNote, Verdict} from '../../domain/evidence.ts';
import {textOf} from '../bytes.ts';
import {parseCheckpoint, type SignedCheckpoint} from '../checkpoint.ts';
import {parseVkey, type Note, type Verifier} from '../note.ts';
import type {Fault, Said, Scan} from '../scan.ts';

/** A verdict that is no pass, and why. */
export interface Bad {
  readonly verdict: Exclude<Verdict, 'intact'>;
  readonly reason: string;
  readonly index?: number;
  /** Two signed notes that cannot both be true. */
  readonly proof?: readonly [string, string];
}

export const malformed = (reason: string): Bad => ({verdict: 'malformed', reason});

/** A checkpoint, and where it was found. */
export interface Known extends SignedCheckpoint {
  readonly where: string;
  readonly raw: string;
}

export interface Facts {
  /** The keys of `ledger.vkey`, oldest first; never empty. */
  readonly keys: readonly [Verifier, ...Verifier[]];
  /** A key from elsewhere. */
  readonly given: Verifier | undefined;
  /** Every checkpoint, the stored ones first. */
  readonly notes: readonly Known[];
  /** Further notes that the key in force for `size` must have signed. */
  readonly sealed: readonly {readonly where: string; readonly note: Note}[];
  /** The slice `[from, to)` of a log of `size` entries; how many of its lines are there, and how many more. */
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly lines: number;
  readonly extraLines: number;
  readonly scan: Scan;
  /** What entries outside the slice say. */
  readonly context: readonly Said[];
  /** Which key an entry 0 outside the slice names; undefined: it is not there, or does not belong to the log. */
  readonly contextVkey: string | undefined;
  /** Roots that are known, by size. */
  readonly roots: ReadonlyMap<number, Uint8Array>;
  /** The first thing beside the entries that does not fit them. */
  readonly beside: string | undefined;
}

/** The lowest fault of form; `log` must be the name that the keys bear. */
export const formFault = ({scan, keys: [{name}], from, lines}: Facts): Fault | undefined =>
  lines === 0 || scan.origin === name
    ? scan.form
    : {seq: from, reason: `entry ${from} is not of the log that ledger.vkey names`};

/** Reads `ledger.vkey`: one key a line, all with one name, no two with one id. */
export function readKeys(text: string): Facts['keys'] | Bad {
  const lines = text.split('\n');
  const [first, ...others] = lines.slice(0, -1).map(parseVkey);
  const rest = others.filter(key => key !== undefined);
  if (lines.at(-1) !== '' || first === undefined || rest.length !== others.length)
    return malformed('the file ledger.vkey does not hold one verifier key a line');
  if (rest.some(({name}) => name !== first.name))
    return malformed('the keys in ledger.vkey do not have one name');
  const keys: Facts['keys'] = [first, ...rest];
  if (new Set(keys.map(({id}) => id)).size !== keys.length)
    return malformed('two keys in ledger.vkey have one id');
  return keys;
}

export function readNotes(notes: readonly EvidenceNote[]): readonly Known[] | Bad {
  const known: Known[] = [];
  for (const {where, raw} of notes) {
    const parsed = parseCheckpoint(raw);
    if ('problem' in parsed) return malformed(`the checkpoint in ${where} cannot be read: ${parsed.problem}`);
    known.push({...parsed, where, raw: textOf(raw) ?? ''});
  }
  return known;
}

/** A stored checkpoint of another log than the keys are for. */
export function strayNote(notes: readonly Known[], [{name}]: Facts['keys']): Bad | undefined {
  const stray = notes.find(({origin}) => origin !== name);
  return stray && malformed(`the checkpoint in ${stray.where} is not of the log that ledger.vkey names`);
}

export const isBad = (value: object): value is Bad => 'verdict' in value;
