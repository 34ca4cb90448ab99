// A bundle as one file: ustar with every field fixed, so that the same files always give the same bytes.
import {concat, equal, textOf, utf8} from '../bytes.ts';
import {byPath, isBundleName} from './manifest.ts';
import type {BundleSource} from './source.ts';

const block = 512;
/** Eleven octal digits. */
const maxFileBytes = 8 ** 11 - 1;

export interface TarFile {
  readonly path: string;
  readonly sizeBytes: number;
  readonly chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

/** Name and prefix fields; undefined when the path fits no header. */
function split(path: string): {readonly name: string; readonly prefix: string} | undefined {
  if (path.length <= 100) return {name: path, prefix: ''};
  const at = path.lastIndexOf('/', 155);
  const name = path.slice(at + 1);
  return at > 0 && name.length <= 100 ? {name, prefix: path.slice(0, at)} : undefined;
}

/** The header of a file; undefined when its path or size fits none. */
function headerOf(path: string, sizeBytes: number): Uint8Array | undefined {
  const names = split(path);
  if (names === undefined || sizeBytes > maxFileBytes) return undefined;
  const header = new Uint8Array(block);
  const put = (at: number, text: string): void => {
    header.set(utf8(text), at);
  };
  put(0, names.name);
  put(100, '0000444\0');
  put(108, '0000000\0');
  put(116, '0000000\0');
  put(124, `${sizeBytes.toString(8).padStart(11, '0')}\0`);
  put(136, '00000000000\0');
  put(148, ' '.repeat(8));
  put(156, '0');
  put(257, 'ustar\0' + '00');
  put(345, names.prefix);
  const sum = header.reduce((total, byte) => total + byte, 0);
  put(148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return header;
}

const paddingOf = (sizeBytes: number): number => (block - (sizeBytes % block)) % block;

/** Whether a file can be part of a tar. */
export const fitsTar = (file: {readonly path: string; readonly sizeBytes: number}): boolean =>
  headerOf(file.path, file.sizeBytes) !== undefined;

/** The tar of these files, in the order of their paths. Throws a RangeError for a file that does not fit. */
export async function* tarOf(files: readonly TarFile[]): AsyncIterable<Uint8Array> {
  for (const {path, sizeBytes, chunks} of files.toSorted(byPath)) {
    const header = headerOf(path, sizeBytes);
    if (header === undefined) throw new RangeError(`${path} with ${sizeBytes} bytes fits no tar header`);
    yield header;
    let written = 0;
    for await (const chunk of chunks) {
      written += chunk.length;
      yield chunk;
    }
    if (written !== sizeBytes) throw new RangeError(`${path} has ${written} bytes, not ${sizeBytes}`);
    yield new Uint8Array(paddingOf(sizeBytes));
  }
  yield new Uint8Array(2 * block);
}

/** Bytes that can be read anywhere: a file, or what a browser was given. */
export interface RandomAccess {
  readonly sizeBytes: number;
  /** Fewer bytes than asked for only at the end. */
  read(at: number, length: number): Promise<Uint8Array>;
}

export const accessTo = (bytes: Uint8Array): RandomAccess => ({
  sizeBytes: bytes.length,
  read: (at, length) => Promise.resolve(bytes.subarray(at, at + length)),
});

interface Place {
  readonly at: number;
  readonly sizeBytes: number;
}

const isZero = (bytes: Uint8Array): boolean => bytes.every(byte => byte === 0);

function fieldText(header: Uint8Array, from: number, to: number): string {
  const field = header.subarray(from, to);
  const end = field.indexOf(0);
  return textOf(end < 0 ? field : field.subarray(0, end)) ?? '';
}

/** The file that a header announces; undefined when we would not have written it so. */
function announced(header: Uint8Array): {readonly path: string; readonly sizeBytes: number} | undefined {
  const prefix = fieldText(header, 345, 500);
  const path = (prefix === '' ? '' : `${prefix}/`) + fieldText(header, 0, 100);
  const digits = fieldText(header, 124, 136);
  if (!/^[0-7]{11}$/.test(digits) || !isBundleName(path)) return undefined;
  const sizeBytes = parseInt(digits, 8);
  const written = headerOf(path, sizeBytes);
  return written !== undefined && equal(written, header) ? {path, sizeBytes} : undefined;
}

/** Whether a file begins as such a tar does; anything else is none at all. */
export const beginsTar = (first: Uint8Array): boolean =>
  first.length === block && announced(first) !== undefined;

/** Where each file lies, or why this is not a tar that we would have written. */
async function indexOf(tar: RandomAccess): Promise<Map<string, Place> | {readonly problem: string}> {
  const places = new Map<string, Place>();
  let before = '';
  let at = 0;
  for (;;) {
    const header = await tar.read(at, block);
    if (header.length < block) return {problem: 'it ends without its two blocks of zeros'};
    if (isZero(header)) break;
    const file = announced(header);
    if (file === undefined) return {problem: `the header at byte ${at} is not one of a bundle`};
    if (file.path <= before) return {problem: `${file.path} is out of order`};
    before = file.path;
    at += block;
    places.set(file.path, {at, sizeBytes: file.sizeBytes});
    at += file.sizeBytes;
    const padding = await tar.read(at, paddingOf(file.sizeBytes));
    if (padding.length < paddingOf(file.sizeBytes) || !isZero(padding)) {
      return {problem: `${file.path} is cut off, or not followed by zeros`};
    }
    at += padding.length;
  }
  const end = await tar.read(at, 2 * block + 1);
  if (end.length !== 2 * block || !isZero(end)) return {problem: 'it does not end with two blocks of zeros'};
  return places;
}

const pieceBytes = 1 << 20;

/** The files of a tar as `tarOf` writes it, read where they lie; a sentence when it is none. */
export async function readTar(tar: RandomAccess): Promise<BundleSource | {readonly problem: string}> {
  const places = await indexOf(tar);
  if (!(places instanceof Map)) return places;
  const stream = async function* (path: string): AsyncIterable<Uint8Array> {
    const place = places.get(path);
    if (place === undefined) throw new RangeError(`${path} is not in the tar`);
    for (let done = 0; done < place.sizeBytes;) {
      const piece = await tar.read(place.at + done, Math.min(pieceBytes, place.sizeBytes - done));
      if (piece.length === 0) throw new RangeError(`${path} is cut off`);
      done += piece.length;
      yield piece;
    }
  };
  return {
    items: [...places].map(([path, {sizeBytes}]) => ({path, kind: 'file', sizeBytes})),
    stream,
    read: async path => {
      const pieces: Uint8Array[] = [];
      for await (const piece of stream(path)) pieces.push(piece);
      return concat(pieces);
    },
  };
}
