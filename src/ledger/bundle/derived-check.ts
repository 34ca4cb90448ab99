// The files for people, derived again and compared by hash, so that neither is ever held in memory.
import {createHash, type Hash} from 'node:crypto';
import {Deriver, derivedPaths, type Piece, type Value} from '../../report/derive.ts';
import {hexOf} from '../bytes.ts';
import {commitmentsOf} from '../commitment.ts';
import {fieldsOf} from '../form.ts';
import {leafHash} from '../hash.ts';
import type {Facts} from '../judge/facts.ts';
import {erasedIn} from '../judge/rules.ts';
import {Disclosures, type BundleDisclosure} from './disclosed.ts';
import {linesOf} from './lines.ts';
import type {BundleSource} from './source.ts';

type Values = Map<string, Value>;

/** What is behind each commitment of an entry. */
function valuesOf(
  {seq, body}: {readonly seq: number; readonly body: unknown},
  disclosures: readonly BundleDisclosure[],
  erased: ReadonlyMap<string, number>,
): Values {
  const values: Values = new Map();
  for (const {ptr, value} of disclosures) if (value !== undefined) values.set(ptr, {bytes: value});
  for (const ptr of commitmentsOf(body).keys()) {
    const by = erased.get(`${seq} ${ptr}`);
    if (!values.has(ptr) && by !== undefined) values.set(ptr, {erased: true, by});
  }
  return values;
}

/** The first derived file that is not what the entries give. Only for a bundle in which all else holds. */
export async function derivedProblem(
  source: BundleSource,
  facts: Facts,
  hashes: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  const {keys, from, to, size, roots} = facts;
  const root = hexOf(roots.get(size) ?? new Uint8Array());
  const deriver = new Deriver({origin: keys[0].name, from, to, size, root});
  const derived = new Map<string, Hash>(derivedPaths.map(path => [path, createHash('sha256')]));
  const take = (pieces: readonly Piece[]): void => {
    for (const {path, text} of pieces) derived.get(path)?.update(text);
  };
  const erased = erasedIn(facts);
  const disclosures = new Disclosures(source);
  let seq = from;
  for await (const page of linesOf(source.stream('entries.jsonl'), () => undefined)) {
    for (const line of page) {
      const parsed = fieldsOf(line);
      if (parsed === undefined) throw new Error(`entry ${seq} changed while it was verified`);
      const {fields: entry, text} = parsed;
      const values = valuesOf({seq, body: entry['body']}, await disclosures.upTo(seq), erased);
      take(deriver.add({seq, leaf: hexOf(leafHash(line)), line: text, entry, values}));
      seq += 1;
    }
  }
  take(deriver.end());
  const other = [...derived].find(([path, hash]) => hash.digest('hex') !== hashes.get(path));
  return other && `${other[0]} is not what the entries give`;
}
