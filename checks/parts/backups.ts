// Backups as files in a folder, newest first.
import {z} from 'zod';
import type {CheckContext} from '../../src/define.ts';
import type {Look} from '../../src/domain/verdict.ts';
import {absolutePath} from './fields.ts';
import {matcher} from './glob.ts';

export const backupFolder = {
  folder: absolutePath.describe('The folder that the backups are in.'),
  name: z
    .string()
    .min(1)
    .default('*')
    .describe('Which files of it, such as `app-*.tar.gz`; `**/` goes into folders.'),
};

export interface Backup {
  readonly path: string;
  /** Relative to the folder. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
}

const most = 100_000;

/** The files that match, newest first; the look when the folder cannot be looked at. A missing folder is a failure. */
export async function listBackups(
  {folder, name}: {readonly folder: string; readonly name: string},
  {folders, signal}: Pick<CheckContext, 'folders' | 'signal'>,
): Promise<readonly Backup[] | {readonly look: Look}> {
  const unknown = (kind: Look['kind'], message: string): {readonly look: Look} => ({
    look: {verdict: 'unknown', kind, checked: 0, message},
  });
  if (signal.aborted) return unknown('noData', 'stopped before it was looked at');
  const walked = await folders.walk(folder, {most, signal});
  if (walked.at === 'failed')
    return walked.why === 'missing'
      ? {
          look: {
            verdict: 'fail',
            kind: 'assertion',
            checked: 1,
            message: `no backup content: ${folder} is not there`,
          },
        }
      : unknown(walked.why === 'permission' ? 'permission' : 'config', `${folder}: ${walked.message}`);
  if (walked.cut) return unknown('config', `${folder} holds more than ${most} names`);
  if (walked.closed.length > 0)
    return unknown('permission', `${folder}/${walked.closed[0] ?? ''} cannot be looked into`);
  const isOne = matcher([name]);
  return walked.entries
    .filter(({kind, path}) => kind === 'file' && isOne(path))
    .map(({path, sizeBytes, mtimeMs}) => ({path: `${folder}/${path}`, name: path, sizeBytes, mtimeMs}))
    .sort((a, b) => b.mtimeMs - a.mtimeMs || (a.name < b.name ? 1 : -1));
}

/** Bytes for people, in units of 1024. */
export function sizeText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  let [size, unit] = [bytes, 0];
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit] ?? ''}`;
}
