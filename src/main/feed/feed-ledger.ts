// Keeps the ledger screen and the footer in step with the log: a window of the newest entries, and one in detail.
import type {LedgerHead} from '../../domain/entry.ts';
import type {Ledger} from '../../ports.ts';
import type {ConsoleStore} from '../../state/store.ts';
import {entryDetail, ledgerRow} from './ledger.ts';

const firstWindow = 200;

export interface LedgerFeed {
  refresh(): Promise<void>;
  show(seq: number | undefined): Promise<void>;
  window(count: number): Promise<void>;
  /** The newest checkpoint that was seen. */
  sealed(): {readonly size: number; readonly root: string};
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
  let head: LedgerHead = {size: 0, checkpointSize: 0, checkpointRoot: ''};
  const refresh = async (): Promise<void> => {
    head = await ledger.head();
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
    sealed: () => ({size: head.checkpointSize, root: head.checkpointRoot}),
    close: unwatch,
  };
}
