// Looking at whole folders for a check, and a private place to restore into, which is gone afterwards.
import type {FileFailure} from '../ports.ts';

export interface FolderEntry {
  /** Relative to the folder that was walked, with `/`; empty for the folder itself. */
  readonly path: string;
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly sizeBytes: number;
  /** Permission bits only, such as 0o600. */
  readonly mode: number;
  readonly uid: number;
  readonly mtimeMs: number;
  /** Where a link points to, as it is written. */
  readonly target?: string | undefined;
}

export type Walked =
  | {
      readonly at: 'walked';
      /** Sorted by path, by code unit; links are not followed. */
      readonly entries: readonly FolderEntry[];
      /** There are more than were asked for. */
      readonly cut: boolean;
      /** Folders that could not be looked into. */
      readonly closed: readonly string[];
    }
  | FileFailure;

export interface Folders {
  /** The folder and everything in it; `most` entries at most. Throws nothing; stops when `signal` aborts. */
  walk(path: string, limits: {readonly most: number; readonly signal: AbortSignal}): Promise<Walked>;
  /** One name itself, with its times; undefined when there is nothing or it cannot be looked at. */
  entry(path: string): Promise<FolderEntry | undefined>;
  /** Where this machine keeps temporary files. */
  temporary(): Promise<string>;
  /** Bytes that this account may still write there. */
  freeBytes(path: string): Promise<number | undefined>;
  /**
   * Makes a fresh folder (0700) in `parent`, or where this machine keeps temporary files. What an earlier process left
   * behind there, because it was killed, is removed first.
   */
  makeScratch(
    parent: string | undefined,
  ): Promise<{readonly at: 'made'; readonly path: string} | FileFailure>;
  /** Removes a folder of `makeScratch`, whatever the modes inside it are; any other is refused. */
  removeScratch(path: string): Promise<{readonly at: 'removed'} | FileFailure>;
}
