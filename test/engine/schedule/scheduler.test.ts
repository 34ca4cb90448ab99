import {writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {realFiles} from '../../../src/adapters/files.ts';
import {readCron} from '../../../src/cron.ts';
import type {Job, JobRecord} from '../../../src/domain/schedule.ts';
import {
  createScheduler,
  jobRecords,
  type JobRecords,
  type JobDone,
  type SchedulerRequest,
} from '../../../src/engine/schedule/index.ts';
import {fakeClock} from '../../helpers/fakes.ts';
import {tempDir} from '../../helpers/temp.ts';
import {waitFor} from '../../helpers/wait.ts';

const minute = 60_000;
const hour = 60 * minute;
/** 2026-01-02T03:04:05Z */
const startMs = 1_767_323_045_000;

const job = (id: string, cron: string, more: Partial<Job> = {}): Job => ({
  id,
  title: id,
  cron,
  timezone: 'UTC',
  catchUp: 'none',
  limitMs: hour,
  work: {at: 'nothing', why: 'a test'},
  line: 1,
  ...more,
});

/** Records that are on disk at once, so that a clock that is moved by hand need not wait for a real disk. */
function atOnce(): JobRecords {
  let kept: ReadonlyMap<string, JobRecord> = new Map();
  return {
    load: () => Promise.resolve({records: kept}),
    save: records => {
      kept = new Map(records);
      return Promise.resolve(undefined);
    },
  };
}

function world(jobs: readonly Job[], more: Partial<SchedulerRequest> = {}) {
  const records = atOnce();
  const clock = fakeClock(startMs);
  const ran: {readonly job: string; readonly slot: string; readonly isLate: boolean}[] = [];
  const missed: string[] = [];
  const lost: string[] = [];
  const make = (over: Partial<SchedulerRequest> = {}) =>
    createScheduler({
      jobs: jobs.map(each => {
        const cron = readCron(each.cron, each.timezone);
        if ('problem' in cron) throw new Error(cron.problem);
        return {job: each, next: cron.next};
      }),
      clock,
      records,
      run: (each, {slotMs, isLate}) => {
        ran.push({job: each.id, slot: new Date(slotMs).toISOString().slice(11, 16), isLate});
        return Promise.resolve<JobDone>({outcome: 'passed', message: 'ok'});
      },
      paused: () => Promise.resolve(new Map()),
      onLost: each => lost.push(each.id),
      onMissed: (each, {slots}) => missed.push(`${each.id} ${slots}`),
      isMine: () => true,
      onChange: () => undefined,
      ...more,
      ...over,
    });
  return {clock, ran, missed, lost, make};
}

test('a job runs at its times, each once', async () => {
  const {clock, ran, make} = world([job('quarter', '*/15 * * * *')]);
  const one = make();
  await one.start();
  await clock.advance(hour);
  expect(ran.map(({slot}) => slot)).toEqual(['03:15', '03:30', '03:45', '04:00']);
  expect(one.states()[0]).toMatchObject({
    nextMs: Date.parse('2026-01-02T04:15:00Z'),
    record: {outcome: 'passed', message: 'ok', missed: 0, overruns: 0},
    running: false,
  });
  await one.stop();
});

test('after three hours of suspension the job that asks for it runs once, the other counts what it missed', async () => {
  const {clock, ran, missed, make} = world([
    job('verify', '30 3 * * *', {catchUp: 'once'}),
    job('slo', '*/15 * * * *'),
  ]);
  const one = make();
  await one.start();
  // The monotonic clock stands still meanwhile.
  clock.jump(3 * hour);
  await clock.advance(minute);
  expect(ran).toEqual([{job: 'verify', slot: '03:30', isLate: true}]);
  expect(missed).toEqual(['slo 12']);
  await one.stop();
});

test('a restart goes on where it was: no slot twice, one catch-up for the downtime', async () => {
  const first = world([job('verify', '30 3 * * *', {catchUp: 'once'})]);
  const one = first.make();
  await one.start();
  await first.clock.advance(hour);
  await one.stop();
  expect(first.ran).toHaveLength(1);
  const again = first.make();
  await again.start();
  await first.clock.advance(hour);
  await again.stop();
  expect(first.ran).toHaveLength(1);
  first.clock.jump(50 * hour);
  const third = first.make();
  await third.start();
  await third.stop();
  expect(first.ran.map(({isLate}) => isLate)).toEqual([false, true]);
  expect(first.missed).toEqual(['verify 1']);
});

test('a job that still runs is not started again', async () => {
  const gate = Promise.withResolvers<JobDone>();
  const {clock, make} = world([job('slow', '* * * * *', {limitMs: hour})], {run: () => gate.promise});
  const one = make();
  await one.start();
  await clock.advance(5 * minute);
  expect(one.states()[0]).toMatchObject({running: true, record: {overruns: 4}});
  gate.resolve({outcome: 'failed', message: 'in the end'});
  await clock.advance(1);
  expect(one.states()[0]).toMatchObject({running: false, record: {outcome: 'failed', message: 'in the end'}});
  await one.stop();
});

test('at its limit a job is told to stop, and given up when it does not', async () => {
  const {clock, make} = world([job('stuck', '5 3 * * *', {limitMs: minute})], {
    run: async (_job, _slot, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason as Error), {once: true});
      }),
  });
  const one = make();
  await one.start();
  await clock.advance(3 * minute);
  expect(one.states()[0]?.record).toMatchObject({outcome: 'unknown', message: 'did not end within 60 s'});
  await one.stop();

  const deaf = world([job('deaf', '5 3 * * *', {limitMs: minute})], {
    run: async () => Promise.withResolvers<JobDone>().promise,
  });
  const two = deaf.make();
  await two.start();
  await deaf.clock.advance(3 * minute);
  expect(two.states()[0]?.record).toMatchObject({
    outcome: 'unknown',
    message: 'did not end within 60 s, nor after it was told to stop',
  });
  await two.stop();
});

test('a paused job does not run, says why, and catches nothing up afterwards', async () => {
  const reasons = new Map([['quarter', 'the disk is being replaced']]);
  const {clock, ran, make} = world([job('quarter', '*/15 * * * *', {catchUp: 'once'})], {
    paused: () => Promise.resolve(new Map(reasons)),
  });
  const one = make();
  await one.start();
  await clock.advance(hour);
  expect(ran).toEqual([]);
  expect(one.states()[0]?.paused).toBe('the disk is being replaced');
  reasons.clear();
  await clock.advance(16 * minute);
  expect(ran.map(({slot}) => slot)).toEqual(['04:15']);
  await one.stop();
});

test('a program that was killed while a job ran leaves its outcome unknown, and does not run it again by itself', async () => {
  const {clock, ran, lost, make} = world([job('verify', '30 3 * * *', {catchUp: 'once'})]);
  const killed = make({run: async () => Promise.withResolvers<JobDone>().promise});
  await killed.start();
  await clock.advance(30 * minute);
  const next = make();
  await next.start();
  expect(lost).toEqual(['verify']);
  expect(next.states()[0]?.record).toMatchObject({outcome: 'unknown'});
  await clock.advance(hour);
  expect(ran).toEqual([]);
  await next.stop();
});

test('records are on disk for the next start; a damaged file is said to be one', async () => {
  const file = path.join(tempDir(), 's.json');
  const records = jobRecords(realFiles, file);
  const {clock, make} = world([job('verify', '30 3 * * *', {catchUp: 'once'})], {records});
  const one = make();
  await one.start();
  await clock.advance(30 * minute);
  await waitFor(() => one.states()[0]?.record?.outcome === 'passed', {what: 'the job to be done'});
  await one.stop();
  const loaded = await records.load();
  expect(loaded.records.get('verify')).toMatchObject({outcome: 'passed', message: 'ok'});
  writeFileSync(file, '{"v":1,"jobs":{"verify":{"slotMs":"yesterday"}}}');
  const two = make();
  await two.start();
  expect(two.problem).toContain('is no record of jobs');
  await two.stop();
});

test('a program that acts is not started when that cannot be noted', async () => {
  const work = {at: 'command', argv: ['x']} as const;
  const {clock, ran, make} = world([job('act', '30 3 * * *', {work})], {
    records: {
      load: () => Promise.resolve({records: new Map()}),
      save: () => Promise.resolve('the disk is full'),
    },
  });
  const one = make();
  await one.start();
  await clock.advance(hour);
  expect(ran).toEqual([]);
  expect(one.states()[0]?.record).toMatchObject({
    outcome: 'skipped',
    message: 'not run, since that could not be noted: the disk is full',
  });
  await one.stop();
});
