// Keeps the ledger screen and the footer in step with the log: a window of the newest entries, and one in detail.
import type {Ledger} from '../../ports.ts';
import type {ConsoleStore} from '../../state/store.ts';
import {entryDetail, ledgerRow} from './ledger.ts';

const firstWindow = 200;

export interface LedgerFeed {
  refresh(): Promise<void>;
  show(seq: number | undefined): Promise<void>;
  window(count: number): Promise<void>;
  close(): void;
}

export function feedLedger({
  store,
  ledger,
}: {
  readonly store: ConsoleStore;
  readonly ledger: Ledger;
}): LedgerFeed {
  let count = firstWindow;
  const refresh = async (): Promise<void> => {
    const head = await ledger.head();
    const rows = await ledger.read({reverse: true, limit: count});
    const {ledger: view} = store.api.getState().app;
    store.feed({ledger: {...view, size: head.size, rows: rows.map(ledgerRow)}});
  };
  const unwatch = ledger.watch(() => void refresh());
  return {
    refresh,
    show: async seq => {
      const [entry] = seq === undefined ? [] : await ledger.read({from: seq, to: seq + 1, limit: 1});
      const {ledger: view} = store.api.getState().app;
      store.feed({ledger: {...view, detail: entry === undefined ? undefined : entryDetail(entry)}});
    },
    window: async wanted => {
      count = Math.max(firstWindow, wanted);
      await refresh();
    },
    close: unwatch,
  };
}
