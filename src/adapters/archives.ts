// The real Archives port: tar files, read as a stream with the library that npm itself unpacks with.
import {createReadStream} from 'node:fs';
import {once} from 'node:events';
import {Parser, Unpack, type ReadEntry} from 'tar';
import type {ArchiveFailure, ArchiveLimits, Archives} from '../look/archives.ts';
import type {FolderEntry} from '../look/folders.ts';
import {isTimeLimit} from './failure.ts';

const kinds: Readonly<Record<string, FolderEntry['kind']>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'directory',
  Link: 'link',
  SymbolicLink: 'link',
};

/** A trailing slash says what the type says already, and `./` nothing. */
const plainPath = (path: string): string => path.replace(/^(?:\.\/+)+/, '').replace(/\/+$/, '');

const entryOf = ({path, type, size, mode, mtime, uid, linkpath}: ReadEntry): FolderEntry => ({
  path: plainPath(path),
  kind: kinds[type] ?? 'other',
  sizeBytes: size,
  mode: (mode ?? 0) & 0o7777,
  uid: uid ?? 0,
  mtimeMs: mtime?.getTime() ?? 0,
  ...(linkpath === undefined || linkpath === '' ? {} : {target: linkpath}),
});

class OverLimit extends Error {}

/** Every error is one: a checksum that does not hold, an end that is missing, a name that leads out of the folder. */
const strict = {
  strict: true,
  // Limits of our own hold for what comes out; a file of zeros packs very well.
  maxDecompressionRatio: Infinity,
} as const;

/** Hands the file to the parser, piece by piece, and waits for its end. */
async function feed(path: string, parser: Parser, signal: AbortSignal): Promise<void> {
  const source = createReadStream(path, {highWaterMark: 256 * 1024});
  let broke: Error | undefined;
  const seen = {end: false};
  parser.on('eof', () => {
    seen.end = true;
  });
  const ended = new Promise<void>((resolve, reject) => {
    parser.on('error', error => {
      broke ??= error instanceof Error ? error : new Error(String(error));
      reject(broke);
    });
    parser.on(parser instanceof Unpack ? 'close' : 'end', () => {
      resolve();
    });
  });
  // It may be rejected while the next piece is still waited for.
  ended.catch(() => undefined);
  const isBroken = (): boolean => broke !== undefined;
  try {
    for await (const chunk of source) {
      signal.throwIfAborted();
      if (isBroken()) break;
      if (!parser.write(chunk as Buffer) && !isBroken()) await Promise.race([once(parser, 'drain'), ended]);
    }
    if (!isBroken()) parser.end();
    await ended;
    // Without the two empty blocks at its end it was cut between two entries.
    if (!seen.end) throw new Error('its end is missing');
  } finally {
    source.destroy();
  }
}

function meaning(error: unknown, {signal}: ArchiveLimits): ArchiveFailure {
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (isTimeLimit(signal))
    return {at: 'failed', kind: 'timeout', ours: true, message: 'it was not read to its end in time'};
  if (signal.aborted) return {at: 'failed', kind: 'noData', ours: true, message: 'stopped before its end'};
  if (error instanceof OverLimit) return {at: 'failed', kind: 'config', ours: true, message: text};
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return {at: 'failed', kind: 'noData', ours: true, message: 'no space is left where it is unpacked'};
  if (code === 'EACCES' || code === 'EPERM')
    return {at: 'failed', kind: 'permission', ours: true, message: text};
  return {at: 'failed', kind: 'assertion', ours: false, message: `it is damaged or no archive: ${text}`};
}

function counter({maxBytes, maxEntries}: ArchiveLimits): (entry: ReadEntry) => void {
  let count = 0;
  let bytes = 0;
  return ({size}) => {
    count += 1;
    bytes += size;
    if (count > maxEntries) throw new OverLimit(`it holds more than ${maxEntries} entries`);
    if (bytes > maxBytes) throw new OverLimit(`it holds more than ${maxBytes} bytes`);
  };
}

export const createArchives = (): Archives => ({
  list: async (path, limits) => {
    const entries: FolderEntry[] = [];
    const count = counter(limits);
    const parser = new Parser({
      ...strict,
      onReadEntry: entry => {
        try {
          count(entry);
        } catch (error) {
          parser.emit('error', error);
        }
        entries.push(entryOf(entry));
        entry.resume();
      },
    });
    try {
      await feed(path, parser, limits.signal);
      const unpackedBytes = entries.reduce((sum, {sizeBytes}) => sum + sizeBytes, 0);
      return {at: 'listed', entries, unpackedBytes};
    } catch (error) {
      return meaning(error, limits);
    }
  },
  unpack: async (path, into, limits) => {
    const count = counter(limits);
    const unpack = new Unpack({
      ...strict,
      cwd: into,
      chmod: true,
      processUmask: 0,
      preserveOwner: false,
      // Files and folders only: nothing that is unpacked may point anywhere.
      filter: (name, entry) => {
        // Refused here, before anything of it is made; the library refuses it too, after making its folders.
        if (name.startsWith('/') || name.split('/').includes('..')) {
          unpack.emit('error', new Error(`${name} leads out of the folder`));
          return false;
        }
        return 'type' in entry && ['file', 'directory'].includes(kinds[entry.type] ?? '');
      },
      onReadEntry: entry => {
        try {
          count(entry);
        } catch (error) {
          unpack.emit('error', error);
        }
      },
    });
    try {
      await feed(path, unpack, limits.signal);
      return {at: 'unpacked'};
    } catch (error) {
      return meaning(error, limits);
    }
  },
});
