// Keeps the ledger screen and the footer in step with the log: a window of the newest entries, and one in detail.
import type {Anchor} from '../../domain/anchor.ts';
import type {StoredEntry} from '../../domain/entry.ts';
import {commitmentsOf} from '../../ledger/commitment.ts';
import type {Ledger} from '../../ports.ts';
import type {LedgerView} from '../../state/model.ts';
import type {ConsoleStore} from '../../state/store.ts';
import {receiptsOf} from '../../evidence/anchors/receipts.ts';
import {carriedOf} from './carried.ts';
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
  anchors,
}: {
  readonly store: ConsoleStore;
  readonly ledger: Ledger;
  readonly anchors: readonly Anchor[];
}): LedgerFeed {
  let count = firstWindow;
  let run: string | undefined;
  const view = (): LedgerView => store.api.getState().app.ledger;
  const refresh = async (): Promise<void> => {
    const head = await ledger.head();
    const rows = await ledger.read({reverse: true, limit: count});
    const of = run === undefined ? undefined : await rowsOf(run);
    const carried = await carriedNow(head.size);
    store.feed({ledger: {...view(), size: head.size, rows: rows.map(ledgerRow), of, carried}});
  };
  /** Receipts are rare: they are read again only when there is a new one. */
  let looked = -1;
  const carriedNow = async (size: number): Promise<LedgerView['carried']> => {
    const newer =
      looked === -1 || (await ledger.read({kinds: ['anchor.receipt'], from: looked, limit: 1})).length > 0;
    if (!newer) return view().carried;
    const carried = carriedOf(await receiptsOf(ledger), anchors);
    looked = size;
    return carried;
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
