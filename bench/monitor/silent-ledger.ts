// A ledger that takes everything and keeps nothing: what an entry costs is measured elsewhere.
import type {Ledger} from '../../src/ports.ts';

const head = {size: 0, root: '', checkpointed: 0};

const nothing = new Proxy<Partial<Ledger>>(
  {origin: 'quarterdeck/bench/bench/0000000000000000', dir: '/nonexistent', readOnly: undefined},
  {
    get: (known, name) => {
      if (name === 'then' || Reflect.has(known, name)) return Reflect.get(known, name) as unknown;
      if (name === 'append') return () => Promise.resolve({ok: true, entries: [], head});
      if (name === 'read') return () => Promise.resolve([]);
      if (name === 'watch') return () => () => undefined;
      return () => Promise.resolve(head);
    },
  },
);

export const silentLedger = nothing as Ledger;
