// Following a monitor that another process runs: the same view, read from telemetry.
import type {AnyCheck, Ports} from '../../define.ts';
import type {Site} from '../../domain/site.ts';
import {noStrikes, phaseOf} from '../../domain/strikes.ts';
import type {Cancel, LastLook, Telemetry} from '../../ports.ts';
import {runOnce} from './run-once.ts';
import {isStale} from './slots.ts';
import {nameOf} from './state.ts';
import type {CheckState, Monitor} from './state.ts';

export interface FollowRequest {
  readonly site: Site;
  readonly checks: readonly AnyCheck[];
  readonly ports: Ports;
  readonly telemetry: Telemetry;
  readonly onChange: () => void;
}

const pollMs = 1_000;

/** The states of stored looks, in the order of the site; a check never looked at has no `last`. */
export function statesOf(site: Site, looks: readonly LastLook[], nowMs: number): CheckState[] {
  const found = new Map(
    looks.map(look => [nameOf({service: look.result.service, id: look.result.check}), look]),
  );
  return site.services.flatMap(service =>
    service.checks.map(spec => {
      const look = found.get(nameOf(spec));
      const isSame = look?.result.type === spec.type;
      const strikes = isSame ? look.strikes : noStrikes;
      const seenMs = isSame ? look.seenMs : undefined;
      return {
        spec,
        last: isSame ? look.result : undefined,
        seenMs,
        stale: seenMs !== undefined && isStale(seenMs, spec.everyMs, nowMs),
        hard: strikes.hard,
        sinceMs: strikes.sinceMs,
        phase: phaseOf(strikes),
        strikes,
        running: false,
        overruns: 0,
        missed: 0,
      };
    }),
  );
}

/** Looks nowhere by itself; `checkNow` does, for this console alone, without writing anything. */
export function followMonitor({site, checks, ports, telemetry, onChange}: FollowRequest): Monitor {
  const {clock} = ports;
  const stopping = new AbortController();
  const own = new Map<string, LastLook>();
  let looks: readonly LastLook[] = [];
  let seen = '';
  let timer: Cancel = () => undefined;

  const poll = async (): Promise<void> => {
    looks = await telemetry.lastLooks();
    const mark = looks.map(({result, seenMs}) => `${result.service}/${result.check}@${seenMs}`).join('\n');
    if (mark !== seen) {
      seen = mark;
      onChange();
    }
    if (!stopping.signal.aborted) timer = clock.after(pollMs, () => void poll());
  };
  const merged = (): LastLook[] => {
    const all = new Map(
      looks.map(look => [nameOf({service: look.result.service, id: look.result.check}), look]),
    );
    for (const [name, look] of own) {
      const stored = all.get(name);
      if (stored === undefined || stored.seenMs < look.seenMs)
        all.set(name, {...look, strikes: stored?.strikes ?? noStrikes});
    }
    return [...all.values()];
  };
  return {
    start: poll,
    stop: () => {
      stopping.abort();
      timer();
      return Promise.resolve();
    },
    async checkNow(service) {
      const specs = site.services.find(({id}) => id === service)?.checks ?? [];
      const results = await runOnce({
        specs,
        checks,
        ports,
        trusted: site.trust.at === 'trusted',
        siteDir: site.dir,
        sources: site.sources,
        signal: stopping.signal,
      });
      if (stopping.signal.aborted) return;
      for (const result of results) {
        const look = {result, seenMs: clock.nowMs(), slotMs: undefined, strikes: noStrikes};
        own.set(nameOf({service, id: result.check}), look);
      }
      onChange();
    },
    snapshot: () => statesOf(site, merged(), clock.nowMs()),
    get problem() {
      return telemetry.problem;
    },
  };
}
