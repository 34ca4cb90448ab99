import {spawn} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {isLeftAlone} from '../../src/engine/runner/left-alone.ts';
import {perform} from '../../src/engine/runner/perform.ts';
import {createRunners} from '../../src/adapters/runners.ts';
import {bundle, nodeLine} from '../helpers/programs.ts';
import {waitFor} from '../helpers/wait.ts';
import {stage} from './stage.ts';

/** A process that stands for a console, and its name. */
function console() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {stdio: 'ignore'});
  onTestFinished(() => void child.kill('SIGKILL'));
  const pid = child.pid ?? 0;
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const start = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  return {name: {pid, start, boot}, kill: () => void child.kill('SIGKILL')};
}

test('a run is left alone when its console is gone and nobody moved it; else it is not', async () => {
  const {shell, scene, ledger, run} = await stage();
  const one = console();
  const job = shell('true', {console: one.name});
  const done = await perform(job, scene);
  const last = done.at === 'done' ? (done.last ?? -1) : -1;
  const [newest] = await ledger.read({run, reverse: true, limit: 1});
  expect(last).toBe(newest?.seq);
  const left = isLeftAlone(job, last, scene);
  one.kill();
  expect(await left).toBe(true);
  expect(await isLeftAlone({...job, console: undefined}, last, scene)).toBe(false);
  // Somebody else has opened it meanwhile, and sits at it.
  const two = console();
  const session = {program: 'test', version: '0', process: two.name, clock: {source: 'system'}};
  await ledger.append({
    entries: [
      {kind: 'session.open', body: session},
      {kind: 'run.resume', run, body: {from: 'console', why: 'it was gone'}},
    ],
  });
  const now = last + 2;
  expect(await isLeftAlone(job, last, scene)).toBe(false);
  const stop = new AbortController();
  const watched = isLeftAlone(job, now, {...scene, stop: stop.signal});
  stop.abort();
  expect(await watched).toBe(false);
  two.kill();
  expect(await isLeftAlone(job, now, scene)).toBe(true);
});

test('a step runner says that its step is over, stays while its console does, and then starts what goes on', async () => {
  const {shell, dir, home, run, outcome} = await stage();
  const file = join(dir, 'onward');
  const one = console();
  const write = `require("fs").writeFileSync(${JSON.stringify(file)}, process.argv.slice(1).join(" "))`;
  const job = shell('echo done', {
    onDisconnect: 'detach',
    console: one.name,
    onward: [process.execPath, '-e', write, 'resume', run],
  });
  const {ended} = createRunners({node: process.execPath, entry: bundle('runner.cjs'), dir: home}).start(
    JSON.stringify(job),
  );
  expect(await ended).toEqual({said: ''});
  const {seq} = await outcome();
  expect(existsSync(file)).toBe(false);
  one.kill();
  await waitFor(() => existsSync(file) && readFileSync(file, 'utf8') !== '', {
    what: 'what goes on to be started',
    timeoutMs: 15_000,
  });
  expect(readFileSync(file, 'utf8')).toBe(`resume ${run} ${seq}`);
});

test('what goes on and cannot be started is said in the log of the step runners', async () => {
  const {shell, home} = await stage();
  const one = console();
  one.kill();
  const job = shell(nodeLine(''), {console: one.name, onward: ['/no/such/program']});
  createRunners({node: process.execPath, entry: bundle('runner.cjs'), dir: home}).start(JSON.stringify(job));
  const log = join(home, 'runner.log');
  await waitFor(() => readFileSync(log, 'utf8').includes('/no/such/program could not be started'), {
    what: 'the log to say so',
    timeoutMs: 15_000,
  });
});
