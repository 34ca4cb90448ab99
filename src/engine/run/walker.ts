// One open run: its state from the ledger, what it asks, and answers that are recorded before anything is done.
import type {StoredEntry} from '../../domain/entry.ts';
import type {QdError} from '../../domain/error.ts';
import {
  asksOf,
  current,
  isRehearsed,
  targetOf,
  type Choice,
  type Item,
  type Refusal,
  type RunAnswer,
  type RunState,
  type Valued,
  type Walked,
} from '../../domain/run.ts';
import {respond, type Dialog} from '../../domain/run-answer.ts';
import {choices} from '../../domain/run-choices.ts';
import {passOver} from '../../domain/run-entries.ts';
import {foldRun} from '../../domain/run-fold.ts';
import {undoItems} from '../../domain/run-moves.ts';
import {ask, type Ask} from '../../domain/run-rules.ts';
import type {Stance} from '../../domain/run-situation.ts';
import {applies} from '../../domain/run-when.ts';
import type {Contact} from '../../domain/site.ts';
import type {StepPlan} from '../../define.ts';
import {patternProblem} from '../../pattern.ts';
import type {Cancel} from '../../ports.ts';
import {markOf} from '../runner/job.ts';
import {judgeConditions, type Found} from './conditions.ts';
import {briefLines, dialogLines} from './dialog.ts';
import {acting, type Acting} from './acting.ts';
import {trustedLeads} from './leads.ts';
import {changedSince} from './pinned.ts';
import type {Plans} from './plans.ts';
import {preparing, type Prepared} from './prepare.ts';
import {refusalOf, stopsWriting} from './refusal.ts';
import {sessionState} from './sessions.ts';
import {historyOf, runValues} from './values.ts';
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
  readonly plans: Plans;
  readonly entries: readonly StoredEntry[];
}

/** Opens a run whose entries and pinned files were read; undefined when the entries do not fold. */
export function openWalk({world, plans, entries: first}: Opening): OpenRun | undefined {
  const {ledger, processes, clock} = world;
  const alive = processes.alive.bind(processes);
  let entries = first;
  const folded = foldRun(plans, entries, alive);
  if (folded === undefined) return undefined;
  let state: RunState = folded;
  let refused: QdError | undefined;
  let changed: string | undefined;
  let notice: string | undefined;
  let walkerGone = false;
  let closed = false;
  let judged: {readonly key: string; readonly found: Found} | undefined;
  let cancelTick: Cancel = () => undefined;
  let queue: Promise<unknown> = Promise.resolve();
  const listeners = new Set<() => void>();
  const values = runValues(ledger);
  const preparation = preparing(world, {plans, values});
  const leads = trustedLeads(world, plans);

  const prepared = (): Prepared => {
    const walked = current(state);
    return walked === undefined ? nothingPrepared : preparation.of(state, walked.item);
  };
  const isMine = (): boolean => state.session === world.session;
  const stance = (): Stance => {
    const {refusals, lacking} = prepared();
    const walked = current(state);
    const isRehearsal = walked !== undefined && isRehearsed(state, walked.item);
    return {
      refused: refused?.message ?? ledger.readOnly ?? trustProblem(world),
      walker: isMine() ? undefined : `${state.operator}${walkerGone ? ' (whose session has ended)' : ''}`,
      changed,
      busy: acts.busy(),
      undoable: undoItems(plans, state).length,
      refusals,
      hasTerminal: world.terminal !== undefined,
      leads,
      // What is not run needs no values.
      ...(lacking === undefined || isRehearsal ? {} : {lacking}),
      ...appliesNow(),
    };
  };

  /** What was found about the current step's `when`, in this attempt. */
  const appliesNow = (): Pick<Stance, 'applies'> => {
    const walked = current(state);
    if (walked === undefined || judged?.key !== conditionKey(walked)) return {};
    const {found} = judged;
    if (found.at === 'unmet') return {};
    return {applies: {item: walked.item.id, at: found.at, text: found.at === 'unknown' ? found.text : ''}};
  };

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
    state = foldRun(plans, entries, alive) ?? state;
    await values.read(state);
  };

  /** A runner that is gone has either written its outcome by now, or nobody knows how the step went. */
  const settle = async (): Promise<void> => {
    await read();
    const before = foldRun(plans, entries);
    const walked = before === undefined ? undefined : current(before);
    if (before === undefined || walked?.state.at !== 'running' || alive(walked.state.runner)) return;
    await read();
    const again = foldRun(plans, entries);
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

  /** A step that does not apply is passed over, with its condition, before anybody is asked. */
  const settleConditions = async (): Promise<void> => {
    for (;;) {
      const now = applies(state);
      const walked = current(state);
      if (walked === undefined || now.at === 'yes') return;
      if (!isMine() || state.paused !== undefined || state.over !== undefined) return;
      if (refused !== undefined || ledger.readOnly !== undefined || closed) return;
      let when = now.at === 'no' ? now.when : undefined;
      if (now.at === 'ask') {
        const key = conditionKey(walked);
        if (judged?.key !== key) {
          judged = {key, found: await judgeConditions(now, {world, state, values: values.all(state)})};
        }
        if (judged.found.at !== 'unmet') return;
        when = judged.found.when;
      }
      const response = passOver(state, walked, {when: when ?? '', source: world.source});
      const result = response.ok ? await ledger.append(response.request) : undefined;
      if (result?.ok === false && stopsWriting(result)) refused = refusalOf(result);
      await read();
      if (result?.ok !== true) return;
    }
  };

  const refreshNow = async (): Promise<void> => {
    // A disk that was full may have room again; what refused for another reason stays refused.
    if (refused?.code === 'LEDGER_FULL' && (await ledger.hasRoom?.()) === true) refused = undefined;
    await settle();
    await preparation.read();
    if (!isMine() && state.over === undefined && state.paused === undefined) {
      walkerGone = (await sessionState(state.session, {ledger, processes})) === 'gone';
    }
    await settleConditions();
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
    prepared,
    runbookOf: plans.runbookOf,
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
    const {plan, vars, refusals} = prepared();
    return {
      source: world.source,
      graceMs: world.graceMs(),
      shown: walked === undefined ? [] : dialogLines(state, walked.item, plan, {vars, refusals}),
      target: walked === undefined ? '' : targetOf(state, walked.item),
      nowMs: clock.nowMs(),
      plan,
      valueProblem: value => valueRefusal(value, {world, item: walked?.item}),
    };
  };

  const give = async (answer: RunAnswer): Promise<Answered> => {
    notice = undefined;
    if (answer.say === 'stop' && acts.cancel()) return {ok: true};
    await refreshNow();
    changed = await changedSince(world, {
      runbook: plans.runbook,
      linked: plans.linked,
      siteSha: state.siteSha,
    });
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
    await settleConditions();
    if (response.then === 'act') acts.begin();
    if (response.then === 'refuse') {
      const asked = ask(state, stance());
      return {ok: false, why: 'text' in asked ? asked.text : 'A guard refuses this.'};
    }
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
        watching: !isMine() && state.paused === undefined,
        notice,
        guards: prepared().refusals,
        values: state.values.map(one => ({name: one.name, from: one.from, value: values.valueOf(one)})),
        contacts: world.site.escalation,
        brief: briefLines(state),
      };
    },
    history: async name => historyOf(ledger, name),
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

const nothingPrepared: Prepared = {plan: undefined, lacking: undefined, vars: {}, refusals: []};

const conditionKey = ({item, state}: Walked): string => `${item.id} ${state.attempt}`;

/** A value that does not fit its pattern, or that is or holds a secret: values are kept with the run. */
function valueRefusal(
  value: string,
  {world, item}: {readonly world: RunWorld; readonly item: Item | undefined},
): string | undefined {
  const asks = item === undefined ? undefined : asksOf(item);
  const pattern = asks?.at === 'value' ? patternProblem(value, asks.pattern) : undefined;
  if (pattern !== undefined) return pattern;
  const found = world.secrets.find(new TextEncoder().encode(value)).find(({sure}) => sure !== 'guess');
  return found === undefined
    ? undefined
    : `it holds a secret (${found.what}), and values are kept with the run; name it under \`secrets:\` instead`;
}

const trustProblem = ({site}: RunWorld): string | undefined =>
  site.trust.at === 'trusted' ? undefined : `This site is not trusted: ${site.trust.why}`;
