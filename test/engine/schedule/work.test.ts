// Jobs that act: recorded before they start, ended at their limit, and never quoting a secret.
import {existsSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {createExec} from '../../../src/adapters/exec.ts';
import type {Job} from '../../../src/domain/schedule.ts';
import {JobLimit} from '../../../src/engine/schedule/scheduler.ts';
import {pausedJobs, workOf, type WorkRequest} from '../../../src/engine/schedule/index.ts';
import type {Ledger} from '../../../src/ports.ts';
import {resultOf} from '../../checks/looking.ts';
import {fakeClock, fakeEnv} from '../../helpers/fakes.ts';
import {tempDir} from '../../helpers/temp.ts';
import {open, written} from '../../store/helpers.ts';

const slot = {slotMs: 1_767_323_040_000, isLate: true};
const job = (argv: readonly [string, ...string[]], limitMs = 60_000): Job => ({
  id: 'act',
  title: 'Act',
  cron: '* * * * *',
  timezone: 'UTC',
  catchUp: 'none',
  limitMs,
  work: {at: 'command', argv},
  line: 1,
});

const scene = (ledger: Ledger, more: Partial<WorkRequest> = {}): WorkRequest => ({
  clock: fakeClock(),
  env: fakeEnv({PATH: process.env['PATH'] ?? '/usr/bin:/bin', SECRET: 'hunter2'}),
  exec: createExec(),
  ledger,
  trusted: true,
  siteDir: tempDir(),
  masked: text => text.replaceAll('hunter2', '***'),
  own: {
    uptime: () => Promise.resolve({outcome: 'passed', message: 'own'}),
    slo: () => Promise.resolve({outcome: 'passed', message: 'own'}),
  },
  look: () => Promise.resolve([]),
  ...more,
});

const kinds = async (ledger: Ledger): Promise<readonly string[]> =>
  (await ledger.read({})).map(({entry}) => entry.kind).filter(kind => kind.startsWith('job.'));

const signal = new AbortController().signal;
const node = (script: string): readonly [string, ...string[]] => [process.execPath, '-e', script];

test('a program is recorded before it starts and after it ended, and gets nothing of our environment', async () => {
  const ledger = await open(tempDir());
  const run = workOf(scene(ledger));
  const done = await run(
    job(node('console.log(`${process.env.SECRET} hunter2`); process.exit(3)')),
    slot,
    signal,
  );
  expect(done).toEqual({outcome: 'failed', message: 'exit 3: undefined ***'});
  expect(await kinds(ledger)).toEqual(['job.intent', 'job.outcome']);
  const [intent, outcome] = await ledger.read({kinds: ['job.intent', 'job.outcome']});
  expect(intent?.entry.body).toMatchObject({job: 'act', slot: '2026-01-02T03:04:00.000Z', late: true});
  expect(outcome?.entry.body).toMatchObject({job: 'act', outcome: 'failed'});
});

test('what cannot be recorded is not done', async () => {
  const ledger = await open(tempDir());
  const file = path.join(tempDir(), 'done');
  const argv = node(`require("fs").writeFileSync(${JSON.stringify(file)}, "")`);
  const locked: Ledger = {...ledger, readOnly: 'it is read-only'};
  expect(await workOf(scene(locked))(job(argv), slot, signal)).toEqual({
    outcome: 'skipped',
    message: 'not run, since it could not be recorded: it is read-only',
  });
  expect(await workOf(scene(ledger, {trusted: false}))(job(argv), slot, signal)).toMatchObject({
    outcome: 'skipped',
  });
  expect(existsSync(file)).toBe(false);
  expect(await kinds(ledger)).toEqual([]);
});

test('at its limit a program is ended with all that it started; one that is missing is a failure', async () => {
  const ledger = await open(tempDir());
  const run = workOf(scene(ledger));
  expect(await run(job(node('setInterval(() => {}, 1000)'), 300), slot, signal)).toMatchObject({
    outcome: 'failed',
    message: expect.stringContaining('was stopped at its limit') as unknown,
  });
  const limit = new AbortController();
  limit.abort(new JobLimit('did not end within 1 s'));
  expect(await run(job(node('setInterval(() => {}, 1000)')), slot, limit.signal)).toMatchObject({
    outcome: 'failed',
  });
  expect(await run(job(['/no/such/program']), slot, signal)).toMatchObject({
    outcome: 'failed',
    message: expect.stringContaining('could not be started') as unknown,
  });
});

test('the worst of the checks decides, and no checks at all is not configured', async () => {
  const ledger = await open(tempDir());
  const work = {at: 'checks', checks: [], types: ['backupRestore']} as const;
  const checksJob = {...job(['x']), work};
  const looked = (...verdicts: readonly ('pass' | 'fail' | 'unknown')[]) =>
    workOf(
      scene(ledger, {look: () => Promise.resolve(verdicts.map((verdict, i) => resultOf(`c${i}`, verdict)))}),
    )(checksJob, slot, signal);
  expect(await looked('pass', 'pass')).toEqual({outcome: 'passed', message: '2 checks pass'});
  expect(await looked('pass', 'fail')).toMatchObject({
    outcome: 'failed',
    message: '1 of 2 fail: api/c1: fail',
  });
  expect(await looked('unknown')).toMatchObject({outcome: 'unknown'});
  expect(await looked()).toMatchObject({outcome: 'skipped'});
});

test('a pause is an entry with its reason, and ends with one', async () => {
  const ledger = await open(tempDir());
  const pause = (name: string, reason: string) => ({
    kind: 'job.pause',
    body: {job: name},
    disclosed: [{ptr: '/body/reason', value: reason}],
  });
  written(await ledger.append({entries: [pause('a', 'moving'), pause('b', 'broken')]}));
  written(await ledger.append({entries: [{kind: 'job.resume', body: {job: 'a'}}]}));
  expect([...(await pausedJobs(ledger))]).toEqual([['b', 'broken']]);
});
