// A file as an anchor: notes are added to its end, never anything else.
import type {FileAnchor} from '../../domain/anchor.ts';
import type {Files} from '../../ports.ts';
import {compared, endsWhole, failed, tailBytes, type Carry} from './note.ts';

const tailOf = async (files: Files, path: string, sizeBytes: number): Promise<Uint8Array> =>
  files.readAt(path, Math.max(0, sizeBytes - tailBytes), tailBytes);

export const carryToFile: Carry<FileAnchor, {readonly files: Files}> = async ({path}, cargo, {files}) => {
  const there = await files.stat(path);
  if (there?.kind === 'link') return failed('it is a link, which is not followed');
  if (there !== undefined && there.kind !== 'file') return failed('it is not a regular file');
  try {
    if (there !== undefined && !endsWhole(await tailOf(files, path, there.sizeBytes)))
      return failed('the file does not end with a whole note: move it away, and a new one is made');
    const added = await files.append(path, cargo.raw, {mode: 0o644});
    if (added.at === 'failed') return failed(added.message);
    return compared(await tailOf(files, path, added.sizeBytes), cargo);
  } catch (error) {
    return failed(`it cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
};
