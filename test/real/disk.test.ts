// A data directory on a disk that fills up, or can no longer be written: everything is shown, nothing new is begun.
import {rmSync, statfsSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {fill, mounted} from '../../scripts/faults/mounts.ts';
import {openRunOf, place, pressUntil, siteText, startRun, textOf, type Place} from '../e2e/place.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {afterwards, need, program, whyNoMount} from './needs.ts';

/** The reserve is taken while twice its 16 MiB are free. */
const sizeMiB = 48;

const twoServices = `${siteText}  other:
    title: Another
    checks:
      port: {type: tcp, host: 127.0.0.1, port: 9, every: 5s, timeout: 2s}
`;

interface Disk {
  readonly mountPoint: string;
  readonly here: Place;
  readonly remount: (options: string) => void;
}

function onSmallDisk(): Disk {
  need(whyNoMount());
  program('mount', 'mount');
  program('umount', 'mount');
  const mountPoint = path.join(tempDir(), 'disk');
  const {remount, unmount} = mounted(mountPoint, sizeMiB);
  afterwards(unmount);
  return {
    mountPoint,
    here: place({home: path.join(mountPoint, 'data'), siteText: twoServices, stepMs: 1_500}),
    remount,
  };
}

/** What can be read while nothing can be written. */
async function readsEverything(here: Place): Promise<void> {
  const tail = await here.qd('ledger', 'tail', '-n', '100');
  expect(tail.status, tail.err).toBe(0);
  expect(tail.out).toContain('step.outcome');
  const verified = await here.qd('ledger', 'verify', '--json');
  expect(JSON.parse(verified.out), verified.err).toMatchObject({verified: true, verdict: 'intact'});
  const status = await here.qd('status');
  expect([0, 1, 2]).toContain(status.status);
  expect(status.out).toContain('port');
  const check = await here.qd('check');
  expect(check.status, check.err).toBe(1);
  expect(check.out).toContain('ECONNREFUSED');
  const book = await here.qd('runbook', 'show', 'append');
  expect(book.status, book.err).toBe(0);
  expect(book.out).toContain('Tell the others');
}

test('a disk that fills up during a run: the running step records its end, nothing new is begun, and it goes on when there is room', async () => {
  const {mountPoint, here} = onSmallDisk();
  const on = here.console();
  await startRun(on);
  await on.sees('Run this on STAGING / api?', 20_000);
  await pressUntil(on, 'y', '│ begun');
  const filler = fill(mountPoint);
  expect(statfsSync(mountPoint).bavail).toBe(0);
  await on.sees('Step 2', 30_000);
  expect(here.lines()).toBe(1);

  await pressUntil(on, 'y', /full/i, 30_000);
  expect(textOf(on)).toContain('Step 2');
  await on.press('L');
  await on.sees('step.outcome', 15_000);
  await on.press('S');
  await on.sees('✖ port');
  const refused = await here.qd('runbook', 'run', 'append', '--service', 'other');
  expect(refused.status, refused.out + refused.err).toBe(3);
  expect(refused.err).toMatch(/full|space/i);
  await readsEverything(here);
  expect(here.lines()).toBe(1);

  rmSync(filler);
  await on.press('O');
  await on.sees('Step 2');
  await pressUntil(on, 'y', /↵ finish/, 30_000);
  await pressUntil(on, 'enter', 'The run is over: passed.', 30_000);
  await on.press('q');
  expect((await on.ended(20_000)).exitCode).toBe(0);
  const outcomes = (await here.entries()).filter(({kind}) => kind === 'step.outcome');
  expect(outcomes.length).toBeGreaterThanOrEqual(1);
  expect((await here.qd('ledger', 'verify')).status).toBe(0);
});

test('a disk that became read-only: everything is shown, every action is refused with exit 3, and later it goes on', async () => {
  const {here, remount} = onSmallDisk();
  const first = here.console();
  await startRun(first);
  await first.sees('Run this on STAGING / api?', 20_000);
  await pressUntil(first, 'y', 'Step 2', 30_000);
  await first.press('q');
  expect((await first.ended(20_000)).exitCode).toBe(0);
  const size = (await here.entries()).length;
  remount('ro');

  const on = here.console();
  await on.sees('✖ port', 30_000);
  await on.sees('READ ONLY', 20_000);
  await openRunOf(on);
  await on.sees('Tell the others', 20_000);
  await on.press('y', 'enter');
  await on.settles(500);
  expect(textOf(on)).toContain('Step 2');
  await on.press('L');
  await on.sees('step.outcome', 15_000);
  await on.press('q');
  expect((await on.ended(20_000)).exitCode).toBe(0);

  await readsEverything(here);
  const run = await here.qd('runbook', 'run', 'append', '--service', 'other');
  expect(run.status, run.out + run.err).toBe(3);
  expect(run.err).toMatch(/read-only|cannot be written/i);
  expect(await here.entries()).toHaveLength(size);

  remount('rw');
  const again = here.console();
  await again.sees('✖ port', 30_000);
  await openRunOf(again);
  await pressUntil(again, 'y', /↵ finish/, 30_000);
  await pressUntil(again, 'enter', 'The run is over: passed.', 30_000);
  await again.press('q');
  await waitFor(async () => (await here.qd('ledger', 'verify')).status === 0, {what: 'the ledger to verify'});
});
