// The tree of RFC 6962 written down as the recursions that the RFC gives: slow, and plainly right.
import {createHash} from 'node:crypto';

const sha = (...parts: readonly Uint8Array[]): Buffer =>
  createHash('sha256').update(Buffer.concat(parts)).digest();

export const leafOf = (bytes: Uint8Array): Buffer => sha(Buffer.from([0]), bytes);
export const someLeaves = (count: number): readonly Buffer[] =>
  Array.from({length: count}, (_, i) => leafOf(Buffer.from(`entry ${i}`)));

function splitOf(count: number): number {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

/** MTH (§2.1), of leaf hashes. */
export function mth(leaves: readonly Uint8Array[]): Buffer {
  const [only] = leaves;
  if (only === undefined) return sha();
  if (leaves.length === 1) return Buffer.from(only);
  const split = splitOf(leaves.length);
  return sha(Buffer.from([1]), mth(leaves.slice(0, split)), mth(leaves.slice(split)));
}

/** PATH (§2.1.1). */
export function path(index: number, leaves: readonly Uint8Array[]): Buffer[] {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  return index < split
    ? [...path(index, leaves.slice(0, split)), mth(leaves.slice(split))]
    : [...path(index - split, leaves.slice(split)), mth(leaves.slice(0, split))];
}

function subproof(first: number, leaves: readonly Uint8Array[], isWhole: boolean): Buffer[] {
  if (first === leaves.length) return isWhole ? [] : [mth(leaves)];
  const split = splitOf(leaves.length);
  return first <= split
    ? [...subproof(first, leaves.slice(0, split), isWhole), mth(leaves.slice(split))]
    : [...subproof(first - split, leaves.slice(split), false), mth(leaves.slice(0, split))];
}

/** PROOF (§2.1.2). */
export const proof = (first: number, leaves: readonly Uint8Array[]): Buffer[] =>
  subproof(first, leaves, true);
