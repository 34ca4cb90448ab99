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

/** What is asked once nothing is being done any more. */
async function asked(run: OpenRun): Promise<RunSnapshot> {
  return waitFor(() => (run.snapshot().ask.at === 'busy' ? undefined : run.snapshot()), {
    what: 'the next question',
    timeoutMs: 20_000,
  });
}

const book = `---
title: Drain a node
vars:
  NODE: "which node | node-1 | [a-z]+-[0-9]+"
---
# Drain a node

Procedure:

1. Say which

   \`\`\`sh {"name":"which","effect":"read","capture":"SEEN"}
   echo "node is $NODE"
   \`\`\`

2. Only for the first

   \`\`\`sh {"name":"first","effect":"write","when":"NODE=node-1"}
   echo first
   \`\`\`

3. Only for others

   \`\`\`sh {"name":"others","effect":"write","when":"NODE!=node-1"}
   echo "others: $SEEN"
   \`\`\`
`;

test('an input step takes the pattern and the default that vars declare for its variable', async () => {
  const source = `---
vars:
  - "TENANT: which one | t-1 | t-[0-9]+"
---
# Ask

Procedure:

1. Which one is it? <!-- qd: {"type":"input","var":"TENANT"} -->
`;
  const here = await opened({dir: tempDir(), runbooks: {ask: source}});
  const run = await here.desk.start({runbook: 'ask', service: 'api'});
  onTestFinished(() => run.close());
  expect(run.snapshot().ask).toMatchObject({
    at: 'input',
    name: 'TENANT',
    default: 't-1',
    pattern: 't-[0-9]+',
  });
  expect(await say(run, {say: 'value', text: 'x'})).toMatchObject({
    ok: false,
    why: containing('does not match t-[0-9]+'),
  });
  expect(await say(run, {say: 'value', text: 't-7'})).toMatchObject({ok: true});
});

const captured = (pattern: string, said: string) => `---
vars:
  - "VERSION: what runs | | ${pattern}"
---
# Look

## Procedure

1. Which one is it?

   \`\`\`sh {"name":"which","effect":"read","capture":"VERSION"}
   echo ${said}
   \`\`\`
`;

test('what a command prints must match what vars declare of the variable that takes it, or the step has failed', async () => {
  const runbooks = {bad: captured('[0-9.]+', 'v1.2.3'), good: captured('[0-9.]+|none', 'none')};
  const here = await opened({dir: tempDir(), runbooks});
  const bad = await here.desk.start({runbook: 'bad', service: 'api'});
  onTestFinished(() => bad.close());
  await say(bad, {say: 'yes'});
  expect((await asked(bad)).ask).toMatchObject({
    at: 'failed',
    text: containing('is no value of VERSION: it does not match [0-9.]+'),
  });
  expect(bad.snapshot().values).toEqual([]);
  const good = await here.desk.start({runbook: 'good', service: 'db'});
  onTestFinished(() => good.close());
  await say(good, {say: 'yes'});
  expect((await asked(good)).values).toEqual([{name: 'VERSION', value: 'none', from: 'output'}]);
});

test('a pattern of a captured variable that nobody can read stops its step before it runs', async () => {
  const here = await opened({dir: tempDir(), runbooks: {odd: captured('(?=v)', 'v1')}});
  const run = await here.desk.start({runbook: 'odd', service: 'api'});
  onTestFinished(() => run.close());
  expect(run.snapshot().ask).toMatchObject({at: 'failed', text: containing('the pattern of VERSION')});
});

test('values are asked for before anything acts, validated, passed as variables, captured, and offered again', async () => {
  const here = await opened({dir: tempDir(), runbooks: {drain: book}});
  const run = await here.desk.start({runbook: 'drain', service: 'api'});
  onTestFinished(() => run.close());
  expect(run.snapshot().ask).toMatchObject({at: 'input', name: 'NODE', default: 'node-1'});
  expect(await say(run, {say: 'value', text: 'Node 2; rm -rf /'})).toMatchObject({
    ok: false,
    why: containing('does not match'),
  });
  expect(await say(run, {say: 'value', text: '-x'})).toMatchObject({ok: false});
  expect(await say(run, {say: 'value', text: 'node-2'})).toEqual({ok: true});
  expect(run.snapshot().values).toEqual([{name: 'NODE', value: 'node-2', from: 'typed'}]);
  expect(run.snapshot().shown).toContain('  NODE=node-2');
  expect(await say(run, {say: 'yes'})).toEqual({ok: true});
  const next = await asked(run);
  // The step for the first node was passed over by its own condition.
  expect(current(next.state)?.item.id).toBe('others');
  expect(next.state.walk.find(({item}) => item.id === 'first')?.state).toMatchObject({
    at: 'skipped',
    by: 'when',
    when: 'NODE=node-1',
  });
  expect(next.values.find(({name}) => name === 'SEEN')).toEqual({
    name: 'SEEN',
    value: 'node is node-2',
    from: 'output',
  });
  expect(next.shown).toContain('  SEEN=node is node-2');
  await say(run, {say: 'yes'});
  await asked(run);
  expect(Buffer.from((await run.output('others')) ?? []).toString()).toBe('others: node is node-2\n');
  await say(run, {say: 'finish'});
  expect(await run.history('NODE')).toEqual(['node-2']);
  const again = await here.desk.start({runbook: 'drain', service: 'api'});
  expect(await again.history('NODE')).toEqual(['node-2']);
  expect(await say(again, {say: 'value', text: ''})).toEqual({ok: true});
  expect(again.snapshot().values).toEqual([{name: 'NODE', value: 'node-1', from: 'default'}]);
  again.close();
});

test('a resumed run has its values, and lands on the same step', async () => {
  const dir = tempDir();
  const first = await openConsole({dir, runbooks: {drain: book}});
  const run = await first.desk.start({runbook: 'drain', service: 'api'});
  await say(run, {say: 'value', text: 'node-3'});
  const at = current(run.snapshot().state)?.item.id;
  run.close();
  await first.ledger.append({
    entries: [{kind: 'session.close', body: {reason: 'gone'}}],
  });
  await first.close();
  const second = await opened({dir, runbooks: {drain: book}, operator: 'noor'});
  const again = await second.desk.open(run.run, {walk: true});
  onTestFinished(() => again.close());
  expect(current(again.snapshot().state)?.item.id).toBe(at);
  expect(again.snapshot().values).toEqual([{name: 'NODE', value: 'node-3', from: 'typed'}]);
  expect(again.snapshot().shown).toContain('  NODE=node-3');
});

test('a value that holds a secret is refused', async () => {
  const here = await opened({dir: tempDir(), runbooks: {drain: book.replace(' | [a-z]+-[0-9]+', '')}});
  const run = await here.desk.start({runbook: 'drain', service: 'api'});
  onTestFinished(() => run.close());
  const key = ['-----BEGIN', 'PRIVATE KEY-----'].join(' ');
  const answer = await say(run, {say: 'value', text: `AKIAIOSFODNN7EXAMPLE ${key}`});
  expect(answer).toMatchObject({ok: false, why: containing('secret')});
  expect(await here.ledger.read({run: run.run, kinds: ['step.value']})).toEqual([]);
});

const checked = `# Only when it is down

Procedure:

1. Restart

   \`\`\`sh {"name":"restart","effect":"write","when":"check:ready=fail","verify":"ready"}
   echo restarted
   \`\`\`
`;

test('a condition that cannot be told asks the operator; it is looked at again, never guessed', async () => {
  const dir = tempDir();
  let verdict: 'unknown' | 'pass' | 'fail' = 'unknown';
  const look = async ({service, check = ''}: {service: string; check?: string}) =>
    Promise.resolve([
      {
        service,
        check,
        type: 'http',
        panel: 'readiness' as const,
        at: '2026-01-01T00:00:00.000Z',
        durationMs: 1,
        verdict,
        kind: 'assertion' as const,
        checked: 1,
        message: verdict,
      },
    ]);
  const here = await opened({dir, runbooks: {only: checked}, look});
  const run = await here.desk.start({runbook: 'only', service: 'api'});
  onTestFinished(() => run.close());
  expect(run.snapshot().ask).toMatchObject({at: 'failed', text: containing('could not be told')});
  verdict = 'fail';
  expect(await say(run, {say: 'retry'})).toEqual({ok: true});
  expect((await asked(run)).ask.at).toBe('confirm');
  await say(run, {say: 'yes'});
  verdict = 'pass';
  // Its verify belongs to it: it is asked although the condition does not hold any more.
  const after = await asked(run);
  expect(current(after.state)?.item.id).toBe('restart.verify');
  run.close();
  const other = await here.desk.start({runbook: 'only', service: 'db'});
  expect(other.snapshot().ask.at).toBe('finish');
  expect(other.snapshot().state.walk.map(({state}) => state.at)).toEqual(['skipped', 'skipped']);
  other.close();
});

test('commands that a runbook requires are looked for before anything else; what is missing stops it', async () => {
  const dir = tempDir();
  const text = (name: string) => `---\nrequires: [sh, ${name}]\n---\n# Needs\n\nProcedure:\n\n1. Do it\n`;
  const here = await opened({
    dir,
    runbooks: {good: text('node'), bad: text('no-such-command-here')},
    world: {env: {get: name => process.env[name]}},
  });
  const good = await here.desk.start({runbook: 'good', service: 'api'});
  await say(good, {say: 'yes'});
  await waitFor(() => good.snapshot().ask.at === 'manual', {what: 'the step itself'});
  good.close();
  const bad = await here.desk.start({runbook: 'bad', service: 'db'});
  await say(bad, {say: 'yes'});
  const stuck = await waitFor(() => (bad.snapshot().ask.at === 'failed' ? bad.snapshot() : undefined), {
    what: 'the missing command',
  });
  expect(stuck.ask).toMatchObject({text: containing('no-such-command-here')});
  expect(stuck.choices.filter(({disabled}) => disabled === undefined).map(one => one.say)).toEqual([
    'escalate',
    'abort',
  ]);
  bad.close();
});

test('a runbook of another environment is refused with the way out', async () => {
  const dir = tempDir();
  const here = await opened({
    dir,
    runbooks: {prod: '---\nenvironments: [production]\n---\n# P\n\nProcedure:\n\n1. Do it\n'},
  });
  await expect(here.desk.start({runbook: 'prod', service: 'api'})).rejects.toMatchObject({
    code: 'RUN_REFUSED',
    message: containing('production'),
    hint: containing('environment'),
  });
});
