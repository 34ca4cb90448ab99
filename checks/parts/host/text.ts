// Files of a host as text.
import type {Host, ReadAnswer} from '../../../src/host-ports.ts';
import type {Look} from '../../../src/domain/verdict.ts';
import {couldNot, kindName, unknown} from './could-not.ts';

export interface TextFile {
  readonly text: string;
  readonly sizeBytes: number;
  readonly inode: number;
  /** Offset of the text in the file, and whether more stands behind it. */
  readonly from: number;
  readonly cut: boolean;
}

/** Undefined `missing`: there is no such file, and what that means is the caller's to say. */
export type TextAnswer =
  ({readonly at: 'text'} & TextFile) | {readonly at: 'missing'} | {readonly at: 'look'; readonly look: Look};

/** So many NULs among the first bytes are no text; a few are what a truncated log leaves in front. */
const sampleBytes = 8192;

function isBinary(bytes: Uint8Array): boolean {
  const begin = bytes.findIndex(byte => byte !== 0);
  const sample = bytes.subarray(Math.max(0, begin), Math.max(0, begin) + sampleBytes);
  return sample.includes(0);
}

function textOf(path: string, answer: ReadAnswer): TextAnswer {
  if (answer.at === 'failed') return {at: 'look', look: couldNot(answer)};
  if (answer.at === 'missing') return answer;
  if (answer.at === 'special') {
    const message = `${path} is ${kindName(answer.kind)}, not a regular file`;
    return {at: 'look', look: unknown('config', message)};
  }
  const {bytes, from, sizeBytes, inode, cut} = answer;
  if (isBinary(bytes))
    return {at: 'look', look: unknown('config', `${path} is not a text: it holds NUL bytes`)};
  // A log that was truncated while its writer went on begins with a hole.
  const text = new TextDecoder().decode(bytes).replace(/^\0+/, '');
  return {at: 'text', text, from, sizeBytes, inode, cut};
}

/** The text of a regular file, from its beginning or, with a negative `from`, of its end. */
export const readText = async (
  host: Host,
  path: string,
  options: {readonly maxBytes: number; readonly from?: number},
): Promise<TextAnswer> => textOf(path, await host.read(path, options));
