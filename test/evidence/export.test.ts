import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync, mkdirSync} from 'node:fs';
import path from 'node:path';
import {describe, expect, onTestFinished, test} from 'vitest';
import {realFiles} from '../../src/adapters/files.ts';
import type {StoredEntry} from '../../src/domain/entry.ts';
import {exportEvidence, type Asked, type ExportTools} from '../../src/evidence/export.ts';
import {folderSource} from '../../src/evidence/folder-source.ts';
import {accessTo, readTar} from '../../src/ledger/bundle/tar.ts';
import {verifyBundle} from '../../src/ledger/bundle/verify.ts';
import type {Ledger} from '../../src/ports.ts';
import {createMasker} from '../../src/secrets/index.ts';
import {openKeeper} from '../../src/store/keeper.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {tempDir} from '../helpers/temp.ts';
import {finish, matching, noted, open, options, runStart, written} from '../store/helpers.ts';
import {exportTo, toolsFor, verifiers} from './exporting.ts';

/** Knows one secret by its value. */
const door: ExportTools['find'] = bytes =>
  createMasker({values: [{name: 'DOOR', value: 'sesame-open-1'}]}).find(bytes);
const run = '20260102T030405Z-1f0a7c33';
const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Every file of a folder with its content. */
function filesOf(dir: string): Map<string, Buffer> {
  const names = readdirSync(dir, {recursive: true, withFileTypes: true}).filter(item => item.isFile());
  return new Map(
    names.map(({parentPath, name}) => {
      const file = path.join(parentPath, name);
      return [path.relative(dir, file), readFileSync(file)];
    }),
  );
}

const exportsOf = async (ledger: Ledger): Promise<readonly StoredEntry[]> => ledger.read({kinds: ['export']});

/** A ledger with a run, two notes of somebody else in between, and a value that is a file. */
async function lived(): Promise<{ledger: Ledger; target: string}> {
  const ledger = await open(tempDir());
  written(await ledger.append(noted('before')));
  written(await ledger.append({entries: [runStart(run)]}));
  written(await ledger.append(noted('meanwhile')));
  written(
    await ledger.append({
      entries: [
        {kind: 'note', run, body: {}, disclosed: [{ptr: '/body/text', value: Buffer.alloc(40_000, 'y')}]},
      ],
    }),
  );
  written(await ledger.append({entries: [finish(run)]}));
  await ledger.checkpoint();
  written(await ledger.append(noted('after')));
  return {ledger, target: path.join(tempDir(), 'out')};
}

describe('what is written', () => {
  test('a whole log: every file listed, nothing writable, and the outcome names the manifest', async () => {
    const {ledger, target} = await lived();
    const made = await exportTo(ledger, {target});
    const files = filesOf(target);
    expect([...files.keys()].filter(name => !name.startsWith('tile/')).toSorted()).toEqual(
      [
        'README.txt',
        `artifacts/${[...files.keys()].find(name => name.startsWith('artifacts/'))?.slice(10) ?? ''}`,
        'checkpoint',
        'checkpoints/1',
        'checkpoints/6',
        'disclosures.jsonl',
        'entries.jsonl',
        'ledger.vkey',
        'manifest-sha256.txt',
        'manifest.note',
        'population.csv',
        'range.json',
        'report.html',
        'report.md',
        'timeline.csv',
        'verify.html',
        'verify.py',
      ].toSorted(),
    );
    for (const name of files.keys())
      expect([name, statSync(path.join(target, name)).mode & 0o777]).toEqual([name, 0o444]);
    const manifest = files.get('manifest-sha256.txt') ?? Buffer.alloc(0);
    const listed = manifest.toString().trim().split('\n');
    expect(listed).toHaveLength(files.size - 2);
    for (const line of listed)
      expect(sha256(files.get(line.slice(66)) ?? Buffer.alloc(0))).toBe(line.slice(0, 64));
    expect(made).toMatchObject({
      manifest: sha256(manifest),
      slice: {from: 0, to: 8, size: 8},
      files: files.size,
    });
    expect(made.sizeBytes).toBe([...files.values()].reduce((sum, {length}) => sum + length, 0));
    const [intent, outcome] = await exportsOf(ledger);
    expect(intent?.entry.body).toEqual({scope: {at: 'all'}, path: 'out', form: 'directory'});
    expect(outcome?.entry).toMatchObject({
      of: intent?.seq,
      body: {result: 'written', manifest: made.manifest, from: 0, to: 8, size: 8, form: 'directory'},
    });
    expect(files.get('entries.jsonl')?.toString().trim().split('\n').at(-1)).toBe(intent?.line);
  });

  test('the same log gives the same files, but for what the export itself added', async () => {
    const {ledger} = await lived();
    const asked: Asked = {at: 'range', from: '1', to: '5'};
    const [a, b] = [path.join(tempDir(), 'a'), path.join(tempDir(), 'b')];
    await exportTo(ledger, {target: a, asked});
    await exportTo(ledger, {target: b, asked});
    const [first, second] = [filesOf(a), filesOf(b)];
    expect([...first.keys()]).toEqual([...second.keys()]);
    for (const name of [
      'entries.jsonl',
      'disclosures.jsonl',
      'population.csv',
      'timeline.csv',
      'ledger.vkey',
    ]) {
      expect(second.get(name)?.equals(first.get(name) ?? Buffer.alloc(0))).toBe(true);
    }
    expect((await verifyBundle(await folderSource(realFiles, b), {})).report).toMatchObject({
      verdict: 'intact',
    });
  });

  test('a run is everything from its first to its last entry, with what others wrote in between', async () => {
    const {ledger, target} = await lived();
    const made = await exportTo(ledger, {target, asked: {at: 'run', run}});
    expect(made.slice).toEqual({from: 2, to: 6, size: 8});
    const files = filesOf(target);
    expect(files.get('entries.jsonl')?.toString().split('\n')).toHaveLength(5);
    expect([...files.keys()].filter(name => name.startsWith('tile'))).toEqual([]);
    expect([...files.keys()].filter(name => name.startsWith('checkpoints'))).toEqual(['checkpoints/6']);
    expect(files.get('context.jsonl')?.toString()).toMatch(/^\{"line":"\{.*ledger\.genesis.*"proof":\[/);
    expect(files.get('README.txt')?.toString()).toContain(
      `last entry of run ${run}.\nWhat others recorded in between`,
    );
    expect(files.get('disclosures.jsonl')?.toString().trim().split('\n')).toHaveLength(2);
    expect((await exportsOf(ledger))[1]?.entry.body['scope']).toEqual({at: 'run', run});
  });

  test.each<[string, Asked, [number, number]]>([
    ['numbers', {at: 'range', from: '2', to: '4'}, [2, 5]],
    ['an open end', {at: 'range', from: '3'}, [3, 7]],
    ['an open start', {at: 'range', to: '0'}, [0, 1]],
    ['a time for each', {at: 'range', from: '2026-01-02T03:04:07Z', to: '2026-01-02T03:04:08Z'}, [3, 5]],
    ['a time and a number', {at: 'range', from: '2026-01-02T03:04:09.000Z', to: '6'}, [5, 7]],
  ])('a range by %s is the entries that it names, both ends included', async (_, asked, [from, to]) => {
    const clock = fakeClock();
    const ledger = await open(tempDir(), {clock});
    for (let i = 0; i < 6; i++) {
      written(await ledger.append(noted(`note ${i}`)));
      clock.jump(1000);
    }
    const made = await exportTo(ledger, {target: path.join(tempDir(), 'out'), asked});
    expect(made.slice).toEqual({from, to, size: 8});
  });

  test('a slice that ends in an erased value brings the entry that erased it, and a new key its rotation', async () => {
    const {ledger, target} = await lived();
    const keeper = await openKeeper(options(ledger.dir, {session: 'session-k'}));
    const reason = {ptr: '/body/reason', value: 'asked to'};
    const place = {seq: 1, ptr: '/body/text'};
    const erased = await keeper.erase(
      [place],
      [{kind: 'redact', body: place, disclosed: [reason]}],
      (await ledger.head()).size,
    );
    expect(erased.ok).toBe(true);
    await keeper.rotateKey('it was time');
    await keeper.close();
    const made = await exportTo(ledger, {target, asked: {at: 'range', from: '1', to: '2'}});
    const context = filesOf(target).get('context.jsonl')?.toString() ?? '';
    expect(
      context
        .trim()
        .split('\n')
        .map(line => /\\"kind\\":\\"([^\\]*)/.exec(line)?.[1]),
    ).toEqual(['ledger.genesis', 'redact', 'key.rotate']);
    const {report} = await verifyBundle(await folderSource(realFiles, target), {});
    expect(report).toMatchObject({verdict: 'intact', redacted: 1, head: {size: made.slice.size}});
  });

  test('a tar holds the same files, and is verified as it is', async () => {
    const {ledger} = await lived();
    const target = path.join(tempDir(), 'out.tar');
    const made = await exportTo(ledger, {target, form: 'tar'});
    expect(readdirSync(path.dirname(target))).toEqual(['out.tar']);
    expect(statSync(target).mode & 0o777).toBe(0o444);
    expect(made.sizeBytes).toBe(statSync(target).size);
    const source = await readTar(accessTo(readFileSync(target)));
    if ('problem' in source) throw new Error(source.problem);
    expect(source.items).toHaveLength(made.files);
    expect(sha256(await source.read('manifest-sha256.txt'))).toBe(made.manifest);
    expect((await verifyBundle(source, {})).report).toMatchObject({verdict: 'intact', entries: 8});
    expect((await exportsOf(ledger))[1]?.entry.body).toMatchObject({form: 'tar', result: 'written'});
  });
});

describe('what is refused', () => {
  const refusal = async (ledger: Ledger, target: string, asked: Asked = {at: 'all'}): Promise<unknown> =>
    exportTo(ledger, {target, asked}).catch((error: unknown) => error);

  test('a target that exists, a half bundle beside it, a folder that is not there', async () => {
    const {ledger, target} = await lived();
    mkdirSync(target);
    expect(await refusal(ledger, target)).toMatchObject({
      code: 'FILE_EXISTS',
      message: matching(/never overwrites/),
    });
    const other = path.join(tempDir(), 'other');
    writeFileSync(`${other}.part`, '');
    expect(await refusal(ledger, other)).toMatchObject({
      code: 'FILE_EXISTS',
      hint: matching(/rm -rf .*other\.part/),
    });
    expect(await refusal(ledger, path.join(other, 'deep'))).toMatchObject({code: 'FILE_UNWRITABLE'});
    expect(await exportsOf(ledger)).toEqual([]);
  });

  test.each<[string, Asked, string]>([
    ['an unknown run', {at: 'run', run: 'nope'}, 'RUN_NOT_FOUND'],
    ['an empty range', {at: 'range', from: '4', to: '3'}, 'USAGE'],
    ['an entry that is not there', {at: 'range', from: '1', to: '7'}, 'USAGE'],
    ['a time before everything', {at: 'range', to: '2020-01-01T00:00:00Z'}, 'USAGE'],
    ['a time after everything', {at: 'range', from: '2030-01-01T00:00:00Z'}, 'USAGE'],
    ['something else', {at: 'range', from: 'yesterday'}, 'USAGE'],
  ])('%s, before anything is recorded', async (_, asked, code) => {
    const {ledger, target} = await lived();
    expect(await refusal(ledger, target, asked)).toMatchObject({code});
    expect(await exportsOf(ledger)).toEqual([]);
  });

  test('a known secret in a value: nothing is handed over, and its place is named', async () => {
    const {ledger, target} = await lived();
    const seq = written(await ledger.append(noted('the word is sesame-open-1')))[0] ?? 0;
    await expect(exportTo(ledger, {target}, {find: door})).rejects.toMatchObject({
      code: 'SECRET_FOUND',
      message: matching(
        new RegExp(`disclosures.jsonl would hold a secret: DOOR in the value /body/text of entry ${seq}`),
      ),
      hint: matching(new RegExp(`ledger redact ${seq} /body/text`)),
    });
    expect(readdirSync(path.dirname(target))).toEqual([]);
    const [, outcome] = await exportsOf(ledger);
    expect(outcome?.entry.body).toMatchObject({result: 'refused', message: matching(/DOOR/)});
    await keptOut(ledger, 'sesame-open-1');
  });

  test('a private key in a value is one, declared or not', async () => {
    const {ledger, target} = await lived();
    const lines = [
      '-----BEGIN PRIVATE KEY-----',
      'MC4CAQAwBQYDK2VwBCIEIA'.padEnd(64, 'Q'),
      '-----END PRIVATE KEY-----',
    ];
    written(await ledger.append(noted(lines.join('\n'))));
    await expect(exportTo(ledger, {target})).rejects.toMatchObject({code: 'SECRET_FOUND'});
    expect(existsSync(target)).toBe(false);
  });

  test('a secret in the entry itself is said to be there for good', async () => {
    const {ledger, target} = await lived();
    written(await ledger.append({entries: [{...runStart('r-sesame-open-1')}]}));
    await expect(exportTo(ledger, {target}, {find: door})).rejects.toMatchObject({
      message: matching(/entries\.jsonl would hold a secret: DOOR in entry 7/),
      hint: matching(/nobody can change/),
    });
  });

  test('what only looks like a secret is told, and handed over', async () => {
    const {ledger, target} = await lived();
    const find = (bytes: Uint8Array) =>
      Buffer.from(bytes).includes('meanwhile') ? [{what: 'assignment', at: 0, sure: 'guess' as const}] : [];
    const made = await exportTo(ledger, {target}, {find});
    expect(made.doubtful).toBeGreaterThan(0);
    expect(made.doubts[0]).toBe('disclosures.jsonl, the value /body/text of entry 3: looks like assignment');
  });

  test('a bundle that does not verify', async () => {
    const {ledger, target} = await lived();
    const tools = toolsFor(ledger);
    await expect(
      exportTo(
        ledger,
        {target},
        {
          verify: async (source, onProgress) => {
            chmodSync(path.join(`${target}.part`, 'report.md'), 0o600);
            writeFileSync(path.join(`${target}.part`, 'report.md'), 'something else');
            return tools.verify(source, onProgress);
          },
        },
      ),
    ).rejects.toMatchObject({code: 'EVIDENCE_REFUSED', message: matching(/does not verify \(modified\)/)});
    expect(readdirSync(path.dirname(target))).toEqual([]);
  });

  test('a value whose file is gone', async () => {
    const {ledger, target} = await lived();
    await realFiles.removeTree(path.join(ledger.dir, 'artifacts'));
    expect(await refusal(ledger, target)).toMatchObject({
      code: 'EVIDENCE_REFUSED',
      message: matching(/entry 4 is missing/),
    });
    expect(readdirSync(path.dirname(target))).toEqual([]);
  });
});

/** The text stands in no entry that an export wrote. */
async function keptOut(ledger: Ledger, text: string): Promise<void> {
  for (const {line} of await exportsOf(ledger)) expect(line).not.toContain(text);
}

describe('what goes wrong', () => {
  test('a disk that fills up anywhere leaves nothing, and the outcome says so', async () => {
    const {ledger, target} = await lived();
    let calls = 0;
    const signer = await openKeeper(options(ledger.dir, {session: 'session-k'}));
    onTestFinished(async () => signer.close());
    const signText = async (text: string) => signer.signText(text);
    const keeper = async () => Promise.resolve({...signer, signText, close: async () => Promise.resolve()});
    await exportTo(
      ledger,
      {target: `${target}-0`},
      {
        files: {...realFiles, create: async (...given) => ((calls += 1), realFiles.create(...given))},
      },
    );
    expect(calls).toBeGreaterThan(15);
    for (let fails = 1; fails <= calls; fails++) {
      let left = fails;
      const files = {
        ...realFiles,
        create: async (...given: Parameters<typeof realFiles.create>) =>
          (left -= 1) === 0
            ? ({at: 'failed', why: 'other', message: 'no space is left on the device'} as const)
            : realFiles.create(...given),
      };
      await expect(exportTo(ledger, {target}, {files, keeper})).rejects.toMatchObject({
        code: 'FILE_UNWRITABLE',
        message: matching(/no space is left/),
      });
      expect(readdirSync(path.dirname(target))).toEqual(['out-0']);
    }
    const outcomes = (await exportsOf(ledger)).filter(({entry}) => entry.of !== undefined);
    expect(outcomes.slice(1).every(({entry}) => entry.body['result'] === 'failed')).toBe(true);
    expect(outcomes).toHaveLength(calls + 1);
  });

  test('somebody who takes the name meanwhile keeps it', async () => {
    const {ledger, target} = await lived();
    const tools = toolsFor(ledger);
    await expect(
      exportTo(
        ledger,
        {target},
        {
          verify: async (source, onProgress) => {
            writeFileSync(target, 'mine');
            return tools.verify(source, onProgress);
          },
        },
      ),
    ).rejects.toMatchObject({code: 'FILE_UNWRITABLE', message: matching(/exists already/)});
    expect(readFileSync(target, 'utf8')).toBe('mine');
    expect(readdirSync(path.dirname(target))).toEqual(['out']);
  });

  test('an interrupted export takes back what it wrote', async () => {
    const {ledger, target} = await lived();
    const stop = new AbortController();
    const asked: Asked = {at: 'all'};
    const tools = toolsFor(ledger, {signal: stop.signal, onProgress: () => stop.abort()});
    await expect(exportEvidence({asked, target, named: 'out', form: 'directory'}, tools)).rejects.toThrow();
    expect(readdirSync(path.dirname(target))).toEqual([]);
    expect((await exportsOf(ledger))[1]?.entry.body).toMatchObject({
      result: 'failed',
      message: 'interrupted',
    });
  });

  test('verifiers that are not built end it before anything is written', async () => {
    const {ledger, target} = await lived();
    const missing = async () => Promise.reject(new Error('not built'));
    await expect(exportTo(ledger, {target}, {verifiers: missing})).rejects.toThrow('not built');
    expect(readdirSync(path.dirname(target))).toEqual([]);
    expect(verifiers.python.length).toBeGreaterThan(0);
  });

  test('a process that is killed leaves no bundle under the name, and an intent without outcome', async () => {
    const {ledger, target} = await lived();
    await ledger.close();
    const child = spawn(
      process.execPath,
      [path.join(import.meta.dirname, 'export-process.ts'), ledger.dir, target],
      {stdio: ['ignore', 'pipe', 'inherit']},
    );
    onTestFinished(() => void child.kill('SIGKILL'));
    const [said] = (await once(child.stdout, 'data')) as [Buffer];
    expect(said.toString()).toBe('verifying\n');
    expect(existsSync(path.join(`${target}.part`, 'manifest.note'))).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(existsSync(target)).toBe(false);
    const again = await open(ledger.dir);
    expect((await exportsOf(again)).map(({entry}) => entry.of)).toEqual([undefined]);
    expect(await refusedBy(again, target)).toMatchObject({code: 'FILE_EXISTS', hint: matching(/rm -rf/)});
    await realFiles.removeTree(`${target}.part`);
    expect((await exportTo(again, {target})).slice.size).toBe(9);
  });
});

const refusedBy = async (ledger: Ledger, target: string): Promise<unknown> =>
  exportTo(ledger, {target}).catch((error: unknown) => error);

test('another process goes on writing while a bundle is made; the bundle ends at its checkpoint', async () => {
  const {ledger, target} = await lived();
  const child = spawn(
    process.execPath,
    [path.join(import.meta.dirname, '../store/writer-process.ts'), ledger.dir, 'other', '400'],
    {stdio: ['ignore', 'pipe', 'inherit']},
  );
  const exited = once(child, 'exit');
  await once(child.stdout, 'data');
  child.stdout.resume();
  const before = (await ledger.head()).size;
  const made = await exportTo(ledger, {target});
  expect(await exited).toEqual([0, null]);
  const after = (await ledger.head()).size;
  expect(made.slice.size).toBeGreaterThan(before);
  expect(made.slice.size).toBeLessThan(after);
  const {report} = await verifyBundle(await folderSource(realFiles, target), {});
  expect(report).toMatchObject({verdict: 'intact', entries: made.slice.size});
});
