// Alerts from a command's context: for the daemon, the console, and the commands that ask about them.
import type {Outbox} from '../alert-ports.ts';
import type {CommandContext} from '../define.ts';
import type {Sent} from '../define-channel.ts';
import {defaultPlan, type AlertPlan} from '../domain/alert-plan.ts';
import type {Alert} from '../domain/alert.ts';
import type {Notice} from '../domain/notice.ts';
import type {CheckSpec, Site} from '../domain/site.ts';
import {
  createAlerts,
  deliver,
  findingsOf,
  keyOfCheck,
  type Alerts,
  type ChannelFacts,
  type FindingSource,
} from '../engine/alerts/index.ts';
import {statesOf, type Station} from '../engine/monitor/index.ts';
import {isSloKey, type SloWatch} from '../engine/slo/index.ts';
import type {Ledger} from '../ports.ts';

/** What the site says; one that is not trusted tells nobody anything, since it would choose to whom. */
export function planOf({alerts = defaultPlan, trust}: Pick<Site, 'alerts' | 'trust'>): AlertPlan {
  if (trust.at === 'trusted') return alerts;
  return {...alerts, channels: [], routes: []};
}

/** What planning knows of the channels of a plan; one whose type is not known is left out. */
export const factsOf = (
  plan: AlertPlan,
  {channels}: Pick<CommandContext, 'channels'>,
): readonly (ChannelFacts & {readonly type: string})[] =>
  plan.channels.flatMap(({name, type}) => {
    const definition = channels.find(one => one.type === type);
    if (definition === undefined) return [];
    const {each, tellsAck, refreshMs, local} = definition;
    return [{name, type, each, tellsAck, refreshMs, local}];
  });

/** Sends one notice through the channel of that name. */
export async function sendThrough(
  context: CommandContext,
  {
    site,
    plan,
    channel,
    notice,
    signal,
  }: {
    readonly site: Pick<Site, 'dir'>;
    readonly plan: AlertPlan;
    readonly channel: string;
    readonly notice: Notice;
    readonly signal: AbortSignal;
  },
): Promise<Sent> {
  const spec = plan.channels.find(({name}) => name === channel);
  if (spec === undefined) return {at: 'failed', about: 'channel', message: `there is no channel ${channel}`};
  const {channels, http, exec, mail, bell, env, files, clock, secrets} = context;
  return deliver(spec, notice, {
    channels,
    http,
    exec,
    mail,
    bell,
    env,
    files,
    clock,
    secrets,
    siteDir: site.dir,
    signal,
  });
}

export interface AlertingRequest {
  readonly site: Site;
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly station: Pick<Station, 'mode' | 'snapshot'>;
  /** What is found besides checks. */
  readonly sources?: readonly FindingSource[];
  readonly onChange?: (change: {
    readonly opened: readonly Alert[];
    readonly closed: readonly Alert[];
  }) => void;
  readonly onSent?: (channel: string, sent: Sent, alerts: readonly string[]) => void;
}

/** The checks of the site, as the monitor of this process sees them. */
const checksSource = (
  {services}: Pick<Site, 'services'>,
  station: Pick<Station, 'mode' | 'snapshot'>,
  {clock}: Pick<CommandContext, 'clock'>,
): FindingSource => ({
  owns: key => key.startsWith('check '),
  findings: () =>
    station.mode().at === 'here' ? findingsOf(station.snapshot(), services, clock.nowMs()) : undefined,
});

/** What services promise, as it is evaluated by this process while it runs the monitor. */
export const promisesSource = (watch: Pick<SloWatch, 'findings'>): FindingSource => ({
  owns: isSloKey,
  findings: () => watch.findings(),
});

/** What alerts need besides what is found, and who runs them. */
const basis = (context: CommandContext, site: Site, plan: AlertPlan) => {
  const {clock, random, processes, actor} = context;
  return {
    site,
    plan,
    recurring: site.maintenance ?? [],
    channels: factsOf(plan, context),
    clock,
    random,
    processes,
    operator: actor.operator,
    deliver: async (channel: string, notice: Notice, signal: AbortSignal) =>
      sendThrough(context, {site, plan, channel, notice, signal}),
  };
};

/** The alerts of this process; they rest while another one runs the monitor. */
export function alertsHere(context: CommandContext, request: AlertingRequest): Alerts {
  const {site, station, sources = [], ...rest} = request;
  return createAlerts({
    ...rest,
    ...basis(context, site, planOf(site)),
    sources: [checksSource(site, station, context), ...sources],
    isMine: () => station.mode().at === 'here',
  });
}

/**
 * Opens, closes and tells what a single look found about these checks; nothing waits for others of its group, since
 * nobody is there any more when their time has come. Gives what is wrong, in words.
 */
export async function tellOnce(
  context: CommandContext,
  {site, specs}: {readonly site: Site; readonly specs: readonly CheckSpec[]},
): Promise<string | undefined> {
  const {clock} = context;
  const given = planOf(site);
  const problems: string[] = [];
  const looks = await (await context.telemetry()).lastLooks();
  const keys = new Set(specs.map(({service, id}) => keyOfCheck(service, id)));
  const nowMs = clock.nowMs();
  const found = findingsOf(statesOf(site, looks, nowMs), site.services, nowMs);
  const alerts = createAlerts({
    ...basis(context, site, {...given, group: {...given.group, waitMs: 0}}),
    sources: [{owns: key => keys.has(key), findings: () => found.filter(({key}) => keys.has(key))}],
    ledger: await context.ledger(),
    outbox: await context.outbox(),
    isMine: () => true,
    onSent: (channel, {at, message}) => {
      if (at === 'failed') problems.push(`${channel} did not take the notice: ${message}`);
    },
  });
  try {
    await alerts.once();
  } catch (error) {
    problems.push(`nobody was told: ${error instanceof Error ? error.message : String(error)}`);
  }
  return [...problems, alerts.problem ?? ''].filter(Boolean).join('; ') || undefined;
}
