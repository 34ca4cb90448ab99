// Over the wires that operators use: OpenSSH and tmux.
import {existsSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import {launcher, openRunOf, place, pressUntil, runToEnd, startRun, type Place} from '../e2e/place.ts';
import {robot, type PtyRobot} from '../helpers/robot.ts';
import {waitFor} from '../helpers/wait.ts';
import {afterwards, program} from './needs.ts';
import {sshServer} from './sshd.ts';

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

/** The console as a shell line, with its environment. */
const lineOf = ({env}: Place): string =>
  [
    'env',
    ...Object.entries(env).map(([name, value]) => quoted(`${name}=${value}`)),
    quoted(process.execPath),
    quoted(launcher),
  ].join(' ');

function ended(on: PtyRobot): PtyRobot {
  afterwards(() => on.kill());
  return on;
}

test('an ssh connection that dies during a writing step: done once, recorded, and the next login goes on at that step', async () => {
  const ssh = program('ssh', 'openssh-client');
  const server = await sshServer();
  const way = [...server.options, server.destination];
  const here = place({stepMs: 1_200});
  const login = (): PtyRobot =>
    ended(robot({command: ssh, args: ['-tt', ...way, lineOf(here)], env: here.env}));
  const first = login();
  await startRun(first);
  await first.sees('Run this on STAGING / api?', 20_000);
  await pressUntil(first, 'y', '│ begun');
  expect(here.lines()).toBe(0);
  first.kill('SIGKILL');
  await first.ended();

  const next = login();
  await next.sees('The service', 30_000);
  await openRunOf(next);
  await next.sees('Step 2', 20_000);
  expect(here.lines()).toBe(1);
  await pressUntil(next, 'y', /↵ finish/);
  await pressUntil(next, 'enter', 'The run is over: passed.');
  await next.press('q');
  expect((await next.ended(20_000)).exitCode).toBe(0);

  const lines = await here.entries();
  const intent = lines.find(({kind}) => kind === 'step.intent');
  expect(lines.filter(({kind, of}) => kind === 'step.outcome' && of === intent?.seq)).toHaveLength(1);
  expect(lines.filter(({kind}) => kind === 'step.intent')).toHaveLength(1);
  // The console at the end of a dropped line closes its session, or is proven to be gone.
  expect(lines.filter(({kind}) => kind === 'session.open')).toHaveLength(
    lines.filter(({kind}) => kind === 'session.close').length + (isClosed(lines) ? 0 : 1),
  );
  expect((await here.qd('ledger', 'verify')).status).toBe(0);
  expect(here.lines()).toBe(1);
});

const isClosed = (lines: readonly {readonly kind: string}[]): boolean =>
  lines.filter(({kind}) => kind === 'session.close').length ===
  lines.filter(({kind}) => kind === 'session.open').length;

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
