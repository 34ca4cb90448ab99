// The console in tmux, which keeps the terminal when its operator leaves.
import {existsSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {place, pressUntil, runToEnd, startRun} from '../e2e/place.ts';
import {robot, type PtyRobot} from '../helpers/robot.ts';
import {waitFor} from '../helpers/wait.ts';
import {ended, lineOf} from './logins.ts';
import {afterwards, program} from './needs.ts';

test('in tmux the console outlives a detach, and attaching shows it again', async () => {
  const tmux = program('tmux', 'tmux');
  const here = place();
  const socket = path.join(here.dir, 'tmux');
  const call = async (...args: string[]) =>
    runToEnd(tmux, ['-S', socket, '-f', '/dev/null', ...args], {
      env: {...here.env, TERM: 'xterm-256color'},
      cwd: here.dir,
    });
  const made = await call('new-session', '-d', '-s', 'qd', '-x', '100', '-y', '30', lineOf(here));
  expect(made.status, made.err).toBe(0);
  afterwards(async () => call('kill-server'));
  const attach = (): PtyRobot =>
    ended(robot({command: tmux, args: ['-S', socket, 'attach'], env: here.env, cols: 100, rows: 31}));
  const first = attach();
  await startRun(first);
  await first.sees('Run this on STAGING / api?', 20_000);
  const pid = Number((await call('list-panes', '-F', '#{pane_pid}')).out);
  await call('detach-client');
  await first.ended();
  expect(existsSync(`/proc/${pid}`)).toBe(true);

  const second = attach();
  await second.sees('Run this on STAGING / api?', 20_000);
  await pressUntil(second, 'y', 'Step 2', 30_000);
  expect(here.lines()).toBe(1);
  await second.press('q');
  await waitFor(() => !existsSync(`/proc/${pid}`), {what: 'the console to end', timeoutMs: 20_000});
  expect((await here.qd('ledger', 'verify')).status).toBe(0);
});
