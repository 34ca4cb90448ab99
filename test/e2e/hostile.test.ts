// Runbooks and commands that attack: nothing of them reaches a terminal raw, and what they start is contained.
import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import path from 'node:path';
import {expect, onTestFinished, test} from 'vitest';
import {z} from 'zod';
import {robot, type PtyRobot} from '../helpers/robot.ts';
import {waitFor} from '../helpers/wait.ts';
import {asEntities, asJson, attacks, expectDrawn, expectPlain} from './attacks.ts';
import {launcher, nodeLine, place, pressUntil, startRun, textOf, type Place} from './place.ts';

const fence = '```';
const lines = (make: (attack: string, i: number) => string): string => attacks.map(make).join('\n');
const oneLine = (text: string): string => text.replaceAll('\r', '&#13;');

const everything = `${oneLine(attacks.join(' '))} ${attacks.map(asEntities).join(' ')}`;

/** Attacks in every place of a runbook that is shown: as they are, as entities, and in attributes. */
const hostileBook = `---
owner: ${oneLine(attacks.join(''))}
tags: [${oneLine(attacks[1] ?? '')}]
---
# Append a line ${oneLine(attacks[1] ?? '')}

Some prose ${everything}

## Symptoms

${lines(attack => `- symptom ${oneLine(attack)} and ${asEntities(attack)}`)}

## What not to do

${lines(attack => `- Never ${oneLine(attack)} nor ${asEntities(attack)}`)}

## Procedure

1. Say ${everything}

   > [!WARNING]
   > Careful ${everything}

   ${fence}sh {"name":"say","effect":"write","title":${asJson(`Say ${attacks.join(' ')}`)}}
   echo said # ${oneLine(attacks.slice(0, 4).join(' '))}
   ${fence}

2. Go on ${everything}?
   - **Yes ${oneLine(attacks[1] ?? '')}**: go ${everything}
   - **No**: go on

## Verify

- It holds ${everything}
`;

/** A command on a terminal; what the terminal got. */
async function onTerminal(here: Place, ...args: string[]): Promise<string> {
  const on = atTerminal(here, ...args);
  await on.ended(20_000);
  return on.written();
}

function atTerminal(here: Place, ...args: string[]): PtyRobot {
  const on = robot({command: process.execPath, args: [launcher, ...args], cwd: here.dir, env: here.env});
  onTestFinished(() => on.kill());
  return on;
}

/** Answers a line-by-line command as somebody who reads first. */
async function answer(on: PtyRobot, line: string, next: RegExp): Promise<void> {
  await on.settles(500);
  const mark = on.written().length;
  await on.send(`${line}\r`);
  await waitFor(() => next.test(on.written().slice(mark)), {
    what: () => `${String(next)} after ${JSON.stringify(line)}; it says:\n${on.written().slice(-2_000)}`,
    timeoutMs: 20_000,
  });
}

test('what a runbook says never reaches a terminal raw: lists, reading, lint and a walk line by line', async () => {
  const here = place({runbooks: {append: hostileBook, 'na\x1b]0;owned\x07me': hostileBook}});
  const file = path.join(here.site, 'runbooks', 'append.md');
  for (const args of [
    ['runbook', 'list'],
    ['runbook', 'list', '--search', 'symptom'],
    ['runbook', 'show', 'append'],
    ['runbook', 'lint', file],
    ['runbook', 'show', 'no\x1b]0;owned\x07thing'],
  ]) {
    const said = await onTerminal(here, ...args);
    expect(said.length, args.join(' ')).toBeGreaterThan(20);
    expectPlain(said, args.join(' '));
    const piped = await here.qd(...args);
    expectPlain(piped.out + piped.err, `${args.join(' ')} in a pipe`);
  }

  const on = atTerminal(here, 'runbook', 'run', 'append', '--service', 'api');
  for (let i = 0; i < 40 && !/Run [0-9a-f]{8} is over/.test(on.written()); i += 1) {
    await waitFor(() => / > $|is over/.test(on.written()), {
      what: () => `a question; it says:\n${on.written().slice(-2_000)}`,
      timeoutMs: 20_000,
    });
    const prompt = on.written().slice(on.written().lastIndexOf('\n') + 1);
    const key = prompt.includes('y ') ? 'y' : prompt.includes('1 ') ? '1' : '';
    await answer(on, key, / > $|is over/);
  }
  expect(on.written()).toMatch(/is over: passed/);
  expectPlain(on.written(), 'a walk line by line');
  for (const args of [
    ['ledger', 'tail', '-n', '100'],
    ['ledger', 'tail', '-n', '100', '--json'],
  ])
    expectPlain(await onTerminal(here, ...args), args.join(' '));
});

test('what a runbook says never reaches the terminal of the console raw, and is shown with marks', async () => {
  const here = place({runbooks: {append: hostileBook}});
  const on = here.console({cols: 120, rows: 40});
  await on.sees('✖ port', 30_000);
  const before = on.written().length;
  await on.press('B');
  await on.sees(/RUNBOOKS/i, 20_000);
  await on.press('enter');
  await on.settles(300);
  for (let i = 0; i < 6; i += 1) await on.press('pagedown');
  await on.settles(300);
  await on.press('S');
  await on.sees('The service');
  await startRun(on);
  await pressUntil(on, 'enter', 'y run');
  expect(textOf(on)).toContain('␛');
  await pressUntil(on, 'y', '1  Yes');
  await pressUntil(on, '1', 'Does this hold');
  await on.press('L');
  await on.settles(300);
  expectDrawn(on.written().slice(before), 'the console');
  expect(on.isAlternate()).toBe(true);
  await on.press('q');
  await on.ended(15_000);
});

test('what a command says never reaches the terminal of a walk line by line raw', async () => {
  const script = `process.stdout.write(${JSON.stringify(attacks.map(one => `${one}safe\n`).join(''))})`;
  const here = place({
    runbooks: {
      say: `# Say\n\nProcedure:\n\n1. Say it\n\n   ${fence}sh {"name":"say","effect":"read"}\n   ${nodeLine(script)}\n   ${fence}\n`,
    },
  });
  const on = atTerminal(here, 'runbook', 'run', 'say', '--service', 'api');
  await on.sees(/look now.*>/, 20_000);
  await answer(on, '', /safe[^]*finish as passed.* > $/);
  await answer(on, 'y', /is over/);
  expectPlain(on.written().replaceAll(script, ''), 'the walk');
});

const step = (attributes: string, script: string): string =>
  `# Contain\n\nProcedure:\n\n1. Do it\n\n   ${fence}sh {"name":"do",${attributes}}\n   ${nodeLine(script)}\n   ${fence}\n\n2. Go on\n`;

/** Walks the first step by answers, and aborts at the second or where it failed. */
async function walked(
  book: string,
): Promise<{readonly here: Place; readonly outcome: Record<string, unknown>}> {
  const here = place({runbooks: {contain: book}});
  const answers = path.join(here.dir, 'answers.json');
  writeFileSync(
    answers,
    JSON.stringify([
      {step: 'do', say: 'yes'},
      {say: 'abort', reason: 'enough was seen'},
    ]),
  );
  const said = await here.qd('runbook', 'run', 'contain', '--service', 'api', '--answers', answers);
  expectPlain(said.out + said.err, 'the walk');
  const outcome = (await here.entries()).find(({kind}) => kind === 'step.outcome');
  expect(outcome, said.out + said.err).toBeDefined();
  expect((await here.qd('ledger', 'verify')).status).toBe(0);
  return {here, outcome: outcome?.body ?? {}};
}

const sized = z.object({size: z.number(), kept: z.number(), full: z.string()});

test('a command that never stops talking is ended at its limit; what it said is counted and its ends are kept', async () => {
  const {outcome} = await walked(
    step(
      '"effect":"read","timeout":"2s"',
      'const yes = Buffer.from("y\\n".repeat(32768)); const say = () => { while (process.stdout.write(yes)); process.stdout.once("drain", say) }; say()',
    ),
  );
  expect(outcome).toMatchObject({verdict: 'fail', ended: 'limit'});
  const {size, kept, full} = sized.parse(outcome['output']);
  expect(size).toBeGreaterThan(4 * 1024 * 1024);
  expect(kept).toBeLessThan(1024 * 1024);
  expect(full).toMatch(/^[0-9a-f]{64}$/);
});

test('bytes at random are kept as bytes, and shown as text that is safe', async () => {
  const {here, outcome} = await walked(
    step(
      '"effect":"read","timeout":"20s"',
      'const fd = require("fs").openSync("/dev/urandom"); const some = Buffer.alloc(65536); for (let i = 0; i < 40; i++) { require("fs").readSync(fd, some); require("fs").writeSync(1, some) }',
    ),
  );
  expect(outcome).toMatchObject({verdict: 'pass', output: {size: 40 * 65_536}});
  const tail = await onTerminal(here, 'ledger', 'tail', '-n', '20');
  expectPlain(tail, 'ledger tail');
});

test('what a command started in sessions of its own ends with it at its limit', async () => {
  const grandchild =
    'process.on("SIGTERM", () => {}); process.on("SIGHUP", () => {}); require("fs").writeFileSync(process.env.HOME + "/grandchild", String(process.pid)); setInterval(() => {}, 1000)';
  const child = `const {spawn} = require("child_process"); spawn(process.execPath, ["-e", ${JSON.stringify(grandchild)}], {detached: true, stdio: "ignore"}).unref()`;
  const {here, outcome} = await walked(
    step(
      '"effect":"read","timeout":"2s","grace":"200ms"',
      `const {spawn} = require("child_process"); spawn(process.execPath, ["-e", ${JSON.stringify(child)}], {detached: true, stdio: "ignore"}).unref(); setInterval(() => {}, 1000)`,
    ),
  );
  expect(outcome).toMatchObject({verdict: 'fail', ended: 'limit'});
  const pid = Number(readFileSync(path.join(here.dir, 'grandchild'), 'utf8'));
  expect(pid).toBeGreaterThan(1);
  await waitFor(() => !existsSync(`/proc/${pid}`), {what: 'what left its session to be gone'});
});
