// Output of a step: head and tail are kept, everything is counted and hashed; the file grows while the step runs.
import {commitmentHasher} from '../../ledger/commitment.ts';
import type {Disclosed} from '../../domain/entry.ts';

/** Bytes kept from the beginning, and from the end. */
export const keptBytes = {head: 256 * 1024, tail: 256 * 1024} as const;

export interface Capture {
  add(chunk: Uint8Array): void;
  /** What an outcome discloses as its output; undefined when there was none. */
  disclosed(): Disclosed | undefined;
  /** Head, then tail, as text for a search; cut in the middle when it was long. */
  text(): string;
}

/** `append` gets what is kept of the head, at once, for the file that a reader can watch. */
export function capture(salt: Uint8Array, append: (chunk: Uint8Array) => void): Capture {
  const ptr = '/body/output';
  const hasher = commitmentHasher({salt, ptr});
  const head: Uint8Array[] = [];
  let headSize = 0;
  let tail = Buffer.alloc(0);
  let size = 0;
  const gap = (): Buffer => {
    const missing = size - headSize - tail.length;
    return missing > 0 ? Buffer.from(`\n[… ${missing} bytes not kept …]\n`) : Buffer.alloc(0);
  };
  const kept = (): Buffer => Buffer.concat([...head, gap(), tail]);
  return {
    add: chunk => {
      if (chunk.length === 0) return;
      hasher.update(chunk);
      size += chunk.length;
      const room = keptBytes.head - headSize;
      const first = chunk.subarray(0, Math.max(room, 0));
      if (first.length > 0) {
        head.push(first);
        headSize += first.length;
        append(first);
      }
      const rest = chunk.subarray(first.length);
      if (rest.length === 0) return;
      const joined = Buffer.concat([tail, rest]);
      tail = Buffer.from(joined.subarray(Math.max(0, joined.length - keptBytes.tail)));
    },
    disclosed: () => {
      if (size === 0) return undefined;
      const value = kept();
      const cut = size > headSize + tail.length;
      return {ptr, value, salt, ...(cut ? {whole: {full: hasher.digest(), size}} : {})};
    },
    text: () => kept().toString('utf8'),
  };
}
