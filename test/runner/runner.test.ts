import {existsSync, mkdirSync, readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {containing, someNumber} from '../helpers/like.ts';
import {bundle, nodeLine, pauseLine} from '../helpers/programs.ts';
import {waitFor} from '../helpers/wait.ts';
import {createRunners} from '../../src/adapters/runners.ts';
import type {Job} from '../../src/engine/runner/job.ts';
import {perform} from '../../src/engine/runner/perform.ts';
import type {Cancel, Clock, Ledger} from '../../src/ports.ts';
import {openHome, stage} from './stage.ts';

test('a read over its limit is ended with everything it started, also what left its session', async () => {
  const {shell, scene, outcome, run, dir} = await stage();
  const file = join(dir, 'escaped.pid');
  const deaf = 'process.on("SIGTERM", () => {}); setTimeout(() => {}, 30000);';
  const stay = `${deaf} require("fs").writeFileSync(${JSON.stringify(file)}, String(process.pid))`;
  const apart = `require("child_process").spawn(process.execPath, ["-e", ${JSON.stringify(stay)}], {detached: true, stdio: "inherit"})`;
  const text = `trap '' TERM; ${nodeLine(`${deaf} ${apart}`)}`;
  // The limit passes when the process has left: not before, however slow this machine is.
  const clock = {...scene.clock, after: afterThat(scene.clock, () => existsSync(file))};
  expect(await perform(shell(text, {timeoutMs: 100}), {...scene, clock})).toMatchObject({at: 'done'});
  expect((await outcome()).entry.body).toMatchObject({verdict: 'fail', ended: 'limit', signal: 'SIGKILL'});
  const pid = Number(readFileSync(file, 'utf8'));
  await waitFor(() => !isAlive(pid), {what: 'the escaped process to be gone'});
  expect(scene.processes.marked(`${run}/act#1`)).toEqual([]);
});

/** Timers that are not set before the condition holds. */
const afterThat =
  (clock: Clock, condition: () => boolean): Clock['after'] =>
  (delayMs, fn) => {
    let cancel: Cancel | undefined;
    let isCancelled = false;
    void waitFor(() => isCancelled || condition(), {what: 'the condition', timeoutMs: 20_000}).then(() => {
      if (!isCancelled) cancel = clock.after(delayMs, fn);
    });
    return () => {
      isCancelled = true;
      cancel?.();
    };
  };

const isAlive = (pid: number): boolean => {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
};

test('a write over its limit is recorded and goes on to its own end', async () => {
  const {shell, scene, outcome, ledger, run} = await stage();
  await perform(
    shell(`${pauseLine(400)}; echo finished`, {effect: 'write', atLimit: 'ask', timeoutMs: 100}),
    scene,
  );
  const {entry} = await outcome();
  expect(entry.body).toMatchObject({verdict: 'pass', status: 0});
  const kinds = (await ledger.read({run})).map(stored => stored.entry.kind);
  expect(kinds.slice(-3)).toEqual(['step.intent', 'step.limit', 'step.outcome']);
});

test('a step is stopped when the operator asks for it, and its outcome says so', async () => {
  const {shell, scene, outcome, stop, watched} = await stage();
  const performing = perform(
    shell(`echo begun; ${pauseLine(30_000)}`, {effect: 'write', atLimit: 'ask'}),
    scene,
  );
  await waitFor(() => watched.join('').includes('begun'), {what: 'the command to begin'});
  stop.abort();
  await performing;
  expect((await outcome()).entry.body).toMatchObject({verdict: 'fail', ended: 'operator', signal: 'SIGTERM'});
});

test('long output is cut in the middle, and the whole of it is committed to', async () => {
  const {shell, scene, outcome, ledger} = await stage();
  await perform(shell(`${nodeLine('process.stdout.write("x".repeat(3e6))')}; echo END`), scene);
  const {seq, entry} = await outcome();
  const {output} = entry.body;
  expect(output).toMatchObject({size: 3_000_004, kept: someNumber()});
  const kept = await ledger.disclosure(seq, '/body/output');
  expect(kept?.length).toBeLessThan(600_000);
  expect(Buffer.from(kept ?? []).toString()).toMatch(/bytes not kept …\]\nx+END\n$/);
});

test('output is kept as bytes, whatever they are', async () => {
  const {shell, scene, outcome, ledger} = await stage();
  await perform(shell(String.raw`printf '\377\101\033]0;title\007'`), scene);
  const {seq} = await outcome();
  const kept = await ledger.disclosure(seq, '/body/output');
  expect(Buffer.from(kept ?? []).toString('hex')).toBe(
    Buffer.from('\u00ffA\u001b]0;title\u0007', 'latin1').toString('hex'),
  );
});

test('exit status and text are compared with what the runbook expects; what cannot start is unknown', async () => {
  for (const [text, expected, verdict] of [
    ['exit 3', 3, 'pass'],
    ['exit 0', 3, 'fail'],
    ['echo all good', 'good', 'pass'],
    ['echo all bad', 'good', 'fail'],
  ] as const) {
    const {shell, scene, outcome} = await stage();
    await perform(shell(text, {expect: expected}), scene);
    expect((await outcome()).entry.body).toMatchObject({verdict});
  }
  const {job, scene, outcome} = await stage();
  await perform(job({at: 'command', argv: ['no-such-program-here']}), scene);
  expect((await outcome()).entry.body).toMatchObject({
    verdict: 'unknown',
    message: containing('no-such-program-here'),
  });
});

test('without a durable intent nothing is done: moved run, stale fence, ledger that cannot be written', async () => {
  const {shell, scene, dir, run, ledger} = await stage();
  const file = join(dir, 'acted');
  const act = (more: Partial<Job>) => shell(`: > ${file}`, more);
  expect(await perform(act({fence: 0}), scene)).toMatchObject({
    at: 'refused',
    why: containing('fence'),
  });
  expect(await perform(act({confirm: 1}), scene)).toMatchObject({
    at: 'refused',
    why: containing('moved'),
  });
  const full = {
    ...wrap(ledger),
    append: async () =>
      Promise.resolve({ok: false, why: 'full', message: 'The disk is full.', hint: ''} as const),
  };
  expect(await perform(act({}), {...scene, ledger: full})).toEqual({at: 'refused', why: 'The disk is full.'});
  expect(await perform(act({}), {...scene, ledger: {...full, readOnly: 'It is read-only.'}})).toMatchObject({
    at: 'refused',
  });
  expect(existsSync(file)).toBe(false);
  expect(await ledger.read({run, kinds: ['step.intent']})).toEqual([]);
});

const wrap = (ledger: Ledger): Ledger => ({
  origin: ledger.origin,
  dir: ledger.dir,
  readOnly: ledger.readOnly,
  head: async () => ledger.head(),
  append: async request => ledger.append(request),
  read: async query => ledger.read(query),
  checkpoint: async () => ledger.checkpoint(),
  disclosure: async (seq, ptr) => ledger.disclosure(seq, ptr),
  watch: changed => ledger.watch(changed),
  close: async () => ledger.close(),
});

test('an outcome that cannot be appended is spooled, and the next console appends it as late', async () => {
  const {shell, scene, dir, run, ledger, home} = await stage();
  mkdirSync(join(dir, 'x'), {recursive: true});
  const failing: Ledger = {
    ...wrap(ledger),
    append: async request =>
      request.entries[0].kind === 'step.outcome'
        ? {ok: false, why: 'full', message: 'The disk is full.', hint: ''}
        : ledger.append(request),
  };
  const job = shell('echo kept', {capture: {name: 'WORD'}});
  expect(await perform(job, {...scene, ledger: failing})).toEqual({at: 'done', last: undefined});
  const next = await openHome(home, 'next');
  onTestFinished(async () => next.close());
  const [late] = await next.read({run, kinds: ['step.outcome']});
  expect(late?.entry.body).toMatchObject({late: true, verdict: 'pass'});
  const output = await next.disclosure(late?.seq ?? -1, '/body/output');
  expect(Buffer.from(output ?? []).toString()).toBe('kept\n');
  const [given] = await next.read({run, kinds: ['step.value']});
  expect(given?.entry.body).toMatchObject({name: 'WORD', from: 'output'});
  const value = await next.disclosure(given?.seq ?? -1, '/body/value');
  expect(Buffer.from(value ?? []).toString()).toBe('kept');
});

test('an http step sends what the fence says; refused is failed, silence is unknown', async () => {
  const seen: string[] = [];
  const server = createServer((request, response) => {
    seen.push(`${request.method ?? ''} ${request.url ?? ''} ${String(request.headers['x-why'])}`);
    if (request.url === '/silent') return;
    response
      .writeHead(request.url === '/bad' ? 503 : 200, {
        'x-request-id': request.url === '/bad' ? 'r-503' : 'no id',
      })
      .end('ready: yes');
  });
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const base = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const send = async (path: string, more: Partial<Job> = {}) => {
    const {job, scene, outcome} = await stage();
    await perform(
      job(
        {
          at: 'http',
          method: 'POST',
          url: `${path.startsWith('/') ? base : ''}${path}`,
          headers: {'x-why': 'test'},
        },
        {effect: 'write', ...more},
      ),
      scene,
    );
    return (await outcome()).entry.body;
  };
  const ok = await send('/ok');
  expect(ok).toMatchObject({verdict: 'pass', status: 200});
  expect(ok).not.toHaveProperty('requestId');
  expect(await send('/ok', {expect: 'ready: no'})).toMatchObject({verdict: 'fail'});
  expect(await send('/bad')).toMatchObject({verdict: 'fail', status: 503, requestId: 'r-503'});
  expect(await send('/silent', {timeoutMs: 200})).toMatchObject({verdict: 'unknown'});
  expect(await send('http://127.0.0.1:1/')).toMatchObject({verdict: 'fail'});
  expect(seen[0]).toBe('POST /ok test');
});

/** The bundled runner, started as the console starts it. */
const runners = (ledger: Ledger) =>
  createRunners({node: process.execPath, entry: bundle('runner.cjs'), dir: ledger.dir});

test('the runner leaves the checkpoint to a console that lives, and makes it when that one is gone', async () => {
  for (const [owner, isSealed] of [
    ['lives', false],
    ['is gone', true],
    ['is not named', true],
  ] as const) {
    const {shell, ledger, scene} = await stage();
    const {self} = scene;
    const console = owner === 'lives' ? {...self} : {...self, start: '1'};
    const job = shell(':', owner === 'is not named' ? {} : {console});
    expect(await runners(ledger).start(JSON.stringify(job)).ended).toEqual({said: ''});
    const {size, checkpointSize} = await ledger.head();
    expect([size, checkpointSize === size], owner).toEqual([5, isSealed]);
  }
});

test('half a job, and one with a field too many, start nothing and are not repeated', async () => {
  const {shell, ledger} = await stage();
  const text = JSON.stringify(shell(': secret-word'));
  for (const broken of [text.slice(0, -1), '', `${text.slice(0, -1)},"more":"secret-word"}`]) {
    const {said} = await runners(ledger).start(broken).ended;
    expect(said).toBe('The step runner failed: the job cannot be read; nothing was started\n');
  }
  expect(readFileSync(join(ledger.dir, 'runner.log'), 'utf8')).not.toContain('secret-word');
  expect((await ledger.head()).size).toBe(3);
});
