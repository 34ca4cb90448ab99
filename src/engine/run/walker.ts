// One open run: its state from the ledger, what it asks, and answers that are recorded before anything is done.
import type {StoredEntry} from '../../domain/entry.ts';
import type {QdError} from '../../domain/error.ts';
import {
  current,
  isRehearsed,
  levelOf,
  targetOf,
  type Level,
  type RunAnswer,
  type RunState,
} from '../../domain/run.ts';
import {respond, type Dialog} from '../../domain/run-answer.ts';
import {choices} from '../../domain/run-choices.ts';
import {foldRun} from '../../domain/run-fold.ts';
import {undoItems} from '../../domain/run-moves.ts';
import {ask, takenAsk} from '../../domain/run-rules.ts';
import {askId, needsNobody, type Stance} from '../../domain/run-situation.ts';
import type {StepPlan} from '../../define.ts';
import type {Cancel} from '../../ports.ts';
import {markOf} from '../runner/job.ts';
import {briefLines, dialogLines} from './dialog.ts';
import {acting, type Acting} from './acting.ts';
import {trustedLeads} from './leads.ts';
import {changedSince} from './pinned.ts';
import type {Answered, OpenRun} from './open-run.ts';
import type {Plans} from './plans.ts';
import {preparing, type Prepared} from './prepare.ts';
import {refusalOf, stopsWriting} from './refusal.ts';
import {sessionState} from './sessions.ts';
import {settlingOf} from './settling.ts';
import {createTurns} from './turns.ts';
import {historyOf, runValues, valueRefusal} from './values.ts';
import type {RunWorld} from './world.ts';

/** How often a run is looked at while something is going on. */
const tickMs = 250;

export interface Opening {
  readonly world: RunWorld;
  readonly plans: Plans;
  readonly entries: readonly StoredEntry[];
}

/** An open run that can also go on with nobody there. */
export interface Walk extends OpenRun {
  /** Begins the look that the run stands at, once; false when what comes next needs a person, or the run is another's. */
  lookAlone(): Promise<boolean>;
}

/** Opens a run whose entries and pinned files were read; undefined when the entries do not fold. */
export function openWalk({world, plans, entries: first}: Opening): Walk | undefined {
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
  let lookedAlone = '';
  let closed = false;
  let cancelTick: Cancel = () => undefined;
  /** An answer that is taken and not written yet: since when. */
  let takenMs: number | undefined;
  const turns = createTurns();
  const {tell} = turns;
  const values = runValues(ledger);
  const preparation = preparing(world, {plans, values});
  const leads = trustedLeads(world, plans);

  const prepared = (): Prepared => {
    const walked = current(state);
    return walked === undefined ? nothingPrepared : preparation.of(state, walked.item);
  };
  /** How firmly the step at hand must be confirmed, as the guards judge it now. */
  const levelNow = (): Level | undefined => {
    const walked = current(state);
    return walked && levelOf(walked.item, prepared().refusals);
  };
  const isMine = (): boolean => state.session === world.session;
  const stance = (): Stance => {
    const {refusals, lacking} = prepared();
    const walked = current(state);
    const isRehearsal = walked !== undefined && isRehearsed(state, walked.item);
    return {
      refused: refused?.message ?? ledger.readOnly ?? trustProblem(world),
      walker: isMine() ? undefined : walkerWords(state, walkerGone),
      changed,
      busy: acts.busy(),
      undoable: undoItems(plans, state).length,
      refusals,
      hasTerminal: world.terminal !== undefined,
      leads,
      // What is not run needs no values.
      ...(lacking === undefined || isRehearsal ? {} : {lacking}),
      ...settling.found(),
    };
  };

  const read = async (): Promise<void> => {
    const from = (entries.at(-1)?.seq ?? -1) + 1;
    const more = await ledger.read({run: state.run, from});
    if (more.length > 0) entries = [...entries, ...more];
    const next = foldRun(plans, entries, alive) ?? state;
    await values.read(next);
    state = next;
  };

  const settling = settlingOf({
    world,
    plans,
    values,
    state: () => state,
    entries: () => entries,
    read,
    mayWrite: () => isMine() && refused === undefined && ledger.readOnly === undefined && !closed,
    refused: error => {
      refused = error;
    },
  });

  /** What guards judge the step by that is about to be done: as it is now. */
  const readAround = async (): Promise<void> => {
    const walked = current(state);
    const isOpen = walked?.state.at === 'waiting' || walked?.state.at === 'confirmed';
    await preparation.read(state, isOpen ? walked.item : undefined);
  };

  const refreshNow = async (): Promise<void> => {
    // A disk that was full may have room again; what refused for another reason stays refused.
    if (refused?.code === 'LEDGER_FULL' && (await ledger.hasRoom?.()) === true) refused = undefined;
    await settling.outcome();
    if (!isMine() && state.over === undefined && state.paused === undefined) {
      walkerGone = (await sessionState(state.session, {ledger, processes})) === 'gone';
    }
    await settling.conditions();
    await readAround();
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
      turns.next(async () => {
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

  /** What holds before anything is begun: what others wrote, and whether the pinned files are what they were. */
  const lookAround = async (): Promise<void> => {
    await refreshNow();
    const {runbook, linked} = plans;
    changed = await changedSince(world, {runbook, linked, siteSha: state.siteSha});
  };

  const give = async (answer: RunAnswer): Promise<Answered> => {
    notice = undefined;
    if (answer.say === 'stop' && acts.cancel()) return {ok: true};
    await lookAround();
    const response = respond(state, answer, {stance: stance(), dialog: dialogOf()});
    if (!response.ok) return response;
    const asked = levelNow();
    // The disk may be slow: whoever answered sees at once that it counts, and is not asked again meanwhile.
    takenMs = clock.nowMs();
    tell();
    const result = await ledger.append(response.request);
    if (!result.ok) {
      if (stopsWriting(result)) refused = refusalOf(result);
      await read();
      const {message, hint} = refusalOf(result);
      return {ok: false, why: hint === undefined ? message : `${message} ${hint}`};
    }
    await read();
    if (response.then !== 'act') {
      takenMs = undefined;
      tell();
    }
    await settling.conditions();
    await readAround();
    if (response.then === 'act') acts.begin(asked);
    if (response.then === 'refuse') {
      const now = ask(state, stance());
      return {ok: false, why: 'text' in now ? now.text : 'A guard refuses this.'};
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

  const api: Walk = {
    run: state.run,
    snapshot: () => {
      const {plan, shown, target} = dialogOf();
      const now = stance();
      const asked = takenMs === undefined ? ask(state, now) : takenAsk(state, takenMs);
      const walked = current(state);
      const survivors =
        asked.at === 'unknown' && walked !== undefined
          ? processes.marked(markOf(state.run, walked.item.id, walked.state.attempt))
          : [];
      return {
        state,
        ask: asked.at === 'unknown' ? {...asked, survivors} : asked,
        choices: takenMs === undefined ? choices(state, now) : [],
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
      turns.next(async () => {
        const answered = await give(answer).finally(() => {
          takenMs = undefined;
        });
        if (!answered.ok) notice = answered.why;
        schedule();
        tell();
        return answered;
      }),
    lookAlone: async () =>
      turns.next(async () => {
        await lookAround();
        const asked = askId(state);
        // A look whose end could not be recorded is asked for again; nobody is there to see that this goes round.
        if (!isMine() || !needsNobody(state, stance()) || asked === lookedAlone) return false;
        lookedAlone = asked;
        acts.look();
        schedule();
        tell();
        return true;
      }),
    output: async item => {
      // What a person said about it afterwards has no output.
      const outcome = entries.findLast(
        ({entry}) => entry.kind === 'step.outcome' && entry.step === item && entry.of !== undefined,
      );
      const intent = entries.findLast(({entry}) => entry.kind === 'step.intent' && entry.step === item);
      if (outcome !== undefined && outcome.seq > (intent?.seq ?? -1)) {
        return ledger.disclosure(outcome.seq, '/body/output');
      }
      return intent === undefined ? undefined : acts.captured(intent.entry);
    },
    refresh: async () =>
      turns.once(async () => {
        if (closed) return;
        await refreshNow();
        schedule();
        tell();
      }),
    onChange: turns.onChange,
    close: () => {
      closed = true;
      cancelTick();
      unwatch();
      acts.cancel();
      turns.close();
    },
  };
  schedule();
  return api;
}

const nothingPrepared: Prepared = {plan: undefined, lacking: undefined, vars: {}, refusals: []};

const walkerWords = ({operator, unattended}: RunState, isGone: boolean): string => {
  const note = isGone
    ? ' (whose session has ended)'
    : unattended
      ? ' (who is away: it goes on by itself)'
      : '';
  return `${operator}${note}`;
};

const trustProblem = ({site}: RunWorld): string | undefined =>
  site.trust.at === 'trusted' ? undefined : `This site is not trusted: ${site.trust.why}`;
