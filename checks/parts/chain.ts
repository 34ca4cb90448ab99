// Hash chains: what the hash of a record covers, and whether a record follows the one before.
import {createHash} from 'node:crypto';
import {canonical, without} from '../../src/foreign/canonical.ts';
import {
  isObject,
  readStrictJson,
  textAt,
  type JsonObject,
  type JsonValue,
} from '../../src/foreign/strict-json.ts';
import {systemEventProblem} from '../../src/foreign/system.ts';
import {hexOf} from '../../src/ledger/bytes.ts';
import {leafHash, sha256} from '../../src/ledger/hash.ts';

/**
 * `quarterdeck`: lines of our own ledger, each with the leaf hash of the line before. `system-ledger`: the events of
 * src/foreign/system.ts. `canonical`: the hash of the record's canonical JSON (keys sorted, no spaces) without the hash
 * itself. `prefixed`: the hash before as text, then that canonical JSON without both.
 */
export const chainRules = ['quarterdeck', 'system-ledger', 'canonical', 'prefixed'] as const;
export type ChainRule = (typeof chainRules)[number];
export const chainHashes = ['sha256', 'sha384', 'sha512'] as const;

export interface ChainForm {
  readonly rule: ChainRule;
  readonly prevField: string;
  readonly hashField: string;
  readonly algorithm: (typeof chainHashes)[number];
  /** What the first record says of the one before it; null: nothing. */
  readonly first: string | null;
}

/** A record as it came: its bytes, or its members. */
export type ChainRecord = {readonly bytes: Uint8Array} | {readonly members: JsonObject};

export interface ChainState {
  readonly count: number;
  /** Hash of the newest record, hex; undefined before the first. */
  readonly head: string | undefined;
  readonly problem: {readonly index: number; readonly why: string} | undefined;
  /** Fields in which a `|` makes other records give the same hash (system-ledger). */
  readonly ambiguous: boolean;
}

const maxRecordBytes = 1024 * 1024;
const barred = ['event_type', 'tenant_id', 'resource_type', 'resource_id'];

export class Chain {
  readonly #form: ChainForm;
  readonly #seen = new Map<string, number>();
  #count = 0;
  #head: string | undefined;
  #problem: ChainState['problem'];
  #ambiguous = false;

  constructor(form: ChainForm) {
    this.#form = form;
  }

  get state(): ChainState {
    return {count: this.#count, head: this.#head, problem: this.#problem, ambiguous: this.#ambiguous};
  }

  /** Takes the next record; false when the chain is broken there. `hash` is that of the record as it is stored. */
  add(record: ChainRecord): {readonly ok: boolean; readonly hash: string | undefined} {
    const read = membersOf(record);
    const taken =
      'why' in read
        ? {why: read.why, hash: undefined}
        : this.#form.rule === 'quarterdeck'
          ? this.#ourLine(record, read.members)
          : this.#record(read.members, read.odd);
    if (taken.why !== undefined) {
      this.#problem = {index: this.#count, why: taken.why};
      return {ok: false, hash: taken.hash};
    }
    if (taken.hash !== undefined) this.#seen.set(taken.hash, this.#count);
    this.#head = taken.hash;
    this.#count += 1;
    return {ok: true, hash: taken.hash};
  }

  #ourLine(record: ChainRecord, members: JsonObject): Taken {
    if (!('bytes' in record)) return {why: 'a ledger of ours is read from its lines', hash: undefined};
    const hash = hexOf(leafHash(record.bytes));
    const [prev, seq, log] = [members.get('prev'), members.get('seq'), members.get('log')];
    if (typeof prev !== 'string' || typeof seq !== 'number' || typeof log !== 'string')
      return {why: 'missing key: prev, seq or log', hash};
    const before = this.#head ?? (seq === 0 ? hexOf(sha256(log)) : undefined);
    if (before === undefined) return {why: `it begins with entry ${seq}, not with the first`, hash};
    if (seq !== this.#count) return {why: `seq is ${seq}, expected ${this.#count}`, hash};
    return {why: prev === before ? undefined : this.#brokenLink(prev), hash};
  }

  #record(members: JsonObject, odd: boolean): Taken {
    const {rule, prevField, hashField, first} = this.#form;
    for (const key of [prevField, hashField])
      if (!members.has(key) && !(key === prevField && this.#head === undefined && first === null))
        return {why: `missing key: ${key}`, hash: undefined};
    const stored = members.get(hashField);
    if (typeof stored !== 'string') return {why: `invalid ${hashField}`, hash: undefined};
    const prev = members.get(prevField) ?? null;
    const before = this.#head ?? first;
    const isFirst = this.#head === undefined && first === null;
    if (prev !== before && !(isFirst && prev === '')) return {why: this.#brokenLink(prev), hash: stored};
    if (rule === 'system-ledger') {
      this.#ambiguous ||= barred.some(key => textAt(members, key).includes('|'));
      const renamed = new Map(members).set('prev_hash', prev).set('event_hash', stored);
      const why = systemEventProblem(renamed, this.#head ?? null);
      return {why, hash: stored};
    }
    const expected = this.#hashOf(members, prev);
    const why = `${hashField} mismatch${odd ? ' (a number in it has no canonical form)' : ''}`;
    return {why: stored === expected ? undefined : why, hash: stored};
  }

  #hashOf(members: JsonObject, prev: JsonValue): string {
    const {rule, prevField, hashField, algorithm} = this.#form;
    const bare = without(members, hashField);
    const text =
      rule === 'prefixed'
        ? `${typeof prev === 'string' ? prev : ''}${canonical(without(bare, prevField))}`
        : canonical(bare);
    return createHash(algorithm).update(text).digest('hex');
  }

  /** Two records behind the same one are a fork: two writers that did not know of each other. */
  #brokenLink(prev: JsonValue): string {
    const {prevField} = this.#form;
    const followed = typeof prev === 'string' ? this.#seen.get(prev) : undefined;
    const fork =
      followed !== undefined && followed < this.#count - 1
        ? ` (fork: it follows record ${followed}, as record ${followed + 1} does)`
        : '';
    return `${prevField} continuity failure${fork}`;
  }
}

interface Taken {
  readonly why: string | undefined;
  readonly hash: string | undefined;
}

function membersOf(
  record: ChainRecord,
): {readonly members: JsonObject; readonly odd: boolean} | {readonly why: string} {
  if ('members' in record) return {members: record.members, odd: false};
  const read = readStrictJson(record.bytes, maxRecordBytes);
  if (read.at === 'refused') return {why: `it is not strict JSON: ${read.why}`};
  if (!isObject(read.value)) return {why: 'it is no JSON object'};
  return {members: read.value, odd: read.oddNumbers};
}
