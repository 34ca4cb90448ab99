// Keeps the ledger screen and the footer in step with the log: a window of the newest entries, and one in detail.
import type {StoredEntry} from '../../domain/entry.ts';
import {commitmentsOf} from '../../ledger/commitment.ts';
import type {Ledger} from '../../ports.ts';
import type {LedgerView} from '../../state/model.ts';
import type {ConsoleStore} from '../../state/store.ts';
import {entryDetail, ledgerRow, type Disclosure} from './ledger.ts';

const firstWindow = 200;

export interface LedgerFeed {
  refresh(): Promise<void>;
  show(seq: number | undefined): Promise<void>;
  window(count: number): Promise<void>;
  entriesOf(run: string): Promise<void>;
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
  let run: string | undefined;
  const view = (): LedgerView => store.api.getState().app.ledger;
  const refresh = async (): Promise<void> => {
    const head = await ledger.head();
    const rows = await ledger.read({reverse: true, limit: count});
    const of = run === undefined ? undefined : await rowsOf(run);
    store.feed({ledger: {...view(), size: head.size, rows: rows.map(ledgerRow), of}});
  };
  const rowsOf = async (id: string): Promise<NonNullable<LedgerView['of']>> => {
    const rows = await ledger.read({run: id, reverse: true});
    return {run: id, rows: rows.map(ledgerRow)};
  };
  const valuesOf = async ({seq, entry}: StoredEntry): Promise<Disclosure[]> =>
    Promise.all(
      [...commitmentsOf(entry.body)].map(async ([ptr, sd]) => ({
        ptr,
        sd,
        bytes: await ledger.disclosure(seq, ptr),
      })),
    );
  const unwatch = ledger.watch(() => void refresh());
  return {
    refresh,
    show: async seq => {
      const [entry] = seq === undefined ? [] : await ledger.read({from: seq, to: seq + 1, limit: 1});
      const detail =
        entry === undefined
          ? undefined
          : entryDetail(entry, {head: await ledger.head(), values: await valuesOf(entry)});
      store.feed({ledger: {...view(), detail}});
    },
    entriesOf: async id => {
      run = id;
      store.feed({ledger: {...view(), of: await rowsOf(id)}});
    },
    window: async wanted => {
      count = Math.max(firstWindow, wanted);
      await refresh();
    },
    close: unwatch,
  };
}
