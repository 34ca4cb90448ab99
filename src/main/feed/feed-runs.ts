// Keeps the list of runs and the open run on the screen; answers go to the engine, refusals become notices.
import type {RunAnswer, Walked} from '../../domain/run.ts';
import type {OpenRun, RunDesk, RunSnapshot} from '../../engine/run/index.ts';
import type {Ledger} from '../../ports.ts';
import type {RunStart} from '../../state/model.ts';
import type {ConsoleStore} from '../../state/store.ts';
import {attendedBy, runSummary, runView} from './run.ts';

export interface RunFeed {
  refresh(): Promise<void>;
  /** What may be done in the open run has changed without an entry. */
  repaint(): Promise<void>;
  open(run: string): Promise<void>;
  start(run: RunStart): Promise<void>;
  answer(answer: RunAnswer): Promise<void>;
  close(): void;
}

export interface RunFeedRequest {
  readonly store: ConsoleStore;
  readonly desk: RunDesk;
  readonly ledger: Ledger;
  readonly onAttended: (who: ReadonlyMap<string, string>) => void;
  readonly tell: (level: 'error' | 'info', text: string) => void;
}

export function feedRuns({store, desk, ledger, onAttended, tell}: RunFeedRequest): RunFeed {
  let now: OpenRun | undefined;
  let seen = -1;

  const refresh = async (): Promise<void> => {
    const kinds = ['run.start', 'run.finish', 'run.resume', 'run.handover'];
    const [newest] = await ledger.read({kinds, reverse: true, limit: 1});
    if ((newest?.seq ?? -1) === seen) return;
    seen = newest?.seq ?? -1;
    const runs = await desk.list();
    store.feed({runs: runs.map(runSummary)});
    onAttended(attendedBy(runs));
  };

  /** What a step printed, or that it printed nothing, does not change once it is done. */
  const finished = new Map<string, Uint8Array | undefined>();
  const outputsOf = async (
    run: OpenRun,
    walk: readonly Walked[],
  ): Promise<ReadonlyMap<string, Uint8Array>> => {
    const outputs = new Map<string, Uint8Array>();
    for (const {item, ran, state} of walk) {
      if (ran.length === 0) continue;
      const key = `${run.run} ${item.id} ${ran.length}`;
      const bytes = finished.has(key) ? finished.get(key) : await run.output(item.id);
      if (state.at === 'done') finished.set(key, bytes);
      if (bytes !== undefined) outputs.set(item.id, bytes);
    }
    return outputs;
  };

  /** Values of earlier runs do not change while one is asked for. */
  const histories = new Map<string, readonly string[]>();
  const historyOf = async (run: OpenRun, {ask}: RunSnapshot): Promise<readonly string[]> => {
    if (ask.at !== 'input') return [];
    const known = histories.get(ask.id) ?? (await run.history(ask.name));
    histories.set(ask.id, known);
    return known;
  };

  /** What the steps printed, as it was shown last. */
  let shown: {readonly run: OpenRun; readonly outputs: ReadonlyMap<string, Uint8Array>} | undefined;

  /** An answer that was taken is said at once: output is read from the very disk that is still writing the answer. */
  const paintBusy = (run: OpenRun): void => {
    const snapshot = run.snapshot();
    if (run !== now || shown?.run !== run || snapshot.ask.at !== 'busy') return;
    const before = store.api.getState().app.run?.ask;
    if (before?.at !== 'busy') store.feed({run: runView({snapshot, outputs: shown.outputs, history: []})});
  };

  const paintOnce = async (run: OpenRun): Promise<void> => {
    const asked = run.snapshot();
    const [outputs, history] = await Promise.all([outputsOf(run, asked.state.walk), historyOf(run, asked)]);
    if (run !== now) return;
    shown = {run, outputs};
    // Something may have been answered while the output was read: that is not shown as asked again.
    const snapshot = run.snapshot();
    const isSame = snapshot.ask.id === asked.ask.id;
    store.feed({run: runView({snapshot, outputs, history: isSame ? history : []})});
    if (snapshot.notice !== undefined) tell('error', snapshot.notice);
  };

  /** One at a time, so that an older view never comes after a newer one; changes meanwhile count once. */
  let isStale = false;
  let painting: Promise<void> | undefined;
  const paintAll = async (): Promise<void> => {
    try {
      while (isStale) {
        isStale = false;
        if (now !== undefined) await paintOnce(now);
      }
    } finally {
      painting = undefined;
    }
  };
  const paint = async (): Promise<void> => {
    isStale = true;
    painting ??= paintAll();
    await painting;
  };

  const failed = (error: unknown): void =>
    tell('error', error instanceof Error ? error.message : String(error));

  const adopt = async (run: OpenRun): Promise<void> => {
    now?.close();
    now = run;
    run.onChange(() => {
      paintBusy(run);
      paint().catch(failed);
    });
    await paint();
    await refresh();
  };

  const unwatch = ledger.watch(() => void refresh());
  return {
    refresh,
    repaint: async () => {
      // What the run may do is asked anew; it paints itself when it knows.
      await now?.refresh();
    },
    open: async run => {
      if (now?.run === run) return paint();
      await adopt(await desk.open(run, {walk: true}));
    },
    start: async ({procedure, ...run}) =>
      adopt(await desk.start({...run, ...(procedure === undefined ? {} : {procedure})})),
    answer: async answer => {
      const answered = await now?.answer(answer);
      if (answered?.ok === false) tell('error', answered.why);
    },
    close: () => {
      unwatch();
      now?.close();
    },
  };
}
