// What the scripts of scripts.ts answer, read.
import type {
  FileKind,
  HostEntry,
  HostFailure,
  HostFile,
  Missing,
  ReadAnswer,
  Space,
} from '../../host-ports.ts';
import {fileKinds} from '../../host-ports.ts';
import {mostEntries, sorted, tooBig, tooMany} from './local-files.ts';
import {lsWords, statWords} from './listing.ts';
import {noProc} from './local-proc.ts';

/** The answer's first line in words, and what stands behind it. */
export interface Said {
  readonly host: string;
  readonly words: readonly string[];
  readonly rest: Uint8Array;
}

const decoder = new TextDecoder();

export const textOf = ({rest}: Said): string => decoder.decode(rest);

const failed = (kind: HostFailure['kind'], message: string): HostFailure => ({at: 'failed', kind, message});

/** The answers that several scripts have in common. */
export function common({host, words}: Said, what: string): Missing | HostFailure {
  const [word, ...more] = words;
  if (word === 'missing') return {at: 'missing'};
  if (word === 'denied') return failed('permission', `${what} on ${host}: permission denied`);
  if (word === 'round') return failed('config', `${what} on ${host}: its links go round in a circle`);
  if (word === 'none') return noProc(host);
  if (word === 'notool')
    return failed('notInstalled', `${host} has no sha256sum, shasum or openssl to hash ${what} with`);
  return failed('noData', `${what} on ${host} could not be looked at: ${more.join(' ') || 'no answer'}`);
}

const isKind = (word: string | undefined): word is FileKind => fileKinds.some(kind => kind === word);

const specialOf = ([word, kind]: readonly string[]):
  {readonly at: 'special'; readonly kind: FileKind} | undefined =>
  word === 'special' && isKind(kind) ? {at: 'special', kind} : undefined;

export function statOf(
  said: Said,
  path: string,
): {readonly at: 'found'; readonly file: HostFile} | Missing | HostFailure {
  const [word, ...words] = said.words;
  const [, target] = /^target ([\s\S]*?)\n?$/.exec(textOf(said)) ?? [];
  const [now = '', ...listing] = words;
  const file =
    word === 'stat'
      ? statWords(words)
      : word === 'ls'
        ? lsWords(listing.join(' '), Date.parse(now))?.file
        : undefined;
  if (file === undefined) return common(said, path);
  return {at: 'found', file: target === undefined ? file : {...file, target}};
}

export function readOf(said: Said, path: string, maxBytes: number): ReadAnswer {
  const [word, ...numbers] = said.words;
  const special = specialOf(said.words);
  if (special !== undefined) return special;
  const [from, sizeBytes, inode] = numbers.map(Number);
  if (word !== 'read' || from === undefined || sizeBytes === undefined || inode === undefined)
    return common(said, path);
  const {rest, host} = said;
  if (rest.length < Math.min(maxBytes, sizeBytes - from))
    return failed('noData', `${path} on ${host} could be read only in part`);
  const cut = rest.length > maxBytes;
  return {at: 'read', bytes: rest.subarray(0, maxBytes), from, sizeBytes, inode, cut};
}

export function hashOf(
  said: Said,
  path: string,
  maxBytes: number,
):
  | {readonly at: 'hashed'; readonly sha256: string}
  | {readonly at: 'special'; readonly kind: FileKind}
  | Missing
  | HostFailure {
  const [word, ...more] = said.words;
  const [first = ''] = more;
  if (word === 'big') return tooBig(`${path} on ${said.host}`, Number(first), maxBytes);
  const [sha256] = /^[0-9a-f]{64}/.exec(first) ?? [];
  if (word === 'hashed' && sha256 !== undefined) return {at: 'hashed', sha256};
  return specialOf(said.words) ?? common(said, path);
}

export function listOf(
  said: Said,
  {path, mark}: {readonly path: string; readonly mark: string},
): {readonly at: 'listed'; readonly entries: readonly HostEntry[]} | Missing | HostFailure {
  const [word, now = ''] = said.words;
  if (word !== 'listed') return common(said, path);
  // Every entry begins with the mark, which no name can know.
  const entries = textOf(said)
    .split(`${mark} `)
    .slice(1)
    .flatMap((line): HostEntry[] => {
      const text = line.replace(/\n$/, '');
      if (text.startsWith('ls ')) {
        const found = lsWords(text.slice(3), Date.parse(now));
        return found === undefined ? [] : [{name: nameOf(found.name.replace(/ -> .*$/s, '')), ...found.file}];
      }
      const [, numbers = '', name = ''] = /^stat ((?:\S+ ){6})([\s\S]*)$/.exec(text) ?? [];
      const file = statWords(numbers.trim().split(' '));
      return file === undefined ? [] : [{name: nameOf(name), ...file}];
    });
  return entries.length > mostEntries
    ? tooMany(`${path} on ${said.host}`)
    : {at: 'listed', entries: sorted(entries)};
}

const nameOf = (name: string): string => name.replace(/^\.\//, '');

/** Two lines of df(1): total, used, available, and a percentage; the name before them may hold anything. */
const dfLine = / (\d+) +(\d+) +(-?\d+) +(?:\d+%|-) /;

export function spaceOf(
  said: Said,
  path: string,
): {readonly at: 'measured'; readonly space: Space} | Missing | HostFailure {
  const [blocks = '', nodes = ''] = textOf(said).split('inodes\n');
  const [, total, used, free] = dfLine.exec(blocks) ?? [];
  if (said.words[0] !== 'measured') return common(said, path);
  if (total === undefined || used === undefined || free === undefined)
    return failed('noData', `df on ${said.host} did not say how much is free at ${path}`);
  const [, all, , left] = dfLine.exec(nodes) ?? [];
  return {
    at: 'measured',
    space: {
      totalBytes: Number(total) * 1024,
      usedBytes: Number(used) * 1024,
      freeBytes: Number(free) * 1024,
      inodes:
        all === undefined || left === undefined || Number(all) === 0
          ? undefined
          : {total: Number(all), free: Number(left)},
    },
  };
}
