// Reads how the alerts stand while their screen is open, and does what is asked of them.
import type {AlertDesk} from '../../cli/alert-desk.ts';
import {textBeside} from '../../cli/alert-scope.ts';
import {alertsOff} from '../../cli/alerts-off.ts';
import {writable} from '../../cli/writable.ts';
import type {Outbox} from '../../alert-ports.ts';
import type {Site} from '../../domain/site.ts';
import type {Shown} from '../../domain/show.ts';
import {findingsOf, type Alerts} from '../../engine/alerts/index.ts';
import type {Station} from '../../engine/monitor/index.ts';
import type {Cancel, Clock, Ledger} from '../../ports.ts';
import type {Actions} from '../../state/model.ts';
import type {ConsoleStore} from '../../state/store.ts';
import {here} from '../../state/ui.ts';
import {alertsView} from './alert-views.ts';

/** The frame that the key asked for goes out first. */
const afterFrameMs = 30;
const collectMs = 250;
/** The book follows an entry in its next round. */
const followMs = 1_000;
/** What is sent changes the queue alone, and another process may send. */
const againMs = 5_000;

export interface AlertFeedRequest {
  readonly store: ConsoleStore;
  readonly site: Site;
  readonly ledger: Pick<Ledger, 'readOnly' | 'watch' | 'disclosure'>;
  readonly clock: Clock;
  readonly outbox: Pick<Outbox, 'items' | 'problem'>;
  readonly station: Pick<Station, 'snapshot'>;
  readonly alerts: Pick<Alerts, 'book' | 'problem' | 'changed'>;
  readonly desk: Pick<AlertDesk, 'ack' | 'silence' | 'lift'>;
  readonly tell: (level: 'error' | 'info', text: string) => void;
}

export interface AlertFeed {
  ack(on: string, note: string): Promise<void>;
  silence(what: Parameters<Actions['silence']>[0]): Promise<void>;
  lift(silence: string): Promise<void>;
  close(): void;
}

export function feedAlerts(request: AlertFeedRequest): AlertFeed {
  const {store, site, ledger, clock, outbox, station, alerts, desk, tell} = request;
  /** Entries do not change; a text that was erased meanwhile is seen by whoever opens the console next. */
  const texts = new Map<string, Shown>();
  const closing = new AbortController();
  let busy: Promise<void> | undefined;
  let wasOpen = false;
  let cancel: Cancel = () => undefined;

  const isOpen = (): boolean => here(store.api.getState().ui).screen === 'alerts';
  const textOf = async (seq: number | undefined, pointer: string): Promise<Shown | undefined> => {
    const key = `${seq ?? ''} ${pointer}`;
    const known = texts.get(key);
    if (known !== undefined) return known;
    const found = await textBeside(ledger, seq, pointer);
    if (found !== undefined) texts.set(key, found);
    return found;
  };
  const load = async (): Promise<void> => {
    if (closing.signal.aborted || !isOpen()) return;
    const nowMs = clock.nowMs();
    const view = await alertsView({
      book: alerts.book(),
      recurring: site.maintenance ?? [],
      items: outbox.items(),
      findings: findingsOf(station.snapshot(), site.services, nowMs),
      nowMs,
      off: alertsOff(site),
      problems: [
        ...new Set([...(site.alerts?.problems ?? []), alerts.problem ?? '', outbox.problem ?? '']),
      ].filter(Boolean),
      textOf,
    });
    store.feed({alerts: view});
  };
  const failed = (error: unknown): void =>
    tell('error', error instanceof Error ? error.message : String(error));
  const later = (ms: number, thenMs = againMs): void => {
    cancel();
    if (closing.signal.aborted || !isOpen()) return;
    cancel = clock.after(ms, () => {
      // One at a time: an older answer never replaces a newer one.
      busy ??= load()
        .catch(failed)
        .finally(() => {
          busy = undefined;
        });
      later(thenMs);
    });
  };
  const moved = (): void => {
    const now = isOpen();
    if (now === wasOpen) return;
    wasOpen = now;
    if (now) later(afterFrameMs);
    else cancel();
  };
  const unsubscribe = store.api.subscribe(moved);
  const unwatch = ledger.watch(() => later(collectMs, followMs));
  moved();
  /** The book reads the entry back from the ledger in its next round. */
  const written = (text: string): void => {
    tell('info', text);
    alerts.changed();
  };
  return {
    async ack(on, note) {
      writable(ledger);
      const {taken, before} = await desk.ack({on: [on], note});
      if (taken.length > 0) written(`taken: ${taken.map(({title}) => title).join(', ')}`);
      else if (before.length > 0)
        tell('error', `It was taken before, by ${before[0]?.acked?.operator ?? 'somebody'}.`);
      else tell('error', `No alert of ${on} is open: there is nothing to take.`);
    },
    async silence({on, forMs, reason}) {
      writable(ledger);
      const {silence, until, seq} = await desk.silence({on: [on], forMs, reason});
      written(
        `${silence}: nobody is told about ${on} until ${until.slice(0, 16).replace('T', ' ')} UTC; entry ${seq} says so.`,
      );
    },
    async lift(silence) {
      writable(ledger);
      await desk.lift([silence]);
      written(`${silence} is lifted.`);
    },
    close: () => {
      closing.abort();
      cancel();
      unsubscribe();
      unwatch();
    },
  };
}
