// The chain from the site file to the last answer of each channel: why nothing arrives. For a command and a screen.
import type {ChannelState, QueuedItem} from '../alert-ports.ts';
import type {CommandContext} from '../define.ts';
import type {AlertPlan} from '../domain/alert-plan.ts';
import {openAlerts, type AlertBook} from '../domain/alert.ts';
import {lasted} from '../domain/notice.ts';
import {covers} from '../domain/scope.ts';
import type {Site} from '../domain/site.ts';
import {conditionsOf} from '../domain/slo-alerts.ts';
import type {SloRecord} from '../domain/slo-record.ts';
import {timestamp} from '../domain/time.ts';
import {
  findingsOf,
  holdFor,
  resolveParams,
  suppression,
  waysOf,
  type PlanScene,
} from '../engine/alerts/index.ts';
import {statesOf, type CheckState} from '../engine/monitor/index.ts';
import {sloRecords} from '../engine/slo/index.ts';
import type {Ledger} from '../ports.ts';
import {bookIn} from './alert-scope.ts';
import {factsOf, planOf} from './alerting.ts';

/** One link of the chain: it holds, it is broken, or it is as it should be and yet keeps a notice back. */
export interface Link {
  readonly at: 'ok' | 'no' | 'waits';
  readonly about: string;
  readonly message: string;
}

const link = (at: Link['at'], about: string, message: string): Link => ({at, about, message});

function siteLinks(site: Site, plan: AlertPlan): Link[] {
  const {trust, alerts} = site;
  const problems = (alerts?.problems ?? []).map(problem => link('no', 'environment', problem));
  if (trust.at !== 'trusted')
    return [
      link('no', 'site', `not trusted, so nobody is told anything: ${trust.why} (quarterdeck site trust)`),
      ...problems,
    ];
  const names = plan.channels.map(({name}) => name).join(', ');
  return [
    link('ok', 'site', 'trusted'),
    ...problems,
    plan.channels.length === 0
      ? link(
          'no',
          'channels',
          'the site names none: section `alerts`, or TELEGRAM_BOT_TOKEN and TELEGRAM_CHAT_ID',
        )
      : link('ok', 'channels', names),
  ];
}

async function monitorLink(context: CommandContext, site: Site): Promise<Link> {
  const holder = await (await context.telemetry()).monitorHolder();
  if (holder === undefined || !context.processes.alive(holder))
    return link(
      'no',
      'monitor',
      'nothing looks and nobody tells: start `quarterdeck daemon`, or open the console',
    );
  const hash = site.hashes['quarterdeck.yaml'];
  if (holder.site !== undefined && holder.site !== hash)
    return link('no', 'monitor', `run by ${holder.who} with another site file: start it again`);
  return link('ok', 'monitor', `run by ${holder.who}, pid ${holder.pid}`);
}

async function channelLinks(
  context: CommandContext,
  {
    plan,
    states,
    nowMs,
  }: {readonly plan: AlertPlan; readonly states: readonly ChannelState[]; readonly nowMs: number},
): Promise<Link[]> {
  const links = await Promise.all(
    plan.channels.map(async (spec): Promise<Link> => {
      const about = `channel ${spec.name}`;
      const definition = context.channels.find(({type}) => type === spec.type);
      if (definition === undefined) return link('no', about, `there is no channel type ${spec.type}`);
      const resolved = await resolveParams(spec, definition, context);
      const state = states.find(({channel}) => channel === spec.name);
      if ('problem' in resolved) {
        const told =
          state?.sentMs === undefined ? '' : `, and sent something ${lasted(nowMs - state.sentMs)} ago`;
        return link(
          'no',
          about,
          `as this command sees it: ${resolved.problem} (the monitor has its own environment${told})`,
        );
      }
      const target = `${spec.type}, ${definition.target(spec.params)}`;
      if (state?.error !== undefined && state.errorMs !== undefined) {
        const again = state.notBeforeMs > nowMs ? `; tried again at ${timestamp(state.notBeforeMs)}` : '';
        return link(
          'no',
          about,
          `${target}: ${lasted(nowMs - state.errorMs)} ago it said: ${state.error}${again}`,
        );
      }
      if (definition.local) return link('ok', about, `${target}: nothing is queued for it`);
      const last =
        state?.sentMs === undefined ? 'nothing was sent yet' : `took one ${lasted(nowMs - state.sentMs)} ago`;
      return link('ok', about, `${target}: ${last}`);
    }),
  );
  return links;
}

function stateLink(state: CheckState): Link {
  const {spec, phase, last, stale, strikes, seenMs} = state;
  const about = `${spec.service}/${spec.id}`;
  if (last === undefined || seenMs === undefined) return link('no', about, 'was never looked at');
  if (stale) return link('no', about, `was last looked at ${last.at}: too old to say anything`);
  const counted = `${strikes.counters[last.verdict]} in a row`;
  if (phase === 'pending')
    return link(
      'waits',
      about,
      `${last.verdict}, ${counted}; it fires after ${spec.strikes.fail}: ${last.message}`,
    );
  if (phase === 'recovering')
    return link('waits', about, `recovering, ${counted} of ${spec.strikes.recover}`);
  return link('ok', about, `${phase}: ${last.message}`);
}

/** What the promises of the services that were asked for say. */
function promiseLinks(
  {services}: Site,
  {
    on,
    nowMs,
    records,
  }: {
    readonly on: readonly string[];
    readonly nowMs: number;
    readonly records: ReadonlyMap<string, SloRecord>;
  },
): Link[] {
  return services.flatMap(({id, labels, slo}) => {
    if (slo === undefined || !covers(on, {service: id, labels})) return [];
    const about = `promise of ${id}`;
    const record = records.get(id);
    if (record === undefined) return [link('waits', about, 'was never evaluated')];
    const firing = conditionsOf(id, record.memory, record.memory).map(({name, window}) =>
      window === undefined ? name : `${name} ${window}`,
    );
    const what = firing.length === 0 ? 'nothing of it fires' : `fires: ${firing.join(', ')}`;
    return [link('ok', about, `evaluated ${lasted(nowMs - record.atMs)} ago: ${what}`)];
  });
}

/** What was said to a channel about an alert, and what keeps the rest back. */
function tellingLink(
  about: string,
  item: QueuedItem | undefined,
  {hold, isLocal}: {readonly hold: ReturnType<typeof holdFor>; readonly isLocal: boolean},
): Link {
  if (item?.at === 'sent') return link('ok', about, `told at ${timestamp(item.doneMs ?? item.queuedMs)}`);
  if (item?.at === 'given up')
    return link('no', about, `given up after ${item.attempts} tries: ${item.error ?? ''}`);
  if (item?.at === 'waiting') {
    if (item.error === undefined)
      return link('waits', about, 'queued; it goes out as soon as the channel takes something');
    return link(
      'no',
      about,
      `${item.attempts} tries failed, again at ${timestamp(item.dueMs)}: ${item.error}`,
    );
  }
  if (hold === undefined)
    return isLocal
      ? link('ok', about, 'rings in every console that was open when it began')
      : link('waits', about, 'about to be queued');
  const until = hold.untilMs === undefined ? '' : ` until ${timestamp(hold.untilMs)}`;
  return link('waits', about, `${hold.words}${until}`);
}

interface AboutRequest {
  readonly scene: PlanScene;
  readonly book: AlertBook;
  readonly states: readonly CheckState[];
  readonly on: readonly string[];
  /** A site that is not trusted tells nobody anything: why is said once, for all. */
  readonly isTrusted: boolean;
}

/** The chain of what was asked for; of everything that is open, when nothing was. */
function aboutLinks({scene, book, states, on, isTrusted}: AboutRequest): Link[] {
  const links: Link[] = [];
  if (on.length > 0) {
    for (const state of states) {
      const finding = [...scene.findings.values()].find(
        ({service, check}) => service === state.spec.service && check === state.spec.id,
      );
      if (finding === undefined || !covers(on, finding)) continue;
      links.push(stateLink(state));
      const kept = finding.at === 'firing' ? suppression(finding, scene) : undefined;
      if (kept !== undefined)
        links.push(link('waits', `${state.spec.service}/${state.spec.id}`, `no alert is opened: ${kept}`));
    }
  }
  for (const alert of openAlerts(book).filter(one => on.length === 0 || covers(on, one))) {
    const acked = alert.acked === undefined ? '' : `, taken by ${alert.acked.operator}`;
    links.push(link('ok', alert.alert, `open since ${timestamp(alert.openedMs)}${acked}: ${alert.title}`));
    if (!isTrusted) continue;
    const ways = waysOf(alert, scene.plan, scene.channels);
    if (ways.size === 0)
      links.push(link('no', alert.alert, `no route takes ${alert.severity} of ${alert.service} anywhere`));
    for (const name of ways.keys()) {
      const item = scene.items.find(
        one => one.alert === alert.alert && one.channel === name && one.as === 'firing',
      );
      links.push(
        tellingLink(`${alert.alert} to ${name}`, item, {
          hold: holdFor(alert, name, scene),
          isLocal: scene.channels.some(one => one.name === name && one.local),
        }),
      );
    }
  }
  return links;
}

export interface ChainRequest {
  readonly ledger: Ledger;
  /** Scopes; empty: everything that is open. */
  readonly on: readonly string[];
}

/** Every link in order, and whether there is nothing to tell anyway. */
export async function alertChain(
  context: CommandContext,
  {ledger, on}: ChainRequest,
): Promise<{readonly links: readonly Link[]; readonly isQuiet: boolean}> {
  const site = await context.site();
  const plan = planOf(site);
  const outbox = await context.outbox();
  const telemetry = await context.telemetry();
  const nowMs = context.clock.nowMs();
  const book = await bookIn(ledger);
  const states = statesOf(site, await telemetry.lastLooks(), nowMs);
  const findings = findingsOf(states, site.services, nowMs);
  const scene: PlanScene = {
    plan,
    channels: factsOf(plan, context),
    book,
    recurring: site.maintenance ?? [],
    findings: new Map(findings.map(finding => [finding.key, finding])),
    items: outbox.items(),
    states: outbox.channels(),
    isSending: () => false,
    nowMs,
  };
  const links = [
    ...siteLinks(site, plan),
    await monitorLink(context, site),
    ...(outbox.problem === undefined ? [] : [link('no', 'queue', outbox.problem)]),
    ...(telemetry.problem === undefined ? [] : [link('no', 'samples', telemetry.problem)]),
    ...(await channelLinks(context, {plan, states: outbox.channels(), nowMs})),
    ...promiseLinks(site, {on, nowMs, records: await sloRecords(telemetry)}),
    ...aboutLinks({scene, book, states, on, isTrusted: site.trust.at === 'trusted'}),
  ];
  return {links, isQuiet: openAlerts(book).length === 0};
}
