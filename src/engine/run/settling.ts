// What a console records by itself, before it asks: that nobody knows how a step went, and that a step does not apply.
import type {StoredEntry} from '../../domain/entry.ts';
import type {QdError} from '../../domain/error.ts';
import {passOver} from '../../domain/run-entries.ts';
import {foldRun} from '../../domain/run-fold.ts';
import type {Stance} from '../../domain/run-situation.ts';
import {applies} from '../../domain/run-when.ts';
import {current, type RunState, type StepState, type Walked} from '../../domain/run.ts';
import {markOf} from '../runner/job.ts';
import {judgeConditions, type Found} from './conditions.ts';
import type {Plans} from './plans.ts';
import {refusalOf, stopsWriting} from './refusal.ts';
import type {RunValues} from './values.ts';
import type {RunWorld} from './world.ts';

interface SettlingScene {
  readonly world: RunWorld;
  readonly plans: Plans;
  readonly values: RunValues;
  readonly state: () => RunState;
  readonly entries: () => readonly StoredEntry[];
  /** Reads what was appended meanwhile. */
  readonly read: () => Promise<void>;
  /** Whether this console walks the run and may write. */
  readonly mayWrite: () => boolean;
  readonly refused: (error: QdError) => void;
}

export interface Settling {
  /** A runner that is gone has either written its outcome by now, or nobody knows how the step went. */
  outcome(): Promise<void>;
  /** Steps that do not apply are passed over, each with the condition that was not met. */
  conditions(): Promise<void>;
  /** What was found about the current step's `when`, in this attempt. */
  found(): Pick<Stance, 'applies'>;
}

/** Steps in a row that can be passed over at once; more are passed over at the next look. */
const atOnce = 500;

export function settlingOf(scene: SettlingScene): Settling {
  const {world, plans, values, read} = scene;
  const {ledger, processes} = world;
  const alive = processes.alive.bind(processes);
  let judged: {readonly key: string; readonly found: Found} | undefined;

  /** The step as the entries alone have it, when it is running there and its runner is gone. */
  const orphan = (): {readonly walked: Walked; readonly running: StepState & {at: 'running'}} | undefined => {
    const folded = foldRun(plans, scene.entries());
    const walked = folded === undefined ? undefined : current(folded);
    if (walked?.state.at !== 'running' || alive(walked.state.runner)) return undefined;
    return {walked, running: walked.state};
  };

  const append = async (request: Parameters<typeof ledger.append>[0]): Promise<boolean> => {
    const result = await ledger.append(request);
    if (!result.ok && stopsWriting(result)) scene.refused(refusalOf(result));
    await read();
    return result.ok;
  };

  /** The condition that keeps the current step from applying; undefined when it applies, or that is not known. */
  const unmet = async (walked: Walked): Promise<string | undefined> => {
    const now = applies(scene.state());
    if (now.at === 'no') return now.when;
    if (now.at === 'yes') return undefined;
    const key = conditionKey(walked);
    if (judged?.key !== key) {
      const state = scene.state();
      judged = {key, found: await judgeConditions(now, {world, state, values: values.all(state)})};
    }
    return judged.found.at === 'unmet' ? judged.found.when : undefined;
  };

  return {
    outcome: async () => {
      await read();
      if (orphan() === undefined) return;
      await read();
      const gone = orphan();
      if (gone === undefined || !scene.mayWrite()) return;
      const {run, head} = scene.state();
      const {walked, running} = gone;
      await append({
        entries: [
          {
            kind: 'step.unknown',
            run,
            step: walked.item.id,
            of: running.intent,
            body: {
              attempt: running.attempt,
              why: 'the step runner ended without saying how the step went',
              survivors: processes
                .marked(markOf(run, walked.item.id, running.attempt))
                .slice(0, 20)
                .map(({pid, command}) => ({pid, command: command.slice(0, 500)})),
            },
          },
        ],
        ifRunHead: {run, seq: head},
      });
    },
    conditions: async () => {
      for (let round = 0; round < atOnce; round += 1) {
        const state = scene.state();
        const walked = current(state);
        if (walked === undefined || state.paused !== undefined || state.over !== undefined) return;
        if (!scene.mayWrite()) return;
        const when = await unmet(walked);
        if (when === undefined) return;
        const response = passOver(state, walked, {when, source: world.source});
        if (!response.ok || !(await append(response.request))) return;
      }
    },
    found: () => {
      const walked = current(scene.state());
      if (walked === undefined || judged?.key !== conditionKey(walked)) return {};
      const {found} = judged;
      if (found.at === 'unmet') return {};
      const text = found.at === 'unknown' ? found.text : '';
      return {applies: {item: walked.item.id, at: found.at, text}};
    },
  };
}

const conditionKey = ({item, state}: Walked): string => `${item.id} ${state.attempt}`;
