import {mkdirSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, test} from 'vitest';
import type {CheckContext} from '../../src/define.ts';
import {fakeEnv} from '../helpers/fakes.ts';
import {containing} from '../helpers/like.ts';
import {tempDir} from '../helpers/temp.ts';
import {programs} from './looking-programs.ts';
import {accepts, look} from './looking.ts';

/** Put together here, so that this file holds none. */
const token = ['ghp', 'a1B2c3D4e5F6g7H8i9J0'].join('_');
const known = 'the-dashboard-key-of-production';
const pem = [
  '-----BEGIN PRIVATE',
  ' KEY-----\nMC4CAQAwBQYDK2VwBCIEIAAA\n-----END PRIVATE',
  ' KEY-----\n',
].join('');
const url = ['DATABASE_URL=postgres://app:', 's3cr3t-word', '@db/orders\n'].join('');

function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const dir = tempDir();
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(dir, name)), {recursive: true});
    writeFileSync(path.join(dir, name), content);
  }
  return dir;
}

async function scan(params: Record<string, unknown>, more: Partial<CheckContext> = {}) {
  const env = fakeEnv({DASHBOARD_KEY: known, PATH: process.env['PATH'] ?? ''});
  const seen = await look('secretScan', params, {env, timeoutMs: 30_000, ...more});
  const said = JSON.stringify(seen);
  for (const secret of [token, known, 's3cr3t-word', 'MC4CAQAwBQYDK2Vw']) expect(said).not.toContain(secret);
  return {...seen, lines: seen.parts?.map(({name, verdict, message}) => `${name} ${verdict}: ${message}`)};
}

describe('secretScan of files', () => {
  test('files without secrets are a pass that counts them', async () => {
    const dir = folderWith({'a.txt': 'nothing here\n', 'b/c.json': '{"password": null}'});
    expect(await scan({paths: [dir]})).toMatchObject({
      verdict: 'pass',
      checked: 2,
      message: 'no secret in 2 files',
    });
  });

  test('tokens, private keys and known values are found with their line, and never said', async () => {
    const dir = folderWith({
      'export/report.md': `# Report\n\nuse ${token} to look\n`,
      'export/key.txt': `one\ntwo\n${pem}`,
      'export/config.yaml': `a: 1\nb: ${Buffer.from(known).toString('base64')}\n`,
      'export/fine.txt': 'fine',
    });
    const seen = await scan({paths: [dir], known: ['env:DASHBOARD_KEY']});
    expect(seen).toMatchObject({verdict: 'fail', checked: 4});
    expect(seen.lines).toEqual([
      'export/config.yaml fail: DASHBOARD_KEY in line 2',
      'export/key.txt fail: private-key in line 3',
      'export/report.md fail: github-token in line 3',
    ]);
  });

  test('an audit bundle with a database address or a key in it is not handed over', async () => {
    const bundle = folderWith({'entries.jsonl': '{}\n', 'notes.txt': url, 'proof.json': '{"a": 1}'});
    expect((await scan({paths: [bundle], guesses: 'fail'})).message).toContain('in notes.txt line 1');
    expect((await scan({paths: [bundle], guesses: 'fail', exclude: ['notes.txt']})).verdict).toBe('pass');
  });

  test('what may be a secret counts as the site says', async () => {
    const dir = folderWith({'app.conf': 'password = hunter2-hunter2-Hunter2\n'});
    const asked = async (guesses: string) => (await scan({paths: [dir], guesses})).verdict;
    expect(await asked('ignore')).toBe('pass');
    expect(await asked('warn')).toBe('warn');
    expect(await asked('fail')).toBe('fail');
  });

  test('what is known to be harmless is allowed with its reason, and told when it is gone', async () => {
    const dir = folderWith({'docs/api.md': `an example: ${token}\n`, 'src/a.ts': 'x'});
    const allow = [
      {path: 'docs/**', what: 'github-token', reason: 'an example that never was a token'},
      {path: 'old/**', reason: 'removed a long time ago'},
    ];
    const seen = await scan({paths: [dir], allow});
    expect(seen).toMatchObject({verdict: 'pass', message: 'no secret in 2 files; 1 allowed'});
    expect(seen.lines).toEqual([
      'allowed in docs/** skipped: 1: an example that never was a token',
      'allowed in old/** skipped: nothing is there any more (removed a long time ago)',
    ]);
    const other = [{...allow[0], what: 'jwt'}];
    expect((await scan({paths: [dir], allow: other})).verdict).toBe('fail');
  });

  test('nothing to look through is unknown, and so is what could not be read', async () => {
    expect(await scan({paths: [tempDir()]})).toMatchObject({verdict: 'unknown', kind: 'noData', checked: 0});
    expect((await scan({paths: [`${tempDir()}/gone`]})).verdict).toBe('unknown');
    const dir = folderWith({'a.txt': 'a', 'big.bin': Buffer.alloc(2000)});
    expect(await scan({paths: [dir], maxFileBytes: 1000})).toMatchObject({
      verdict: 'unknown',
      kind: 'noData',
      message: containing('big.bin: it has 2000 bytes'),
    });
    expect((await scan({paths: [dir], maxFiles: 1})).message).toContain('1 files beyond the first 1');
    expect(await scan({paths: [dir], known: ['env:NOT_SET']})).toMatchObject({kind: 'config', checked: 0});
  });
});

describe('secretScan of a repository', () => {
  const commit = (digit: string) => digit.repeat(40);
  const diff = (hash: string, file: string, ...lines: string[]) =>
    `\0${hash}\ndiff --git a/${file} b/${file}\nnew file mode 100644\n--- /dev/null\n+++ b/${file}\n@@ -0,0 +1,${lines.length} @@\n${lines.map(line => `+${line}\n`).join('')}`;

  /** A git that knows these files and this history. */
  const git = (files: readonly string[], commits: readonly string[], shown: string, more = '') =>
    programs({
      git: `const words = process.argv.slice(2); ${more}
        if (words.includes('ls-files')) process.stdout.write(${JSON.stringify(files.map(one => `${one}\0`).join(''))});
        if (words.includes('rev-list')) process.stdout.write(${JSON.stringify(commits.map(one => `${one}\n`).join(''))});
        if (words.includes('show')) process.stdout.write(${JSON.stringify(shown)});`,
    });

  test('tracked files and everything that was ever added are looked through', async () => {
    const repo = folderWith({'a.txt': 'fine', 'untracked.txt': token});
    const history = diff(commit('a'), 'b.txt', 'one', `key ${token}`) + diff(commit('b'), 'a.txt', 'fine');
    const context = git(['a.txt'], [commit('a'), commit('b')], history);
    const seen = await scan({repo}, context);
    expect(seen).toMatchObject({verdict: 'fail', checked: 3});
    expect(seen.lines).toEqual(['aaaaaaaaaa b.txt fail: github-token in line 2']);
    expect(await scan({repo, history: false}, context)).toMatchObject({verdict: 'pass', checked: 1});
  });

  test('a key over several lines is found in what was added', async () => {
    const repo = folderWith({'a.txt': 'fine'});
    const history = diff(commit('c'), 'keys/old.pem', ...pem.trimEnd().split('\n'));
    expect((await scan({repo}, git(['a.txt'], [commit('c')], history))).message).toContain(
      'private-key in cccccccccc keys/old.pem line 1',
    );
  });

  test('a history that is longer than is read is undecided; no git, and one that refuses, are unknown', async () => {
    const repo = folderWith({'a.txt': 'fine'});
    const two = git(['a.txt'], [commit('a'), commit('b')], diff(commit('a'), 'a.txt', 'fine'));
    expect(await scan({repo, maxCommits: 1}, two)).toMatchObject({
      verdict: 'unknown',
      message: containing('everything before aaaaaaaaaa'),
    });
    expect(await scan({repo}, {env: fakeEnv({PATH: tempDir()})})).toMatchObject({
      verdict: 'unknown',
      kind: 'notInstalled',
    });
    const refusing = git(
      [],
      [],
      '',
      'console.error("fatal: detected dubious ownership"); process.exit(128);',
    );
    expect(await scan({repo}, refusing)).toMatchObject({verdict: 'unknown', kind: 'permission'});
  });
});

test('no place, two places and an allowance without a reason are refused', () => {
  expect(accepts('secretScan', {})).toBe(false);
  expect(accepts('secretScan', {paths: ['/a'], repo: '/b'})).toBe(false);
  expect(accepts('secretScan', {paths: []})).toBe(false);
  expect(accepts('secretScan', {paths: ['/a'], allow: [{path: '*'}]})).toBe(false);
  expect(accepts('secretScan', {paths: ['/a'], allow: [{path: '*', reason: 'because'}]})).toBe(false);
  expect(accepts('secretScan', {paths: ['/a'], known: ['hunter2']})).toBe(false);
});
