// Leaving the console in every way: the terminal is given back, what was begun is closed, and the next one takes over.
import {existsSync} from 'node:fs';
import {expect, onTestFinished, test} from 'vitest';
import {robot, type PtyRobot} from '../helpers/robot.ts';
import {waitFor} from '../helpers/wait.ts';
import {launcher, place, pressUntil, startRun, textOf, type Place} from './place.ts';

const restored = /\x1b\[\?2004l\x1b\[\?25h\x1b\[\?1049l/;

const isAlive = (pid: number): boolean => existsSync(`/proc/${pid}`);

/** The next console runs the monitor at once, and the ledger tells how the one before it ended. */
async function takesOver(here: Place): Promise<void> {
  const next = here.console();
  await next.sees('✖ port', 20_000);
  await waitFor(
    async () => (await here.entries()).filter(({kind}) => kind === 'monitor.start').length === 2,
    {
      what: 'the next console to run the monitor',
      timeoutMs: 15_000,
    },
  );
  await next.press('q');
  expect((await next.ended(15_000)).exitCode).toBe(0);
}

/** A console whose monitor has looked, and whose ledger says so: the screen waits for no disk. */
async function looking(here: Place): Promise<PtyRobot> {
  const on = here.console();
  await on.sees('✖ port', 30_000);
  await waitFor(async () => (await here.entries()).some(({kind}) => kind === 'check.change'), {
    what: 'the first look to be recorded',
    timeoutMs: 15_000,
  });
  return on;
}

test.each([0, 60, 120, 250, 400, 600])(
  'q %i ms after the first frame, on a fresh data directory, ends at once',
  async ms => {
    const here = place();
    const on = here.console();
    await on.sees('The service', 30_000);
    const begin = performance.now();
    await waitFor(() => performance.now() - begin >= ms, {what: 'the moment'});
    await on.press('q');
    expect(await on.ended(15_000)).toEqual({exitCode: 0, signal: undefined});
    expect(on.written()).toMatch(restored);
    expect((await here.qd('ledger', 'verify')).status).toBe(0);
  },
);

test('q while the monitor waits for slow answers ends within its limits', async () => {
  // Nothing answers from this address: documentation addresses are routed nowhere.
  const here = place({
    siteText: `site: slow
environment: staging
services:
  api:
    title: The service
    checks:
      gone: {type: tcp, host: 192.0.2.1, port: 9, every: 10s, timeout: 9s}
`,
  });
  const on = here.console();
  await on.sees('The service', 30_000);
  await waitFor(async () => (await here.qd('ledger', 'tail')).out.includes('monitor.start'), {
    what: 'the monitor to start',
    timeoutMs: 20_000,
  });
  await on.press('q');
  expect((await on.ended(15_000)).exitCode).toBe(0);
});

test.each([
  ['SIGTERM', 15],
  ['SIGHUP', 1],
  ['SIGINT', 2],
] as const)(
  '%s gives the terminal back, closes the session and leaves no monitor behind',
  async (name, number) => {
    const here = place();
    const on = await looking(here);
    process.kill(on.pid, name);
    expect((await on.ended(20_000)).signal).toBe(number);
    expect(on.written()).toMatch(restored);
    expect((await here.entries()).at(-1)).toMatchObject({kind: 'session.close'});
    await takesOver(here);
  },
);

test('a terminal that hangs up ends the console; its session is closed and the next one takes over', async () => {
  const here = place();
  const on = await looking(here);
  on.hangUp();
  await waitFor(() => !isAlive(on.pid), {what: 'the console to end', timeoutMs: 20_000});
  expect((await here.entries()).at(-1)).toMatchObject({kind: 'session.close'});
  await takesOver(here);
});

test('after kill -9 the next console takes the monitor over at once', async () => {
  const here = place();
  const on = await looking(here);
  on.kill('SIGKILL');
  await on.ended();
  await takesOver(here);
});

test('Ctrl-C asks, while a step runs what to do with it, else whether to leave', async () => {
  const here = place({stepMs: 1_500});
  const on = await looking(here);
  await startRun(on);
  await on.sees('Run this on STAGING / api?', 20_000);
  await pressUntil(on, 'y', '│ begun');
  await on.press('ctrl-c');
  await on.sees('A step is running. Nothing was stopped.');
  await on.press('w');
  await on.sees('Step 2', 20_000);
  expect(here.lines()).toBe(1);
  await on.press('ctrl-c');
  await on.sees('Leave the console?');
  await on.press('y');
  expect((await on.ended(15_000)).exitCode).toBe(0);
  expect(on.written()).toMatch(restored);
});

test('Ctrl-Z under a shell gives the terminal back, and fg goes on', async () => {
  const here = place();
  const on = robot({
    command: '/bin/sh',
    args: ['-i'],
    cwd: here.dir,
    env: {...here.env, PS1: 'shell> ', ENV: ''},
  });
  onTestFinished(() => on.kill());
  await on.sees('shell>');
  await on.type(`'${process.execPath}' '${launcher}'\r`);
  await on.sees('✖ port', 30_000);
  await on.press('ctrl-z');
  await on.sees(/Stopped|Suspended/, 15_000);
  expect(on.isAlternate()).toBe(false);
  await on.type('fg\r');
  await waitFor(() => on.isAlternate(), {what: 'the screen to come back', timeoutMs: 15_000});
  await on.sees('✖ port', 15_000);
  await on.press('q');
  await waitFor(() => !on.isAlternate() && textOf(on).includes('shell>'), {
    what: 'the shell',
    timeoutMs: 15_000,
  });
});
