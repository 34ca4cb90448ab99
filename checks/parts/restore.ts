// Restoring a backup into a scratch folder: from a tar archive, a restic repository, or by a program.
import type {CheckContext} from '../../src/define.ts';
import type {Look} from '../../src/domain/verdict.ts';
import type {FolderEntry} from '../../src/look/folders.ts';
import {sizeText} from './backups.ts';
import {isObject, parseJson} from './json.ts';
import {timeOf} from './operators.ts';
import {lastLine, runProgram} from './program.ts';
import {resticAnswer, resticSetting} from './restic.ts';

export type Source =
  | {readonly at: 'tar'; readonly path: string; readonly takenMs: number; readonly links: 'refuse' | 'leave'}
  | {
      readonly at: 'restic';
      readonly repository: string;
      readonly password?: string | undefined;
      readonly snapshot: string;
      readonly env: Readonly<Record<string, string>>;
    }
  | {
      readonly at: 'command';
      readonly argv: readonly string[];
      readonly env: Readonly<Record<string, string>>;
    };

export interface Limits {
  readonly maxBytes: number;
  readonly maxEntries: number;
}

/** What is known before anything is written. */
export interface Prepared {
  readonly bytes: number | undefined;
  readonly takenMs: number | undefined;
  /** What the archive itself says of its entries. */
  readonly entries: readonly FolderEntry[] | undefined;
  readonly restoreInto: (dir: string) => Promise<Look | undefined>;
}

const look = (verdict: 'fail' | 'unknown', kind: Look['kind'], message: string): {readonly look: Look} => ({
  look: {verdict, kind, checked: verdict === 'fail' ? 1 : 0, message},
});

/** Why an entry may not be unpacked; undefined when it may. */
function unsafe({path, kind, target}: FolderEntry, links: 'refuse' | 'leave'): string | undefined {
  const shown = JSON.stringify(path);
  if (path.startsWith('/')) return `${shown} is an absolute path`;
  if (path.split('/').includes('..')) return `${shown} leads out of the folder`;
  if (kind === 'link' && links === 'refuse') return `${shown} is a link to ${JSON.stringify(target ?? '')}`;
  return kind === 'other' ? `${shown} is neither file nor folder` : undefined;
}

export async function prepare(
  source: Source,
  limits: Limits,
  context: CheckContext,
): Promise<Prepared | {readonly look: Look}> {
  switch (source.at) {
    case 'tar':
      return fromTar(source, limits, context);
    case 'restic':
      return fromRestic(source, context);
    case 'command':
      return {
        bytes: undefined,
        takenMs: undefined,
        entries: undefined,
        restoreInto: async dir => {
          const argv = source.argv.map(word => word.replaceAll('{target}', dir));
          const ran = await runProgram({argv, env: source.env}, context);
          if (!ran.ok) return ran.look;
          if (ran.status === 0) return undefined;
          const said = lastLine(ran.err) || lastLine(ran.out);
          return look(
            'fail',
            'assertion',
            `${argv[0] ?? ''} ended with ${ran.status ?? 'a signal'} (${said})`,
          ).look;
        },
      };
  }
}

async function fromTar(
  {path, takenMs, links}: Extract<Source, {at: 'tar'}>,
  limits: Limits,
  {archives, signal}: CheckContext,
): Promise<Prepared | {readonly look: Look}> {
  const listed = await archives.list(path, {...limits, signal});
  if (listed.at === 'failed') {
    const {kind, ours, message} = listed;
    return look(ours ? 'unknown' : 'fail', kind, `${path}: ${message}`);
  }
  const bad = listed.entries.flatMap(entry => unsafe(entry, links) ?? []);
  if (bad.length > 0) {
    const more = bad.length > 1 ? ` and ${bad.length - 1} more` : '';
    return look('fail', 'assertion', `${path} is not unpacked: ${bad[0] ?? ''}${more}`);
  }
  if (!listed.entries.some(({kind}) => kind === 'file'))
    return look('fail', 'assertion', `no backup content: ${path} holds no file`);
  return {
    bytes: listed.unpackedBytes,
    takenMs,
    entries: listed.entries,
    restoreInto: async dir => {
      const unpacked = await archives.unpack(path, dir, {...limits, signal});
      if (unpacked.at === 'unpacked') return undefined;
      const {kind, ours, message} = unpacked;
      return look(ours ? 'unknown' : 'fail', kind, `${path}: ${message}`).look;
    },
  };
}

async function fromRestic(
  source: Extract<Source, {at: 'restic'}>,
  context: CheckContext,
): Promise<Prepared | {readonly look: Look}> {
  const setting = await resticSetting(source, context);
  if (!setting.ok) return setting;
  const restic = async (...words: readonly string[]) => {
    const argv = ['restic', '--no-cache', '--no-lock', ...words];
    const ran = await runProgram({...setting.request, argv}, context);
    return ran.ok ? (resticAnswer(ran) ?? {out: ran.out}) : {look: ran.look};
  };
  const snapshots = await restic('snapshots', '--json', '--latest', '1', ...named(source.snapshot));
  if ('look' in snapshots) return snapshots;
  const list = parseJson(snapshots.out)?.value;
  const times = Array.isArray(list)
    ? list.flatMap(one => (isObject(one) ? (timeOf(one['time']) ?? []) : []))
    : [];
  if (times.length === 0)
    return look('fail', 'assertion', 'no backup content: the repository holds no such snapshot');
  const stats = await restic('stats', '--json', '--mode', 'restore-size', source.snapshot);
  if ('look' in stats) return stats;
  const size = parseJson(stats.out)?.value;
  const bytes = isObject(size) && typeof size['total_size'] === 'number' ? size['total_size'] : undefined;
  return {
    bytes,
    takenMs: Math.max(...times),
    entries: undefined,
    restoreInto: async dir => {
      const restored = await restic('restore', source.snapshot, '--target', dir);
      return 'look' in restored ? restored.look : undefined;
    },
  };
}

const named = (snapshot: string): readonly string[] => (snapshot === 'latest' ? [] : [snapshot]);

/** Enough room for what comes, and a fifth more; undefined when there is, or when nobody knows. */
export async function noRoom(
  bytes: number | undefined,
  folder: string,
  {folders}: CheckContext,
): Promise<Look | undefined> {
  const free = await folders.freeBytes(folder);
  if (bytes === undefined || free === undefined) return undefined;
  const needed = Math.ceil(bytes * 1.2);
  if (free >= needed) return undefined;
  const message = `not restored: ${folder} has ${sizeText(free)} free, and ${sizeText(needed)} are needed`;
  return look('unknown', 'noData', message).look;
}
