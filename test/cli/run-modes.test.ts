import {join} from 'node:path';
import {mkdirSync, writeFileSync} from 'node:fs';
import {expect, onTestFinished, test} from 'vitest';
import {realFiles} from '../../src/adapters/files.ts';
import {runCommand} from '../../src/cli/frame.ts';
import {commands, groups} from '../../src/cli/index.ts';
import {walkLines} from '../../src/cli/run-lines.ts';
import {typedAnswers} from '../../src/cli/run-typed.ts';
import {withValues} from '../../src/cli/run-variables.ts';
import {QdError} from '../../src/domain/error.ts';
import {loadRunbooks} from '../../src/runbook/index.ts';
import {steps} from '../../src/steps/index.ts';
import {ledgerFiles} from '../../src/store/ledger-files.ts';
import {openConsole, type TestConsole} from '../engine/run/world.ts';
import {contextWith} from '../helpers/context.ts';
import {fakeClock, fakeEnv} from '../helpers/fakes.ts';
import {fakeTalk, type FakeTalk} from '../helpers/talk.ts';
import {tempDir} from '../helpers/temp.ts';
import {options} from '../store/helpers.ts';

const book = `---
vars:
  NODE: "the node | n-1 | n-[0-9]+"
---
# Mend

## Procedure

1. Look at it

   \`\`\`sh {"name":"look","effect":"read"}
   echo "node $NODE"
   \`\`\`

2. Say what you see

   <!-- qd: {"name":"seen","type":"attest"} -->

3. Change it

   \`\`\`sh {"name":"change","effect":"write"}
   echo changed
   \`\`\`
`;

async function opened(dir = tempDir()): Promise<TestConsole> {
  const here = await openConsole({dir, runbooks: {mend: book}, world: {source: 'answers'}});
  onTestFinished(async () => here.close());
  return here;
}

interface Walk {
  readonly status: number;
  readonly talk: FakeTalk;
}

async function walk(
  here: TestConsole,
  lines: readonly string[],
  {mode = 'live', given = {}}: {mode?: 'live' | 'rehearsal'; given?: Record<string, string>} = {},
): Promise<Walk> {
  const talk = fakeTalk({answers: lines});
  const {clock} = here.world;
  const run = await here.desk.start({runbook: 'mend', service: 'api', mode});
  const answers = withValues(typedAnswers({talk, clock}), new Map(Object.entries(given)), {clock});
  try {
    return {
      status: await walkLines(run, answers, {talk, clock, signal: new AbortController().signal}),
      talk,
    };
  } finally {
    run.close();
  }
}

test('a value is typed, refused with its pattern, or taken from an earlier run; keys stand behind a colon', async () => {
  const here = await opened();
  const first = await walk(here, ['x-9', 'n-7', '', 'y', 'calm', 'y', 'y']);
  expect(first.status).toBe(0);
  expect(first.talk.errors.join('\n')).toContain('n-[0-9]+');
  expect(first.talk.lines.join('\n')).toContain('| node n-7');
  const second = await walk(here, [':1', '', 'y', 'calm', 'y', 'y']);
  expect(second.talk.lines).toContain('  :1  n-7  (earlier)');
  expect(second.talk.lines.join('\n')).toContain('| node n-7');
  const third = await walk(here, [':x', 'no more']);
  expect(third.status).toBe(1);
  expect(third.talk.lines.join('\n')).toContain('is over: aborted');
});

test('a value given beforehand is not asked for; an attestation wants words', async () => {
  const here = await opened();
  const {status, talk} = await walk(here, ['', 'y', '', 'y', 'all calm', 'y', 'y'], {given: {NODE: 'n-3'}});
  expect(status).toBe(0);
  expect(talk.lines.join('\n')).toContain('| node n-3');
  expect(talk.errors.join('\n')).toContain('note');
  expect(talk.asked.filter(text => text.startsWith('What do you see?'))).toHaveLength(2);
});

test('a paused run says how it goes on; a rehearsal says DRILL and changes nothing', async () => {
  const here = await opened();
  const paused = await walk(here, ['', 'p', 'lunch']);
  expect(paused.status).toBe(2);
  expect(paused.talk.lines.at(-1)).toMatch(/^Go on with: quarterdeck runbook resume [0-9a-f]{8}$/);
  const drill = await walk(here, ['', '', 'y', 'calm', 'y', 'y'], {mode: 'rehearsal'});
  expect(drill.status).toBe(0);
  const text = drill.talk.lines.join('\n');
  expect(text).toContain('DRILL  Step');
  expect(text).toContain('– skipped  Change it  (rehearsal: not run)');
  expect(text).not.toContain('| changed');
  expect(text).toContain('Rehearsal');
});

/** `runbook run … --dry-run` in a folder without a site, where reaching for a ledger throws. */
async function dry(source: string, ...argv: readonly string[]): Promise<Walk> {
  const dir = tempDir();
  mkdirSync(join(dir, 'runbooks'));
  writeFileSync(join(dir, 'mend.md'), source);
  const talk = fakeTalk();
  const status = await runCommand(['runbook', 'run', './mend.md', '--dry-run', ...argv], {
    commands,
    groups,
    version: '0',
    talk,
    signal: new AbortController().signal,
    context: () =>
      contextWith({
        talk,
        cwd: dir,
        files: realFiles,
        clock: fakeClock(),
        env: fakeEnv({}),
        steps,
        site: async () => Promise.reject(new QdError('SITE_NOT_FOUND', 'no site')),
        runbooks: async () => loadRunbooks({files: realFiles, siteDir: dir, shippedDir: undefined}),
      }),
    console: async () => Promise.resolve(0),
  });
  return {status, talk};
}

test('a dry run shows every step with its command and needs neither a site nor a ledger', async () => {
  const {status, talk} = await dry(book, '--var', 'NODE=n-5');
  expect(status).toBe(0);
  const text = talk.lines.join('\n');
  expect(talk.asked).toEqual([]);
  for (const part of ['$ echo "node $NODE"', 'gets NODE=n-5', '$ echo changed', 'confirmed by y', 'NO SITE'])
    expect(text).toContain(part);
});

test('a dry run refuses values that nothing asks for or that do not match, before anything else', async () => {
  expect((await dry(book, '--var', 'NODES=n-5')).talk.errors.join('\n')).toContain('Did you mean `NODE`?');
  expect((await dry(book, '--var', 'NODE=x')).talk.errors.join('\n')).toContain('n-[0-9]+');
  for (const wrong of ['NODE', '=x', 'PATH=/x', 'node=1'])
    expect((await dry(book, '--var', wrong)).status, wrong).toBe(64);
});

test('a step that a guard of the file refuses, or that cannot be walked, makes a dry run say no', async () => {
  const refused = `${book}\n## What not to do\n\n- Never change it. <!-- qd: {"pattern":"argv: echo changed"} -->\n`;
  const {status, talk} = await dry(refused);
  expect([status, talk.lines.join('\n')]).toEqual([1, expect.stringContaining('✖ refused by')]);
  const folder = tempDir();
  writeFileSync(join(folder, 'change.sh'), '#!/bin/sh\n\necho changed\n');
  const script = refused
    .replace('---\n', `---\ncwd: ${folder}\n`)
    .replace('   echo changed', '   ./change.sh');
  expect((await dry(script)).talk.lines.join('\n')).toContain('./change.sh:3: echo changed');
  const unknown = book.replace('"effect":"write"', '"effect":"write","type":"approve"');
  const stuck = await dry(unknown);
  expect([stuck.status, stuck.talk.lines.join('\n')]).toEqual([
    1,
    expect.stringContaining('cannot be walked'),
  ]);
});

test('whoever attaches sees each step go, its output and the end, and may stop watching without harm', async () => {
  const dir = tempDir();
  const here = await opened(dir);
  const run = await here.desk.start({runbook: 'mend', service: 'api'});
  onTestFinished(() => run.close());
  const stop = new AbortController();
  const attach = async (signal: AbortSignal, ...argv: readonly string[]): Promise<Walk> => {
    const talk = fakeTalk();
    const {world} = here;
    const status = await runCommand(['runbook', 'attach', run.run.slice(-8), ...argv], {
      commands,
      groups,
      version: '0',
      talk,
      signal,
      context: () =>
        contextWith({
          clock: world.clock,
          random: world.random,
          processes: world.processes,
          files: world.files,
          secrets: world.secrets,
          steps: world.steps,
          actor: world.actor,
          session: world.session,
          version: world.version,
          env: fakeEnv({}),
          checks: [],
          talk,
          signal,
          cwd: dir,
          site: async () => Promise.resolve(world.site),
          homeDir: async () => Promise.resolve(join(dir, 'home')),
          runners: () => world.runners,
          ledgerFiles: ledgerFiles(
            async at => Promise.resolve(options(at, {pollMs: 50, clock: here.world.clock})),
            process.getuid?.() ?? -1,
          ),
        }),
      console: async () => Promise.resolve(0),
    });
    return {status, talk};
  };
  const lines = attach(stop.signal);
  const json = attach(new AbortController().signal, '--json');
  stop.abort();
  expect(await lines).toMatchObject({status: 0});
  expect((await lines).talk.errors).toEqual(['You stopped watching; the run goes on.']);
  const {clock} = here.world;
  const talk = fakeTalk({answers: ['', '', 'y', 'calm', 'y', 'y']});
  expect(
    await walkLines(run, typedAnswers({talk, clock}), {talk, clock, signal: new AbortController().signal}),
  ).toBe(0);
  const seen = await json;
  expect(seen.status).toBe(0);
  const values = seen.talk.values as {at: string; text?: string; result?: string}[];
  expect(values.at(-1)).toMatchObject({at: 'over', result: 'passed'});
  expect(values.filter(({at}) => at === 'output').map(({text}) => text)).toEqual(['node n-1\n', 'changed\n']);
  expect(values.filter(({at}) => at === 'entry').length).toBeGreaterThan(8);
});
