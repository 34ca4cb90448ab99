// Reading archives for a check: what is in one, and unpacking it into a folder of our own.
import type {Kind} from '../domain/verdict.ts';
import type {FolderEntry} from './folders.ts';

export interface ArchiveFailure {
  readonly at: 'failed';
  readonly kind: Kind;
  /** Whether it is ours (a limit, a full disk), and says nothing about the archive. */
  readonly ours: boolean;
  readonly message: string;
}

export interface ArchiveLimits {
  /** Unpacked. */
  readonly maxBytes: number;
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/** Tar, plain or packed with gzip or zstd, told by its first bytes. Never throws. */
export interface Archives {
  /** Reads it to its end; paths are as they are written in it. */
  list(
    path: string,
    limits: ArchiveLimits,
  ): Promise<
    | {readonly at: 'listed'; readonly entries: readonly FolderEntry[]; readonly unpackedBytes: number}
    | ArchiveFailure
  >;
  /** Files and folders with their modes and times, and nothing else; whatever would lead out of `into` is an error. */
  unpack(
    path: string,
    into: string,
    limits: ArchiveLimits,
  ): Promise<{readonly at: 'unpacked'} | ArchiveFailure>;
}
