// kill -9 of every process of a walk, one after the other, at random moments: nothing is lost, nothing is done twice.
//
// Alone: npm run test:real -- kill.test.ts. KILL_SEED=N repeats the moments of a run, KILL_ROUNDS=N changes how many.
import {existsSync, readFileSync} from 'node:fs';
import path from 'node:path';
import {expect, test} from 'vitest';
import type {Line} from '../e2e/ledger-lines.ts';
import {place, type Place} from '../e2e/place.ts';
import {killed, withEnvironment} from '../helpers/processes.ts';
import {numbers} from '../helpers/random.ts';
import {waitFor} from '../helpers/wait.ts';
import {book, steps} from './kill-book.ts';
import {isAgain, judge, standsAt, type Ends} from './kill-judge.ts';
import {pidOf, possible, sight, victims, type Victim} from './kill-victims.ts';
import {lineWalk, type LineWalk} from './line-walk.ts';

const rounds = Number(process.env['KILL_ROUNDS'] ?? 50);
const seed = Number(process.env['KILL_SEED'] ?? Date.now() % 2 ** 31);

interface Scene {
  readonly here: Place;
  /** `run/step#attempt`, one line for each time it was really done. */
  readonly traces: () => readonly string[];
  readonly next: (below: number) => number;
  /** Which process was killed, and at what; one line a kill. */
  readonly hits: string[];
}

interface At {
  readonly walk: LineWalk;
  readonly run: string;
  readonly step: number;
}

const entriesOf = async (here: Place, run: string): Promise<readonly Line[]> =>
  (await here.entries()).filter(entry => entry.run === run);

/** What the step's processes carry in their environment, and its line outside, at the attempt that is asked for now. */
async function markOf(here: Place, {run, step}: Omit<At, 'walk'>): Promise<string> {
  const again = (await entriesOf(here, run)).filter(isAgain(step));
  return `${run}/step-${step}#${again.length + 1}`;
}

/** A moment is a time; what it is counted from was seen. */
const spun = async (ms: number): Promise<void> => {
  const begin = performance.now();
  await waitFor(() => performance.now() - begin >= ms, {what: 'the moment'});
};

/** Confirms the step that is asked, and kills the victim at a moment of it. The walk to go on with. */
async function confirmAndKill(scene: Scene, {walk, run, step}: At, victim: Victim): Promise<LineWalk> {
  const {next, hits, here, traces} = scene;
  const wanted = possible[victim][next(possible[victim].length)] ?? 'asked';
  const mark = await markOf(here, {run, step});
  if (wanted !== 'asked') await walk.say('y');
  if (await sight(wanted, {walk, mark, traces})) {
    await spun(next(wanted === 'answered' ? 500 : 150));
    const pid = pidOf(victim, {walk, mark});
    if (pid !== undefined && killed(pid)) hits.push(`${victim}, after ${wanted}`);
  }
  if (victim !== 'console' && victim !== 'console that resumes') return walk;
  // Over before the sight came: then nobody was killed.
  killed(walk.pid);
  await walk.on.ended();
  if (victim === 'console that resumes') {
    const short = lineWalk(here, ['runbook', 'resume', run]);
    await spun(next(1_500));
    if (killed(short.pid)) hits.push('console, while it resumes');
    await short.on.ended();
  }
  return resumed(scene, {run, mark});
}

/** The next console stands at the step at which the run stands by its entries. */
async function resumed(
  {here, traces}: Scene,
  {run, mark}: {readonly run: string; readonly mark: string},
): Promise<LineWalk> {
  const walk = lineWalk(here, ['runbook', 'resume', run]);
  const asked = await walk.asked();
  const entries = await entriesOf(here, run);
  const stands = standsAt(entries);
  expect('step' in asked ? asked.step : steps + 1, `${mark}: ${walk.on.written().slice(-1500)}`).toBe(stands);
  // Nothing of it is under way any more: either its end is recorded, or it was never begun.
  if (asked.at === 'confirm' && mark.includes(`/step-${stands}#`)) expect(traces()).not.toContain(mark);
  return walk;
}

/** Answers for a step that ended badly: whoever decides has looked whether it happened. */
async function decide(scene: Scene, {walk, run, step}: At, at: 'failed' | 'unknown'): Promise<void> {
  const mark = await markOf(scene.here, {run, step});
  // What outlived its runner may still do its work; until it has ended nobody can know.
  await waitFor(() => withEnvironment(`QD_STEP=${mark}`).length === 0, {
    what: 'what survived to end',
    timeoutMs: 20_000,
  });
  if (at === 'failed') return walk.say('r');
  return scene.traces().includes(mark)
    ? walk.because('i', 'its line is in the file')
    : walk.because('d', 'its line is not in the file');
}

/** One run from its first question to its end, with a kill in every step until there were enough. */
async function walkOnce(scene: Scene, nextVictim: () => Victim | undefined): Promise<string> {
  let walk = lineWalk(scene.here, ['runbook', 'run', 'walk', '--service', 'api']);
  await walk.asked();
  const started = (await scene.here.entries()).filter(({kind}) => kind === 'run.start').at(-1);
  const run = started?.run ?? '';
  const tried = new Set<number>();
  for (;;) {
    const asked = await walk.asked();
    if (asked.at === 'over') break;
    if (asked.at === 'finish') await walk.say('y');
    else if (asked.at === 'reason') throw new Error('a reason is asked for out of turn');
    else if (asked.at === 'confirm') {
      const victim = tried.has(asked.step) ? undefined : nextVictim();
      tried.add(asked.step);
      if (victim === undefined) await walk.say('y');
      else walk = await confirmAndKill(scene, {walk, run, step: asked.step}, victim);
    } else await decide(scene, {walk, run, step: asked.step}, asked.at);
  }
  await walk.on.ended();
  return run;
}

test(`kill -9 of every process in turn at ${rounds} random moments (KILL_SEED=${seed}): each step is done, not started, or unknown, and never done twice undecided`, async ({
  annotate,
}) => {
  const random = numbers(seed);
  const here = place({runbooks: {walk: book}});
  const file = path.join(here.dir, 'traces');
  const scene: Scene = {
    here,
    traces: () => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []),
    next: below => random() % below,
    hits: [],
  };
  const ends: Ends[] = [];
  let turn = 0;
  while (scene.hits.length < rounds) {
    const run = await walkOnce(scene, () =>
      scene.hits.length < rounds ? victims[turn++ % victims.length] : undefined,
    );
    const entries = await entriesOf(here, run);
    ends.push(judge(entries, scene.traces(), run));
    expect(entries.at(-1)).toMatchObject({kind: 'run.finish', body: {result: 'passed'}});
    expect((await here.qd('ledger', 'verify')).status).toBe(0);
  }
  await annotate(summary(scene.hits, ends));
}, 1_200_000);

function summary(hits: readonly string[], ends: readonly Ends[]): string {
  const sum = (key: keyof Ends): number => ends.reduce((all, one) => all + one[key], 0);
  const told = [...new Set(hits)].toSorted().map(hit => `${hit}: ${hits.filter(one => one === hit).length}`);
  return `${ends.length} runs; attempts done ${sum('done')}, failed ${sum('failed')}, unknown ${sum('unknown')}, confirmed and never started ${sum('notStarted')}\n${told.join('\n')}`;
}
