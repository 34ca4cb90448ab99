// SHA-256 of files, read piece by piece.
import {createHash} from 'node:crypto';
import type {CheckContext} from '../../src/define.ts';

/** Lowercase hex; a sentence when it cannot be read. Throws nothing but an abort. */
export async function sha256Of(
  path: string,
  {files, signal}: Pick<CheckContext, 'files' | 'signal'>,
): Promise<string | {readonly problem: string}> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of files.stream(path)) {
      if (signal.aborted) return {problem: 'stopped'};
      hash.update(chunk);
    }
  } catch (error) {
    return {problem: error instanceof Error ? error.message : String(error)};
  }
  return hash.digest('hex');
}
