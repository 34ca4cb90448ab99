// The monitor: looks at every check in its slots, keeps strikes, writes samples, records hard states.
import type {AnyCheck, Ports} from '../../define.ts';
import type {CheckSpec, Site} from '../../domain/site.ts';
import {noStrikes, phaseOf, strike} from '../../domain/strikes.ts';
import type {Strikes} from '../../domain/strikes.ts';
import {timestamp} from '../../domain/time.ts';
import type {CheckResult} from '../../domain/verdict.ts';
import type {Cancel, Ledger, Telemetry} from '../../ports.ts';
import type {Excluded} from '../../rollup-ports.ts';
import {inputsOf, lookOnce} from './look.ts';
import {changeEntry, createRecorder, isChange} from './record.ts';
import {createLanes} from './lanes.ts';
import {afterStepBack, firstDue, gapBetween, isStale, jitterMs, takeSlot} from './slots.ts';
import type {Due, Moment, Pace} from './slots.ts';
import {nameOf} from './state.ts';
import type {Monitor} from './state.ts';

export interface MonitorRequest {
  readonly site: Site;
  readonly checks: readonly AnyCheck[];
  readonly ports: Ports;
  readonly ledger: Ledger;
  readonly telemetry: Telemetry;
  /** Called after every look; whoever paints collects. */
  readonly onChange: () => void;
  /** Who runs it, for `monitor.start`. */
  readonly by?: string;
  /** Called with every look that became the sample of its slot. */
  readonly onSample?: (result: CheckResult) => void;
  /** Maintenance that was recorded before it began: its samples count neither as up nor as down. */
  readonly excluded?: Excluded;
}

/** At least so often the clocks are compared, since timers stand still while a machine is suspended. */
const longestTickMs = 5_000;
/** Checks that are due within so long of each other are started together. */
const shortestTickMs = 20;
const flushMs = 1_000;
const stopMs = 3_000;
const dayMs = 86_400_000;

interface Tracked {
  readonly spec: CheckSpec;
  readonly pace: Pace;
  readonly inputs: readonly string[];
  readonly isHeavy: boolean;
  due: Due;
  last: CheckResult | undefined;
  seenMs: number | undefined;
  /** The newest slot with a sample. */
  slotMs: number | undefined;
  strikes: Strikes;
  /** Looks are numbered; a result older than the newest applied one is dropped. */
  turn: number;
  applied: number;
  running: Promise<void> | undefined;
  /** The slot that the running look is for; one that was asked for by hand takes the slot that comes due meanwhile. */
  runningSlot: number | undefined;
  overruns: number;
  missed: number;
}

/** A check that compares is due with the latest of its inputs, so that it sees the results of this slot. */
function paceOf(spec: CheckSpec, inputs: readonly string[], ofService: readonly CheckSpec[]): Pace {
  const {everyMs} = spec;
  const others = ofService.filter(({id}) => inputs.includes(id));
  const jitters = [spec, ...others].map(one => jitterMs(nameOf(one), one.everyMs));
  return {everyMs, jitterMs: Math.min(Math.max(...jitters), everyMs - 1)};
}

function track(spec: CheckSpec, checks: readonly AnyCheck[], ofService: readonly CheckSpec[]): Tracked {
  const inputs = inputsOf(spec, checks);
  return {
    spec,
    pace: paceOf(spec, inputs, ofService),
    inputs,
    isHeavy: checks.find(({type}) => type === spec.type)?.isHeavy ?? false,
    due: {slotMs: 0, atMs: 0},
    last: undefined,
    seenMs: undefined,
    slotMs: undefined,
    strikes: noStrikes,
    turn: 0,
    applied: 0,
    running: undefined,
    runningSlot: undefined,
    overruns: 0,
    missed: 0,
  };
}

/** Makes the monitor of a site; nothing is looked at before `start()`. The caller holds the monitor lease. */
export function createMonitor(request: MonitorRequest): Monitor {
  const {site, checks, ports, ledger, telemetry, onChange, by} = request;
  const {onSample = () => undefined, excluded = () => false} = request;
  const {clock} = ports;
  const trusted = site.trust.at === 'trusted';
  const specs = site.services.flatMap(service => service.checks);
  const tracked = new Map(
    site.services.flatMap(service =>
      service.checks.map(spec => [nameOf(spec), track(spec, checks, service.checks)] as const),
    ),
  );
  // Checks that compare come after the ones they compare.
  const asWritten = [...tracked.values()];
  const ordered = [...asWritten].sort((a, b) => a.inputs.length - b.inputs.length);
  const lanes = createLanes();
  const recorder = createRecorder(ledger);
  const stopping = new AbortController();
  const longestGapMs = longestTickMs + 2 * Math.min(...specs.map(spec => spec.everyMs), 60_000);
  let tickTimer: Cancel = () => undefined;
  let flushTimer: Cancel | undefined;
  let before: Moment | undefined;
  let prunedMs = 0;

  const input = (service: string) => (check: string) => {
    const other = tracked.get(nameOf({service, id: check}));
    if (other?.seenMs === undefined || isStale(other.seenMs, other.spec.everyMs, clock.nowMs()))
      return undefined;
    return other.last;
  };

  const flushSoon = (): void => {
    flushTimer ??= clock.after(flushMs, () => {
      flushTimer = undefined;
      void telemetry.flush();
      if (recorder.problem !== undefined) void recorder.flush();
    });
  };

  const apply = (one: Tracked, turn: number, result: CheckResult): void => {
    if (stopping.signal.aborted || turn <= one.applied) return;
    one.applied = turn;
    one.last = result;
    one.seenMs = clock.nowMs();
    const slot = one.runningSlot;
    if (slot !== undefined) {
      const was = one.strikes;
      one.strikes = strike(one.strikes, {
        verdict: result.verdict,
        atMs: one.seenMs,
        limits: one.spec.strikes,
      });
      if (isChange(was, one.strikes))
        recorder.add(changeEntry(one.spec, {result, from: was, to: one.strikes}));
      // After the clock went back a slot comes twice: the first sample of it stays.
      if (one.slotMs === undefined || slot > one.slotMs) {
        one.slotMs = slot;
        telemetry.sample(result, slot, {excluded: excluded(result, slot)});
        onSample(result);
      }
    }
    telemetry.remember({result, seenMs: one.seenMs, slotMs: one.slotMs, strikes: one.strikes});
    flushSoon();
    onChange();
  };

  /** Waits for inputs outside the queue, so that waiting takes no place; only for those that wait for nobody. */
  const inputsDone = async (one: Tracked): Promise<void> => {
    const others = one.inputs.map(check => tracked.get(nameOf({service: one.spec.service, id: check})));
    await Promise.all(others.flatMap(other => (other?.inputs.length === 0 ? (other.running ?? []) : [])));
  };

  const look = async (one: Tracked, turn: number): Promise<void> => {
    await inputsDone(one);
    const {spec, isHeavy, last} = one;
    const result = await lanes.add({severity: spec.severity, isHeavy, lastMs: last?.durationMs ?? 0}, () =>
      lookOnce({
        spec,
        checks,
        ports,
        trusted,
        siteDir: site.dir,
        site,
        signal: stopping.signal,
        input: input(spec.service),
      }),
    );
    apply(one, turn, result);
  };

  const launch = (one: Tracked, slotMs: number | undefined): Promise<void> => {
    one.turn += 1;
    one.runningSlot = slotMs;
    const running = look(one, one.turn).finally(() => {
      one.running = undefined;
      one.runningSlot = undefined;
    });
    one.running = running;
    return running;
  };

  const takeDue = (one: Tracked, nowMs: number): void => {
    const {slotMs, missed, next} = takeSlot(one.due, nowMs, one.pace);
    one.due = next;
    one.missed += missed;
    if (one.running === undefined) void launch(one, slotMs);
    else if (one.runningSlot === undefined) one.runningSlot = slotMs;
    else one.overruns += 1;
  };

  const noteGap = (now: Moment): void => {
    const gap = before === undefined ? undefined : gapBetween(before, now, longestGapMs);
    if (gap === undefined || before === undefined) return;
    if (gap.isBack) for (const one of ordered) one.due = afterStepBack(one.due, now.wallMs, one.pace);
    const body = {from: timestamp(before.wallMs), to: timestamp(now.wallMs), why: gap.why};
    recorder.add({kind: 'monitor.gap', body});
  };

  const tick = (): void => {
    if (stopping.signal.aborted) return;
    const now = {wallMs: clock.nowMs(), monoMs: clock.monoMs()};
    noteGap(now);
    before = now;
    let nextMs = longestTickMs;
    for (const one of ordered) {
      if (one.due.atMs <= now.wallMs) takeDue(one, now.wallMs);
      nextMs = Math.min(nextMs, one.due.atMs - now.wallMs);
    }
    if (now.wallMs - prunedMs > dayMs) {
      prunedMs = now.wallMs;
      void telemetry.prune(now.wallMs);
    }
    tickTimer = clock.after(Math.max(shortestTickMs, nextMs), tick);
  };

  const restore = async (): Promise<void> => {
    telemetry.register(specs);
    for (const look of await telemetry.lastLooks()) {
      const one = tracked.get(nameOf({service: look.result.service, id: look.result.check}));
      if (one === undefined || one.spec.type !== look.result.type) continue;
      one.last = look.result;
      one.seenMs = look.seenMs;
      one.strikes = look.strikes;
      // A slot from the future was written before the clock was set back.
      if (look.slotMs !== undefined && look.slotMs <= clock.nowMs()) one.slotMs = look.slotMs;
    }
    const nowMs = clock.nowMs();
    for (const one of ordered) one.due = firstDue(nowMs, one.slotMs, one.pace);
  };

  return {
    async start() {
      await restore();
      recorder.add({kind: 'monitor.start', body: {checks: specs.length, ...(by === undefined ? {} : {by})}});
      onChange();
      tick();
    },
    async stop(why = 'asked to stop') {
      if (stopping.signal.aborted) return;
      stopping.abort(new Error('the monitor stops'));
      tickTimer();
      flushTimer?.();
      const running = Promise.allSettled(ordered.flatMap(one => one.running ?? []));
      let cancel: Cancel = () => undefined;
      const limit = new Promise<void>(resolve => {
        cancel = clock.after(stopMs, resolve);
      });
      await Promise.race([running, limit]);
      cancel();
      recorder.add({kind: 'monitor.stop', body: {why}});
      await recorder.flush();
      await telemetry.flush();
    },
    async checkNow(service) {
      const mine = ordered.filter(one => one.spec.service === service);
      // A look that began before the key was pressed does not answer it.
      await Promise.all(mine.flatMap(one => one.running ?? []));
      await Promise.all(mine.map(one => one.running ?? launch(one, undefined)));
    },
    snapshot: () =>
      asWritten.map(({spec, last, seenMs, strikes, overruns, missed, running}) => ({
        spec,
        last,
        seenMs,
        stale: seenMs !== undefined && isStale(seenMs, spec.everyMs, clock.nowMs()),
        hard: strikes.hard,
        sinceMs: strikes.sinceMs,
        phase: phaseOf(strikes),
        strikes,
        running: running !== undefined,
        overruns,
        missed,
      })),
    get problem() {
      return recorder.problem ?? telemetry.problem;
    },
  };
}
