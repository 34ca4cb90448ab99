// Keeps the services on the screen in step with the monitor: looks are collected, strips change once a minute.
import {show} from '../../domain/show.ts';
import type {Runbook} from '../../domain/runbook.ts';
import type {Site} from '../../domain/site.ts';
import type {Verdict} from '../../domain/verdict.ts';
import {findingsOf} from '../../engine/alerts/index.ts';
import type {CheckState, Station} from '../../engine/monitor/index.ts';
import type {Cancel, Clock, Telemetry} from '../../ports.ts';
import type {SessionView} from '../../state/model.ts';
import type {ConsoleStore} from '../../state/store.ts';
import {serviceViews} from './services.ts';

const collectMs = 100;
const stripMinutes = 60;
/** Staleness shows although nothing arrives. */
const againMs = 5_000;
const minuteMs = 60_000;

export interface ServiceFeed {
  readonly changed: () => void;
  readonly attended: (who: ReadonlyMap<string, string>) => void;
  readonly close: () => void;
}

export function feedServices({
  store,
  site,
  station,
  telemetry,
  runbooks,
  clock,
  taken,
}: {
  readonly store: ConsoleStore;
  readonly site: Site;
  readonly station: Station;
  readonly telemetry: Telemetry;
  readonly runbooks: readonly Runbook[];
  readonly clock: Clock;
  /** Who took what fires of a service, where nobody runs a runbook on it. */
  readonly taken: () => ReadonlyMap<string, string>;
}): ServiceFeed {
  let strips: ReadonlyMap<string, readonly (Verdict | undefined)[]> = new Map();
  let attended: ReadonlyMap<string, string> = new Map();
  let minute = -1;
  let timer: Cancel | undefined;
  let verdicts = '';

  const refreshStrips = async (nowMs: number): Promise<void> => {
    const rows = await Promise.all(
      site.services.map(async ({id}) => [id, await telemetry.strip(id, nowMs, stripMinutes)] as const),
    );
    strips = new Map(rows);
  };
  const paint = async (): Promise<void> => {
    const nowMs = clock.nowMs();
    const states = station.snapshot();
    const now = states.map(({last}) => last?.verdict ?? '').join();
    if (minute !== Math.floor(nowMs / minuteMs) || now !== verdicts) {
      minute = Math.floor(nowMs / minuteMs);
      verdicts = now;
      await telemetry.flush();
      await refreshStrips(nowMs);
    }
    const {session} = store.api.getState().app;
    store.feed({
      services: serviceViews({
        site,
        states,
        runbooks,
        strips,
        attended: new Map([...taken(), ...attended]),
        held: heldIn(site, states, nowMs),
      }),
      session: {...session, monitor: monitorOf(station)},
    });
  };
  let closed = false;
  const later = (ms: number): void => {
    timer?.();
    if (closed) return;
    timer = clock.after(ms, () => {
      timer = undefined;
      later(againMs);
      void paint();
    });
  };
  let waiting = false;
  const changed = (): void => {
    if (waiting || closed) return;
    waiting = true;
    timer?.();
    timer = clock.after(collectMs, () => {
      waiting = false;
      later(againMs);
      void paint();
    });
  };
  return {
    changed,
    attended: who => {
      attended = who;
      changed();
    },
    close: () => {
      closed = true;
      timer?.();
    },
  };
}

/** What alerts are held back by, by check; those of the rules that open them. */
const heldIn = (
  {services}: Site,
  states: readonly CheckState[],
  nowMs: number,
): ReadonlyMap<string, string> =>
  new Map(
    findingsOf(states, services, nowMs).flatMap(({service, check, because}) =>
      because === undefined || check === undefined ? [] : [[`${service}/${check}`, because]],
    ),
  );

function monitorOf(station: Station): SessionView['monitor'] {
  const mode = station.mode();
  switch (mode.at) {
    case 'here':
      return mode;
    case 'elsewhere':
      return {
        at: 'elsewhere',
        who: show(`${mode.holder.who}, pid ${mode.holder.pid}`),
        isOtherSite: mode.isOtherSite,
      };
    case 'off':
      return {at: 'off', why: show(mode.why)};
  }
}
