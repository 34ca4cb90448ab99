import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import Database from 'better-sqlite3';
import {expect, onTestFinished, test} from 'vitest';
import {containing} from '../../helpers/like.ts';
import {tempDir} from '../../helpers/temp.ts';
import {waitFor} from '../../helpers/wait.ts';
import {current} from '../../../src/domain/run.ts';
import type {CheckResult, Verdict} from '../../../src/domain/verdict.ts';
import {openConsole, say, type ConsoleOptions, type TestConsole} from './world.ts';

const book = `# Restart

Procedure:

1. Touch it

   \`\`\`sh {"name":"touch","effect":"write"}
   echo done
   \`\`\`

2. Tell the others

Verify:

- It is ready

  <!-- qd: {"type":"check","check":"ready"} -->
`;

async function opened(options: ConsoleOptions): Promise<TestConsole> {
  const here = await openConsole({runbooks: {restart: book}, ...options});
  onTestFinished(async () => here.close());
  return here;
}

const looked = (verdict: Verdict): CheckResult => ({
  service: 'api',
  check: 'ready',
  type: 'http',
  panel: 'readiness',
  at: '2026-01-01T00:00:00.000Z',
  durationMs: 1,
  verdict,
  kind: 'assertion',
  checked: 1,
  message: `it says ${verdict}`,
});

test('two consoles on one data directory: the second is refused naming the first, watches live, and can take over', async () => {
  const dir = tempDir();
  const mara = await opened({dir, operator: 'mara'});
  const noor = await opened({dir, operator: 'noor'});
  const first = await mara.desk.start({runbook: 'restart', service: 'api'});
  await expect(noor.desk.start({runbook: 'restart', service: 'api'})).rejects.toMatchObject({
    code: 'LEASE_HELD',
    message: containing('mara'),
    exitStatus: 3,
  });
  // Another service is nobody's yet.
  const other = await noor.desk.start({runbook: 'restart', service: 'db'});
  other.close();

  const watched = await noor.desk.open(first.run, {walk: true});
  expect(watched.snapshot()).toMatchObject({
    watching: true,
    ask: {at: 'watch', text: containing('mara')},
  });
  expect(await say(watched, {say: 'yes'})).toMatchObject({ok: false});
  expect(await say(first, {say: 'yes'})).toEqual({ok: true});
  await waitFor(() => current(watched.snapshot().state)?.item.step.title === 'Tell the others', {
    what: 'the watcher to see the step end',
    timeoutMs: 15_000,
  });

  expect(await say(watched, {say: 'take-over', reason: 'mara went home'})).toEqual({ok: true});
  expect(watched.snapshot()).toMatchObject({watching: false, state: {operator: 'noor'}});
  expect(await say(first, {say: 'done'})).toMatchObject({ok: false});
  expect(first.snapshot()).toMatchObject({watching: true, state: {operator: 'noor'}});
  expect(await say(watched, {say: 'done'})).toEqual({ok: true});
  first.close();
  watched.close();
});

test('a ledger that is full refuses the answer with exit 3, starts nothing, and still shows the run', async () => {
  const dir = tempDir();
  const before = await openConsole({dir, runbooks: {restart: book}});
  const run = await before.desk.start({runbook: 'restart', service: 'api'});
  run.close();
  await before.close();
  const db = new Database(join(dir, 'home/ledger.db'), {readonly: true});
  const pages = Number(db.pragma('page_count', {simple: true}));
  db.close();
  const started: string[] = [];
  const full = await opened({
    dir,
    operator: 'mara',
    ledger: {pragmas: [`max_page_count=${pages}`], session: before.session},
    world: {
      session: before.session,
      runners: {
        start: job => {
          started.push(job);
          return {ended: Promise.resolve({said: ''})};
        },
      },
    },
  });
  const again = await full.desk.open(run.run, {walk: true});
  let answered = await say(again, {say: 'yes'});
  // A page may still have room for a few small entries; each is recorded before anything starts.
  for (let i = 0; i < 200 && answered.ok; i += 1) answered = await say(again, {say: 'yes'});
  const runsBefore = started.length;
  expect(answered).toMatchObject({ok: false, why: containing('full')});
  expect(again.snapshot().ask).toMatchObject({at: 'watch', text: containing('full')});
  expect(again.snapshot().state.walk).toHaveLength(3);
  expect(await say(again, {say: 'yes'})).toMatchObject({ok: false});
  expect(started).toHaveLength(runsBefore);
  await expect(full.desk.start({runbook: 'restart', service: 'db'})).rejects.toMatchObject({exitStatus: 3});
  again.close();
});

test('a ledger that can only be read starts nothing and says why, with exit 3', async () => {
  const dir = tempDir();
  const before = await openConsole({dir, runbooks: {restart: book}});
  const run = await before.desk.start({runbook: 'restart', service: 'api'});
  run.close();
  await before.close();
  const readOnly = await opened({dir, ledger: {pragmas: ['query_only=1']}});
  await expect(readOnly.desk.start({runbook: 'restart', service: 'db'})).rejects.toMatchObject({
    exitStatus: 3,
  });
  const watched = await readOnly.desk.open(run.run, {walk: false});
  expect(watched.snapshot().state.walk[0]?.state.at).toBe('waiting');
  watched.close();
});

test('a site that is not trusted is read, not acted on', async () => {
  const dir = tempDir();
  const here = await opened({dir});
  const untrusted = await opened({
    dir,
    world: {site: {...here.world.site, trust: {at: 'new', why: 'nobody has looked at it'}}},
  });
  await expect(untrusted.desk.start({runbook: 'restart', service: 'api'})).rejects.toMatchObject({
    code: 'SITE_UNTRUSTED',
    exitStatus: 3,
  });
});

test('a runbook that changes during the run stops it with a diff; it can only be left', async () => {
  const dir = tempDir();
  const here = await opened({dir});
  const run = await here.desk.start({runbook: 'restart', service: 'api'});
  writeFileSync(join(dir, 'site/runbooks/restart.md'), book.replace('echo done', 'echo other'));
  expect(await say(run, {say: 'yes'})).toMatchObject({ok: false});
  const {ask, choices} = run.snapshot();
  expect(ask).toMatchObject({at: 'failed', text: containing('-    echo done\n+    echo other')});
  expect(choices.map(({say: what}) => what)).toEqual(['escalate', 'abort']);
  expect(await say(run, {say: 'abort', reason: 'changed'})).toEqual({ok: true});
  run.close();
});

test('a look that fails is red, one that passes later is green, and neither needs a step runner', async () => {
  const dir = tempDir();
  const answers: Verdict[] = ['fail', 'pass'];
  const here = await opened({
    dir,
    runbooks: {
      look: '# Look\n\nVerify:\n\n- It is ready\n\n  <!-- qd: {"type":"check","check":"ready"} -->\n',
    },
    look: async ({check}) => Promise.resolve(check === 'ready' ? [looked(answers.shift() ?? 'pass')] : []),
  });
  const run = await here.desk.start({runbook: 'look', service: 'api'});
  const idle = async (): Promise<boolean> =>
    waitFor(() => run.snapshot().ask.at !== 'busy', {what: 'the look'});
  await say(run, {say: 'yes'});
  await idle();
  expect(run.snapshot().ask).toMatchObject({at: 'failed', text: 'failed: ready: it says fail'});
  await say(run, {say: 'retry'});
  await say(run, {say: 'yes'});
  await idle();
  expect(run.snapshot().ask.at).toBe('finish');
  const entries = await here.ledger.read({run: run.run, kinds: ['step.intent']});
  expect(entries).toEqual([]);
  run.close();
});

test('what a file asks for and this version does not carry out stops before anything is recorded as done', async () => {
  const dir = tempDir();
  const here = await opened({
    dir,
    runbooks: {
      far: '# Far\n\nProcedure:\n\n1. There\n\n   ```sh {"name":"far","on":"db1","effect":"write"}\n   true\n   ```\n',
      prod: '---\nenvironments: [production]\n---\n# Prod\n\nProcedure:\n\n1. Here\n',
    },
  });
  const run = await here.desk.start({runbook: 'far', service: 'api'});
  expect(run.snapshot().ask).toMatchObject({at: 'failed', text: containing('"db1"')});
  expect(await say(run, {say: 'yes'})).toMatchObject({ok: false});
  run.close();
  await expect(here.desk.start({runbook: 'prod', service: 'db'})).rejects.toMatchObject({
    code: 'RUN_REFUSED',
  });
  await expect(here.desk.start({runbook: 'fra', service: 'db'})).rejects.toMatchObject({
    code: 'RUNBOOK_NOT_FOUND',
    hint: containing('far'),
  });
});
