import {join} from 'node:path';
import pty from '@lydell/node-pty';
import {expect, onTestFinished, test} from 'vitest';
import {containing} from '../helpers/like.ts';
import {root} from '../helpers/programs.ts';
import {waitFor} from '../helpers/wait.ts';
import type {Job} from '../../src/engine/runner/job.ts';
import {stage} from './stage.ts';

/** The driver in a terminal of its own, with what it has shown. */
function handOver(job: Job, dir: string) {
  const child = pty.spawn(
    process.execPath,
    [join(root, 'test/runner/terminal-driver.ts'), JSON.stringify(job), dir],
    {cols: 80, rows: 24, cwd: root, env: {...process.env}},
  );
  onTestFinished(() => {
    try {
      child.kill('SIGKILL');
    } catch {
      // It is gone.
    }
  });
  let shown = '';
  child.onData(data => (shown += data));
  const sees = async (text: string) =>
    waitFor(() => shown.includes(text), {what: () => `${text}; shown: ${shown}`, timeoutMs: 30_000});
  return {
    sees,
    type: (text: string): void => {
      child.write(text);
    },
  };
}

const ask =
  'test -t 0 && test -t 1 && echo terminal; printf "name? "; read -r name; echo "hello $name, $GREETING"; exit 4';

test('a terminal step gets the keyboard and the screen, and its exit status is recorded but not its output', async () => {
  const {job, outcome, home, ledger, run, output} = await stage();
  const {sees, type} = handOver(
    job(
      {at: 'terminal', argv: ['sh', '-c', ask]},
      {effect: 'write', atLimit: 'ask', expect: 4, vars: {GREETING: 'welcome'}, timeoutMs: 60_000},
    ),
    home,
  );
  await sees('name? ');
  type('mara\r');
  await sees('hello mara, welcome');
  await sees('said()');
  expect((await outcome()).entry.body).toMatchObject({
    verdict: 'pass',
    status: 4,
    message: 'exit 4; what was on the terminal was not captured',
  });
  expect(await output()).toBeUndefined();
  const [intent] = await ledger.read({run, kinds: ['step.intent']});
  expect(intent?.entry.body).toMatchObject({terminal: true, argv: ['sh', '-c', ask]});
});

test('Ctrl-C ends the program and not its runner; Ctrl-Z does not leave it lying there', async () => {
  const {job, outcome, home} = await stage();
  const text = 'echo ready; read -r a; echo "got $a"; read -r b';
  const {sees, type} = handOver(job({at: 'terminal', argv: ['sh', '-c', text]}, {timeoutMs: 60_000}), home);
  await sees('ready');
  type('\x1a');
  type('on\r');
  await sees('got on');
  type('\x03');
  await sees('said()');
  expect((await outcome()).entry.body).toMatchObject({
    verdict: 'fail',
    signal: 'SIGINT',
    message: containing('ended by SIGINT'),
  });
});

test('a job that may not run says why, and the terminal was not touched', async () => {
  const {job, home} = await stage();
  const {sees} = handOver(job({at: 'terminal', argv: ['sh', '-c', 'echo acted']}, {confirm: 0}), home);
  await sees('said(The step was not started:');
});
