import {existsSync, readdirSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {realClock} from '../../src/adapters/clock.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {readVerifiers} from '../../src/main/verifiers.ts';
import type {Secrets} from '../../src/ports.ts';
import {createMasker} from '../../src/secrets/index.ts';
import {ledgerFiles} from '../../src/store/ledger-files.ts';
import {openLedger} from '../../src/store/ledger.ts';
import {contextWith} from '../helpers/context.ts';
import {bundle} from '../helpers/programs.ts';
import {fakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {finish, noted, open, options, runStart, written} from '../store/helpers.ts';

const run = '20260102T030405Z-1f0a7c33';

async function made(): Promise<string> {
  const dir = tempDir();
  const ledger = await openLedger(options(dir));
  written(await ledger.append(noted('by hand')));
  written(await ledger.append({entries: [runStart(run), finish(run)]}));
  written(await ledger.append(noted('the word is sesame-open-1')));
  await ledger.close();
  return dir;
}

/** Knows one declared value. */
const secrets: Secrets = {
  ...createMasker({values: [{name: 'DOOR', value: 'sesame-open-1'}]}),
  values: () => [],
  resolve: async () => Promise.resolve({at: 'resolved', values: []}),
};

async function quarterdeck(dir: string, cwd: string, ...argv: string[]) {
  const talk = fakeTalk();
  const {signal} = new AbortController();
  const status = await runCommand(['evidence', 'export', ...argv], {
    commands,
    groups,
    version: '0.1.0',
    talk,
    signal,
    context: () =>
      contextWith({
        talk,
        signal,
        cwd,
        secrets,
        clock: realClock(),
        files: realFiles,
        site: async () => Promise.reject(new Error('no site here')),
        homeDir: async () => Promise.resolve(dir),
        ledger: async () => open(dir),
        ledgerFiles: ledgerFiles(async place => Promise.resolve(options(place)), process.getuid?.() ?? -1),
        verifiers: async () => readVerifiers(realFiles),
      }),
    console: async () => Promise.resolve(0),
  });
  return {status, lines: talk.lines, errors: talk.errors.join('\n'), values: talk.values};
}

test('a run is handed over by the end of its id, with the verifiers that the program has', async () => {
  const [dir, cwd] = [await made(), tempDir()];
  const {status, lines} = await quarterdeck(dir, cwd, '--run', '7c33', 'incident');
  expect(status).toBe(0);
  expect(lines[0]).toBe(`${path.join(cwd, 'incident')}: the entries 2 to 3 of 6`);
  expect(lines.join('\n')).toMatch(/verified after writing\n {2}manifest [0-9a-f]{64}/);
  expect(readFileSync(path.join(cwd, 'incident/verify.html'))).toEqual(readFileSync(bundle('verify.html')));
  expect(readFileSync(path.join(cwd, 'incident/verify.py'), 'utf8')).toMatch(/^#!\/usr\/bin\/env python3/);
});

test('as JSON, a tar says where it is, what it covers and the hash of its manifest', async () => {
  const [dir, cwd] = [await made(), tempDir()];
  const {status, values} = await quarterdeck(
    dir,
    cwd,
    '--from',
    '0',
    '--to',
    '3',
    '--tar',
    '--json',
    'out.tar',
  );
  expect(status).toBe(0);
  expect(values).toEqual([
    {
      path: path.join(cwd, 'out.tar'),
      manifest: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      from: 0,
      to: 4,
      size: 6,
      files: expect.any(Number) as unknown,
      bytes: readFileSync(path.join(cwd, 'out.tar')).length,
      doubts: 0,
    },
  ]);
});

test('what was asked wrongly, is taken, or holds a secret is refused with the way out', async () => {
  const [dir, cwd] = [await made(), tempDir()];
  expect((await quarterdeck(dir, cwd, 'out')).errors).toMatch(/One of: --run ID/);
  expect((await quarterdeck(dir, cwd, '--all', '--run', '7c33', 'out')).status).toBe(64);
  expect((await quarterdeck(dir, cwd, '--run', 'nope', 'out')).status).toBe(64);
  expect((await quarterdeck(dir, cwd, '--all')).status).toBe(64);
  const taken = await quarterdeck(dir, cwd, '--all', '.');
  expect(taken.status).toBe(3);
  expect(taken.errors).toMatch(/never overwrites/);
  const secret = await quarterdeck(dir, cwd, '--all', 'out');
  expect(secret.status).toBe(3);
  expect(secret.errors).toMatch(/DOOR in the value \/body\/text of entry 4/);
  expect(secret.errors).not.toContain('sesame');
  expect(existsSync(path.join(cwd, 'out'))).toBe(false);
  expect(readdirSync(cwd)).toEqual([]);
});
