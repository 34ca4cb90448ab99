// Doing a confirmed step: a step runner is started, or the console looks by itself. The ledger says how it went.
import {dirname} from 'node:path';
import type {Entry, NewEntry} from '../../domain/entry.ts';
import type {QdError} from '../../domain/error.ts';
import {stepIntent} from '../../domain/kinds-run.ts';
import {current, targetOf, type Item, type RunState} from '../../domain/run.ts';
import type {Stance} from '../../domain/run-rules.ts';
import type {Runbook} from '../../domain/runbook.ts';
import type {StepPlan} from '../../define.ts';
import type {Job} from '../runner/job.ts';
import {outputFile} from '../runner/output-file.ts';
import {keptBytes} from '../runner/output.ts';
import {lookStep, resultsBody} from './looking.ts';
import type {Plans} from './plans.ts';
import {refusalOf, stopsWriting} from './refusal.ts';
import type {RunWorld} from './world.ts';

export interface Acting {
  /** What this console is doing right now for the current step. */
  busy(): Stance['busy'];
  /** Does the step that was just confirmed. */
  begin(): void;
  /** Ends a look of this console; false when there is none. */
  cancel(): boolean;
  /** Output of a step that has an intent and no outcome, as far as it was captured. */
  captured(intent: Entry): Promise<Uint8Array | undefined>;
}

export interface ActingScene {
  readonly world: RunWorld;
  readonly state: () => RunState;
  readonly plans: Plans;
  readonly runbook: Runbook;
  /** Called when the console has done its part, with what went wrong; `done` ends its being busy. */
  readonly onEnd: (why: string | undefined, done: () => void) => Promise<void>;
  readonly refused: (error: QdError) => void;
}

/** What this console does for one attempt of one step. */
interface Doing {
  readonly item: string;
  readonly attempt: number;
  readonly busy: NonNullable<Stance['busy']>;
  readonly look?: AbortController;
}

const doingNow = (
  {clock}: RunWorld,
  {
    item,
    attempt,
    what,
    look,
  }: {readonly item: Item; readonly attempt: number; readonly what: string; readonly look?: AbortController},
): Doing => ({
  item: item.id,
  attempt,
  busy: {what, sinceMs: clock.nowMs(), stoppable: look !== undefined},
  ...(look === undefined ? {} : {look}),
});

export function acting(scene: ActingScene): Acting {
  const {world, state, plans} = scene;
  let doing: Doing | undefined;

  /** The step is over for this console; a step that was begun meanwhile stays what is being done. */
  const end = async (mine: Doing, why: string | undefined): Promise<void> =>
    scene.onEnd(why, () => {
      if (doing === mine) doing = undefined;
    });

  /** Secrets are looked up at the last moment and go through the pipe. Resolves with what the runner said when it refused. */
  const handOver = async (job: Job): Promise<string> => {
    const found = await world.secrets.resolve(scene.runbook.meta.secrets);
    if (found.at === 'failed') return `${found.message} ${found.hint}`;
    const secrets = Object.fromEntries(found.values.map(({name, value}) => [name, value]));
    const {ended} = world.runners.start(JSON.stringify({...job, secrets, mask: world.secrets.values()}));
    return (await ended).said;
  };

  const startRunner = (item: Item, plan: StepPlan): void => {
    const job = jobFor(scene, item, plan);
    if (job === undefined) return;
    const mine = doingNow(world, {item, attempt: job.attempt, what: 'starting'});
    doing = mine;
    void handOver(job)
      .then(async said => end(mine, said === '' ? undefined : said))
      .catch(async (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        return end(mine, `The step runner could not be started: ${why}`);
      });
  };

  const startLook = (item: Item, plan: StepPlan): void => {
    const controller = new AbortController();
    const {run, head, service} = state();
    const attempt = current(state())?.state.attempt ?? 1;
    const mine = doingNow(world, {item, attempt, what: plan.lines.join(' '), look: controller});
    doing = mine;
    void lookStep(plan, {world, service, signal: controller.signal})
      .then(async looked => {
        if (looked === undefined) return end(mine, 'Stopped; nothing was recorded as seen.');
        const {verdict, message, durationMs, results} = looked;
        const entry: NewEntry = {
          kind: 'step.outcome',
          run,
          step: item.id,
          body: {
            attempt,
            verdict,
            message,
            by: 'machine',
            durationMs,
            ...(results.length === 0 ? {} : {results: resultsBody(results)}),
          },
        };
        const result = await world.ledger.append({entries: [entry], ifRunHead: {run, seq: head}});
        if (result.ok) return end(mine, undefined);
        const error = refusalOf(result);
        if (stopsWriting(result)) scene.refused(error);
        return end(mine, error.message);
      })
      .catch(async (error: unknown) => end(mine, error instanceof Error ? error.message : String(error)));
  };

  return {
    busy: () => {
      const walked = current(state());
      const isMine = doing?.item === walked?.item.id && doing?.attempt === walked?.state.attempt;
      return isMine ? doing?.busy : undefined;
    },
    begin: () => {
      const walked = current(state());
      const plan = walked === undefined ? undefined : plans.planOf(walked.item);
      if (walked === undefined || plan === undefined) return;
      if (plan.act.at === 'command' || plan.act.at === 'http') startRunner(walked.item, plan);
      else if (plan.act.at !== 'person') startLook(walked.item, plan);
    },
    cancel: () => {
      doing?.look?.abort();
      return doing?.look !== undefined;
    },
    captured: async entry => {
      const attempt = stepIntent.safeParse(entry.body).data?.attempt ?? 1;
      const file = outputFile(world.ledger.dir, {run: entry.run ?? '', step: entry.step ?? '', attempt});
      const found = await world.files.read(file, keptBytes.head + 4096);
      return found.at === 'read' ? found.bytes : undefined;
    },
  };
}

/** The job for the step runner; undefined when the plan is nothing that a runner does. */
function jobFor({world, state, runbook}: ActingScene, item: Item, plan: StepPlan): Job | undefined {
  const {act} = plan;
  if (act.at !== 'command' && act.at !== 'http') return undefined;
  const now = state();
  const {attempt} = current(now)?.state ?? {attempt: 1};
  const vars = Object.fromEntries(
    runbook.meta.vars.flatMap(({name, default: value}) => (value === undefined ? [] : [[name, value]])),
  );
  return {
    v: 1,
    ledger: {dir: world.ledger.dir, ...placeOf(world.ledger.origin), version: world.version},
    actor: world.actor,
    run: now.run,
    step: item.id,
    attempt,
    confirm: now.head,
    fence: now.fence,
    runbook: now.runbookSha,
    effect: item.step.effect,
    target: targetOf(now, item),
    act: act.at === 'command' ? {at: 'command', argv: [...act.argv]} : {...act, headers: {...act.headers}},
    timeoutMs: plan.timeoutMs,
    graceMs: plan.graceMs,
    atLimit: plan.atLimit,
    ...(plan.expect === undefined ? {} : {expect: plan.expect}),
    cwd: runbook.meta.cwd ?? dirname(world.site.file),
    vars,
  };
}

/** Site and host as the log's own name says them: `quarterdeck/<site>/<host>/<id>`. */
function placeOf(origin: string): {readonly site: string; readonly host: string} {
  const [, site = 'site', host = 'host'] = origin.split('/');
  return {site, host};
}
