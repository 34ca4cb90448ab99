import {cpSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {realClock} from '../../src/adapters/clock.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {signCheckpoint} from '../../src/ledger/checkpoint.ts';
import {parseSigner} from '../../src/ledger/note.ts';
import {ledgerFiles} from '../../src/store/ledger-files.ts';
import {openLedger} from '../../src/store/ledger.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {finish, noted, open, options, runStart, written} from '../store/helpers.ts';

const run = '20260102T030405Z-1f0a7c33';

async function made(): Promise<string> {
  const dir = tempDir();
  const ledger = await openLedger(options(dir));
  written(await ledger.append(noted('by \u001b[31mhand')));
  written(await ledger.append({entries: [runStart(run), finish(run)]}));
  await ledger.close();
  return dir;
}

async function quarterdeck(dir: string, ...argv: string[]) {
  const talk = fakeTalk();
  const {signal} = new AbortController();
  const status = await runCommand(['ledger', ...argv], {
    commands,
    groups,
    version: '0.1.0',
    talk,
    signal,
    context: () =>
      contextWith({
        talk,
        signal,
        cwd: dir,
        clock: realClock(),
        files: realFiles,
        homeDir: async () => Promise.resolve(dir),
        ledger: async () => open(dir),
        ledgerFiles: ledgerFiles(async place => Promise.resolve(options(place)), process.getuid?.() ?? -1),
      }),
    console: async () => Promise.resolve(0),
  });
  return {
    status,
    out: [...talk.lines, ...talk.errors, ...talk.values.map(value => JSON.stringify(value))].join('\n'),
  };
}

test('tail and show print entries, their values made safe, and find a run by the end of its id', async () => {
  const dir = await made();
  const tail = await quarterdeck(dir, 'tail', '-n', '2');
  expect(tail.status).toBe(0);
  expect(tail.out.split('\n')).toHaveLength(2);
  expect(tail.out).toMatch(/run\.start.*\n.*run\.finish/);
  const shown = await quarterdeck(dir, 'show', '1');
  expect(shown.out).toContain('by ␛hand');
  expect((await quarterdeck(dir, 'show', '7c33')).out).toMatch(/run\.start.*\n.*run\.finish/);
  expect((await quarterdeck(dir, 'show', 'nope')).status).toBe(64);
  expect((await quarterdeck(dir, 'show', '99')).out).toMatch(/no entry 99/);
});

test('tail --acts leaves out what the program writes about itself', async () => {
  const dir = await made();
  const acts = await quarterdeck(dir, 'tail', '--acts');
  const kindsOf = (out: string) => out.split('\n').map(line => line.trim().split(/  +/)[2]);
  expect(kindsOf(acts.out)).toEqual(['note', 'run.start', 'run.finish']);
  expect((await quarterdeck(dir, 'tail')).out).toContain('ledger.genesis');
  // The count is of what is shown, not of what is looked through.
  const two = await quarterdeck(dir, 'tail', '--acts', '-n', '2');
  expect(kindsOf(two.out)).toEqual(['run.start', 'run.finish']);
  expect((await quarterdeck(dir, 'tail', '--acts', '-n', '0')).out).toBe('');
});

test('verify exits 0 when intact, 1 when not, 2 when it cannot tell, 64 when asked wrongly', async () => {
  const dir = await made();
  const good = await quarterdeck(dir, 'verify', '--json');
  expect(good.status).toBe(0);
  expect(JSON.parse(good.out)).toMatchObject({verified: true, verdict: 'intact', entries: 4});
  const kept = readFileSync(path.join(dir, 'checkpoint'));
  writeFileSync(path.join(dir, 'kept.txt'), kept);
  const both = ['verify', '--checkpoint', 'kept.txt', '--checkpoint', 'kept.txt', dir];
  expect((await quarterdeck(dir, ...both)).status).toBe(0);
  const signer = parseSigner(readFileSync(path.join(dir, 'keys/ledger.key'), 'utf8'));
  if (signer === undefined) throw new Error('no key');
  writeFileSync(path.join(dir, 'forged.txt'), signCheckpoint({size: 4, root: new Uint8Array(32)}, signer));
  const forked = await quarterdeck(dir, 'verify', '--checkpoint', 'forged.txt');
  expect(forked.status).toBe(1);
  expect(forked.out).toMatch(/forked[^]*\| quarterdeck\/acme[^]*\| quarterdeck\/acme/);
  expect((await quarterdeck(dir, 'verify', '--vkey', signer.vkey)).status).toBe(0);
  expect((await quarterdeck(dir, 'verify', '--vkey', 'nonsense')).status).toBe(64);
  expect((await quarterdeck(dir, 'verify', tempDir())).status).toBe(2);
  expect((await quarterdeck(dir, 'verify', '--checkpoint', 'missing.txt')).status).toBe(2);
});

test('checkpoint, key, adoption and a new origin', async () => {
  const dir = await made();
  const key = (await quarterdeck(dir, 'key')).out;
  expect(key).toBe(readFileSync(path.join(dir, 'ledger.vkey'), 'utf8').trim());
  expect((await quarterdeck(dir, 'checkpoint')).out).toMatch(/^checkpoint: 4 entries, root [0-9a-f]{16}$/);
  const moved = tempDir();
  cpSync(dir, moved, {recursive: true});
  expect((await quarterdeck(moved, 'checkpoint')).status).toBe(3);
  expect((await quarterdeck(moved, 'checkpoint', '--adopt')).out).toMatch(/checkpoint: 5 entries/);
  expect((await quarterdeck(dir, 'new-origin')).status).toBe(64);
  const fresh = await quarterdeck(dir, 'new-origin', '--reason', 'a drill', '--json');
  expect(JSON.parse(fresh.out)).toMatchObject({follows: {size: 4}});
  expect((await quarterdeck(dir, 'key')).out).not.toBe(key);
});
