// Limits that several folders share; no imports, so that a worker loads it for nothing.

/** Longest line of the ledger, in bytes. */
export const maxEntryBytes = 65_535;

/** Deepest nesting of an entry's body. */
export const maxDepth = 32;

/** A value behind a commitment that is larger than this lies in a file. */
export const maxInlineBytes = 32 * 1024;

/** So many entries after a checkpoint, the next one is made. */
export const checkpointEvery = 256;

/** Reserved on disk, so that what is running can record its outcome when the disk is full. */
export const reserveBytes = 16 * 1024 * 1024;

/** Nobody silences anything for longer. */
export const longestSilenceMs = 30 * 86_400_000;
