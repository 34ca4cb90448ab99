import {z} from 'zod';
import {defineCheck} from '../src/define.ts';
import type {CheckContext} from '../src/define.ts';
import {secretReference} from '../src/domain/secret.ts';
import type {Look} from '../src/domain/verdict.ts';
import type {FolderEntry} from '../src/look/folders.ts';
import {backupFolder, listBackups} from './parts/backups.ts';
import {absolutePath} from './parts/fields.ts';
import {againstLive, againstManifest} from './parts/compare.ts';
import type {Comparison} from './parts/compare.ts';
import {drillLook} from './parts/drill.ts';
import {readManifest} from './parts/manifest.ts';
import {programEnv, programWords} from './parts/program.ts';
import {noRoom, prepare} from './parts/restore.ts';
import type {Prepared, Source} from './parts/restore.ts';
import {unknown} from './parts/host/could-not.ts';

const inside = z
  .string()
  .regex(/^[^/]/, 'expected a path inside the backup, without a slash at its beginning')
  .refine(path => !path.split('/').includes('..'), 'it must not lead out of the backup');
const reference = z
  .string()
  .refine(text => secretReference(text).at !== 'wrong', 'expected env:NAME or file:/path');
const gib = 1024 ** 3;

const params = z
  .strictObject({
    archive: absolutePath
      .optional()
      .describe('A tar archive (plain, gzip, zstd); or `newest`, `restic`, `command`.'),
    newest: z.strictObject(backupFolder).optional().describe('The newest archive of a folder.'),
    restic: z
      .strictObject({
        repository: z.string().min(1).describe('The repository, or `env:NAME`.'),
        password: reference.optional().describe('`env:NAME` or `file:/path`.'),
        snapshot: z
          .string()
          .regex(/^[0-9a-z]{1,64}$/)
          .default('latest')
          .describe('Which snapshot.'),
        env: programEnv.describe(
          'Further variables, such as those of the storage; `env:NAME` passes one on.',
        ),
      })
      .optional()
      .describe('A snapshot of a restic repository.'),
    command: z
      .strictObject({
        argv: programWords
          .refine(
            argv => argv.some(word => word.includes('{target}')),
            'it needs {target}, the folder to restore into',
          )
          .describe('A program that restores into `{target}`.'),
        env: programEnv.describe('Its variables; `env:NAME` passes one on.'),
      })
      .optional()
      .describe('Any other way to restore.'),
    restoreTo: absolutePath
      .optional()
      .describe('Where the private folder for it is made; else where this machine keeps temporary files.'),
    root: inside.optional().describe('The folder inside the backup that is compared; else all of it.'),
    compare: z
      .strictObject({
        manifest: absolutePath.optional().describe('A list of SHA-256 made with the backup, kept elsewhere.'),
        manifestInside: inside.optional().describe('Such a list inside the backup.'),
        live: absolutePath.optional().describe('The folder that the backup is of.'),
        exclude: z.array(z.string().min(1)).default([]).describe('What is not compared, such as `cache/**`.'),
        modes: z.boolean().default(true).describe('Permissions are compared too.'),
      })
      .refine(
        ({manifest, manifestInside, live}) =>
          [manifest, manifestInside, live].filter(one => one !== undefined).length === 1,
        'compare with one of manifest, manifestInside and live',
      )
      .describe('What the restored files must be.'),
    minFiles: z.int().min(1).default(1).describe('Fewer files compared are a failure.'),
    links: z
      .enum(['refuse', 'leave'])
      .default('refuse')
      .describe('An archive with links is not unpacked, or they are left out.'),
    maxBytes: z
      .int()
      .min(1)
      .default(10 * gib)
      .describe('The most that is unpacked.'),
    maxEntries: z.int().min(1).default(500_000).describe('The most files and folders.'),
  })
  .refine(
    ({archive, newest, restic, command}) =>
      [archive, newest, restic, command].filter(one => one !== undefined).length === 1,
    'say what is restored: one of archive, newest, restic and command',
  );
type Params = z.infer<typeof params>;

const failed = (message: string): Look => ({verdict: 'fail', kind: 'assertion', checked: 1, message});
const maxManifestBytes = 64 * 1024 * 1024;

async function sourceOf(
  given: Params,
  context: CheckContext,
): Promise<{readonly source: Source; readonly name: string} | {readonly look: Look}> {
  if (given.restic !== undefined)
    return {source: {at: 'restic', ...given.restic}, name: `snapshot ${given.restic.snapshot}`};
  if (given.command !== undefined)
    return {source: {at: 'command', ...given.command}, name: given.command.argv[0] ?? ''};
  const {links} = given;
  if (given.newest !== undefined) {
    const listed = await listBackups(given.newest, context);
    if ('look' in listed) return listed;
    const [first] = listed;
    if (first === undefined)
      return {look: failed(`no backup content: nothing in ${given.newest.folder} is ${given.newest.name}`)};
    return {source: {at: 'tar', path: first.path, takenMs: first.mtimeMs, links}, name: first.name};
  }
  const path = given.archive ?? '';
  const real = await context.files.real(path);
  const entry = real === undefined ? undefined : await context.folders.entry(real);
  if (real === undefined || entry === undefined)
    return {look: failed(`no backup content: ${path} is not there`)};
  if (entry.kind !== 'file') return {look: unknown('config', `${path} is no file`)};
  return {
    source: {at: 'tar', path: real, takenMs: entry.mtimeMs, links},
    name: path.split('/').at(-1) ?? path,
  };
}

interface Stage {
  readonly given: Params;
  readonly prepared: Prepared;
  readonly live: readonly FolderEntry[];
  readonly dir: string;
}

/** The folder that is compared, as it was restored. */
async function restoredIn({given, prepared, dir}: Stage, context: CheckContext) {
  const root = given.root === undefined ? dir : `${dir}/${given.root}`;
  const walked = await context.folders.walk(root, {most: given.maxEntries, signal: context.signal});
  if (walked.at === 'failed')
    return walked.why === 'missing'
      ? failed(`the backup holds no ${given.root ?? 'files'}`)
      : unknown('permission', `what was restored cannot be looked at: ${walked.message}`);
  if (walked.cut) return unknown('config', `more than ${given.maxEntries} files and folders were restored`);
  // A folder of ours stays open to us while it is unpacked: its mode is what the archive says.
  const prefix = given.root === undefined ? '' : `${given.root}/`;
  const said = new Map(prepared.entries?.map(({path, mode}) => [path, mode]));
  const entries = walked.entries.map(entry => {
    const mode = entry.kind === 'directory' ? said.get(`${prefix}${entry.path}`) : undefined;
    return mode === undefined ? entry : {...entry, mode};
  });
  return {root, entries};
}

async function compared(stage: Stage, context: CheckContext): Promise<Comparison | Look> {
  const {given, prepared, live} = stage;
  const restored = await restoredIn(stage, context);
  if (!('root' in restored)) return restored;
  const {manifest, manifestInside, live: liveRoot, exclude, modes} = given.compare;
  if (liveRoot !== undefined)
    return againstLive(
      restored,
      {root: liveRoot, entries: live, exclude, modes, takenMs: prepared.takenMs},
      context,
    );
  const path = manifest ?? `${restored.root}/${manifestInside ?? ''}`;
  const read = await context.files.read(path, maxManifestBytes);
  if (read.at === 'failed')
    return manifest === undefined
      ? failed(`the backup holds no ${manifestInside ?? ''}`)
      : unknown('noData', `${path}: ${read.message}`);
  const listed = readManifest(new TextDecoder().decode(read.bytes));
  if ('problem' in listed) return unknown('config', `${manifest ?? manifestInside ?? ''}: ${listed.problem}`);
  if (listed.length === 0) return unknown('vacuous', 'the manifest names no file: nothing is compared');
  const without = manifestInside === undefined ? exclude : [...exclude, manifestInside];
  const wanted = modes ? listed : listed.map(({path: name, sha256}) => ({path: name, sha256}));
  return againstManifest(restored, {manifest: wanted, exclude: without}, context);
}

/** Restores, compares, and removes what was restored, whatever happened; a folder that stays is a failure. */
async function drill(stage: Omit<Stage, 'dir'>, name: string, context: CheckContext): Promise<Look> {
  const {folders} = context;
  const made = await folders.makeScratch(stage.given.restoreTo);
  if (made.at === 'failed')
    return unknown(
      made.why === 'permission' ? 'permission' : 'config',
      `no folder to restore into: ${made.message}`,
    );
  let look: Look;
  try {
    const wrong = await stage.prepared.restoreInto(made.path);
    const found = wrong ?? (await compared({...stage, dir: made.path}, context));
    look = 'verdict' in found ? found : drillLook(found, {minFiles: stage.given.minFiles, name});
    if (context.signal.aborted) look = unknown('noData', 'stopped before the comparison was at its end');
  } catch (error) {
    look = unknown('config', error instanceof Error ? error.message : String(error));
  }
  const removed = await folders.removeScratch(made.path);
  const parts = look.parts ?? [];
  if (removed.at === 'removed')
    return {
      ...look,
      parts: [...parts, {name: 'cleanup', verdict: 'pass', message: 'what was restored is removed'}],
    };
  const left = `what was restored is still in ${made.path}: ${removed.message}`;
  return {
    ...look,
    verdict: 'fail',
    kind: 'assertion',
    checked: look.checked + 1,
    message: look.verdict === 'pass' ? left : `${left}; ${look.message}`,
    parts: [...parts, {name: 'cleanup', verdict: 'fail', message: left}],
  };
}

export const backupRestore = defineCheck({
  type: 'backupRestore',
  summary: 'A backup is restored into a private folder, compared file by file, and removed again',
  example: `type: backupRestore
newest: {folder: /srv/backups, name: app-*.tar.gz}
root: app
compare: {manifest: /srv/backups/app.sha256}
every: 1d
timeout: 30m`,
  needsTrust: true,
  everyMs: 86_400_000,
  timeoutMs: 1_800_000,
  params,
  isHeavy: true,
  run: async (given, context) => {
    if (context.signal.aborted) return unknown('noData', 'stopped before it began');
    const found = await sourceOf(given, context);
    if ('look' in found) return found.look;
    const prepared = await prepare(found.source, given, context);
    if ('look' in prepared) return prepared.look;
    const full = await noRoom(
      prepared.bytes,
      given.restoreTo ?? (await context.folders.temporary()),
      context,
    );
    if (full !== undefined) return full;
    let live: readonly FolderEntry[] = [];
    if (given.compare.live !== undefined) {
      const walked = await context.folders.walk(given.compare.live, {
        most: given.maxEntries,
        signal: context.signal,
      });
      if (walked.at === 'failed') return unknown('noData', `${given.compare.live}: ${walked.message}`);
      if (walked.cut || walked.closed.length > 0)
        return unknown('permission', `${given.compare.live} cannot be looked at as a whole`);
      live = walked.entries;
    }
    return drill({given, prepared, live}, found.name, context);
  },
});
