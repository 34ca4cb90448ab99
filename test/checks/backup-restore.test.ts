import {createHash} from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {gzipSync, zstdCompressSync} from 'node:zlib';
import * as tar from 'tar';
import {describe, expect, test} from 'vitest';
import {createArchives} from '../../src/adapters/archives.ts';
import {createFolders} from '../../src/adapters/folders.ts';
import type {CheckContext} from '../../src/define.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {nodePath, programs} from './looking-programs.ts';
import {accepts, look} from './looking.ts';

const sha256 = (bytes: string | Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

const content: Readonly<Record<string, string>> = {
  'app/system.yaml': 'port: 41788\n',
  'app/auth.json': '{"tokens": []}\n',
  'app/data/events.jsonl': `${'x'.repeat(3000)}\n`,
};

/** A live folder with those files, all an hour old. */
function liveFolder(): string {
  const dir = path.join(tempDir(), 'live');
  for (const [name, text] of Object.entries(content)) {
    const file = path.join(dir, name);
    mkdirSync(path.dirname(file), {recursive: true});
    writeFileSync(file, text, {mode: 0o600});
    age(file, 3600);
  }
  chmodSync(path.join(dir, 'app/data'), 0o750);
  for (const folder of ['app/data', 'app', '']) age(path.join(dir, folder), 3600);
  return dir;
}

const age = (file: string, seconds: number): void => {
  const at = Date.now() / 1000 - seconds;
  utimesSync(file, at, at);
};

/** The folder as a tar archive, half an hour old. */
async function archived(
  live: string,
  change: (bytes: Buffer) => Uint8Array = bytes => bytes,
): Promise<string> {
  const file = path.join(tempDir(), 'app-20260102.tar');
  await tar.create({file, cwd: live, portable: false}, ['app']);
  writeFileSync(file, change(readFileSync(file)));
  age(file, 1800);
  return file;
}

const manifestText = (): string =>
  Object.entries(content)
    .map(([name, text]) => `${sha256(text)}  ${name}\n`)
    .join('');

function manifestFile(text = manifestText()): string {
  const file = path.join(tempDir(), 'app.sha256');
  writeFileSync(file, text);
  return file;
}

async function drill(params: Record<string, unknown>, more: Partial<CheckContext> = {}) {
  const restoreTo = tempDir();
  const seen = await look('backupRestore', {restoreTo, ...params}, {timeoutMs: 60_000, ...more});
  // Whatever came of it, nothing of what was restored is left.
  expect(readdirSync(restoreTo)).toEqual([]);
  return {...seen, lines: seen.parts?.map(({name, verdict, message}) => `${name} ${verdict}: ${message}`)};
}

describe('backupRestore check', () => {
  test('an archive that gives the live folder back says so in the words of the drill', async () => {
    const live = liveFolder();
    const seen = await drill({archive: await archived(live), compare: {live}});
    expect(seen).toMatchObject({
      verdict: 'pass',
      message: 'File set diff lines: 0, SHA_MATCH=yes (3 files, 3.0 KiB, from app-20260102.tar)',
    });
    expect(seen.checked).toBeGreaterThanOrEqual(3);
    expect(seen.lines).toEqual([
      'file set pass: File set diff lines: 0',
      'sha256 pass: SHA_MATCH=yes',
      'files compared pass: Files compared: 3',
      'modes pass: Modes that differ: 0',
      'cleanup pass: what was restored is removed',
    ]);
  });

  test('gzip and zstd are told by their first bytes', async () => {
    const live = liveFolder();
    for (const pack of [gzipSync, zstdCompressSync])
      expect(
        (await drill({archive: await archived(live, pack), compare: {manifest: manifestFile()}})).verdict,
      ).toBe('pass');
  });

  test('one changed byte in the archive is found: by the list in a plain one, by its checksum in a packed one', async () => {
    const live = liveFolder();
    const flip = (bytes: Buffer): Buffer => {
      const at = bytes.indexOf('xxxx') + 100;
      bytes[at] = 0x79;
      return bytes;
    };
    const plain = await drill({archive: await archived(live, flip), compare: {manifest: manifestFile()}});
    expect(plain).toMatchObject({
      verdict: 'fail',
      message: containing('sha256: expected the same content, got others in app/data/events.jsonl'),
    });
    expect(plain.lines).toContain('sha256 fail: SHA_MATCH=no (others in app/data/events.jsonl)');
    const flipPacked = (bytes: Buffer): Buffer => {
      const packed = gzipSync(bytes, {level: 0});
      packed[Math.floor(packed.length / 2)] = 0x7a;
      return packed;
    };
    expect(
      await drill({archive: await archived(live, flipPacked), compare: {manifest: manifestFile()}}),
    ).toMatchObject({verdict: 'fail', kind: 'assertion', message: containing('damaged')});
  });

  test('missing, unexpected and changed files and modes are told apart', async () => {
    const live = liveFolder();
    const archive = await archived(live);
    const list = manifestText()
      .replace(/^.*system.yaml\n/m, '')
      .concat(`${'0'.repeat(64)}  app/gone.txt\n`);
    expect((await drill({archive, compare: {manifest: manifestFile(list)}})).lines).toContain(
      'file set fail: File set diff lines: 2 (missing: app/gone.txt; not expected: app/system.yaml)',
    );
    const modes = [{path: 'app/system.yaml', sha256: sha256(content['app/system.yaml'] ?? ''), mode: '0644'}];
    const asJson = manifestFile(JSON.stringify({files: modes}));
    const seen = await drill({archive, compare: {manifest: asJson, exclude: ['app/data/**', 'app/auth.*']}});
    expect(seen.lines).toContain('modes fail: Modes that differ: 1 (app/system.yaml 0600, expected 0644)');
    chmodSync(path.join(live, 'app/auth.json'), 0o644);
    chmodSync(path.join(live, 'app/data'), 0o700);
    expect((await drill({archive, compare: {live}})).lines).toContain(
      'modes fail: Modes that differ: 2 (app/auth.json 0600, expected 0644, app/data/ 0750, expected 0700)',
    );
  });

  test('the newest of a folder, a folder inside it and a list inside the backup', async () => {
    const live = liveFolder();
    const inside = manifestText().replaceAll('  app/', '  ./');
    writeFileSync(path.join(live, 'app/SHA256SUMS'), inside);
    const folder = tempDir();
    for (const [name, hours] of [
      ['app-1.tar', 9],
      ['app-2.tar', 1],
      ['other-3.tar', 0],
    ] as const) {
      writeFileSync(
        path.join(folder, name),
        name === 'app-2.tar' ? readFileSync(await archived(live)) : 'none',
      );
      age(path.join(folder, name), hours * 3600);
    }
    const params = {
      newest: {folder, name: 'app-*.tar'},
      root: 'app',
      compare: {manifestInside: 'SHA256SUMS'},
    };
    expect(await drill(params)).toMatchObject({verdict: 'pass', message: containing('from app-2.tar')});
    expect(await drill({...params, root: 'nothing'})).toMatchObject({
      verdict: 'fail',
      message: 'the backup holds no nothing',
    });
    expect((await drill({...params, newest: {folder, name: '*.zip'}})).message).toContain(
      'no backup content',
    );
  });

  test('no folder, no archive, an empty one and an empty list never pass', async () => {
    const live = liveFolder();
    const compare = {manifest: manifestFile()};
    const gone = path.join(tempDir(), 'gone.tar');
    expect(await drill({archive: gone, compare})).toMatchObject({verdict: 'fail', kind: 'assertion'});
    expect(await drill({newest: {folder: path.join(tempDir(), 'none')}, compare})).toMatchObject({
      verdict: 'fail',
      message: containing('no backup content'),
    });
    const empty = path.join(tempDir(), 'empty.tar');
    writeFileSync(empty, Buffer.alloc(1024));
    expect((await drill({archive: empty, compare})).verdict).toBe('fail');
    writeFileSync(empty, '');
    expect((await drill({archive: empty, compare})).verdict).toBe('fail');
    expect(
      await drill({archive: await archived(live), compare: {manifest: manifestFile('\n')}}),
    ).toMatchObject({verdict: 'unknown', kind: 'vacuous', checked: 0});
    expect(await drill({archive: await archived(live), compare: {live, exclude: ['**']}})).toMatchObject({
      verdict: 'fail',
      message: containing('files compared: expected at least 1, got 0'),
    });
    expect(
      await drill({archive: await archived(live), compare: {manifest: manifestFile('hello\n')}}),
    ).toMatchObject({verdict: 'unknown', kind: 'config'});
  });

  test('an archive that was cut, anywhere, does not pass', async () => {
    const live = liveFolder();
    const whole = readFileSync(await archived(live));
    const compare = {manifest: manifestFile()};
    for (const length of [512, 1024, 1536, 2048, 4000, 5120, whole.length - 1024])
      expect(
        (await drill({archive: await archived(live, bytes => bytes.subarray(0, length)), compare})).verdict,
        `cut to ${length}`,
      ).toBe('fail');
    const packed = gzipSync(whole);
    const cut = await archived(live, () => packed.subarray(0, packed.length - 20));
    expect((await drill({archive: cut, compare})).verdict).toBe('fail');
  });

  test.each([
    ['a path upwards', {path: '../escaped.txt', type: 'File'}],
    ['a hidden path upwards', {path: 'app/../../escaped.txt', type: 'File'}],
    ['an absolute path', {path: '/tmp/qd-escaped.txt', type: 'File'}],
    ['a link', {path: 'app/link', type: 'SymbolicLink', linkpath: '/etc/passwd'}],
    ['a hard link', {path: 'app/link', type: 'Link', linkpath: 'app/system.yaml'}],
    ['a device', {path: 'app/null', type: 'CharacterDevice'}],
    ['a pipe', {path: 'app/pipe', type: 'FIFO'}],
  ] as const)('%s in an archive stops it before anything is written', async (_, entry) => {
    const header = new tar.Header({...entry, mode: 0o644, size: 0, mtime: new Date()});
    header.encode();
    const live = liveFolder();
    const archive = await archived(live, bytes => Buffer.concat([header.block ?? Buffer.alloc(0), bytes]));
    let unpacked = 0;
    const archives = createArchives();
    const watched = {
      ...archives,
      unpack: async (...given: Parameters<typeof archives.unpack>) => {
        unpacked += 1;
        return archives.unpack(...given);
      },
    };
    const seen = await drill({archive, compare: {manifest: manifestFile()}}, {archives: watched});
    expect(seen).toMatchObject({verdict: 'fail', message: containing('is not unpacked: ')});
    expect(unpacked).toBe(0);
    expect(existsSync('/tmp/qd-escaped.txt')).toBe(false);
  });

  test('the unpacking itself refuses what leads out, whatever the list said before', async () => {
    const outside = tempDir();
    const into = path.join(outside, 'into');
    mkdirSync(into);
    for (const entry of [
      {path: '../escaped.txt', type: 'File'},
      {path: path.join(outside, 'escaped.txt'), type: 'File'},
    ] as const) {
      const header = new tar.Header({...entry, mode: 0o644, size: 0, mtime: new Date()});
      header.encode();
      const file = path.join(tempDir(), 'bad.tar');
      writeFileSync(file, Buffer.concat([header.block ?? Buffer.alloc(0), Buffer.alloc(1024)]));
      const limits = {maxBytes: 1e6, maxEntries: 10, signal: new AbortController().signal};
      expect(await createArchives().unpack(file, into, limits)).toMatchObject({at: 'failed', ours: false});
    }
    expect(readdirSync(outside)).toEqual(['into']);
    expect(readdirSync(into)).toEqual([]);
  });

  test('links can be left out on purpose', async () => {
    const live = liveFolder();
    const header = new tar.Header({
      path: 'app/current',
      type: 'SymbolicLink',
      linkpath: 'data',
      mtime: new Date(),
    });
    header.encode();
    const archive = await archived(live, bytes => Buffer.concat([header.block ?? Buffer.alloc(0), bytes]));
    const params = {archive, compare: {manifest: manifestFile()}};
    expect((await drill({...params, links: 'leave'})).verdict).toBe('pass');
    expect((await drill(params)).verdict).toBe('fail');
  });

  test('without room it is not begun, and limits on size and number hold', async () => {
    const live = liveFolder();
    const params = {archive: await archived(live), compare: {manifest: manifestFile()}};
    const folders = {...createFolders(), freeBytes: async () => Promise.resolve(3000)};
    expect(await drill(params, {folders})).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
      checked: 0,
      message: containing('2.9 KiB free, and 3.5 KiB are needed'),
    });
    expect(await drill({...params, maxBytes: 1000})).toMatchObject({
      verdict: 'unknown',
      kind: 'config',
      message: containing('holds more than 1000 bytes'),
    });
    expect((await drill({...params, maxEntries: 2})).message).toContain('holds more than 2 entries');
  });

  test('a live folder that changes meanwhile is told apart from corruption', async () => {
    const live = liveFolder();
    const archives = createArchives();
    const meanwhile = (change: () => void): Partial<CheckContext> => ({
      archives: {
        ...archives,
        unpack: async (...given) => {
          change();
          return archives.unpack(...given);
        },
      },
    });
    const params = {archive: await archived(live), compare: {live}};
    const seen = await drill(
      params,
      meanwhile(() => {
        writeFileSync(path.join(live, 'app/auth.json'), '{"tokens": [1]}\n');
        writeFileSync(path.join(live, 'app/new.txt'), 'new');
      }),
    );
    expect(seen).toMatchObject({verdict: 'warn'});
    expect(seen.lines).toContain(
      'source changed since the backup or during the drill warn: Source changed: 2 (app/auth.json, app/new.txt)',
    );
    expect(seen.lines).toContain('sha256 pass: SHA_MATCH=yes');
  });

  test('a live file that changed since the backup proves nothing; one that kept its time and differs is a failure', async () => {
    const live = liveFolder();
    const params = {archive: await archived(live), compare: {live}};
    const file = path.join(live, 'app/auth.json');
    writeFileSync(file, '{"tokens": [2]}\n');
    const later = await drill(params);
    expect(later).toMatchObject({verdict: 'warn', message: containing('app/auth.json')});
    age(file, 3600);
    expect(await drill(params)).toMatchObject({
      verdict: 'fail',
      message: containing('sha256: expected the same content, got others in app/auth.json'),
    });
  });

  test('what stays behind is a failure, and what a killed process left is removed by the next', async () => {
    const live = liveFolder();
    const params = {archive: await archived(live), compare: {live}};
    const folders = createFolders();
    const stuck = {
      ...folders,
      removeScratch: async (dir: string) => {
        await folders.removeScratch(dir);
        return {at: 'failed', why: 'permission', message: 'permission denied'} as const;
      },
    };
    expect(await drill(params, {folders: stuck})).toMatchObject({
      verdict: 'fail',
      message: containing('what was restored is still in'),
    });
    const restoreTo = tempDir();
    // No process has such a number: the kernel's largest is 2^22.
    const left = path.join(restoreTo, 'quarterdeck-scratch-999999999-0123456789ab');
    mkdirSync(path.join(left, 'closed'), {recursive: true});
    writeFileSync(path.join(left, 'closed/data'), 'production');
    chmodSync(path.join(left, 'closed'), 0o500);
    const mine = path.join(restoreTo, `quarterdeck-scratch-${process.pid}-0123456789ab`);
    mkdirSync(mine);
    const seen = await look('backupRestore', {...params, restoreTo}, {timeoutMs: 60_000});
    expect(seen.verdict).toBe('pass');
    expect(readdirSync(restoreTo)).toEqual([path.basename(mine)]);
  });

  test('a program restores where it is told, and is judged by what is there then', async () => {
    const live = liveFolder();
    const script = (line: string) => [process.execPath, '-e', line, '{target}'];
    const copy = `require('node:fs').cpSync(${JSON.stringify(live)}, process.argv[1], {recursive: true, preserveTimestamps: true})`;
    const params = {command: {argv: script(copy)}, compare: {manifest: manifestFile()}};
    expect((await drill(params, nodePath())).verdict).toBe('pass');
    const wrong = {...params, command: {argv: script('console.error("no such backup"); process.exit(3)')}};
    expect(await drill(wrong, nodePath())).toMatchObject({
      verdict: 'fail',
      message: containing('ended with 3 (no such backup)'),
    });
    const nothing = {...params, command: {argv: script('0')}};
    expect((await drill(nothing, nodePath())).verdict).toBe('fail');
    expect((await drill({...params, command: {argv: ['no-program', '{target}']}})).kind).toBe('notInstalled');
  });

  test('being told to stop ends it, and what was unpacked is removed', async () => {
    const live = liveFolder();
    const stop = new AbortController();
    const archives = createArchives();
    const seen = await drill(
      {archive: await archived(live), compare: {live}},
      {
        signal: stop.signal,
        archives: {
          ...archives,
          unpack: async (...given) => {
            const done = await archives.unpack(...given);
            stop.abort(new Error('over'));
            return done;
          },
        },
      },
    );
    expect(seen).toMatchObject({verdict: 'unknown', kind: 'noData', checked: 0});
  });

  test('a restic that does not end well is told apart by what it says', async () => {
    const restic = (script: string) => programs({restic: script});
    const params = {restic: {repository: '/r', password: 'env:WORD'}, compare: {manifest: manifestFile()}};
    expect(await drill(params, restic(''))).toMatchObject({verdict: 'unknown', kind: 'config'});
    const withWord = async (status: number, said = '') => {
      const base = restic(
        `console.error(${JSON.stringify(said)} || 'with ' + process.env.RESTIC_PASSWORD); process.exit(${status})`,
      );
      const env = {get: (name: string) => (name === 'WORD' ? 'correct-horse' : base.env?.get(name))};
      return drill(params, {...base, env});
    };
    expect(await withWord(10)).toMatchObject({verdict: 'fail', kind: 'noData'});
    expect((await withWord(10)).message).toBe('there is no repository: with [secret WORD]');
    expect(await withWord(11)).toMatchObject({verdict: 'unknown', kind: 'noData', checked: 0});
    expect(await withWord(12)).toMatchObject({verdict: 'fail', kind: 'auth'});
    expect(await withWord(1, 'Fatal: wrong password or no key found')).toMatchObject({kind: 'auth'});
    expect(await withWord(130)).toMatchObject({verdict: 'unknown'});
    expect(await withWord(77)).toMatchObject({verdict: 'fail', kind: 'assertion'});
  });
});

test('no source, two of them, nothing to compare with, and paths that lead out are refused', () => {
  const compare = {live: '/a'};
  expect(accepts('backupRestore', {archive: '/b', compare})).toBe(true);
  expect(accepts('backupRestore', {compare})).toBe(false);
  expect(accepts('backupRestore', {archive: '/b', newest: {folder: '/c'}, compare})).toBe(false);
  expect(accepts('backupRestore', {archive: '/b', compare: {}})).toBe(false);
  expect(accepts('backupRestore', {archive: '/b', compare: {live: '/a', manifest: '/c'}})).toBe(false);
  expect(accepts('backupRestore', {archive: '/b', compare, root: '../up'})).toBe(false);
  expect(accepts('backupRestore', {command: {argv: ['restore']}, compare})).toBe(false);
});
