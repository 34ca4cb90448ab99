// Backups made with real tools, damaged, locked and restored, as the checks see them.
import {execFileSync, spawn} from 'node:child_process';
import {chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {randomBytes} from 'node:crypto';
import * as tar from 'tar';
import {expect, test} from 'vitest';
import {look} from '../checks/looking.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {afterwards, need, program, whyNoMount} from './needs.ts';

const word = 'correct-horse-battery';

/** A live folder of a few files. */
function liveFolder(): string {
  const live = path.join(tempDir(), 'okastr8');
  mkdirSync(path.join(live, 'data'), {recursive: true});
  writeFileSync(path.join(live, 'system.yaml'), 'port: 41788\n', {mode: 0o600});
  writeFileSync(path.join(live, 'auth.json'), '{"tokens": []}\n', {mode: 0o600});
  writeFileSync(path.join(live, 'data/blob'), randomBytes(400_000), {mode: 0o640});
  return live;
}

const environment = (password = word) => ({
  get: (name: string) =>
    name === 'WORD'
      ? password
      : name === 'HOME'
        ? '/tmp'
        : name === 'PATH'
          ? (process.env['PATH'] ?? '/usr/bin:/bin')
          : undefined,
});

function resticRepository() {
  const restic = program('restic', 'restic');
  const live = liveFolder();
  const repository = path.join(tempDir(), 'repository');
  const env = {RESTIC_PASSWORD: word, RESTIC_REPOSITORY: repository, HOME: '/tmp', PATH: '/usr/bin:/bin'};
  const run = (...words: string[]) =>
    execFileSync(restic, ['--no-cache', ...words], {env, stdio: 'pipe', cwd: path.dirname(live)});
  run('init');
  return {restic, live, repository, run, env};
}

const check = async (params: Record<string, unknown>, password?: string) =>
  look(
    'backupRepo',
    {tool: 'restic', password: 'env:WORD', ...params},
    {env: environment(password), timeoutMs: 60_000},
  );

/** The largest file under a folder: where the data is. */
function largest(folder: string): string {
  const files = readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath, entry.name));
  return files.sort((a, b) => statSync(b).size - statSync(a).size)[0] ?? '';
}

test('restic: empty, whole, damaged, locked, another password and no repository are six answers', async () => {
  const {restic, live, repository, run, env} = resticRepository();
  expect(await check({repository})).toMatchObject({
    verdict: 'fail',
    message: 'no backup content: the repository is empty',
  });
  run('backup', path.basename(live));
  expect(await check({repository})).toMatchObject({
    verdict: 'pass',
    message: 'no errors were found (structure, 1 backups)',
  });
  expect((await check({repository, mode: 'full'})).verdict).toBe('pass');
  expect((await check({repository, mode: 'subset', subset: 2})).verdict).toBe('pass');

  expect(await check({repository}, 'another-horse-battery')).toMatchObject({verdict: 'fail', kind: 'auth'});
  const nowhere = path.join(tempDir(), 'nowhere');
  expect(await check({repository: nowhere})).toMatchObject({verdict: 'fail', kind: 'noData'});

  // A backup that waits for its input holds a lock.
  const waiting = spawn(restic, ['--no-cache', 'backup', '--stdin'], {
    env,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  afterwards(() => void waiting.kill('SIGKILL'));
  await waitFor(() => readdirSync(path.join(repository, 'locks')).length > 0, {
    what: 'the lock',
    timeoutMs: 20_000,
  });
  expect(await check({repository})).toMatchObject({verdict: 'unknown', kind: 'noData', checked: 0});
  expect((await check({repository, lock: false})).verdict).toBe('pass');
  waiting.kill('SIGKILL');
  await waitFor(() => waiting.signalCode !== null, {what: 'it to end', timeoutMs: 10_000});
  run('unlock', '--remove-all');

  const pack = largest(path.join(repository, 'data'));
  chmodSync(pack, 0o600);
  const bytes = readFileSync(pack);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(pack, bytes);
  // Its size is right, so that only reading the data finds it.
  expect((await check({repository})).verdict).toBe('pass');
  expect(await check({repository, mode: 'full'})).toMatchObject({
    verdict: 'fail',
    kind: 'assertion',
    message: containing('the repository is damaged'),
  });
  writeFileSync(pack, bytes.subarray(0, at));
  expect((await check({repository})).verdict).toBe('fail');
});

test('restic: a snapshot is restored and compared with the live folder, and a damaged one is found', async () => {
  const {live, repository, run} = resticRepository();
  run('backup', path.basename(live));
  const restoreTo = tempDir();
  const drill = async () => {
    const seen = await look(
      'backupRestore',
      {
        restic: {repository, password: 'env:WORD'},
        root: path.basename(live),
        restoreTo,
        compare: {live},
      },
      {env: environment(), timeoutMs: 60_000},
    );
    expect(readdirSync(restoreTo)).toEqual([]);
    return seen;
  };
  const before = readdirSync(path.join(repository, 'locks'));
  const good = await drill();
  expect(good).toMatchObject({
    verdict: 'pass',
    message: containing('File set diff lines: 0, SHA_MATCH=yes (3 files'),
  });
  expect(readdirSync(path.join(repository, 'locks'))).toEqual(before);
  const pack = largest(path.join(repository, 'data'));
  chmodSync(pack, 0o600);
  const bytes = readFileSync(pack);
  bytes.fill(0x55, Math.floor(bytes.length / 3), Math.floor(bytes.length / 2));
  writeFileSync(pack, bytes);
  expect((await drill()).verdict).toBe('fail');
});

test('borg: empty, whole, damaged, locked, another passphrase and no repository are six answers', async () => {
  const borg = program('borg', 'borgbackup');
  const live = liveFolder();
  const home = tempDir();
  const repository = path.join(tempDir(), 'repository');
  const env = {BORG_PASSPHRASE: word, BORG_BASE_DIR: home, HOME: home, PATH: '/usr/bin:/bin'};
  const run = (...words: string[]) =>
    execFileSync(borg, words, {env, stdio: 'pipe', cwd: path.dirname(live)});
  const asked = async (params: Record<string, unknown> = {}, password?: string) =>
    check({tool: 'borg', repository, env: {BORG_BASE_DIR: home}, ...params}, password);
  run('init', '--encryption=repokey', repository);
  expect((await asked()).message).toBe('no backup content: the repository is empty');
  run('create', `${repository}::first`, path.basename(live));
  expect(await asked()).toMatchObject({verdict: 'pass', checked: 1});
  expect((await asked({mode: 'full'})).verdict).toBe('pass');
  expect(await asked({}, 'another-horse-battery')).toMatchObject({verdict: 'fail', kind: 'auth'});
  expect(await asked({repository: path.join(home, 'nowhere')})).toMatchObject({
    verdict: 'fail',
    kind: 'noData',
  });

  const holding = spawn(
    borg,
    ['with-lock', repository, process.execPath, '-e', 'setTimeout(() => {}, 60000)'],
    {
      env,
      stdio: 'ignore',
    },
  );
  afterwards(() => void holding.kill('SIGKILL'));
  await waitFor(() => readdirSync(repository).includes('lock.exclusive'), {
    what: 'the lock',
    timeoutMs: 20_000,
  });
  expect(await asked()).toMatchObject({verdict: 'unknown', kind: 'noData', checked: 0});
  holding.kill('SIGTERM');
  await waitFor(() => holding.signalCode !== null || holding.exitCode !== null, {
    what: 'it to end',
    timeoutMs: 10_000,
  });
  run('break-lock', repository);

  const segment = largest(path.join(repository, 'data'));
  const bytes = readFileSync(segment);
  const at = Math.floor(bytes.length / 2);
  bytes[at] = (bytes[at] ?? 0) ^ 0xff;
  writeFileSync(segment, bytes);
  expect(await asked()).toMatchObject({verdict: 'fail', kind: 'assertion'});
});

test('an archive that does not fit on the disk is not unpacked, and a disk that fills is said to be full', async () => {
  need(whyNoMount());
  const live = liveFolder();
  const archive = path.join(tempDir(), 'app.tar.gz');
  await tar.create({gzip: true, file: archive, cwd: path.dirname(live)}, [path.basename(live)]);
  const disk = tempDir();
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', disk]);
  afterwards(() => void execFileSync('umount', [disk]));
  const params = {archive, root: path.basename(live), restoreTo: disk, compare: {live}};
  expect(await look('backupRestore', params, {timeoutMs: 60_000})).toMatchObject({
    verdict: 'unknown',
    kind: 'noData',
    checked: 0,
    message: containing('not restored'),
  });
  const {folders} = (await import('../checks/looking.ts')).context();
  const blind = {folders: {...folders, freeBytes: async () => Promise.resolve(undefined)}, timeoutMs: 60_000};
  expect(await look('backupRestore', params, blind)).toMatchObject({
    verdict: 'unknown',
    kind: 'noData',
    message: containing('no space is left'),
  });
  expect(readdirSync(disk)).toEqual([]);
});
