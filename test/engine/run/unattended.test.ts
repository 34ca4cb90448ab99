import {expect, onTestFinished, test} from 'vitest';
import {containing} from '../../helpers/like.ts';
import {tempDir} from '../../helpers/temp.ts';
import {waitFor} from '../../helpers/wait.ts';
import {current} from '../../../src/domain/run.ts';
import {createRunDesk, type LookNow} from '../../../src/engine/run/index.ts';
import type {Verdict} from '../../../src/domain/verdict.ts';
import type {Ledger} from '../../../src/ports.ts';
import {openConsole, say, type ConsoleOptions, type TestConsole} from './world.ts';

const book = `# Settle

Procedure:

1. Tell the others

2. It is ready

   <!-- qd: {"type":"check","name":"ready","check":"ready"} -->

3. It stays so

   <!-- qd: {"type":"check","name":"stays","check":"stays"} -->

> [!CAUTION]
> Whoever looks here is seen.

4. It is known

   <!-- qd: {"type":"check","name":"known","check":"known"} -->
`;

const looks =
  (verdicts: Readonly<Record<string, Verdict>>): LookNow =>
  async ({service, check = ''}) =>
    Promise.resolve([
      {
        service,
        check,
        type: 'http',
        panel: 'readiness' as const,
        at: '2026-01-01T00:00:00.000Z',
        durationMs: 1,
        verdict: verdicts[check] ?? 'pass',
        kind: 'assertion' as const,
        checked: 1,
        message: verdicts[check] ?? 'pass',
      },
    ]);

async function opened(options: ConsoleOptions): Promise<TestConsole> {
  const here = await openConsole({runbooks: {settle: book}, ...options});
  onTestFinished(async () => here.close());
  return here;
}

/** A run whose first step is done and whose console is gone; the entry that it stands at. */
async function left(dir: string, text = book) {
  const here = await openConsole({dir, runbooks: {settle: text}});
  const run = await here.desk.start({runbook: 'settle', service: 'api'});
  expect(await say(run, {say: 'done'})).toEqual({ok: true});
  const {head} = run.snapshot().state;
  run.close();
  await here.ledger.append({entries: [{kind: 'session.close', body: {why: 'ended'}}]});
  await here.close();
  return {run: run.run, head};
}

const alone = async (dir: string, more: Partial<ConsoleOptions> = {}): Promise<TestConsole> =>
  opened({dir, ...more, world: {source: 'unattended', ...more.world}});

const steady = new AbortController().signal;

test('looks are done one after the other, up to one that has to be confirmed; an entry says where the run waits', async () => {
  const dir = tempDir();
  const {run, head} = await left(dir);
  const here = await alone(dir, {look: looks({})});
  expect(await here.desk.goOnAlone(run, {after: head, signal: steady})).toMatchObject({
    at: 'waits',
    text: containing('Type the name'),
  });
  const entries = await here.ledger.read({run, from: head + 1});
  expect(entries.map(({entry}) => [entry.kind, entry.step, entry.body['verdict']])).toEqual([
    ['run.resume', undefined, undefined],
    ['step.outcome', 'ready', 'pass'],
    ['step.outcome', 'stays', 'pass'],
    ['note', 'known', undefined],
  ]);
  const note = await here.ledger.disclosure(entries.at(-1)?.seq ?? -1, '/body/text');
  expect(Buffer.from(note ?? []).toString()).toMatch(/waits for a person here: "It is known" \(line \d+\)/);
  expect(entries[0]?.entry.body).toMatchObject({unattended: true, lease: {service: 'api', how: 'take-over'}});
});

test('a look that fails is where it waits', async () => {
  const dir = tempDir();
  const {run, head} = await left(dir);
  const here = await alone(dir, {look: looks({ready: 'fail'})});
  expect(await here.desk.goOnAlone(run, {after: head, signal: steady})).toEqual({
    at: 'waits',
    text: 'failed: ready: fail',
  });
  expect(await here.ledger.read({run, kinds: ['step.outcome'], from: head + 1})).toHaveLength(1);
});

test('a run that somebody moved, or that somebody still walks, is left as it is', async () => {
  const dir = tempDir();
  const {run, head} = await left(dir);
  const here = await alone(dir);
  expect(await here.desk.goOnAlone(run, {after: head - 1, signal: steady})).toEqual({at: 'not-left'});
  const noor = await opened({dir, operator: 'noor'});
  const walked = await noor.desk.open(run, {walk: true});
  onTestFinished(() => walked.close());
  const now = walked.snapshot().state.head;
  expect(await here.desk.goOnAlone(run, {after: now, signal: steady})).toEqual({at: 'not-left'});
  expect(await here.ledger.read({run, from: now + 1})).toEqual([]);
});

test('whoever comes back takes the run; what was looked at meanwhile is not recorded', async () => {
  const dir = tempDir();
  const {run, head} = await left(dir);
  const begun = Promise.withResolvers<undefined>();
  const here = await alone(dir, {
    look: async (_, signal) => {
      begun.resolve(undefined);
      await new Promise(resolve => {
        signal.addEventListener('abort', resolve);
      });
      return looks({})({service: 'api', check: 'ready'}, signal);
    },
  });
  const going = here.desk.goOnAlone(run, {after: head, signal: steady});
  await begun.promise;
  const noor = await opened({dir, operator: 'noor'});
  const back = await noor.desk.open(run, {walk: true});
  onTestFinished(() => back.close());
  expect(await going).toEqual({at: 'taken'});
  expect(back.snapshot()).toMatchObject({watching: false, state: {operator: 'noor', unattended: false}});
  expect(current(back.snapshot().state)?.item.id).toBe('ready');
  const kinds = (await noor.ledger.read({run, from: head + 1})).map(({entry}) => entry.kind);
  expect(kinds).toEqual(['run.resume', 'run.resume']);
  expect(await say(back, {say: 'yes'})).toEqual({ok: true});
});

test('a console that watches says that nobody is there, and may take the run over', async () => {
  const dir = tempDir();
  const {run, head} = await left(dir);
  const noor = await opened({dir, operator: 'noor'});
  const watched = await noor.desk.open(run, {walk: false});
  onTestFinished(() => watched.close());
  const stop = new AbortController();
  const here = await alone(dir, {
    look: async (_, signal) =>
      new Promise(resolve => {
        signal.addEventListener('abort', () => resolve([]));
      }),
  });
  const going = here.desk.goOnAlone(run, {after: head, signal: stop.signal});
  await waitFor(
    () => {
      const {ask} = watched.snapshot();
      return ask.at === 'watch' && ask.text.includes('who is away');
    },
    {what: 'the watcher to see it'},
  );
  stop.abort();
  expect(await going).toEqual({at: 'stopped'});
  expect(await say(watched, {say: 'take-over', reason: 'mara is on a train'})).toEqual({ok: true});
});

test('nothing is answered for anybody, whatever is asked', async () => {
  const dir = tempDir();
  const {run} = await left(dir);
  const here = await alone(dir, {look: looks({})});
  const open = await here.desk.open(run, {walk: true});
  onTestFinished(() => open.close());
  for (const answer of [{say: 'yes'}, {say: 'abort', reason: 'x'}, {say: 'skip', reason: 'x'}] as const)
    expect(await say(open, answer)).toMatchObject({ok: false, why: containing('Nobody is there')});
});

test('a look whose end cannot be recorded is not done again and again', async () => {
  const dir = tempDir();
  const {run, head} = await left(dir);
  let asked = 0;
  const {world} = await alone(dir);
  const ledger: Ledger = {
    ...bound(world.ledger),
    append: async request =>
      request.entries[0].kind === 'step.outcome'
        ? Promise.resolve({ok: false, why: 'locked', message: 'The ledger is locked.', hint: 'Wait.'})
        : world.ledger.append(request),
  };
  const look: LookNow = async (want, signal) => {
    asked += 1;
    return looks({})(want, signal);
  };
  const desk = createRunDesk({...world, ledger, look});
  expect(await desk.goOnAlone(run, {after: head, signal: steady})).toEqual({
    at: 'waits',
    text: 'The ledger is locked.',
  });
  expect(asked).toBe(1);
});

const bound = (ledger: Ledger): Ledger => ({
  origin: ledger.origin,
  dir: ledger.dir,
  readOnly: ledger.readOnly,
  head: async () => ledger.head(),
  append: async request => ledger.append(request),
  read: async query => ledger.read(query),
  checkpoint: async () => ledger.checkpoint(),
  disclosure: async (seq, pointer) => ledger.disclosure(seq, pointer),
  watch: onChange => ledger.watch(onChange),
  close: async () => ledger.close(),
});
