// Who is to be told what now, and what is still held back, by what. Pure: alerts and what was told give the same answer.
import type {ChannelState, Item, QueuedItem} from '../../alert-ports.ts';
import type {AlertPlan} from '../../domain/alert-plan.ts';
import {silenceOn, type Alert, type AlertBook, type Finding} from '../../domain/alert.ts';
import {lastBegin, spanNow} from '../../domain/local-time.ts';
import {maintenanceOn, type RecurringWindow} from '../../domain/maintenance.ts';
import type {Telling} from '../../domain/notice.ts';
import {covers, everything} from '../../domain/scope.ts';

/** What planning knows of a channel. */
export interface ChannelFacts {
  readonly name: string;
  readonly each: boolean;
  readonly tellsAck: boolean;
  readonly refreshMs: number | undefined;
  /** Rung by every process for itself, and not queued. */
  readonly local: boolean;
}

export interface PlanScene {
  readonly plan: AlertPlan;
  readonly channels: readonly ChannelFacts[];
  readonly book: AlertBook;
  readonly recurring: readonly RecurringWindow[];
  /** What is found now, by key. */
  readonly findings: ReadonlyMap<string, Finding>;
  readonly items: readonly QueuedItem[];
  readonly states: readonly ChannelState[];
  /** Being sent this moment. */
  readonly isSending: (item: Item) => boolean;
  readonly nowMs: number;
}

/** Why an alert is not told yet. */
export interface Hold {
  readonly why:
    'silence' | 'maintenance' | 'dependency' | 'undecided' | 'quiet' | 'digest' | 'wait' | 'interval';
  /** In words, for `alerts why`. */
  readonly words: string;
  /** When that ends by itself. */
  readonly untilMs: number | undefined;
}

export interface Queueing extends Item {
  readonly group: string;
  readonly digest: boolean;
}

export interface Planned {
  readonly queue: readonly Queueing[];
  readonly drop: readonly Item[];
  /** Channels whose digest is made with this, and the moment it was due. */
  readonly digests: readonly {readonly channel: string; readonly digestMs: number}[];
  /** The next moment at which the answer is another one by itself. */
  readonly nextMs: number;
}

/** The channels that are told of it; true: with the digest. */
export function waysOf(
  alert: Alert,
  plan: AlertPlan,
  channels: readonly ChannelFacts[],
): ReadonlyMap<string, boolean> {
  const all = {severities: [], on: [everything], to: channels.map(({name}) => name), digest: undefined};
  const ways = new Map<string, boolean>();
  for (const route of plan.routes.length === 0 ? [all] : plan.routes) {
    if (route.severities.length > 0 && !route.severities.includes(alert.severity)) continue;
    if (!covers(route.on, alert)) continue;
    const digest = route.digest ?? plan.digest.severities.includes(alert.severity);
    for (const name of route.to) {
      const channel = channels.find(one => one.name === name);
      // Who is told of each alert alone has its own ways of being quiet.
      if (channel !== undefined) ways.set(name, (ways.get(name) ?? true) && digest && !channel.each);
    }
  }
  return ways;
}

type Told = Partial<Record<Telling, QueuedItem>>;

const pairOf = ({channel, alert}: Pick<Item, 'channel' | 'alert'>): string => `${channel}\n${alert}`;

function toldIn(items: readonly QueuedItem[]): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  for (const item of items) told.set(pairOf(item), {...told.get(pairOf(item)), [item.as]: item});
  return told;
}

/** When each group of a channel was told last that something began. */
function flushesIn(items: readonly QueuedItem[]): ReadonlyMap<string, number> {
  const flushes = new Map<string, number>();
  for (const {channel, group, as, digest, at, doneMs, queuedMs} of items) {
    if (digest || (as !== 'firing' && as !== 'reminder') || at === 'dropped') continue;
    const key = `${channel}\n${group}`;
    flushes.set(key, Math.max(flushes.get(key) ?? 0, doneMs ?? queuedMs));
  }
  return flushes;
}

function groupOf(alert: Alert, channel: ChannelFacts, {group}: AlertPlan): string {
  if (channel.each) return alert.alert;
  switch (group.by) {
    case 'service':
      return `service ${alert.service}`;
    case 'check':
      return alert.key;
    case 'severity':
      return alert.severity;
    case 'site':
      return 'site';
  }
}

const isUrgent = ({severity}: Alert): boolean => severity === 'sev1' || severity === 'sev2';

/** What keeps an open alert from everybody. */
function heldBack(alert: Alert, {book, recurring, findings, nowMs}: PlanScene): Hold | undefined {
  const silence = silenceOn(book, alert, nowMs);
  if (silence !== undefined) {
    const {silence: name, operator, untilMs} = silence;
    return {why: 'silence', words: `silenced by ${operator} (${name})`, untilMs};
  }
  const window = maintenanceOn({set: book.windows, recurring}, alert, nowMs);
  if (window !== undefined)
    return {why: 'maintenance', words: `maintenance ${window.name}`, untilMs: window.untilMs};
  const finding = findings.get(alert.key);
  if (finding?.because !== undefined) {
    const words = `it depends on ${finding.because}, which is down`;
    return {why: 'dependency', words, untilMs: undefined};
  }
  if (finding?.at === 'undecided') {
    const words = 'it is recovering, too old, or waits for what it depends on';
    return {why: 'undecided', words, untilMs: undefined};
  }
  return undefined;
}

function quietHold(alert: Alert, channel: ChannelFacts, {plan, nowMs}: PlanScene): Hold | undefined {
  if (plan.quiet === undefined || isUrgent(alert) || channel.refreshMs !== undefined) return undefined;
  const span = spanNow(plan.quiet, nowMs);
  return span === undefined ? undefined : {why: 'quiet', words: 'quiet hours', untilMs: span.untilMs};
}

/** A receiver that gathers by itself is told at once. */
const waitMs = (channel: ChannelFacts, {group}: AlertPlan): number =>
  channel.refreshMs === undefined ? group.waitMs : 0;

interface Pair {
  readonly alert: Alert;
  readonly channel: ChannelFacts;
  readonly digest: boolean;
  /** False: it was told once, and no route leads there any more; only its end is still told. */
  readonly isRouted: boolean;
  readonly told: Told;
  readonly lastFlushMs: number | undefined;
}

/** Why an open alert that was not told yet is not told now; undefined: it is. */
function holdOf({alert, channel, digest, lastFlushMs}: Pair, scene: PlanScene): Hold | undefined {
  const {plan, nowMs} = scene;
  const held = heldBack(alert, scene);
  if (held !== undefined) return held;
  if (digest)
    return {
      why: 'digest',
      words: `told with the digest at ${plan.digest.at} ${plan.digest.zone}`,
      untilMs: undefined,
    };
  const quiet = quietHold(alert, channel, scene);
  if (quiet !== undefined) return quiet;
  const firstMs = alert.openedMs + waitMs(channel, plan);
  if (nowMs < firstMs) return {why: 'wait', words: 'waits for others of its group', untilMs: firstMs};
  const nextMs = (lastFlushMs ?? 0) + plan.group.intervalMs;
  if (lastFlushMs !== undefined && nowMs < nextMs && alert.severity !== 'sev1')
    return {why: 'interval', words: 'its group was told a moment ago', untilMs: nextMs};
  return undefined;
}

interface Step {
  readonly queue?: Telling;
  readonly drop?: readonly Telling[];
  readonly untilMs?: number | undefined;
}

const isDone = (item: QueuedItem | undefined): item is QueuedItem =>
  item !== undefined && (item.at === 'sent' || item.at === 'given up');

function openStep(pair: Pair, scene: PlanScene): Step {
  const {alert, channel, digest, told, isRouted} = pair;
  if (!isRouted) return {};
  const {firing, reminder, acknowledged} = told;
  const {plan, nowMs} = scene;
  if (firing === undefined || firing.at === 'dropped') {
    const hold = holdOf(pair, scene);
    return hold === undefined ? {queue: 'firing'} : {untilMs: hold.untilMs};
  }
  if (!isDone(firing)) return {};
  if (channel.tellsAck && alert.acked !== undefined && acknowledged === undefined)
    return {queue: 'acknowledged'};
  const toldMs = Math.max(firing.doneMs ?? 0, reminder?.doneMs ?? reminder?.queuedMs ?? 0);
  if (channel.refreshMs !== undefined) {
    const againMs = toldMs + channel.refreshMs;
    return nowMs >= againMs && reminder?.at !== 'waiting' ? {queue: 'reminder'} : {untilMs: againMs};
  }
  if (channel.each || digest || alert.acked !== undefined || reminder?.at === 'waiting') return {};
  const againMs = toldMs + plan.group.repeatMs;
  if (nowMs < againMs) return {untilMs: againMs};
  const hold = heldBack(alert, scene) ?? quietHold(alert, channel, scene);
  return hold === undefined ? {queue: 'reminder'} : {untilMs: hold.untilMs};
}

/** Whoever was told that it began is told that it is over, whatever holds back others by then. */
function closedStep({alert, channel, digest, told}: Pair, scene: PlanScene): Step {
  const {firing, resolved, reminder, acknowledged} = told;
  const {closed} = alert;
  const stale = [reminder, acknowledged].flatMap(item => (item?.at === 'waiting' ? [item.as] : []));
  if (closed === undefined || firing === undefined || resolved !== undefined) return {drop: stale};
  const isReplaced = closed.why === 'worse' && !channel.each;
  if (firing.at === 'waiting') {
    if (scene.isSending(firing)) return {};
    // It ended before anybody could be told: one notice says both.
    const drop: readonly Telling[] = [...stale, 'firing'];
    return isReplaced ? {drop} : {drop, queue: 'resolved'};
  }
  if (isReplaced || firing.at === 'dropped') return {drop: stale};
  if (digest && firing.digest) return {drop: stale};
  const atMs = closed.atMs + (channel.each ? 0 : waitMs(channel, scene.plan));
  return scene.nowMs < atMs ? {drop: stale, untilMs: atMs} : {drop: stale, queue: 'resolved'};
}

/** The digest of a channel that is due now: the moment it was due. */
function digestDue(
  state: ChannelState | undefined,
  {plan, nowMs}: Pick<PlanScene, 'plan' | 'nowMs'>,
): number | undefined {
  const {days, at, zone} = plan.digest;
  const last = lastBegin({days, at, zone}, nowMs);
  if (last === undefined || last <= (state?.digestMs ?? last)) return undefined;
  const isQuiet = plan.quiet !== undefined && spanNow(plan.quiet, nowMs) !== undefined;
  return isQuiet ? undefined : last;
}

/** What the digest says of it: that it began, is still there, or is over. */
function digestStep({alert, told}: Pair, scene: PlanScene, sinceMs: number): Telling | undefined {
  const {firing, resolved} = told;
  if (alert.closed === undefined) {
    if (heldBack(alert, scene) !== undefined || alert.acked !== undefined) return undefined;
    return firing === undefined ? 'firing' : 'reminder';
  }
  if (resolved !== undefined || alert.closed.why === 'worse') return undefined;
  if (firing === undefined && alert.closed.atMs <= sinceMs) return undefined;
  return 'resolved';
}

function* pairsOf(scene: PlanScene): Iterable<Pair> {
  const {book, plan, channels, items} = scene;
  const told = toldIn(items);
  const flushes = flushesIn(items);
  for (const alert of book.alerts.values()) {
    const ways = waysOf(alert, plan, channels);
    for (const channel of channels) {
      const {name} = channel;
      const known = told.get(pairOf({channel: name, alert: alert.alert}));
      if (!ways.has(name) && known === undefined) continue;
      yield {
        alert,
        channel,
        digest: ways.get(name) ?? false,
        isRouted: ways.has(name),
        told: known ?? {},
        lastFlushMs: flushes.get(`${name}\n${groupOf(alert, channel, plan)}`),
      };
    }
  }
}

/** What is to be queued and what is overtaken now. */
export function planned(scene: PlanScene): Planned {
  const {channels, states, plan, nowMs} = scene;
  const queue: Queueing[] = [];
  const drop: Item[] = [];
  let nextMs = Infinity;
  const stateOf = (name: string): ChannelState | undefined => states.find(({channel}) => channel === name);
  const digests = channels.flatMap(({name}) => {
    const digestMs = digestDue(stateOf(name), scene);
    return digestMs === undefined ? [] : [{channel: name, digestMs}];
  });
  for (const pair of pairsOf(scene)) {
    const {alert, channel, digest} = pair;
    const {name} = channel;
    const step = alert.closed === undefined ? openStep(pair, scene) : closedStep(pair, scene);
    const push = (as: Telling, inDigest: boolean): void => {
      const group = inDigest ? 'digest' : groupOf(alert, channel, plan);
      queue.push({channel: name, alert: alert.alert, as, group, digest: inDigest});
    };
    for (const as of step.drop ?? []) drop.push({channel: name, alert: alert.alert, as});
    if (step.queue !== undefined) push(step.queue, false);
    else if (digest && digests.some(one => one.channel === name)) {
      const as = digestStep(pair, scene, stateOf(name)?.digestMs ?? nowMs);
      if (as !== undefined) push(as, true);
    }
    if (step.untilMs !== undefined && step.untilMs > nowMs) nextMs = Math.min(nextMs, step.untilMs);
  }
  return {queue, drop, digests, nextMs};
}

/** What holds an open alert back from a channel that was not told of it yet; undefined when nothing does. */
export function holdFor(alert: Alert, name: string, scene: PlanScene): Hold | undefined {
  const {plan, channels, items} = scene;
  const channel = channels.find(one => one.name === name);
  if (channel === undefined) return undefined;
  const told = toldIn(items).get(pairOf({channel: name, alert: alert.alert})) ?? {};
  if (told.firing !== undefined) return undefined;
  const digest = waysOf(alert, plan, channels).get(name) ?? false;
  const lastFlushMs = flushesIn(items).get(`${name}\n${groupOf(alert, channel, plan)}`);
  return holdOf({alert, channel, digest, isRouted: true, told, lastFlushMs}, scene);
}
