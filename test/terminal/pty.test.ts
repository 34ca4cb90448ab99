// The bundled console on a real pseudo-terminal: what only a kernel can show. Signals, a dropped line, the exit.
import path from 'node:path';
import {afterAll, beforeAll, describe, expect, onTestFinished, test} from 'vitest';
import {bundleSample} from '../../bench/bundle-sample.mjs';
import {robot} from '../helpers/robot.ts';
import type {PtyRobot, RobotOptions} from '../helpers/robot.ts';
import {makeTempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';

const temp = makeTempDir();
const bundle = path.join(temp.dir, 'sample.cjs');

beforeAll(async () => {
  await bundleSample(bundle);
});
afterAll(temp.remove);

function started(state = 'sample', options: Partial<RobotOptions> = {}): PtyRobot {
  const qd = robot({command: process.execPath, args: [bundle, state], ...options});
  onTestFinished(() => {
    qd.kill();
  });
  return qd;
}

const restored = /\x1b\[\?2004l\x1b\[\?25h\x1b\[\?1049l/;

describe('on a real terminal', () => {
  test('opens, walks, and leaves with the terminal as it was', async () => {
    const qd = started();
    await qd.sees('> ✖ ledger-api');
    await qd.press('j', 'enter');
    await qd.sees('services › tunnel');
    await qd.press('q');
    await qd.sees('{"how":"left"}');
    expect(await qd.ended()).toEqual({exitCode: 0, signal: undefined});
    await waitFor(() => !qd.isAlternate(), {what: 'the terminal to be given back'});
    expect(qd.written()).toMatch(restored);
  });

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP'])(
    '%s restores the terminal and ends by that signal',
    async signal => {
      const qd = started();
      await qd.sees('> ✖ ledger-api');
      process.kill(qd.pid, signal);
      const {signal: by} = await qd.ended();
      expect(by).toBe({SIGTERM: 15, SIGINT: 2, SIGHUP: 1}[signal]);
      expect(qd.written()).toMatch(restored);
    },
  );

  test('a dropped line ends it, and nothing is left running', async () => {
    const qd = started();
    await qd.sees('> ✖ ledger-api');
    qd.hangUp();
    await waitFor(() => !isAlive(qd.pid), {
      what: 'the console to end after its terminal is gone',
      timeoutMs: 10_000,
    });
  });

  test('a yes counts only after the question could be read, and says how long it was on the screen', async () => {
    const qd = started('confirm');
    await qd.sees('Run this on PRODUCTION / ledger-api?');
    await qd.press('y');
    await qd.sees('Not yet');
    await waitFor(
      async () => {
        await qd.press('y');
        return qd.screen().some(row => row.includes('waiting for systemctl'));
      },
      {what: 'the yes to count'},
    );
  });

  test('Ctrl-Z under a shell stops it, fg brings the screen back', async () => {
    const qd = robot({command: '/bin/bash', args: ['--norc', '--noprofile', '-i'], env: {PS1: 'shell> '}});
    onTestFinished(() => {
      qd.kill();
    });
    await qd.sees('shell>');
    await qd.type(`'${process.execPath}' '${bundle}'\r`);
    await qd.sees('> ✖ ledger-api');
    await qd.press('ctrl-z');
    await qd.sees('Stopped');
    await waitFor(() => !qd.isAlternate(), {what: 'the terminal to be given back'});
    await qd.type('fg\r');
    await qd.sees('> ✖ ledger-api');
    await qd.press('j');
    await qd.sees('> ? tunnel');
    await qd.press('q');
    await qd.sees('{"how":"left"}');
  });

  test('resizing reaches it', async () => {
    const qd = started();
    await qd.sees('> ✖ ledger-api');
    qd.resize(45, 20);
    await qd.sees('STATE');
    qd.resize(120, 40);
    await qd.sees('LAST HOUR');
    expect(qd.screen()).toHaveLength(40);
  });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
