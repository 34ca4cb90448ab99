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
import {
  checkpointOf,
  keyOf,
  makeBundle,
  makeLog,
  rootOf,
  type Files,
  type Wanted,
} from '../ledger/bundle/make.ts';
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
  const asked = await quarterdeck('evidence', 'verify', dir, '--require-complete');
  expect(asked.status).toBe(1);
  expect(asked.out).toContain('1 values were erased, and --require-complete was given');
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

/** What an anchor's file holds after the log went on: notes of these sizes, one after another. */
function notesFile(sizes: readonly number[], rootAt: (size: number) => Uint8Array): string {
  const file = path.join(tempDir(), 'notes');
  writeFileSync(file, sizes.map(size => checkpointOf(size, rootAt(size), keyOf(0))).join(''));
  return file;
}

const {leaves} = makeLog({entries: [...entries, {kind: 'note'}, {kind: 'note'}]});
const honest = (size: number): Uint8Array => rootOf(leaves.slice(0, size));

test('of a file of several notes those that are newer than a bundle are not compared with it, and that is said', async () => {
  const files = makeBundle({entries});
  const dir = folder(files);
  const tar = path.join(tempDir(), 'bundle.tar');
  writeFileSync(tar, await tarred(files));
  const notes = notesFile([2, 3, 4, 5], honest);
  for (const place of [dir, tar]) {
    const found = await quarterdeck('evidence', 'verify', place, '--json', '--checkpoint', notes);
    expect(found.status).toBe(0);
    expect(found.out).toBe(
      `2 notes in ${notes} are of a later state of the log (up to size 5) and were not compared`,
    );
    expect(found.values).toMatchObject([{verdict: 'intact', checkpointed: 3}]);
  }
  const one = notesFile([3, 4], honest);
  expect((await quarterdeck('evidence', 'verify', dir, '--checkpoint', one)).out).toContain(
    `1 note in ${one} is of a later state of the log (size 4) and was not compared`,
  );
});

test('notes of one file that a bundle can bear out still count, and a note that is alone always does', async () => {
  const dir = folder(makeBundle({entries}));
  const wrong = notesFile([2, 5], () => new Uint8Array(32));
  const forked = await quarterdeck('evidence', 'verify', dir, '--json', '--checkpoint', wrong);
  expect(forked.values).toMatchObject([{verdict: 'forked'}]);
  const alone = notesFile([5], honest);
  const {status, out} = await quarterdeck('evidence', 'verify', dir, '--checkpoint', alone);
  expect(status).toBe(1);
  expect(out).toContain(
    `the checkpoint in ${alone} covers 5 entries, this bundle 3: either the log went on after the bundle was made, or its end was cut off`,
  );
});

test('a bundle whose range.json cannot be read is compared with nothing less', async () => {
  const dir = folder(makeBundle({entries}).set('range.json', Buffer.from('{}')));
  const {status, out} = await quarterdeck(
    ...['evidence', 'verify', dir, '--checkpoint', notesFile([3, 5], honest)],
  );
  expect(status).toBe(1);
  expect(out).toMatch(/malformed/);
  expect(out).not.toMatch(/not compared/);
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
