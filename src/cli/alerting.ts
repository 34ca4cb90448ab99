// Alerts from a command's context: for the daemon, the console, and the commands that ask about them.
import type {Outbox} from '../alert-ports.ts';
import type {CommandContext} from '../define.ts';
import type {Sent} from '../define-channel.ts';
import {defaultPlan, type AlertPlan} from '../domain/alert-plan.ts';
import type {Alert} from '../domain/alert.ts';
import type {Notice} from '../domain/notice.ts';
import type {Site} from '../domain/site.ts';
import {
  createAlerts,
  deliver,
  findingsOf,
  type Alerts,
  type ChannelFacts,
  type FindingSource,
} from '../engine/alerts/index.ts';
import type {Station} from '../engine/monitor/index.ts';
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

/** The alerts of this process; they rest while another one runs the monitor. */
export function alertsHere(context: CommandContext, request: AlertingRequest): Alerts {
  const {site, ledger, outbox, station, sources = [], onChange, onSent} = request;
  const {clock, random, processes, actor} = context;
  const plan = planOf(site);
  return createAlerts({
    site,
    plan,
    recurring: site.maintenance ?? [],
    channels: factsOf(plan, context),
    sources: [checksSource(site, station, context), ...sources],
    ledger,
    outbox,
    clock,
    random,
    processes,
    isMine: () => station.mode().at === 'here',
    operator: actor.operator,
    deliver: async (channel, notice, signal) => sendThrough(context, {site, plan, channel, notice, signal}),
    ...(onChange === undefined ? {} : {onChange}),
    ...(onSent === undefined ? {} : {onSent}),
  });
}
