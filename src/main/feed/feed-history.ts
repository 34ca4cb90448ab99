// Loads what the screen of a service shows besides its newest looks, while that screen is open: minutes, and changes.
import {show} from '../../domain/show.ts';
import type {LookCounts} from '../../domain/look-counts.ts';
import type {Service, Site} from '../../domain/site.ts';
import type {Verdict} from '../../domain/verdict.ts';
import {latencySeries} from '../../engine/uptime/index.ts';
import type {Cancel, Clock, Ledger} from '../../ports.ts';
import type {Rollups} from '../../rollup-ports.ts';
import type {CheckHistory, ServiceHistory} from '../../state/model.ts';
import type {ConsoleStore} from '../../state/store.ts';
import {here} from '../../state/ui.ts';
import {changesOf} from './changes.ts';

const minuteMs = 60_000;
const minutes = 60;
/** The frame that the key asked for goes out first. */
const afterFrameMs = 30;
/** Checks whose minutes are read in one go, before keys are listened to again. */
const slice = 10;

export interface HistoryFeedRequest {
  readonly store: ConsoleStore;
  readonly site: Pick<Site, 'services'>;
  readonly rollups: Rollups;
  readonly ledger: Ledger;
  readonly clock: Clock;
}

/** Reads nothing while no service is open. */
export function feedHistory({store, site, rollups, ledger, clock}: HistoryFeedRequest): {close(): void} {
  let wanted: string | undefined;
  let isClosed = false;
  let cancel: Cancel = () => undefined;
  let turn = 0;

  const serviceNow = (): Service | undefined => {
    const {screen, of} = here(store.api.getState().ui);
    return screen === 'service' ? site.services.find(({id}) => id === of) : undefined;
  };
  const later = (ms: number): void => {
    cancel();
    if (isClosed) return;
    cancel = clock.after(ms, () => void load());
  };
  const pause = async (): Promise<void> => new Promise(resolve => void clock.after(0, resolve));

  const load = async (): Promise<void> => {
    const service = serviceNow();
    if (service === undefined) return;
    turn += 1;
    const mine = turn;
    const isLate = (): boolean => mine !== turn || isClosed;
    const nowMs = clock.nowMs();
    const feed = (patch: Partial<ServiceHistory>): void => {
      const known = store.api.getState().app.history;
      const before = known?.service === service.id ? known : {atMs: nowMs, checks: [], changes: undefined};
      store.feed({history: {...before, ...patch, service: service.id}});
    };
    const checks: CheckHistory[] = [];
    for (const [i, {id}] of service.checks.entries()) {
      if (i > 0 && i % slice === 0) await pause();
      if (isLate()) return;
      checks.push(await historyOf({service: service.id, check: id}, {rollups, nowMs}));
    }
    if (isLate()) return;
    feed({atMs: nowMs, checks});
    const changes = await changesOf(ledger, service).catch(() => undefined);
    if (isLate()) return;
    if (changes !== undefined) feed({changes});
    // Strips and sparklines are by the minute.
    later(minuteMs - (clock.nowMs() % minuteMs) + afterFrameMs);
  };
  const moved = (): void => {
    const now = serviceNow()?.id;
    if (now === wanted) return;
    wanted = now;
    turn += 1;
    cancel();
    if (now !== undefined) later(afterFrameMs);
  };
  const unsubscribe = store.api.subscribe(moved);
  const unwatch = ledger.watch(() => {
    if (wanted !== undefined) later(afterFrameMs);
  });
  moved();
  return {
    close: () => {
      isClosed = true;
      cancel();
      unsubscribe();
      unwatch();
    },
  };
}

/** The worst of a minute; maintenance is nothing that was seen. */
const worstOf = ({fail, unknown, warn, pass, skipped}: LookCounts): Verdict | undefined => {
  if (fail > 0) return 'fail';
  if (unknown > 0) return 'unknown';
  if (warn > 0) return 'warn';
  if (pass > 0) return 'pass';
  return skipped > 0 ? 'skipped' : undefined;
};

async function historyOf(
  name: {readonly service: string; readonly check: string},
  {rollups, nowMs}: {readonly rollups: Rollups; readonly nowMs: number},
): Promise<CheckHistory> {
  const points = await latencySeries(rollups, name, {nowMs, stepMs: minuteMs, count: minutes});
  return {
    id: show(name.check),
    strip: points.map(({counts}) => worstOf(counts)),
    p50: points.map(({p50}) => p50),
    p95: points.map(({p95}) => p95),
  };
}
