// What was restored against what it should be: which files there are, what is in them, and their modes.
import type {CheckContext} from '../../src/define.ts';
import type {FolderEntry} from '../../src/look/folders.ts';
import {sha256Of} from './digest.ts';
import {matcher} from './glob.ts';
import type {Listed} from './manifest.ts';

export interface Comparison {
  /** Should be there and is not; is there and should not be. */
  readonly missing: readonly string[];
  readonly extra: readonly string[];
  readonly changed: readonly string[];
  readonly modes: readonly string[];
  /** Of the live folder: changed after the backup, or while it was compared; they prove nothing. */
  readonly moved: readonly string[];
  /** Could not be read, with why. */
  readonly unread: readonly string[];
  /** Files whose SHA-256 was compared. */
  readonly compared: number;
  readonly bytes: number;
}

export interface Restored {
  readonly root: string;
  readonly entries: readonly FolderEntry[];
}

interface Draft {
  readonly missing: string[];
  readonly extra: string[];
  readonly changed: string[];
  readonly modes: string[];
  readonly moved: string[];
  readonly unread: string[];
  compared: number;
  bytes: number;
}

const draft = (): Draft => ({
  missing: [],
  extra: [],
  changed: [],
  modes: [],
  moved: [],
  unread: [],
  compared: 0,
  bytes: 0,
});

const filesOf = (entries: readonly FolderEntry[]): Map<string, FolderEntry> =>
  new Map(entries.flatMap(entry => (entry.kind === 'file' ? [[entry.path, entry] as const] : [])));

const octal = (mode: number): string => `0${mode.toString(8).padStart(3, '0')}`;

/** Against a list that was made when the backup was. Modes are compared where the list has them. */
export async function againstManifest(
  {root, entries}: Restored,
  {manifest, exclude}: {readonly manifest: readonly Listed[]; readonly exclude: readonly string[]},
  context: CheckContext,
): Promise<Comparison> {
  const isOut = matcher(exclude);
  const found = filesOf(entries);
  const wanted = manifest.filter(({path}) => !isOut(path));
  const names = new Set(wanted.map(({path}) => path));
  const made = draft();
  made.extra.push(...[...found.keys()].filter(path => !names.has(path) && !isOut(path)));
  for (const {path, sha256, mode} of wanted) {
    const entry = found.get(path);
    if (entry === undefined) {
      made.missing.push(path);
      continue;
    }
    const actual = await sha256Of(`${root}/${path}`, context);
    if (typeof actual !== 'string') made.unread.push(`${path}: ${actual.problem}`);
    else {
      made.compared += 1;
      made.bytes += entry.sizeBytes;
      if (actual !== sha256) made.changed.push(path);
    }
    if (mode !== undefined && mode !== entry.mode)
      made.modes.push(`${path} ${octal(entry.mode)}, expected ${octal(mode)}`);
  }
  return made;
}

export interface Live extends Restored {
  readonly exclude: readonly string[];
  readonly modes: boolean;
  /** When the backup was made, as far as that is known. */
  readonly takenMs: number | undefined;
}

const isSame = (a: FolderEntry | undefined, b: FolderEntry | undefined): boolean =>
  a?.mtimeMs === b?.mtimeMs && a?.sizeBytes === b?.sizeBytes && a?.mode === b?.mode;

/**
 * Against the folder that the backup is of. A difference counts only where the live file did not change since: what
 * has a newer time than what was restored, or another one after the comparison than before, is `moved`.
 */
export async function againstLive(
  restored: Restored,
  live: Live,
  context: CheckContext,
): Promise<Comparison> {
  const {takenMs} = live;
  const isOut = matcher(live.exclude);
  const [ours, theirs] = [filesOf(restored.entries), filesOf(live.entries)];
  const folderOf = new Map(live.entries.map(entry => [entry.path, entry]));
  const made = draft();
  const isLater = (mtimeMs: number | undefined): boolean =>
    takenMs !== undefined && mtimeMs !== undefined && mtimeMs > takenMs;
  for (const path of new Set([...theirs.keys(), ...ours.keys()])) {
    if (isOut(path)) continue;
    const [one, other] = [ours.get(path), theirs.get(path)];
    const folder = folderOf.get(path.split('/').slice(0, -1).join('/'));
    if (one === undefined) (isLater(other?.mtimeMs) ? made.moved : made.missing).push(path);
    else if (other === undefined) (isLater(folder?.mtimeMs) ? made.moved : made.extra).push(path);
    else await both(made, {path, one, other}, {restored, live, context});
  }
  if (live.modes)
    for (const {path, kind, mode} of restored.entries) {
      const other = folderOf.get(path);
      if (
        kind === 'directory' &&
        path !== '' &&
        other?.kind === 'directory' &&
        other.mode !== mode &&
        !isOut(path)
      )
        made.modes.push(`${path}/ ${octal(mode)}, expected ${octal(other.mode)}`);
    }
  return withoutMoved(made, live, context);
}

async function both(
  made: Draft,
  {path, one, other}: {readonly path: string; readonly one: FolderEntry; readonly other: FolderEntry},
  {
    restored,
    live,
    context,
  }: {readonly restored: Restored; readonly live: Live; readonly context: CheckContext},
): Promise<void> {
  const [ours, theirs] = [
    await sha256Of(`${restored.root}/${path}`, context),
    await sha256Of(`${live.root}/${path}`, context),
  ];
  if (typeof ours !== 'string' || typeof theirs !== 'string') {
    const why = typeof ours === 'string' ? theirs : ours;
    made.unread.push(`${path}: ${typeof why === 'string' ? '' : why.problem}`);
    return;
  }
  // Archives keep whole seconds.
  const isNewer = Math.floor(other.mtimeMs / 1000) > Math.floor(one.mtimeMs / 1000);
  if (ours !== theirs && isNewer) {
    made.moved.push(path);
    return;
  }
  made.compared += 1;
  made.bytes += one.sizeBytes;
  if (ours !== theirs) made.changed.push(path);
  if (live.modes && one.mode !== other.mode)
    made.modes.push(`${path} ${octal(one.mode)}, expected ${octal(other.mode)}`);
}

/** Looks at the live folder once more: what is not as it was before is taken out of every difference. */
async function withoutMoved(made: Draft, live: Live, context: CheckContext): Promise<Comparison> {
  const again = await context.folders.walk(live.root, {
    most: live.entries.length * 2 + 1000,
    signal: context.signal,
  });
  if (again.at === 'failed') return {...made, unread: [...made.unread, `the live folder: ${again.message}`]};
  const [before, after] = [filesOf(live.entries), filesOf(again.entries)];
  const moved = new Set([
    ...made.moved,
    ...[...new Set([...before.keys(), ...after.keys()])].filter(
      path => !isSame(before.get(path), after.get(path)),
    ),
  ]);
  const stays = (path: string): boolean => !moved.has(path);
  const isOut = matcher(live.exclude);
  return {
    ...made,
    missing: made.missing.filter(stays),
    extra: made.extra.filter(stays),
    changed: made.changed.filter(stays),
    modes: made.modes.filter(line => ![...moved].some(path => line.startsWith(`${path} `))),
    unread: made.unread.filter(line => ![...moved].some(path => line.startsWith(`${path}: `))),
    moved: [...moved].filter(path => !isOut(path)).sort(),
  };
}
