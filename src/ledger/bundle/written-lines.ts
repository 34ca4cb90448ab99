// The lines of range.json, context.jsonl and disclosures.jsonl, as an export writes them.
import canonicalize from 'canonicalize';
import {hexOf, toBase64} from '../bytes.ts';

const lineOf = (value: object): string => `${canonicalize(value) ?? ''}\n`;

export const rangeText = (range: {
  readonly from: number;
  readonly to: number;
  readonly size: number;
  readonly left: readonly Uint8Array[];
  readonly right: readonly Uint8Array[];
}): string => {
  const {from, to, size, left, right} = range;
  return lineOf({from, to, size, left: left.map(hexOf), right: right.map(hexOf)});
};

export const contextLine = (line: string, proof: readonly Uint8Array[]): string =>
  lineOf({line, proof: proof.map(hexOf)});

/** `value`: the bytes; undefined when they are the file `artifacts/<sd>`. */
export function disclosureLine(disclosure: {
  readonly seq: number;
  readonly ptr: string;
  readonly sd: string;
  readonly salt: Uint8Array;
  readonly value: Uint8Array | undefined;
}): string {
  const {seq, ptr, sd, salt, value} = disclosure;
  const where = {seq, ptr, salt: hexOf(salt)};
  return lineOf(value === undefined ? {...where, artifact: sd} : {...where, value: toBase64(value)});
}
