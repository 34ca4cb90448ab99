import {execFile} from 'node:child_process';
import {chmodSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {promisify} from 'node:util';
import {afterAll, beforeAll, expect, test} from 'vitest';
import {exportTo} from '../evidence/exporting.ts';
import {makeTempDir, tempDir} from '../helpers/temp.ts';
import {note, open, written} from '../store/helpers.ts';
import {program} from './needs.ts';

const run = promisify(execFile);
let built: ReturnType<typeof makeTempDir>;
const judge = (): string => path.join(built.dir, 'tlog');

beforeAll(async () => {
  built = makeTempDir();
  const go = program('go', 'golang-go (1.24 or newer)');
  await run(go, ['build', '-o', judge(), '.'], {cwd: path.join(import.meta.dirname, 'tlog')});
}, 900_000);
afterAll(() => built.remove());

/** The whole log of so many entries as a bundle, and its verifier key. */
async function exported(size: number): Promise<{target: string; vkey: string}> {
  const ledger = await open(tempDir());
  for (let left = size - 2; left > 0; left -= 1000) {
    const [first, ...more] = Array.from({length: Math.min(left, 1000)}, (_, i) => note(`note ${left} ${i}`));
    if (first !== undefined) written(await ledger.append({entries: [first, ...more]}));
  }
  const target = path.join(tempDir(), 'out');
  expect((await exportTo(ledger, {target})).slice.size).toBe(size);
  return {target, vkey: readFileSync(path.join(target, 'ledger.vkey'), 'utf8').trim()};
}

const said = async (target: string, vkey: string): Promise<string> =>
  run(judge(), [target, vkey]).then(
    ({stdout}) => stdout,
    (error: unknown) => (error instanceof Error && 'stdout' in error ? String(error.stdout) : String(error)),
  );

test.each([2, 255, 256, 257, 512, 1000])(
  'programs for transparency logs that know nothing of us accept a log of %i entries as it is',
  async size => {
    const {target, vkey} = await exported(size);
    expect(await said(target, vkey)).toBe(`sumdb: ${size} entries included\ntessera: fsck passed\n`);
  },
  120_000,
);

test('they refuse it when a tile, an entry or the key is another', async () => {
  const {target, vkey} = await exported(300);
  const other = await exported(2);
  expect(await said(target, other.vkey)).toMatch(/^sumdb: /);
  for (const name of ['tile/0/000', 'tile/0/001.p/44', 'tile/1/000.p/1', 'tile/entries/000', 'checkpoint']) {
    const file = path.join(target, name);
    const good = readFileSync(file);
    const bad = Buffer.from(good);
    bad[bad.length - 5] = (bad[bad.length - 5] ?? 0) ^ 1;
    chmodSync(file, 0o600);
    writeFileSync(file, bad);
    expect([name, await said(target, vkey)]).not.toEqual([name, expect.stringContaining('fsck passed')]);
    writeFileSync(file, good);
  }
  expect(await said(target, vkey)).toContain('fsck passed');
}, 120_000);
