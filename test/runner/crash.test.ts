import {spawn, type ChildProcessByStdio} from 'node:child_process';
import type {Readable, Writable} from 'node:stream';
import {existsSync, readFileSync, readdirSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {build} from 'esbuild';
import {afterAll, beforeAll, expect, onTestFinished, test} from 'vitest';
import {containing} from '../helpers/like.ts';
import {nodeLine, pauseLine, root} from '../helpers/programs.ts';
import {makeTempDir, tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {current} from '../../src/domain/run.ts';
import type {Ledger} from '../../src/ports.ts';
import type {OpenRun} from '../../src/engine/run/index.ts';
import {openConsole, say, type TestConsole} from '../engine/run/world.ts';

const rounds = 20;
/** Random moments: some while the runner starts, most while it acts (about 150 ms) or has just ended. */
const moments = Array.from({length: rounds}, (_, i) => ({
  after: i % 4 === 0 ? ('confirm' as const) : ('intent' as const),
  ms: Math.round(Math.random() * 220),
}));

async function untilMoment(
  {after, ms}: (typeof moments)[number],
  ledger: Ledger,
  run: string,
): Promise<void> {
  if (after === 'intent') {
    await waitFor(async () => (await ledger.read({run, kinds: ['step.intent']})).length > 0, {
      what: 'the intent',
      timeoutMs: 20_000,
    });
  }
  await pause(ms);
}

/** A step of one process that waits, appends a line, and waits again. */
const appendStep = (file: string): string => {
  const append = `require("fs").appendFileSync(${JSON.stringify(file)}, "once\\n")`;
  return `# Append

Procedure:

1. Append a line

   \`\`\`sh {"name":"append","effect":"write"}
   ${nodeLine(`setTimeout(() => { ${append}; setTimeout(() => {}, 50) }, 100)`)}
   \`\`\`
`;
};

const linesOf = (file: string): number =>
  existsSync(file) ? readFileSync(file, 'utf8').split('\n').length - 1 : 0;
const pause = async (ms: number): Promise<void> => new Promise(resolve => void setTimeout(resolve, ms));

/** Step runners that this process, or the given one, has started. */
function runnersOf(parent: number): number[] {
  return readdirSync('/proc').flatMap(name => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const mine = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]) === parent;
      return mine && readFileSync(`/proc/${name}/cmdline`, 'utf8').includes('dist/runner.cjs')
        ? [Number(name)]
        : [];
    } catch {
      return [];
    }
  });
}

const bundled = makeTempDir();
const driverFile = join(bundled.dir, 'console-driver.mjs');
// Twenty consoles are started: bundled, each of them takes a third of the time.
beforeAll(async () => {
  await build({
    entryPoints: [join(root, 'test/runner/console-driver.ts')],
    outfile: driverFile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    define: {'import.meta.dirname': JSON.stringify(join(root, 'test/helpers'))},
    banner: {
      js: 'import {createRequire} from "node:module"; const require = createRequire(import.meta.url);',
    },
    logLevel: 'error',
  });
});
afterAll(bundled.remove);

/** A console in a process of its own, ready to begin its run. */
function driver(dir: string, name: string, source: string): ChildProcessByStdio<Writable, Readable, null> {
  const args = [driverFile, dir, name, source];
  const child = spawn(process.execPath, args, {stdio: ['pipe', 'pipe', 'inherit']});
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

/** Lets it begin; resolves with the name of its run once it has confirmed the step. */
async function begin(child: ReturnType<typeof driver>): Promise<string> {
  child.stdin.write('go\n');
  let run = '';
  for await (const line of createInterface({input: child.stdout})) {
    if (line.startsWith('run ')) run = line.slice(4);
    if (line === 'confirmed') return run;
    if (line.startsWith('refused')) throw new Error(line);
  }
  throw new Error('the driver ended before it had confirmed');
}

const settled = async (run: OpenRun): Promise<string> => {
  await run.refresh();
  const at = current(run.snapshot().state)?.state.at ?? 'over';
  return at;
};

test('kill -9 of the console at any moment: the command finishes once, its outcome is recorded, the run stands at its step', async () => {
  const dir = tempDir();
  const here = await openConsole({dir, operator: 'noor'});
  onTestFinished(async () => here.close());
  const seen = {finished: 0, notStarted: 0};
  const fileOf = (round: number): string => join(dir, `out-${round}.txt`);
  const prepare = (round: number) => driver(dir, `append-${round}`, appendStep(fileOf(round)));
  let next = prepare(0);
  for (const [round, moment] of moments.entries()) {
    const file = fileOf(round);
    const console = next;
    if (round + 1 < rounds) next = prepare(round + 1);
    const name = await begin(console);
    await untilMoment(moment, here.ledger, name);
    console.kill('SIGKILL');
    await new Promise(resolve => console.once('exit', resolve));
    const run = await here.desk.open(name, {walk: true});
    await waitFor(async () => (await settled(run)) !== 'running', {
      what: 'the step to end',
      timeoutMs: 15_000,
    });
    let {state} = run.snapshot();
    if (current(state)?.item.id === 'append') {
      // Confirmed, and proven not started: nothing happened until this console confirms it again.
      expect(current(state)?.state.at).toBe('confirmed');
      seen.notStarted += 1;
      expect(linesOf(file)).toBe(0);
      const again = await say(run, {say: 'yes'});
      // Unless the runner was only slow: then its intent came first, and this confirm is refused.
      if (!again.ok) expect(again.why).toMatch(/moved/);
      await waitFor(async () => (await settled(run)) === 'over', {
        what: 'the step to end',
        timeoutMs: 15_000,
      });
      ({state} = run.snapshot());
    } else seen.finished += 1;
    expect(linesOf(file)).toBe(1);
    const entries = await here.ledger.read({run: name});
    const kinds = entries.map(({entry}) => entry.kind);
    expect(kinds.filter(kind => kind === 'step.outcome')).toHaveLength(1);
    expect(kinds.filter(kind => kind === 'step.intent')).toHaveLength(1);
    expect(kinds.indexOf('step.intent')).toBeLessThan(kinds.indexOf('step.outcome'));
    expect(state.walk[0]?.state).toMatchObject({at: 'done', verdict: 'pass'});
    expect(run.snapshot().ask.at).toBe('finish');
    expect(await say(run, {say: 'finish'})).toEqual({ok: true});
    run.close();
  }
  expect(seen.finished).toBeGreaterThan(0);
}, 180_000);

async function confirmed(here: TestConsole, name: string): Promise<OpenRun> {
  const run = await here.desk.start({runbook: name, service: 'api'});
  expect(await say(run, {say: 'yes'})).toEqual({ok: true});
  return run;
}

test('kill -9 of the step runner at any moment: outcome unknown with what survived, and nothing runs again until decided', async () => {
  const dir = tempDir();
  const files = moments.map((_, i) => join(dir, `out-${i}.txt`));
  const books = Object.fromEntries(files.map((file, i) => [`append-${i}`, appendStep(file)]));
  const here = await openConsole({dir, runbooks: books});
  onTestFinished(async () => here.close());
  const seen = {unknown: 0, survivors: 0, notStarted: 0, done: 0};
  for (const [round, moment] of moments.entries()) {
    const file = files[round] ?? '';
    const run = await confirmed(here, `append-${round}`);
    await untilMoment(moment, here.ledger, run.run);
    const [pid] = runnersOf(process.pid);
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
    await waitFor(() => run.snapshot().ask.at !== 'busy', {what: 'the end to be noticed', timeoutMs: 15_000});
    await run.refresh();
    const {ask, choices, state} = run.snapshot();
    const entries = await here.ledger.read({run: run.run});
    const intents = entries.filter(({entry}) => entry.kind === 'step.intent').length;
    if (ask.at === 'unknown') {
      seen.unknown += 1;
      if (ask.survivors.length > 0) seen.survivors += 1;
      for (const {command} of ask.survivors) expect(command).toContain('setTimeout');
      expect(entries.at(-1)?.entry.kind).toBe('step.unknown');
      expect(await say(run, {say: 'yes'})).toMatchObject({ok: false});
      expect(choices.map(({say: what}) => what)).toEqual([
        'happened',
        'did-not-happen',
        'retry',
        'escalate',
        'abort',
        'pause',
        'hand-over',
      ]);
      // What survived may still do its work; a second time nothing does.
      await waitFor(() => here.world.processes.marked(`${run.run}/append#1`).length === 0, {
        what: 'the survivors to end',
      });
      expect(linesOf(file)).toBeLessThanOrEqual(1);
      const what = linesOf(file) === 1 ? 'happened' : 'did-not-happen';
      expect(await say(run, {say: what, reason: 'looked into the file'})).toEqual({ok: true});
      expect(run.snapshot().ask.at).toBe(what === 'happened' ? 'finish' : 'confirm');
    } else if (state.walk[0]?.state.at === 'done') {
      seen.done += 1;
      expect(linesOf(file)).toBe(1);
    } else {
      seen.notStarted += 1;
      expect(intents).toBe(0);
      expect(ask).toMatchObject({at: 'confirm', question: containing('never started')});
      expect(linesOf(file)).toBe(0);
    }
    expect(
      (await here.ledger.read({run: run.run})).filter(({entry}) => entry.kind === 'step.intent'),
    ).toHaveLength(intents);
    expect(await say(run, {say: 'abort', reason: 'the test is over'})).toEqual({ok: true});
    run.close();
  }
  expect(seen.unknown).toBeGreaterThan(0);
  expect(seen.survivors).toBeGreaterThan(0);
}, 180_000);

const slowStep = `# Slow

Procedure:

1. Sleep

   \`\`\`sh {"name":"slow","effect":"write"}
   echo begun; ${pauseLine(700)}; echo ended
   \`\`\`
`;

/** Walks to the running step and gives the pid of its runner. */
async function running(here: TestConsole): Promise<{run: OpenRun; pid: number}> {
  const run = await confirmed(here, 'slow');
  onTestFinished(() => run.close());
  const pid = await waitFor(
    () => {
      const at = current(run.snapshot().state)?.state;
      return at?.at === 'running' ? at.runner.pid : undefined;
    },
    {what: 'the step to run', timeoutMs: 15_000},
  );
  return {run, pid};
}

test('a hang-up or Ctrl-C does not reach a running step', async () => {
  const here = await openConsole({dir: tempDir(), runbooks: {slow: slowStep}});
  onTestFinished(async () => here.close());
  const {run, pid} = await running(here);
  for (const signal of ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTSTP'] as const) process.kill(pid, signal);
  await waitFor(() => run.snapshot().ask.at === 'finish', {what: 'the step to end', timeoutMs: 15_000});
  expect(Buffer.from((await run.output('slow')) ?? []).toString()).toBe('begun\nended\n');
});

test('a running step is stopped from the console, with the reason recorded first', async () => {
  const here = await openConsole({dir: tempDir(), runbooks: {slow: slowStep.replace('700', '60000')}});
  onTestFinished(async () => here.close());
  const {run} = await running(here);
  await waitFor(async () => (await run.output('slow'))?.length, {what: 'output while it runs'});
  expect(await say(run, {say: 'abort', reason: 'x'})).toMatchObject({ok: false});
  expect(await say(run, {say: 'stop', reason: 'wrong host'})).toEqual({ok: true});
  await waitFor(() => run.snapshot().ask.at === 'failed', {what: 'the step to end', timeoutMs: 15_000});
  expect(run.snapshot().ask).toMatchObject({text: 'failed: stopped by the operator'});
  const kinds = (await here.ledger.read({run: run.run})).map(({entry}) => entry.kind);
  expect(kinds).toEqual(['run.start', 'step.confirm', 'step.intent', 'step.decide', 'step.outcome']);
});
