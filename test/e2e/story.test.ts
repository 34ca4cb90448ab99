// The main job, on a real terminal: green, broken for real, red, runbook walked with keys, green, ledger verified.
import {execFile} from 'node:child_process';
import path from 'node:path';
import {promisify} from 'node:util';
import {afterEach, expect, test} from 'vitest';
import {robot, type PtyRobot} from '../helpers/robot.ts';
import {tempDir} from '../helpers/temp.ts';
import {waitFor} from '../helpers/wait.ts';
import {parseLines, type Line} from './ledger-lines.ts';

const root = path.resolve(import.meta.dirname, '../..');
const launcher = path.join(root, 'bin/quarterdeck');
const run = promisify(execFile);
/** The demo's checks look every two to five seconds; two of them make a hard state. */
const twoIntervalsMs = 10_000;

let qd: PtyRobot | undefined;
afterEach(() => qd?.kill());

const stepRow = /^ Step (\d+)\b/m;

/** The first choice of the decision; not a time that ends in 1, before the choice that was made then. */
const firstChoice = /(?:^| )1 {2}Stopped/m;

/** The question that is open, as the screen shows it. */
const question = (screen: string): string => stepRow.exec(screen)?.[1] ?? '';

/** Presses the key that the screen asks for until the run is over, and says which keys were pressed. */
async function walk(on: PtyRobot): Promise<readonly string[]> {
  const pressed: string[] = [];
  for (let i = 0; i < 40; i++) {
    const text = (): string => on.screen().join('\n');
    await waitFor(() => /The run is over|↵ (?:look|go on|finish)|y run|(?:^| )1 {2}Stopped/m.test(text()), {
      timeoutMs: 60_000,
      what: () => `a question; the screen shows:\n${text()}`,
    });
    const now = text();
    if (now.includes('The run is over: passed.')) return pressed;
    const key = firstChoice.test(now) ? '1' : now.includes('y run') ? 'y' : 'enter';
    const step = question(now);
    // A key within the grace of a fresh dialog confirms nothing; pressing again is what a person does.
    await waitFor(
      async () => {
        await on.press(key);
        await on.settles(100);
        const later = text();
        return question(later) !== step || !/↵ (?:look|go on|finish)|y run|(?:^| )1 {2}Stopped/m.test(later);
      },
      {timeoutMs: 20_000, what: () => `${key} to be taken; the screen shows:\n${text()}`},
    );
    pressed.push(key);
  }
  throw new Error('the run did not end after forty answers');
}

test('an operator breaks the demo, walks the runbook with keys, and the ledger verifies', async () => {
  const home = path.join(tempDir(), 'home');
  const env = {QUARTERDECK_HOME: home, HOME: path.dirname(home), XDG_STATE_HOME: path.dirname(home)};
  const on = (qd = robot({command: process.execPath, args: [launcher, 'demo'], cwd: root, env}));
  await on.sees('all pass', 60_000);
  await on.sees('Press F to break the database');

  await on.press('F');
  await on.sees(/✖ Event ledger API/, twoIntervalsMs);
  await on.sees('since', twoIntervalsMs);

  await on.press('/');
  await on.type('event');
  await on.press('enter', 'r');
  await on.sees('Incident: Database Unavailable');
  await on.press('enter');
  await on.sees(/Which procedure|RUN [0-9a-f]{8}/);
  if (on.screen().join('\n').includes('Which procedure')) await on.press('enter');
  await on.sees(/RUN [0-9a-f]{8}/);
  await on.sees('Step 1');

  const keys = await walk(on);
  expect(keys).toContain('y');
  expect(keys).toContain('1');

  await on.press('escape');
  await on.sees('all pass', 20_000);
  await on.press('L', 'v');
  await on.sees(/✔ verified .* intact/, 20_000);
  await on.press('q');
  const {exitCode} = await on.ended(20_000);
  expect(exitCode).toBe(0);
  expect(on.isAlternate()).toBe(false);

  const ledger = async (...args: string[]): Promise<string> =>
    (
      await run(process.execPath, [launcher, '--home', home, 'ledger', ...args], {
        env: {...process.env, ...env},
      })
    ).stdout;
  expect(JSON.parse(await ledger('verify', '--json'))).toMatchObject({verified: true, verdict: 'intact'});
  expectOrder(parseLines(await ledger('tail', '-n', '1000', '--json')));
}, 180_000);

/** Every intent precedes its outcome, every confirm its intent. */
function expectOrder(lines: readonly Line[]): void {
  const confirmed = new Map<number, Line>();
  const intents = new Map<number, Line>();
  let outcomes = 0;
  for (const line of lines) {
    if (line.kind === 'step.confirm') confirmed.set(line.seq, line);
    if (line.kind === 'step.intent') {
      expect(confirmed.get(Number(line.body['confirm']))?.step).toBe(line.step);
      intents.set(line.seq, line);
    }
    if (line.kind === 'step.outcome' && line.of !== undefined && intents.has(line.of)) {
      expect(intents.get(line.of)?.step).toBe(line.step);
      intents.delete(line.of);
      outcomes += 1;
    }
  }
  expect(outcomes).toBeGreaterThanOrEqual(5);
  expect([...intents.keys()], 'intents without an outcome').toEqual([]);
}
