// What stands in the files that a step runs as scripts, so that guards can judge it: regular files of a sensible size.
import type {Files} from '../ports.ts';

/** Nobody writes longer scripts by hand, and the guards read no longer texts. */
const mostBytes = 256 * 1024;

/** The text of a file; undefined where there is none to be had: too long, not readable, no regular file, or no text. */
export const scriptText =
  (files: Pick<Files, 'read'>) =>
  async (path: string): Promise<string | undefined> => {
    const found = await files.read(path, mostBytes);
    if (found.at === 'failed' || found.bytes.includes(0)) return undefined;
    return new TextDecoder().decode(found.bytes);
  };
