// One acting step, in the step runner: intent, wait until it is durable, act, outcome. LEDGER.md's order, fail closed.
import type {AppendResult, Json, NewEntry} from '../../domain/entry.ts';
import {actFor, type Act} from './act.ts';
import {valueOf} from './capturing.ts';
import {endingOf} from './ending.ts';
import {intentOf} from './intent.ts';
import type {Job} from './job.ts';
import {capture, type Capture} from './output.ts';
import type {Outcome, Scene} from './scene.ts';
import {jobProblem} from './words.ts';

export type {Scene} from './scene.ts';

export type Performed =
  /** `last`: the `seq` of its last entry; undefined when the outcome could only be spooled. */
  | {readonly at: 'done'; readonly last: number | undefined}
  /** Nothing was done, because the intent could not be made durable. */
  | {readonly at: 'refused'; readonly why: string};

/** Appends never wait longer than this for the outcome to be written before it is spooled. */
const appends = 3;
/** Between two tries. */
const pauseMs = 1_000;

export async function perform(job: Job, scene: Scene): Promise<Performed> {
  const {ledger} = scene;
  if (ledger.readOnly !== undefined) return {at: 'refused', why: ledger.readOnly};
  const problem = jobProblem(job);
  if (problem !== undefined) return {at: 'refused', why: problem};
  const act = await actFor(job);
  const intent = await ledger.append({
    entries: [intentOf(job, scene.self)],
    ifRunHead: {run: job.run, seq: job.confirm},
  });
  if (!intent.ok) return {at: 'refused', why: intent.message};
  const seq = intent.entries[0]?.seq;
  if (seq === undefined) return {at: 'refused', why: 'The ledger did not say where the intent was written.'};

  const began = scene.clock.monoMs();
  const output = capture(scene.random.bytes(16), scene.append);
  const {outcome, value} = scene.mask.json(asked(job, await tried(job, scene, {act, output})));
  const disclosed = output.disclosed();
  const entry: NewEntry = {
    kind: 'step.outcome',
    run: job.run,
    step: job.step,
    of: seq,
    body: {
      attempt: job.attempt,
      by: 'machine',
      durationMs: Math.max(0, Math.round(scene.clock.monoMs() - began)),
      ...plain(outcome),
    },
    disclosed: [...(disclosed === undefined ? [] : [disclosed]), ...(outcome.disclosed ?? [])],
  };
  const given = value === undefined ? undefined : valueEntry(job, value);
  return {at: 'done', last: await record(entry, given, scene)};
}

const valueEntry = ({run, step, attempt, capture: into}: Job, value: string): NewEntry => ({
  kind: 'step.value',
  run,
  step,
  body: {attempt, name: into?.name ?? '', from: 'output'},
  disclosed: [{ptr: '/body/value', value}],
});

interface Tried {
  readonly outcome: Outcome & {readonly tries?: number};
  /** Of the variable that takes the output. */
  readonly value?: string;
}

/** What the runbook expects in words is not for a program to judge: how it ended is told, a person says the rest. */
function asked({expected}: Job, {outcome, ...rest}: Tried): Tried {
  const {verdict, ended} = outcome;
  const isTold = verdict !== 'unknown' && ended !== 'operator' && ended !== 'disconnect';
  if (expected === undefined || !isTold) return {outcome, ...rest};
  return {...rest, outcome: {...outcome, verdict: 'unknown', expected}};
}

/** Tries it as often as the runbook says; what may still be going on is never started a second time. */
async function tried(
  job: Job,
  scene: Scene,
  {act, output}: {readonly act: Act; readonly output: Capture},
): Promise<Tried> {
  const most = job.expected === undefined ? 1 + (job.retries ?? 0) : 1;
  const wanted = job.expect === undefined ? job : {...job, expect: scene.mask.json(job.expect)};
  for (let tries = 1; ; tries += 1) {
    const ending = endingOf(job, scene);
    const {outcome, value} = await valueOf(job, await act(wanted, scene, {output, ending}), scene);
    ending.close();
    const {verdict, message, ended} = outcome;
    const isSure = job.effect === 'read' || (verdict === 'fail' && ended === undefined);
    const isOver = ended === 'operator' || ended === 'disconnect' || scene.stop.aborted;
    if (verdict === 'pass' || verdict === 'warn' || tries >= most || !isSure || isOver)
      return {
        outcome: tries === 1 ? outcome : {...outcome, message: `${message} (try ${tries} of ${most})`, tries},
        ...(value === undefined ? {} : {value}),
      };
    output.add(Buffer.from(`\n[try ${tries} of ${most}: ${scene.mask.text(message)}]\n`));
    await pause(scene);
  }
}

const pause = async ({clock, stop}: Scene): Promise<void> =>
  new Promise(resolve => {
    const cancel = clock.after(pauseMs, resolve);
    stop.addEventListener(
      'abort',
      () => {
        cancel();
        resolve();
      },
      {once: true},
    );
  });

/** The body, without what lies beside it. */
function plain(outcome: Outcome & {readonly tries?: number}): Record<string, Json> {
  const {
    verdict,
    message,
    status,
    signal,
    ended,
    requestId,
    expected,
    tries,
    items,
    survivors = [],
  } = outcome;
  const left = survivors.slice(0, 20).map(({pid, command}) => ({pid, command: command.slice(0, 500)}));
  return {
    verdict,
    message,
    ...(status === undefined ? {} : {status}),
    ...(signal === undefined ? {} : {signal}),
    ...(ended === undefined ? {} : {ended}),
    ...(requestId === undefined ? {} : {requestId}),
    ...(expected === undefined ? {} : {expected}),
    ...(tries === undefined ? {} : {tries}),
    ...(items === undefined ? {} : {items}),
    ...(left.length === 0 ? {} : {survivors: left}),
  };
}

/** Appends the outcome; when that cannot be, spools it. The `seq` of the last entry, when it is in the ledger. */
async function record(
  outcome: NewEntry,
  value: NewEntry | undefined,
  scene: Scene,
): Promise<number | undefined> {
  for (let round = 0; round < appends; round += 1) {
    let result: AppendResult;
    try {
      result = await scene.ledger.append({entries: value === undefined ? [outcome] : [outcome, value]});
    } catch {
      break;
    }
    if (result.ok) return result.entries.at(-1)?.seq;
    if (result.why !== 'locked') break;
  }
  await scene.spool(outcome, value);
  return undefined;
}
