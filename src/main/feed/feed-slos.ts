// Measures what services promise once a minute, some at a time, so that no key waits for the figures.
import {conditionsOf} from '../../domain/slo-alerts.ts';
import type {Site} from '../../domain/site.ts';
import {measureSlos, promisedIn, sloRecords} from '../../engine/slo/index.ts';
import type {Cancel, Clock} from '../../ports.ts';
import type {Excluded, Rollups} from '../../rollup-ports.ts';
import type {SloView} from '../../state/duty.ts';
import type {ConsoleStore} from '../../state/store.ts';
import {sloView} from './slos.ts';

const everyMs = 60_000;
/** The first looks come before the first figures. */
const firstMs = 1_000;
/** Promises that are measured in one go, before keys are listened to again. */
const slice = 5;

export interface SloFeedRequest {
  readonly store: ConsoleStore;
  readonly site: Pick<Site, 'services'>;
  readonly rollups: Rollups;
  readonly clock: Clock;
  readonly excluded: Excluded;
}

export function feedSlos({store, site, rollups, clock, excluded}: SloFeedRequest): {close(): void} {
  const promised = promisedIn(site);
  const titles = new Map(site.services.map(({id, title}) => [id, title]));
  let isClosed = false;
  let cancel: Cancel = () => undefined;
  const later = (ms: number): void => {
    if (!isClosed) cancel = clock.after(ms, () => void measure());
  };
  const pause = async (): Promise<void> => new Promise(resolve => void clock.after(0, resolve));
  const measure = async (): Promise<void> => {
    const records = await sloRecords(rollups);
    const nowMs = clock.nowMs();
    const views: SloView[] = [];
    for (let at = 0; at < promised.length; at += slice) {
      if (at > 0) await pause();
      if (isClosed) return;
      const some = promised.slice(at, at + slice);
      for (const status of await measureSlos({promised: some, rollups, nowMs, excluded})) {
        const memory = records.get(status.service)?.memory;
        const firing =
          memory === undefined
            ? []
            : conditionsOf(status.service, memory, memory).filter(({at: is}) => is === 'firing');
        views.push(sloView(status, {title: titles.get(status.service) ?? status.service, firing}));
      }
    }
    if (!isClosed) store.feed({slos: views});
    later(everyMs);
  };
  if (promised.length === 0) store.feed({slos: []});
  else later(firstMs);
  return {
    close: () => {
      isClosed = true;
      cancel();
    },
  };
}
