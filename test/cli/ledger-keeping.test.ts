import {createHash} from 'node:crypto';
import {chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {realClock} from '../../src/adapters/clock.ts';
import {realFiles} from '../../src/adapters/files.ts';
import {realRandom} from '../../src/adapters/random.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {outputFile} from '../../src/engine/runner/output-file.ts';
import type {Secrets} from '../../src/ports.ts';
import type {Site} from '../../src/domain/site.ts';
import {createMasker} from '../../src/secrets/index.ts';
import {ledgerFiles} from '../../src/store/ledger-files.ts';
import {openLedger} from '../../src/store/ledger.ts';
import {openTelemetry} from '../../src/store/telemetry.ts';
import {verifiers} from '../evidence/exporting.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {finish, note, open, options, outcome, runStart, written} from '../store/helpers.ts';

const run = '20260102T030405Z-1f0a7c33';

/** Entries: 1 a note, 2 to 4 a run with the output of a step. */
async function made(): Promise<string> {
  const dir = tempDir();
  const ledger = await openLedger(options(dir));
  const done = {...outcome(run, 0), disclosed: [{ptr: '/body/output', value: 'the output'}]};
  written(await ledger.append({entries: [note('a private note'), runStart(run), done, finish(run)]}));
  await ledger.close();
  return dir;
}

const secrets: Secrets = {
  ...createMasker({values: []}),
  values: () => [],
  resolve: async () => Promise.resolve({at: 'resolved', values: []}),
};
const site: Site = {
  name: 'acme',
  environment: 'staging',
  dir: '/srv/site',
  file: '/srv/site/quarterdeck.yaml',
  escalation: [],
  services: [],
  hashes: {},
  trust: {at: 'trusted'},
};

async function quarterdeck(
  dir: string,
  argv: readonly string[],
  answers?: readonly string[],
  more: Partial<Site> = {},
) {
  const talk = fakeTalk(answers === undefined ? {} : {answers});
  const {signal} = new AbortController();
  const telemetry = openTelemetry(path.join(dir, 'telemetry.db'), 0);
  onTestFinished(async () => telemetry.close());
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
        cwd: dir,
        clock: realClock(),
        random: realRandom,
        actor: options(dir).actor,
        secrets,
        site: async () => Promise.resolve({...site, ...more}),
        verifiers: async () => Promise.resolve(verifiers),
        files: realFiles,
        homeDir: async () => Promise.resolve(dir),
        ledger: async () => open(dir),
        telemetry: async () => Promise.resolve(telemetry),
        ledgerFiles: ledgerFiles(async place => Promise.resolve(options(place)), process.getuid?.() ?? -1),
      }),
    console: async () => Promise.resolve(0),
  });
  const values = talk.values.map(value => JSON.stringify(value));
  return {status, asked: talk.asked, out: [...talk.lines, ...talk.errors, ...values].join('\n')};
}

test('redact erases one value after the number of the entry was typed, and says where that stands', async () => {
  const dir = await made();
  const refused = await quarterdeck(dir, ['ledger', 'redact', '1', '--reason', 'asked for'], ['1', 'yes']);
  expect(refused.status).toBe(3);
  expect(refused.out).toMatch(/nothing was erased/);
  const good = await quarterdeck(dir, ['ledger', 'redact', '1', '--reason', 'asked for'], ['1', '1']);
  expect(good.asked).toHaveLength(2);
  expect(good.out).toMatch(/erased \/body\/text of entry 1; entry 5 says so/);
  expect(good.status).toBe(0);
  expect((await quarterdeck(dir, ['ledger', 'show', '1'])).out).toMatch(/\/body\/text: erased/);
  const redact = (await quarterdeck(dir, ['ledger', 'show', '5'])).out;
  expect(redact).toMatch(/"ptr": "\/body\/text"[^]*"seq": 1[^]*asked for/);
  const verify = await quarterdeck(dir, ['ledger', 'verify', '--json']);
  expect(JSON.parse(verify.out)).toMatchObject({verdict: 'intact', redacted: 1});
});

test('redact with --all --yes asks nobody; without anybody to ask it must be told what to erase', async () => {
  const dir = await made();
  const attempt = outputFile(dir, {run, step: 'start/1', attempt: 1});
  mkdirSync(path.dirname(attempt));
  writeFileSync(attempt, 'the output');
  expect((await quarterdeck(dir, ['ledger', 'redact', '3', '--reason', 'x'])).status).toBe(64);
  const which = await quarterdeck(dir, ['ledger', 'redact', '3', '--reason', 'x', '--yes']);
  expect(which.status).toBe(64);
  expect(which.out).toMatch(/\/body\/output \(10 bytes\)/);
  const json = ['ledger', 'redact', '3', '--all', '--reason', 'x', '--yes', '--json'];
  const all = await quarterdeck(dir, json);
  expect(JSON.parse(all.out)).toEqual({
    v: 1,
    erased: [{seq: 3, ptr: '/body/output'}],
    entries: [5],
    copies: [],
  });
  expect(existsSync(attempt)).toBe(false);
  expect((await quarterdeck(dir, json)).out).toMatch(/no value that could be erased[^]*erased/);
  expect(
    (await quarterdeck(dir, ['ledger', 'redact', '2', '/body/x', '--reason', 'x', '--yes'])).status,
  ).toBe(64);
  expect((await quarterdeck(dir, ['ledger', 'redact', '77', '--reason', 'x', '--yes'])).status).toBe(64);
  expect((await quarterdeck(dir, ['ledger', 'redact', 'one', '--reason', 'x', '--yes'])).status).toBe(64);
});

test('what is under a hold is not erased until the hold is lifted', async () => {
  const dir = await made();
  const set = await quarterdeck(dir, ['ledger', 'hold', 'set', '--run', '7c33', '--reason', 'case 17']);
  expect(set.out).toMatch(/^hold-[0-9a-f]{8}: the run .*1f0a7c33 is held; entry 5 says so$/);
  const id = set.out.slice(0, 13);
  const listed = await quarterdeck(dir, ['ledger', 'hold', 'list']);
  expect(listed.out).toMatch(new RegExp(`^${id}  the run .* by ada \\(entry 5\\)\n  case 17$`));
  const redact = ['ledger', 'redact', '3', '--all', '--reason', 'x', '--yes', '--json'];
  const held = await quarterdeck(dir, redact);
  expect(held.status).toBe(3);
  expect(JSON.parse(held.out)).toMatchObject({error: {code: 'HELD'}});
  expect(held.out).toContain(id);
  expect((await quarterdeck(dir, ['ledger', 'redact', '1', '--all', '--reason', 'x', '--yes'])).status).toBe(
    0,
  );
  expect((await quarterdeck(dir, ['ledger', 'hold', 'lift', 'nope', '--reason', 'x'])).out).toContain(id);
  expect((await quarterdeck(dir, ['ledger', 'hold', 'lift', id, '--reason', 'closed'])).status).toBe(0);
  expect((await quarterdeck(dir, ['ledger', 'hold', 'list'])).out).toBe('Nothing is held.');
  expect((await quarterdeck(dir, redact)).status).toBe(0);
  const vague = ['ledger', 'hold', 'set', '--reason', 'x'];
  expect((await quarterdeck(dir, vague)).status).toBe(64);
  expect((await quarterdeck(dir, [...vague, '--from', '2', '--to', '99'])).status).toBe(64);
  expect((await quarterdeck(dir, [...vague, '--from', '2', '--to', '3'])).out).toMatch(
    /entries 2 to 3 is held/,
  );
});

test('after rotate-key both keys are printed, and which one is in force', async () => {
  const dir = await made();
  const before = readFileSync(path.join(dir, 'ledger.vkey'), 'utf8').trim();
  const rotated = await quarterdeck(dir, ['ledger', 'rotate-key', '--reason', 'yearly', '--json']);
  const {vkey} = JSON.parse(rotated.out) as {vkey: string};
  const key = await quarterdeck(dir, ['ledger', 'key']);
  expect(key.out.split('\n').slice(0, 2)).toEqual([before, vkey]);
  expect(key.out).toMatch(/the last one, is in force/);
  expect((await quarterdeck(dir, ['ledger', 'rotate-key'])).status).toBe(64);
});

test('a bundle changes hands with the verdict of that moment; a damaged one is not called fine', async () => {
  const dir = await made();
  const bundle = path.join(tempDir(), 'bundle');
  expect((await quarterdeck(dir, ['evidence', 'export', '--all', bundle])).status).toBe(0);
  const hand = ['evidence', 'transfer', bundle, '--to', 'Ines Audit', '--how', 'sftp', '--json'];
  const good = await quarterdeck(dir, hand);
  expect(good.status).toBe(0);
  const said = JSON.parse(good.out) as {seq: number; item: string};
  const manifest = readFileSync(path.join(bundle, 'manifest-sha256.txt'));
  expect(said).toMatchObject({verdict: 'intact', from: 'ada', to: 'Ines Audit', how: 'sftp'});
  expect(said.item).toBe(createHash('sha256').update(manifest).digest('hex'));
  expect(good.out).toMatch(/"exported":\d+/);
  const shown = (await quarterdeck(dir, ['ledger', 'show', String(said.seq)])).out;
  expect(shown).toMatch(/"verdict": "intact"/);
  const redacted = await quarterdeck(dir, ['ledger', 'redact', '1', '--all', '--yes', '--reason', 'x']);
  expect(redacted.out).toContain(`${bundle} may still hold it`);
  const entries = path.join(bundle, 'entries.jsonl');
  chmodSync(entries, 0o600);
  writeFileSync(entries, readFileSync(entries, 'utf8').replace('"kind":"note"', '"kind":"nota"'));
  const bad = await quarterdeck(dir, [...hand, '--reason', 'as it was found']);
  expect(bad.status).toBe(1);
  expect(JSON.parse(bad.out)).toMatchObject({verdict: 'modified', verified: false, item: said.item});
  expect(
    (await quarterdeck(dir, ['evidence', 'transfer', tempDir(), '--to', 'x', '--how', 'y'])).status,
  ).toBe(2);
  await realFiles.removeTree(bundle);
});

test('retention erases what is too old, but not on a site that is not trusted, and not under a hold', async () => {
  const dir = await made();
  // The entries were written on 2026-01-02; the clock of the command is today's.
  const ages = {outputsMs: 1, messagesMs: undefined, notesMs: 1, archive: undefined};
  const apply = async (argv: readonly string[], more: Partial<Site> = {}) =>
    quarterdeck(dir, ['ledger', 'retention', ...argv], undefined, {retention: ages, ...more});
  expect((await quarterdeck(dir, ['ledger', 'retention'])).out).toMatch(/no `retention`/);
  const changed = {at: 'changed', why: 'it changed', files: []} as const;
  expect((await apply([], {trust: changed})).status).toBe(3);
  expect((await apply(['--dry-run'])).out).toMatch(
    /outputs .*1 values would be[^]*notes .*1 values would be/,
  );
  await quarterdeck(dir, ['ledger', 'hold', 'set', '--from', '1', '--to', '1', '--reason', 'x']);
  expect((await apply([])).out).toMatch(
    /outputs .*1 values erased; entry 6 says so[^]*nothing to erase, 1 kept/,
  );
  const verify = await quarterdeck(dir, ['ledger', 'verify', '--json']);
  expect(JSON.parse(verify.out)).toMatchObject({verdict: 'intact', redacted: 1});
  expect((await quarterdeck(dir, ['ledger', 'archive'])).out).toMatch(/no `retention.archive`/);
  const archive = {retention: {...ages, archive: {afterMs: 1, dir: tempDir()}}};
  expect((await quarterdeck(dir, ['ledger', 'archive'], undefined, archive)).out).toBe('Nothing is due.');
});
