// One open run: its state from the ledger, what it asks, and answers that are recorded before anything is done.
import type {StoredEntry} from '../../domain/entry.ts';
import type {QdError} from '../../domain/error.ts';
import {
  current,
  targetOf,
  type Book,
  type Choice,
  type Refusal,
  type RunAnswer,
  type RunState,
  type Valued,
} from '../../domain/run.ts';
import type {Contact} from '../../domain/site.ts';
import {respond, type Dialog} from '../../domain/run-answer.ts';
import {foldRun, undoItems} from '../../domain/run-fold.ts';
import {ask, choices, type Ask, type Stance} from '../../domain/run-rules.ts';
import type {Runbook} from '../../domain/runbook.ts';
import type {StepPlan} from '../../define.ts';
import type {Cancel} from '../../ports.ts';
import {markOf} from '../runner/job.ts';
import {dialogLines} from './dialog.ts';
import {acting, type Acting} from './acting.ts';
import {changedSince} from './pinned.ts';
import type {Plans} from './plans.ts';
import {refusalOf, stopsWriting} from './refusal.ts';
import {sessionState} from './sessions.ts';
import type {RunWorld} from './world.ts';

/** Everything a screen or a line-by-line command needs to show; texts are raw. */
export interface RunSnapshot {
  readonly state: RunState;
  readonly ask: Ask;
  readonly choices: readonly Choice[];
  /** What the current step would do; undefined when there is none, or it cannot be walked. */
  readonly plan: StepPlan | undefined;
  /** What the dialog shows of it, recorded when it is confirmed. */
  readonly shown: readonly string[];
  readonly target: string;
  readonly watching: boolean;
  /** The last thing that went wrong, until the next answer. */
  readonly notice: string | undefined;
  /** Guards that the current step runs into. */
  readonly guards: readonly Refusal[];
  /** Variables of the run; a value that was erased, or is not read yet, is undefined. */
  readonly values: readonly RunValue[];
  /** Whom to call when this is escalated, and what to tell them. */
  readonly contacts: readonly Contact[];
  readonly brief: readonly string[];
}

export interface RunValue {
  readonly name: string;
  readonly value: string | undefined;
  readonly from: Valued['from'];
}

export type Answered = {readonly ok: true} | {readonly ok: false; readonly why: string};

export interface OpenRun {
  readonly run: string;
  snapshot(): RunSnapshot;
  answer(answer: RunAnswer): Promise<Answered>;
  /** Output of a step: what was captured so far, or the recorded one; undefined when there is none. */
  output(item: string): Promise<Uint8Array | undefined>;
  /** Values that this variable had in earlier runs, newest first, at most 20; never a secret. */
  history(name: string): Promise<readonly string[]>;
  /** Reads what others have written and looks whether the step runner still lives. */
  refresh(): Promise<void>;
  onChange(changed: () => void): Cancel;
  /** Stops looks of its own and watching; step runners go on. */
  close(): void;
}

/** How often a run is looked at while something is going on. */
const tickMs = 250;

export interface Opening {
  readonly world: RunWorld;
  readonly runbook: Runbook;
  readonly plans: Plans;
  readonly entries: readonly StoredEntry[];
}

/** Opens a run whose entries and pinned runbook were read; undefined when the entries do not fold. */
export function openWalk({world, runbook, plans, entries: first}: Opening): OpenRun | undefined {
  const {ledger, processes, clock} = world;
  const book: Book = {runbook, classify: plans.classify};
  const alive = processes.alive.bind(processes);
  let entries = first;
  const folded = foldRun(book, entries, alive);
  if (folded === undefined) return undefined;
  let state: RunState = folded;
  let refused: QdError | undefined;
  let changed: string | undefined;
  let notice: string | undefined;
  let walkerGone = false;
  let closed = false;
  let cancelTick: Cancel = () => undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const listeners = new Set<() => void>();

  const stance = (): Stance => ({
    refused: refused?.message ?? ledger.readOnly ?? trustProblem(world),
    walker:
      state.session === world.session
        ? undefined
        : `${state.operator}${walkerGone ? ' (whose session has ended)' : ''}`,
    changed,
    busy: acts.busy(),
    undoable: undoItems(book, state).length,
  });
  const tell = (): void => {
    for (const listener of listeners) listener();
  };
  const serial = async <T>(work: () => Promise<T>): Promise<T> => {
    const next = queue.then(work, work);
    queue = next.catch(() => undefined);
    return next;
  };

  const read = async (): Promise<void> => {
    const from = (entries.at(-1)?.seq ?? -1) + 1;
    const more = await ledger.read({run: state.run, from});
    if (more.length > 0) entries = [...entries, ...more];
    state = foldRun(book, entries, alive) ?? state;
  };

  /** A runner that is gone has either written its outcome by now, or nobody knows how the step went. */
  const settle = async (): Promise<void> => {
    await read();
    const before = foldRun(book, entries);
    const walked = before === undefined ? undefined : current(before);
    if (before === undefined || walked?.state.at !== 'running' || alive(walked.state.runner)) return;
    await read();
    const again = foldRun(book, entries);
    const still = again === undefined ? undefined : current(again);
    if (again === undefined || still?.state.at !== 'running') return;
    if (ledger.readOnly !== undefined || again.session !== world.session) return;
    const {attempt, intent} = still.state;
    const mark = markOf(state.run, still.item.id, attempt);
    const result = await ledger.append({
      entries: [
        {
          kind: 'step.unknown',
          run: state.run,
          step: still.item.id,
          of: intent,
          body: {
            attempt,
            why: 'the step runner ended without saying how the step went',
            survivors: processes
              .marked(mark)
              .slice(0, 20)
              .map(({pid, command}) => ({pid, command: command.slice(0, 500)})),
          },
        },
      ],
      ifRunHead: {run: state.run, seq: again.head},
    });
    if (!result.ok && stopsWriting(result)) refused = refusalOf(result);
    await read();
  };

  const refreshNow = async (): Promise<void> => {
    // A disk that was full may have room again; what refused for another reason stays refused.
    if (refused?.code === 'LEDGER_FULL' && (await ledger.hasRoom?.()) === true) refused = undefined;
    await settle();
    if (state.session !== world.session && state.over === undefined) {
      walkerGone = (await sessionState(state.session, {ledger, processes})) === 'gone';
    }
  };

  /** A ledger that cannot be read any more is said on the screen; nobody waits for this refresh. */
  const inBackground = (): void => {
    api.refresh().catch((error: unknown) => {
      if (closed) return;
      notice = error instanceof Error ? error.message : String(error);
      tell();
    });
  };

  const schedule = (): void => {
    cancelTick();
    if (closed || state.over !== undefined) return;
    const at = current(state)?.state.at;
    if (at !== 'running' && acts.busy() === undefined) return;
    cancelTick = clock.after(tickMs, inBackground);
  };

  const acts: Acting = acting({
    world,
    state: () => state,
    plans,
    runbook,
    onEnd: async (why, done) =>
      // What was done is read before it stops being busy, so that nothing is asked twice in between.
      serial(async () => {
        notice = why ?? notice;
        try {
          if (!closed) await refreshNow();
        } catch (error) {
          notice = error instanceof Error ? error.message : String(error);
        }
        done();
        schedule();
        tell();
      }),
    refused: error => {
      refused = error;
    },
  });

  const dialogOf = (): Dialog & {readonly plan: StepPlan | undefined} => {
    const walked = current(state);
    const plan = walked === undefined ? undefined : plans.planOf(walked.item);
    return {
      source: world.source,
      graceMs: world.graceMs(),
      shown: walked === undefined ? [] : dialogLines(state, walked.item, plan),
      target: walked === undefined ? '' : targetOf(state, walked.item),
      nowMs: clock.nowMs(),
      plan,
    };
  };

  const give = async (answer: RunAnswer): Promise<Answered> => {
    notice = undefined;
    if (answer.say === 'stop' && acts.cancel()) return {ok: true};
    await refreshNow();
    changed = await changedSince(world, {runbook, siteSha: state.siteSha});
    const response = respond(state, answer, {stance: stance(), dialog: dialogOf()});
    if (!response.ok) return response;
    const result = await ledger.append(response.request);
    if (!result.ok) {
      if (stopsWriting(result)) refused = refusalOf(result);
      await read();
      const {message, hint} = refusalOf(result);
      return {ok: false, why: hint === undefined ? message : `${message} ${hint}`};
    }
    await read();
    if (response.then === 'act') acts.begin();
    if (response.then === 'stop') {
      const step = current(state)?.state;
      if (step?.at === 'running') processes.terminate(step.runner);
    }
    if (state.over !== undefined) {
      // The finish is recorded; a checkpoint that fails is said, and is made again at the next close.
      await ledger.checkpoint().catch((error: unknown) => {
        notice = error instanceof Error ? error.message : String(error);
      });
    }
    return {ok: true};
  };

  const unwatch = ledger.watch(inBackground);

  const api: OpenRun = {
    run: state.run,
    snapshot: () => {
      const {plan, shown, target} = dialogOf();
      const asked = ask(state, stance());
      const walked = current(state);
      const survivors =
        asked.at === 'unknown' && walked !== undefined
          ? processes.marked(markOf(state.run, walked.item.id, walked.state.attempt))
          : [];
      return {
        state,
        ask: asked.at === 'unknown' ? {...asked, survivors} : asked,
        choices: choices(state, stance()),
        plan,
        shown,
        target,
        watching: state.session !== world.session,
        notice,
        guards: [],
        values: state.values.map(({name, from}) => ({name, from, value: undefined})),
        contacts: world.site.escalation,
        brief: [],
      };
    },
    history: async () => Promise.resolve([]),
    answer: async answer =>
      serial(async () => {
        const answered = await give(answer);
        if (!answered.ok) notice = answered.why;
        schedule();
        tell();
        return answered;
      }),
    output: async item => {
      const outcome = entries.findLast(({entry}) => entry.kind === 'step.outcome' && entry.step === item);
      const intent = entries.findLast(({entry}) => entry.kind === 'step.intent' && entry.step === item);
      if (outcome !== undefined && outcome.seq > (intent?.seq ?? -1)) {
        return ledger.disclosure(outcome.seq, '/body/output');
      }
      return intent === undefined ? undefined : acts.captured(intent.entry);
    },
    refresh: async () =>
      serial(async () => {
        if (closed) return;
        await refreshNow();
        schedule();
        tell();
      }),
    onChange: changed => {
      listeners.add(changed);
      return () => listeners.delete(changed);
    },
    close: () => {
      closed = true;
      cancelTick();
      unwatch();
      acts.cancel();
      listeners.clear();
    },
  };
  schedule();
  return api;
}

const trustProblem = ({site}: RunWorld): string | undefined =>
  site.trust.at === 'trusted' ? undefined : `This site is not trusted: ${site.trust.why}`;
