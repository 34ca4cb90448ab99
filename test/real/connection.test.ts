// The console at the end of an ssh connection that is killed, frozen or closed during each kind of step.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import type {Line} from '../e2e/ledger-lines.ts';
import {openRunOf, place, pressUntil, startRun, textOf} from '../e2e/place.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {kinds, type Kind, type Outside} from './connection-kinds.ts';
import {isGone, logins, losses} from './logins.ts';
import {heldServer} from './held-server.ts';
import {sshAlias, sshServer} from './sshd.ts';

const book = (step: string): string => `# Append a line

Procedure:

1. Tell the others

${step}
3. Write it down
`;

const ways = ['killed', 'frozen', 'closed'] as const;
const cases = kinds.flatMap(kind => ways.map(way => [kind.what, way, kind] as const));

test.each(cases)('%s, the connection %s: the next login goes on at that step', async (_, way, kind) => {
  const server = await heldServer();
  const sshd = await sshServer();
  const dir = tempDir();
  const here = place({
    runbooks: {append: book(kind.step({origin: server.origin, dir}))},
    env: {HOME: dir, PATH: `${sshAlias(sshd).bin}:${process.env['PATH'] ?? ''}`},
  });
  const appended = path.join(dir, 'appended');
  const lines = (): number =>
    existsSync(appended) ? readFileSync(appended, 'utf8').split('\n').length - 1 : 0;
  const outside: Outside = {
    go: () => {
      writeFileSync(path.join(dir, 'go'), '');
      server.go();
    },
    traces: () => lines() + server.asked(),
  };
  const login = await logins(here, sshd);
  const first = login();
  await startRun(first);
  await pressUntil(first, 'y', 'Step 2');
  await kind.reach(first);
  expect(lines()).toBe(0);
  // A frozen client is still connected when the step ends; after a closed one it ends at the next login.
  const isOver = async (): Promise<void> => {
    if (kind.then === 'asks' || way === 'closed' || (kind.then === 'ends' && way === 'killed')) return;
    outside.go();
    await waitFor(async () => outcomes(await here.entries()).length === 1, {
      what: 'the outcome',
      timeoutMs: 30_000,
    });
  };
  await losses[way](first, isOver);
  await isGone(here);

  const next = login();
  await next.sees('The service', 30_000);
  await openRunOf(next);
  const isDone = kind.then === 'runs' ? way !== 'closed' : kind.then === 'ends' && way === 'frozen';
  await next.sees(isDone ? 'Step 3' : 'Step 2', 20_000);
  const before = await here.entries();
  if (kind.then === 'runs') outside.go();
  else if (kind.then === 'asks') {
    // Nothing was ended by what was lost.
    expect(before.filter(({step, kind: one}) => step === 'act' && one !== 'step.confirm')).toEqual([]);
    await kind.answer(next);
  } else if (!isDone) {
    expect(outcomes(before)).toHaveLength(1);
    expect(outcomes(before)[0]?.body['verdict']).not.toBe('pass');
    await kind.again(next);
    expect(outside.traces()).toBe(0);
    outside.go();
    await pressUntil(next, 'space', 'Step 3', 40_000);
  }
  await next.sees('Step 3', 30_000);
  await pressUntil(next, 'y', /↵ finish/);
  await pressUntil(next, 'enter', 'The run is over: passed.');
  await next.press('q');
  expect((await next.ended(20_000)).exitCode, textOf(next)).toBe(0);

  const after = await here.entries();
  expect(outside.traces()).toBe(kind.traces);
  expectOnce(after, kind, isDone);
  expect((await here.qd('ledger', 'verify')).status).toBe(0);
});

test('a client that is frozen, and a second login that takes the run over: the first one watches when it is back', async () => {
  const here = place({stepMs: 300});
  const login = await logins(here);
  const first = login();
  await startRun(first);
  await first.sees('Run this on STAGING / api?', 20_000);
  await first.settles(500);
  process.kill(first.pid, 'SIGSTOP');
  // Typed into the frozen terminal, when nobody sees what is asked by then.
  await first.send('y');

  const next = login();
  await next.sees('The service', 30_000);
  await openRunOf(next);
  await next.sees('walks this run; you watch', 20_000);
  await pressUntil(next, 'T', 'Take this run over');
  await next.settles(500);
  await next.type('the laptop sleeps');
  await next.press('enter');
  await next.sees('Run this on STAGING / api?', 15_000);
  process.kill(first.pid, 'SIGCONT');
  await first.sees('walks this run; you watch', 20_000);
  expect(here.lines()).toBe(0);
  await pressUntil(next, 'y', 'Step 2', 30_000);
  expect(here.lines()).toBe(1);
  await first.sees('Step 2', 15_000);
  for (const on of [first, next]) {
    await on.press('q');
    await on.settles(200);
    if (on.isAlternate()) await on.press('y');
    await on.ended(20_000);
  }
  const entries = await here.entries();
  expect(entries.filter(({kind}) => kind === 'run.handover')).toHaveLength(1);
  expect(entries.filter(({kind}) => kind === 'step.intent')).toHaveLength(1);
  expect((await here.qd('ledger', 'verify')).status).toBe(0);
});

const outcomes = (entries: readonly Line[]): readonly Line[] =>
  entries.filter(({kind, step}) => kind === 'step.outcome' && step === 'act');

/** Each intent has one end, one of them good, and one console took the run up again. */
function expectOnce(entries: readonly Line[], {traces, then}: Kind, isDone: boolean): void {
  const intents = entries.filter(({kind}) => kind === 'step.intent');
  expect(intents).toHaveLength(then === 'ends' && !isDone ? 2 : traces);
  for (const {seq} of intents) expect(outcomes(entries).filter(({of}) => of === seq)).toHaveLength(1);
  if (traces > 0) expect(outcomes(entries).filter(({body}) => body['verdict'] === 'pass')).toHaveLength(1);
  expect(entries.filter(({kind}) => kind === 'run.resume')).toHaveLength(1);
  expect(entries.filter(({kind}) => kind === 'step.unknown')).toEqual([]);
  if (then === 'runs')
    expect(entries.filter(({kind, step}) => kind === 'step.confirm' && step === 'act')).toHaveLength(1);
  expect(entries.filter(({kind}) => kind === 'run.finish')).toMatchObject([{body: {result: 'passed'}}]);
}
