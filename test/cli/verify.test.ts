import {mkdirSync, symlinkSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {realClock} from '../../src/adapters/clock.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {tarOf} from '../../src/ledger/bundle/tar.ts';
import {ledgerFiles} from '../../src/store/ledger-files.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {checkpointOf, keyOf, makeBundle, type Files, type Wanted} from '../ledger/bundle/make.ts';
import {options} from '../store/helpers.ts';

const entries: Wanted['entries'] = [
  {kind: 'note', values: {text: {text: 'gone', at: 'erased'}}},
  {kind: 'redact', body: {seq: 1, ptr: '/body/text'}},
];

function folder(files: Files): string {
  const dir = path.join(tempDir(), 'bundle');
  for (const [name, bytes] of files) {
    mkdirSync(path.dirname(path.join(dir, name)), {recursive: true});
    writeFileSync(path.join(dir, name), bytes);
  }
  return dir;
}

async function tarred(files: Files): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  const all = [...files].map(([name, bytes]) => ({path: name, sizeBytes: bytes.length, chunks: [bytes]}));
  for await (const part of tarOf(all)) parts.push(part);
  return Buffer.concat(parts);
}

async function quarterdeck(...argv: string[]) {
  const talk = fakeTalk();
  const {signal} = new AbortController();
  const status = await runCommand(argv, {
    commands,
    groups,
    version: '0.1.0',
    talk,
    signal,
    context: () =>
      contextWith({
        talk,
        signal,
        cwd: '/',
        clock: realClock(),
        files: realFiles,
        ledgerFiles: ledgerFiles(async place => Promise.resolve(options(place)), process.getuid?.() ?? -1),
      }),
    console: async () => Promise.resolve(0),
  });
  return {status, out: [...talk.lines, ...talk.errors].join('\n'), values: talk.values};
}

test('a bundle is verified as a directory, as a tar and through a link, by both commands alike', async () => {
  const files = makeBundle({entries});
  const dir = folder(files);
  const tar = path.join(tempDir(), 'bundle.tar');
  writeFileSync(tar, await tarred(files));
  const link = path.join(tempDir(), 'link');
  symlinkSync(dir, link);
  const answers = [];
  for (const place of [dir, tar, link]) {
    for (const group of ['evidence', 'ledger']) {
      const {status, values} = await quarterdeck(group, 'verify', place, '--json');
      expect(status).toBe(0);
      answers.push(...values);
    }
  }
  expect(answers).toHaveLength(6);
  for (const answer of answers) expect(answer).toEqual(answers[0]);
  const {out} = await quarterdeck('evidence', 'verify', dir);
  expect(out).toMatch(/intact[^]*1 values were erased[^]*Not proved:[^]*who signed/);
});

test('what was erased is a no only when all must be there', async () => {
  const dir = folder(makeBundle({entries}));
  expect((await quarterdeck('evidence', 'verify', dir, '--require-complete')).status).toBe(1);
  const full = folder(makeBundle({entries: [{kind: 'note'}]}));
  expect((await quarterdeck('evidence', 'verify', full, '--require-complete')).status).toBe(0);
});

test('a fork is shown as two notes, and the key and checkpoint of an auditor count', async () => {
  const dir = folder(makeBundle({entries}));
  const kept = path.join(tempDir(), 'kept.txt');
  writeFileSync(kept, checkpointOf(2, new Uint8Array(32), keyOf(0)));
  const forked = await quarterdeck('evidence', 'verify', dir, '--checkpoint', kept);
  expect(forked.status).toBe(1);
  expect(forked.out).toMatch(/forked[^]*\| quarterdeck\/acme[^]*\| quarterdeck\/acme/);
  expect((await quarterdeck('evidence', 'verify', dir, '--vkey', keyOf(0).vkey)).status).toBe(0);
  expect((await quarterdeck('evidence', 'verify', dir, '--vkey', keyOf(5).vkey)).status).toBe(1);
  expect((await quarterdeck('evidence', 'verify', dir, '--vkey', 'nonsense')).status).toBe(64);
  expect((await quarterdeck('evidence', 'verify')).status).toBe(64);
});

test('a link in a bundle is malformed; what is no bundle at all exits 2', async () => {
  const dir = folder(makeBundle({entries}));
  symlinkSync('/etc/hostname', path.join(dir, 'link'));
  const linked = await quarterdeck('evidence', 'verify', dir, '--json');
  expect(linked.status).toBe(1);
  expect(linked.values).toMatchObject([{verdict: 'malformed'}]);
  const empty = tempDir();
  expect((await quarterdeck('evidence', 'verify', empty)).status).toBe(2);
  expect((await quarterdeck('evidence', 'verify', path.join(empty, 'nothing'))).status).toBe(2);
  const file = path.join(empty, 'photo.tar');
  writeFileSync(file, Buffer.alloc(2048, 'x'));
  expect((await quarterdeck('evidence', 'verify', file)).status).toBe(2);
});

test('a tar that begins well and is not as it must be is malformed', async () => {
  const tar = await tarred(makeBundle({entries}));
  const file = path.join(tempDir(), 'cut.tar');
  for (const damaged of [
    tar.subarray(0, -512),
    Buffer.concat([tar, Buffer.alloc(512)]),
    tar.subarray(0, 700),
  ]) {
    writeFileSync(file, damaged);
    const found = await quarterdeck('evidence', 'verify', file, '--json');
    expect(found.status).toBe(1);
    expect(found.values).toMatchObject([{verdict: 'malformed', entries: 0}]);
  }
});
