import {existsSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {createExec} from '../../../src/adapters/exec.ts';
import {realFiles} from '../../../src/adapters/files.ts';
import type {Trust} from '../../../src/domain/site.ts';
import type {Station} from '../../../src/engine/monitor/index.ts';
import {feedSchedule} from '../../../src/main/feed/feed-schedule.ts';
import {loadSite} from '../../../src/site/load.ts';
import {createConsoleStore} from '../../../src/state/store.ts';
import {contextWith} from '../../helpers/context.ts';
import {fakeClock, fakeEnv} from '../../helpers/fakes.ts';
import {sample} from '../../helpers/sample-state.ts';
import {siteOnDisk} from '../../helpers/site.ts';
import {tempDir} from '../../helpers/temp.ts';
import {waitFor} from '../../helpers/wait.ts';
import {open} from '../../store/helpers.ts';

const trusted: Trust = {at: 'trusted'};

const siteText = (ran: string): string => `site: acme
environment: staging
services:
  api:
    checks: {port: {type: tcp, host: 127.0.0.1, port: 9, every: 1m}}
schedule:
  rotation: {command: ["${process.execPath}", -e, 'require("fs").appendFileSync("${ran}", "x"); console.log("done it")'], cron: "0 4 * * *"}
`;

/** The jobs of a site on the screen; another process has the monitor. */
async function scheduled(trust: Trust = trusted) {
  const home = tempDir();
  const ran = path.join(home, 'ran');
  const loaded = await loadSite(siteOnDisk({'quarterdeck.yaml': siteText(ran)}).request());
  const clock = fakeClock();
  const ledger = await open(tempDir());
  const store = createConsoleStore(sample({schedule: undefined}));
  const told: string[] = [];
  const station: Station = {
    mode: () => ({at: 'off', why: 'not here'}),
    start: () => Promise.resolve(),
    stop: () => Promise.resolve(),
    checkNow: () => Promise.resolve(),
    snapshot: () => [],
    problem: undefined,
  };
  const feed = feedSchedule({
    store,
    site: {...loaded, trust},
    checks: [],
    ports: contextWith({
      clock,
      files: realFiles,
      exec: createExec(),
      env: fakeEnv({PATH: process.env['PATH'] ?? '/usr/bin:/bin'}),
    }),
    ledger,
    secrets: {text: text => text},
    slo: () => Promise.resolve({outcome: 'passed', message: 'none'}),
    home,
    station,
    scheduler: {states: () => [], problem: undefined},
    tell: (level, text) => void told.push(`${level} ${text}`),
  });
  onTestFinished(async () => feed.close());
  const job = (id: string) => store.api.getState().app.schedule?.jobs.find(one => one.id === id);
  const kinds = async () =>
    (await ledger.read({})).map(({entry}) => entry.kind).filter(kind => kind.startsWith('job.'));
  return {feed, home, ran, clock, ledger, told, job, kinds, store};
}

test('every job of the site is shown, with its clock and what it does; what never ran has no end', async () => {
  const {feed, job, store} = await scheduled();
  expect(store.api.getState().app.schedule).toBeUndefined();
  await feed.refresh();
  expect(job('rotation')).toMatchObject({cron: '0 4 * * *', acts: true, running: false, last: undefined});
  expect(job('rotation')?.does).toMatch(/^runs .*node/);
  expect(job('uptime')).toMatchObject({
    acts: false,
    does: 'sees whether the monitor looks at everything in time',
  });
});

test('what another process noted is shown, and what it has begun is running', async () => {
  const {feed, job, home, clock} = await scheduled();
  const slotMs = clock.nowMs();
  const noted = {
    slotMs,
    startedMs: slotMs - 5_000,
    endedMs: slotMs - 1_000,
    outcome: 'failed',
    message: 'exit 3',
    missed: 2,
    overruns: 1,
  };
  const begun = {...noted, startedMs: slotMs};
  const jobs = {rotation: noted, uptime: begun};
  writeFileSync(path.join(home, 'schedule.json'), JSON.stringify({v: 1, jobs}));
  await feed.refresh();
  expect(job('rotation')).toMatchObject({
    running: false,
    missed: 2,
    overruns: 1,
    last: {endedMs: slotMs - 1_000, outcome: 'failed', message: 'exit 3'},
  });
  expect(job('uptime')?.running).toBe(true);
  writeFileSync(path.join(home, 'schedule.json'), '{"v": 2}');
  await feed.refresh();
  expect(job('rotation')?.last).toBeUndefined();
});

test('a job is paused with its reason and resumed, in the entries of the command', async () => {
  const {feed, job, kinds, told} = await scheduled();
  await feed.pause('rotation', 'vault is moving');
  expect(job('rotation')?.paused).toBe('vault is moving');
  await feed.resume('rotation');
  expect(job('rotation')?.paused).toBeUndefined();
  expect(await kinds()).toEqual(['job.pause', 'job.resume']);
  expect(told[0]).toMatch(/^info rotation is paused; entry \d+ says so/);
  await expect(feed.resume('rotation')).rejects.toThrow('rotation is not paused.');
  await expect(feed.pause('rotatoin', 'x')).rejects.toThrow('Did you mean `rotation`?');
});

test('a job that is run by hand is recorded, told, and shown beside its own times', async () => {
  const {feed, job, ran, kinds, told} = await scheduled();
  await feed.run('rotation');
  await feed.refresh();
  expect(existsSync(ran)).toBe(true);
  expect(await kinds()).toEqual(['job.intent', 'job.outcome']);
  expect(told).toEqual(['info rotation is running …', 'info rotation: passed: exit 0: done it']);
  expect(job('rotation')).toMatchObject({
    running: false,
    last: undefined,
    byHand: {outcome: 'passed', message: 'exit 0: done it'},
  });
});

test('a job that runs is not run a second time', async () => {
  const {feed, told, kinds} = await scheduled();
  const first = feed.run('rotation');
  await feed.run('rotation');
  expect(told.at(-1)).toBe('error rotation is running already.');
  await first;
  expect(await kinds()).toEqual(['job.intent', 'job.outcome']);
});

test('a site that is not trusted runs no command, and says so before it is tried', async () => {
  const {feed, job, ran, kinds} = await scheduled({at: 'new', why: 'nobody has looked at it'});
  await feed.refresh();
  expect(job('rotation')?.refused).toBe('The site is not trusted: nobody has looked at it');
  expect(job('uptime')?.refused).toBeUndefined();
  await expect(feed.run('rotation')).rejects.toMatchObject({code: 'SITE_UNTRUSTED'});
  expect(existsSync(ran)).toBe(false);
  expect(await kinds()).toEqual([]);
});

test('what others enter is shown soon after', async () => {
  const {feed, job, ledger, clock} = await scheduled();
  await feed.refresh();
  await ledger.append({
    entries: [
      {kind: 'job.pause', body: {job: 'slo'}, disclosed: [{ptr: '/body/reason', value: 'elsewhere'}]},
    ],
  });
  await waitFor(
    async () => {
      await clock.advance(200);
      return job('slo')?.paused;
    },
    {what: 'the pause', timeoutMs: 10_000},
  );
  expect(job('slo')?.paused).toBe('elsewhere');
});
