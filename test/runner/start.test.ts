// The start of the bundled step runner: compiled code is kept for the next one, and never trusted blindly.
import {createHash} from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {join} from 'node:path';
import {expect, test} from 'vitest';
import {containing} from '../helpers/like.ts';
import {bundle, root} from '../helpers/programs.ts';
import {tempDir} from '../helpers/temp.ts';
import {createRunners} from '../../src/adapters/runners.ts';
import type {Job} from '../../src/engine/runner/job.ts';
import type {Ledger} from '../../src/ports.ts';
import {stage} from './stage.ts';

/** An installation of its own, whose kept code no other test touches. */
function installed(): string {
  const dir = tempDir();
  const dist = join(dir, 'dist');
  mkdirSync(dist);
  for (const name of ['runner.cjs', 'runner-main.cjs', 'package.json'])
    copyFileSync(bundle(name), join(dist, name));
  symlinkSync(join(root, 'node_modules'), join(dir, 'node_modules'));
  return dist;
}

function keptIn(dist: string): {readonly file: string; readonly bytes: Buffer} | undefined {
  const cache = join(dist, '.cache');
  const names = existsSync(cache) ? readdirSync(cache) : [];
  const name = names.find(one => one.startsWith('runner-'));
  return name === undefined ? undefined : {file: join(cache, name), bytes: readFileSync(join(cache, name))};
}

/** Starts it as the console does; what it said. */
const started = async (ledger: Ledger, job: unknown, entry = bundle('runner.cjs')) =>
  createRunners({node: process.execPath, entry, dir: ledger.dir}).start(JSON.stringify(job)).ended;

async function step(dist: string, text = ':'): Promise<unknown> {
  const {shell, ledger, outcome} = await stage();
  expect(await started(ledger, shell(text), join(dist, 'runner.cjs'))).toEqual({said: ''});
  return (await outcome()).entry.body['verdict'];
}

const sealed = (code: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(createHash('sha256').update(code).digest('hex')), code]);

test('a step leaves its compiled code, and the next one starts from it and leaves it alone', async () => {
  const dist = installed();
  expect(await step(dist)).toBe('pass');
  const kept = keptIn(dist);
  expect(await step(dist, 'exit 3')).toBe('fail');
  expect(keptIn(dist)).toEqual(kept);
  expect(kept?.bytes.length).toBeGreaterThan(10_000);
});

test('a runner that did nothing keeps nothing', async () => {
  const dist = installed();
  const {ledger} = await stage();
  const {said} = await started(ledger, {v: 1}, join(dist, 'runner.cjs'));
  expect(said).toContain('nothing was started');
  expect(keptIn(dist)).toBeUndefined();
});

test('kept code that is cut, changed, of another engine or no code at all is made anew', async () => {
  const dist = installed();
  await step(dist);
  const good = keptIn(dist);
  if (good === undefined) throw new Error('nothing was kept');
  const {file, bytes} = good;
  const code = bytes.subarray(64);
  const flipped = Buffer.from(bytes);
  flipped[bytes.length >> 1] = (flipped[bytes.length >> 1] ?? 0) ^ 1;
  const otherEngine = Buffer.from(code);
  otherEngine[4] = (otherEngine[4] ?? 0) ^ 1;
  const broken = {
    cut: bytes.subarray(0, bytes.length - 1000),
    empty: Buffer.alloc(0),
    flipped,
    otherEngine: sealed(otherEngine),
    noCode: sealed(Buffer.from('no code')),
  };
  for (const [what, content] of Object.entries(broken)) {
    writeFileSync(file, content);
    expect(await step(dist), what).toBe('pass');
    const made = keptIn(dist)?.bytes ?? Buffer.alloc(0);
    expect(made.length, what).toBeGreaterThan(10_000);
    expect(sealed(made.subarray(64)).equals(made), what).toBe(true);
    expect(made.equals(content), what).toBe(false);
  }
});

test('what only some steps load is found beside the bundle', async () => {
  const nowhere = 'http://127.0.0.1:1';
  const prometheus = {name: 'prom', type: 'prometheus', url: nowhere} as const;
  const parts: readonly (readonly [Job['act'], object])[] = [
    [{at: 'http', method: 'GET', url: nowhere, headers: {}}, {message: containing('ECONNREFUSED')}],
    [{at: 'promql', source: prometheus, text: 'up'}, {message: containing('ECONNREFUSED')}],
    [{at: 'sql', source: prometheus, text: 'select 1'}, {message: 'prom is no database; nothing was done'}],
  ];
  for (const [act, body] of parts) {
    const {job, ledger, outcome} = await stage();
    expect(await started(ledger, job(act))).toEqual({said: ''});
    expect((await outcome()).entry.body).toMatchObject(body);
  }
});

test('a pattern takes its value from the output, and an outcome that was kept is appended late', async () => {
  const {shell, ledger, value, scene, run} = await stage();
  const kept = {
    kind: 'step.outcome',
    run,
    step: 'before',
    of: 1,
    body: {attempt: 1, verdict: 'pass', message: 'was kept', by: 'machine', durationMs: 1},
  };
  await scene.spool(kept, undefined);
  const job = shell('echo id=7', {capture: {name: 'ID', re: 'id=([0-9]+)'}});
  expect(await started(ledger, {...job, confirm: 2})).toEqual({
    said: containing('has moved: its newest entry is 3'),
  });
  expect((await ledger.read({run, reverse: true, limit: 1}))[0]?.entry.body).toMatchObject({
    message: 'was kept',
    late: true,
  });
  expect(await started(ledger, {...job, confirm: 3})).toEqual({said: ''});
  expect(await value()).toBe('7');
});
