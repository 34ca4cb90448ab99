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

  describe('a program of a step on this terminal', () => {
    /** Confirms the terminal step, which runs the script. */
    const lent = async (script: string): Promise<PtyRobot> => {
      const qd = robot({command: process.execPath, args: [bundle, 'terminal', script]});
      onTestFinished(() => {
        qd.kill();
      });
      await qd.sees('Run this on PRODUCTION / ledger-api?');
      await waitFor(
        async () => {
          await qd.press('y');
          return !qd.isAlternate();
        },
        {what: 'the terminal to be lent'},
      );
      return qd;
    };

    test('has it as a shell gives it: lines, echo, its own screen; any key comes back to the console', async () => {
      const qd = await lent(
        "console.log('asks'); const b = Buffer.alloc(99); const n = require('fs').readSync(0, b); console.log('got ' + JSON.stringify(b.toString('utf8', 0, n)))",
      );
      await qd.sees('Step 3  Open a shell');
      await qd.sees('asks');
      await qd.type('abc\r');
      await qd.sees(String.raw`got "abc\n"`);
      await qd.sees('Any key goes back');
      expect(qd.isAlternate()).toBe(false);
      await qd.settles(600);
      await qd.press('j');
      await qd.sees('the program ended: 0');
      expect(qd.isAlternate()).toBe(true);
      await qd.sees('Start the database');
    });

    test('that dies in its own screen, without echo, with the mouse on, leaves a console that works', async () => {
      const qd = await lent(
        "process.stdout.write('\\x1b[?1049h\\x1b[?1000h\\x1b[?25l\\x1b[5;9r\\x1b[31mwild'); process.stdin.setRawMode(true); process.stdin.resume(); process.stdin.once('data', () => setTimeout(() => process.kill(process.pid, 'SIGKILL'), 200))",
      );
      await qd.sees('wild');
      // The first key ends it; the rest is typed ahead, and must mean nothing to the console.
      await qd.type('kqyyq');
      await qd.sees('Any key goes back');
      expect(qd.written()).toContain('\x1b[?1000l');
      await qd.settles(600);
      await qd.press('j');
      await qd.sees('the program ended: SIGKILL');
      await qd.sees('Run this on PRODUCTION / ledger-api?');
      await qd.press('q');
      await qd.sees('{"how":"left"}');
      await qd.ended();
    });

    test('gets Ctrl-C, Ctrl-Z and Ctrl-\\ for itself: the console survives them', async () => {
      const qd = await lent(
        "for (const s of ['SIGINT', 'SIGTSTP', 'SIGQUIT']) process.on(s, () => { console.log('got ' + s); if (s === 'SIGQUIT') process.exit(3) }); console.log('ready'); setInterval(() => undefined, 1000)",
      );
      await qd.sees('ready');
      await qd.press('ctrl-c');
      await qd.sees('got SIGINT');
      await qd.press('ctrl-z');
      await qd.sees('got SIGTSTP');
      await qd.send('\x1c');
      await qd.sees('got SIGQUIT');
      await qd.sees('Any key goes back');
      await qd.settles(600);
      await qd.press('j');
      await qd.sees('the program ended: 3');
    });

    test('a size that changed while it had the terminal is the console’s afterwards', async () => {
      const qd = await lent("console.log('ready'); process.stdin.once('data', () => process.exit(0))");
      await qd.sees('ready');
      qd.resize(120, 40);
      await qd.type('x\r');
      await qd.sees('Any key goes back');
      await qd.settles(600);
      await qd.press('j');
      await qd.sees('the program ended: 0');
      expect(qd.screen()).toHaveLength(40);
      expect(qd.screen().at(-1)).toContain('ledger 4,196');
    });

    test('the shell that started the console finds its terminal as it was', async () => {
      const qd = robot({command: '/bin/sh', args: ['-i'], env: {PS1: 'shell> '}});
      onTestFinished(() => {
        qd.kill();
      });
      await qd.sees('shell>');
      const script = "process.stdin.setRawMode(true); process.kill(process.pid, 'SIGKILL')";
      await qd.type(`'${process.execPath}' '${bundle}' terminal "${script.replaceAll('"', '')}"\r`);
      await qd.sees('Run this on PRODUCTION / ledger-api?');
      await waitFor(
        async () => {
          await qd.press('y');
          return qd.screen().some(row => row.includes('Any key goes back'));
        },
        {what: 'the program to end'},
      );
      await qd.settles(600);
      await qd.press('j');
      await qd.sees('the program ended: SIGKILL');
      await qd.press('q');
      await qd.sees('{"how":"left"}');
      await qd.type('read line; echo "<$line>"\r');
      await qd.settles(300);
      await qd.type('typed and seen\r');
      await qd.sees('<typed and seen>');
      // Echoed as it was typed, behind the prompt or on a line of its own; without echo only `<…>` would stand there.
      expect(qd.screen().some(row => /^(?:shell> )?typed and seen$/.test(row))).toBe(true);
    });
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
