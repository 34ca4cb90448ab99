// One look at the uptime checks of a service outside the monitor, as a scheduler's job makes it (R23): strikes, samples
// and lines go on from where the last one left them, so that two failing looks in a row are one outage.
import type {AnyCheck, Ports} from '../../define.ts';
import type {CheckSpec, Site} from '../../domain/site.ts';
import {noStrikes, strike} from '../../domain/strikes.ts';
import type {CheckResult} from '../../domain/verdict.ts';
import type {Ledger, MonitorHolder, Telemetry} from '../../ports.ts';
import {runOnce} from '../monitor/index.ts';
import type {NdjsonLog} from '../logs/index.ts';
import {changeEntry, createRecorder, isChange} from '../monitor/record.ts';
import {slotOf} from '../monitor/slots.ts';
import {uptimeLine} from './log.ts';

export interface LookRequest {
  readonly site: Site;
  readonly specs: readonly CheckSpec[];
  readonly checks: readonly AnyCheck[];
  readonly ports: Ports;
  readonly signal: AbortSignal;
  readonly telemetry: Telemetry;
  /** Opened only when this look is the one that counts. */
  readonly ledger: () => Promise<Ledger>;
  /** logs/uptime.ndjson. */
  readonly log: NdjsonLog;
  readonly who: string;
  /** Tells whom it concerns, once all is written down; only for looks that count. Gives what kept it from that. */
  readonly tell: () => Promise<string | undefined>;
}

export interface Looked {
  readonly results: readonly CheckResult[];
  /** Somebody else runs the monitor: these looks move nothing. */
  readonly heldBy: MonitorHolder | undefined;
  /** What could not be written. */
  readonly problem: string | undefined;
}

export async function lookAtUptime(request: LookRequest): Promise<Looked> {
  const {site, ports, telemetry, who} = request;
  const {processes, random, clock} = ports;
  const me: MonitorHolder = {
    ...processes.self(),
    session: Array.from(random.bytes(8), byte => byte.toString(16).padStart(2, '0')).join(''),
    who,
    sinceMs: clock.nowMs(),
  };
  const holder = await telemetry.takeMonitor(me, name => processes.alive(name));
  const isMine = holder.session === me.session && holder.pid === me.pid;
  try {
    const results = await runOnce({
      specs: request.specs,
      all: site.services.flatMap(service => service.checks),
      checks: request.checks,
      ports,
      trusted: site.trust.at === 'trusted',
      siteDir: site.dir,
      site,
      signal: request.signal,
    });
    if (!isMine) return {results, heldBy: holder, problem: undefined};
    if (request.signal.aborted) return {results, heldBy: undefined, problem: undefined};
    return {results, heldBy: undefined, problem: await keep(results, request)};
  } finally {
    if (isMine) await telemetry.releaseMonitor(me);
  }
}

/** Writes down what was seen; what could not be, if anything. */
async function keep(results: readonly CheckResult[], request: LookRequest): Promise<string | undefined> {
  const {site, specs, ports, telemetry, log} = request;
  telemetry.register(site.services.flatMap(service => service.checks));
  const recorder = createRecorder(await request.ledger());
  const looks = await telemetry.lastLooks();
  for (const result of results) {
    const spec = specs.find(({service, id}) => service === result.service && id === result.check);
    if (spec === undefined) continue;
    const before = looks.find(
      ({result: {service, check, type}}) =>
        service === spec.service && check === spec.id && type === spec.type,
    );
    const seenMs = ports.clock.nowMs();
    const was = before?.strikes ?? noStrikes;
    const strikes = strike(was, {verdict: result.verdict, atMs: seenMs, limits: spec.strikes});
    if (isChange(was, strikes)) recorder.add(changeEntry(spec, {result, from: was, to: strikes}));
    const slotMs = slotOf(seenMs, spec.everyMs);
    telemetry.sample(result, slotMs);
    telemetry.remember({result, seenMs, slotMs: Math.max(slotMs, before?.slotMs ?? slotMs), strikes});
    const line = uptimeLine(result);
    if (line !== undefined) log.add({...line});
  }
  await recorder.flush();
  await telemetry.flush();
  await log.flush();
  const untold = await request.tell();
  return recorder.problem ?? telemetry.problem ?? log.problem ?? untold;
}
