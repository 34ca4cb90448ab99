// Doing a confirmed step: a step runner is started, or the console looks by itself. The ledger says how it went.
import type {Entry, NewEntry} from '../../domain/entry.ts';
import type {QdError} from '../../domain/error.ts';
import {stepIntent} from '../../domain/kinds-run.ts';
import {refusedEntry} from '../../domain/run-entries.ts';
import {
  current,
  isRehearsed,
  levelOf,
  refusing,
  type Item,
  type Level,
  type RunState,
} from '../../domain/run.ts';
import type {Stance} from '../../domain/run-situation.ts';
import type {Runbook} from '../../domain/runbook.ts';
import type {StepPlan} from '../../define.ts';
import type {Job} from '../runner/job.ts';
import {outputFile} from '../runner/output-file.ts';
import {keptBytes} from '../runner/output.ts';
import {jobFor} from './job-for.ts';
import {lookForCommands, lookStep, resultsBody} from './looking.ts';
import type {Prepared} from './prepare.ts';
import {refusalOf, stopsWriting} from './refusal.ts';
import type {RunWorld} from './world.ts';

export interface Acting {
  /** What this console is doing right now for the current step. */
  busy(): Stance['busy'];
  /** Does the step that was just confirmed, unless it must be confirmed more firmly than that by now. */
  begin(confirmed: Level | undefined): void;
  /** Looks without having been told to; nothing for a step that is no look. */
  look(): void;
  /** Ends a look of this console; false when there is none. */
  cancel(): boolean;
  /** Output of a step that has an intent and no outcome, as far as it was captured. */
  captured(intent: Entry): Promise<Uint8Array | undefined>;
}

export interface ActingScene {
  readonly world: RunWorld;
  readonly state: () => RunState;
  /** The current step as it would be done right now. */
  readonly prepared: () => Prepared;
  /** The file that a step stands in. */
  readonly runbookOf: (item: Item) => Runbook;
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
  const {world, state} = scene;
  let doing: Doing | undefined;

  /** The step is over for this console; a step that was begun meanwhile stays what is being done. */
  const end = async (mine: Doing, why: string | undefined): Promise<void> =>
    scene.onEnd(why, () => {
      if (doing === mine) doing = undefined;
    });

  /** Secrets are looked up at the last moment and go through the pipe. Resolves with what the runner said when it refused. */
  const handOver = async (job: Job, item: Item): Promise<string> => {
    const found = await world.secrets.resolve(scene.runbookOf(item).meta.secrets);
    if (found.at === 'failed') return `${found.message} ${found.hint}`;
    const secrets = Object.fromEntries(found.values.map(({name, value}) => [name, value]));
    const text = JSON.stringify({...job, secrets, mask: world.secrets.values()});
    if (job.act.at !== 'terminal') return (await world.runners.start(text).ended).said;
    if (world.terminal === undefined) return 'There is no terminal here to hand over.';
    return (await world.terminal(text)).said;
  };

  const startRunner = (item: Item, job: Job): void => {
    const mine = doingNow(world, {item, attempt: job.attempt, what: 'starting'});
    doing = mine;
    void handOver(job, item)
      .then(async said => end(mine, said === '' ? undefined : said))
      .catch(async (error: unknown) => {
        const why = error instanceof Error ? error.message : String(error);
        return end(mine, `The step runner could not be started: ${why}`);
      });
  };

  /** What is forbidden by now is not begun, although it was confirmed; the run stays at the step. */
  const refuseNow = (item: Item, refusal: Parameters<typeof refusedEntry>[0]): void => {
    const {run, head} = state();
    const attempt = current(state())?.state.attempt ?? 1;
    const mine = doingNow(world, {item, attempt, what: 'refused'});
    doing = mine;
    void world.ledger
      .append({
        entries: [{...refusedEntry(refusal), run, step: item.id}],
        ifRunHead: {run, seq: head},
      })
      .then(async result => end(mine, result.ok ? `Refused: ${refusal.title}` : refusalOf(result).message))
      .catch(async (error: unknown) => end(mine, error instanceof Error ? error.message : String(error)));
  };

  /** A file that it runs has changed since it was confirmed: nothing is begun, and the question is put anew. */
  const askAgain = (item: Item): void => {
    const attempt = current(state())?.state.attempt ?? 1;
    const mine = doingNow(world, {item, attempt, what: 'asked again'});
    doing = mine;
    void end(mine, 'What this would run has changed just now. Look at it, and confirm it again.');
  };

  const startLook = (item: Item, plan: StepPlan): void => {
    const controller = new AbortController();
    const {run, head, service} = state();
    const attempt = current(state())?.state.attempt ?? 1;
    const mine = doingNow(world, {item, attempt, what: plan.lines.join(' '), look: controller});
    doing = mine;
    const look =
      item.requires === undefined
        ? lookStep(plan, {world, service, signal: controller.signal})
        : lookForCommands(item.requires, {files: world.files, path: world.env?.get('PATH')});
    void look
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
    begin: confirmed => {
      const now = state();
      const walked = current(now);
      const prepared = scene.prepared();
      const {plan, refusals} = prepared;
      if (walked?.state.at !== 'confirmed' || plan === undefined || isRehearsed(now, walked.item)) return;
      const {item} = walked;
      const [refusal] = refusing(refusals);
      if (refusal !== undefined) {
        refuseNow(item, refusal);
        return;
      }
      if (levelOf(item, refusals) === 'typed' && confirmed !== 'typed') {
        askAgain(item);
        return;
      }
      const job = jobFor({world, state: now, runbook: scene.runbookOf(item), prepared}, item);
      if (job !== undefined) startRunner(item, job);
      else if ('by' in item.kind && item.kind.by === 'engine') startLook(item, plan);
    },
    look: () => {
      const item = current(state())?.item;
      const {plan} = scene.prepared();
      if (item !== undefined && plan !== undefined && 'by' in item.kind && item.kind.by === 'engine')
        startLook(item, plan);
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
