// Commitments to values that may have to be erased: the entry holds a salted hash, the value lies beside it.
import {createHash} from 'node:crypto';
import type {Disclosed, Json} from '../domain/entry.ts';

const domain = Buffer.from('quarterdeck-sd-v1\0');
export const saltBytes = 16;

export interface Opening {
  /** 16 random bytes. */
  readonly salt: Uint8Array;
  /** RFC 6901 pointer, from the entry's root, of the object that holds `sd`. */
  readonly ptr: string;
}

/** Hashes a stream into a commitment: SHA-256(domain ‖ 0x00 ‖ salt ‖ pointer ‖ 0x00 ‖ bytes). */
export function commitmentHasher({salt, ptr}: Opening): {update(chunk: Uint8Array): void; digest(): string} {
  if (salt.length !== saltBytes) throw new RangeError(`a salt has ${saltBytes} bytes, not ${salt.length}`);
  const hash = createHash('sha256').update(domain).update(salt).update(`${ptr}\0`);
  return {
    update: chunk => {
      hash.update(chunk);
    },
    digest: () => hash.digest('hex'),
  };
}

/** The commitment to one value, hex. */
export function commitmentTo(opening: Opening, value: Uint8Array): string {
  const hasher = commitmentHasher(opening);
  hasher.update(value);
  return hasher.digest();
}

export interface Disclosure extends Opening {
  readonly sd: string;
  readonly value: Uint8Array;
}

type Body = Readonly<Record<string, Json>>;
type Copy = string | number | boolean | null | Copy[] | CopyObject;
interface CopyObject {
  [key: string]: Copy;
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

function copyOf(value: Json): Copy {
  if (typeof value !== 'object' || value === null) return value;
  return isList(value) ? value.map(copyOf) : copyObject(value);
}

const copyObject = (value: Body): CopyObject =>
  Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, copyOf(inner)]));

const unescaped = (token: string): string => token.replaceAll('~1', '/').replaceAll('~0', '~');

/** The object at `ptr` inside the copied body, made on the way; undefined when something else is there. */
function placeAt(body: CopyObject, ptr: string): CopyObject | undefined {
  const [empty, first, ...tokens] = ptr.split('/');
  if (empty !== '' || first !== 'body' || tokens.length === 0) return undefined;
  let place: Copy = body;
  for (const token of tokens.map(unescaped)) {
    let inner: Copy | undefined;
    if (Array.isArray(place)) inner = place[Number(token)];
    else if (Object.hasOwn(place, token)) inner = place[token];
    else {
      inner = {};
      place[token] = inner;
    }
    if (typeof inner !== 'object' || inner === null) return undefined;
    place = inner;
  }
  return Array.isArray(place) ? undefined : place;
}

/** The body with a commitment for each disclosed value, and what to keep beside the entry. */
export function commit(
  body: Body,
  disclosed: readonly Disclosed[],
  draw: () => Uint8Array,
): {readonly body: Body; readonly disclosures: readonly Disclosure[]} | {readonly problem: string} {
  if (disclosed.length === 0) return {body, disclosures: []};
  const copy = copyObject(body);
  const disclosures: Disclosure[] = [];
  for (const {ptr, value, salt = draw(), whole} of disclosed) {
    const place = placeAt(copy, ptr);
    if (place === undefined || 'sd' in place) return {problem: `${ptr} cannot hold a commitment`};
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    const sd = commitmentTo({salt, ptr}, bytes);
    place['sd'] = sd;
    if (whole !== undefined) {
      place['full'] = whole.full;
      place['size'] = whole.size;
      place['kept'] = bytes.length;
    }
    disclosures.push({ptr, salt, sd, value: bytes});
  }
  return {body: copy, disclosures};
}

/** Every commitment of a body with its pointer: objects with a 64-hex `sd`. */
export function commitmentsOf(body: unknown): Map<string, string> {
  const found = new Map<string, string>();
  const open: {value: unknown; ptr: string}[] = [{value: body, ptr: '/body'}];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const {value, ptr} = next;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (key === 'sd' && typeof inner === 'string' && /^[0-9a-f]{64}$/.test(inner)) found.set(ptr, inner);
      else open.push({value: inner, ptr: `${ptr}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`});
    }
  }
  return found;
}
