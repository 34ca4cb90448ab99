// Output of a step: head and tail are kept, everything is counted and hashed; memory stays the same however long it is.
import {commitmentHasher} from '../../ledger/commitment.ts';
import type {Disclosed} from '../../domain/entry.ts';

/** Bytes kept from the beginning, and from the end. */
export const keptBytes = {head: 256 * 1024, tail: 256 * 1024} as const;

export interface Capture {
  add(chunk: Uint8Array): void;
  /** How many bytes came so far. */
  size(): number;
  /** What an entry discloses; undefined when there was none. */
  disclosed(): Disclosed | undefined;
}

/** `append` gets every chunk, at once, for the file that a reader can watch. */
export function capture(
  salt: Uint8Array,
  append: (chunk: Uint8Array) => void,
  {ptr = '/body/output', kept = keptBytes}: {readonly ptr?: string; readonly kept?: Kept} = {},
): Capture {
  const hasher = commitmentHasher({salt, ptr});
  const head = firstBytes(kept.head);
  const tail = lastBytes(kept.tail);
  let size = 0;
  return {
    add: chunk => {
      if (chunk.length === 0) return;
      hasher.update(chunk);
      append(chunk);
      const first = Math.max(0, Math.min(kept.head - size, chunk.length));
      size += chunk.length;
      if (first > 0) head.add(chunk.subarray(0, first));
      if (first < chunk.length) tail.add(chunk.subarray(first));
    },
    size: () => size,
    disclosed: () => {
      if (size === 0) return undefined;
      const missing = size - head.size() - tail.size();
      const value = Buffer.concat([...head.bytes(), ...gap(missing), ...tail.bytes()]);
      return {ptr, value, salt, ...(missing > 0 ? {whole: {full: hasher.digest(), size}} : {})};
    },
  };
}

export interface Kept {
  readonly head: number;
  readonly tail: number;
}

const gap = (missing: number): Buffer[] =>
  missing > 0 ? [Buffer.from(`\n[… ${missing} bytes not kept …]\n`)] : [];

interface Part {
  add(chunk: Uint8Array): void;
  size(): number;
  bytes(): readonly Uint8Array[];
}

/** Chunks are copied: they are pieces of a buffer that would otherwise stay in memory as a whole. */
function firstBytes(limit: number): Part {
  let buffer = Buffer.alloc(0);
  let used = 0;
  return {
    add: chunk => {
      if (used + chunk.length > buffer.length) {
        const larger = Buffer.alloc(Math.min(limit, Math.max(4096, 2 * (used + chunk.length))));
        buffer.copy(larger, 0, 0, used);
        buffer = larger;
      }
      buffer.set(chunk, used);
      used += chunk.length;
    },
    size: () => used,
    bytes: () => [buffer.subarray(0, used)],
  };
}

/** A ring: what is new overwrites what is oldest. */
export function lastBytes(limit: number): Part {
  let ring: Buffer | undefined;
  let at = 0;
  let used = 0;
  return {
    add: chunk => {
      ring ??= Buffer.alloc(limit);
      const last = chunk.subarray(Math.max(0, chunk.length - limit));
      const before = Math.min(last.length, limit - at);
      ring.set(last.subarray(0, before), at);
      ring.set(last.subarray(before), 0);
      at = (at + last.length) % limit;
      used = Math.min(limit, used + last.length);
    },
    size: () => used,
    bytes: () => {
      if (ring === undefined) return [];
      return used < limit ? [ring.subarray(0, used)] : [ring.subarray(at), ring.subarray(0, at)];
    },
  };
}

/** Looks for a text in a stream, wherever it is cut into chunks. */
export function finder(wanted: string): {add(chunk: Uint8Array): void; found(): boolean} {
  const needle = Buffer.from(wanted);
  let rest = Buffer.alloc(0);
  let isFound = needle.length === 0;
  return {
    add: chunk => {
      if (isFound) return;
      const seam = Buffer.concat([rest, chunk.subarray(0, needle.length - 1)]);
      isFound =
        seam.includes(needle) || Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length).includes(needle);
      const joined = chunk.length >= needle.length ? chunk : Buffer.concat([rest, chunk]);
      rest = Buffer.from(joined.subarray(Math.max(0, joined.length - needle.length + 1)));
    },
    found: () => isFound,
  };
}
