// Evidence bundles: writing and judging them, pure. What a bundle is read through, wherever its files are.

export interface BundleItem {
  /** `/` between names. */
  readonly path: string;
  /** `other`: a link, a device, a socket. */
  readonly kind: 'file' | 'other';
  readonly sizeBytes: number;
}

export interface BundleSource {
  /** Every file and every other thing, in no order. */
  readonly items: readonly BundleItem[];
  /** Throws when the file cannot be read. */
  read(path: string): Promise<Uint8Array>;
  stream(path: string): AsyncIterable<Uint8Array>;
}

/** A bundle whose files are all in memory. */
export function memorySource(files: ReadonlyMap<string, Uint8Array>): BundleSource {
  const bytesOf = (path: string): Uint8Array => {
    const bytes = files.get(path);
    if (bytes === undefined) throw new RangeError(`${path} is not among the files`);
    return bytes;
  };
  return {
    items: [...files].map(([path, {length}]) => ({path, kind: 'file', sizeBytes: length})),
    read: path => Promise.resolve(bytesOf(path)),
    async *stream(path) {
      yield await Promise.resolve(bytesOf(path));
    },
  };
}
