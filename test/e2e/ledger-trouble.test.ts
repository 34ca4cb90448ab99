// A ledger that is gone or broken: everything is shown, nothing is done, and it says why.
import {existsSync, mkdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {place, pressUntil, startRun, textOf} from './place.ts';

test('a ledger that is deleted while the console runs: the next action is refused with the reason, and nothing is done', async () => {
  const here = place();
  const on = here.console();
  await startRun(on);
  await on.sees('Run this on STAGING / api?', 20_000);
  for (const name of ['ledger.db', 'ledger.db-wal', 'ledger.db-shm'])
    rmSync(path.join(here.home, name), {force: true});
  await pressUntil(on, 'y', /READ-ONLY|read-only|was (?:replaced|removed|deleted)|no longer/i);
  await on.settles(500);
  expect(here.lines()).toBe(0);
  expect(textOf(on)).toContain('Step 1');
  expect(textOf(on)).toMatch(/ledger/);
  await on.press('y', 'enter', 's', 'escape', 'S');
  await on.sees('The service');
  expect(here.lines()).toBe(0);
  await on.press('q');
  await on.ended(15_000);
  // A checkpoint is remembered, so the ledger is not made anew behind the operator's back.
  expect(existsSync(path.join(here.home, 'ledger.db'))).toBe(false);
  const again = await here.qd('runbook', 'run', 'append', '--service', 'api');
  expect(again.status).toBe(3);
  expect(again.err).toContain('new-origin');
  expect((await here.qd('ledger', 'verify')).status).not.toBe(0);
});

test('a ledger.db that is no database: the console shows the services, says so and refuses to act; its bytes stay', async () => {
  const here = place();
  mkdirSync(here.home, {mode: 0o700});
  const file = path.join(here.home, 'ledger.db');
  const bytes = 'this is a letter, not a database\n'.repeat(200);
  writeFileSync(file, bytes, {mode: 0o600});
  const on = here.console();
  await on.sees('✖ port', 30_000);
  await on.sees('is not a database', 15_000);
  await pressUntil(on, 'r', '> Append a line');
  await on.press('enter');
  await on.settles(600);
  expect(textOf(on)).not.toMatch(/RUN [0-9a-f]{8}/);
  expect(textOf(on)).toContain('is not a database');
  await on.press('escape', 'q');
  expect((await on.ended(15_000)).exitCode).toBe(0);

  const verified = await here.qd('ledger', 'verify');
  expect(verified.status).toBe(2);
  expect(verified.err).toContain('is not a database');
  const run = await here.qd('runbook', 'run', 'append', '--service', 'api');
  expect([2, 3]).toContain(run.status);
  expect(run.err).toContain('Move the file away');
  expect(here.lines()).toBe(0);
  expect(readFileSync(file, 'utf8')).toBe(bytes);
  expect((await here.qd('status')).out).toContain('port');
});
