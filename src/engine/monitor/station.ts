// One monitor per data directory: runs it here while we have the lease, follows it elsewhere while we have not.
import type {Cancel, MonitorHolder} from '../../ports.ts';
import {followMonitor} from './follow.ts';
import {createMonitor} from './monitor.ts';
import type {MonitorRequest} from './monitor.ts';
import type {Monitor} from './state.ts';

export type StationMode =
  | {readonly at: 'here'}
  | {readonly at: 'elsewhere'; readonly holder: MonitorHolder; readonly isOtherSite: boolean}
  | {readonly at: 'off'; readonly why: string};

export interface Station extends Monitor {
  mode(): StationMode;
}

export interface StationRequest extends MonitorRequest {
  /** Shown to other consoles as the one who runs the monitor. */
  readonly who: string;
}

const siteHash = ({site}: StationRequest): string => site.hashes['quarterdeck.yaml'] ?? '';

/** How soon a monitor whose process died is taken over, and a lost lease is noticed. */
const askMs = 5_000;

export function createStation(request: StationRequest): Station {
  const {ports, telemetry, who, onChange} = request;
  const {clock, processes, random} = ports;
  const me: MonitorHolder = {
    ...processes.self(),
    session: Array.from(random.bytes(8), byte => byte.toString(16).padStart(2, '0')).join(''),
    who,
    site: siteHash(request),
    sinceMs: clock.nowMs(),
  };
  let mode: StationMode = {at: 'off', why: 'not started'};
  let monitor: Monitor = followMonitor(request);
  let timer: Cancel = () => undefined;
  const stopping = new AbortController();
  const isStopping = (): boolean => stopping.signal.aborted;

  const isMe = (holder: MonitorHolder): boolean => holder.session === me.session && holder.pid === me.pid;

  const ask = async (): Promise<StationMode> => {
    try {
      const holder = await telemetry.takeMonitor(me, name => processes.alive(name));
      if (isMe(holder)) return {at: 'here'};
      return {at: 'elsewhere', holder, isOtherSite: (holder.site ?? me.site) !== me.site};
    } catch (error) {
      // A lease that cannot be asked about just now stays where it is.
      if (mode.at !== 'off') return mode;
      return {at: 'off', why: error instanceof Error ? error.message : String(error)};
    }
  };
  const round = async (isFirst: boolean): Promise<void> => {
    const now = await ask();
    if (isStopping()) return;
    const was = mode.at;
    mode = now;
    if (isFirst || was !== now.at) {
      if (!isFirst) await monitor.stop('another process has the monitor now');
      monitor = now.at === 'here' ? createMonitor({by: who, ...request}) : followMonitor(request);
      await monitor.start();
      onChange();
    }
    if (!isStopping()) timer = clock.after(askMs, () => void round(false));
  };
  return {
    start: () => round(true),
    async stop(why) {
      stopping.abort();
      timer();
      await monitor.stop(why);
      if (mode.at === 'here') await telemetry.releaseMonitor(me).catch(() => undefined);
      mode = {at: 'off', why: why ?? 'stopped'};
    },
    checkNow: service => monitor.checkNow(service),
    snapshot: () => monitor.snapshot(),
    mode: () => mode,
    get problem() {
      return monitor.problem;
    },
  };
}
