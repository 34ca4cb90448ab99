import {expect, test} from 'vitest';
import {commands, groups} from '../../src/cli/index.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {caseEntryKinds} from '../../src/evidence/cases/fold.ts';
import type {NewEntry} from '../../src/domain/entry.ts';
import {ledgerFiles} from '../../src/store/ledger-files.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeClock} from '../helpers/fakes.ts';
import {fakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {finish, noted, open, options, runStart, written} from '../store/helpers.ts';

const runA = '20260102T030405Z-1f0a7c33';
const runB = '20260102T030405Z-2b2b2b2b';
const zeros = '0'.repeat(64);

const change = (service: string): NewEntry => ({
  kind: 'check.change',
  body: {service, check: 'live', state: 'down', verdict: 'fail', message: 'refused'},
});
const added = (requestId: string): NewEntry => ({
  kind: 'case.add',
  body: {
    case: 'c1',
    file: 'e.json',
    sha256: zeros,
    size: 1,
    from: 'e.json',
    exportedAt: '2026-01-02T03:04:05.000Z',
    requestId,
  },
});

/** Ada writes at 03:04:05, Bob an hour later; then the clock is set back by two hours and Ada writes again. */
async function made(): Promise<string> {
  const dir = tempDir();
  const clock = fakeClock();
  const ada = await open(dir, {clock});
  written(await ada.append(noted('the word "requestId":"r-1" in a text')));
  written(await ada.append({entries: [runStart(runA)]}));
  written(await ada.append({entries: [added('r-1'), change('db')]}));
  written(await ada.append({entries: [finish(runA)]}));
  await ada.close();
  clock.jump(3_600_000);
  const bob = await open(dir, {clock, actor: {operator: 'bob', uid: 0, user: 'root', via: 'claimed'}});
  const start = runStart(runB);
  written(await bob.append({entries: [{...start, body: {...start.body, service: 'db'}}]}));
  written(await bob.append({entries: [change('api')]}));
  await bob.close();
  clock.jump(-7_200_000);
  const late = await open(dir, {clock});
  written(await late.append(noted('late')));
  await late.close();
  return dir;
}

async function query(dir: string, ...argv: string[]) {
  const talk = fakeTalk();
  const {signal} = new AbortController();
  const status = await runCommand(['ledger', 'query', ...argv], {
    commands,
    groups,
    version: '0.1.0',
    talk,
    signal,
    context: () =>
      contextWith({
        talk,
        signal,
        clock: fakeClock(1_767_323_045_000 + 3_600_000),
        homeDir: async () => Promise.resolve(dir),
        ledgerFiles: ledgerFiles(async at => Promise.resolve(options(at)), process.getuid?.() ?? -1),
      }),
    console: async () => Promise.resolve(0),
  });
  const rows = talk.values as {readonly seq: number; readonly entry: {readonly kind: string}}[];
  return {status, seqs: rows.map(({seq}) => seq), kinds: rows.map(({entry}) => entry.kind), talk};
}

test('entries are found by each property, newest first', async () => {
  const dir = await made();
  const all = await query(dir, '--json');
  expect(all.kinds).toEqual([
    'note',
    'check.change',
    'run.start',
    'run.finish',
    'check.change',
    'case.add',
    'run.start',
    'note',
    'ledger.genesis',
  ]);
  expect(all.seqs).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0]);
  const seqs = async (...argv: string[]) => (await query(dir, ...argv, '--json')).seqs;
  expect(await seqs('--kind', 'note')).toEqual([8, 1]);
  expect(await seqs('--kind', 'run.*', '--kind', 'case.add')).toEqual([6, 5, 3, 2]);
  expect(await seqs('--run', '7c33')).toEqual([5, 2]);
  expect(await seqs('--by', 'bob')).toEqual([7, 6]);
  expect(await seqs('--request-id', 'r-1')).toEqual([3]);
  expect(await seqs('--limit', '2')).toEqual([8, 7]);
  expect(await seqs('--kind', 'run.start', '--by', 'ada')).toEqual([2]);
});

test('a service is found in what was seen of it and in all entries of its runs', async () => {
  const dir = await made();
  const seqs = async (service: string) => (await query(dir, '--service', service, '--json')).seqs;
  expect(await seqs('api')).toEqual([7, 5, 2]);
  expect(await seqs('db')).toEqual([6, 4]);
  expect(await seqs('none')).toEqual([]);
});

test('times are looked at in every entry, so that a clock that was set back hides nothing', async () => {
  const dir = await made();
  const seqs = async (...argv: string[]) => (await query(dir, ...argv, '--json')).seqs;
  expect(await seqs('--since', '2026-01-02T04:00:00Z')).toEqual([7, 6]);
  expect(await seqs('--until', '2026-01-02T03:00:00Z')).toEqual([8]);
  expect(await seqs('--since', '90m', '--until', '30m')).toEqual([5, 4, 3, 2, 1, 0]);
  expect(await seqs('--since', '2026-01-02', '--until', '2026-01-03')).toHaveLength(9);
});

test('an entry that was just written is found at once, while its writer is open', async () => {
  const dir = await made();
  const writer = await open(dir);
  written(
    await writer.append({
      entries: [{kind: 'guard.refused', body: {prohibition: 'never', line: 3, pattern: 'rm'}}],
    }),
  );
  expect((await query(dir, '--kind', 'guard.refused', '--json')).seqs).toEqual([9]);
});

test('what cannot be asked says what can, and nothing found is said', async () => {
  const dir = await made();
  const wrong = await query(dir, '--kind', 'case.ad');
  expect(wrong.status).toBe(64);
  expect(wrong.talk.errors.join('\n')).toContain('Did you mean `case.add`?');
  expect((await query(dir, '--since', 'yesterday')).talk.errors.join('\n')).toContain('is no time');
  expect((await query(dir, '--limit', '0')).status).toBe(64);
  const none = await query(dir, '--by', 'eve');
  expect(none.status).toBe(0);
  expect(none.talk.errors).toEqual(['No entry answers that.']);
  expect((await query(dir, '-n', '2')).talk.errors).toEqual([
    'There may be more: this is the limit (--limit 2).',
  ]);
  for (const kind of caseEntryKinds) expect((await query(dir, '--kind', kind)).status).toBe(0);
});
