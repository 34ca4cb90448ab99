// One channel at work: takes what is due, sends it, and remembers how that went. One notice at a time, never two.
import type {ChannelState, Item, Outbox, QueuedItem} from '../../alert-ports.ts';
import type {Sent} from '../../define-channel.ts';
import type {Alert} from '../../domain/alert.ts';
import type {NewEntry} from '../../domain/entry.ts';
import type {Notice} from '../../domain/notice.ts';
import type {MonitorHolder, ProcessName} from '../../ports.ts';
import type {ChannelFacts} from './plan.ts';

/** More groups than this at once become one notice: a storm is told in one piece. */
const mostGroups = 5;
/** Most alerts of one notice. */
const mostAlerts = 100;
/** Most notices of a channel a minute. */
const mostAMinute = 20;
const minuteMs = 60_000;
const giveUpMs = 24 * 60 * minuteMs;
const firstBackoffMs = 5_000;
const longestBackoffMs = 5 * minuteMs;
const longestRetryAfterMs = 60 * minuteMs;

const backoffMs = (failures: number): number =>
  Math.min(longestBackoffMs, firstBackoffMs * 2 ** Math.min(failures, 10));

export interface SenderRequest {
  readonly channel: ChannelFacts & {readonly type: string};
  readonly outbox: Outbox;
  readonly me: Pick<MonitorHolder, 'pid' | 'start' | 'boot' | 'session'>;
  readonly isAlive: (name: ProcessName) => boolean;
  readonly alertOf: (id: string) => Alert | undefined;
  readonly compose: (items: readonly {item: QueuedItem; alert: Alert}[]) => Promise<Notice>;
  readonly deliver: (notice: Notice) => Promise<Sent>;
  readonly record: (entry: NewEntry) => void;
  readonly nowMs: () => number;
  /** True once it is told to stop, or another process has the monitor. */
  readonly isOver: () => boolean;
  /** True once what was being sent is cut off. */
  readonly isCut: () => boolean;
  readonly onSent: (sent: Sent, items: readonly Item[]) => void;
}

export interface Sender {
  /** Sends what is due now; resolves when nothing is. */
  work(): Promise<void>;
  /** Resolves when nothing is being sent. */
  settled(): Promise<void>;
  isSending(item: Item): boolean;
  /** When there is something to do again by itself. */
  nextMs(): number;
}

const nameOf = ({channel, alert, as}: Item): string => `${channel}\n${alert}\n${as}`;

/** What is told together, the oldest first; each alone, by group, or everything in one when it is too much. */
function batchesOf(items: readonly QueuedItem[], {each}: ChannelFacts): readonly (readonly QueuedItem[])[] {
  if (each) return items.map(item => [item]);
  const groups = new Map<string, QueuedItem[]>();
  for (const item of items) groups.set(item.group, [...(groups.get(item.group) ?? []), item]);
  const digests = [...groups.values()].filter(group => group.some(({digest}) => digest));
  const others = [...groups.values()].filter(group => !group.some(({digest}) => digest));
  const batches = others.length > mostGroups ? [others.flat(), ...digests] : [...others, ...digests];
  return batches.flatMap(batch =>
    Array.from({length: Math.ceil(batch.length / mostAlerts)}, (_, i) =>
      batch.slice(i * mostAlerts, (i + 1) * mostAlerts),
    ),
  );
}

export function createSender(request: SenderRequest): Sender {
  const {channel, outbox, nowMs, isOver} = request;
  const {name, type} = channel;
  const sending = new Set<string>();
  /** Sent, but it could not be written that it was: it must not be sent again by this process. */
  let unmarked: readonly Item[] = [];
  let working: Promise<void> | undefined;

  const fresh: ChannelState = {
    channel: name,
    notBeforeMs: 0,
    failures: 0,
    error: undefined,
    errorMs: undefined,
    sentMs: undefined,
    digestMs: undefined,
  };
  const state = (): ChannelState => outbox.channels().find(one => one.channel === name) ?? fresh;
  const isUnmarked = (item: Item): boolean => unmarked.some(one => nameOf(one) === nameOf(item));
  const waiting = (): readonly QueuedItem[] =>
    outbox.items().filter(item => item.channel === name && item.at === 'waiting' && !isUnmarked(item));

  const entry = (
    items: readonly QueuedItem[],
    {sent, givenUp}: {readonly sent: Sent; readonly givenUp: boolean},
  ): NewEntry => ({
    kind: 'alert.sent',
    body: {
      channel: name,
      type,
      alerts: items.map(({alert, as}) => ({alert, as})),
      ok: sent.at === 'sent',
      message: sent.message,
      attempts: Math.max(...items.map(({attempts}) => attempts)) + 1,
      ...(givenUp ? {givenUp} : {}),
      ...(items.some(({digest}) => digest) ? {digest: true} : {}),
      ...(items.some(({repeated}) => repeated) ? {repeated: true} : {}),
    },
  });
  /** What is said again every minute is no news. */
  const isNews = (items: readonly QueuedItem[]): boolean =>
    channel.refreshMs === undefined || items.some(({as}) => as !== 'reminder');

  const succeeded = (items: readonly QueuedItem[], sent: Sent): void => {
    if (!outbox.sent(items, nowMs())) unmarked = [...unmarked, ...items];
    outbox.channel({...state(), failures: 0, error: undefined, notBeforeMs: 0, sentMs: nowMs()});
    if (isNews(items)) request.record(entry(items, {sent, givenUp: false}));
  };
  const failed = (items: readonly QueuedItem[], sent: Sent & {readonly at: 'failed'}): void => {
    const now = nowMs();
    const before = state();
    const {about, message, retryAfterMs = 0} = sent;
    const tried = about === 'channel' ? before.failures : Math.max(...items.map(({attempts}) => attempts));
    const pauseMs = Math.max(Math.min(retryAfterMs, longestRetryAfterMs), backoffMs(tried));
    const {old, others} = Object.groupBy(items, ({queuedMs}) =>
      now - queuedMs > giveUpMs ? 'old' : 'others',
    );
    const what = {nowMs: now, dueMs: now + pauseMs, error: message};
    if (others !== undefined) outbox.failed(others, {...what, giveUp: false});
    if (old !== undefined) {
      outbox.failed(old, {...what, giveUp: true});
      request.record(entry(old, {sent, givenUp: true}));
    }
    const news = (others ?? []).filter(({attempts}) => attempts === 0);
    if (news.length > 0 && isNews(news)) request.record(entry(news, {sent, givenUp: false}));
    if (about === 'channel')
      outbox.channel({
        ...before,
        failures: before.failures + 1,
        error: message,
        errorMs: now,
        notBeforeMs: now + pauseMs,
      });
    else outbox.channel({...before, error: message, errorMs: now});
  };

  const sendBatch = async (batch: readonly QueuedItem[]): Promise<void> => {
    const claimed = outbox.claim(batch, request.me, request.isAlive);
    const known = claimed.flatMap(item => {
      const alert = request.alertOf(item.alert);
      return alert === undefined ? [] : [{item, alert}];
    });
    const items = known.map(({item}) => item);
    outbox.drop(
      claimed.filter(item => request.alertOf(item.alert) === undefined),
      nowMs(),
    );
    if (items.length === 0) return;
    for (const item of items) sending.add(nameOf(item));
    try {
      const sent = await request.deliver(await request.compose(known));
      // Nobody knows what became of one that was cut off; whoever comes next says that it may be a repetition.
      if (sent.at === 'failed' && request.isCut()) return;
      if (sent.at === 'sent') succeeded(items, sent);
      else failed(items, sent);
      request.onSent(sent, items);
    } finally {
      for (const item of items) sending.delete(nameOf(item));
    }
  };
  const isFull = (): boolean => outbox.sendings(name, nowMs() - minuteMs) >= mostAMinute;
  const rest = (): boolean => isOver() || isFull() || state().notBeforeMs > nowMs();

  const round = async (): Promise<void> => {
    if (unmarked.length > 0 && outbox.sent(unmarked, nowMs())) unmarked = [];
    // Claimed by another process, or not to be claimed just now: not tried again in this round.
    const tried = new Set<string>();
    while (!rest()) {
      const due = waiting().filter(item => item.dueMs <= nowMs() && !tried.has(nameOf(item)));
      const [batch] = batchesOf(due, channel);
      if (batch === undefined) return;
      for (const item of batch) tried.add(nameOf(item));
      await sendBatch(batch);
    }
  };
  return {
    work: async () => {
      working ??= round().finally(() => {
        working = undefined;
      });
      await working;
    },
    settled: async () => working,
    isSending: item => sending.has(nameOf(item)) || isUnmarked(item),
    nextMs: () => {
      const soonest = Math.min(...waiting().map(({dueMs}) => dueMs), ...(unmarked.length > 0 ? [0] : []));
      const opens = isFull() ? nowMs() + firstBackoffMs : 0;
      return soonest === Infinity ? Infinity : Math.max(soonest, state().notBeforeMs, opens);
    },
  };
}
