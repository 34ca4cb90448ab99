// From what was dropped or chosen to a bundle: folders, loose files, or one tar.
import type {BundleSource} from '../ledger/bundle/source.ts';

export interface Picked {
  readonly path: string;
  readonly file: File;
}

const marks = ['entries.jsonl', 'range.json', 'checkpoint', 'manifest-sha256.txt'];

/** Not in TypeScript's library yet; Chromium has it, and only it may read dropped folders on a page from a file. */
interface HandleItem {
  getAsFileSystemHandle(): Promise<FileSystemHandle | null>;
}
const hasHandles = (item: DataTransferItem): item is DataTransferItem & HandleItem =>
  'getAsFileSystemHandle' in item;

const isFolderHandle = (handle: FileSystemHandle): handle is FileSystemDirectoryHandle =>
  handle.kind === 'directory';
const isFileHandle = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file';

async function walkHandle(handle: FileSystemHandle, path: string): Promise<Picked[]> {
  if (isFileHandle(handle)) return [{path, file: await handle.getFile()}];
  if (!isFolderHandle(handle)) return [];
  const found: Picked[] = [];
  for await (const inner of handle.values())
    found.push(...(await walkHandle(inner, `${path}/${inner.name}`)));
  return found;
}

const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;
const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;

async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    // A reader hands over its names in portions.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => {
      reader.readEntries(resolve, reject);
    });
    if (some.length === 0) return all;
    all.push(...some);
  }
}

async function walkEntry(entry: FileSystemEntry): Promise<Picked[]> {
  if (isFile(entry)) {
    const file = await new Promise<File>((resolve, reject) => {
      entry.file(resolve, reject);
    });
    return [{path: entry.fullPath.replace(/^\//, ''), file}];
  }
  if (!isFolder(entry)) return [];
  const found: Picked[] = [];
  for (const inner of await entriesOf(entry)) found.push(...(await walkEntry(inner)));
  return found;
}

/** One dropped thing. What it is must be asked before the event is over, so nothing is awaited first. */
function readingOf(item: DataTransferItem): Promise<Picked[]> | undefined {
  if (item.kind !== 'file') return undefined;
  const file = item.getAsFile();
  const entry = item.webkitGetAsEntry();
  if (file !== null && entry?.isDirectory !== true) return Promise.resolve([{path: file.name, file}]);
  if (hasHandles(item)) {
    return item
      .getAsFileSystemHandle()
      .then(async handle => (handle === null ? [] : walkHandle(handle, handle.name)));
  }
  return entry === null ? undefined : walkEntry(entry);
}

/** Everything that was dropped; fails where a browser keeps folders from a page that is a file. */
export async function dropped(data: DataTransfer): Promise<Picked[]> {
  const readings = [...data.items].map(readingOf).filter(reading => reading !== undefined);
  return withoutFolder((await Promise.all(readings)).flat());
}

/** What was chosen in a file or folder dialog. */
export const chosen = (files: FileList): Picked[] =>
  withoutFolder([...files].map(file => ({path: file.webkitRelativePath || file.name, file})));

/** Paths inside the bundle: when the whole folder was given, its own name is taken off. */
function withoutFolder(all: readonly Picked[]): Picked[] {
  if (all.some(({path}) => marks.includes(path))) return [...all];
  const first = all[0]?.path.split('/')[0] ?? '';
  const inside = all.every(({path}) => path.startsWith(`${first}/`));
  const isBundle = all.some(({path}) => marks.some(mark => path === `${first}/${mark}`));
  return inside && isBundle
    ? all.map(({path, file}) => ({path: path.slice(first.length + 1), file}))
    : [...all];
}

/** The chosen files as a bundle. */
export function sourceOf(all: readonly Picked[]): BundleSource {
  const byPath = new Map(all.map(({path, file}) => [path, file]));
  const fileAt = (path: string): File => {
    const file = byPath.get(path);
    if (file === undefined) throw new Error(`${path} is not among the files`);
    return file;
  };
  return {
    items: all.map(({path, file}) => ({path, kind: 'file', sizeBytes: file.size})),
    read: async path => new Uint8Array(await fileAt(path).arrayBuffer()),
    stream: path => fileAt(path).stream(),
  };
}
