import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {containing} from '../../helpers/like.ts';
import {tempDir} from '../../helpers/temp.ts';
import {waitFor} from '../../helpers/wait.ts';
import {current} from '../../../src/domain/run.ts';
import type {OpenRun, RunSnapshot} from '../../../src/engine/run/index.ts';
import {openConsole, say, type ConsoleOptions, type TestConsole} from './world.ts';

async function opened(options: ConsoleOptions): Promise<TestConsole> {
  const here = await openConsole(options);
  onTestFinished(async () => here.close());
  return here;
}

async function asked(run: OpenRun): Promise<RunSnapshot> {
  return waitFor(() => (run.snapshot().ask.at === 'busy' ? undefined : run.snapshot()), {
    what: 'the next question',
    timeoutMs: 20_000,
  });
}

const kinds = async ({ledger}: TestConsole, run: string): Promise<readonly string[]> =>
  (await ledger.read({run})).map(({entry}) => entry.kind);

const book = (dir: string): string => `# Restart

Procedure:

1. Touch it

   \`\`\`sh {"name":"touch","effect":"write"}
   echo done >> ${dir}/out.txt
   \`\`\`

2. Look

   \`\`\`sh {"name":"look","effect":"read"}
   echo looked
   \`\`\`

3. Tell the others
`;

test('a paused run gives its lease back, and whoever goes on takes it; a hand-over says from whom', async () => {
  const dir = tempDir();
  const mara = await opened({dir, runbooks: {restart: book(dir)}, operator: 'mara'});
  const noor = await opened({dir, runbooks: {restart: book(dir)}, operator: 'noor'});
  const run = await mara.desk.start({runbook: 'restart', service: 'api'});
  onTestFinished(() => run.close());
  expect(await say(run, {say: 'pause', reason: ''})).toMatchObject({ok: false});
  expect(await say(run, {say: 'pause', reason: 'lunch'})).toEqual({ok: true});
  expect(run.snapshot()).toMatchObject({ask: {at: 'paused'}, state: {paused: {operator: 'mara'}}});
  expect(await say(run, {say: 'yes'})).toMatchObject({ok: false});
  // The service is free for others meanwhile.
  const other = await noor.desk.start({runbook: 'restart', service: 'api'});
  expect(await say(run, {say: 'resume'})).toMatchObject({ok: false, why: containing('noor')});
  await say(other, {say: 'abort', reason: 'only a look'});
  other.close();
  expect(await say(run, {say: 'resume'})).toEqual({ok: true});
  expect(await say(run, {say: 'hand-over', to: 'noor', reason: 'end of the shift'})).toEqual({ok: true});

  const [listed] = (await noor.desk.list()).filter(one => one.run === run.run);
  expect(listed).toMatchObject({paused: true, result: undefined});
  const taken = await noor.desk.open(run.run, {walk: true});
  onTestFinished(() => taken.close());
  expect(taken.snapshot()).toMatchObject({watching: false, ask: {at: 'paused', text: containing('noor')}});
  expect(await say(taken, {say: 'resume'})).toEqual({ok: true});
  expect(taken.snapshot().state).toMatchObject({operator: 'noor', paused: undefined});
  expect(current(taken.snapshot().state)?.item.id).toBe('touch');
  expect(await kinds(noor, run.run)).toEqual([
    'run.start',
    'run.pause',
    'run.resume',
    'run.pause',
    'run.handover',
  ]);
  const handover = (await noor.ledger.read({run: run.run, kinds: ['run.handover']}))[0];
  expect(handover?.entry.body['from']).toMatchObject({operator: 'mara'});
});

test('a rehearsal reads but changes nothing, takes no lease, and passes when every step was confirmed', async () => {
  const dir = tempDir();
  const here = await opened({dir, runbooks: {restart: book(dir)}});
  const live = await here.desk.start({runbook: 'restart', service: 'api'});
  onTestFinished(() => live.close());
  const drill = await here.desk.start({runbook: 'restart', service: 'api', mode: 'rehearsal'});
  onTestFinished(() => drill.close());
  expect(drill.snapshot().state).toMatchObject({mode: 'rehearsal', writes: false});
  expect(drill.snapshot().ask).toMatchObject({at: 'confirm', question: containing('Rehearsal')});
  expect(await say(drill, {say: 'yes'})).toEqual({ok: true});
  expect(current(drill.snapshot().state)?.item.id).toBe('look');
  await say(drill, {say: 'yes'});
  expect((await asked(drill)).ask.at).toBe('manual');
  expect(Buffer.from((await drill.output('look')) ?? []).toString()).toBe('looked\n');
  await say(drill, {say: 'done'});
  await say(drill, {say: 'finish'});
  expect(drill.snapshot().state.over?.result).toBe('passed');
  const entries = await here.ledger.read({run: drill.run});
  const of = (kind: string) => entries.filter(({entry}) => entry.kind === kind).map(({entry}) => entry.step);
  expect(of('step.intent')).toEqual(['look']);
  expect(of('step.outcome')).toContain('touch');
});

const asking = `# Which way

Procedure:

1. What is it?
   - **Slow** → [here](#slow)
   - **Gone** → [there](other.md#gone)
   - **Lost** → [nowhere](missing.md#x)

2. Say so

## Slow

Procedure:

1. Wait a little
`;
const other = `# Other

## Gone

Procedure:

1. Bring it back

   \`\`\`sh {"name":"back","effect":"read"}
   echo back
   \`\`\`

What not to do:
- Never bring it back twice
`;

test('an answer leads into a linked file, which is pinned with the run; an answer to nowhere is no choice', async () => {
  const dir = tempDir();
  const runbooks = {ways: asking, other};
  const here = await opened({dir, runbooks});
  const run = await here.desk.start({runbook: 'ways', procedure: 'ways', service: 'api'});
  onTestFinished(() => run.close());
  const options = run.snapshot().choices.filter(one => one.say === 'option');
  expect(options.map(({disabled}) => disabled === undefined)).toEqual([true, true, false]);
  expect(await say(run, {say: 'option', key: '3'})).toMatchObject({ok: false, why: containing('missing.md')});
  expect(await say(run, {say: 'option', key: '2'})).toEqual({ok: true});
  expect(current(run.snapshot().state)?.item).toMatchObject({id: 'back', file: 'other.md'});
  expect(run.snapshot().state.prohibitions.map(({text}) => text)).toContain('Never bring it back twice');
  // A wrong answer is taken back as long as nothing acted on it.
  expect(await say(run, {say: 'take-back'})).toEqual({ok: true});
  expect(current(run.snapshot().state)).toMatchObject({item: {step: {type: 'decide'}}, state: {attempt: 2}});
  expect(run.snapshot().state.prohibitions).toEqual([]);
  expect(await say(run, {say: 'option', key: '2'})).toEqual({ok: true});
  expect(current(run.snapshot().state)?.item.id).toBe('back~2');
  await say(run, {say: 'yes'});
  await asked(run);
  expect(await say(run, {say: 'take-back'})).toMatchObject({ok: false});

  const again = await here.desk.open(run.run, {walk: false});
  expect(again.snapshot().state.walk).toEqual(run.snapshot().state.walk);
  again.close();

  writeFileSync(join(dir, 'site/runbooks/other.md'), other.replace('Bring it back', 'Delete it'));
  expect(await say(run, {say: 'finish'})).toMatchObject({ok: false});
  expect(run.snapshot().ask).toMatchObject({at: 'failed', text: containing('+ 1. Delete it')});
  expect(run.snapshot().choices.map(one => one.say)).toEqual(['escalate', 'abort']);
});

const guarded = `# Guarded

Procedure:

1. Remove the database

   \`\`\`sh {"name":"drop","effect":"write"}
   dropdb orders
   \`\`\`

2. Tell the others
`;

test('a guard refuses a step before it runs; only a break-glass lets it past, confirmed by name', async () => {
  const dir = tempDir();
  const first = await openConsole({dir, runbooks: {guarded}});
  const guard = {
    id: 'keep-orders',
    line: 4,
    title: 'The orders are never dropped',
    argv: ['dropdb'],
    sql: [],
    path: [],
    env: [],
    absolute: false,
  };
  const site = {...first.world.site, guards: [guard]};
  await first.close();
  const here = await opened({dir, runbooks: {guarded}, world: {site}});
  const run = await here.desk.start({runbook: 'guarded', service: 'api'});
  onTestFinished(() => run.close());
  expect(run.snapshot()).toMatchObject({ask: {at: 'guarded'}, guards: [{guard: 'keep-orders'}]});
  const tried = await say(run, {say: 'yes'});
  expect(tried).toMatchObject({ok: false, why: containing('never dropped')});
  expect(await say(run, {say: 'yes'})).toMatchObject({ok: false, why: containing('recorded')});
  expect((await kinds(here, run.run)).filter(kind => kind === 'guard.refused')).toHaveLength(1);
  const untilMs = Date.now() + 60_000;
  await here.ledger.append({
    entries: [
      {
        kind: 'breakglass.open',
        body: {
          glass: 'g-1',
          guards: ['keep-orders'],
          untilMs,
          until: new Date(untilMs).toISOString(),
        },
        disclosed: [{ptr: '/body/reason', value: 'the owner asked for it'}],
      },
    ],
  });
  await run.refresh();
  expect(run.snapshot().ask).toMatchObject({
    at: 'typed',
    expected: 'api',
    question: containing('break-glass'),
  });
  expect(await say(run, {say: 'yes'})).toMatchObject({ok: false});
  expect(await say(run, {say: 'yes', typed: 'api'})).toEqual({ok: true});
  await asked(run);
  const found = await kinds(here, run.run);
  expect(found).toEqual([
    'run.start',
    'guard.refused',
    'breakglass.use',
    'step.confirm',
    'step.intent',
    'step.outcome',
  ]);
});

test('a step for a terminal is handed one, where there is one; else it says why not', async () => {
  const dir = tempDir();
  const text = `# Shell\n\nProcedure:\n\n1. Look around\n\n   \`\`\`sh {"name":"in","type":"terminal"}\n   top\n   \`\`\`\n`;
  const none = await opened({dir, runbooks: {shell: text}});
  const here = await none.desk.start({runbook: 'shell', service: 'api'});
  expect(here.snapshot().choices[0]).toMatchObject({say: 'yes', disabled: containing('terminal')});
  here.close();
  const jobs: string[] = [];
  const some = await opened({
    dir,
    runbooks: {shell: text},
    world: {
      terminal: async job => {
        jobs.push(job);
        return Promise.resolve({said: 'The step was not started: this is a test.'});
      },
    },
  });
  const there = await some.desk.start({runbook: 'shell', service: 'db'});
  onTestFinished(() => there.close());
  expect(there.snapshot().ask.at).toBe('terminal');
  expect(await say(there, {say: 'yes'})).toEqual({ok: true});
  await asked(there);
  expect(there.snapshot().notice).toBe('The step was not started: this is a test.');
  expect(JSON.parse(jobs[0] ?? '{}')).toMatchObject({act: {at: 'terminal'}, step: 'in'});
  expect(there.snapshot().ask).toMatchObject({question: containing('never started')});
});

test('an attestation needs a note, and an approval can be neither given nor passed over', async () => {
  const dir = tempDir();
  const text = `# Ask

Procedure:

1. The customer agrees <!-- qd: {"type":"attest"} -->
2. The lead agrees <!-- qd: {"type":"approve","role":"lead","min":2} -->
`;
  const here = await opened({dir, runbooks: {ask: text}});
  const run = await here.desk.start({runbook: 'ask', service: 'api'});
  onTestFinished(() => run.close());
  expect(run.snapshot().ask.at).toBe('attest');
  expect(await say(run, {say: 'done'})).toMatchObject({ok: false, why: containing('note')});
  expect(await say(run, {say: 'done', note: 'by phone at noon'})).toEqual({ok: true});
  expect(run.snapshot().ask).toMatchObject({at: 'failed', text: containing('nothing approves itself')});
  for (const answer of [{say: 'skip', reason: 'x'}, {say: 'done'}, {say: 'yes'}] as const)
    expect(await say(run, answer)).toMatchObject({ok: false});
});

const denied = (command: string, more = ''): string => `# Access

## Policy

- Verify:
  - Call without a token -> denied.
  - Call \`${command}\` -> 403${more}
`;

test('a command that should be denied is passed by nobody but the operator, however it ends', async () => {
  const dir = tempDir();
  const books = {
    open: denied('node -p 200'),
    shut: denied('node -e "process.exit(22)"'),
    said: denied('node -e "process.exit(22)"', ' <!-- qd: {"expect":22} -->'),
  };
  const here = await opened({dir, runbooks: books});
  const walk = async (runbook: string, answer: {say: 'done'} | {say: 'fails'; reason: string}) => {
    const run = await here.desk.start({runbook, service: 'api'});
    onTestFinished(() => run.close());
    expect(run.snapshot().ask).toMatchObject({
      at: 'manual',
      question: 'Does this hold on STAGING / api? Expected: denied.',
    });
    expect(run.snapshot().shown).toContain('expected: denied');
    await say(run, {say: 'done'});
    expect((await asked(run)).ask.at).toBe('confirm');
    await say(run, {say: 'yes'});
    const told = await asked(run);
    const before = Buffer.from((await run.output(current(told.state)?.item.id ?? '')) ?? []).toString();
    if (told.ask.at === 'manual') await say(run, answer);
    const after = (await asked(run)).ask;
    const id = run.snapshot().state.walk.at(-1)?.item.id ?? '';
    expect(Buffer.from((await run.output(id)) ?? []).toString()).toBe(before);
    await say(run, {say: 'abort', reason: 'the test is over'});
    return {run: run.run, asked: told.ask, shown: told.shown, after};
  };
  const open = await walk('open', {say: 'fails', reason: 'it let me in'});
  expect(open.asked).toMatchObject({
    at: 'manual',
    question: 'It ended: exit 0. Is that as expected (403)?',
  });
  expect(open.shown).toContain('it ended: exit 0');
  expect(open.after).toMatchObject({at: 'failed', text: containing('not as expected (403)')});

  const shut = await walk('shut', {say: 'done'});
  expect(shut.asked).toMatchObject({question: containing('exit 22')});
  expect(shut.after.at).toBe('finish');
  // Both are recorded: how it ended, and what the operator made of it.
  const entries = await here.ledger.read({run: shut.run, kinds: ['step.outcome']});
  expect(entries.slice(-2).map(({entry: {body}}) => [body['by'], body['verdict'], body['expected']])).toEqual(
    [
      ['machine', 'unknown', '403'],
      ['attested', 'pass', undefined],
    ],
  );

  // An annotation says it for the machine.
  const said = await walk('said', {say: 'done'});
  expect(said.asked.at).toBe('finish');
});
