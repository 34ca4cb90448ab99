// The alerts of a data directory, in whichever process runs its monitor: opens, closes, plans and sends, round by round.
import type {Item, Outbox, QueuedItem} from '../../alert-ports.ts';
import type {Sent} from '../../define-channel.ts';
import {bookAfter, bookKinds, emptyBook, openAlerts, type Alert, type AlertBook} from '../../domain/alert.ts';
import type {AlertPlan} from '../../domain/alert-plan.ts';
import type {NewEntry} from '../../domain/entry.ts';
import {toldBy, type RecurringWindow, type Told} from '../../domain/maintenance.ts';
import type {Notice} from '../../domain/notice.ts';
import type {Site} from '../../domain/site.ts';
import type {Cancel, Clock, Ledger, Processes, Random} from '../../ports.ts';
import {createRecorder} from '../monitor/record.ts';
import {compose} from './compose.ts';
import {decide, type Decided, type FindingSource} from './decide.ts';
import {planned, type ChannelFacts} from './plan.ts';
import {createRinger, type Ringing} from './ring.ts';
import {createSender} from './send.ts';

export interface AlertsRequest {
  readonly site: Pick<Site, 'name' | 'environment' | 'services'>;
  readonly plan: AlertPlan;
  readonly recurring: readonly RecurringWindow[];
  readonly channels: readonly (ChannelFacts & {readonly type: string})[];
  readonly sources: readonly FindingSource[];
  readonly ledger: Ledger;
  readonly outbox: Outbox;
  readonly clock: Clock;
  readonly random: Random;
  readonly processes: Pick<Processes, 'self' | 'alive'>;
  /** Whether it is for this process to tell anybody. */
  readonly isMine: () => boolean;
  /** Who writes, for what is not on disk yet. */
  readonly operator: string;
  readonly deliver: (channel: string, notice: Notice, signal: AbortSignal) => Promise<Sent>;
  /** After every round that changed something. */
  readonly onChange?: (change: {
    readonly opened: readonly Alert[];
    readonly closed: readonly Alert[];
  }) => void;
  readonly onSent?: (channel: string, sent: Sent, alerts: readonly string[]) => void;
}

export interface Alerts {
  start(): Promise<void>;
  /** Something was looked at: a round comes soon. */
  changed(): void;
  /** Instead of `start`: one round, and everything sent that is due; for a process that looks once. */
  once(): Promise<void>;
  /** Waits a moment for what is being sent. */
  stop(): Promise<void>;
  /** What is known by now, whichever process runs the alerts. */
  book(): AlertBook;
  readonly problem: string | undefined;
}

const collectMs = 250;
const longestRestMs = 5_000;
const stopMs = 3_000;
const forgetMs = 9 * 86_400_000;
const dayMs = 86_400_000;

/** What is rung at once was never in the queue. */
const ringItem = (item: Item, nowMs: number): QueuedItem => ({
  ...item,
  group: '',
  digest: false,
  queuedMs: nowMs,
  dueMs: nowMs,
  attempts: 0,
  error: undefined,
  at: 'waiting',
  doneMs: undefined,
  repeated: false,
});

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');

export function createAlerts(request: AlertsRequest): Alerts {
  const {site, plan, recurring, sources, ledger, outbox, clock, random, processes, isMine} = request;
  const channels = request.channels.filter(({local}) => !local);
  const me = {...processes.self(), session: hex(random.bytes(8))};
  const stopping = new AbortController();
  const {signal} = stopping;
  const recorder = createRecorder(ledger);
  const said = new Map<string, string>();
  let book: AlertBook = emptyBook;
  let next = 0;
  let timer: Cancel = () => undefined;
  let busy: Promise<void> | undefined;
  let isDirty = false;
  const isWanted = (): boolean => isDirty;
  let forgotMs = 0;
  let startedMs = 0;

  const isOver = (): boolean => signal.aborted || !isMine();
  const toldNow = ({kind, body}: NewEntry): Told => ({
    kind,
    body,
    atMs: clock.nowMs(),
    operator: request.operator,
    seq: undefined,
  });
  /** Told at once, and again when it is read back from the ledger, whose order is the same. */
  const tell = (entry: NewEntry): void => {
    const {alert} = entry.body;
    const message = entry.disclosed?.find(({ptr}) => ptr === '/body/message')?.value;
    if (entry.kind === 'alert.open' && typeof alert === 'string' && typeof message === 'string')
      said.set(alert, message);
    book = bookAfter(book, [toldNow(entry)]);
    recorder.add(entry);
  };
  const refresh = async (): Promise<void> => {
    const {size} = await ledger.head();
    if (size <= next) return;
    const entries = await ledger.read({kinds: [...bookKinds], from: next, to: size});
    next = size;
    book = bookAfter(
      book,
      entries.flatMap(stored => toldBy(stored) ?? []),
    );
  };
  const messageOf = async ({alert, seq}: Alert): Promise<string | undefined> => {
    if (seq === undefined) return said.get(alert);
    const bytes = await ledger.disclosure(seq, '/body/message').catch(() => undefined);
    return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
  };

  const senders = channels.map(channel => ({
    channel,
    sender: createSender({
      channel,
      outbox,
      me,
      isAlive: name => processes.alive(name),
      alertOf: id => book.alerts.get(id),
      compose: async items =>
        compose({
          site,
          items,
          messageOf,
          wasTold: item => {
            const others = outbox
              .items()
              .filter(one => one.alert === item.alert && one.channel === item.channel);
            return others.some(one => one.as === 'firing' && one.at === 'sent');
          },
          nowMs: clock.nowMs(),
        }),
      deliver: async notice => request.deliver(channel.name, notice, signal),
      record: entry => {
        recorder.add(entry);
      },
      nowMs: () => clock.nowMs(),
      isOver,
      isCut: () => signal.aborted,
      onSent: (sent, items) => {
        request.onSent?.(channel.name, sent, [...new Set(items.map(({alert}) => alert))]);
      },
    }),
  }));

  const open = (): Decided => {
    const before = openAlerts(book);
    const decided = decide({
      sources,
      book,
      recurring,
      nowMs: clock.nowMs(),
      newAlert: () => `alert-${hex(random.bytes(4))}`,
    });
    for (const entry of decided.entries) tell(entry);
    if (decided.entries.length === 0) return decided;
    const was = new Set(before.map(({alert}) => alert));
    request.onChange?.({
      opened: openAlerts(book).filter(({alert}) => !was.has(alert)),
      closed: before.flatMap(({alert}) => {
        const now = book.alerts.get(alert);
        return now?.closed === undefined ? [] : [now];
      }),
    });
    return decided;
  };
  /** Puts what is to be told into the queue; gives when the next answer is due. */
  const queue = ({findings}: Decided): number => {
    const nowMs = clock.nowMs();
    const isSending = (item: Parameters<(typeof senders)[number]['sender']['isSending']>[0]): boolean =>
      senders.some(({sender}) => sender.isSending(item));
    const answer = planned({
      plan,
      channels,
      book,
      recurring,
      findings,
      items: outbox.items(),
      states: outbox.channels(),
      isSending,
      nowMs,
    });
    if (answer.drop.length > 0) outbox.drop(answer.drop, nowMs);
    if (answer.queue.length > 0) outbox.queue(answer.queue, nowMs);
    for (const {channel, digestMs} of answer.digests) setDigest(channel, digestMs);
    return answer.nextMs;
  };
  const setDigest = (name: string, digestMs: number): void => {
    const known = outbox.channels().find(({channel}) => channel === name);
    const fresh = {
      channel: name,
      notBeforeMs: 0,
      failures: 0,
      error: undefined,
      errorMs: undefined,
      sentMs: undefined,
    };
    outbox.channel({...fresh, ...known, digestMs});
  };
  let isSettled = false;
  /** The first digest tells what happens from now on; what waits for a channel that is gone is let go. */
  const settle = (): void => {
    if (isSettled) return;
    isSettled = true;
    const known = outbox.channels();
    for (const {name} of channels)
      if (known.find(({channel}) => channel === name)?.digestMs === undefined) setDigest(name, clock.nowMs());
    const names = new Set(channels.map(({name}) => name));
    const lost = outbox.items().filter(({channel, at}) => at === 'waiting' && !names.has(channel));
    if (lost.length > 0) outbox.drop(lost, clock.nowMs());
  };
  const forget = (): void => {
    const nowMs = clock.nowMs();
    if (nowMs - forgotMs < dayMs) return;
    forgotMs = nowMs;
    outbox.forget(new Set(book.alerts.keys()), nowMs - forgetMs);
    for (const id of said.keys()) if (!book.alerts.has(id)) said.delete(id);
  };

  const locals = request.channels.filter(({local}) => local);
  let ringer: ReturnType<typeof createRinger> | undefined;
  /** Whoever has a bell rings it, also where another process opens and tells. */
  const ring = (findings: Decided['findings']): number => {
    if (locals.length === 0 || signal.aborted) return Infinity;
    ringer ??= createRinger({plan, recurring, channels: locals, sinceMs: startedMs});
    const {ringings, nextMs} = ringer(book, {findings, nowMs: clock.nowMs()});
    for (const ringing of ringings) void rung(ringing).catch(failedRound);
    return nextMs;
  };
  const rung = async ({channel, alerts}: Ringing): Promise<void> => {
    const nowMs = clock.nowMs();
    const items = alerts.map(({alert, as}) => ({
      alert,
      item: ringItem({channel, alert: alert.alert, as}, nowMs),
    }));
    await request.deliver(
      channel,
      await compose({site, items, messageOf, wasTold: () => true, nowMs}),
      signal,
    );
  };

  const round = async (): Promise<number> => {
    await refresh();
    if (isOver()) {
      isSettled = false;
      return ring(new Map());
    }
    settle();
    const decided = open();
    const nextMs = Math.min(queue(decided), ring(decided.findings));
    forget();
    for (const {sender} of senders) void sender.work().then(afterWork, failedRound);
    if (recorder.problem !== undefined) void recorder.flush();
    return Math.min(nextMs, ...senders.map(({sender}) => sender.nextMs()));
  };
  /** What was sent may make something else due, such as the end of it. */
  const afterWork = (): void => {
    if (senders.some(({sender}) => sender.nextMs() <= clock.nowMs())) later(collectMs);
  };
  let failure: string | undefined;
  const failedRound = (error: unknown): void => {
    failure = error instanceof Error ? error.message : String(error);
  };
  const turn = async (): Promise<void> => {
    isDirty = false;
    let nextMs = Infinity;
    try {
      nextMs = await round();
      failure = undefined;
    } catch (error) {
      failedRound(error);
    }
    const restMs = Math.min(longestRestMs, Math.max(collectMs, nextMs - clock.nowMs()));
    later(isWanted() ? collectMs : restMs);
  };
  const later = (ms: number): void => {
    timer();
    if (signal.aborted) return;
    timer = clock.after(ms, () => {
      busy ??= turn().finally(() => {
        busy = undefined;
      });
    });
  };
  const changed = (): void => {
    if (isDirty) return;
    isDirty = true;
    if (busy === undefined) later(collectMs);
  };
  const unwatch: Cancel[] = [];

  return {
    async start() {
      startedMs = clock.nowMs();
      await refresh();
      unwatch.push(ledger.watch(changed));
      later(collectMs);
    },
    changed,
    async once() {
      await refresh();
      if (isOver()) return;
      settle();
      queue(open());
      await Promise.all(senders.map(async ({sender}) => sender.work()));
      await recorder.flush();
    },
    async stop() {
      timer();
      for (const cancel of unwatch) cancel();
      let cancelLimit: Cancel = () => undefined;
      const limit = new Promise<void>(resolve => {
        cancelLimit = clock.after(stopMs, resolve);
      });
      const working = Promise.allSettled([busy, ...senders.map(async ({sender}) => sender.settled())]);
      await Promise.race([working, limit]);
      cancelLimit();
      stopping.abort(new Error('the alerts stop'));
      timer();
      await recorder.flush();
    },
    book: () => book,
    get problem() {
      return failure ?? recorder.problem ?? outbox.problem;
    },
  };
}
